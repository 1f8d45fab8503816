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

var (
	eventsKinds = migrate.CreateTable{Table: "kinds", Columns: []schema.ColumnDef{schema.BigInt("id")}, PrimaryKey: schema.PrimaryKey{Name: "kinds_pkey", Columns: []string{"id"}}}
	eventsTable = migrate.CreateTable{
		Table: "events", Comment: "what happened",
		Columns:    []schema.ColumnDef{schema.BigInt("id").Identity(), schema.BigInt("k"), schema.Text("note").Default("it's").Comment("a word"), schema.BigInt("kind_id").Null(), schema.BigInt("twice").Null().Generated("k * 2")},
		PrimaryKey: schema.PrimaryKey{Name: "events_pkey", Columns: []string{"id", "k"}}, Uniques: []schema.Unique{{Name: "events_note_k_key", Columns: []string{"note", "k"}}},
		Checks:      []schema.Check{{Name: "events_note_check", Expr: "note <> ''"}},
		ForeignKeys: []schema.ForeignKey{{Name: "events_kind_id_fkey", Columns: []string{"kind_id"}, RefTable: "kinds", RefColumns: []string{"id"}, OnDelete: schema.Cascade}},
		Indexes:     []schema.Index{{Name: "events_note_idx", Parts: []schema.IndexPart{{Expr: "lower(note)"}}, Where: "k > 3"}},
	}
	eventsMarks = migrate.CreateTable{
		Table: "marks", Columns: []schema.ColumnDef{schema.BigInt("event_id"), schema.BigInt("event_k")}, PrimaryKey: schema.PrimaryKey{Name: "marks_pkey", Columns: []string{"event_id"}},
		ForeignKeys: []schema.ForeignKey{{Name: "marks_event_fkey", Columns: []string{"event_id", "event_k"}, RefTable: "events", RefColumns: []string{"id", "k"}}},
	}
	eventsBound = schema.Check{Name: "events_old_bound", Expr: "k < 1000"}
	eventsParts = migrate.PartitionTable{
		Table: "events", By: "range (k)", Rows: "events_old", Check: eventsBound,
		Partitions: []migrate.TablePartition{{Name: "events_old", Bound: "FOR VALUES FROM (MINVALUE) TO (1000)"}, {Name: "events_new", Bound: "FOR VALUES FROM (1000) TO (2000)"}},
	}
)

// eventsByHand is what the schema says nothing of.
var eventsByHand = []string{
	"INSERT INTO kinds VALUES (1), (2)", "INSERT INTO events (k, note, kind_id) SELECT i, 'n' || i, 1 + i % 2 FROM generate_series(1, 300) i", "INSERT INTO marks SELECT id, k FROM events WHERE id <= 100",
	"CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.note := NEW.note || ''!''; RETURN NEW; END'",
	"CREATE TRIGGER events_stamp BEFORE UPDATE OF note ON events FOR EACH ROW EXECUTE FUNCTION stamp()", "COMMENT ON TRIGGER events_stamp ON events IS 'stamps'",
	"CREATE TRIGGER events_off BEFORE INSERT ON events FOR EACH ROW EXECUTE FUNCTION stamp()", "ALTER TABLE events DISABLE TRIGGER events_off",
	"GRANT SELECT, INSERT ON events TO PUBLIC", "GRANT UPDATE (note) ON events TO PUBLIC", "GRANT USAGE ON SEQUENCE events_id_seq TO PUBLIC", "ALTER TABLE events ALTER COLUMN id SET INCREMENT BY 5",
	"ALTER TABLE events REPLICA IDENTITY USING INDEX events_note_k_key", "ALTER TABLE events ALTER COLUMN note SET STATISTICS 500",
	"CREATE INDEX events_by_hand ON events (k DESC) WHERE note > 'a'", "COMMENT ON INDEX events_by_hand IS 'it''s fast'", "COMMENT ON INDEX events_note_idx IS 'lower'",
	"COMMENT ON CONSTRAINT events_pkey ON events IS 'the key'", "COMMENT ON CONSTRAINT events_kind_id_fkey ON events IS 'its kind'", "COMMENT ON CONSTRAINT events_note_check ON events IS 'not nothing'",
}

// eventsCatalog says what of the table is not in the schema, or which the server could have done another way.
const eventsCatalog = `SELECT 'trigger ' || tgname || ' ' || tgenabled::text || ' ' || COALESCE(obj_description(oid, 'pg_trigger'), '') FROM pg_trigger WHERE tgrelid = 'events'::regclass AND NOT tgisinternal
UNION ALL SELECT 'acl ' || relacl::text FROM pg_class WHERE oid = 'events'::regclass
UNION ALL SELECT 'acl ' || attname || ' ' || attacl::text FROM pg_attribute WHERE attrelid = 'events'::regclass AND attacl IS NOT NULL
UNION ALL SELECT 'sequence ' || seqrelid::regclass || ' ' || seqincrement || ' ' || c.relacl::text FROM pg_sequence JOIN pg_class c ON c.oid = seqrelid WHERE seqrelid::regclass::text = pg_get_serial_sequence('events', 'id')::regclass::text
UNION ALL SELECT 'foreign key ' || conname || ' ' || convalidated FROM pg_constraint WHERE contype = 'f' AND (conrelid = 'events'::regclass OR confrelid = 'events'::regclass) AND conparentid = 0 AND conrelid::regclass::text IN ('events', 'marks')
UNION ALL SELECT 'replica identity ' || relreplident::text FROM pg_class WHERE oid = 'events'::regclass
UNION ALL SELECT 'index ' || replace(pg_get_indexdef(indexrelid), ' ONLY ', ' ') || ' ' || indisreplident || ' ' || COALESCE(obj_description(indexrelid, 'pg_class'), '') FROM pg_index WHERE indrelid = 'events'::regclass
UNION ALL SELECT 'comment on ' || conname || ' ' || obj_description(oid, 'pg_constraint') FROM pg_constraint WHERE conrelid = 'events'::regclass AND obj_description(oid, 'pg_constraint') IS NOT NULL
UNION ALL SELECT 'statistics ' || attname || attstattarget FROM pg_attribute WHERE attrelid = 'events'::regclass AND attstattarget >= 0 AND attnum > 0
UNION ALL SELECT 'invalid index ' || indexrelid::regclass FROM pg_index WHERE NOT indisvalid ORDER BY 1`

// TestPostgresPartitionTable: a table becomes partitioned and plain again. No row is written again, all that is on the table is on the new one, and rows that went into
// other partitions come back.
func TestPostgresPartitionTable(t *testing.T) {
	pgEachDriver(t, func(t *testing.T, db *sql.DB, _ int) {
		s := pgReady(t, db, postgres.Dialect{}, pgConfig())
		at := &schema.Schema{}
		pgMustApply(t, s, at, eventsKinds, eventsTable, eventsMarks)
		pgExec(t, db, eventsByHand...)
		before, plain := pgRows(t, db, eventsCatalog), at.Clone()
		file := pgRows(t, db, "SELECT pg_relation_filenode('events')::text")
		indexes := pgRows(t, db, "SELECT pg_relation_filenode(indexrelid)::text FROM pg_index WHERE indrelid = 'events'::regclass ORDER BY 1")

		byHand := func() []string { return catalogDifference(t, s, at) }
		first := byHand()
		if len(first) != 4 {
			t.Errorf("by hand there is %q", first)
		}
		sameButByHand := func() {
			t.Helper()
			if got := byHand(); !slices.Equal(got, first) {
				t.Errorf("beside the schema there is %q, and was %q", got, first)
			}
		}

		pgMustApply(t, s, at, migrate.AddCheck{Table: "events", Check: eventsBound}, eventsParts)
		if got := pgRows(t, db, eventsCatalog); !slices.Equal(got, before) {
			t.Errorf("on the partitioned table there is\n%s\nand on the plain one was\n%s", strings.Join(got, "\n"), strings.Join(before, "\n"))
		}
		sameButByHand()
		pgWantRows(t, db, "SELECT c.relname || ' ' || c.relreplident::text || ' ' || i.indexrelid::regclass FROM pg_class c JOIN pg_index i ON i.indrelid = c.oid AND i.indisreplident WHERE c.relispartition AND c.relkind = 'r' ORDER BY 1",
			"events_new i events_new_note_k_key", "events_old i events_old_events_note_k_key")
		pgWantRows(t, db, "SELECT count(*)::text FROM pg_index WHERE indrelid = 'events_new'::regclass", "4")
		pgWantRows(t, db, "SELECT pg_relation_filenode('events_old')::text", file...)
		pgWantRows(t, db, "SELECT pg_relation_filenode(indexrelid)::text FROM pg_index WHERE indrelid = 'events_old'::regclass ORDER BY 1", indexes...)
		pgWantRows(t, db, "SELECT count(*)::text || ' ' || count(*) FILTER (WHERE twice = 2 * k) FROM events", "300 300")
		pgExec(t, db, "INSERT INTO events (k, note) VALUES (1500, 'later'), (1501, 'too')", "INSERT INTO marks SELECT id, k FROM events WHERE k = 1500", "UPDATE events SET note = 'x' WHERE k IN (1, 1501)",
			"CREATE TABLE events_job PARTITION OF events FOR VALUES FROM (2000) TO (3000)", "INSERT INTO events (k, note) VALUES (2500, 'of a job')")
		pgWantRows(t, db, "SELECT k || note FROM events WHERE k IN (1, 1501) ORDER BY k", "1x!", "1501x!")

		back, err := eventsParts.Inverse()
		if err != nil {
			t.Fatal(err)
		}
		pgMustApply(t, s, at, back, migrate.DropCheck{Table: "events", Check: eventsBound})
		if !slices.Equal(schema.Facts(at), schema.Facts(plain)) {
			t.Errorf("the schema is another one")
		}
		if got := pgRows(t, db, eventsCatalog); !slices.Equal(got, before) {
			t.Errorf("on the plain table there is\n%s\nand there was\n%s", strings.Join(got, "\n"), strings.Join(before, "\n"))
		}
		sameButByHand()
		pgWantRows(t, db, "SELECT pg_relation_filenode('events')::text", file...)
		pgWantRows(t, db, "SELECT count(*)::text || ' ' || count(*) FILTER (WHERE k > 1000) || ' ' || count(DISTINCT id) FROM events", "303 3 303")
		pgWantRows(t, db, "SELECT relname::text FROM pg_class WHERE relname LIKE 'events%' AND relkind IN ('r', 'p', 'S') ORDER BY 1", "events", "events_id_seq")
		pgExec(t, db, "INSERT INTO events (k, note) VALUES (9000, 'more')")
		pgWantRows(t, db, "SELECT max(id) - (SELECT max(id) FROM events WHERE k < 9000) FROM events", "5")
	})
}

// TestPostgresPartitionTableObstacles: what nobody declared and what the new table would not have, or have otherwise, stops the migration before its first statement, with what to do.
func TestPostgresPartitionTableObstacles(t *testing.T) {
	cases := []struct{ make, away, says string }{
		{"CREATE VIEW of_events AS SELECT id FROM events", "DROP VIEW of_events", "view of_events stands on table events"},
		{"CREATE POLICY own ON events USING (true)", "DROP POLICY own ON events", "policy own on events: declare it"},
		{"ALTER TABLE events ENABLE ROW LEVEL SECURITY", "ALTER TABLE events DISABLE ROW LEVEL SECURITY", "row security of events: declare it, with rls"},
		{"CREATE RULE quiet AS ON DELETE TO events DO INSTEAD NOTHING", "DROP RULE quiet ON events", "rule quiet on events"},
		{"CREATE UNIQUE INDEX one_note ON events (note)", "DROP INDEX one_note", "unique index one_note: no migration made it"},
		{"CREATE TABLE others (id bigint, k bigint, FOREIGN KEY (id, k) REFERENCES events (id, k))", "DROP TABLE others", "foreign key others_id_k_fkey of others: no migration made it"},
		{"ALTER TABLE events ADD CONSTRAINT half CHECK (k > 0) NOT VALID", "ALTER TABLE events DROP CONSTRAINT half", "VALIDATE CONSTRAINT half"},
		{"CREATE TABLE heir () INHERITS (events)", "DROP TABLE heir", "NO INHERIT"},
		{"CREATE PUBLICATION p FOR ALL TABLES", "DROP PUBLICATION p", "ALTER PUBLICATION p SET (publish_via_partition_root = true)"},
		{"CREATE PUBLICATION p FOR TABLE events WITH (publish_via_partition_root)", "DROP PUBLICATION p", "publication p: declare it"},
	}
	pgEachDriver(t, func(t *testing.T, db *sql.DB, _ int) {
		first := &migrate.Migration{Name: "0001_events", Ops: []migrate.Op{eventsKinds, eventsTable, eventsMarks}}
		second := &migrate.Migration{Name: "0002_partitions", Parents: []*migrate.Migration{first}, Ops: []migrate.Op{migrate.AddCheck{Table: "events", Check: eventsBound}, eventsParts}}
		up := func(all ...*migrate.Migration) error {
			m, err := migrate.New(db, postgres.Dialect{}, migrate.NewSet("events", all...), nil)
			if err == nil {
				_, err = m.Up(t.Context())
			}
			return err
		}
		if err := up(first); err != nil {
			t.Fatal(err)
		}
		pgExec(t, db, "INSERT INTO events (k) VALUES (1)")
		for _, c := range cases {
			pgExec(t, db, c.make)
			if err := up(first, second); err == nil || !strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), "nothing was changed") {
				t.Errorf("%s: %v", c.make, err)
			}
			pgWantRows(t, db, "SELECT relkind::text FROM pg_class WHERE oid = 'events'::regclass", "r")
			pgWantRows(t, db, "SELECT count(*)::text FROM pg_constraint WHERE conname = 'events_old_bound'", "0")
			pgExec(t, db, c.away)
		}
		pgExec(t, db, "INSERT INTO events (k, note) VALUES (5000, 'far')")
		if err := up(first, second); err == nil || !strings.Contains(err.Error(), "events_old_bound") {
			t.Errorf("a row beyond the bound: %v", err)
		}
		pgExec(t, db, "DELETE FROM events WHERE k = 5000")
		if err := up(first, second); err != nil {
			t.Error(err)
		}
	})
}

// TestPostgresPartitionTableRefused: what PostgreSQL cannot do so is refused offline, with what to do.
func TestPostgresPartitionTableRefused(t *testing.T) {
	plan := func(change func(events, marks *migrate.CreateTable, o *migrate.PartitionTable)) error {
		events, marks, o := eventsTable, eventsMarks, eventsParts
		o.Check = schema.Check{}
		change(&events, &marks, &o)
		_, err := migrate.PlanOps(postgres.Dialect{}.Planner(15), &schema.Schema{}, []migrate.Op{eventsKinds, events, marks, o})
		return err
	}
	for says, change := range map[string]func(events, marks *migrate.CreateTable, o *migrate.PartitionTable){
		"put k into it": func(events, marks *migrate.CreateTable, _ *migrate.PartitionTable) {
			events.Uniques = []schema.Unique{{Name: "events_note_key", Columns: []string{"note"}}}
		},
		"partition it by range or list": func(_, _ *migrate.CreateTable, o *migrate.PartitionTable) { o.By = "hash (k)" },
		"foreign key of the table to itself": func(events, _ *migrate.CreateTable, _ *migrate.PartitionTable) {
			events.ForeignKeys = []schema.ForeignKey{{Name: "f", Columns: []string{"kind_id", "k"}, RefTable: "events", RefColumns: []string{"id", "k"}}}
		},
		"a partition in another schema": func(_, _ *migrate.CreateTable, o *migrate.PartitionTable) {
			o.Rows, o.Partitions = "apart.events_old", []migrate.TablePartition{{Name: "apart.events_old", Bound: "DEFAULT"}}
		},
		"Rows is \"nothing\"": func(_, _ *migrate.CreateTable, o *migrate.PartitionTable) { o.Rows = "nothing" },
	} {
		if err := plan(change); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", says, err)
		}
	}
}
