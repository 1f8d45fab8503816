// Package overview describes a directory of migrations, as text, as a diagram and as data: the graph, what each migration does, and the
// tables of the snapshot.
//
// It judges nothing: a directory with two newest migrations is shown as it is.
package overview

import (
	"fmt"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/gen/finding"
	"github.com/modelgen/modelgen/gen/migrations"
	"github.com/modelgen/modelgen/gen/read"
	"github.com/modelgen/modelgen/runtime/schema"
)

// Overview describes a directory of migrations.
type Overview struct {
	Set        string         `json:"set"`
	Migrations []Node         `json:"migrations"` // parents before children
	Heads      []string       `json:"heads"`      // those that no other one has as parent: one, or branches that have to meet
	Schema     *schema.Schema `json:"schema"`     // of the snapshot

	Files    []read.Migration `json:"-"` // the migrations as their files have them, in the order of Migrations
	Dialects []string         `json:"-"` // that the snapshot records: "postgres@14"
}

// Node is one migration of a [Overview].
type Node struct {
	Name     string   `json:"name"`
	Parents  []string `json:"parents"` // those of another set with its package before a dot
	Replaces []string `json:"replaces,omitempty"`
	Does     []string `json:"does"` // a line for each op
}

// Read reads a directory of migrations. shown is how messages name it. It returns [finding.Problems] when a file cannot be read.
func Read(dir, shown string) (*Overview, error) {
	f, err := migrations.Read(dir, shown)
	if err != nil {
		return nil, finding.Problems{err.Error()}
	}
	if f.Snapshot == nil {
		return nil, fmt.Errorf("%s has no snapshot; run go generate first", shown)
	}
	all, err := read.Folder(dir, shown)
	if err != nil {
		return nil, finding.Problems{err.Error()}
	}
	p := &Overview{Set: f.Snapshot.Set, Migrations: []Node{}, Heads: []string{}, Schema: &f.Snapshot.Schema, Files: all, Dialects: f.Snapshot.Dialects}
	names, parent := map[string]string{}, map[string]bool{}
	for _, m := range all {
		names[m.Var] = m.Name
	}
	for _, m := range all {
		n := Node{Name: m.Name, Parents: []string{}, Replaces: m.Replaces, Does: []string{}}
		for _, v := range m.Parents {
			name := names[v]
			if name == "" {
				name = strings.TrimPrefix(v, ".")
			}
			n.Parents = append(n.Parents, name)
			parent[name] = true
		}
		for _, op := range m.Ops {
			n.Does = append(n.Does, Describe(op))
		}
		p.Migrations = append(p.Migrations, n)
	}
	for _, m := range p.Migrations {
		if !parent[m.Name] && !slices.ContainsFunc(p.Migrations, func(o Node) bool { return slices.Contains(o.Replaces, m.Name) }) {
			p.Heads = append(p.Heads, m.Name)
		}
	}
	return p, nil
}

// Describe says what an op does. A step over rows that has Go code in it is one like any other; only what it makes of the schema would have to be read.
func Describe(op read.Op) string {
	if op.Value != nil {
		return op.Value.Describe()
	}
	if op.Rows {
		return op.Says
	}
	return "An op that is made when the program runs: " + op.Why
}

// Text returns the picture for people: the graph, then the tables.
func (p *Overview) Text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "set %s\n", p.Set)
	for i, m := range p.Migrations {
		note := ""
		if line := i > 0 && len(m.Parents) == 1 && m.Parents[0] == p.Migrations[i-1].Name; !line && len(m.Parents) > 0 {
			note = "  after " + strings.Join(m.Parents, ", ")
		}
		if len(m.Replaces) > 0 {
			note += "  in the place of " + strings.Join(m.Replaces, ", ")
		}
		if len(p.Heads) > 1 && slices.Contains(p.Heads, m.Name) {
			note += "  (a head)"
		}
		fmt.Fprintf(&b, "  %s%s\n", m.Name, note)
		for _, d := range m.Does {
			fmt.Fprintf(&b, "      %s\n", d)
		}
	}
	for _, e := range p.Schema.Enums {
		fmt.Fprintf(&b, "enum %s (%s)\n", e.Name, strings.Join(e.Values, ", "))
	}
	for _, t := range p.Schema.Tables {
		fmt.Fprintf(&b, "table %s\n", t.Name)
		for _, c := range t.Columns {
			fmt.Fprintf(&b, "  %s %s%s\n", c.Name, c.Type, map[bool]string{true: " null"}[c.Nullable])
		}
		if t.PrimaryKey != nil {
			fmt.Fprintf(&b, "  primary key (%s)\n", strings.Join(t.PrimaryKey.Columns, ", "))
		}
		for _, u := range t.Uniques {
			fmt.Fprintf(&b, "  unique (%s)\n", strings.Join(u.Columns, ", "))
		}
		if n := len(t.Rows.Rows); n > 0 {
			fmt.Fprintf(&b, "  rows declared: %d, known by (%s)\n", n, strings.Join(t.Rows.Key, ", "))
		}
		for _, f := range t.ForeignKeys {
			fmt.Fprintf(&b, "  (%s) refers to %s (%s)\n", strings.Join(f.Columns, ", "), f.RefTable, strings.Join(f.RefColumns, ", "))
		}
	}
	for _, o := range p.Schema.SQLObjects {
		only := ""
		if o.Only != "" {
			only = " (" + o.Only + ")"
		}
		fmt.Fprintf(&b, "%s%s\n", o, only)
	}
	return b.String()
}

// Mermaid returns the tables as an entity relationship diagram in the language of Mermaid.
func (p *Overview) Mermaid() string {
	var b strings.Builder
	b.WriteString("erDiagram\n")
	for _, t := range p.Schema.Tables {
		fmt.Fprintf(&b, "  %q {\n", t.Name)
		for _, c := range t.Columns {
			var keys []string
			if t.PrimaryKey != nil && slices.Contains(t.PrimaryKey.Columns, c.Name) {
				keys = append(keys, "PK")
			}
			if slices.ContainsFunc(t.ForeignKeys, func(f schema.ForeignKey) bool { return slices.Contains(f.Columns, c.Name) }) {
				keys = append(keys, "FK")
			}
			if slices.ContainsFunc(t.Uniques, func(u schema.Unique) bool { return len(u.Columns) == 1 && u.Columns[0] == c.Name }) {
				keys = append(keys, "UK")
			}
			fmt.Fprintf(&b, "    %s %s", mermaidName(c.Type.String()), mermaidName(c.Name))
			if len(keys) > 0 {
				b.WriteString(" " + strings.Join(keys, ", "))
			}
			b.WriteByte('\n')
		}
		b.WriteString("  }\n")
	}
	for _, t := range p.Schema.Tables {
		for _, f := range t.ForeignKeys {
			from, to := "}o", "||"
			if one := t.PrimaryKey != nil && slices.Equal(t.PrimaryKey.Columns, f.Columns) ||
				slices.ContainsFunc(t.Uniques, func(u schema.Unique) bool { return slices.Equal(u.Columns, f.Columns) }); one {
				from = "|o"
			}
			if slices.ContainsFunc(f.Columns, func(name string) bool { c := t.Column(name); return c != nil && c.Nullable }) {
				to = "o|"
			}
			fmt.Fprintf(&b, "  %q %s--%s %q : %q\n", t.Name, from, to, f.RefTable, strings.Join(f.Columns, ", "))
		}
	}
	return b.String()
}

// mermaidName makes a name one that the diagram takes: letters, digits, and a few signs.
func mermaidName(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '_' || r == '-' || r == '(' || r == ')' || r == '[' || r == ']' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return r
		}
		return '_'
	}, s)
}
