package dialecttest_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// TestPostgresObjectsMove: an object gets another name and another schema at once, there and back, also where its old name is taken in that schema.
func TestPostgresObjectsMove(t *testing.T) {
	objects := []struct {
		o  *schema.SQLObject
		to string
	}{
		{pgObject(schema.DomainKind, "email", "", "CREATE DOMAIN email AS text CHECK (VALUE <> '')"), "mail"},
		{pgObject(schema.CompositeTypeKind, "pair", "", "CREATE TYPE pair AS (a integer, b integer)"), "two"},
		{pgObject(schema.RangeTypeKind, "span", "", "CREATE TYPE span AS RANGE (SUBTYPE = integer)"), "reach"},
		{pgObject(schema.SequenceKind, "numbers", "", "CREATE SEQUENCE numbers"), "tickets"},
		{pgObject(schema.FunctionKind, "twice(integer)", "", "CREATE FUNCTION twice(integer) RETURNS integer LANGUAGE sql AS 'SELECT $1 * 2'"), "doubled(integer)"},
		{pgObject(schema.ProcedureKind, "sweep()", "", "CREATE PROCEDURE sweep() LANGUAGE sql AS 'DELETE FROM events'"), "clean()"},
		{pgObject(schema.AggregateKind, "most(integer)", "", "CREATE AGGREGATE most(integer) (SFUNC = int4larger, STYPE = integer)"), "top(integer)"},
		{pgObject(schema.ViewKind, "latest", "", "SELECT k FROM events"), "newest"},
		{pgObject(schema.MaterializedViewKind, "counts", "", "SELECT count(*) AS n FROM events"), "sums"},
		{pgObject(schema.StatisticsKind, "linked", "", "CREATE STATISTICS linked ON k, note FROM events"), "joined"},
		{pgObject(schema.PartitionKind, "events_1", "events", "FOR VALUES FROM (0) TO (100)"), "first"},
	}
	first := &migrate.Migration{Name: "0001_all", Ops: []migrate.Op{migrate.CreateSchema{Name: "apart"},
		migrate.CreateTable{Table: "events", Columns: []schema.ColumnDef{schema.BigInt("k"), schema.Text("note")}, Options: schema.TableOptions{Partition: "range (k)"}},
		migrate.CreateTable{Table: "apart.latest", Columns: []schema.ColumnDef{schema.BigInt("k")}}}}
	moved := &migrate.Migration{Name: "0002_moved", Parents: []*migrate.Migration{first}}
	renamed := &migrate.Migration{Name: "0003_renamed", Parents: []*migrate.Migration{moved}}
	for _, x := range objects {
		first.Ops = append(first.Ops, migrate.ObjectOp(nil, x.o))
		there := x.o.Renamed("apart." + x.to)
		moved.Ops = append(moved.Ops, migrate.ObjectOp(x.o, &there))
		back := there.Renamed(x.o.Name)
		again := back.Renamed("apart." + x.to)
		renamed.Ops = append(renamed.Ops, migrate.ObjectOp(&there, &back), migrate.ObjectOp(&back, &again))
	}
	set := migrate.NewSet("moves", first, moved, renamed)
	pgRunners(t, func(r *runner) {
		goes(r, set, first.Name)
		pgExec(r.t, r.db, "INSERT INTO events VALUES (1, 'x')", "SELECT nextval('numbers')")
		before := partitionCatalog(r)
		goes(r, set, renamed.Name)
		pgWantRows(r.t, r.db, "SELECT apart.doubled(apart.top(k::integer)) || ' ' || (SELECT last_value FROM apart.tickets) FROM events", "2 1")
		goes(r, set, first.Name)
		if d := cmp.Diff(before, partitionCatalog(r)); d != "" {
			r.t.Fatalf("back (-before +after):\n%s", d)
		}
	})
}
