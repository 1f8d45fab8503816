package sqlfiles

import (
	"fmt"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/internal/nearest"
	"github.com/modelgen/modelgen/internal/sqllex"
	"github.com/modelgen/modelgen/runtime/schema"
)

// This file finds what the database would refuse, or only notice when somebody runs it, in objects that are read well: what they are on and what they name is not there.

// check looks at all objects with the schema that they are part of.
func (r *Result) check(s *schema.Schema) (problems Problems) {
	names := s.Names()
	for _, o := range r.Objects {
		fail := func(at int, format string, args ...any) {
			problems = append(problems, Problem{o.PosAt(at), fmt.Sprintf(format, args...)})
		}
		r.checkTable(s, o, fail)
		r.checkTarget(s, o, fail)
		if o.Kind == schema.TriggerKind {
			r.checkTrigger(s, o, fail)
		}
		if len(problems) > 0 && problems[len(problems)-1].Pos.Filename == o.Pos.Filename && problems[len(problems)-1].Pos.Line == o.Pos.Line && o.Table != "" && s.Table(o.Table) == nil {
			continue // nothing more is known of it
		}
		for _, m := range names.Unknown(o.SQLObject) {
			if o.Allows(m.Table, m.Column) {
				continue
			}
			if m.Column != "" {
				fail(m.At, "%s: table %s has no column %s%s", o, m.Table, m.Column, like(m.Column, s.Table(m.Table).ColumnNames()))
				continue
			}
			fail(m.At, "%s reads %s, which is no table of the models and nothing that the files declare%s; what a step written by hand makes is said in its Objects", o, m.Table, like(m.Table, relations(s)))
		}
	}
	return problems
}

// Allows reports whether the comment above the statement allows a table, or a column of one, to be named: by the name of the column, by both, or by that of the table.
func (o Object) Allows(table, column string) bool {
	return slices.ContainsFunc(o.Allowed, func(name string) bool {
		if column == "" {
			return strings.EqualFold(name, table)
		}
		return strings.EqualFold(name, column) || strings.EqualFold(name, table+"."+column)
	})
}

// Allows is [Object.Allows] of one of the objects.
func (r *Result) Allows(o schema.SQLObject, table, column string) bool {
	i := slices.IndexFunc(r.Objects, func(x Object) bool { return x.Same(o) })
	return i >= 0 && r.Objects[i].Allows(table, column)
}

type failer func(at int, format string, args ...any)

// like offers the word that may have been meant.
func like(word string, candidates []string) string {
	if w := nearest.Word(word, candidates, nearest.Reach(word)); w != "" {
		return "; did you mean " + w + "?"
	}
	return ""
}

// relations returns the names of all that rows can be read from.
func relations(s *schema.Schema) (all []string) {
	for _, t := range s.Tables {
		all = append(all, t.Name)
	}
	for _, o := range s.SQLObjects {
		if readable(o.Kind) {
			all = append(all, o.Name)
		}
	}
	return all
}

func readable(k schema.ObjectKind) bool {
	return k == schema.ViewKind || k == schema.MaterializedViewKind || k == schema.PartitionKind || k == schema.VirtualTableKind
}

// byHand reports whether a step that is written by hand makes something of that name.
func byHand(s *schema.Schema, name string) bool {
	_, base := schema.SplitName(name)
	return slices.ContainsFunc(s.Objects, func(o schema.Object) bool {
		bare, _, _ := strings.Cut(strings.ReplaceAll(o.Name, `"`, ""), "(")
		_, own := schema.SplitName(bare)
		return strings.EqualFold(own, base)
	})
}

// checkTable says when the table or view that an object is on is not there.
func (r *Result) checkTable(s *schema.Schema, o Object, fail failer) {
	name := o.Table
	if o.Kind == schema.RowSecurityKind {
		name = o.Name
	}
	if name == "" || s.Table(name) != nil || byHand(s, name) {
		return
	}
	on := schema.SQLObject{}
	if i := slices.IndexFunc(s.SQLObjects, func(x schema.SQLObject) bool { return readable(x.Kind) && x.Name == name }); i >= 0 {
		on = s.SQLObjects[i]
	}
	of := "table"
	switch o.Kind {
	case schema.TriggerKind, schema.RuleKind:
		if on.Kind == schema.ViewKind || on.Kind == schema.PartitionKind {
			return
		}
		of = "table or view"
	case schema.ViewIndexKind:
		return // its view is looked for where it is read
	default:
		if on.Kind == schema.PartitionKind {
			return
		}
	}
	if on.Kind != "" {
		fail(-1, "%s cannot be: %s is a %s", o, name, on.Kind)
		return
	}
	fail(-1, "%s: there is no %s %s, neither as a model nor in the files%s", o, of, name, like(name, relations(s)))
}

// serverTriggers are the functions for triggers that each server has (PostgreSQL manual, 9.28 and 12.4.3).
var serverTriggers = []string{"suppress_redundant_updates_trigger", "tsvector_update_trigger", "tsvector_update_trigger_column", "unique_key_recheck"}

// extensionTriggers are those of the extensions that come with the server (manual, appendix F), with these.
var extensionTriggers = map[string]string{"moddatetime": "moddatetime", "autoinc": "autoinc", "insert_username": "insert_username", "lo_manage": "lo",
	"triggered_change_notification": "tcn", "check_primary_key": "refint", "check_foreign_key": "refint"}

// plainExtensions have no function for triggers.
var plainExtensions = strings.Fields("btree_gin btree_gist citext cube dict_int earthdistance fuzzystrmatch hstore intarray isn ltree pg_stat_statements pg_trgm pgcrypto pgrowlocks pgstattuple seg tablefunc unaccent uuid-ossp vector")

// checkTrigger says when the function of a trigger is not there, and when its body names a column that the table of the trigger has not.
func (r *Result) checkTrigger(s *schema.Schema, o Object, fail failer) {
	toks := sqllex.Code(string(o.SQL), sqllex.Any)
	i := slices.IndexFunc(toks, func(t sqllex.Token) bool { return t.Is("EXECUTE") })
	if i < 0 || i+2 >= len(toks) {
		return
	}
	at, name := toks[i+2].From, ""
	for _, t := range toks[i+2:] {
		if t.Text == "(" {
			break
		}
		if t.Text == "." {
			name += "."
		} else {
			name += schemaPart(t)
		}
	}
	name = strings.TrimPrefix(name, "public.")
	_, base := schema.SplitName(strings.ReplaceAll(name, `"`, ""))
	var functions []string
	var extensions []string
	for _, x := range s.SQLObjects {
		bare, _, _ := strings.Cut(x.Name, "(")
		switch {
		case x.Kind == schema.ExtensionKind:
			extensions = append(extensions, x.Name)
		case x.Kind != schema.FunctionKind || !schema.Meet(x.Only, o.Only):
		case strings.EqualFold(bare, strings.ReplaceAll(name, `"`, "")):
			if x.Name != bare+"()" {
				fail(at, "%s: the function of a trigger has no arguments in its brackets, and %s has (manual, CREATE TRIGGER)", o, x.Name)
			}
			r.checkFields(s, o, x, fail)
			return
		default:
			functions = append(functions, bare)
		}
	}
	switch ext := extensionTriggers[strings.ToLower(base)]; {
	case strings.HasPrefix(name, "pg_catalog."), slices.Contains(serverTriggers, strings.ToLower(base)), byHand(s, name):
	case ext != "" && !slices.Contains(extensions, ext):
		fail(at, "%s: function %s comes with extension %s, which is not declared: add CREATE EXTENSION %s", o, name, ext, ext)
	case ext != "", slices.ContainsFunc(extensions, func(e string) bool { return !slices.Contains(plainExtensions, e) }): // which may have it
	default:
		fail(at, "%s: function %s() is not declared in the files%s", o, name, like(name, functions))
	}
}

// checkFields looks at NEW.column and OLD.column in the function of a trigger.
func (r *Result) checkFields(s *schema.Schema, o Object, f schema.SQLObject, fail failer) {
	t := s.Table(o.Table)
	fields, generic := f.RowFields()
	if t == nil || generic {
		return
	}
	for _, m := range fields {
		if !slices.ContainsFunc(t.ColumnNames(), func(c string) bool { return strings.EqualFold(c, m.Column) }) {
			place := ""
			if i := slices.IndexFunc(r.Objects, func(x Object) bool { return x.Same(f) }); i >= 0 {
				place = " at " + r.Objects[i].PosAt(m.At).String()
			}
			fail(-1, "%s: its function names the column %s of the row%s, and table %s has none%s", o, m.Column, place, o.Table, like(m.Column, t.ColumnNames()))
		}
	}
}

// checkTarget says when what a comment or a grant is on is not there.
func (r *Result) checkTarget(s *schema.Schema, o Object, fail failer) {
	if o.Kind != schema.CommentKind && o.Kind != schema.GrantKind {
		return
	}
	target, _, _ := strings.Cut(o.Name, " to ")
	kind := ""
	for _, k := range slices.Concat(commentKinds, []string{"schema"}) {
		if kind == "" && strings.HasPrefix(target, k+" ") {
			kind = k
		}
	}
	rest := strings.TrimPrefix(target, kind+" ")
	name := strings.ReplaceAll(rest, `"`, "")
	table := s.Table(name)
	switch kind {
	case "table":
		if o.Kind == schema.CommentKind && table != nil && table.Comment != "" {
			fail(-1, "%s: its model says what the comment is; take one of them out", o)
		}
		partition := slices.ContainsFunc(s.SQLObjects, func(x schema.SQLObject) bool { return x.Kind == schema.PartitionKind && x.Name == name })
		if table != nil || partition || o.Kind == schema.GrantKind && slices.Contains(relations(s), name) || r.has(s, "sequence "+name) && o.Kind == schema.GrantKind {
			return
		}
	case "column":
		i := strings.LastIndexByte(name, '.')
		if t := s.Table(name[:i]); t != nil {
			c := t.Column(name[i+1:])
			if c == nil {
				fail(-1, "%s: table %s has no column %s%s", o, t.Name, name[i+1:], like(name[i+1:], t.ColumnNames()))
			} else if c.Comment != "" {
				fail(-1, "%s: its model says what the comment is; take one of them out", o)
			}
			return
		}
		name = name[:i]
		if slices.Contains(relations(s), name) || r.has(s, "composite type "+name) {
			return
		}
	case "schema":
		if s.HasNamespace(name) || name == "public" {
			return
		}
	case "type":
		if s.Enum(name) != nil || r.has(s, "composite type "+name) || r.has(s, "range type "+name) || r.has(s, "domain "+name) {
			return
		}
	case "domain", "view", "materialized view", "extension", "sequence", "statistics", "publication", "event trigger", "aggregate", "function", "procedure":
		if r.has(s, kind+" "+rest) || r.has(s, kind+" "+name) {
			return
		}
	case "routine":
		if r.has(s, "function "+rest) || r.has(s, "procedure "+rest) || r.has(s, "aggregate "+rest) {
			return
		}
	case "trigger", "policy", "rule":
		if r.has(s, kind+" "+name) {
			return
		}
	case "index", "constraint":
		if r.inTable(s, kind, name) || kind == "index" && slices.ContainsFunc(s.SQLObjects, func(x schema.SQLObject) bool { return x.Kind == schema.ViewIndexKind && x.Name == name }) {
			return
		}
	}
	if byHand(s, name) {
		return
	}
	var all []string
	for _, x := range s.SQLObjects {
		if string(x.Kind) == kind {
			all = append(all, x.Name)
		}
	}
	if kind == "table" || kind == "column" {
		all = relations(s)
		kind = "table"
	}
	fail(-1, "%s: there is no %s %s, neither in the models nor in the files%s", o, kind, name, like(name, all))
}

func (r *Result) has(s *schema.Schema, shown string) bool {
	return slices.ContainsFunc(s.SQLObjects, func(x schema.SQLObject) bool { return x.String() == shown })
}

// inTable finds an index or a constraint of a model: "orders_pkey on orders".
func (r *Result) inTable(s *schema.Schema, kind, name string) bool {
	name, on, _ := strings.Cut(name, " on ")
	for _, t := range s.Tables {
		if on != "" && t.Name != on {
			continue
		}
		if ns, _ := schema.SplitName(t.Name); kind == "index" && slices.ContainsFunc(indexes(t), func(x string) bool { return x == "" || schema.JoinName(ns, x) == name }) {
			return true
		}
		if kind == "constraint" && t.Name == on {
			return true // a name that the model does not give is made later
		}
	}
	return false
}

// indexes returns the names of the indexes of a table, those of its constraints too; "" is one that gets its name later.
func indexes(t *schema.Table) (all []string) {
	for _, x := range t.Indexes {
		all = append(all, x.Name)
	}
	for _, u := range t.Uniques {
		all = append(all, u.Name)
	}
	if t.PrimaryKey != nil {
		all = append(all, t.PrimaryKey.Name)
	}
	return all
}
