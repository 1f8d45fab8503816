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
	return p.object(op, o, o.Statement())
}

// ReplaceObject implements [migrate.ObjectPlanner]: SQLite changes a view or a trigger by making it again.
func (p *planner) ReplaceObject(op migrate.Op, from, to schema.SQLObject) error {
	return p.object(op, to, dropObject(from), to.Statement())
}

// DropObject implements [migrate.ObjectPlanner].
func (p *planner) DropObject(op migrate.Op, o schema.SQLObject) error {
	return p.object(op, o, dropObject(o))
}

// RenameObject implements [migrate.ObjectPlanner].
func (p *planner) RenameObject(op migrate.Op, from, to schema.SQLObject) error {
	if from.Kind == schema.VirtualTableKind {
		return p.object(op, from, "ALTER TABLE "+quote(from.Name)+" RENAME TO "+quote(to.Name))
	}
	return p.object(op, from, dropObject(from), to.Statement())
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
		return &migrate.UnsupportedError{Dialect: name, Object: o.String(), Reason: "this kind of object", Hint: "put the statement into a file that ends in .postgres.sql"}
	}
	if err := p.keep(op, func(w *pass) error {
		w.stages = append(w.stages, migrate.Stage{Cause: op.Describe(), Statements: statements(sql...), KeysOff: true, Facts: migrate.Facts{Destroys: op.Destroys()}, Parts: []migrate.Op{op}})
		return nil
	}); err != nil {
		return err
	}
	p.steps[len(p.steps)-1].barrier = true
	return nil
}
