package dialecttest_test

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"testing"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/postgres"
	"github.com/modelgen/modelgen/runtime/schema"
)

type visitAt0002 struct {
	ID   int64   `db:"id"`
	Note *string `db:"note"`
}

// TestPostgresPartitionedBatches: fills and backfills of a partitioned table go through one partition after the other, those of a partition too. Stopped at any batch
// they go on where they were, each row is written once, and a partition that was dropped meanwhile is passed over.
func TestPostgresPartitionedBatches(t *testing.T) {
	pgEachDriver(t, func(t *testing.T, db *sql.DB, _ int) {
		first := &migrate.Migration{Name: "0001_visits", Ops: []migrate.Op{migrate.CreateTable{
			Table:      "visits",
			Columns:    []schema.ColumnDef{schema.BigInt("id"), schema.BigInt("k"), schema.BigInt("n").Default(0), schema.Text("note").Null()},
			PrimaryKey: schema.PrimaryKey{Name: "visits_pkey", Columns: []string{"id", "k"}}, Options: schema.TableOptions{Partition: "range (k)"},
		}, migrate.CreatePartition{Table: "visits", Name: "visits_1", Bound: "FOR VALUES FROM (0) TO (1)"}}}
		up := func(set *migrate.Set, opt *migrate.Options) error {
			m, err := migrate.New(db, postgres.Dialect{}, set, opt)
			if err != nil {
				t.Fatal(err)
			}
			_, err = m.Up(t.Context())
			return err
		}
		if err := up(migrate.NewSet("s", first), nil); err != nil {
			t.Fatal(err)
		}
		pgExec(t, db, "CREATE TABLE visits_2 PARTITION OF visits FOR VALUES FROM (1) TO (3) PARTITION BY LIST (k)", "CREATE TABLE visits_2_b PARTITION OF visits_2 FOR VALUES IN (1)",
			`CREATE TABLE "Visits a" PARTITION OF visits_2 FOR VALUES IN (2)`, "CREATE TABLE visits_empty PARTITION OF visits FOR VALUES FROM (3) TO (4)", "CREATE TABLE visits_gone PARTITION OF visits FOR VALUES FROM (4) TO (5)",
			"INSERT INTO visits (id, k) SELECT i, k FROM generate_series(0, 4) k, generate_series(1, 1500) i WHERE k <> 3")
		second := &migrate.Migration{Name: "0002_count", Parents: []*migrate.Migration{first}, Ops: []migrate.Op{
			migrate.Fill{Table: "visits", Column: "n", Expr: "n + 1", Where: "n >= 0"},
			migrate.Backfill[visitAt0002]{Table: "visits", Where: "note IS NULL", Row: func(v *visitAt0002) error { v.Note = new("x"); return nil }},
		}}
		set := migrate.NewSet("s", first, second)
		stop := errors.New("stopped")
		in := map[string]bool{}
		for try := 0; ; try++ {
			if try > 60 {
				t.Fatal("it never ends")
			}
			n := 0
			err := up(set, &migrate.Options{Throttle: func(context.Context) error {
				if n++; n > 2 {
					return stop
				}
				return nil
			}})
			if err == nil {
				break
			}
			if !errors.Is(err, stop) {
				t.Fatal(err)
			}
			var cursor string
			if err := db.QueryRow("SELECT cursor FROM modelgen_history WHERE name = '0002_count'").Scan(&cursor); err != nil {
				t.Fatal(err)
			}
			c, err := migrate.ParseCursor(cursor)
			if err != nil {
				t.Fatal(err)
			}
			in[c.In] = true
			if try == 1 {
				pgExec(t, db, "DROP TABLE visits_gone")
			}
		}
		for _, name := range []string{"public.Visits a", "public.visits_1", "public.visits_2_b"} {
			if !in[name] {
				t.Errorf("no run was stopped in %s: %v", name, in)
			}
		}
		pgWantRows(t, db, "SELECT k || ' ' || n || ' ' || note || ' ' || count(*) FROM visits GROUP BY k, n, note ORDER BY k", "0 1 x 1500", "1 1 x 1500", "2 1 x 1500")
	})
}

// TestPostgresPartitionedBatchesWhole: a fill that can move rows to another partition, or that names the table, goes through the table as a whole.
func TestPostgresPartitionedBatchesWhole(t *testing.T) {
	pgEachDriver(t, func(t *testing.T, db *sql.DB, _ int) {
		s := pgReady(t, db, postgres.Dialect{}, pgConfig())
		at := &schema.Schema{}
		pgMustApply(t, s, at, migrate.CreateTable{Table: "visits", Columns: []schema.ColumnDef{schema.BigInt("id"), schema.BigInt("k"), schema.BigInt("n").Null()},
			PrimaryKey: schema.PrimaryKey{Name: "visits_pkey", Columns: []string{"id", "k"}}, Options: schema.TableOptions{Partition: "range (k)"}},
			migrate.CreatePartition{Table: "visits", Name: "visits_1", Bound: "FOR VALUES FROM (0) TO (10)"}, migrate.CreatePartition{Table: "visits", Name: "visits_2", Bound: "FOR VALUES FROM (10) TO (20)"})
		for _, c := range []struct {
			fill migrate.Fill
			by   bool
		}{
			{migrate.Fill{Table: "visits", Column: "k", Expr: "k + 10", Where: "k < 10"}, false},
			{migrate.Fill{Table: "visits", Column: "n", Expr: "visits.id"}, false},
			{migrate.Fill{Table: "visits", Column: "n", Expr: "id"}, true},
		} {
			stages, err := migrate.PlanOps(s.Planner(), at.Clone(), []migrate.Op{c.fill})
			if err != nil || len(stages) != 1 || stages[0].Batch == nil || stages[0].Batch.Partitioned != c.by {
				t.Errorf("%+v: %+v, %v", c.fill, stages, err)
			}
		}
	})
}

// TestPostgresPartitionedBatchesGuarded: a trigger that cancels the UPDATE is found in a partition as in a table, and named.
func TestPostgresPartitionedBatchesGuarded(t *testing.T) {
	pgEachDriver(t, func(t *testing.T, db *sql.DB, _ int) {
		first := &migrate.Migration{Name: "0001", Ops: []migrate.Op{migrate.CreateTable{Table: "visits", Columns: []schema.ColumnDef{schema.BigInt("id"), schema.BigInt("n").Null()},
			PrimaryKey: schema.PrimaryKey{Name: "visits_pkey", Columns: []string{"id"}}, Options: schema.TableOptions{Partition: "range (id)"}},
			migrate.CreatePartition{Table: "visits", Name: "visits_1", Bound: "FOR VALUES FROM (0) TO (10)"}}}
		second := &migrate.Migration{Name: "0002", Parents: []*migrate.Migration{first}, Ops: []migrate.Op{migrate.Fill{Table: "visits", Column: "n", Expr: "id"}}}
		for i, set := range []*migrate.Set{migrate.NewSet("s", first), migrate.NewSet("s", first, second)} {
			m, err := migrate.New(db, postgres.Dialect{}, set, nil)
			if err != nil {
				t.Fatal(err)
			}
			_, err = m.Up(t.Context())
			if i == 0 {
				if err != nil {
					t.Fatal(err)
				}
				pgExec(t, db, "INSERT INTO visits SELECT i FROM generate_series(1, 9) i", "CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN CASE WHEN NEW.id < 5 THEN NEW END; END'",
					"CREATE TRIGGER keeps BEFORE UPDATE ON visits FOR EACH ROW EXECUTE FUNCTION keep()")
				continue
			}
			if err == nil || !strings.Contains(err.Error(), "5 of 9 rows of public.visits_1 were left as they are by a trigger") || !strings.Contains(err.Error(), "keeps") {
				t.Errorf("%v", err)
			}
		}
	})
}
