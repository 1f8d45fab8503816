package check

import (
	"cmp"
	"encoding/json"
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

// ranks orders the kinds of objects: those of no table, and those of one.
var ranks = map[string]int{"schema": 0, "enum": 1,
	"table": 0, "column": 1, "primary key": 2, "unique constraint": 3, "check": 4, "foreign key": 5, "index": 6, "dual write": 7}

// objects returns all that a schema is made of, with what it says of each in words. The order of columns is left out.
func objects(s *schema.Schema) map[object][]fact {
	all := map[object][]fact{}
	for rest := schema.Facts(s); len(rest) > 0; {
		of, n := rest[0].Object(), 1
		for n < len(rest) && rest[n].Object() == of {
			n++
		}
		if of.Kind != "object" { // no snapshot has what steps declare
			rank, known := ranks[of.Kind]
			if !known {
				rank = len(ranks)
			}
			all[object{of.Table, rank, of.Kind, on(of.Name, of.Only)}] = phrased(of.Kind, rest[:n])
		}
		rest = rest[n:]
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

// phrase says how an attribute is told.
type phrase struct {
	attr  string                    // one that ends in a point is followed by a dialect
	about string                    // the word before the value
	text  func(value string) string // nil for the value as it is
}

var columnPhrases = []phrase{{"type", "", nil}, {"typeFor.", "type on ", nil}, {"nullable", "", nullability}, {"default", "default", quote}, {"defaultExpr", "default", bracketed},
	{"defaultFor.", "default on ", nil}, {"identity", "", set("identity")}, {"generated", "generated", nil}, {"collate", "collation", nil},
	{"collateFor.", "collation on ", nil}, {"comment", "comment", nil}}

// phrases has the attributes in the order in which they are told. One that is not here follows them under its own name.
var phrases = map[string][]phrase{
	"enum":        {{"values", "", literals}},
	"table":       {{"comment", "comment", nil}},
	"column":      columnPhrases,
	"primary key": {{"columns", "over", list}},
	"unique constraint": {{"columns", "over", list}, {"nullsNotDistinct", "", set("NULLS NOT DISTINCT")},
		{"deferrable", "DEFERRABLE INITIALLY", nil}},
	"check": {{"expr", "", nil}},
	"foreign key": {{"columns", "from", list}, {"refTable", "to", nil}, {"onDelete", "ON DELETE", nil}, {"onUpdate", "ON UPDATE", nil},
		{"deferrable", "DEFERRABLE INITIALLY", nil}},
	"index": {{"parts", "over", parts}, {"unique", "", set("unique")}, {"where", "WHERE", nil}, {"using", "USING", nil}, {"include", "INCLUDE", list},
		{"nullsNotDistinct", "", set("NULLS NOT DISTINCT")}},
	"dual write": dualWritePhrases(),
}

func dualWritePhrases() []phrase {
	all := []phrase{{"from", "from", nil}, {"to", "to", nil}, {"up", "up", nil}, {"down", "down", nil}}
	for _, p := range columnPhrases {
		p.attr = "column." + p.attr
		all = append(all, p)
	}
	return all
}

// phrased tells the facts of one object.
func phrased(kind string, facts []schema.Fact) (out []fact) {
	value := map[string]string{}
	for _, f := range facts {
		if f.Attr != "" {
			value[f.Attr] = f.Value
		}
	}
	delete(value, "column.name") // the name of a dual write says it
	switch kind {
	case "table":
		delete(value, "columns")
	case "column", "dual write":
		for _, prefix := range []string{"", "column."} {
			if _, typed := value[prefix+"type"]; typed && value[prefix+"nullable"] == "" {
				value[prefix+"nullable"] = "false"
			}
		}
	case "foreign key":
		value["refTable"] += " " + list(value["refColumns"])
		delete(value, "refColumns")
	case "enum":
		value["values"] += "" // it may have none
	}
	take := func(attr, about string, text func(string) string) {
		v, there := value[attr]
		if !there {
			return
		}
		delete(value, attr)
		if text != nil {
			v = text(v)
		}
		out = append(out, fact{about, v})
	}
	for _, p := range phrases[kind] {
		if !strings.HasSuffix(p.attr, ".") {
			take(p.attr, p.about, p.text)
			continue
		}
		for _, attr := range slices.Sorted(maps.Keys(value)) {
			if dialect, of := strings.CutPrefix(attr, p.attr); of {
				take(attr, p.about+dialect, p.text)
			}
		}
	}
	for _, attr := range slices.Sorted(maps.Keys(value)) {
		take(attr, attr, nil)
	}
	return out
}

func set(text string) func(string) string { return func(string) string { return text } }

func bracketed(expr string) string { return "(" + expr + ")" }

func nullability(nullable string) string {
	if nullable == "true" {
		return "NULL"
	}
	return "NOT NULL"
}

// decoded reads the value of an attribute that is a list.
func decoded[T any](value string) (all []T) {
	if value == "" {
		return nil
	}
	if err := json.Unmarshal([]byte(value), &all); err != nil {
		panic("modelgen: " + err.Error()) // schema.Facts wrote it
	}
	return all
}

func list(value string) string { return tuple(decoded[string](value)) }

func literals(value string) string { return tuple(quoted(decoded[string](value))) }

func parts(value string) string {
	var parts []string
	for _, p := range decoded[schema.IndexPart](value) {
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
	return tuple(parts)
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
