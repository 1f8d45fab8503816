package dialecttest_test

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/modelgen/modelgen/internal/pgtest"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/postgres"
	"github.com/modelgen/modelgen/runtime/schema"
)

// How the server itself tells what a migration did: event triggers write down every command with its transaction, the locks that it holds when
// the command ends, and whether a table was read or rewritten.
const formWatch = `
CREATE SCHEMA watch;
CREATE TABLE watch.log (n bigserial, xid bigint, query text, locks text, reads text, rewrites text);
CREATE FUNCTION watch.scans() RETURNS jsonb LANGUAGE sql AS $$
 SELECT COALESCE(jsonb_object_agg(c.relname, pg_stat_get_xact_numscans(c.oid)), '{}') FROM pg_class c
 WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' $$;
CREATE FUNCTION watch.note(rewritten text) RETURNS void LANGUAGE sql AS $$
 INSERT INTO watch.log (xid, query, locks, reads, rewrites) SELECT txid_current(), current_query(),
  (SELECT string_agg(c.relname || ' ' || l.mode, ',') FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
   WHERE l.pid = pg_backend_pid() AND l.granted AND c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'),
  (SELECT string_agg(s.key, ',') FROM jsonb_each(watch.scans()) s
   WHERE s.value <> COALESCE(NULLIF(current_setting('watch.scans', true), '')::jsonb -> s.key, '0')),
  rewritten $$;
CREATE FUNCTION watch.begin() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN
 PERFORM set_config('watch.scans', watch.scans()::text, false); END $$;
CREATE FUNCTION watch.done() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM watch.note(NULL); END $$;
CREATE FUNCTION watch.rewrite() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN
 PERFORM watch.note((SELECT relname FROM pg_class WHERE oid = pg_event_trigger_table_rewrite_oid())); END $$;
CREATE FUNCTION watch.rows() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
 INSERT INTO watch.log (xid, query) SELECT txid_current(), current_query(); RETURN NULL; END $$;
CREATE EVENT TRIGGER watch_begin ON ddl_command_start EXECUTE FUNCTION watch.begin();
CREATE EVENT TRIGGER watch_done ON ddl_command_end EXECUTE FUNCTION watch.done();
CREATE EVENT TRIGGER watch_rewrite ON table_rewrite EXECUTE FUNCTION watch.rewrite()`

// formTables are those that the migrations find, with rows in them.
var formTables = []string{"people", "orders", "notes"}

// watch begins to write down what is done to the database.
func (r *runner) watch() {
	r.t.Helper()
	r.exec(strings.Split(formWatch, ";\nCREATE ")[0])
	for _, sql := range strings.Split(formWatch, ";\nCREATE ")[1:] {
		r.exec("CREATE " + sql)
	}
	for _, table := range formTables {
		r.exec("CREATE TRIGGER watch_rows AFTER UPDATE ON " + table + " FOR EACH STATEMENT EXECUTE FUNCTION watch.rows()")
	}
	r.exec("TRUNCATE watch.log")
}

// unwatch takes all of it away again: the triggers are none that migrations know of.
func (r *runner) unwatch() {
	r.t.Helper()
	r.exec("DROP EVENT TRIGGER watch_begin", "DROP EVENT TRIGGER watch_done", "DROP EVENT TRIGGER watch_rewrite", "SET client_min_messages = warning; DROP SCHEMA watch CASCADE")
}

// watched returns a line for each transaction that changed something: which tables of those before it locked so that others notice, which it
// read or wrote again, and its statements.
//
//	people ACCESS EXCLUSIVE; reads people: ALTER TABLE people ALTER COLUMN email SET NOT NULL
func (r *runner) watched() []string {
	r.t.Helper()
	rows, err := r.db.Query("SELECT xid, query, COALESCE(locks, ''), COALESCE(reads, ''), COALESCE(rewrites, '') FROM watch.log ORDER BY n")
	if err != nil {
		r.t.Fatal(err)
	}
	defer rows.Close()
	type seen struct {
		xid             int64
		query           string
		locks           map[string]string
		reads, rewrites map[string]bool
	}
	var all []*seen
	for rows.Next() {
		var xid int64
		var query, locks, reads, rewrites string
		if err := rows.Scan(&xid, &query, &locks, &reads, &rewrites); err != nil {
			r.t.Fatal(err)
		}
		if len(all) == 0 || all[len(all)-1].xid != xid {
			all = append(all, &seen{xid, "", map[string]string{}, map[string]bool{}, map[string]bool{}})
		}
		s := all[len(all)-1]
		s.query = query
		for lock := range strings.SplitSeq(locks, ",") {
			if table, mode, _ := strings.Cut(lock, " "); strength(mode) >= strength("ShareUpdateExclusiveLock") && strength(mode) > strength(s.locks[table]) {
				s.locks[table] = mode
			}
		}
		for table := range strings.SplitSeq(reads, ",") {
			s.reads[table] = true
		}
		s.rewrites[rewrites] = true
	}
	if err := rows.Err(); err != nil {
		r.t.Fatal(err)
	}
	var lines []string
	for _, s := range all {
		var facts []string
		for _, table := range formTables {
			if mode := s.locks[table]; mode != "" {
				facts = append(facts, table+" "+lockWords[mode])
			}
		}
		for _, table := range formTables {
			switch {
			case s.rewrites[table]:
				facts = append(facts, "WRITES "+table)
			case s.reads[table]:
				facts = append(facts, "reads "+table)
			}
		}
		line := formSQL(s.query)
		if len(facts) > 0 {
			line = strings.Join(facts, "; ") + ": " + line
		}
		lines = append(lines, line)
	}
	return lines
}

var lockWords = func() map[string]string {
	words := map[string]string{}
	for _, lock := range []string{"SHARE UPDATE EXCLUSIVE", "SHARE", "SHARE ROW EXCLUSIVE", "EXCLUSIVE", "ACCESS EXCLUSIVE"} {
		words[lockName(lock)] = lock
	}
	return words
}()

// formBlock is the statement that a block makes and runs.
var formBlock = regexp.MustCompile(`'(ALTER TABLE [^']*)'`)

// formSQL returns the statements of a string that the migrator sent, without those of its own frame, and without quotes.
func formSQL(query string) string {
	var list []string
	for sql := range strings.SplitSeq(query, "\n;\n") {
		sql = strings.Join(strings.Fields(strings.NewReplacer(`"public".`, "", `"`, "").Replace(sql)), " ")
		word, _, _ := strings.Cut(sql, " ")
		if strings.Contains(sql, "modelgen_history") || slices.Contains([]string{"BEGIN", "SET", "SELECT", "WITH", "COMMIT"}, word) {
			continue
		}
		if in := formBlock.FindStringSubmatch(sql); word == "DO" && in != nil {
			sql = "DO " + in[1]
		}
		if update, _, ok := strings.Cut(sql, " AND id <= "); ok { // the range of keys of a batch
			sql = update + ", in batches"
		}
		list = append(list, sql)
	}
	return strings.Join(list, "; ")
}

// formBase is what the migrations find.
func formBase() *migrate.Migration {
	id := schema.BigInt("id")
	pk := func(table string) schema.PrimaryKey {
		return schema.PrimaryKey{Name: table + "_pkey", Columns: []string{"id"}}
	}
	return &migrate.Migration{Name: "0001_initial", Ops: []migrate.Op{
		migrate.CreateEnum{Name: "mood", Values: []string{"good", "bad"}},
		migrate.CreateTable{
			Table: "people", PrimaryKey: pk("people"),
			Columns: []schema.ColumnDef{id, schema.Text("email").Null(), schema.Integer("age").Null(), schema.Varchar("code", 20), schema.Text("state").Default("new"), schema.EnumOf("mood", "mood").Null()},
			Checks:  []schema.Check{formState},
			Indexes: []schema.Index{formCodeIndex},
		},
		migrate.CreateTable{
			Table: "orders", PrimaryKey: pk("orders"), Columns: []schema.ColumnDef{id, schema.BigInt("person_id").Null(), schema.BigInt("buyer_id").Null()},
			ForeignKeys: []schema.ForeignKey{formKey("person_id")},
		},
		migrate.CreateTable{Table: "notes", Columns: []schema.ColumnDef{id, schema.BigInt("number").Null(), schema.Text("words").Null()}},
	}}
}

var (
	formState     = schema.Check{Name: "people_state_check", Expr: "state IN ('new', 'old')"}
	formCodeIndex = schema.Index{Name: "people_code_idx", Parts: []schema.IndexPart{{Column: "code"}}}
)

func formKey(column string) schema.ForeignKey {
	return schema.ForeignKey{Name: "orders_" + column + "_fkey", Columns: []string{column}, RefTable: "people", RefColumns: []string{"id"}}
}

// formSet makes the tables, and then does what the ops say.
func formSet(ops []migrate.Op) *migrate.Set {
	first := formBase()
	if len(ops) == 0 {
		return migrate.NewSet("shop", first)
	}
	return migrate.NewSet("shop", first, &migrate.Migration{Name: "0002_change", Parents: []*migrate.Migration{first}, Ops: ops})
}

// formRunner is a database with rows in these tables.
func formRunner(t *testing.T) *runner {
	t.Helper()
	url := pgtest.Database(t)
	r := &runner{t: t, db: pgOpen(t, "postgres", url), dialect: postgres.Dialect{}, url: url}
	r.up(formSet(nil), "0001_initial")
	r.exec("INSERT INTO people SELECT i, 'p' || i, i, 'c' || i, 'new', 'good' FROM generate_series(1, 50) i",
		"INSERT INTO orders SELECT i, i, i FROM generate_series(1, 50) i", "INSERT INTO notes SELECT i, i, 'n' || i FROM generate_series(1, 50) i")
	return r
}

// formRun does the change while the server writes down how.
func (r *runner) formRun(whole *migrate.Set) ([]string, error) {
	r.t.Helper()
	r.watch()
	_, err := r.migrator(whole).Up(context.Background())
	lines := r.watched()
	r.unwatch()
	return lines, err
}

// major is the version of the server.
func (r *runner) major() int {
	r.t.Helper()
	return r.count("SELECT current_setting('server_version_num')::int / 10000")
}
