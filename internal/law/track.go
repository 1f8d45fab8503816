package law

import (
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// clean takes rename hints out of b that do not lead to anything in a: the renamed thing was itself new.
func clean(a, b *schema.Schema) *schema.Schema {
	for _, t := range b.Tables {
		if t.Was == t.Name || a.Table(t.Was) == nil {
			t.Was = ""
		}
		old := a.Table(t.Was)
		if t.Was == "" {
			old = a.Table(t.Name)
		}
		for i := range t.Columns {
			c := &t.Columns[i]
			if c.Was == c.Name || old == nil || old.Column(c.Was) == nil {
				c.Was = ""
			}
		}
	}
	return b
}

// origin follows the renames of a table back.
func origin(ops []migrate.Op, table string) string {
	for i := len(ops) - 1; i >= 0; i-- {
		if r, ok := ops[i].(migrate.RenameTable); ok && r.To == table {
			table = r.From
		}
	}
	return table
}

func created(ops []migrate.Op, table string) bool {
	for _, op := range ops {
		if c, ok := op.(migrate.CreateTable); ok && c.Table == table {
			return true
		}
	}
	return false
}

// originColumn follows the renames of a column back; they happen under the new name of the table.
func originColumn(ops []migrate.Op, table, column string) string {
	for i := len(ops) - 1; i >= 0; i-- {
		if r, ok := ops[i].(migrate.RenameColumn); ok && r.Table == table && r.To == column {
			column = r.From
		}
	}
	return column
}

func added(ops []migrate.Op, table, column string) bool {
	for _, op := range ops {
		if a, ok := op.(migrate.AddColumn); ok && a.Table == table && a.Column.Def().Name == column {
			return true
		}
	}
	return false
}
