package dialecttest_test

import (
	"database/sql"
	"strings"
	"testing"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/postgres"
	"github.com/modelgen/modelgen/runtime/schema"
)

// TestPostgresPartitioned: on a partitioned table with rows, partitions that nobody declared and partitions of partitions, indexes, keys and foreign keys are made partition by
// partition, and an interrupted build goes on where it stopped.
func TestPostgresPartitioned(t *testing.T) {
	pgEachDriver(t, func(t *testing.T, db *sql.DB, _ int) {
		s := pgReady(t, db, postgres.Dialect{}, pgConfig())
		at := &schema.Schema{}
		kinds := migrate.CreateTable{Table: "kinds", Columns: []schema.ColumnDef{schema.BigInt("id"), schema.Text("name")}, PrimaryKey: schema.PrimaryKey{Name: "kinds_pkey", Columns: []string{"id"}}}
		pgMustApply(t, s, at, kinds, migrate.CreateTable{
			Table:   "events",
			Columns: []schema.ColumnDef{schema.BigInt("id"), schema.TimestampTZ("at"), schema.Text("note").Null(), schema.BigInt("kind_id").Null()},
			Options: schema.TableOptions{Partition: "range (at)"},
		}, migrate.CreatePartition{Table: "events", Name: "events_2026", Bound: "FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')"})
		pgExec(t, db,
			"CREATE TABLE events_2027 PARTITION OF events FOR VALUES FROM ('2027-01-01') TO ('2028-01-01') PARTITION BY LIST (note)", // as a job does
			"CREATE TABLE events_2027_a PARTITION OF events_2027 FOR VALUES IN ('a')", "CREATE TABLE events_2027_b PARTITION OF events_2027 FOR VALUES IN ('b')",
			"INSERT INTO kinds (id, name) VALUES (1, 'x')",
			"INSERT INTO events SELECT i, '2026-01-01'::timestamptz + i * interval '7 hours', CASE WHEN i % 2 = 0 THEN 'a' ELSE 'b' END, 1 FROM generate_series(1, 2000) i")

		index := migrate.CreateIndex{Table: "events", Index: schema.Index{Name: "events_note_idx", Parts: []schema.IndexPart{{Column: "note"}}}}
		stages, err := migrate.PlanOps(s.Planner(), at.Clone(), []migrate.Op{index})
		if err != nil {
			t.Fatal(err)
		}
		if len(stages) != 2 || !stages[1].NoTx || !strings.Contains(stages[1].Statements[0].SQL, "CONCURRENTLY") {
			t.Fatalf("%+v", stages)
		}
		// The first try died behind the parent and one partition, with a build that was not finished.
		pgExec(t, db, `CREATE INDEX events_note_idx ON ONLY events (note)`, `CREATE INDEX events_2026_events_note_idx ON events_2026 (note)`,
			`CREATE INDEX events_2027_a_events_note_idx ON events_2027_a (note)`,
			`UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'events_2027_a_events_note_idx'::regclass`)
		if err := s.Step(t.Context(), stages[1], nil); err != nil {
			t.Fatal(err)
		}
		valid := "SELECT c.relname || ' ' || x.indisvalid FROM pg_index x JOIN pg_class c ON c.oid = x.indexrelid WHERE c.relname LIKE '%note_idx' ORDER BY 1"
		pgWantRows(t, db, valid, "events_2026_events_note_idx true", "events_2027_a_events_note_idx true", "events_2027_b_events_note_idx true", "events_2027_events_note_idx true", "events_note_idx true")
		if err := s.Step(t.Context(), stages[1], nil); err != nil { // nothing is left to be done
			t.Fatal(err)
		}
		if err := index.Apply(at); err != nil {
			t.Fatal(err)
		}

		key := migrate.AddForeignKey{Table: "events", ForeignKey: schema.ForeignKey{Name: "events_kind_id_fkey", Columns: []string{"kind_id"}, RefTable: "kinds", RefColumns: []string{"id"}}}
		pgMustApply(t, s, at, key)
		pgWantRows(t, db, "SELECT bool_and(convalidated)::text || ' ' || count(*) FILTER (WHERE conrelid = 'events'::regclass) FROM pg_constraint WHERE contype = 'f' AND confrelid = 'kinds'::regclass", "true 1")
		pgMustApply(t, s, at, migrate.DropForeignKey(key), migrate.DropIndex(index))
		pgWantRows(t, db, valid)
		pgWantRows(t, db, "SELECT count(*)::text FROM events", "2000")
	})
}

// TestPostgresPartitionedKey: a primary key and a unique constraint come the same way, and hold the columns of the partition key.
func TestPostgresPartitionedKey(t *testing.T) {
	pgEachDriver(t, func(t *testing.T, db *sql.DB, _ int) {
		s := pgReady(t, db, postgres.Dialect{}, pgConfig())
		at := &schema.Schema{}
		pgMustApply(t, s, at, migrate.CreateTable{
			Table: "events", Columns: []schema.ColumnDef{schema.BigInt("id"), schema.BigInt("k"), schema.BigInt("n")}, Options: schema.TableOptions{Partition: "range (k)"},
		}, migrate.CreatePartition{Table: "events", Name: "events_1", Bound: "FOR VALUES FROM (0) TO (100)"}, migrate.CreatePartition{Table: "events", Name: "events_rest", Bound: "DEFAULT"})
		pgExec(t, db, "INSERT INTO events SELECT i, i, i FROM generate_series(1, 500) i")
		key := migrate.AddPrimaryKey{Table: "events", PrimaryKey: schema.PrimaryKey{Name: "events_pkey", Columns: []string{"id", "k"}}}
		unique := migrate.AddUnique{Table: "events", Unique: schema.Unique{Name: "events_n_k_key", Columns: []string{"n", "k"}}}
		pgMustApply(t, s, at, key, unique)
		pgWantRows(t, db, "SELECT conname || ' ' || contype::text FROM pg_constraint WHERE conrelid = 'events'::regclass AND contype IN ('p', 'u') ORDER BY 1", "events_n_k_key u", "events_pkey p")
		pgWantRows(t, db, "SELECT count(*)::text FROM pg_index x WHERE NOT x.indisvalid", "0")
		bad := migrate.AddUnique{Table: "events", Unique: schema.Unique{Name: "u", Columns: []string{"n"}}}
		if err := pgApply(t.Context(), s, at.Clone(), bad); err == nil || !strings.Contains(err.Error(), "partition") {
			t.Errorf("a key without the column of the partitions: %v", err)
		}
		pgMustApply(t, s, at, migrate.DropUnique(unique), migrate.DropPrimaryKey{Table: "events", PrimaryKey: key.PrimaryKey})
	})
}

// TestPostgresPartitions: a partition of a table in use is attached, and detached before it goes; one whose detachment was interrupted is brought to its end.
func TestPostgresPartitions(t *testing.T) {
	pgEachDriver(t, func(t *testing.T, db *sql.DB, _ int) {
		s := pgReady(t, db, postgres.Dialect{}, pgConfig())
		at := &schema.Schema{}
		pgMustApply(t, s, at, migrate.CreateTable{
			Table: "events", Columns: []schema.ColumnDef{schema.BigInt("k"), schema.Text("note").Default("x")}, Options: schema.TableOptions{Partition: "range (k)"},
			PrimaryKey: schema.PrimaryKey{Name: "events_pkey", Columns: []string{"k"}}, Checks: []schema.Check{{Name: "events_note_check", Expr: "note <> ''"}},
		})
		first := migrate.CreatePartition{Table: "events", Name: "events_1", Bound: "FOR VALUES FROM (0) TO (100)"}
		second := migrate.CreatePartition{Table: "events", Name: "events_2", Bound: "FOR VALUES FROM (100) TO (200)"}
		pgMustApply(t, s, at, first, second)
		pgExec(t, db, "INSERT INTO events (k) SELECT i FROM generate_series(0, 199) i")
		tree := "SELECT relid::regclass::text FROM pg_partition_tree('events') ORDER BY 1"
		pgWantRows(t, db, tree, "events", "events_1", "events_2")
		pgWantRows(t, db, "SELECT conname::text FROM pg_constraint WHERE conrelid = 'events_1'::regclass AND contype IN ('c', 'p') ORDER BY 1", "events_1_pkey", "events_note_check")

		stages, err := migrate.PlanOps(s.Planner(), at.Clone(), []migrate.Op{migrate.DropPartition(second)})
		if err != nil || len(stages) != 2 || !stages[0].NoTx || len(stages[1].Destroys) != 1 {
			t.Fatalf("%+v, %v", stages, err)
		}
		pgExec(t, db, "ALTER TABLE events DETACH PARTITION events_2") // an earlier try came so far
		pgMustApply(t, s, at, migrate.DropPartition(second))
		pgWantRows(t, db, tree, "events", "events_1")
		pgMustApply(t, s, at, migrate.CreatePartition{Table: "events", Name: "events_rest", Bound: "DEFAULT"}, second)
		pgMustApply(t, s, at, migrate.DropPartition(second)) // beside a default partition
		pgWantRows(t, db, tree, "events", "events_1", "events_rest")
	})
}
