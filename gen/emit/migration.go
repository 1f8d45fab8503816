package emit

import (
	"bytes"
	"fmt"
	"go/format"
	"slices"
	"strings"

	"github.com/dave/jennifer/jen"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// Import paths of what emitted files use.
const (
	Runtime = "github.com/modelgen/modelgen/runtime"
	Schema  = "github.com/modelgen/modelgen/runtime/schema"
	Imports = "github.com/modelgen/modelgen/runtime/internal/emitted" // imports the others, for whoever loads them
)

// Migration is what a migration file is made of.
type Migration struct {
	Package string   // name of the Go package
	Name    string   // "0002_product_stock"
	Var     string   // "M0002ProductStock"
	Doc     string   // one sentence, begins with Var
	Sources []string // import paths of the models
	Parents []string // variables of the parents
	Answers []string // flags that answered questions
	Ops     []migrate.Op
	Rows    []string       // tables that get a row struct for steps to be written; needs Before
	Before  *schema.Schema // what the first op finds; for the row struct of [migrate.Unwritten]; nil writes none
}

// File returns the text of the file, as gofmt has it.
func (m Migration) File() ([]byte, error) {
	f := jen.NewFile(m.Package)
	f.NoFormat = true
	f.ImportAlias(Runtime, "migrate")
	f.ImportName(Schema, "schema")
	head := "// Created by modelgen"
	if len(m.Sources) > 0 {
		head += " from " + strings.Join(m.Sources, ", ")
	}
	f.HeaderComment(head + ". It is yours to edit.")
	for _, a := range m.Answers {
		f.HeaderComment("//modelgen:answer " + comment(a))
	}
	f.Comment(docComment(m.Doc))
	parents := make([]jen.Code, len(m.Parents))
	for i, p := range m.Parents {
		parents[i] = jen.Id(p)
	}
	fields := []jen.Code{jen.Id("Name").Op(":").Lit(m.Name)}
	if len(parents) > 0 {
		fields = append(fields, jen.Id("Parents").Op(":").Index().Op("*").Qual(Runtime, "Migration").Values(parents...))
	}
	byOp, structs, err := m.frozen()
	if err != nil {
		return nil, err
	}
	var ops []jen.Code
	var written []string // each stands in the place of a name that is written for it first
	w := &printer{}
	for _, op := range m.Ops {
		if u, ok := op.(migrate.Unwritten); ok {
			if f := byOp[u]; f != nil {
				ops = append(ops, f.skeleton(u)...)
			}
			ops = append(ops, jen.Qual(Runtime, "Unwritten").Call(jen.Op(text(string(u)))).Op(","))
			continue
		}
		for _, what := range op.Destroys() {
			ops = append(ops, jen.Comment("// Destroys "+comment(what)+" and its data."))
		}
		w.schema = false
		written = append(written, w.op(op, 3))
		if w.schema {
			ops = append(ops, jen.Qual(Schema, placeOf(len(written)-1)).Op(","))
		} else {
			ops = append(ops, jen.Id(placeOf(len(written)-1)).Op(","))
		}
	}
	list := jen.Index().Qual(Runtime, "Op").Custom(jen.Options{Open: "{", Close: "}", Separator: "", Multi: true}, ops...)
	if len(ops) == 0 { // for a person to write
		fields = append(fields, jen.Id("Ops").Op(":").Add(list))
	} else {
		fields = append(fields, jen.Id("OpsFunc").Op(":").Func().Params().Index().Qual(Runtime, "Op").Block(jen.Return(list)))
	}
	f.Var().Id(m.Var).Op("=").Op("&").Qual(Runtime, "Migration").Custom(multi, fields...)
	for _, s := range structs {
		if s.table.PrimaryKey == nil {
			continue
		}
		f.Line()
		for _, c := range s.declaration(m.Name) {
			f.Add(c)
		}
	}

	rows, err := m.rows()
	if err != nil {
		return nil, err
	}
	for _, c := range rows {
		f.Add(c)
	}

	var src bytes.Buffer // both imports are of one group, so that goimports has nothing to change
	if err := f.Render(&src); err != nil {
		return nil, fmt.Errorf("emit %s: %w", m.Name, err)
	}
	frame, err := format.Source(standardFirst(src.Bytes()))
	if err != nil {
		return nil, fmt.Errorf("emit %s: %w", m.Name, err)
	}
	out := filled(frame, written)
	if w.odd {
		if out, err = format.Source(out); err != nil {
			return nil, fmt.Errorf("emit %s: %w", m.Name, err)
		}
	}
	return out, nil
}

// placeOf returns the name that stands for an op until all else is formatted.
func placeOf(i int) string { return fmt.Sprintf("op__%d__", i) }

// filled puts the ops into their places.
func filled(frame []byte, ops []string) []byte {
	size := len(frame)
	for _, op := range ops {
		size += len(op)
	}
	out := make([]byte, 0, size)
	for i, op := range ops {
		before, after, ok := bytes.Cut(frame, []byte(placeOf(i)+",\n"))
		if !ok {
			panic("emit: an op has no place") // it was put there
		}
		out = append(out, bytes.TrimSuffix(before, []byte("schema."))...)
		out = append(append(out, op...), ",\n"...)
		frame = after
	}
	return append(out, frame...)
}

// standardFirst returns the one package of the standard library that row structs need a group of its own.
func standardFirst(src []byte) []byte {
	head, rest, ok := bytes.Cut(src, []byte("import ("))
	block, tail, closed := bytes.Cut(rest, []byte("\n)"))
	const line = "\"time\"\n"
	if !ok || !closed || !bytes.Contains(append(block, '\n'), []byte(line)) {
		return src
	}
	others := bytes.TrimSpace(bytes.Replace(append(bytes.Clone(block), '\n'), []byte(line), nil, 1))
	return slices.Concat(head, []byte("import (\n"+line+"\n"), others, []byte("\n)"), tail)
}

// multi is a literal with one field a line, in the order given: jennifer's own Dict would sort the fields.
var multi = jen.Options{Open: "{", Close: "}", Separator: ",", Multi: true}

// docComment writes the doc comment of a migration. Two quotes in a row, as in the SQL of an empty text, gofmt would make a typographic one: such a
// sentence stands in a block of its own, which it leaves alone (package go/doc/comment).
func docComment(s string) string {
	name, said, ok := strings.Cut(comment(s), ": ")
	if ok && (strings.Contains(said, "''") || strings.Contains(said, "``")) {
		return "// " + name + ":\n//\n//\t" + said
	}
	return "// " + comment(s)
}

// comment makes a text fit for one line of a comment.
func comment(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == '\u2028' || r == '\u2029' || r == '\ufeff' {
			return ' '
		}
		return r
	}, s)
}
