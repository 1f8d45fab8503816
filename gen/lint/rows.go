package lint

import (
	"fmt"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// Rows is what is known of a Backfill, whose function and row cannot be known without compiling it.
type Rows struct {
	Table   string
	Columns []string // those of its row, which it reads or writes; nil when they are not known
	Where   string   // "" when it has none, or when it is not known
	Name    string
	Plain   string // the reason for which it is one transaction, "" when it goes in batches
}

// op returns an op that is planned as the Backfill is. It cannot be run.
func (r Rows) op() migrate.Op {
	return backfill{migrate.Backfill[struct{}]{Table: r.Table, Where: r.Where, Name: r.Name, Plain: r.Plain}, r.Columns}
}

// Describe says what the op does, "" when that is not known.
func (o Op) Describe() string {
	switch {
	case o.Value != nil:
		return o.Value.Describe()
	case o.Rows != nil:
		return o.Rows.op().Describe()
	}
	return ""
}

// backfill is a Backfill without the type of its row.
type backfill struct {
	migrate.Backfill[struct{}]

	columns []string
}

// Apply refuses what a Backfill refuses for its table.
func (o backfill) Apply(s *schema.Schema) error {
	t := s.Table(o.Table)
	if t == nil {
		return fmt.Errorf("backfill %s: there is no such table", o.Table)
	}
	if t.PrimaryKey == nil {
		return fmt.Errorf("backfill %s: the table has no primary key, so no row can be told from another; use Fill or SQL", o.Table)
	}
	return nil
}

// Effects says what the columns of its row are, or that they are not known.
func (o backfill) Effects() migrate.Effects {
	e := o.Backfill.Effects()
	e.Unknown = o.columns == nil
	for _, c := range o.columns {
		column := migrate.Object{Kind: migrate.ColumnObject, Table: o.Table, Name: c}
		e.Reads, e.Writes = append(e.Reads, column), append(e.Writes, column)
	}
	return e
}

// fills returns the columns that may have values after it: all of the table, when its row is not known.
func (o backfill) fills(s *schema.Schema) []string {
	if o.columns == nil {
		if t := s.Table(o.Table); t != nil {
			return t.ColumnNames()
		}
	}
	return o.columns
}
