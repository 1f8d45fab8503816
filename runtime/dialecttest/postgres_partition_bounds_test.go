package dialecttest_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// partitionBounds is a table in three partitions that another one refers to, whose bounds move; one gets another name, and one stays as a table.
func partitionBounds() (first, second *migrate.Migration) {
	first = &migrate.Migration{Name: "0001_events", Ops: []migrate.Op{
		migrate.CreateTable{Table: "events", Columns: []schema.ColumnDef{schema.BigInt("k"), schema.Text("note").Default("x")}, Options: schema.TableOptions{Partition: "range (k)"},
			PrimaryKey: schema.PrimaryKey{Name: "events_pkey", Columns: []string{"k"}}, Checks: []schema.Check{{Name: "events_note_check", Expr: "note <> ''"}},
			Indexes: []schema.Index{{Name: "events_note_idx", Parts: []schema.IndexPart{{Column: "note"}}}}},
		migrate.CreatePartition{Table: "events", Name: "events_1", Bound: "FOR VALUES FROM (0) TO (100)"},
		migrate.CreatePartition{Table: "events", Name: "events_2", Bound: "FOR VALUES FROM (100) TO (200)"},
		migrate.CreatePartition{Table: "events", Name: "events_3", Bound: "FOR VALUES FROM (200) TO (300)"},
		migrate.CreateTable{Table: "marks", Columns: []schema.ColumnDef{schema.BigInt("event")},
			ForeignKeys: []schema.ForeignKey{{Name: "marks_event_fkey", Columns: []string{"event"}, RefTable: "events", RefColumns: []string{"k"}}}},
		migrate.ObjectOp(nil, pgObject(schema.FunctionKind, "touch()", "", "CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.note := NEW.note || '!'; RETURN NEW; END $$")),
		migrate.ObjectOp(nil, pgObject(schema.TriggerKind, "touched", "events", "CREATE TRIGGER touched BEFORE INSERT ON events FOR EACH ROW EXECUTE FUNCTION touch()")),
	}}
	second = &migrate.Migration{Name: "0002_bounds", Parents: []*migrate.Migration{first}, Ops: []migrate.Op{
		migrate.DropPartition{Table: "events", Name: "events_3", Bound: "FOR VALUES FROM (200) TO (300)", Detached: true},
		migrate.AlterPartition{Table: "events", Name: "events_1", From: "FOR VALUES FROM (0) TO (100)", To: "FOR VALUES FROM (0) TO (50)"},
		migrate.RenamePartition{Table: "events", From: "events_2", To: "events_mid", Bound: "FOR VALUES FROM (100) TO (200)"},
		migrate.AlterPartition{Table: "events", Name: "events_mid", From: "FOR VALUES FROM (100) TO (200)", To: "FOR VALUES FROM (50) TO (250)"},
	}}
	return first, second
}

// TestPostgresPartitionBounds: bounds move and a partition becomes a table of its own, there and back, with rows, foreign keys to the table and triggers on it; wherever a run
// stops, another one goes on, or takes it back.
func TestPostgresPartitionBounds(t *testing.T) {
	first, second := partitionBounds()
	set := migrate.NewSet("events", first, second)
	pgRunners(t, func(r *runner) {
		goes(r, set, first.Name)
		pgExec(r.t, r.db, "INSERT INTO events (k) VALUES (1), (150), (210)", "INSERT INTO marks VALUES (1), (150)")
		before := partitionCatalog(r)
		goes(r, set, second.Name)
		after := partitionCatalog(r)
		counts := "SELECT (SELECT count(*) FROM events) || ' ' || (SELECT count(*) FROM events_3) || ' ' || (SELECT count(*) FROM events WHERE note = 'x!') || ' ' || (SELECT count(*) FROM pg_constraint WHERE NOT convalidated AND conparentid = 0)"
		pgWantRows(r.t, r.db, counts, "2 1 2 0")
		pgExec(r.t, r.db, "INSERT INTO events (k) VALUES (60)", "DELETE FROM events WHERE k = 60")
		goes(r, set, first.Name)
		pgWantRows(r.t, r.db, counts, "3 1 3 0")
		if d := cmp.Diff(before, partitionCatalog(r)); d != "" {
			r.t.Fatalf("back (-before +after):\n%s", d)
		}
		real := r.dialect
		for n, going := 1, true; going; n++ {
			for _, end := range []string{first.Name, second.Name} {
				r.dialect = &stopper{Dialect: real, at: n, after: true}
				_, err := r.migrator(set).To(r.t.Context(), second.Name)
				r.dialect = real
				going = going && err != nil
				if _, err := r.migrator(set).To(r.t.Context(), end); err != nil {
					r.t.Fatalf("stop %d, then to %s: %v", n, end, err)
				}
				want := before
				if end == second.Name {
					want = after
				}
				if d := cmp.Diff(want, partitionCatalog(r)); d != "" {
					r.t.Fatalf("stop %d, then to %s (-want +got):\n%s", n, end, d)
				}
			}
			goes(r, set, first.Name)
		}
		pgWantRows(r.t, r.db, counts, "3 1 3 0")
	})
}

// TestPostgresPartitionBoundsRefused: rows beyond the new bounds, rows of the default partition within them, and a table that is gone on the way back are told before
// anything is changed.
func TestPostgresPartitionBoundsRefused(t *testing.T) {
	first, second := partitionBounds()
	set := migrate.NewSet("events", first, second)
	refuses := func(r *runner, set *migrate.Set, to, want string) {
		r.t.Helper()
		before := partitionCatalog(r)
		_, err := r.migrator(set).To(r.t.Context(), to)
		if err == nil || !strings.Contains(err.Error(), want) {
			r.t.Errorf("%v\nwant %s", err, want)
		}
		if d := cmp.Diff(before, partitionCatalog(r)); d != "" {
			r.t.Errorf("something was changed:\n%s", d)
		}
	}
	pgRunners(t, func(r *runner) {
		goes(r, set, first.Name)
		pgExec(r.t, r.db, "INSERT INTO events (k) VALUES (1), (70), (99)")
		refuses(r, set, second.Name, "2 rows (k 70, 99) outside of FOR VALUES FROM (0) TO (50)")
		pgExec(r.t, r.db, "DELETE FROM events WHERE k > 50")
		goes(r, set, second.Name)
		pgExec(r.t, r.db, "INSERT INTO events (k) VALUES (220)")
		refuses(r, set, first.Name, "1 row (k 220) outside of FOR VALUES FROM (100) TO (200)")
		pgExec(r.t, r.db, "DELETE FROM events WHERE k > 50", "DROP TABLE events_3")
		refuses(r, set, first.Name, "there is no table events_3 to attach to events")
	})
	rest := migrate.CreatePartition{Table: "parts", Name: "parts_rest", Bound: "DEFAULT"}
	was := migrate.CreatePartition{Table: "parts", Name: "parts_a", Bound: "FOR VALUES IN ('a')"}
	made := &migrate.Migration{Name: "0001_parts", Ops: []migrate.Op{
		migrate.CreateTable{Table: "parts", Columns: []schema.ColumnDef{schema.Text("k").Null()}, Options: schema.TableOptions{Partition: "list (k)"}}, was, rest}}
	more := &migrate.Migration{Name: "0002_more", Parents: []*migrate.Migration{made}, Ops: []migrate.Op{
		migrate.AlterPartition{Table: "parts", Name: "parts_a", From: was.Bound, To: "FOR VALUES IN ('a', 'b', NULL)"}}}
	other := &migrate.Migration{Name: "0002_new", Parents: []*migrate.Migration{made}, Ops: []migrate.Op{migrate.CreatePartition{Table: "parts", Name: "parts_b", Bound: "FOR VALUES IN ('b')"}}}
	pgRunners(t, func(r *runner) {
		set := migrate.NewSet("parts", made, more)
		goes(r, set, made.Name)
		pgExec(r.t, r.db, "INSERT INTO parts VALUES ('a'), ('b'), (NULL), ('c')")
		refuses(r, set, more.Name, "2 rows of the default partition parts_rest within FOR VALUES IN ('a', 'b', NULL), the bounds of parts_a")
		refuses(r, migrate.NewSet("parts", made, other), other.Name, "1 row of the default partition parts_rest within FOR VALUES IN ('b'), the bounds of parts_b")
		pgExec(r.t, r.db, "DELETE FROM parts WHERE k = 'b' OR k IS NULL")
		goes(r, set, more.Name)
		pgExec(r.t, r.db, "INSERT INTO parts VALUES (NULL)")
		pgWantRows(r.t, r.db, "SELECT count(*)::text FROM parts_a", "2")
		refuses(r, set, made.Name, "1 row outside of FOR VALUES IN ('a')")
		pgExec(r.t, r.db, "DELETE FROM parts WHERE k IS NULL")
		goes(r, set, made.Name)
	})
}

// partitionCatalog is what pgObjects shows, and the constraints of tables.
func partitionCatalog(r *runner) []string {
	r.t.Helper()
	return append(pgObjects(r.t, r.db), pgRows(r.t, r.db, "SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) || ' ' || convalidated FROM pg_constraint WHERE conrelid <> 0 AND conparentid = 0 AND connamespace = 'public'::regnamespace ORDER BY 1")...)
}

// goes lets a run go to a migration.
func goes(r *runner, set *migrate.Set, to string) {
	r.t.Helper()
	if _, err := r.migrator(set).To(r.t.Context(), to); err != nil {
		r.t.Fatal(err)
	}
	if diff, err := r.migrator(set).Verify(r.t.Context()); err != nil || len(diff) > 0 {
		r.t.Errorf("verify at %s: %v, %v", to, diff, err)
	}
}

// TestPostgresPartitionsBelow: partitions that are partitioned themselves come, get other bounds and go, below a table that others use and to which others refer, and in an empty database.
func TestPostgresPartitionsBelow(t *testing.T) {
	const below = "FOR VALUES FROM (0) TO (100) PARTITION BY LIST (kind)"
	all := faultChain([]migrate.Op{
		migrate.CreateTable{Table: "events", Columns: []schema.ColumnDef{schema.BigInt("k"), schema.Text("kind"), schema.Text("note").Default("x")}, Options: schema.TableOptions{Partition: "range (k)"},
			PrimaryKey: schema.PrimaryKey{Name: "events_pkey", Columns: []string{"k", "kind"}}},
		migrate.CreatePartition{Table: "events", Name: "events_2", Bound: "FOR VALUES FROM (100) TO (200)"},
		migrate.CreateTable{Table: "marks", Columns: []schema.ColumnDef{schema.BigInt("event"), schema.Text("kind")},
			ForeignKeys: []schema.ForeignKey{{Name: "marks_event_fkey", Columns: []string{"event", "kind"}, RefTable: "events", RefColumns: []string{"k", "kind"}}}},
	}, []migrate.Op{
		migrate.CreatePartition{Table: "events", Name: "events_1", Bound: below},
		migrate.CreatePartition{Table: "events_1", Name: "events_1_ab", Bound: "FOR VALUES IN ('a', 'b')"},
		migrate.CreatePartition{Table: "events_1", Name: "events_1_x", Bound: "DEFAULT"},
	}, []migrate.Op{
		migrate.AlterPartition{Table: "events_1", Name: "events_1_ab", From: "FOR VALUES IN ('a', 'b')", To: "FOR VALUES IN ('a', 'c')"},
		migrate.DropPartition{Table: "events_1", Name: "events_1_x", Bound: "DEFAULT"},
	}, []migrate.Op{
		migrate.DropPartition{Table: "events_1", Name: "events_1_ab", Bound: "FOR VALUES IN ('a', 'c')"},
		migrate.DropPartition{Table: "events", Name: "events_1", Bound: below},
	})
	set := migrate.NewSet("events", all...)
	pgRunners(t, func(r *runner) {
		var catalogs [][]string
		for i, m := range all {
			goes(r, set, m.Name)
			if i == 0 {
				pgExec(r.t, r.db, "INSERT INTO events (k, kind) VALUES (150, 'a')", "INSERT INTO marks VALUES (150, 'a')")
			}
			if i == 1 {
				pgExec(r.t, r.db, "INSERT INTO events (k, kind) VALUES (1, 'a')", "INSERT INTO marks VALUES (1, 'a')")
			}
			if i == 2 {
				pgWantRows(r.t, r.db, "SELECT count(*)::text FROM events_1_ab", "1")
				pgExec(r.t, r.db, "INSERT INTO events (k, kind) VALUES (2, 'c')", "DELETE FROM events WHERE kind = 'c'", "DELETE FROM marks WHERE event = 1")
			}
			catalogs = append(catalogs, partitionCatalog(r))
		}
		for i := len(all) - 2; i >= 0; i-- {
			goes(r, set, all[i].Name)
			if d := cmp.Diff(catalogs[i], partitionCatalog(r)); d != "" {
				r.t.Errorf("back at %s (-was +is):\n%s", all[i].Name, d)
			}
		}
		pgWantRows(r.t, r.db, "SELECT count(*)::text FROM events", "1")
	})
	pgRunners(t, func(r *runner) { // nobody else uses it
		goes(r, set, all[len(all)-1].Name)
		goes(r, set, "zero")
		pgWantRows(r.t, r.db, "SELECT count(*)::text FROM pg_class WHERE relname LIKE 'events%'", "0")
	})
}

// TestPostgresPartitionsDeferred: a partition is changed in the transaction in which rows were changed that a deferred key has still to look at.
func TestPostgresPartitionsDeferred(t *testing.T) {
	all := faultChain([]migrate.Op{
		migrate.CreateSchema{Name: "old"},
		migrate.CreateTable{Table: "kinds", Columns: []schema.ColumnDef{schema.Text("name")}, PrimaryKey: schema.PrimaryKey{Name: "kinds_pkey", Columns: []string{"name"}}},
		migrate.CreateTable{Table: "events", Columns: []schema.ColumnDef{schema.BigInt("k"), schema.Text("kind").Null()}, Options: schema.TableOptions{Partition: "range (k)"},
			ForeignKeys: []schema.ForeignKey{{Name: "events_kind_fkey", Columns: []string{"kind"}, RefTable: "kinds", RefColumns: []string{"name"}, Deferrable: schema.InitiallyDeferred}}},
		migrate.CreatePartition{Table: "events", Name: "events_1", Bound: "FOR VALUES FROM (0) TO (100)"},
		migrate.CreatePartition{Table: "events", Name: "events_2", Bound: "FOR VALUES FROM (100) TO (200)"},
	}, []migrate.Op{
		migrate.Fill{Table: "events", Column: "kind", Expr: "'a'", Plain: "few rows"},
		migrate.RenamePartition{Table: "events", From: "events_1", To: "old.events_1", Bound: "FOR VALUES FROM (0) TO (100)"},
	}, []migrate.Op{
		migrate.Fill{Table: "events", Column: "kind", Expr: "'b'", Where: "kind = 'a'", Plain: "few rows"},
		migrate.AlterPartition{Table: "events", Name: "events_2", From: "FOR VALUES FROM (100) TO (200)", To: "FOR VALUES FROM (100) TO (300)"},
	})
	set := migrate.NewSet("events", all...)
	pgRunners(t, func(r *runner) {
		goes(r, set, all[0].Name)
		pgExec(r.t, r.db, "INSERT INTO kinds VALUES ('a'), ('b')", "INSERT INTO events VALUES (1, NULL), (150, NULL)")
		goes(r, set, all[1].Name)
		goes(r, set, all[2].Name)
		pgWantRows(r.t, r.db, "SELECT k::text || kind FROM events ORDER BY k", "1b", "150b")
	})
}
