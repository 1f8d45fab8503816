package sqlite

import (
	"context"
	"slices"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// objectLines returns the facts of the views, triggers and virtual tables that want has, and of the triggers on its views. A table that a virtual table keeps its data in is nobody's.
func objectLines(ctx context.Context, tx migrate.Tx, db string, want *schema.Schema) (lines []string, err error) {
	if len(want.SQLObjects) == 0 {
		return nil, nil
	}
	all, err := objects(ctx, tx, db, "")
	if err != nil {
		return nil, err
	}
	byName := map[string][]object{}
	for _, o := range all {
		byName[strings.ToLower(o.name)] = append(byName[strings.ToLower(o.name)], o)
	}
	find := func(kind, name string) (object, bool) {
		found := byName[strings.ToLower(name)]
		i := slices.IndexFunc(found, func(o object) bool { return o.kind == kind })
		if i < 0 {
			return object{}, false
		}
		return found[i], true
	}
	for _, o := range want.SQLObjects {
		switch o.Kind {
		case schema.ViewKind:
			if x, ok := find("view", o.Name); ok {
				lines = append(lines, o.String()+": "+objectText(x.sql))
				lines = append(lines, triggerLines(all, o.Name)...)
			}
		case schema.VirtualTableKind:
			if x, ok := find("table", o.Name); ok && virtual(x.sql) {
				lines = append(lines, o.String()+": "+objectText(x.sql))
			}
		case schema.TriggerKind: // of a table of another set; the others are those of their tables
			if x, ok := find("trigger", o.Name); ok && strings.EqualFold(x.table, o.Table) && want.Table(o.Table) == nil &&
				!slices.ContainsFunc(want.SQLObjects, func(v schema.SQLObject) bool { return v.Kind == schema.ViewKind && v.Name == o.Table }) {
				lines = append(lines, triggerFact(o.Table, o.Name, x.sql))
			}
		}
	}
	return lines, nil
}

// triggerLines returns the facts of the triggers on a view.
func triggerLines(all []object, view string) (lines []string) {
	for _, o := range all {
		if o.kind == "trigger" && strings.EqualFold(o.table, view) {
			lines = append(lines, triggerFact(view, o.name, o.sql))
		}
	}
	return lines
}

func triggerFact(table, name, sql string) string {
	return "trigger " + table + "." + name + ": " + objectText(sql)
}

// objectText returns a statement that makes an object in its normal form, from its name on: what comes before it SQLite writes itself
// (https://www.sqlite.org/schematab.html).
func objectText(sql string) string {
	toks := scan(sql)
	i := slices.IndexFunc(toks, func(t token) bool { return t.is("VIEW", "TRIGGER", "TABLE") })
	if i < 0 {
		return normal(toks)
	}
	head := strings.ToLower(toks[i].text)
	toks = toks[i+1:]
	if len(toks) > 2 && toks[0].is("IF") && toks[1].is("NOT") && toks[2].is("EXISTS") {
		toks = toks[3:]
	}
	if len(toks) > 2 && toks[1].kind == opToken && toks[1].text == "." { // main.name
		toks = toks[2:]
	}
	return "create " + head + " " + normal(toks)
}

// virtual reports whether a statement makes a virtual table.
func virtual(sql string) bool {
	toks := scan(sql)
	return len(toks) > 2 && toks[0].is("CREATE") && toks[1].is("VIRTUAL")
}

// saidLines returns the facts that objects of want come to: SQLite keeps their text, so that nothing has to be made.
func saidLines(want *schema.Schema) (lines []string) {
	for _, o := range want.SQLObjects {
		switch o.Kind {
		case schema.ViewKind, schema.VirtualTableKind:
			lines = append(lines, o.String()+": "+objectText(o.Statement()))
		case schema.TriggerKind:
			lines = append(lines, triggerFact(o.Table, o.Name, o.Statement()))
		}
	}
	return lines
}
