package migrate

import (
	"errors"
	"fmt"

	"github.com/modelgen/modelgen/runtime/schema"
)

// fillBack returns the ops that undo a drop whose rows get a value: the three steps by which a column that is NOT NULL is added to a table in use.
func (o DropColumn) fillBack() []Op {
	c := o.Column.Def()
	bare := c
	bare.Nullable, bare.Default, bare.DefaultExpr, bare.DefaultFor = true, nil, "", nil
	ops := []Op{AddColumn{o.Table, bare}, Fill{Table: o.Table, Column: c.Name, Expr: o.FillBack}}
	if !bare.Equal(c) {
		ops = append(ops, AlterColumn{Table: o.Table, From: bare, To: c})
	}
	return ops
}

// checkBack reports what is wrong with FillBack on a table with the columns that the drop leaves.
func (o DropColumn) checkBack(t *schema.Table, left []schema.Column) error {
	if o.FillBack == "" {
		return nil
	}
	c := o.Column.Def()
	switch {
	case c.Generated != "":
		return errors.New("the column is generated, so it computes its values itself")
	case c.Identity, c.Serial():
		return errors.New("the column is an identity, so it numbers the rows itself")
	case t.PrimaryKey == nil:
		return errors.New("the table has no primary key, by which its rows could be filled in batches")
	}
	if _, err := schema.NormalizeExpr(o.FillBack); err != nil {
		return err
	}
	after := &schema.Table{Name: t.Name, Columns: left}
	if missing := missingColumns(after, o.FillBack); len(missing) > 0 {
		return fmt.Errorf("without the column the table has no %s; it has %s", some(missing), some(after.ColumnNames()))
	}
	return nil
}

// NoValue is what dialects say of rows that would have no value in a new column, behind how many they are.
func NoValue(table, column string) string {
	return "of " + table + " would have no value in column " + column + ", which is NOT NULL and has no default; where it comes back because its drop is " +
		"undone, say in FillBack of the DropColumn what they get, which an applied migration may be given; else add it as nullable, give them a value with Fill, " +
		"then make it NOT NULL"
}
