package emit

import (
	"fmt"
	"go/token"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/dave/jennifer/jen"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// frozen is the struct that holds a row of a table as a migration finds it, for the step that a person has to write.
type frozen struct {
	name  string
	table *schema.Table
	field map[string]string // column -> field
}

// frozen replays the ops up to each that is unwritten, and returns the struct of its table, by the op.
func (m Migration) frozen() (map[migrate.Unwritten]*frozen, []*frozen, error) {
	if m.Before == nil || !slices.ContainsFunc(m.Ops, func(op migrate.Op) bool { _, ok := op.(migrate.Unwritten); return ok }) {
		return nil, nil, nil
	}
	at := m.Before.Clone()
	byOp, byTable := map[migrate.Unwritten]*frozen{}, map[string]*frozen{}
	var all []*frozen
	number, _, _ := strings.Cut(m.Name, "_")
	for _, op := range m.Ops {
		if err := op.Apply(at); err != nil {
			return nil, nil, fmt.Errorf("emit %s: %w", m.Name, err)
		}
		u, ok := op.(migrate.Unwritten)
		if !ok {
			continue
		}
		name := string(u[:strings.LastIndexByte(string(u), '.')])
		f := byTable[name]
		if f == nil {
			f = &frozen{name: unexported(goName(name)) + "At" + number}
			for slices.ContainsFunc(all, func(o *frozen) bool { return o.name == f.name }) {
				f.name += "x"
			}
			byTable[name], all = f, append(all, f)
		}
		f.table = at.Table(name).Clone() // the last one, which has all the columns that are written
		f.field = fieldNames(f.table)
		byOp[u] = f
	}
	return byOp, all, nil
}

// skeleton is how the step could be written, as comments above the op.
func (f *frozen) skeleton(u migrate.Unwritten) []jen.Code {
	column := string(u[strings.LastIndexByte(string(u), '.')+1:])
	if f.table.PrimaryKey == nil {
		return []jen.Code{jen.Comment("// Write how existing rows get " + comment(string(u)) + ", with Fill or SQL: the table has no primary key.")}
	}
	lines := []string{
		"Write how existing rows get " + comment(string(u)) + ", in place of the line below; Fill does the same in SQL.",
		"",
		"\tmigrate.Backfill[" + f.name + "]{",
		"\t\tTable: " + strconv.Quote(f.table.Name) + ",",
		"\t\tWhere: " + strconv.Quote(schema.QuoteColumn(column)+" IS NULL") + ",",
		"\t\tRow: func(r *" + f.name + ") error {",
		"\t\t\tr." + f.field[column] + " = ...",
		"\t\t\treturn nil",
		"\t\t},",
		"\t},",
	}
	var out []jen.Code
	for _, l := range lines {
		out = append(out, jen.Comment(strings.TrimRight("// "+l, " ")))
	}
	return out
}

// declaration is the struct.
func (f *frozen) declaration(migration string) []jen.Code {
	var fields []jen.Code
	for _, c := range f.table.Columns {
		if name := f.field[c.Name]; name != "" {
			fields = append(fields, jen.Id(name).Add(goType(c)).Tag(map[string]string{"db": c.Name}))
		}
	}
	return []jen.Code{
		jen.Comment("// " + f.name + " is what " + migration + " reads and writes of a row of " + comment(f.table.Name) + ". What is not needed can go."),
		jen.Type().Id(f.name).Struct(fields...),
	}
}

// fieldNames returns every column a field. Columns that are computed cannot be written, and names with a comma cannot stand in a tag.
func fieldNames(t *schema.Table) map[string]string {
	names, used := map[string]string{}, map[string]bool{}
	for _, c := range t.Columns {
		if c.Generated != "" || strings.ContainsAny(c.Name, ",`\"\\") || c.Name == "-" {
			continue
		}
		name := goName(c.Name)
		for used[name] {
			name += "x"
		}
		used[name], names[c.Name] = true, name
	}
	return names
}

var initialisms = []string{"id", "ip", "url", "uri", "uuid", "api", "http", "html", "json", "xml", "sql", "ok"}

// GoWord returns a word as it stands in an exported Go name: ID for id (Go Code Review Comments, Initialisms).
func GoWord(word string) string {
	if slices.Contains(initialisms, strings.ToLower(word)) {
		return strings.ToUpper(word)
	}
	r := []rune(word)
	if len(r) == 0 {
		return ""
	}
	return string(unicode.ToUpper(r[0])) + string(r[1:])
}

// goName makes an exported Go name of a name in the database.
func goName(name string) string {
	var b strings.Builder
	for word := range strings.FieldsFuncSeq(name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		b.WriteString(GoWord(word))
	}
	if out := b.String(); token.IsExported(out) && token.IsIdentifier(out) {
		return out
	}
	return "X" + b.String()
}

func unexported(name string) string {
	r := []rune(name)
	for i := range r {
		if i > 0 && i+1 < len(r) && unicode.IsLower(r[i+1]) {
			break
		}
		r[i] = unicode.ToLower(r[i])
		if i+1 < len(r) && unicode.IsLower(r[i+1]) {
			break
		}
	}
	return string(r)
}

// goType returns the type of a field, as [migrate.Backfill] takes it.
func goType(c schema.Column) *jen.Statement {
	s := &jen.Statement{}
	if c.Nullable && (c.Type.Kind != schema.KindBytes || c.Type.Array) {
		s = jen.Op("*")
	}
	word := "string"
	switch strings.ToLower(c.Type.Name) { // of schema.KindOther
	case "smallserial", "serial2":
		word = "int16"
	case "serial", "serial4":
		word = "int32"
	case "bigserial", "serial8":
		word = "int64"
	}
	switch c.Type.Kind {
	case schema.KindBoolean:
		word = "bool"
	case schema.KindSmallInt:
		word = "int16"
	case schema.KindInteger:
		word = "int32"
	case schema.KindBigInt:
		word = "int64"
	case schema.KindReal:
		word = "float32"
	case schema.KindDouble:
		word = "float64"
	}
	switch {
	case c.Type.Array:
		return s.String()
	case c.Type.Kind == schema.KindBytes:
		return s.Index().Byte()
	case c.Type.Kind == schema.KindDate, c.Type.Kind == schema.KindTimestamp, c.Type.Kind == schema.KindTimestampTZ:
		return s.Qual("time", "Time")
	}
	return s.Id(word)
}
