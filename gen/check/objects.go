package check

import (
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

// spoken returns facts in words.
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
var ranks = withObjectKinds(map[string]int{"schema": 0, "enum": 1,
	"table": 0, "column": 1, "primary key": 2, "unique constraint": 3, "check": 4, "foreign key": 5, "index": 6, "dual write": 7, "row": 8})

// withObjectKinds adds what stands beside the tables behind the others. The index of a materialized view has the rank of those of tables.
func withObjectKinds(ranks map[string]int) map[string]int {
	for _, k := range schema.ObjectKinds() {
		if _, has := ranks[string(k)]; !has {
			ranks[string(k)] = len(ranks)
		}
	}
	return ranks
}

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
