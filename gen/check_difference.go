package gen

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/runtime/schema"
)

// object names one thing in a schema.
type object struct {
	table string // "" when it belongs to none
	rank  int    // the order of kinds within a table
	kind  string
	name  string
}

// String returns the object as people call it.
func (o object) String() string {
	switch {
	case o.table == "":
		return o.kind + " " + o.name
	case o.kind == "table":
		return "table " + o.table
	case o.kind == "column":
		return "column " + o.table + "." + o.name
	}
	return o.kind + " " + o.name + " of " + o.table
}

// fact is one thing that a schema says about an object: "type" "numeric(8,2)".
type fact struct{ about, text string }

// spoken gives facts in words.
func spoken(facts []fact) string {
	var words []string
	for _, f := range facts {
		switch f.about {
		case "":
			words = append(words, f.text)
		default:
			words = append(words, f.about+" "+f.text)
		}
	}
	return strings.Join(words, ", ")
}

// objects returns all that a schema is made of. What only the snapshot knows (the hints that were used up, the owner of an enum), and the order of
// columns, are left out.
func objects(s *schema.Schema) map[object][]fact {
	all := map[object][]fact{}
	for _, n := range s.Namespaces {
		all[object{"", 0, "schema", n}] = nil
	}
	for _, e := range s.Enums {
		all[object{"", 1, "enum", e.Name}] = []fact{{"", "(" + strings.Join(quoted(e.Values), ", ") + ")"}}
	}
	for _, t := range s.Tables {
		all[object{t.Name, 0, "table", ""}] = optional(nil, "comment", t.Comment)
		for _, c := range t.Columns {
			all[object{t.Name, 1, "column", c.Name}] = aboutColumn(c)
		}
		if k := t.PrimaryKey; k != nil {
			all[object{t.Name, 2, "primary key", k.Name}] = []fact{{"over", tuple(k.Columns)}}
		}
		for _, u := range t.Uniques {
			all[object{t.Name, 3, "unique constraint", on(u.Name, u.Only)}] = deferrable(flag([]fact{{"over", tuple(u.Columns)}}, u.NullsNotDistinct, "NULLS NOT DISTINCT"), u.Deferrable)
		}
		for _, c := range t.Checks {
			all[object{t.Name, 4, "check", on(c.Name, c.Only)}] = []fact{{"", c.Expr}}
		}
		for _, f := range t.ForeignKeys {
			facts := []fact{{"from", tuple(f.Columns)}, {"to", f.RefTable + " " + tuple(f.RefColumns)}}
			facts = optional(optional(facts, "ON DELETE", string(f.OnDelete)), "ON UPDATE", string(f.OnUpdate))
			all[object{t.Name, 5, "foreign key", f.Name}] = deferrable(facts, f.Deferrable)
		}
		for _, x := range t.Indexes {
			all[object{t.Name, 6, "index", on(x.Name, x.Only)}] = aboutIndex(x)
		}
		for _, d := range t.DualWrites {
			all[object{t.Name, 7, "dual write", d.Name}] = append([]fact{{"from", d.From}, {"to", d.To}, {"up", d.Up}, {"down", d.Down}}, aboutColumn(d.Column)...)
		}
	}
	return all
}

// on tells two things of one name on two dialects from each other.
func on(name, dialect string) string {
	if dialect == "" {
		return name
	}
	return name + " on " + dialect
}

func aboutColumn(c schema.Column) []fact {
	facts := []fact{{"", c.Type.String()}}
	for _, d := range slices.Sorted(maps.Keys(c.TypeFor)) {
		facts = append(facts, fact{"type on " + d, c.TypeFor[d]})
	}
	if c.Nullable {
		facts = append(facts, fact{"", "NULL"})
	} else {
		facts = append(facts, fact{"", "NOT NULL"})
	}
	if c.Default != nil {
		facts = append(facts, fact{"default", quote(*c.Default)})
	}
	if c.DefaultExpr != "" {
		facts = append(facts, fact{"default", "(" + c.DefaultExpr + ")"})
	}
	for _, d := range slices.Sorted(maps.Keys(c.DefaultFor)) {
		facts = append(facts, fact{"default on " + d, c.DefaultFor[d]})
	}
	facts = flag(facts, c.Identity, "identity")
	facts = optional(facts, "generated", c.Generated)
	facts = optional(facts, "collation", c.Collate)
	for _, d := range slices.Sorted(maps.Keys(c.CollateFor)) {
		facts = append(facts, fact{"collation on " + d, c.CollateFor[d]})
	}
	return optional(facts, "comment", c.Comment)
}

func aboutIndex(x schema.Index) []fact {
	var parts []string
	for _, p := range x.Parts {
		text := p.Column
		if p.Expr != "" {
			text = "(" + p.Expr + ")"
		}
		if p.Collate != "" {
			text += " COLLATE " + p.Collate
		}
		if p.OpClass != "" {
			text += " " + p.OpClass
		}
		if p.Desc {
			text += " DESC"
		}
		if p.Nulls != "" {
			text += " NULLS " + string(p.Nulls)
		}
		parts = append(parts, text)
	}
	facts := flag([]fact{{"over", tuple(parts)}}, x.Unique, "unique")
	facts = optional(optional(facts, "WHERE", x.Where), "USING", x.Using)
	if len(x.Include) > 0 {
		facts = append(facts, fact{"INCLUDE", tuple(x.Include)})
	}
	return flag(facts, x.NullsNotDistinct, "NULLS NOT DISTINCT")
}

func tuple(names []string) string { return "(" + strings.Join(names, ", ") + ")" }

func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

func quoted(values []string) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = quote(v)
	}
	return out
}

func optional(facts []fact, about, text string) []fact {
	if text == "" {
		return facts
	}
	return append(facts, fact{about, text})
}

func flag(facts []fact, set bool, text string) []fact {
	if !set {
		return facts
	}
	return append(facts, fact{"", text})
}

func deferrable(facts []fact, d schema.Deferrable) []fact {
	if d == schema.NotDeferrable {
		return facts
	}
	return append(facts, fact{"DEFERRABLE INITIALLY", string(d)})
}

// difference is an object about which snapshot and migrations say different things, or which only one of them has.
type difference struct {
	object
	snapshot, migrations []fact
	missing, extra       bool // the migrations do not make it; the snapshot does not have it
}

// differences compares two schemas, in the order of tables and what they are made of. Of a table that only one has, it is all there is to say.
func differences(want, have *schema.Schema) (out []difference) {
	a, b := objects(want), objects(have)
	whole := func(o object, in map[object][]fact) bool {
		_, there := in[object{o.table, 0, "table", ""}]
		return o.table == "" || o.kind == "table" || there
	}
	for o, facts := range a {
		switch other, there := b[o]; {
		case there && !slices.Equal(facts, other):
			out = append(out, difference{object: o, snapshot: facts, migrations: other})
		case !there && whole(o, b):
			out = append(out, difference{object: o, snapshot: facts, missing: true})
		}
	}
	for o, facts := range b {
		if _, there := a[o]; !there && whole(o, a) {
			out = append(out, difference{object: o, migrations: facts, extra: true})
		}
	}
	slices.SortFunc(out, func(x, y difference) int {
		return cmp.Or(strings.Compare(x.table, y.table), cmp.Compare(x.rank, y.rank), strings.Compare(x.name, y.name))
	})
	return out
}

// String says what differs.
func (d difference) String() string {
	switch {
	case d.missing:
		return fmt.Sprintf("the snapshot has %s, and no migration makes it", d.described(d.snapshot))
	case d.extra:
		return fmt.Sprintf("the migrations make %s, and the snapshot does not have it", d.described(d.migrations))
	}
	only := func(of, than []fact) string {
		return spoken(slices.DeleteFunc(slices.Clone(of), func(f fact) bool { return slices.Contains(than, f) }))
	}
	migrations, snapshot := only(d.migrations, d.snapshot), only(d.snapshot, d.migrations)
	switch "" {
	case snapshot:
		return fmt.Sprintf("%s: the migrations say %s, the snapshot does not", d.object, migrations)
	case migrations:
		return fmt.Sprintf("%s: the snapshot says %s, the migrations do not", d.object, snapshot)
	}
	return fmt.Sprintf("%s: the migrations say %s, the snapshot says %s", d.object, migrations, snapshot)
}

func (d difference) described(facts []fact) string {
	if words := spoken(facts); words != "" && d.kind != "table" {
		return d.object.String() + ", " + words
	}
	return d.object.String()
}
