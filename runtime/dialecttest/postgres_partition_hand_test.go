package dialecttest_test

import (
	"database/sql"
	"testing"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/postgres"
	"github.com/modelgen/modelgen/runtime/schema"
)

// TestPostgresPartitionsByHand: the steps of the guide for other bounds, and for a partition that stays as a table, lead to what their Schema says, there and back, and lose no row.
func TestPostgresPartitionsByHand(t *testing.T) {
	t.Parallel()
	const (
		year = "FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')"
		half = "FOR VALUES FROM ('2026-01-01') TO ('2026-07-01')"
		last = "FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')"
	)
	whole := migrate.CreatePartition{Table: "events", Name: "events_2026", Bound: year}
	old := migrate.CreatePartition{Table: "events", Name: "events_2025", Bound: last}
	first := &migrate.Migration{Name: "0001_events", Ops: []migrate.Op{
		migrate.CreateTable{Table: "events", Columns: []schema.ColumnDef{schema.TimestampTZ("at")}, Options: schema.TableOptions{Partition: "range (at)"}}, whole, old}}
	second := &migrate.Migration{Name: "0002_bounds", Parents: []*migrate.Migration{first}, Ops: []migrate.Op{
		migrate.SQL{NoTx: true, Up: []string{
			"ALTER TABLE events_2026 ADD CONSTRAINT events_2026_bound CHECK (at >= '2026-01-01' AND at < '2026-07-01') NOT VALID",
			"ALTER TABLE events_2026 VALIDATE CONSTRAINT events_2026_bound",
		}, Down: []string{"ALTER TABLE events_2026 DROP CONSTRAINT IF EXISTS events_2026_bound"}},
		migrate.SQL{Up: []string{
			"ALTER TABLE events DETACH PARTITION events_2026", "ALTER TABLE events ATTACH PARTITION events_2026 " + half, "ALTER TABLE events_2026 DROP CONSTRAINT events_2026_bound",
		}, Down: []string{"ALTER TABLE events DETACH PARTITION events_2026", "ALTER TABLE events ATTACH PARTITION events_2026 " + year},
			Schema: []migrate.Op{migrate.DropPartition(whole), migrate.CreatePartition{Table: "events", Name: "events_2026", Bound: half}}},
	}}
	third := &migrate.Migration{Name: "0003_keep", Parents: []*migrate.Migration{second}, Ops: []migrate.Op{
		migrate.SQL{NoTx: true, Up: []string{"ALTER TABLE events DETACH PARTITION events_2025 CONCURRENTLY"}, Down: []string{"ALTER TABLE events ATTACH PARTITION events_2025 " + last},
			Schema: []migrate.Op{migrate.DropPartition(old)}},
	}}
	pgEachDriver(t, func(t *testing.T, db *sql.DB, _ int) {
		m, err := migrate.New(db, postgres.Dialect{}, migrate.NewSet("events", first, second, third), nil)
		if err != nil {
			t.Fatal(err)
		}
		to := func(name string) {
			t.Helper()
			if _, err := m.To(t.Context(), name); err != nil {
				t.Fatal(err)
			}
			diff, err := m.Verify(t.Context())
			if err != nil || len(diff) > 0 {
				t.Errorf("at %s: %v, %v", name, diff, err)
			}
		}
		to(first.Name)
		pgExec(t, db, "INSERT INTO events VALUES ('2026-02-01'), ('2025-02-01')")
		for range 2 {
			to(second.Name)
			to(third.Name)
			pgWantRows(t, db, "SELECT (SELECT count(*) FROM events) || ' ' || (SELECT count(*) FROM events_2025)", "1 1")
			to(first.Name)
			pgWantRows(t, db, "SELECT count(*)::text FROM events", "2")
		}
	})
}
