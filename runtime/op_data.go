package migrate

import (
	"context"
	"fmt"
	"strings"

	"github.com/modelgen/modelgen/runtime/schema"
)

// Fill sets a column of existing rows from SQL.
//
// It goes over the rows in the order of the primary key, in batches. Each is a transaction of its own that also writes how far it came, so that
// after an error or a kill the next run goes on there, and every row is filled once. Rows that are inserted while it runs are left to the
// application, or to the default of the column. It is one statement on tables made in the same migration, in a database that was empty, and when
// Expr or Where looks at the column in other rows. Undoing it does nothing, and the values stay, unless Back says what they were.
type Fill struct {
	Table  string
	Column string
	Expr   string // SQL over the columns of the row, or [FillDefault]; a column that the table does not have is an error of the set
	Where  string // which rows; "" is those in which the column is NULL
	// Back and BackWhere are Expr and Where of the way down. Without Back it does nothing.
	Back      string
	BackWhere string
	Plain     string // why it may be one statement, which keeps its rows locked to the end, as the table is small; "" is batches
}

// Looks reports whether the SQL has a query over the column that it fills: in batches the later ones would find what the earlier ones wrote.
func (o Fill) Looks() bool {
	_, base := schema.SplitName(o.Table)
	for _, sql := range []string{o.Expr, o.Where} {
		if strings.Contains(strings.ToUpper(sql), "SELECT") && strings.Contains(sql, base) && len(schema.ExprColumns(sql, []string{o.Column})) > 0 {
			return true
		}
	}
	return false
}

// FillDefault is the Expr of a [Fill] that gives rows the default of the column, as it is when the op runs.
const FillDefault = "DEFAULT"

// Condition returns Where, or what stands for it when it is empty.
func (o Fill) Condition(quote func(string) string) string {
	if o.Where != "" {
		return o.Where
	}
	return quote(o.Column) + " IS NULL"
}

// SQL runs statements written by hand, one in each string, in the transaction of the migration.
//
// A change of the schema that is made in SQL is told to the schema with Schema, so that the next generate knows of it; those ops are
// not run. Without Down the migration cannot be undone; NoDown says why nothing needs to be. With NoTx, give Down the inverses of Up in the opposite order,
// one for each statement: then a step that stopped between two of them can be undone as well.
type SQL struct {
	Up     []string
	Down   []string
	NoDown string // why there is nothing to undo; then Down is empty and going down does nothing
	NoTx   bool   // each statement runs outside any transaction, for those that PostgreSQL refuses inside one
	Only   string // the dialect it is meant for; on others it does nothing; "" is every dialect
	Schema []Op   // what the statements change, as ops

	// Objects are what the statements make that no op can: views, functions, triggers. Each is written as DROP and COMMENT ON name it, such as
	// "trigger set_updated_at on issues", "view open_issues" or "function touch()"; [schema.ParseObject] says which kinds there are. Verify then
	// expects them, and says so when one is missing; what is on a table goes with it. A statement that only replaces one declares nothing.
	Objects []string
	// Drops are those of earlier steps that the statements drop.
	Drops []string
}

// Go runs functions of the migration file in the transaction of the migration. They see the rows as the migration finds them and must
// not use the models, which change later. Without Down the migration cannot be undone; NoDown says why nothing needs to be.
type Go struct {
	Up     func(ctx context.Context, tx Tx) error
	Down   func(ctx context.Context, tx Tx) error
	NoDown string
	Name   string // what it does, for plans; "" is "Run Go code"

	Objects []string // what Up makes that no op can, see [SQL]
	Drops   []string // those of earlier steps that Up drops
}

// Apply implements [Op].
func (o Fill) Apply(s *schema.Schema) error {
	t, err := tableWith(s, "fill", o.Table, o.Column)
	if err != nil {
		return err
	}
	if c := t.Column(o.Column); c.Generated != "" {
		return fmt.Errorf("fill %s.%s: it is generated", o.Table, o.Column)
	}
	if o.Back == "" && o.BackWhere != "" {
		return fmt.Errorf("fill %s.%s: BackWhere without Back", o.Table, o.Column)
	}
	for _, x := range []struct{ what, sql string }{{"with", o.Expr}, {"where", o.Where}, {"back with", o.Back}, {"back where", o.BackWhere}} {
		if x.sql == "" && x.what != "with" {
			continue
		}
		if _, err := schema.NormalizeExpr(x.sql); err != nil {
			return fmt.Errorf("fill %s.%s %s %s: %w", o.Table, o.Column, x.what, x.sql, err)
		}
		if missing := missingColumns(t, x.sql); len(missing) > 0 {
			return fmt.Errorf("fill %s.%s %s %s: the table has no column %s; it has %s", o.Table, o.Column, x.what, x.sql, some(missing), some(t.ColumnNames()))
		}
	}
	return nil
}

// missingColumns returns what SQL over the row asks for and the table has not, as far as that is sure. The name of the table is the whole row.
func missingColumns(t *schema.Table, sql string) []string {
	_, base := schema.SplitName(t.Name)
	return schema.MissingColumns(sql, append(t.ColumnNames(), base)...)
}

// Apply implements [Op].
func (o SQL) Apply(s *schema.Schema) error {
	if len(o.Up) == 0 && len(o.Schema) == 0 && len(o.Objects) == 0 && len(o.Drops) == 0 {
		return fmt.Errorf("the SQL op has no statement")
	}
	objects, err := declare(s.Objects, o.Objects, o.Drops, o.Only)
	if err != nil {
		return fmt.Errorf("the SQL op: %w", err)
	}
	for _, op := range o.Schema {
		if err := op.Apply(s); err != nil {
			return fmt.Errorf("what the SQL op says of the schema: %w", err)
		}
	}
	s.Objects = objects
	return nil
}

// TakesOver reports whether the step does nothing in a database but says that its ops describe from now on what an earlier step has made and had in its Objects, such as a trigger
// that SQL files declare now.
func (o SQL) TakesOver() bool { return len(o.Up) == 0 && len(o.Drops) > 0 && len(o.Schema) > 0 }

// Statement is statement i of the n of an op with NoTx, with what undoes it alone: Down has them the other way round, one for each. Where it has
// another number of them it is not known which undoes what.
func (o SQL) Statement(i, n int) []Op {
	one := SQL{Up: o.Up[min(i, len(o.Up)-1):][:1], NoDown: o.NoDown, NoTx: true, Only: o.Only}
	switch {
	case n == 1:
		return []Op{o}
	case len(o.Down) == n && len(o.Up) == n:
		one.Down = o.Down[n-1-i:][:1]
	case o.NoDown == "":
		return nil
	}
	return []Op{one}
}

// Apply implements [Op].
func (o Go) Apply(s *schema.Schema) error {
	if o.Up == nil {
		return fmt.Errorf("the Go op has no function")
	}
	objects, err := declare(s.Objects, o.Objects, o.Drops, "")
	if err != nil {
		return fmt.Errorf("the Go op: %w", err)
	}
	s.Objects = objects
	return nil
}

// Inverse implements [Op].
func (o Fill) Inverse() (Op, error) {
	if o.Back == "" {
		return nil, nil
	}
	o.Expr, o.Where, o.Back, o.BackWhere = o.Back, o.BackWhere, o.Expr, o.Where
	return o, nil
}

// Inverse implements [Op].
func (o SQL) Inverse() (Op, error) {
	if o.Down == nil && o.NoDown == "" {
		return nil, &IrreversibleError{o.Describe(), "it has no Down; write one, or say in NoDown why none is needed"}
	}
	back, err := Invert(o.Schema)
	if err != nil {
		return nil, err
	}
	if len(o.Down) == 0 && len(back) == 0 {
		return nil, nil
	}
	return SQL{Up: o.Down, Down: o.Up, NoTx: o.NoTx, Only: o.Only, Schema: back, Objects: o.Drops, Drops: o.Objects}, nil
}

// Inverse implements [Op].
func (o Go) Inverse() (Op, error) {
	if o.Down == nil {
		if o.NoDown != "" {
			return nil, nil
		}
		return nil, &IrreversibleError{o.Describe(), "it has no Down; write one, or say in NoDown why none is needed"}
	}
	return Go{Up: o.Down, Down: o.Up, Name: "undo: " + o.Describe(), Objects: o.Drops, Drops: o.Objects}, nil
}

// Effects has the way back among what the op reads, as that must be possible as well.
func (o Fill) Effects() Effects {
	e := Effects{Writes: []Object{columnObject(o.Table, o.Column)}, Rows: true}
	e.reads(tableObject(o.Table))
	e.carries(o.Table, o.Expr, o.Where, o.Back, o.BackWhere)
	return e
}

// Effects says that the op may read and write anything, beside what it says of the schema.
func (o SQL) Effects() Effects {
	e := Merge(o.Schema...)
	e.carries("", o.Up...)
	e.carries("", o.Down...)
	e.Makes, e.Removes = append(e.Makes, declared(o.Objects)...), append(e.Removes, declared(o.Drops)...)
	e.Rows, e.Unknown = true, true
	return e
}

// Effects says that the op may read and write anything.
func (o Go) Effects() Effects {
	return Effects{Makes: declared(o.Objects), Removes: declared(o.Drops), Rows: true, Unknown: true}
}

// Describe implements [Op].
func (o Fill) Describe() string { return "Fill " + o.Table + "." + o.Column + " with " + o.Expr }

// Describe implements [Op].
func (o SQL) Describe() string {
	if o.TakesOver() {
		return "Take over " + some(o.Drops)
	}
	if len(o.Up) == 0 {
		return "Record schema changes made by SQL"
	}
	first := []rune(o.Up[0])
	if len(first) > 60 {
		first = append(first[:57], []rune("...")...)
	}
	return "Run SQL: " + oneLine(string(first))
}

// Describe implements [Op].
func (o Go) Describe() string {
	if o.Name == "" {
		return "Run Go code"
	}
	return o.Name
}

// Destroys implements [Op].
func (o Fill) Destroys() []string { return nil }

// Destroys implements [Op].
func (o SQL) Destroys() []string {
	var all []string
	for _, op := range o.Schema {
		all = append(all, op.Destroys()...)
	}
	return all
}

// Destroys implements [Op].
func (o Go) Destroys() []string { return nil }

func (o Fill) plan(p Planner) error { return p.Fill(o) }
func (o SQL) plan(p Planner) error  { return p.SQL(o) }
func (o Go) plan(p Planner) error   { return p.Go(o) }
