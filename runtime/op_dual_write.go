package migrate

import (
	"fmt"
	"slices"

	"github.com/modelgen/modelgen/runtime/schema"
)

// AddDualWrite keeps two columns of a table equal while programs of two versions write to it: what one of them puts into one column, triggers
// put into the other one too. Rows that have no value in one of the two get it, in batches as with [Fill].
//
// An INSERT that gives one of them sets the other. One that gives neither gets the default of Column; without a default it is refused when
// Column is NOT NULL. One that gives both must give the same. An UPDATE that changes one sets the other; one that writes both as they were
// changes nothing, so that what To holds beyond From is kept. A value that is given as NULL cannot be told from one that is not given.
//
// A value that Up or Down fails for is refused. Down may round what From cannot hold.
//
// It is written by generate -online, for a rename or for a change of type: a migration expands the table, later another one contracts it
// with [DropDualWrite]. As long as it lasts, both columns must be nullable, and have no default.
type AddDualWrite struct {
	Table string
	Name  string // of the triggers; PostgreSQL's function is called so too
	From  string // the column as programs know it that were built before
	To    string // the column that takes its place
	Up    string // SQL over From that computes To
	Down  string // SQL over To that computes From

	// Column is what To becomes when the dual write ends. Under the name of From it is a change of type.
	Column schema.ColumnDef
}

// DropDualWrite ends what [AddDualWrite] began. Before it takes the triggers away it makes sure that the columns are equal in all rows.
//
// It waits for the programs of the previous release: the program that has applied the migration of its AddDualWrite, on a database with others applied
// already, stops in front of it, see [Result.Waits]. A later release goes on, and so does [Options.Contract].
type DropDualWrite struct {
	Table  string
	Name   string
	From   string
	To     string
	Up     string
	Down   string
	Column schema.ColumnDef
}

// DualWrite returns what the op adds as the schema keeps it.
func (o AddDualWrite) DualWrite() schema.DualWrite {
	return schema.DualWrite{Name: o.Name, From: o.From, To: o.To, Up: o.Up, Down: o.Down, Column: o.Column.Def()}
}

// NewAddDualWrite returns the op that adds d to a table.
func NewAddDualWrite(table string, d schema.DualWrite) AddDualWrite {
	return AddDualWrite{Table: table, Name: d.Name, From: d.From, To: d.To, Up: d.Up, Down: d.Down, Column: d.Column}
}

// Apply implements [Op].
func (o AddDualWrite) Apply(s *schema.Schema) error {
	t, err := tableWith(s, "add dual write to", o.Table, o.From, o.To)
	if err != nil {
		return err
	}
	fail := func(format string, args ...any) error {
		return fmt.Errorf("add dual write %s to %s: %w", o.Name, o.Table, fmt.Errorf(format, args...))
	}
	if err := schema.CheckName(o.Name); err != nil {
		return fail("%w", err)
	}
	if o.From == o.To {
		return fail("it has %s twice", o.From)
	}
	for _, other := range s.Tables {
		if slices.ContainsFunc(other.DualWrites, func(d schema.DualWrite) bool { return d.Name == o.Name }) {
			return fail("%s has one of that name already", other.Name)
		}
	}
	for _, column := range []string{o.From, o.To} {
		c := t.Column(column)
		switch {
		case t.DualWriteOf(column) != nil:
			return fail("%s is in %s already", column, t.DualWriteOf(column).Name)
		case c.Generated != "":
			return fail("%s is generated", column)
		case c.Identity, c.Serial():
			return fail("%s is numbered by the database", column)
		case t.PrimaryKey != nil && slices.Contains(t.PrimaryKey.Columns, column):
			return fail("%s is in the primary key", column)
		}
	}
	for _, x := range []struct{ what, sql, over string }{{"Up", o.Up, o.From}, {"Down", o.Down, o.To}} {
		if _, err := schema.NormalizeExpr(x.sql); err != nil {
			return fail("%s %s: %w", x.what, x.sql, err)
		}
		if unknown := schema.UnknownNames(x.sql, []string{x.over}); len(unknown) > 0 {
			return fail("%s is SQL over %s alone, and has %s", x.what, x.over, some(unknown))
		}
	}
	t.DualWrites = append(slices.Clone(t.DualWrites), o.DualWrite())
	t.Sort()
	return nil
}

// Apply implements [Op].
func (o DropDualWrite) Apply(s *schema.Schema) error {
	t, err := tableWith(s, "drop dual write of", o.Table, o.From, o.To)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(t.DualWrites, func(d schema.DualWrite) bool { return d.Equal(AddDualWrite(o).DualWrite()) })
	if i < 0 {
		return fmt.Errorf("drop dual write %s of %s: there is none like it", o.Name, o.Table)
	}
	t.DualWrites = slices.Delete(slices.Clone(t.DualWrites), i, i+1)
	if len(t.DualWrites) == 0 {
		t.DualWrites = nil
	}
	return nil
}

// Inverse implements [Op].
func (o AddDualWrite) Inverse() (Op, error) { return DropDualWrite(o), nil }

// Inverse implements [Op].
func (o DropDualWrite) Inverse() (Op, error) { return AddDualWrite(o), nil }

// Effects says that rows are written: those that lack a value in one of the columns.
func (o AddDualWrite) Effects() Effects {
	e := Effects{Writes: []Object{columnObject(o.Table, o.From), columnObject(o.Table, o.To)}, Rows: true}
	e.carries(o.Table, o.Up, o.Down)
	e.column(o.Table, o.Column.Def())
	d := o.DualWrite()
	return e.made(constraintObject(o.Table, o.Name), Definition{DualWrite: &d})
}

// Effects implements [Op].
func (o DropDualWrite) Effects() Effects {
	var e Effects
	e.readsColumns(o.Table, o.From, o.To)
	e.carries(o.Table, o.Up, o.Down)
	e.column(o.Table, o.Column.Def())
	d := AddDualWrite(o).DualWrite()
	return e.removed(constraintObject(o.Table, o.Name), Definition{DualWrite: &d})
}

// Describe implements [Op].
func (o AddDualWrite) Describe() string {
	return fmt.Sprintf("Keep %s.%s and %s.%s in sync", o.Table, o.From, o.Table, o.To)
}

// Describe implements [Op].
func (o DropDualWrite) Describe() string {
	return fmt.Sprintf("Stop keeping %s.%s and %s.%s in sync", o.Table, o.From, o.Table, o.To)
}

// Destroys implements [Op].
func (o AddDualWrite) Destroys() []string { return nil }

// Destroys implements [Op].
func (o DropDualWrite) Destroys() []string { return nil }

func (o AddDualWrite) plan(p Planner) error  { return p.AddDualWrite(o) }
func (o DropDualWrite) plan(p Planner) error { return p.DropDualWrite(o) }

// notDualWritten refuses a change of a column that a dual write needs as it is.
func notDualWritten(t *schema.Table, column string) error {
	if d := t.DualWriteOf(column); d != nil {
		return fmt.Errorf("dual write %s needs it; end that first, with modelgen generate -contract", d.Name)
	}
	return nil
}
