package lint_test

import (
	"slices"
	"testing"

	"github.com/modelgen/modelgen/gen/lint"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

const pg, file = "postgres", "sqlite"

// beside are the objects that stand beside the tables of the cases, as the ops that made them.
var (
	noteList   = migrate.CreateView{Name: "note_list", Query: "SELECT id, body FROM notes"}
	noteSizes  = migrate.CreateMaterializedView{Name: "note_sizes", Query: "SELECT id, note_size(body) AS size FROM notes", Only: pg}
	sizesKey   = migrate.CreateViewIndex{Name: "note_sizes_key", Table: "note_sizes", SQL: "CREATE UNIQUE INDEX note_sizes_key ON note_sizes (id)", Only: pg}
	noteSize   = migrate.CreateFunction{Name: "note_size(text)", SQL: function("note_size(body text)", "integer", "SELECT length(body)"), Only: pg}
	total      = migrate.CreateFunction{Name: "total(integer)", SQL: function("total(shop integer)", "bigint", "SELECT count(*) FROM items WHERE shop_id = shop"), Only: pg}
	touch      = migrate.CreateFunction{Name: "touch()", SQL: "CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.size := 0; RETURN NEW; END $$", Only: pg}
	sweep      = migrate.CreateProcedure{Name: "sweep()", SQL: "CREATE PROCEDURE sweep() LANGUAGE sql AS 'DELETE FROM notes WHERE size = 0'", Only: pg}
	most       = migrate.CreateAggregate{Name: "most(integer)", SQL: "CREATE AGGREGATE most(integer) (SFUNC = int4larger, STYPE = integer)", Only: pg}
	touched    = trigger("notes_touch", "BEFORE UPDATE", "notes")
	kept       = migrate.CreateRule{Name: "kept", Table: "notes", SQL: "CREATE RULE kept AS ON DELETE TO notes WHERE OLD.size > 0 DO INSTEAD NOTHING", Only: pg}
	audit      = migrate.CreateEventTrigger{Name: "audit", SQL: "CREATE EVENT TRIGGER audit ON ddl_command_end EXECUTE FUNCTION audited()", Only: pg}
	own        = policy("own", "notes", "FOR SELECT USING (id > 0)")
	hidden     = migrate.EnableRowSecurity{Table: "notes", Only: pg}
	numbers    = migrate.CreateSequence{Name: "numbers", SQL: "CREATE SEQUENCE numbers INCREMENT BY 1", Only: pg}
	email      = migrate.CreateDomain{Name: "email", SQL: "CREATE DOMAIN email AS text", Only: pg}
	pair       = migrate.CreateCompositeType{Name: "pair", SQL: "CREATE TYPE pair AS (a integer, b integer)", Only: pg}
	span       = migrate.CreateRangeType{Name: "span", SQL: "CREATE TYPE span AS RANGE (SUBTYPE = time)", Only: pg}
	linked     = migrate.CreateStatistics{Name: "linked", SQL: "CREATE STATISTICS linked ON id, size FROM notes", Only: pg}
	feed       = migrate.CreatePublication{Name: "feed", SQL: "CREATE PUBLICATION feed FOR TABLE notes, shops", Only: pg}
	trigrams   = migrate.CreateExtension{Name: "pg_trgm", Only: pg}
	once       = migrate.AddExclusion{Name: "once", Table: "notes", SQL: "EXCLUDE USING gist (size WITH =)", Only: pg}
	search     = migrate.CreateVirtualTable{Name: "note_search", SQL: "CREATE VIRTUAL TABLE note_search USING fts5(body)", Only: file}
	reads      = migrate.Grant{Privileges: "SELECT", On: "table notes", To: "reporting", Only: pg}
	saying     = migrate.CommentOn{On: "view note_list", To: "notes, short", Only: pg}
	eventsRest = migrate.CreatePartition{Table: "events", Name: "events_rest", Bound: "DEFAULT", Only: pg}
	events2025 = partition("events_2025", "events", 2025)
)

func function(head, result, body string) string {
	return "CREATE FUNCTION " + head + " RETURNS " + result + " LANGUAGE sql IMMUTABLE AS '" + body + "'"
}

func trigger(name, when, table string) migrate.CreateTrigger {
	return migrate.CreateTrigger{Name: name, Table: table, SQL: "CREATE TRIGGER " + name + " " + when + " ON " + table + " FOR EACH ROW EXECUTE FUNCTION touch()", Only: pg}
}

func policy(name, table, rest string) migrate.CreatePolicy {
	return migrate.CreatePolicy{Name: name, Table: table, SQL: "CREATE POLICY " + name + " ON " + table + " " + rest, Only: pg}
}

var notesBound = schema.Check{Name: "notes_old_bound", Expr: "id < 100", Only: pg}

// notesParts makes the notes partitioned.
func notesParts(check schema.Check) migrate.PartitionTable {
	return migrate.PartitionTable{Table: "notes", By: "range (id)", Rows: "notes_old", Check: check, Only: pg, Partitions: []migrate.TablePartition{{Name: "notes_old", Bound: "FOR VALUES FROM (MINVALUE) TO (100)"}}}
}

func partition(name, table string, year int) migrate.CreatePartition {
	from, to := string(rune('0'+year%10)), string(rune('1'+year%10))
	return migrate.CreatePartition{Table: table, Name: name, Bound: "FOR VALUES FROM ('202" + from + "-01-01') TO ('202" + to + "-01-01')", Only: pg}
}

// detached lets a partition stay as a table, moved gives it other bounds.
func detached(o migrate.CreatePartition) migrate.DropPartition {
	o.Detached = true
	return migrate.DropPartition(o)
}

func renamed(o migrate.CreatePartition) migrate.RenamePartition {
	return migrate.RenamePartition{Table: o.Table, From: o.Name, To: o.Name + "_old", Bound: o.Bound, Only: o.Only}
}

func moved(o migrate.CreatePartition) migrate.AlterPartition {
	return migrate.AlterPartition{Table: o.Table, Name: o.Name, From: o.Bound, To: "FOR VALUES FROM ('2024-01-01') TO ('2024-02-01')", Only: o.Only}
}

// beside adds to a schema all of that, with the tables that it is on: notes in use, days partitioned without a default partition.
func beside(s *schema.Schema) {
	s.PutTable(&schema.Table{Name: "notes", Columns: []schema.Column{schema.BigInt("id").Def(), schema.Text("body").Def(), schema.Integer("size").Def(), schema.Other("mail", "email").Null().Def()},
		PrimaryKey: &schema.PrimaryKey{Name: "notes_pkey", Columns: []string{"id"}},
		Indexes:    []schema.Index{{Name: "notes_size_idx", Only: pg, Parts: []schema.IndexPart{{Expr: "note_size(body)"}}}}})
	for _, name := range []string{"events", "days"} {
		s.PutTable(&schema.Table{Name: name, Columns: []schema.Column{schema.BigInt("id").Def(), schema.TimestampTZ("at").Def()},
			PrimaryKey: &schema.PrimaryKey{Name: name + "_pkey", Columns: []string{"id", "at"}}, Options: schema.TableOptions{Partition: "range (at)"}})
	}
	for _, op := range ops(noteList, noteSize, noteSizes, sizesKey, total, touch, sweep, most, touched, kept, audit, own, hidden, numbers, email, pair, span, linked, feed, trigrams,
		once, search, reads, saying, eventsRest, events2025) {
		if err := op.Apply(s); err != nil {
			panic(err)
		}
	}
}

func freshTrigger() []migrate.Op {
	return ops(fresh(), trigger("fresh_touch", "BEFORE INSERT", "fresh"))
}

var openShops = migrate.CreateView{Name: "open_shops", Query: "SELECT id, city FROM shops", Only: pg}

var objectCases = []lintCase{
	{"MG102", ops(migrate.DropPartition(events2025)), ops(partition("days_2026", "days", 2026), migrate.DropPartition(partition("days_2026", "days", 2026)))},
	{"MG102", ops(migrate.DropVirtualTable(search)), ops(migrate.DropView(noteList))},
	{"MG106", ops(migrate.SetTableOptions{Table: "items", To: schema.TableOptions{Unlogged: true}}), ops(migrate.SetTableOptions{Table: "items", To: schema.TableOptions{With: "fillfactor=70"}})},
	{"MG107", ops(migrate.AlterCompositeType{Name: "pair", From: pair.SQL, To: "CREATE TYPE pair AS (a integer)", Only: pg}),
		ops(migrate.AlterCompositeType{Name: "pair", From: pair.SQL, To: "CREATE TYPE pair AS (a integer, b integer, c text)", Only: pg})},

	{"MG220", ops(trigger("items_touch", "BEFORE UPDATE", "items")), freshTrigger()},
	{"MG220", ops(migrate.DropTrigger(touched)), ops(migrate.DropView(noteList))},
	{"MG220", ops(migrate.DropRule(kept)), ops(migrate.DropRangeType(span))},
	{"MG221", ops(migrate.DropViewIndex(sizesKey), migrate.DropMaterializedView(noteSizes), noteSizes, sizesKey),
		ops(migrate.ReplaceMaterializedView{Name: "note_sizes", From: noteSizes.Query, To: "SELECT id, 1 AS size FROM notes", Only: pg})},
	{"MG221", ops(migrate.DropViewIndex(sizesKey), migrate.DropMaterializedView(noteSizes), noteSizes, sizesKey),
		ops(migrate.DropViewIndex(sizesKey), migrate.DropMaterializedView(noteSizes), empty(noteSizes))},
	{"MG222", ops(partition("events_2026", "events", 2026)), ops(partition("days_2026", "days", 2026))},
	{"MG222", ops(moved(events2025)), ops(partition("days_2026", "days", 2026), moved(partition("days_2026", "days", 2026)))},
	{"MG414", ops(moved(events2025)), ops(partition("days_2026", "days", 2026), moved(partition("days_2026", "days", 2026)))},
	{"MG225", ops(notesParts(schema.Check{})), ops(migrate.AddCheck{Table: "notes", Check: notesBound}, notesParts(notesBound))},
	{"MG225", ops(notesParts(schema.Check{}), migrate.UnpartitionTable(notesParts(schema.Check{}))), ops(migrate.AddCheck{Table: "notes", Check: notesBound}, notesParts(notesBound))},
	{"MG223", ops(migrate.AlterDomain{Name: "email", From: email.SQL, To: "CREATE DOMAIN email AS text CHECK (VALUE > '')", Only: pg}),
		ops(migrate.AlterDomain{Name: "email", From: email.SQL, To: "CREATE DOMAIN email AS text DEFAULT ''", Only: pg})},
	{"MG224", ops(migrate.SetTableOptions{Table: "items", To: schema.TableOptions{Unlogged: true}}), ops(migrate.SetTableOptions{Table: "items", To: schema.TableOptions{With: "fillfactor=70"}})},

	{"MG320", ops(trigger("items_touch", "BEFORE UPDATE", "items")), freshTrigger()},
	{"MG320", ops(migrate.ReplaceTrigger{Name: "notes_touch", Table: "notes", From: touched.SQL, To: trigger("notes_touch", "AFTER UPDATE", "notes").SQL, Only: pg}),
		ops(migrate.DropTrigger(touched), touched)}, // out of the way of something else
	{"MG320", ops(migrate.CreateRule{Name: "r", Table: "items", SQL: "CREATE RULE r AS ON DELETE TO items DO INSTEAD NOTHING", Only: pg}),
		ops(openShops, migrate.CreateRule{Name: "r", Table: "open_shops", SQL: "CREATE RULE r AS ON INSERT TO open_shops DO INSTEAD NOTHING", Only: pg})},
	{"MG320", ops(migrate.CreateEventTrigger{Name: "e", SQL: "CREATE EVENT TRIGGER e ON sql_drop EXECUTE FUNCTION audited()", Only: pg}),
		ops(migrate.RenameEventTrigger{From: "audit", To: "audited", SQL: audit.SQL, Only: pg}, migrate.RenameTrigger{From: "notes_touch", To: "t", Table: "notes", SQL: touched.SQL, Only: pg})},
	{"MG320", ops(migrate.ReplaceRule{Name: "kept", Table: "notes", From: kept.SQL, To: "CREATE RULE kept AS ON DELETE TO notes DO INSTEAD NOTHING", Only: pg}),
		ops(migrate.RenameRule{From: "kept", To: "k", Table: "notes", SQL: kept.SQL, Only: pg}, migrate.DropEventTrigger(audit))},
	{"MG320", ops(trigger("items_touch", "BEFORE UPDATE", "items")), ops(migrate.CreateTrigger{Name: "off", Table: "items", State: "DISABLE", SQL: "CREATE TRIGGER off BEFORE UPDATE ON items EXECUTE FUNCTION touch()", Only: pg})},

	{"MG321", ops(migrate.DropFunction(total)), ops(migrate.DropTrigger(touched), migrate.DropFunction(touch))}, // nobody calls the function of a trigger
	{"MG321", ops(migrate.DropFunction(total), migrate.CreateFunction{Name: "total(bigint)", SQL: function("total(shop bigint)", "bigint", "SELECT 1"), Only: pg}),
		ops(migrate.DropFunction(total), migrate.CreateFunction{Name: "total(integer, boolean)", SQL: function("total(shop integer, all_of boolean DEFAULT true)", "bigint", "SELECT 1"), Only: pg})},
	{"MG321", ops(migrate.DropFunction(total), migrate.CreateFunction{Name: "total(integer)", SQL: function("total(shop integer)", "text", "SELECT 1"), Only: pg}),
		ops(migrate.DropFunction(total), migrate.CreateFunction{Name: "total(integer)", SQL: function("total(shop integer)", "bigint", "SELECT 1"), Only: pg})},
	{"MG321", ops(migrate.RenameFunction{From: "total(integer)", To: "sum_of(integer)", SQL: total.SQL, Only: pg}),
		ops(migrate.ReplaceFunction{Name: "total(integer)", From: total.SQL, To: function("total(shop integer)", "bigint", "SELECT 2"), Only: pg})},
	{"MG321", ops(migrate.RenameProcedure{From: "sweep()", To: "clean()", SQL: sweep.SQL, Only: pg}), ops(migrate.ReplaceProcedure{Name: "sweep()", From: sweep.SQL, To: sweep.SQL + "::text", Only: pg})},
	{"MG321", ops(migrate.DropProcedure(sweep)), ops(migrate.CreateProcedure{Name: "s()", SQL: "CREATE PROCEDURE s() LANGUAGE sql AS ''", Only: pg})},
	{"MG321", ops(migrate.DropAggregate(most)), ops(migrate.CreateAggregate{Name: "most(bigint)", SQL: "CREATE AGGREGATE most(bigint) (SFUNC = int8larger, STYPE = bigint)", Only: pg})},
	{"MG321", ops(migrate.RenameAggregate{From: "most(integer)", To: "top(integer)", SQL: most.SQL, Only: pg}),
		ops(migrate.ReplaceAggregate{Name: "most(integer)", From: most.SQL, To: "CREATE AGGREGATE most(integer) (SFUNC = int4larger, STYPE = integer, PARALLEL = SAFE)", Only: pg})},

	{"MG322", ops(migrate.DropView(noteList)), ops(migrate.DropView(noteList), noteList)},
	{"MG322", ops(migrate.DropView(noteList), migrate.CreateView{Name: "note_list", Query: "SELECT id FROM notes"}),
		ops(migrate.ReplaceView{Name: "note_list", From: noteList.Query, To: "SELECT id, body, size FROM notes"})},
	{"MG322", ops(migrate.RenameView{From: "note_list", To: "lines", Query: noteList.Query}), ops(migrate.RenameView{From: "note_list", To: "lines", Query: noteList.Query}, noteList)},
	{"MG322", ops(migrate.RenameMaterializedView{From: "note_sizes", To: "sizes", Query: noteSizes.Query, Only: pg}),
		ops(migrate.RenameViewIndex{From: "note_sizes_key", To: "k", Table: "note_sizes", SQL: sizesKey.SQL, Only: pg})},
	{"MG322", ops(migrate.DropSequence(numbers)), ops(migrate.AlterSequence{Name: "numbers", From: numbers.SQL, To: "CREATE SEQUENCE numbers INCREMENT BY 2", Only: pg})},
	{"MG322", ops(migrate.RenameSequence{From: "numbers", To: "n", SQL: numbers.SQL, Only: pg}), ops(migrate.CreateSequence{Name: "n", SQL: "CREATE SEQUENCE n", Only: pg})},
	{"MG322", ops(migrate.DropDomain(email)), ops(migrate.CreateDomain{Name: "d", SQL: "CREATE DOMAIN d AS text", Only: pg})},
	{"MG322", ops(migrate.RenameDomain{From: "email", To: "mail", SQL: email.SQL, Only: pg}), ops(migrate.AlterDomain{Name: "email", From: email.SQL, To: "CREATE DOMAIN email AS text DEFAULT ''", Only: pg})},
	{"MG322", ops(migrate.DropCompositeType(pair)), ops(migrate.CreateCompositeType{Name: "two", SQL: "CREATE TYPE two AS (a integer)", Only: pg})},
	{"MG322", ops(migrate.RenameCompositeType{From: "pair", To: "two", SQL: pair.SQL, Only: pg}), ops(migrate.CreateRangeType{Name: "r", SQL: "CREATE TYPE r AS RANGE (SUBTYPE = time)", Only: pg})},
	{"MG322", ops(migrate.DropRangeType(span)), ops(migrate.DropStatistics(linked))},
	{"MG322", ops(migrate.RenameRangeType{From: "span", To: "times", SQL: span.SQL, Only: pg}), ops(migrate.RenameStatistics{From: "linked", To: "l", SQL: linked.SQL, Only: pg})},
	{"MG322", ops(migrate.DropExtension(trigrams)), ops(migrate.AlterExtension{Name: "pg_trgm", ToVersion: "1.6", Only: pg})},
	{"MG322", ops(migrate.DropExtension(trigrams)), ops(migrate.DropExtension(trigrams), migrate.CreateExtension{Name: "pg_trgm", Only: pg})},
	{"MG322", ops(migrate.DropVirtualTable(search)), ops(migrate.CreateVirtualTable{Name: "s", SQL: "CREATE VIRTUAL TABLE s USING fts5(body)", Only: file})},
	{"MG102", ops(migrate.DropVirtualTable(search)), ops(migrate.ReplaceVirtualTable{Name: "note_search", From: search.SQL, To: "CREATE VIRTUAL TABLE note_search USING fts5(body, tokenize = 'porter')", Only: file})},
	{"MG322", ops(migrate.RenameVirtualTable{From: "note_search", To: "s", SQL: search.SQL, Only: file}), ops(migrate.CommentOn{On: "view note_list", From: "notes, short", To: "x", Only: pg})},
	{"MG322", ops(migrate.DropPartition(events2025)), ops(partition("days_2026", "days", 2026))},
	{"MG322", ops(renamed(events2025)), ops(partition("days_2026", "days", 2026), renamed(partition("days_2026", "days", 2026)))},

	{"MG323", ops(migrate.EnableRowSecurity{Table: "items", Only: pg}, policy("mine", "items", "USING (shop_id = 1)")),
		ops(migrate.EnableRowSecurity{Table: "items", Only: pg}, policy("mine", "items", "USING (true)"))},
	{"MG323", ops(migrate.ForceRowSecurity{Table: "notes", To: true, Only: pg}), ops(policy("more", "notes", "USING (size > 0)"))},
	{"MG323", ops(policy("less", "notes", "AS RESTRICTIVE USING (size > 0)")), ops(migrate.RenamePolicy{From: "own", To: "o", Table: "notes", SQL: own.SQL, Only: pg})},
	{"MG323", ops(migrate.AlterPolicy{Name: "own", Table: "notes", From: own.SQL, To: policy("own", "notes", "FOR SELECT USING (id > 9)").SQL, Only: pg}), ops(migrate.DropPolicy(own), own)},
	{"MG324", ops(migrate.Grant{Privileges: "NONE", On: "function touch()", To: "PUBLIC", Only: pg}), ops(migrate.CreateFunction{Name: "g()", SQL: "CREATE FUNCTION g() RETURNS int LANGUAGE sql AS 'SELECT 1'", Only: pg}, migrate.Grant{Privileges: "NONE", On: "function g()", To: "PUBLIC", Only: pg})},
	{"MG324", ops(migrate.Revoke(reads)), ops(migrate.Revoke(reads), migrate.Grant{Privileges: "INSERT, SELECT", On: "table notes", To: "reporting", Only: pg})},
	{"MG325", ops(migrate.DropPublication(feed)), ops(migrate.AlterPublication{Name: "feed", From: feed.SQL, To: "CREATE PUBLICATION feed FOR TABLE notes, shops, items", Only: pg})},
	{"MG325", ops(migrate.AlterPublication{Name: "feed", From: feed.SQL, To: "CREATE PUBLICATION feed FOR TABLE notes", Only: pg}), ops(migrate.CreatePublication{Name: "f", SQL: "CREATE PUBLICATION f FOR TABLE notes", Only: pg})},
	{"MG325", ops(migrate.RenamePublication{From: "feed", To: "news", SQL: feed.SQL, Only: pg}), ops(migrate.DropPublication(feed), feed)},

	{"MG314", ops(migrate.AddExclusion{Name: "x", Table: "items", SQL: "EXCLUDE USING gist (stock WITH =)", Only: pg}), ops(migrate.RenameExclusion{From: "once", To: "x", Table: "notes", SQL: once.SQL, Only: pg})},
	{"MG403", ops(migrate.AddExclusion{Name: "x", Table: "items", SQL: "EXCLUDE USING gist (stock WITH =)", Only: pg}), ops(migrate.DropExclusion(once))},
	{"MG619", ops(migrate.AddExclusion{Name: "x", Table: "items", SQL: "EXCLUDE USING gist (stock WITH =)", Only: pg}),
		ops(fresh(), migrate.AddExclusion{Name: "x", Table: "fresh", SQL: "EXCLUDE USING gist (id WITH =)", Only: pg})},
	{"MG411", ops(migrate.CreateStatistics{Name: "s", SQL: "CREATE STATISTICS s ON id, body FROM notes", Only: pg}),
		ops(migrate.CreateStatistics{Name: "s", SQL: "CREATE STATISTICS s ON id, body FROM notes", Only: pg}, sql("ANALYZE notes"))},
	{"MG412", ops(openShops), ops(openShops, migrate.Grant{Privileges: "SELECT", On: "table open_shops", To: "reporting", Only: pg})},
	{"MG412", ops(migrate.DropView(noteList), noteList), ops(fresh(), migrate.Grant{Privileges: "SELECT", On: "table fresh", To: "reporting", Only: pg})},
	{"MG414", ops(partition("events_2026", "events", 2026)), ops(partition("days_2026", "days", 2026))},
	{"MG414", ops(sql("DELETE FROM notes"), partition("events_2026", "events", 2026)), ops(sql("DELETE FROM events_rest WHERE at >= '2026-01-01'"), partition("events_2026", "events", 2026))},
	{"MG415", ops(policy("mine", "items", "USING (shop_id = 1)")), ops(policy("mine", "items", "USING (shop_id = 1)"), migrate.EnableRowSecurity{Table: "items", Only: pg})},
	{"MG415", ops(migrate.DisableRowSecurity(hidden)), ops(migrate.DisableRowSecurity(hidden), migrate.DropPolicy(own))},
	{"MG416", ops(migrate.EnableRowSecurity{Table: "items", Only: pg}), ops(migrate.EnableRowSecurity{Table: "items", Only: pg}, policy("mine", "items", "USING (shop_id = 1)"))},
	{"MG416", ops(migrate.DropPolicy(own)), ops(migrate.DropPolicy(own), migrate.DisableRowSecurity(hidden))},
	{"MG417", ops(definer("LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'")), ops(definer("LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS 'SELECT 1'"))},
	{"MG417", ops(definer(`SECURITY DEFINER SET "other.search_path" = x AS 'SET search_path'`)), ops(definer("LANGUAGE sql AS 'SELECT ''SECURITY DEFINER'''"))},
	{"MG418", ops(migrate.CreateMaterializedView{Name: "m", Query: "SELECT id FROM notes", Only: pg}), ops(migrate.CreateMaterializedView{Name: "m", Query: "SELECT id FROM notes", Only: pg},
		migrate.CreateViewIndex{Name: "m_key", Table: "m", SQL: "CREATE UNIQUE INDEX m_key ON m USING btree (id)", Only: pg})},
	{"MG418", ops(migrate.DropViewIndex(sizesKey), migrate.CreateViewIndex{Name: "k", Table: "note_sizes", SQL: "CREATE UNIQUE INDEX k ON note_sizes ((id + 1))", Only: pg}),
		ops(migrate.DropViewIndex(sizesKey), migrate.CreateViewIndex{Name: "k", Table: "note_sizes", SQL: "CREATE UNIQUE INDEX k ON note_sizes (id, size)", Only: pg})},
	{"MG419", ops(migrate.Grant{Privileges: "SELECT", On: "table items", To: "PUBLIC", Only: pg}), ops(migrate.Grant{Privileges: "SELECT", On: "table items", To: "public_reader", Only: pg})},
	{"MG419", ops(sql("GRANT SELECT ON items TO PUBLIC")), ops(migrate.Grant{Privileges: "EXECUTE", On: "function total(integer)", To: "PUBLIC", Only: pg})},
	{"MG420", ops(migrate.ReplaceFunction{Name: "note_size(text)", From: noteSize.SQL, To: function("note_size(body text)", "integer", "SELECT 2"), Only: pg}),
		ops(migrate.ReplaceFunction{Name: "total(integer)", From: total.SQL, To: function("total(shop integer)", "bigint", "SELECT 2"), Only: pg})},
	{"MG421", ops(migrate.CreateView{Name: "v", Query: "SELECT n.id, s.* FROM notes n, shops s"}), ops(migrate.CreateView{Name: "v", Query: "SELECT count(*), 2 * id AS b, '*' AS c FROM notes WHERE EXISTS (SELECT * FROM shops) GROUP BY id"})},
	{"MG421", ops(migrate.CreateMaterializedView{Name: "m", Query: "SELECT * FROM notes", Only: pg}), ops(migrate.CreateMaterializedView{Name: "m", Query: "SELECT id, n.size * 2 AS twice FROM notes n", Only: pg})},
	{"MG620", ops(sql("ALTER TABLE days ATTACH PARTITION items FOR VALUES FROM (1) TO (2)")), ops(sql("CREATE TABLE made (a int)", "ALTER TABLE days ATTACH PARTITION made DEFAULT"))},
	{"MG620", ops(sql("ALTER TABLE notes ADD CHECK (id > 0) NOT VALID", "ALTER TABLE days ATTACH PARTITION notes DEFAULT")),
		ops(sql("ALTER TABLE notes VALIDATE CONSTRAINT c", "ALTER TABLE days ATTACH PARTITION notes DEFAULT"))},
}

func empty(o migrate.CreateMaterializedView) migrate.CreateMaterializedView {
	o.Query += " WITH NO DATA"
	return o
}

func definer(rest string) migrate.CreateFunction {
	return migrate.CreateFunction{Name: "f()", SQL: "CREATE FUNCTION f() RETURNS integer " + rest, Only: pg}
}

// TestFunctionOfIndex: what is built again behind a change of a function is not spoken of; what stands on it through another function is.
func TestFunctionOfIndex(t *testing.T) {
	replaced := migrate.ReplaceFunction{Name: "note_size(text)", From: noteSize.SQL, To: function("note_size(body text)", "integer", "SELECT 2"), Only: pg}
	reindex := migrate.SQL{Up: []string{"REINDEX INDEX CONCURRENTLY notes_size_idx"}, NoTx: true, Only: pg, NoDown: "no"}
	refresh := sql("REFRESH MATERIALIZED VIEW note_sizes")
	outer := migrate.CreateFunction{Name: "twice(text)", SQL: function("twice(b text)", "integer", "SELECT 2 * note_size(b)"), Only: pg}
	through := migrate.CreateIndex{Table: "shops", Index: schema.Index{Name: "shops_twice_idx", Only: pg, Parts: []schema.IndexPart{{Expr: "twice(city)"}}}}
	for _, c := range []struct {
		ops  []migrate.Op
		want []string
	}{
		{ops(replaced), []string{"index notes_size_idx on notes and materialized view note_sizes stays as the old function note_size(text) made it"}},
		{ops(replaced, reindex), []string{"materialized view note_sizes stays as the old function note_size(text) made it"}},
		{ops(replaced, reindex, refresh), nil},
		{ops(outer, through, replaced, reindex, refresh), []string{"index shops_twice_idx on shops stays as the old function note_size(text) made it"}},
	} {
		var got []string
		for _, f := range look(lint.Input{}, c.ops...) {
			if f.Code == "MG420" {
				got = append(got, f.Message)
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, not %q", describe(c.ops), got, c.want)
		}
	}
}
