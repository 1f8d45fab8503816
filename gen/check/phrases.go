package check

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/internal/sqllex"
	"github.com/modelgen/modelgen/runtime/schema"
)

// phrase says how an attribute is told.
type phrase struct {
	attr  string                    // one that ends in a point is followed by a dialect
	about string                    // the word before the value
	text  func(value string) string // nil for the value as it is
}

var columnPhrases = []phrase{{"type", "", nil}, {"typeFor.", "type on ", nil}, {"nullable", "", nullability}, {"default", "default", sqllex.QuoteString}, {"defaultExpr", "default", bracketed},
	{"defaultFor.", "default on ", nil}, {"identity", "", set("identity")}, {"generated", "generated", nil}, {"collate", "collation", nil},
	{"collateFor.", "collation on ", nil}, {"comment", "comment", nil}}

// phrases has the attributes in the order in which they are told. One that is not here follows them under its own name.
var phrases = withObjectPhrases(map[string][]phrase{
	"enum": {{"values", "", literals}},
	"table": {{"comment", "comment", nil}, {"unlogged", "", set("unlogged")}, {"with", "storage parameters", nil}, {"partition", "partitioned by", nil},
		{"strict", "", set("strict")}, {"withoutRowid", "", set("without rowid")},
		{"distribute", "distributed by", nil}, {"colocate", "beside", nil}, {"reference", "", set("a reference table")}, {"rowKey", "rows known by", list}},
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
})

// withObjectPhrases adds what stands beside the tables: each kind is told by its statement.
func withObjectPhrases(all map[string][]phrase) map[string][]phrase {
	for _, k := range schema.ObjectKinds() {
		all[string(k)] = append(all[string(k)], phrase{"table", "on", nil}, phrase{"head", "", nil}, phrase{"sql", "", oneLine})
	}
	return all
}

// oneLine joins the lines of a statement.
func oneLine(sql string) string { return strings.Join(strings.Fields(sql), " ") }

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

func quoted(values []string) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = sqllex.QuoteString(v)
	}
	return out
}
