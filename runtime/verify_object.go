package migrate

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/modelgen/modelgen/runtime/schema"
)

// attachedKinds are the kinds of objects that are drift where nobody declares them, as they change what a table of the migrations does; a view or a function
// that nobody declares is somebody else's.
var attachedKinds = []schema.ObjectKind{schema.TriggerKind, schema.PolicyKind, schema.RuleKind, schema.ViewIndexKind}

// aboutObject takes the fact of an [schema.SQLObject] apart, as [about] does: "view open_orders: SELECT ...", "policy own on orders: ...". It reports false for the fact of
// something else.
func aboutObject(fact string, s *schema.Schema) (x thing, rest string, ok bool) {
	for _, o := range s.SQLObjects {
		label := o.String()
		after, found := strings.CutPrefix(fact, label)
		if found && (after == "" || after[0] == ':' || o.Kind == schema.ExtensionKind && after[0] == ' ') && (!ok || len(label) > len(x.label())) {
			x, rest, ok = thingOf(o), strings.TrimPrefix(after, ": "), true
		}
	}
	if ok {
		return x, rest, true
	}
	if table, says, found := strings.Cut(strings.TrimPrefix(fact, "row security of "), ": "); found && strings.HasPrefix(fact, "row security of ") {
		return thing{kind: string(schema.RowSecurityKind), table: table, name: table}, says, true
	}
	if on, says, found := strings.Cut(strings.TrimPrefix(fact, "comment on "), ": "); found && strings.HasPrefix(fact, "comment on ") {
		return thing{kind: string(schema.CommentKind), name: on}, says, true
	}
	for _, kind := range attachedKinds {
		name, after, found := strings.Cut(strings.TrimPrefix(fact, string(kind)+" "), " on ")
		if !found || !strings.HasPrefix(fact, string(kind)+" ") {
			continue
		}
		for _, table := range relations(s) {
			if says, found := strings.CutPrefix(after, table+": "); found {
				return thing{kind: string(kind), table: table, name: name}, says, true
			}
		}
	}
	return thing{}, "", false
}

// relations returns the names of the tables of s and of the other relations.
func relations(s *schema.Schema) (all []string) {
	for _, t := range s.Tables {
		all = append(all, t.Name)
	}
	for _, o := range s.SQLObjects {
		switch {
		case o.Kind.Relation():
			all = append(all, o.Name)
		case o.Table != "":
			all = append(all, o.Table) // of another set
		}
	}
	return all
}

// thingOf returns what facts about an object are about.
func thingOf(o schema.SQLObject) thing {
	x := thing{kind: string(o.Kind), table: o.Table, name: o.Name}
	switch o.Kind {
	case schema.RowSecurityKind:
		x.table = o.Name
	case schema.ExclusionKind:
		x.kind = "constraint"
	}
	return x
}

// label returns an object as its facts name it.
func (x thing) label() string { return x.bare().String() }

// bare returns an object without its definition.
func (x thing) bare() schema.SQLObject {
	o := schema.SQLObject{Kind: schema.ObjectKind(x.kind), Name: x.name, Table: x.table}
	if o.Kind == schema.RowSecurityKind {
		o.Table = ""
	}
	return o
}

// sqlObject returns the object of s that a thing is, or nil.
func (x thing) sqlObject(s *schema.Schema) *schema.SQLObject {
	if i := slices.IndexFunc(s.SQLObjects, func(o schema.SQLObject) bool { return thingOf(o) == x }); i >= 0 {
		return &s.SQLObjects[i]
	}
	return nil
}

// isObject reports whether a thing is one that an SQL file can declare: an index of a table of s is none.
func (x thing) isObject(s *schema.Schema) bool {
	return slices.Contains(schema.ObjectKinds(), schema.ObjectKind(x.kind)) && (x.kind != string(schema.ViewIndexKind) || s.Table(x.table) == nil)
}

// changedObject returns what to do about an object that is another one than the migrations say.
func changedObject(x thing, want, has, shown string, out wayOut) string {
	where := ""
	w, h := strings.Split(want, "\n"), strings.Split(has, "\n")
	for i := range max(len(w), len(h)) {
		a, b := "nothing", "nothing"
		if i < len(w) {
			a = excerpt(w[i])
		}
		if i < len(h) {
			b = excerpt(h[i])
		}
		if a != b && len(w)+len(h) > 2 {
			where = fmt.Sprintf(" (in line %d of what the server prints: %s, and the migrations have %s)", i+1, b, a)
		}
		if a != b {
			break
		}
	}
	return fmt.Sprintf("%s is there, but differs in its definition%s: change it back by hand, as %s prints it; or %s", x, where, shown, out.object)
}

// excerpt returns the beginning of a line.
func excerpt(line string) string {
	if line = strings.TrimSpace(line); len(line) <= 80 {
		return line
	}
	return shortened(line, 80)
}

// shortened cuts a text that is longer than n bytes.
func shortened(text string, n int) string {
	if len(text) <= n {
		return text
	}
	for n > 0 && !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n] + "..."
}

// longFact is the length from which on a fact of an object is cut in what is shown, in bytes: bodies of functions can be long.
const longFact = 1000

// undeclaredObject returns what to do about an object on a table of the migrations that nobody declares.
func undeclaredObject(x thing, want *schema.Schema, p func() Planner, out wayOut) string {
	drop := "drop it by hand"
	o := x.bare()
	switch o.Kind {
	case schema.CommentKind:
		o.SQL = "-"
	case schema.RowSecurityKind:
		o.SQL = "ENABLE"
	}
	s := want.Clone()
	s.PutSQLObject(o)
	if sql := planned(ObjectOp(&o, nil), s, p); sql != "" {
		drop += ": " + sql
	}
	return "if it shall stay, " + out.declare + "; else " + drop + declaring(x)
}

// heldByPolicy reports whether a policy that a step declares is on a table: then the step has switched row level security on for it.
func heldByPolicy(table string, want *schema.Schema) bool {
	return slices.ContainsFunc(want.Objects, func(o schema.Object) bool { return o.Kind == "policy" && o.On(table) })
}

// madeObjects adds to into what ops make of the objects of want.
func madeObjects(ops []Op, want *schema.Schema, into *schema.Schema) {
	for _, op := range ops {
		if _, to, ok := ObjectChange(op); ok && to != nil {
			o := *to
			for _, x := range want.SQLObjects {
				o.Only = x.Only
				if x.Same(o) {
					into.PutSQLObject(x)
				}
			}
		}
	}
}
