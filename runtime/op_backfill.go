package migrate

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/modelgen/modelgen/runtime/schema"
)

// Backfill gives columns of existing rows values that Go computes. T is a struct of the migration file that holds what Row reads and writes
// of a row, one field for each column, named by its db tag; it is frozen there, and no model. Which Go types go with which column types is
// said at [Set.Err], before anything runs: numbers and bool as they are, [time.Time] for days and points in time, []byte for bytes, string for
// all others and as text for any, pointers for NULL, and types with Scan and Value.
//
//	migrate.Backfill[productsAt0003]{
//		Table: "products",
//		Where: "slug IS NULL",
//		Row:   func(p *productsAt0003) error { p.Slug = new(slugify(p.Name)); return nil },
//	}
//
// It goes over the rows in the order of the primary key, which the table must have, in batches. Each is a transaction of its own that also writes
// how far it came, so that after an error or a kill the next run goes on there: every row is committed once. Row may see a row again when its
// batch was rolled back, so it should do nothing but change the struct, and not keep the pointer, which the next row gets too. Where each row says
// by itself whether it is worked on (Where has no query and no function of your own), and no trigger is in between, PostgreSQL sends the rows of the next batch over
// a second connection while one is written, if the pool has one for that and one more: Row then sees them before that is committed. Only columns
// that it changes are written, and only if nobody else changed the row meanwhile: then the batch is done again. Rows that are inserted while it
// runs are left to the application, or to the default of the column.
//
// When Row returns an error the run stops with it and the primary key of the row. On tables made in the same migration, and in a database
// that was empty, all is one transaction. Undoing it does nothing: the values stay.
type Backfill[T any] struct {
	Table string
	Where string // SQL: which rows; "" is all. "slug IS NULL" lets what is done already be left out
	Row   func(row *T) error
	Name  string // what it does, for plans; "" is "Backfill" and the table
	Plain string // why it may be one transaction, which keeps its rows locked to the end, as the table is small; "" is batches
}

// Apply implements [Op].
func (o Backfill[T]) Apply(s *schema.Schema) error {
	t, err := tableWith(s, "backfill", o.Table)
	if err != nil {
		return err
	}
	if o.Row == nil {
		return fmt.Errorf("backfill %s: it has no function Row", o.Table)
	}
	if t.PrimaryKey == nil {
		return fmt.Errorf("backfill %s: the table has no primary key, so no row can be told from another; use Fill or SQL", o.Table)
	}
	if o.Where != "" {
		if _, err := schema.NormalizeExpr(o.Where); err != nil {
			return fmt.Errorf("backfill %s where %s: %w", o.Table, o.Where, err)
		}
	}
	fields, err := fieldsOf[T]()
	if err != nil {
		return fmt.Errorf("backfill %s: %w", o.Table, err)
	}
	var errs []error
	for i := range fields {
		if err := fields[i].fits(t); err != nil {
			errs = append(errs, fmt.Errorf("backfill %s: field %s of %s: %w", o.Table, fields[i].name, typeName[T](), err))
		}
	}
	return errors.Join(errs...)
}

// Inverse implements [Op].
func (o Backfill[T]) Inverse() (Op, error) { return nil, nil }

// Effects says that every column of the struct may be read and written.
func (o Backfill[T]) Effects() Effects {
	e := Effects{Reads: []Object{tableObject(o.Table)}, Rows: true}
	fields, _ := fieldsOf[T]() // Apply reports what is wrong with them
	for _, f := range fields {
		e.reads(columnObject(o.Table, f.column))
		e.Writes = append(e.Writes, columnObject(o.Table, f.column))
	}
	e.carries(o.Table, o.Where)
	return e
}

// Describe implements [Op].
func (o Backfill[T]) Describe() string {
	if o.Name != "" {
		return o.Name
	}
	return "Backfill " + o.Table
}

// Destroys implements [Op].
func (o Backfill[T]) Destroys() []string { return nil }

func (o Backfill[T]) plan(p Planner) error { return p.Backfill(o.step()) }

// step takes the type off.
func (o Backfill[T]) step() RowStep {
	fields, _ := fieldsOf[T]() // Apply reports what is wrong with them
	st := RowStep{Op: o, Table: o.Table, Where: o.Where, Plain: o.Plain}
	for _, f := range fields {
		st.Fields = append(st.Fields, RowField{Column: f.column, Text: f.text})
	}
	st.New = func() *Row {
		v := new(T)
		return newRow(v, fields, func() { *v = *new(T) }, func() error { return o.Row(v) })
	}
	return st
}

// RowStep is a [Backfill] without its type, for a [Planner].
type RowStep struct {
	Op     Op
	Table  string
	Where  string
	Plain  string
	Fields []RowField
	New    func() *Row // an empty row, to be scanned into again and again
}

// RowField is a column that a backfill reads, and may write.
type RowField struct {
	Column string
	Text   bool // it is wanted as text, whatever the type of the column
}

// Unwritten stands for a step that a person has still to write: how existing rows get a value in a column, "products.slug". A set may have it,
// so that the program builds and runs, but no database is migrated past it: [Migrator.Up] and [Migrator.Plan] return an [*UnwrittenError].
type Unwritten string

// Apply implements [Op].
func (o Unwritten) Apply(s *schema.Schema) error {
	table, column, err := o.split()
	if err != nil {
		return err
	}
	_, err = tableWith(s, "unwritten", table, column)
	return err
}

// split takes the column apart; the table may have a schema in front.
func (o Unwritten) split() (table, column string, err error) {
	for i := len(o) - 1; i > 0; i-- {
		if o[i] == '.' {
			return string(o[:i]), string(o[i+1:]), nil
		}
	}
	return "", "", fmt.Errorf("unwritten %q: it names no column, as products.slug does", string(o))
}

// Run is what a stage of it does: it fails.
func (o Unwritten) Run(context.Context, Tx) error { return errors.New(o.remedy()) }

// remedy says what to write.
func (o Unwritten) remedy() string {
	return "the backfill for " + string(o) + " is not written; put Fill or Backfill in the place of " +
		"migrate.Unwritten(" + strconv.Quote(string(o)) + ")"
}

// Inverse implements [Op].
func (o Unwritten) Inverse() (Op, error) { return nil, nil }

// Effects says that what is written in its place may read anything, to give rows a value in the column.
func (o Unwritten) Effects() Effects {
	table, column, _ := o.split() // Apply reports what is wrong with it
	return Effects{Reads: []Object{tableObject(table)}, Writes: []Object{columnObject(table, column)}, Rows: true, Unknown: true}
}

// Describe implements [Op].
func (o Unwritten) Describe() string {
	return "Give existing rows a value in " + string(o) + ", not written yet"
}

// Destroys implements [Op].
func (o Unwritten) Destroys() []string { return nil }

func (o Unwritten) plan(p Planner) error { return p.Unwritten(o) }
