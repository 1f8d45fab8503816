package dialecttest_test

import (
	"database/sql"
	"slices"
	"strings"
	"testing"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/postgres"
	"github.com/modelgen/modelgen/runtime/schema"
)

// TestPostgresPartitionedConstraints: a check, NOT NULL, a unique constraint and a foreign key on a partitioned table in use are made without a lock under which rows are read, and hold for partitions of
// partitions. A row that does not fit is told before anything is changed.
func TestPostgresPartitionedConstraints(t *testing.T) {
	table := migrate.CreateTable{Table: "events", Columns: []schema.ColumnDef{schema.BigInt("id"), schema.BigInt("k"), schema.Text("note").Null(), schema.BigInt("kind_id").Null()},
		PrimaryKey: schema.PrimaryKey{Name: "events_pkey", Columns: []string{"id", "k"}}, Options: schema.TableOptions{Partition: "range (k)"}}
	first := &migrate.Migration{Name: "0001_events", Ops: []migrate.Op{eventsKinds, table, migrate.CreatePartition{Table: "events", Name: "events_1", Bound: "FOR VALUES FROM (0) TO (100)"}}}
	second := &migrate.Migration{Name: "0002_rules", Parents: []*migrate.Migration{first}, Ops: []migrate.Op{
		migrate.Fill{Table: "events", Column: "note", Expr: "'none'"},
		migrate.AlterColumn{Table: "events", From: schema.Text("note").Null(), To: schema.Text("note")},
		migrate.AddCheck{Table: "events", Check: schema.Check{Name: "events_note_check", Expr: "note <> ''"}},
		migrate.AddUnique{Table: "events", Unique: schema.Unique{Name: "events_note_k_key", Columns: []string{"note", "id", "k"}}},
		migrate.AddForeignKey{Table: "events", ForeignKey: schema.ForeignKey{Name: "events_kind_id_fkey", Columns: []string{"kind_id"}, RefTable: "kinds", RefColumns: []string{"id"}}},
	}}
	pgEachDriver(t, func(t *testing.T, db *sql.DB, _ int) {
		s := pgReady(t, db, postgres.Dialect{}, pgConfig())
		at := &schema.Schema{}
		for _, op := range first.Ops {
			if err := op.Apply(at); err != nil {
				t.Fatal(err)
			}
		}
		stages, err := migrate.PlanOps(s.Planner(), at, second.Ops)
		if err != nil {
			t.Fatal(err)
		}
		for _, st := range stages {
			if slices.Contains([]string{"ACCESS EXCLUSIVE", "SHARE ROW EXCLUSIVE", "SHARE"}, st.Lock) && (st.Scans || st.Rewrites) {
				t.Errorf("under %s rows are read: %+v", st.Lock, st.Statements)
			}
		}
		if err := s.Unlock(t.Context()); err != nil {
			t.Fatal(err)
		}
		up := func(set *migrate.Set) error {
			m, err := migrate.New(db, postgres.Dialect{}, set, nil)
			if err == nil {
				_, err = m.Up(t.Context())
			}
			return err
		}
		if err := up(migrate.NewSet("s", first)); err != nil {
			t.Fatal(err)
		}
		pgExec(t, db, "CREATE TABLE events_2 PARTITION OF events FOR VALUES FROM (100) TO (200) PARTITION BY LIST (k)", "CREATE TABLE events_2_a PARTITION OF events_2 DEFAULT",
			"INSERT INTO kinds VALUES (1)", "INSERT INTO events SELECT i, i % 200, CASE WHEN i % 3 = 0 THEN 'x' END, 1 FROM generate_series(1, 3000) i", "INSERT INTO events VALUES (9999, 150, '', 1)")
		set := migrate.NewSet("s", first, second)
		if err := up(set); err == nil || !strings.Contains(err.Error(), "events_note_check") {
			t.Errorf("a row that does not fit: %v", err)
		}
		pgExec(t, db, "UPDATE events SET note = 'y' WHERE id = 9999")
		if err := up(set); err != nil {
			t.Fatal(err)
		}
		pgWantRows(t, db, "SELECT conname || ' ' || contype::text || ' ' || convalidated FROM pg_constraint WHERE conrelid = 'events'::regclass AND contype IN ('c', 'f', 'p', 'u') ORDER BY 1",
			"events_kind_id_fkey f true", "events_note_check c true", "events_note_k_key u true", "events_pkey p true")
		pgWantRows(t, db, "SELECT attrelid::regclass::text FROM pg_attribute WHERE attname = 'note' AND attnotnull AND attrelid::regclass::text LIKE 'events%' ORDER BY 1", "events", "events_1", "events_2", "events_2_a")
		pgWantRows(t, db, "SELECT count(*) || ' ' || count(*) FILTER (WHERE NOT convalidated) FROM pg_constraint WHERE contype IN ('c', 'f', 'n')", pgRows(t, db, "SELECT count(*) || ' 0' FROM pg_constraint WHERE contype IN ('c', 'f', 'n')")...)
		pgWantRows(t, db, "SELECT count(*)::text FROM pg_index WHERE NOT indisvalid", "0")
		m, err := migrate.New(db, postgres.Dialect{}, set, nil)
		if err != nil {
			t.Fatal(err)
		}
		if diff, err := m.Verify(t.Context()); err != nil || len(diff) > 0 {
			t.Errorf("verify: %v, %v", diff, err)
		}
		if _, err := m.To(t.Context(), first.Name); err != nil {
			t.Fatal(err)
		}
	})
}
