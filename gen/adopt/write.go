package adopt

import (
	"fmt"
	"go/format"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/gen/internal/bug"
	"github.com/modelgen/modelgen/runtime/schema"
)

// files writes the source: models.go, or a file for each table.
func (w *writer) files() ([]File, error) {
	var files []File
	var all strings.Builder
	imports := map[string]bool{}
	for i, t := range w.s.Tables {
		var b strings.Builder
		if w.cfg.Split {
			imports = map[string]bool{}
		}
		if i == 0 {
			for _, m := range w.mixins {
				w.mixin(&b, m, imports)
			}
		}
		for _, v := range w.types {
			if v.table == t.Name {
				v.source(&b)
				b.WriteByte('\n')
			}
		}
		w.model(&b, t, imports)
		if !w.cfg.Split {
			all.WriteString(b.String() + "\n")
			continue
		}
		f, err := w.file(fileName(t.Name, files), b.String(), imports, i == 0)
		if err != nil {
			return nil, err
		}
		files = append(files, f)
	}
	if w.cfg.Split {
		return files, nil
	}
	f, err := w.file("models.go", all.String(), imports, true)
	return []File{f}, err
}

// fileName returns the name of a table's file. The go command builds some names on some machines only, and _test.go in tests.
func fileName(table string, files []File) string {
	name := strings.ToLower(strings.Join(words(table), "_"))
	if name == "" {
		name = "table"
	}
	name += "_model"
	for n := 2; slices.ContainsFunc(files, func(f File) bool { return f.Name == name+".go" }); n++ {
		name = strings.TrimRight(name, "0123456789") + fmt.Sprint(n)
	}
	return name + ".go"
}

// file puts the head in front of declarations.
func (w *writer) file(name, body string, imports map[string]bool, first bool) (File, error) {
	var b strings.Builder
	if first {
		fmt.Fprintf(&b, "// Package %s holds the models of the database.\n", w.cfg.Package)
	}
	fmt.Fprintf(&b, "package %s\n\n", w.cfg.Package)
	if len(imports) == 1 {
		for imp := range imports {
			fmt.Fprintf(&b, "import %q\n\n", imp)
		}
	} else if len(imports) > 1 {
		b.WriteString("import (\n")
		sorted := slices.Sorted(maps.Keys(imports))
		for _, standard := range []bool{true, false} {
			for _, imp := range sorted {
				if isStandard(imp) == standard {
					fmt.Fprintf(&b, "\t%q\n", imp)
				}
			}
			if standard {
				b.WriteByte('\n')
			}
		}
		b.WriteString(")\n\n")
	}
	if first {
		fmt.Fprintf(&b, "//go:generate go tool modelgen %s\n\n", w.cfg.Generate)
	}
	b.WriteString(body)
	source, err := format.Source([]byte(b.String()))
	if err != nil {
		return File{}, bug.Error("the models do not parse", err)
	}
	return File{path.Base(name), source}, nil
}

// model writes the struct of a table.
func (w *writer) model(b *strings.Builder, t *schema.Table, imports map[string]bool) {
	if w.comments && docComment(t.Comment) {
		fmt.Fprintf(b, "// %s\n", t.Comment)
	}
	fmt.Fprintf(b, "type %s struct {\n", w.structs[t.Name])
	for _, tag := range w.blankTags(t) {
		fmt.Fprintf(b, "\t_ struct{} %s\n", tag)
	}
	b.WriteByte('\n')
	for _, c := range t.Columns {
		m := w.embedding[t.Name][c.Name]
		switch {
		case m == nil:
			w.field(b, t, c, imports)
		case m.columns[0].Name == c.Name:
			fmt.Fprintf(b, "\t%s\n", m.name)
		}
	}
	b.WriteString("}\n")
}

// field writes one column.
func (w *writer) field(b *strings.Builder, t *schema.Table, c schema.Column, imports map[string]bool) {
	value := ""
	if v := w.values[t.Name+"."+c.Name]; v != nil {
		value = v.name
	}
	if v := w.enums[c.Type.Name]; v != nil && c.Type.Kind == schema.KindEnum {
		value = v.name
	}
	g := w.typeOf(c, value)
	for _, imp := range g.imports {
		imports[imp] = true
	}
	if w.comments && docComment(c.Comment) {
		fmt.Fprintf(b, "\t// %s\n", c.Comment)
	}
	fmt.Fprintf(b, "\t%s %s %s\n", w.fields[t.Name][c.Name], g.text, structTag("db", append([]string{c.Name}, w.columnOptions(t, c, g)...)...))
}
