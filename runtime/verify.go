package migrate

import (
	"fmt"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/internal/sqllex"
	"github.com/modelgen/modelgen/runtime/schema"
)

// Difference is one fact in which a database is not what its migrations say.
type Difference struct {
	Missing bool   // the migrations say it, the database has it not; otherwise the other way round
	Fact    string // in the words of the dialect
	Fix     string // what to do about it
}

// line returns the difference on one line.
func (d Difference) line() string {
	return map[bool]string{true: "missing: ", false: "unexpected: "}[d.Missing] + d.Fact
}

// thing is what a fact is about: a column, an index. The facts of all dialects begin with its kind and its table.
type thing struct{ kind, table, name string }

// String returns the thing as people call it.
func (x thing) String() string {
	switch {
	case x.name == "":
		return x.kind + " " + x.table
	case x.kind == "column":
		return "column " + x.table + "." + x.name
	case slices.Contains(schema.ObjectKinds(), schema.ObjectKind(x.kind)) && x.kind != string(schema.TriggerKind) && x.kind != string(schema.ViewIndexKind):
		return x.label()
	}
	return x.kind + " " + x.name + " of " + x.table
}

var kindsOfFacts = []string{"table without rowid", "table", "column", "primary key", "unique index", "index", "foreign key", "unique", "check", "constraint", "trigger", "enum", "unlogged table", "partitioned table", "storage parameters", "strict table", "distributed table", "reference table",
	"identity always", "sequence options", "not valid constraint", "deferrable constraint", "covering constraint", "virtual column"}

// about takes a fact apart: what it is about, and what it says of that. Tables are those of the schema.
func about(fact string, s *schema.Schema) (thing, string) {
	if x, rest, ok := aboutObject(fact, s); ok {
		return x, rest
	}
	i := slices.IndexFunc(kindsOfFacts, func(k string) bool { return strings.HasPrefix(fact, k+" ") })
	if i < 0 {
		return thing{}, fact
	}
	x := thing{kind: kindsOfFacts[i]}
	rest := fact[len(x.kind)+1:]
	if x.kind == "enum" {
		x.table, rest, _ = strings.Cut(rest, ":")
		return x, rest
	}
	for _, name := range relations(s) {
		after, ok := strings.CutPrefix(rest, name)
		if ok && len(name) > len(x.table) && (after == "" || after[0] == ' ' || after[0] == '.') {
			x.table = name
		}
	}
	if rest = rest[len(x.table):]; strings.HasPrefix(rest, ".") && x.kind == "trigger" && strings.Contains(rest, ": ") {
		x.name, rest, _ = strings.Cut(rest[1:], ": ") // which may hold spaces
	} else if strings.HasPrefix(rest, ".") {
		x.name, rest, _ = strings.Cut(rest[1:], " ")
		x.name = strings.TrimSuffix(x.name, ":")
	} else if open := strings.LastIndex(rest, " ["); open >= 0 && strings.HasSuffix(rest, "]") {
		x.name, rest = rest[open+2:len(rest)-1], rest[:open]
	}
	return x, rest
}

// wayOut has the words for what to do where the database is right and the migrations are to follow it.
type wayOut struct{ say, change, add, object, declare string }

// outOfRecorded is the way out where the migrations count as applied.
var outOfRecorded = wayOut{
	say:    "write a migration that says what the database is, and record it with fake",
	change: "write a migration that says what it is now, and record it with fake",
	add:    "add it to the model, generate, and record the migration with fake",
	object: "write it into its SQL file as it is now, generate, and record the migration with fake",

	declare: "declare it in an SQL file (modelgen -sql), generate, and record the migration with fake",
}

// outOfUnrecorded is the way out where a migration is still to be written down.
func outOfUnrecorded(label string) wayOut {
	return wayOut{say: "make " + label + " say what the database is", change: "change the model, and " + label + " with it, to what it is now", add: "add it to the model and to " + label, object: "write it into its SQL file and into " + label + " as it is now",
		declare: "declare it in an SQL file (modelgen -sql) and add it to " + label}
}

// remedies says of every difference what to do about it. want is the schema that the migrations make, made says which of them made a thing.
func remedies(diff []Difference, want *schema.Schema, p func() Planner, out wayOut, made func([]thing) map[thing]string) {
	things := make([]thing, len(diff))
	says := make([]string, len(diff))
	var missing, unexpected = map[thing]int{}, map[thing]int{}
	for i, d := range diff {
		things[i], says[i] = about(d.Fact, want)
		if d.Missing {
			missing[things[i]] = i
		} else {
			unexpected[things[i]] = i
		}
	}
	by := made(things)
	for i := range diff {
		x, d := things[i], &diff[i]
		was, shown := by[x], "what the migrations say"
		if was != "" {
			shown = "sql " + was
		}
		other, changed := unexpected[x]
		if !d.Missing {
			other, changed = missing[x]
		}
		_, gone := missing[thing{kind: "table", table: x.table}]
		_, same := unexpected[thing{kind: "table", table: x.table}]
		gone = gone && !same && x.kind != "enum"
		switch {
		case indexForConstraint(*d, diff) != "":
			d.Fix = indexForConstraint(*d, diff)
		case !d.Missing && unsaid.Text(x.kind) != "":
			d.Fix = strings.NewReplacer("$table", quotedTable(x.table), "$name", sqllex.QuoteName(x.name)).Replace(unsaid.Text(x.kind)) + declaring(x)
		case x.kind == "":
			d.Fix = "change it back by hand, or " + out.say
		case changed && !d.Missing:
			d.Fix = fmt.Sprintf("it is how %s is now; the line that says missing has what to do", x)
		case changed && x.kind == "enum":
			d.Fix = enumRemedy(x.table, want, says[other], p, shown)
		case changed && x.sqlObject(want) != nil:
			d.Fix = changedObject(x, says[i], says[other], shown, out)
		case changed:
			change := out.change
			if x.kind == "column" {
				change = strings.Replace(change, "what it is now, and", "what it is now, with AlterColumn, and", 1)
			}
			d.Fix = fmt.Sprintf("%s is there, but differs in its %s: change it back by hand, as %s prints it; or %s", x, changedIn(x, says[i], says[other]), shown, change)
		case d.Missing && gone && x.kind == "table":
			d.Fix = fmt.Sprintf("its rows are gone with it: restore it from a backup, or make it again by hand, empty, as %s prints it, and with what migrations after it changed", shown)
		case d.Missing && gone:
			d.Fix = "it comes back with table " + x.table
		case d.Missing:
			d.Fix = missingRemedy(x, want, p, shown)
		case x.kind == "column":
			d.Fix = fmt.Sprintf("if it shall stay, %s; else drop it by hand: ALTER TABLE %s DROP COLUMN %s", out.add, quotedTable(x.table), sqllex.QuoteName(x.name))
		case x.isObject(want):
			d.Fix = undeclaredObject(x, want, p, out)
		default:
			d.Fix = "if it shall stay, " + out.add + "; else drop it by hand" + declaring(x)
		}
	}
	for i := range diff {
		if things[i].isObject(want) {
			diff[i].Fact = shortened(diff[i].Fact, longFact)
		}
	}
}

// overlooked says what a comparison cannot know: which differences are the work of migrations that only a newer program has, which must not be
// changed back by hand, and that nothing was compared as nothing is applied.
func (m *Migrator) overlooked(h *history, diff []Difference) {
	beyond := h.beyond()
	switch {
	case len(diff) > 0 && len(beyond) > 0:
		for i := range diff {
			diff[i].Fix = "it may be the work of " + some(beyond) + ", which this program does not know: change nothing by hand before the program that has it has verified"
		}
		m.notify(Event{Kind: EventNote, Message: "the database has migrations that this program does not know: " + some(beyond) + "; verify with the program that has them; if they were deleted on purpose, forget their rows with prune, and verify again"})
	case len(diff) == 0 && !slices.ContainsFunc(m.set.all, func(n node) bool { return n.own && h.counts(m.set.at[n.Migration]) }):
		m.notify(Event{Kind: EventNote, Message: "no migration of set " + m.set.name + " is applied, so there was nothing to compare; a first migration whose tables are there already is recorded by up -fake-initial"})
	}
}

// unsaid has what to do about what models cannot say of their columns and constraints.
var unsaid = sqllex.WordMap{
	{"identity always", `models have GENERATED BY DEFAULT: ALTER TABLE $table ALTER COLUMN $name SET GENERATED BY DEFAULT makes it that`},
	{"sequence options", `models have the options of a sequence that nothing is said of: set them back by hand with ALTER TABLE $table ALTER COLUMN $name SET ...`},
	{"not valid constraint", `it holds for new rows alone: look at the others, which locks nobody out: ALTER TABLE $table VALIDATE CONSTRAINT $name`},
	{"deferrable constraint", `models have keys that are looked at with every statement: drop $name of $table by hand, and add it again without DEFERRABLE`},
	{"covering constraint", `models have keys without further columns in their index: drop $name of $table by hand, and add it again without INCLUDE`},
	{"virtual column", `models have columns whose computed value is stored: drop $name of $table by hand, and add it again with STORED`},
}

// declaring says how a step or the project says that something that is no matter of the models can stay.
func declaring(x thing) string {
	o, ok := x.object()
	if !ok {
		return ""
	}
	return fmt.Sprintf("; if a step of a migration makes it, declare it there with Objects: []string{%q}; if somebody else does, allow %[1]q in modelgen.json", o)
}

func quotedTable(name string) string {
	ns, base := schema.SplitName(name)
	if ns != "" {
		return sqllex.QuoteName(ns) + "." + sqllex.QuoteName(base)
	}
	return sqllex.QuoteName(base)
}

// missingRemedy has the statement that makes a thing again, where one or a few do.
func missingRemedy(x thing, want *schema.Schema, p func() Planner, shown string) string {
	op := remake(x, want)
	if sql := statementsOf(op, x, want, p); sql != "" {
		return fmt.Sprintf("make it again by hand: %s (it is from %s)", sql, shown)
	}
	if _, column := op.(AddColumn); op == nil || column && usedBy(want, want.Table(x.table), x.name) != "" {
		return fmt.Sprintf("make it again by hand, as %s prints it", shown) // no op drops a column that something uses, so none is to be recorded
	}
	if _, ok := op.(CommentOn); ok {
		return fmt.Sprintf("make it again by hand, as %s prints it", shown)
	}
	name := strings.TrimPrefix(fmt.Sprintf("%T", op), "migrate.")
	drop := "Drop" + strings.TrimPrefix(strings.TrimPrefix(name, "Add"), "Create")
	return fmt.Sprintf("make it again by hand, as %s prints it; or with two migrations: one with %s, which fake records, and one with %s, which up applies", shown, drop, name)
}

// enumRemedy is about the values of an enum.
func enumRemedy(name string, want *schema.Schema, has string, p func() Planner, shown string) string {
	e := want.Enum(name)
	if e == nil {
		return "change it back by hand, as " + shown + " prints it"
	}
	from := values(has)
	var lost, more []string
	for _, v := range e.Values {
		if !slices.Contains(from, v) {
			lost = append(lost, v)
		}
	}
	for _, v := range from {
		if !slices.Contains(e.Values, v) {
			more = append(more, v)
		}
	}
	switch {
	case len(more) > 0:
		return fmt.Sprintf("enum %s has more values: %s; if they shall stay, add them to the constants of the model, generate, and record the migration with fake; a value cannot be taken out of an enum by hand without recreating it",
			name, some(more))
	case len(lost) > 0:
		s := want.Clone()
		s.Enum(name).Values = from
		if sql := planned(AlterEnum{Name: name, From: from, To: e.Values}, s, p); sql != "" {
			return "add the values again by hand: " + sql
		}
		return fmt.Sprintf("enum %s has lost values: %s; add them again by hand, as %s prints it", name, some(lost), shown)
	}
	return fmt.Sprintf("enum %s has its values in another order, which decides how they compare: recreate it by hand, as %s prints it", name, shown)
}

// values reads 'a', 'b'.
func values(list string) (out []string) {
	var b strings.Builder
	in := false
	for i := 0; i < len(list); i++ {
		switch c := list[i]; {
		case c == '\'' && in && i+1 < len(list) && list[i+1] == '\'':
			b.WriteByte(c)
			i++
		case c == '\'' && in:
			out = append(out, b.String())
			b.Reset()
			in = false
		case c == '\'':
			in = true
		case in:
			b.WriteByte(c)
		}
	}
	return out
}

// changedIn says what of a column is another one, as far as the words of the dialects tell.
func changedIn(x thing, want, has string) string {
	if x.kind != "column" {
		return "definition"
	}
	type parts struct{ typ, def, rest string }
	split := func(s string) (p parts) {
		p.typ = s
		for _, word := range []string{" collate ", " not null", " generated ", " default ", " identity ", " comment "} {
			if i := strings.Index(p.typ, word); i >= 0 {
				p.typ = p.typ[:i]
			}
		}
		p.rest = s[len(p.typ):]
		if before, def, ok := strings.Cut(p.rest, " default "); ok {
			p.rest, p.def = before, def
		}
		return p
	}
	w, h := split(want), split(has)
	var words []string
	if w.typ != h.typ {
		words = append(words, "type")
	}
	if a, b := strings.Contains(w.rest, " not null"), strings.Contains(h.rest, " not null"); a != b {
		words = append(words, "nullability")
	}
	if w.def != h.def {
		words = append(words, "default")
	}
	if len(words) == 0 {
		return "definition"
	}
	if n := len(words) - 1; n > 0 {
		return strings.Join(words[:n], ", ") + " and " + words[n]
	}
	return words[0]
}
