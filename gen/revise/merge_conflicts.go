package revise

import (
	"fmt"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/gen"
	"github.com/modelgen/modelgen/gen/migrations"
	"github.com/modelgen/modelgen/gen/read"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// touch is what an op does to columns that both sides of a merge have, under the names that they had where the branches part: "products.name".
type touch struct {
	of            read.Migration
	op            read.Op
	values        bool // it reads or writes what is in rows, which no schema shows
	reads, writes []string
}

// touches goes through the ops of one side.
func touches(base *schema.Schema, side []read.Migration) (out []touch) {
	at, path := base.Clone(), follow()
	for _, m := range side {
		for _, op := range m.Ops {
			if op.Value == nil {
				continue
			}
			t := touch{of: m, op: op}
			t.add(op.Value, func(table, column string) string {
				before, c := was(path.tables, table), was(path.columns[table], column)
				if b := base.Table(before); b == nil || b.Column(c) == nil {
					return "" // it is new on this side
				}
				return before + "." + c
			}, at)
			out = append(out, t)
			path.op(op.Value)
			_ = op.Value.Apply(at) // what does not fit is said elsewhere
		}
	}
	return out
}

func (t *touch) add(op migrate.Op, name func(table, column string) string, at *schema.Schema) {
	write := func(table string, columns ...string) {
		for _, c := range columns {
			if n := name(table, c); n != "" {
				t.writes = append(t.writes, n)
			}
		}
	}
	read := func(table, sql string) {
		for _, other := range at.Tables {
			if _, base := schema.SplitName(other.Name); other.Name != table && !(strings.Contains(strings.ToUpper(sql), "SELECT") && strings.Contains(sql, base)) {
				continue
			}
			for _, c := range schema.ExprColumns(sql, other.ColumnNames()) {
				if n := name(other.Name, c); n != "" {
					t.reads = append(t.reads, n)
				}
			}
		}
	}
	all := func(table string) {
		if tab := at.Table(table); tab != nil {
			write(table, tab.ColumnNames()...)
		}
	}
	switch o := op.(type) {
	case migrate.Fill:
		t.values = true
		write(o.Table, o.Column)
		for _, sql := range []string{o.Expr, o.Where, o.Back, o.BackWhere} {
			read(o.Table, sql)
		}
	case migrate.AlterColumn:
		from, to := o.From.Def(), o.To.Def()
		if o.Using != "" || schema.ChangeType(from.Type, to.Type).Rewrites {
			t.values = true
			write(o.Table, from.Name)
			read(o.Table, o.Using)
			read(o.Table, o.UsingBack)
		}
	case migrate.AddDualWrite:
		t.values = true
		write(o.Table, o.From, o.To)
	case migrate.DropDualWrite:
		write(o.Table, o.From, o.To)
	default:
		e := op.Effects()
		if e.Unknown { // the effects of a step written by hand cannot be determined, which is said elsewhere
			return
		}
		gone := e.Removes
		for _, r := range e.Renames {
			gone = append(gone, r.From)
		}
		for _, o := range gone {
			switch {
			case o.Kind == migrate.TableObject:
				all(o.Name)
			case o.Kind == migrate.ColumnObject && !slices.Contains(gone, migrate.Object{Kind: migrate.TableObject, Name: o.Table}):
				write(o.Table, o.Name)
			}
		}
		if !e.Rows {
			return
		}
		t.values = true
		for _, w := range e.Writes {
			switch w.Kind {
			case migrate.ColumnObject:
				write(w.Table, w.Name)
			case migrate.TableObject:
				all(w.Name)
			}
		}
		for _, sql := range e.SQL {
			read(sql.Table, sql.Text)
		}
	}
}

// mixed says which steps over rows of two sides have another result in another order.
func mixed(base *schema.Schema, sides [][]read.Migration) (lines []string) {
	each := make([][]touch, len(sides))
	for i, side := range sides {
		each[i] = touches(base, side)
	}
	for i := range each {
		for _, other := range each[i+1:] {
			for _, a := range each[i] {
				for _, b := range other {
					if line := a.against(b); line != "" {
						lines = append(lines, line)
					}
				}
			}
		}
	}
	return lines
}

// staleReferences finds steps over rows of mine that may name a column which theirs renames or drops. Where that is sure they do not fit; in a query it may
// be a column of another table.
func staleReferences(all, h []read.Migration, mine read.Migration) (notes []gen.Note) {
	base, sides := split(all, h)
	start := &schema.Schema{}
	migrations.Replay(start, base)
	for i, m := range h {
		if m.Var != mine.Var {
			continue
		}
		for _, a := range touches(start, sides[i]) {
			for _, b := range touches(start, sides[1-i]) {
				for _, c := range b.writes {
					if a.values && !b.values && slices.Contains(a.reads, c) {
						notes = append(notes, gen.Note{Msg: fmt.Sprintf("%s may read %s, which %s changes (%s); look whether it still does what it shall",
							a.op.Value.Describe(), c, b.of.Name, b.op.Value.Describe())})
					}
				}
			}
		}
	}
	return notes
}

// against says what two ops both touch, one of them the values; "" when their order is of no consequence.
func (a touch) against(b touch) string {
	if !a.values && !b.values || otherRows(a.op.Value, b.op.Value) {
		return ""
	}
	for _, x := range []struct{ one, other touch }{{a, b}, {b, a}} {
		for _, c := range x.one.writes {
			if slices.Contains(x.other.reads, c) || slices.Contains(x.other.writes, c) {
				return fmt.Sprintf("%s: %s and %s both touch %s, and the result depends on the order: %s (%s), and %s (%s)", x.other.op.Pos, x.other.of.Name, x.one.of.Name, c,
					x.other.op.Value.Describe(), x.other.of.Name, x.one.op.Value.Describe(), x.one.of.Name)
			}
		}
	}
	return ""
}
