package sqlite

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// What stands in the database beside what migrations made, and in the way of what they do to views, is asked for before anything is changed.

// before makes the first stage ask for what would stop the others, or go with what they drop.
func (c *objectCheck) before(stages []migrate.Stage) {
	c.compiles = slices.ContainsFunc(stages, compilesAll)
	if len(stages) == 0 || !c.compiles && len(c.modules) == 0 && len(c.dropped) == 0 {
		return
	}
	before := stages[0].Check
	stages[0].CheckAlways = true
	stages[0].Check = func(ctx context.Context, tx migrate.Tx) error {
		var all []error
		if before != nil {
			all = append(all, before(ctx, tx))
		}
		return errors.Join(append(all, c.ask(ctx, tx))...)
	}
}

// compilesAll reports whether a stage has a statement for which SQLite compiles all views and triggers of the database (https://www.sqlite.org/lang_altertable.html).
func compilesAll(st migrate.Stage) bool {
	legacy := false
	for _, s := range st.Statements {
		switch {
		case s.SQL == "PRAGMA legacy_alter_table = ON":
			legacy = true
		case s.SQL == "PRAGMA legacy_alter_table = OFF":
			legacy = false
		case !legacy && strings.HasPrefix(s.SQL, "ALTER TABLE ") && (strings.Contains(s.SQL, " RENAME ") || strings.Contains(s.SQL, " DROP COLUMN ")):
			return true
		}
	}
	return false
}

// objectCheck is what to look for.
type objectCheck struct {
	known    []schema.SQLObject // that migrations made
	modules  []schema.SQLObject // virtual tables that are made
	dropped  map[string]bool    // views that go; true when one of the name comes back
	gone     map[string]bool    // objects that go before anything of them is looked at
	compiles bool
}

// objectCheck looks at the ops. It must be asked before they are applied to what the first one found.
func (p *planner) objectCheck() *objectCheck {
	c := &objectCheck{dropped: map[string]bool{}, gone: map[string]bool{}}
	start := p.start
	if start == nil {
		start = p.before
	}
	if start != nil {
		c.known = start.SQLObjects
	}
	steps := p.steps
	if p.simple != nil {
		steps = p.simple.steps
	}
	for _, st := range steps {
		from, to, ok := migrate.ObjectChange(st.op)
		if !ok {
			continue
		}
		if from != nil && from.Kind == schema.ViewKind && schema.Meet(from.Only, name) {
			c.dropped[from.Name] = to != nil && to.Name == from.Name
		}
		if from != nil && to == nil {
			c.gone[string(from.Kind)+" "+from.Name] = true
		}
		if to != nil && schema.Meet(to.Only, name) {
			if _, was := c.dropped[to.Name]; was && to.Kind == schema.ViewKind {
				c.dropped[to.Name] = true
			}
			if to.Kind == schema.VirtualTableKind {
				c.modules = append(c.modules, *to)
			}
		}
	}
	return c
}

func (c *objectCheck) ask(ctx context.Context, tx migrate.Tx) error {
	var found []error
	for _, o := range c.modules {
		v, ok := o.VirtualTable()
		var n int
		if !ok || tx.QueryRowContext(ctx, "SELECT count(*) FROM pragma_module_list WHERE name = ? COLLATE NOCASE", v.Module).Scan(&n) != nil || n > 0 {
			continue
		}
		found = append(found, problem("build the driver with it (https://www.sqlite.org/compile.html), or take another driver", "%s is of the module %s, which this SQLite does not have", o, v.Module))
	}
	if len(c.dropped) == 0 && !c.compiles {
		return errors.Join(found...)
	}
	all, err := objects(ctx, tx, "main", "")
	if err != nil {
		return err
	}
	known := func(o object) bool {
		return slices.ContainsFunc(c.known, func(k schema.SQLObject) bool { return string(k.Kind) == o.kind && strings.EqualFold(k.Name, o.name) })
	}
	for _, o := range all {
		if o.kind != "view" && o.kind != "trigger" || known(o) {
			continue
		}
		for _, view := range slices.Sorted(maps.Keys(c.dropped)) {
			switch back := c.dropped[view]; {
			case o.kind == "trigger" && strings.EqualFold(o.table, view):
				found = append(found, problem("drop it in an SQL step before, and create it again after, or declare it in the SQL files", "%s %s, which no migration made, would go with view %s", o.kind, o.name, view))
			case !back && mentions(o.sql, view):
				found = append(found, problem("drop it first", "%s %s, which no migration made, still uses view %s", o.kind, o.name, view))
			}
		}
	}
	if !c.compiles {
		return errors.Join(found...)
	}
	broken := broken(ctx, tx, all)
	for _, what := range slices.Sorted(maps.Keys(broken)) {
		if why := broken[what]; !c.gone[what] && !strings.Contains(why, "no such function") && !strings.Contains(why, "no such module") && !strings.Contains(why, "no such collation") {
			found = append(found, problem("correct it or drop it first", "%s does not work, and SQLite renames and drops no column and no table while it is there: %s", what, why))
		}
	}
	return errors.Join(append(found, ctx.Err())...)
}
