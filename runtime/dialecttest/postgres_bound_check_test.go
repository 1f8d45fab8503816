package dialecttest_test

import (
	"database/sql"
	"fmt"
	"testing"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/postgres"
	"github.com/modelgen/modelgen/runtime/schema"
)

// TestPostgresBoundCheck: with the check that generate writes no row is read when the table becomes a partition. The row in it is one that does not fit, and the check is
// said to be validated all the same: the server would find the row.
func TestPostgresBoundCheck(t *testing.T) {
	cases := []struct {
		columns       []schema.ColumnDef
		by, bound, is string
		row           string
	}{
		{[]schema.ColumnDef{schema.BigInt("a")}, "range (a)", "FOR VALUES FROM (MINVALUE) TO (100)", "a < 100", "200"},
		{[]schema.ColumnDef{schema.Integer("a").Null()}, "range (a)", "FOR VALUES FROM (1) TO (MAXVALUE)", "a IS NOT NULL AND a >= 1", "NULL"},
		{[]schema.ColumnDef{schema.TimestampTZ("at")}, "range (at)", "FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')", "at >= '2026-01-01' AND at < '2027-01-01'", "'2028-01-01'"},
		{[]schema.ColumnDef{schema.Date("a")}, "range (a)", "FOR VALUES FROM (MINVALUE) TO ('2027-01-01'::date)", "a < '2027-01-01'::date", "'2028-01-01'"},
		{[]schema.ColumnDef{schema.Text("Order")}, `range ("Order")`, "for values from ('a') to ('m')", `"Order" >= 'a' AND "Order" < 'm'`, "'z'"},
		{[]schema.ColumnDef{schema.Text("a"), schema.BigInt("b")}, "range (a, b)", "FOR VALUES FROM ('a', 3) TO ('b', 7)", "(a > 'a' OR a = 'a' AND b >= 3) AND (a < 'b' OR a = 'b' AND b < 7)", "'b', 8"},
		{[]schema.ColumnDef{schema.BigInt("a"), schema.BigInt("b")}, "range (a, b)", "FOR VALUES FROM (1, MINVALUE) TO (5, MAXVALUE)", "a >= 1 AND a <= 5", "6, 1"},
		{[]schema.ColumnDef{schema.BigInt("a"), schema.BigInt("b")}, "range (a, b)", "FOR VALUES FROM (1, MAXVALUE) TO (5, MINVALUE)", "a > 1 AND a < 5", "5, 1"},
		{[]schema.ColumnDef{schema.Text("a")}, "list (a)", "FOR VALUES IN ('x', 'y')", "a IN ('x', 'y')", "'z'"},
		{[]schema.ColumnDef{schema.Varchar("a", 9).Null()}, "list (a)", "FOR VALUES IN ('x')", "a IS NOT NULL AND a IN ('x')", "'z'"},
		{[]schema.ColumnDef{schema.BigInt("a").Null()}, "list (a)", "FOR VALUES IN (1, NULL, 2)", "a IS NULL OR a IN (1, 2)", "3"},
		{[]schema.ColumnDef{schema.BigInt("a")}, "range (a)", "FOR VALUES FROM (MINVALUE) TO (MAXVALUE)", "", "1"},
	}
	pgEachDriver(t, func(t *testing.T, db *sql.DB, driver int) {
		for i, c := range cases {
			table := migrate.CreateTable{Table: fmt.Sprintf("t%d", i), Columns: c.columns}
			at := &schema.Schema{}
			if err := table.Apply(at); err != nil {
				t.Fatal(err)
			}
			expr, ok := schema.BoundCheck(c.by, c.bound, at.Table(table.Table))
			if !ok || expr != c.is {
				t.Errorf("%s %s: %q, %t", c.by, c.bound, expr, ok)
			}
			if driver > 0 || expr == "" {
				continue
			}
			s := pgReady(t, db, postgres.Dialect{}, pgConfig())
			at = &schema.Schema{}
			pgMustApply(t, s, at, table)
			check := schema.Check{Name: fmt.Sprintf("t%d_bound", i), Expr: expr}
			if err := (migrate.AddCheck{Table: table.Table, Check: check}).Apply(at); err != nil {
				t.Fatal(err)
			}
			pgExec(t, db, fmt.Sprintf("INSERT INTO t%d VALUES (%s)", i, c.row), fmt.Sprintf("ALTER TABLE t%d ADD CONSTRAINT t%d_bound CHECK (%s) NOT VALID", i, i, expr),
				fmt.Sprintf("UPDATE pg_constraint SET convalidated = true WHERE conname = 't%d_bound'", i))
			if err := pgApply(t.Context(), s, at, migrate.PartitionTable{Table: table.Table, By: c.by, Rows: fmt.Sprintf("t%d_old", i), Check: check,
				Partitions: []migrate.TablePartition{{Name: fmt.Sprintf("t%d_old", i), Bound: c.bound}}}); err != nil {
				t.Errorf("%s %s: its rows are read: %v", c.by, c.bound, err)
			}
			if err := s.Unlock(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		for _, c := range [][2]string{{"hash (a)", "FOR VALUES WITH (MODULUS 2, REMAINDER 0)"}, {"range (a)", "DEFAULT"}, {"range (a COLLATE \"C\")", "FOR VALUES FROM (1) TO (2)"}, {"range (a, a)", "FOR VALUES FROM (1) TO (2)"}} {
			if expr, ok := schema.BoundCheck(c[0], c[1], &schema.Table{Columns: []schema.Column{schema.BigInt("a").Def()}}); ok {
				t.Errorf("%v: %s", c, expr)
			}
		}
	})
}
