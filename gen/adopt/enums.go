package adopt

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/modelgen/modelgen/gen/load"
	"github.com/modelgen/modelgen/runtime/schema"
)

// valueType is a named text type with its values as constants.
type valueType struct {
	name   string
	doc    string // directive above the type, "" without one
	values []string
	consts []string // names, by value
	table  string   // whose file has it
}

// nameEnums makes a Go type of each native enum that a column has.
func (w *writer) nameEnums() {
	w.enums, w.values = map[string]*valueType{}, map[string]*valueType{}
	for _, e := range w.s.Enums {
		var user *schema.Table
		for _, t := range w.s.Tables {
			if slices.ContainsFunc(t.Columns, func(c schema.Column) bool { return c.Type.Kind == schema.KindEnum && c.Type.Name == e.Name }) {
				user = t
				break
			}
		}
		if user == nil {
			w.leftEnum(e)
			continue
		}
		_, base := schema.SplitName(e.Name)
		v := w.valueType(goName(base), e.Values, user.Name)
		if ns, _ := schema.SplitName(user.Name); schema.JoinName(ns, load.ColumnName(v.name)) != e.Name {
			v.doc = "//modelgen:name " + e.Name
		}
		w.enums[e.Name] = v
	}
	w.s.Enums = slices.DeleteFunc(w.s.Enums, func(e *schema.Enum) bool { return w.enums[e.Name] == nil })
}

// leftEnum notes an enum that no column of a model has.
func (w *writer) leftEnum(e *schema.Enum) {
	var values []string
	for _, v := range e.Values {
		values = append(values, quoted(v))
	}
	w.left("enum "+e.Name, "no column of a model has it, and an enum of the models comes from a column; it stays in the database")
	w.unexpressed[len(w.unexpressed)-1].SQL = "CREATE TYPE " + schema.QuoteName(e.Name) + " AS ENUM (" + strings.Join(values, ", ") + ")"
}

// valueType makes a type with constants, whose names are free in the package.
func (w *writer) valueType(name string, values []string, table string) *valueType {
	if name == "" {
		name = "Value"
	}
	if w.taken[name] || slices.ContainsFunc(values, func(v string) bool { return w.taken[name+strings.TrimPrefix(goName(v), "X")] }) {
		name += "Value"
	}
	v := &valueType{name: free(w.taken, name), values: values, table: table}
	for _, value := range values {
		c := strings.TrimPrefix(goName(value), "X")
		if c == "" || !isWord(value) {
			c = "Empty"
			if value != "" {
				c = "Value" + strconv.Itoa(len(v.consts)+1)
			}
			if n := goName(value); n != "" {
				c = n
			}
		}
		v.consts = append(v.consts, free(w.taken, v.name+c))
	}
	w.types = append(w.types, v)
	return v
}

func isWord(s string) bool {
	return s != "" && strings.IndexFunc(s, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("_- .", r)
	}) < 0
}

// lists makes Go types of columns whose check lists their values. The check goes when the constants lead to the same one.
func (w *writer) lists() {
	for _, t := range w.s.Tables {
		for _, k := range t.Checks {
			column, values := valuesOf(k.Expr)
			c := t.Column(column)
			if c == nil || len(values) < 2 && !slices.Contains(values, "") && len(values) != 1 || c.Type.Literal() != schema.QuotedLiteral || c.Type.Array || c.Type.Kind == schema.KindEnum ||
				w.values[t.Name+"."+column] != nil || !fits(*c, values) {
				continue
			}
			switch c.Type.Kind {
			case schema.KindText, schema.KindVarchar:
				w.values[t.Name+"."+column] = w.valueType(w.structs[t.Name]+w.fields[t.Name][column], values, t.Name)
			}
		}
	}
}

// fits reports whether the constants can be of the column: its default is one of them, and each is short enough.
func fits(c schema.Column, values []string) bool {
	if c.Default != nil && !slices.Contains(values, *c.Default) {
		return false
	}
	return c.Type.Size == 0 || !slices.ContainsFunc(values, func(v string) bool { return len([]rune(v)) > c.Type.Size })
}

var (
	inList  = regexp.MustCompile(`(?is)^\(*"?(\w+)"?\)*(?:::(?:text|character varying))? (?:IN \((.*)\)|= ANY \(+ARRAY\[(.*)\]\)*(?:::(?:text|character varying)\[\])?\)*)$`)
	element = regexp.MustCompile(`(?is)^\s*\(*'((?:[^']|'')*)'\)*(?:::(?:text|character varying|varchar))?\)*(?:::(?:text|character varying|varchar))?\s*(,|$)`)
)

// valuesOf returns the column and the texts of a check that only lists them.
func valuesOf(expr string) (column string, values []string) {
	m := inList.FindStringSubmatch(expr)
	if m == nil {
		return "", nil
	}
	rest := m[2] + m[3]
	for rest != "" {
		e := element.FindStringSubmatch(rest)
		if e == nil {
			return "", nil
		}
		v := strings.ReplaceAll(e[1], "''", "'")
		if slices.Contains(values, v) {
			return "", nil
		}
		values, rest = append(values, v), rest[len(e[0]):]
	}
	return m[1], values
}

// source writes the type.
func (v *valueType) source(b *strings.Builder) {
	if v.doc != "" {
		fmt.Fprintf(b, "%s\n", v.doc)
	}
	fmt.Fprintf(b, "type %s string\n\nconst (\n", v.name)
	for i, value := range v.values {
		fmt.Fprintf(b, "\t%s %s = %s\n", v.consts[i], v.name, strconv.Quote(value))
	}
	b.WriteString(")\n")
}
