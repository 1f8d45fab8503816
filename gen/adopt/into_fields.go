package adopt

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/modelgen/modelgen/gen/load"
	"github.com/modelgen/modelgen/runtime/schema"
)

// matchFields takes the names that structs and fields have, and finds the columns without one.
func (x *into) matchFields() {
	for _, t := range x.s.Tables {
		s := x.of[t.Name]
		if s == nil {
			continue
		}
		x.structs[t.Name] = s.Name
		var missing []string
		taken := map[string]bool{}
		for _, f := range s.Fields {
			taken[f.Name] = true
		}
		for _, m := range s.Methods {
			taken[m] = true
		}
		for _, c := range t.Columns {
			f := x.find(s, c.Name)
			if f == nil {
				x.fields[t.Name][c.Name] = free(taken, x.fields[t.Name][c.Name])
			}
			switch {
			case f == nil && (!x.cfg.Add && !x.cfg.AddTo[t.Name] || s.Generated):
				missing = append(missing, c.Name)
			case f != nil && f.Shared && !outside(owner(s, f)):
				x.problem(f.Pos, "%s is declared with other fields of its type, and a tag would be for all of them: give it a line of its own", f.Name)
			case f != nil:
				x.fieldOf[t.Name+"."+c.Name], x.fields[t.Name][c.Name] = f, f.Name
			}
		}
		if len(missing) > 0 && s.Generated {
			x.problem(s.Pos, "%s has no field for %s of table %s, and its file is generated (DO NOT EDIT): let its generator read the table as it is now, then adopt again", s.Name, strings.Join(missing, ", "), t.Name)
		} else if len(missing) > 0 {
			x.missing = append(x.missing, Missing{s.Pos, s.Name, t.Name, missing})
		}
	}
}

// embedded lets indexes and keys of columns that stand in embedded structs be said by the model, as other models may share them.
func (x *into) embedded() {
	for _, t := range x.s.Tables {
		s := x.of[t.Name]
		x.embedding[t.Name] = map[string]*mixin{}
		for _, c := range t.Columns {
			if f := x.fieldOf[t.Name+"."+c.Name]; f != nil && !slices.Contains(s.Fields, f) {
				x.embedding[t.Name][c.Name] = &mixin{}
			}
		}
	}
}

// enumTypes finds the Go types of native enums, and the constants of fields that a check lists.
func (x *into) enumTypes() {
	x.enums, x.values = map[string]*valueType{}, map[string]*valueType{}
	type place struct {
		t *schema.Table
		c schema.Column
	}
	var plain []place // fields of text whose column has a native enum
	for _, t := range x.s.Tables {
		for _, c := range t.Columns {
			f := x.fieldOf[t.Name+"."+c.Name]
			if f == nil {
				continue
			}
			e := x.s.Enum(c.Type.Name)
			isEnum := c.Type.Kind == schema.KindEnum && e != nil
			switch {
			case isEnum && slices.Equal(f.Values, e.Values):
				x.enums[e.Name] = &valueType{name: strings.TrimLeft(f.Go, "*[]"), values: f.Values}
			case isEnum && len(f.Values) == 0 && x.valuesType(e) != "":
				x.enums[e.Name] = &valueType{name: x.valuesType(e), values: e.Values}
				if strings.TrimLeft(f.Go, "*[]") != x.valuesType(e) { // a slice of it is read as one
					x.enumOf[t.Name+"."+c.Name] = ":" + x.valuesType(e)
				}
			case isEnum && (len(f.Values) > 0 || f.Type.Kind != schema.KindText || !x.cfg.Add):
				x.problem(f.Pos, "column %s.%s is of enum %s (%s), and %s is %s: give it a named string type with these constants in this order, or keep a string and let -add write the type for enum:TYPE",
					t.Name, c.Name, e.Name, strings.Join(e.Values, ", "), f.Name, f.Go)
			case isEnum:
				plain = append(plain, place{t, c})
			case len(f.Values) > 0 && (f.Type.Literal() == schema.QuotedLiteral) == (c.Type.Plain().Literal() == schema.QuotedLiteral): // else type: makes something else of the constants
				x.values[t.Name+"."+c.Name] = &valueType{name: f.Go, values: f.Values}
			}
		}
	}
	for _, p := range plain {
		x.addEnum(&x.added, p.t, p.c)
		x.enumOf[p.t.Name+"."+p.c.Name] = ":" + x.enums[p.c.Type.Name].name
	}
	x.s.Enums = slices.DeleteFunc(x.s.Enums, func(e *schema.Enum) bool {
		used := slices.ContainsFunc(x.s.Tables, func(t *schema.Table) bool {
			return slices.ContainsFunc(t.Columns, func(c schema.Column) bool { return c.Type.Kind == schema.KindEnum && c.Type.Name == e.Name })
		})
		if !used {
			x.leftEnum(e)
		}
		return !used
	})
}

// write collects the edits, and writes the structs that are added.
func (x *into) write() ([]File, error) {
	added := &x.added
	imports := map[string]bool{}
	for _, t := range x.s.Tables {
		for _, c := range t.Columns {
			if x.fieldOf[t.Name+"."+c.Name] == nil {
				x.addEnum(added, t, c)
			}
		}
		s := x.of[t.Name]
		if s == nil {
			x.model(added, t, imports)
			added.WriteByte('\n')
			continue
		}
		var fresh []schema.Column
		for _, c := range t.Columns {
			f := x.fieldOf[t.Name+"."+c.Name]
			if f == nil {
				fresh = append(fresh, c)
				continue
			}
			x.tag(t, c, f)
		}
		x.skip(t, s)
		x.blank(t, s)
		for _, c := range fresh {
			var b strings.Builder
			need := map[string]bool{}
			x.field(&b, t, c, need)
			line := b.String()
			if inJSON(s) {
				line = hidden(line)
			}
			x.edits.insert(s.File, s.Close, line)
			for imp := range need {
				x.edits.imports(s.File, imp)
			}
		}
	}
	var files []File
	if added.Len() > 0 {
		f, err := x.file("adopted_models.go", added.String(), imports, false)
		if err != nil {
			return nil, err
		}
		files = append(files, f)
	}
	f, err := x.besideFile()
	if f != nil {
		files = append(files, *f)
	}
	return files, err
}

// inJSON reports whether the fields of a struct say what they are called in JSON: one that is new would be there, for everybody who reads it.
func inJSON(s *load.DeclaredStruct) bool {
	return slices.ContainsFunc(s.Fields, func(f *load.DeclaredField) bool {
		name, ok := reflect.StructTag(f.Tag).Lookup("json")
		return ok && name != "-"
	})
}

// hidden keeps the field of a line out of JSON.
func hidden(line string) string {
	text, tagged := strings.CutSuffix(strings.TrimRight(line, "\n"), "`")
	if tagged {
		return text + " json:\"-\"`\n"
	}
	return text + " `json:\"-\"`\n"
}

// addEnum writes the Go type of a native enum that no field has.
func (x *into) addEnum(b *strings.Builder, t *schema.Table, c schema.Column) {
	e := x.s.Enum(c.Type.Name)
	if c.Type.Kind != schema.KindEnum || e == nil || x.enums[e.Name] != nil {
		return
	}
	v := x.valueType(goName(e.Name), e.Values, t.Name)
	if load.ColumnName(v.name) != e.Name {
		v.doc = "//modelgen:name " + e.Name
	}
	x.enums[e.Name] = v
	v.source(b)
	b.WriteByte('\n')
}

// tag gives a field the tag of its column, and says what Go and the database see differently.
func (x *into) tag(t *schema.Table, c schema.Column, f *load.DeclaredField) {
	g := goType{typ: f.Type, null: f.Null}
	for d, sql := range f.TypeFor {
		if d == x.cfg.Only && c.TypeFor[d] == "" {
			c.TypeFor = map[string]string{d: sql} // what the directive of the type says
		}
	}
	options := x.columnOptions(t, c, g)
	name, tagged := columnOf(f, x.cfg.Tag)
	value := strings.Join(append([]string{c.Name}, options...), ",")
	if len(options) == 0 && !tagged && name == c.Name {
		return // the name says it
	}
	isKey := t.PrimaryKey != nil && slices.Contains(t.PrimaryKey.Columns, c.Name)
	switch {
	case c.Nullable && !f.Null && f.Type.Kind != schema.KindInvalid && !f.Type.Array && !bytesOfGo(f): // others may know what NULL is
		x.notes = append(x.notes, fmt.Sprintf("%s: column %s.%s can be NULL, and %s is %s, which cannot be scanned from it: null keeps the column as it is, a pointer would fit", f.Pos, t.Name, c.Name, f.Name, f.Go))
	case !c.Nullable && f.Null && !isKey:
		x.notes = append(x.notes, fmt.Sprintf("%s: column %s.%s is NOT NULL, and %s is %s: notnull keeps the column as it is", f.Pos, t.Name, c.Name, f.Name, f.Go))
	}
	if f.Type.Kind != schema.KindInvalid && f.Type.Literal() != c.Type.Plain().Literal() {
		x.notes = append(x.notes, fmt.Sprintf("%s: column %s.%s is %s, and %s is %s, which alone would make it %s: type: keeps the column as it is", f.Pos, t.Name, c.Name, c.Type, f.Name, f.Go, f.Type))
	}
	x.retag(f, x.cfg.Tag, value, t, c.Name)
}

// bytesOfGo reports whether a field is a slice of bytes, which is nil for NULL.
func bytesOfGo(f *load.DeclaredField) bool {
	return f.Type.Kind == schema.KindBytes || f.Go == "json.RawMessage"
}

// retag notes the new tag of a field. Two tables that share it have to want the same.
func (x *into) retag(f *load.DeclaredField, key, value string, t *schema.Table, column string) {
	if before, ok := x.wanted[f]; ok {
		if before != value {
			x.problem(f.Pos, "%s is shared by models whose columns differ: %s and, for %s.%s, %s; give them fields of their own", f.Name, before, t.Name, column, value)
		}
		return
	}
	x.wanted[f] = value
	text := setTag(f.Tag, key, value)
	if text == f.Tag {
		return
	}
	if s := owner(x.of[t.Name], f); outside(s) {
		x.sayTag(s, f, key, value)
		return
	}
	file := x.fileOf(t, f)
	if f.From == f.To {
		x.edits.replace(file, f.From, f.To, " "+tagLiteral(text))
		return
	}
	x.edits.replace(file, f.From, f.To, tagLiteral(text))
}

// fileOf returns the file that a field of the struct of a table is in.
func (x *into) fileOf(t *schema.Table, f *load.DeclaredField) string {
	return owner(x.of[t.Name], f).File
}

func owner(s *load.DeclaredStruct, f *load.DeclaredField) *load.DeclaredStruct {
	for _, g := range s.Fields {
		if g == f {
			return s
		}
		if g.Embedded != nil {
			if o := owner(g.Embedded, f); o != nil {
				return o
			}
		}
	}
	return nil
}

// skip says of fields that are no columns that they are none.
func (x *into) skip(t *schema.Table, s *load.DeclaredStruct) {
	var walk func(in *load.DeclaredStruct)
	walk = func(in *load.DeclaredStruct) {
		for _, f := range in.Fields {
			switch {
			case f.Embedded != nil && !f.Skipped && !x.hasColumn(t, f.Embedded):
				x.retag(f, "modelgen", "-", t, f.Name)
			case f.Embedded != nil && !f.Skipped:
				walk(f.Embedded)
			case f.Embedded != nil:
			case f.Name == "_" || !f.Exported || f.Skipped || x.wanted[f] != "" || x.isColumn(t, f):
			case in != s && x.columnElsewhere(f):
				x.problem(f.Pos, "%s of the embedded %s is no column of table %s, and one of another table: give the models fields of their own", f.Name, in.Name, t.Name)
			default:
				x.retag(f, "modelgen", "-", t, f.Name)
			}
		}
	}
	walk(s)
}

// columnElsewhere reports whether a field is a column of a table.
func (x *into) columnElsewhere(f *load.DeclaredField) bool {
	for _, g := range x.fieldOf {
		if f == g {
			return true
		}
	}
	return false
}

// hasColumn reports whether a field of an embedded struct is a column of the table.
func (x *into) hasColumn(t *schema.Table, s *load.DeclaredStruct) bool {
	return slices.ContainsFunc(s.Fields, func(f *load.DeclaredField) bool {
		return x.isColumn(t, f) || f.Embedded != nil && x.hasColumn(t, f.Embedded)
	})
}

func (x *into) isColumn(t *schema.Table, f *load.DeclaredField) bool {
	return slices.ContainsFunc(t.Columns, func(c schema.Column) bool { return x.fieldOf[t.Name+"."+c.Name] == f })
}

// directives returns what the tags of blank fields would say of the table, as directives, one a line.
func (x *into) directives(t *schema.Table, s *load.DeclaredStruct) []string {
	var lines []string
	for i, tag := range x.blankTags(t) {
		text, _ := unliteral(tag)
		key, _, _ := strings.Cut(text, ":")
		value, _ := tagValue(text, key)
		if i == 0 {
			value, _, _ = strings.Cut(value, ",")
			if s.Tagged && !outside(s) {
				continue
			}
			lines = append(lines, "//modelgen:table "+value)
			if text := t.Comment; text != "" {
				if strings.TrimSpace(text) != text || strings.ContainsAny(text, "\r\n") || strings.HasPrefix(text, `"`) {
					text = strconv.Quote(text)
				}
				lines = append(lines, "//modelgen:comment "+text)
			}
			continue
		}
		if strings.ContainsAny(value, "\r\n") {
			x.problem(s.Pos, "the %s of table %s has a line break, which a directive cannot hold: %s", key, t.Name, value)
			continue
		}
		lines = append(lines, "//modelgen:"+key+" "+value)
	}
	return lines
}

// blank puts the tags of the table into the struct, as far as they are not there.
func (x *into) blank(t *schema.Table, s *load.DeclaredStruct) {
	if outside(s) {
		x.saying(s).table = x.directives(t, s)
		return
	}
	if x.cfg.Directives {
		x.edits.insert(s.File, s.Above, strings.Join(append(x.directives(t, s), ""), "\n"))
		return
	}
	var b strings.Builder
	for i, tag := range x.blankTags(t) {
		text, _ := unliteral(tag)
		if i == 0 && s.Tagged || slices.ContainsFunc(s.Fields, func(f *load.DeclaredField) bool { return f.Name == "_" && f.Tag == text }) {
			continue
		}
		fmt.Fprintf(&b, "\n\t_ struct{} %s", tag)
	}
	if b.Len() > 0 {
		if len(s.Fields) > 0 && !s.Tagged {
			b.WriteByte('\n')
		}
		x.edits.insert(s.File, s.Open, b.String())
	}
}
