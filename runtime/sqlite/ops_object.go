package sqlite

import (
	"slices"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// objectKinds are the kinds of objects that SQLite has beside tables.
var objectKinds = []schema.ObjectKind{schema.ViewKind, schema.TriggerKind, schema.VirtualTableKind}

// CreateObject implements [migrate.ObjectPlanner].
func (p *planner) CreateObject(op migrate.Op, o schema.SQLObject) error {
	if o.Kind == schema.VirtualTableKind {
		return p.createVirtual(op, o)
	}
	return p.object(op, o, o.Statement())
}

// ReplaceObject implements [migrate.ObjectPlanner]: SQLite changes a view or a trigger by making it again. The INSTEAD OF triggers of a view go with it.
func (p *planner) ReplaceObject(op migrate.Op, from, to schema.SQLObject) error {
	if to.Kind == schema.VirtualTableKind {
		return p.replaceVirtual(op, from, to)
	}
	sql := []string{dropObject(from), to.Statement()}
	for _, o := range p.triggersOn(from) {
		sql = append(sql, o.Statement())
	}
	return p.object(op, to, sql...)
}

// DropObject implements [migrate.ObjectPlanner].
func (p *planner) DropObject(op migrate.Op, o schema.SQLObject) error {
	delete(p.refill, o.Name)
	return p.object(op, o, dropObject(o))
}

// RenameObject implements [migrate.ObjectPlanner].
func (p *planner) RenameObject(op migrate.Op, from, to schema.SQLObject) error {
	if from.Kind == schema.VirtualTableKind {
		if cause, waits := p.refill[from.Name]; waits {
			delete(p.refill, from.Name)
			p.refill[to.Name] = cause
		}
		return p.object(op, from, "ALTER TABLE "+quote(from.Name)+" RENAME TO "+quote(to.Name))
	}
	if on := p.triggersOn(from); len(on) > 0 {
		return &migrate.UnsupportedError{Dialect: name, Object: from.String(), Reason: "another name while " + on[0].String() + " is there", Hint: "drop the trigger before, and create it again after"}
	}
	return p.object(op, from, dropObject(from), to.Statement())
}

// triggersOn returns the triggers on a view that migrations made.
func (p *planner) triggersOn(view schema.SQLObject) (all []schema.SQLObject) {
	if view.Kind != schema.ViewKind || p.before == nil {
		return nil
	}
	for _, o := range p.before.SQLObjects {
		if o.Kind == schema.TriggerKind && strings.EqualFold(o.Table, view.Name) && schema.Meet(o.Only, name) {
			all = append(all, o)
		}
	}
	return all
}

func dropObject(o schema.SQLObject) string {
	word := strings.ToUpper(string(o.Kind))
	if o.Kind == schema.VirtualTableKind {
		word = "TABLE"
	}
	return "DROP " + word + " " + quote(o.Name)
}

// object plans statements of an object. What comes before it must be in the database, as its text names it.
func (p *planner) object(op migrate.Op, o schema.SQLObject, sql ...string) error {
	switch {
	case o.Kind == schema.CommentKind || o.Kind == schema.GrantKind:
		return nil // SQLite has neither comments nor roles, as with those of tables
	case !slices.Contains(objectKinds, o.Kind):
		return &migrate.UnsupportedError{Dialect: name, Object: o.String(), Reason: "this kind of object", Hint: "put the statement into an SQL file for the database that has it alone: the name of the dialect stands before .sql"}
	}
	return p.planned(op, statements(sql...))
}

// planned plans statements of one op. What they name must be there: they wait for tables that are still to be written, but for a drop, which needs nothing.
func (p *planner) planned(op migrate.Op, sql []migrate.Statement) error {
	return p.keep(op, func(w *pass) error {
		st := migrate.Stage{Cause: op.Describe(), Statements: slices.Clone(sql), KeysOff: true, Facts: migrate.Facts{Destroys: op.Destroys()}, Parts: []migrate.Op{op}}
		from, to, _ := migrate.ObjectChange(op)
		waits := len(w.open) > 0 || len(w.objects) > 0
		if to == nil {
			waits = w.hasWaiting(from.Name)
			to = from
		}
		if !waits {
			w.stages = append(w.stages, st)
			return nil
		}
		if from != nil && to != from && from.Kind == schema.TriggerKind && !w.hasWaiting(from.Name) {
			// The old text is dropped at once: a table that is rebuilt may no longer have what it names.
			gone := st
			gone.Statements, gone.Parts = st.Statements[:1:1], []migrate.Op{migrate.ObjectOp(from, nil)}
			w.stages = append(w.stages, gone)
			st.Statements, st.Parts = st.Statements[1:], []migrate.Op{migrate.ObjectOp(nil, to)}
		}
		w.objects = append(w.objects, waitingObject{to.Name, st})
		return nil
	})
}

// waitingObject is an object whose statements wait for tables to be written.
type waitingObject struct {
	name  string
	stage migrate.Stage
}

// hasWaiting reports whether an object of that name waits.
func (w *pass) hasWaiting(name string) bool {
	return slices.ContainsFunc(w.objects, func(x waitingObject) bool { return strings.EqualFold(x.name, name) })
}

// putObjects writes the objects that wait, once no table does.
func (w *pass) putObjects() {
	if len(w.open) > 0 {
		return
	}
	for _, o := range w.objects {
		w.stages = append(w.stages, o.stage)
	}
	w.objects = nil
}

// namesObject writes all that waits where an object that waits names what gets another name or goes, as it is to be, which has to follow, or as it still is.
func (w *pass) namesObject(table string, column ...string) error {
	names := func(sql string) bool { return mentions(sql, table) && (len(column) == 0 || mentions(sql, column...)) }
	if !slices.ContainsFunc(w.objects, func(o waitingObject) bool {
		return slices.ContainsFunc(o.stage.Parts, func(op migrate.Op) bool {
			from, _, _ := migrate.ObjectChange(op)
			return from != nil && names(from.Statement())
		}) || slices.ContainsFunc(o.stage.Statements, func(s migrate.Statement) bool { return names(s.SQL) })
	}) {
		return nil
	}
	for len(w.open) > 0 {
		if err := w.close(w.open[0].table); err != nil {
			return err
		}
	}
	return nil
}
