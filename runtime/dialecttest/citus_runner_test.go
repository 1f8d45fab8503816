package dialecttest_test

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/modelgen/modelgen/internal/pgtest"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/postgres"
	"github.com/modelgen/modelgen/runtime/schema"
)

// citusShop opens a database of a cluster with two distributed tables, a reference table and one that is on the coordinator, each with rows.
func citusShop(t *testing.T, more ...[]migrate.Op) (db *sql.DB, m *migrate.Migrator, workers []string) {
	t.Helper()
	url, workers := pgtest.CitusDatabase(t)
	db = pgOpen(t, "pgx", url)
	m = citusMigrator(t, db, nil, more...)
	if _, err := m.To(t.Context(), "0001"); err != nil {
		t.Fatal(err)
	}
	for _, q := range []string{
		"INSERT INTO regions (code) VALUES ('n'), ('s')",
		"INSERT INTO plain (id, n) SELECT g, g FROM generate_series(1, 20) g",
		"INSERT INTO items (tenant_id, id, n) SELECT g % 7, g, g FROM generate_series(1, 200) g",
	} {
		if _, err := db.Exec(q); err != nil {
			t.Fatalf("%s: %v", q, err)
		}
	}
	return db, m, workers
}

func citusGround() []migrate.Op {
	pk := func(table string, columns ...string) schema.PrimaryKey {
		return schema.PrimaryKey{Name: table + "_pkey", Columns: columns}
	}
	return []migrate.Op{
		migrate.CreateTable{Table: "regions", Columns: []schema.ColumnDef{schema.Text("code")}, PrimaryKey: pk("regions", "code"), Options: schema.TableOptions{Reference: true}},
		migrate.CreateTable{Table: "plain", Columns: []schema.ColumnDef{schema.BigInt("id"), schema.BigInt("n").Null()}, PrimaryKey: pk("plain", "id")},
		migrate.CreateTable{Table: "items", Columns: []schema.ColumnDef{schema.BigInt("tenant_id"), schema.BigInt("id"), schema.BigInt("n").Null(), schema.Text("region").Null()}, PrimaryKey: pk("items", "tenant_id", "id"),
			Checks: []schema.Check{{Name: "items_n_check", Expr: "n > 0"}}, Options: schema.TableOptions{Distribute: "tenant_id"}},
	}
}

func citusMigrator(t *testing.T, db *sql.DB, opt *migrate.Options, more ...[]migrate.Op) *migrate.Migrator {
	t.Helper()
	all := []*migrate.Migration{{Name: "0001_ground", Ops: citusGround()}}
	for i, ops := range more {
		all = append(all, &migrate.Migration{Name: []string{"0002_next", "0003_last"}[i], Parents: []*migrate.Migration{all[i]}, Ops: ops})
	}
	m, err := migrate.New(db, postgres.Dialect{}, migrate.NewSet("shop", all...), opt)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// TestCitusExpected: what is compared with may be built in a database that is no cluster; how the tables are kept is said, and looked at where they are.
func TestCitusExpected(t *testing.T) {
	db, m, _ := citusShop(t)
	plain := pgOpen(t, "pgx", pgtest.Database(t))
	verify := func(m *migrate.Migrator) []migrate.Difference {
		t.Helper()
		d, err := m.Verify(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	elsewhere := citusMigrator(t, db, &migrate.Options{Expected: plain})
	if here, there := verify(m), verify(elsewhere); len(here) > 0 || len(there) > 0 {
		t.Errorf("built here: %v, elsewhere: %v", here, there)
	}
	if _, err := db.Exec("SELECT undistribute_table('regions')"); err != nil {
		t.Fatal(err)
	}
	if d := verify(elsewhere); len(d) != 1 || !d[0].Missing || d[0].Fact != "reference table regions" {
		t.Errorf("a table that is not kept as the migrations say: %v", d)
	}
	onPlain := citusMigrator(t, plain, &migrate.Options{Expected: db}) // the other way round nothing is kept in a way of its own
	if _, err := onPlain.Up(t.Context()); err != nil {
		t.Fatal(err)
	}
	if d := verify(onPlain); len(d) > 0 {
		t.Errorf("a plain database, built on a cluster: %v", d)
	}
}

// doubled is an index whose build fails: n is not unique.
func doubled() migrate.CreateIndex {
	return migrate.CreateIndex{Table: "items", Index: schema.Index{Name: "items_n_idx", Unique: true, Parts: []schema.IndexPart{{Column: "tenant_id"}, {Column: "n"}}}}
}

// TestCitusIndexLeft: an index whose build failed on some shards is taken away everywhere, and built by the next run.
func TestCitusIndexLeft(t *testing.T) {
	db, m, workers := citusShop(t, []migrate.Op{doubled()})
	exec := func(q string) {
		t.Helper()
		if _, err := db.Exec(q); err != nil {
			t.Fatalf("%s: %v", q, err)
		}
	}
	exec("INSERT INTO items (tenant_id, id, n) VALUES (3, 1000, 999), (3, 1001, 999)")
	// As a run leaves it that was killed behind the failure: invalid on the coordinator, valid, invalid or absent on shards.
	if _, err := db.Exec(`CREATE UNIQUE INDEX CONCURRENTLY items_n_idx ON items (tenant_id, n)`); err == nil {
		t.Fatal("the index was built over rows that are equal")
	}
	if _, err := m.Up(t.Context()); err == nil || !strings.Contains(err.Error(), "have the same") && migrate.ErrorCode(err) != "23505" {
		t.Fatalf("over rows that are equal: %v", err)
	}
	exec("DELETE FROM items WHERE id = 1001")
	if _, err := m.Up(t.Context()); err != nil {
		t.Fatal(err)
	}
	if d, err := m.Verify(t.Context()); err != nil || len(d) > 0 {
		t.Fatalf("verify: %v, %v", d, err)
	}
	for _, w := range workers {
		var bad int
		if err := pgOpen(t, "pgx", w).QueryRow("SELECT count(*) FROM pg_index WHERE NOT indisvalid").Scan(&bad); err != nil || bad > 0 {
			t.Errorf("%d indexes are invalid on a worker, %v", bad, err)
		}
	}
}

// TestCitusLockTimeout: a writer that came in through a worker keeps the table for nobody longer than the lock timeout.
func TestCitusLockTimeout(t *testing.T) {
	db, _, workers := citusShop(t)
	m := citusMigrator(t, db, &migrate.Options{LockTimeout: 200 * time.Millisecond, Retry: -1}, []migrate.Op{migrate.AddColumn{Table: "items", Column: schema.Text("note").Null()}})
	writer, err := pgOpen(t, "pgx", workers[0]).Begin()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := writer.Exec("UPDATE items SET n = n + 1"); err != nil {
		t.Fatal(err)
	}
	if _, err := m.Up(t.Context()); migrate.ErrorCode(err) != "55P03" {
		t.Errorf("beside a writer on a worker: %v", err)
	}
	if err := writer.Rollback(); err != nil {
		t.Fatal(err)
	}
	if _, err := m.Up(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// TestCitusWorkerDown: nothing is begun when a worker does not answer, and the next run does it.
func TestCitusWorkerDown(t *testing.T) {
	db, m, workers := citusShop(t, []migrate.Op{
		migrate.AddColumn{Table: "plain", Column: schema.Text("note").Null()}, // which the coordinator could do alone
		migrate.AddColumn{Table: "items", Column: schema.Text("note").Null()},
	})
	name := workers[1][strings.LastIndexByte(workers[1], '/')+1:]
	name, _, _ = strings.Cut(name, "?")
	worker := pgOpen(t, "pgx", strings.Replace(workers[1], "/"+name, "/postgres", 1))
	for _, q := range []string{`ALTER DATABASE "` + name + `" ALLOW_CONNECTIONS false`, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '` + name + `'`} {
		if _, err := worker.Exec(q); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := m.Up(t.Context()); err == nil || !strings.Contains(err.Error(), "does not answer") || !strings.Contains(err.Error(), "nothing was changed") {
		t.Errorf("with a worker down: %v", err)
	}
	var there bool
	if err := db.QueryRow("SELECT EXISTS (SELECT FROM pg_attribute WHERE attrelid = 'plain'::regclass AND attname = 'note')").Scan(&there); err != nil || there {
		t.Errorf("something was changed: %v, %v", there, err)
	}
	if _, err := worker.Exec(`ALTER DATABASE "` + name + `" ALLOW_CONNECTIONS true`); err != nil {
		t.Fatal(err)
	}
	if _, err := m.Up(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// TestCitusPlace: a worker, a node that is not active and a history that is distributed are refused before anything is made.
func TestCitusPlace(t *testing.T) {
	url, workers := pgtest.CitusDatabase(t)
	db := pgOpen(t, "pgx", url)
	worker := pgOpen(t, "pgx", workers[0])
	if _, err := citusMigrator(t, worker, nil).Up(t.Context()); err == nil || !strings.Contains(err.Error(), "connect to the coordinator") {
		t.Errorf("on a worker: %v", err)
	}
	var made bool
	if err := worker.QueryRow("SELECT to_regclass('modelgen_history') IS NOT NULL").Scan(&made); err != nil || made {
		t.Errorf("the worker has a history: %v, %v", made, err)
	}
	m := citusMigrator(t, db, nil)
	if _, err := m.Up(t.Context()); err != nil {
		t.Fatal(err)
	}
	more := citusMigrator(t, db, nil, []migrate.Op{migrate.AddColumn{Table: "plain", Column: schema.Text("note").Null()}})
	if _, err := db.Exec("SELECT create_reference_table('modelgen_history')"); err != nil {
		t.Fatal(err)
	}
	if _, err := more.Up(t.Context()); err == nil || !strings.Contains(err.Error(), "is distributed") {
		t.Errorf("with a history on all nodes: %v", err)
	}
}

// refusedByCitus are ops that Citus refuses, each with a word of why.
var refusedByCitus = []struct {
	what string
	op   migrate.Op
}{
	{"identity", migrate.AddColumn{Table: "items", Column: schema.BigInt("number").Identity()}},
	{"identity", migrate.AlterColumn{Table: "regions", From: schema.Column{Name: "code", Type: schema.Type{Kind: schema.KindText}}, To: schema.Column{Name: "code", Type: schema.Type{Kind: schema.KindText}, Identity: true}}},
	{"without tenant_id", migrate.AddUnique{Table: "items", Unique: schema.Unique{Name: "items_n_key", Columns: []string{"n"}}}},
	{"without tenant_id", migrate.CreateIndex{Table: "items", Index: schema.Index{Name: "items_n_idx", Unique: true, Parts: []schema.IndexPart{{Column: "n"}}}}},
	{"column dropped", migrate.DropColumn{Table: "items", Column: schema.BigInt("tenant_id")}},
	{"another type", migrate.AlterColumn{Table: "items", From: schema.BigInt("tenant_id"), To: schema.Text("tenant_id")}},
	{"renamed", migrate.RenameConstraint{Table: "items", From: "items_n_check", To: "k"}},
	{"on one node", migrate.AddForeignKey{Table: "items", ForeignKey: schema.ForeignKey{Name: "f", Columns: []string{"n"}, RefTable: "plain", RefColumns: []string{"id"}}}},
	{"which is distributed", migrate.AddForeignKey{Table: "plain", ForeignKey: schema.ForeignKey{Name: "f", Columns: []string{"n", "id"}, RefTable: "items", RefColumns: []string{"tenant_id", "id"}}}},
	{"sets tenant_id", migrate.AddForeignKey{Table: "items", ForeignKey: schema.ForeignKey{Name: "f", Columns: []string{"tenant_id", "n"}, RefTable: "items", RefColumns: []string{"tenant_id", "id"}, OnDelete: schema.SetNull}}},
	{"other values", migrate.Fill{Table: "items", Column: "tenant_id", Expr: "5", Where: "id = 1"}},
	{"a trigger", migrate.CreateTrigger{Name: "g", Table: "items", SQL: "CREATE TRIGGER g BEFORE UPDATE ON items FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()"}},
}

// TestCitusRefused: what Citus refuses is refused by name, on any server, and with all that comes before it undone or not begun.
func TestCitusRefused(t *testing.T) {
	s := &schema.Schema{}
	for _, op := range citusGround() {
		if err := op.Apply(s); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range refusedByCitus {
		_, err := migrate.PlanOps(postgres.Dialect{}.Planner(15), s.Clone(), []migrate.Op{c.op})
		var u *migrate.UnsupportedError
		if !errors.As(err, &u) || u.Dialect != "Citus" || !strings.Contains(err.Error(), c.what) || u.Hint == "" {
			t.Errorf("%s: %v", c.op.Describe(), err)
		}
	}
}

// TestCitusRefusesThem: what is refused of the models is what a cluster refuses itself, or worse, takes by half.
func TestCitusRefusesThem(t *testing.T) {
	db, m, _ := citusShop(t, []migrate.Op{migrate.AddColumn{Table: "plain", Column: schema.Text("note").Null()}}, []migrate.Op{migrate.AddColumn{Table: "items", Column: schema.BigInt("number").Identity()}})
	if _, err := m.Up(t.Context()); err == nil || !strings.Contains(err.Error(), "Citus cannot have an identity column") {
		t.Errorf("an identity that is added: %v", err)
	}
	var there bool
	if err := db.QueryRow("SELECT EXISTS (SELECT FROM pg_attribute WHERE attrelid = 'plain'::regclass AND attname = 'note')").Scan(&there); err != nil || there {
		t.Errorf("the migration before the one that is refused was applied: %v, %v", there, err)
	}
	for _, q := range []string{
		"ALTER TABLE items ADD number bigint GENERATED BY DEFAULT AS IDENTITY", "ALTER TABLE items ADD UNIQUE (n)", "CREATE UNIQUE INDEX ON items (n)", "ALTER TABLE items DROP tenant_id",
		"ALTER TABLE items ALTER tenant_id TYPE text", "ALTER TABLE items RENAME CONSTRAINT items_n_check TO k", "ALTER TABLE items ADD FOREIGN KEY (n) REFERENCES plain (id)",
		"ALTER TABLE items ADD FOREIGN KEY (tenant_id, n) REFERENCES items (tenant_id, id) ON DELETE SET NULL", "UPDATE items SET tenant_id = 5 WHERE id = 1",
		"CREATE TRIGGER g BEFORE UPDATE ON items FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()", "UPDATE items SET region = gen_random_uuid()",
	} {
		if _, err := db.Exec(q); err == nil {
			t.Errorf("Citus takes it: %s", q)
		}
	}
}

// TestCitusSequential: a transaction that changes a distributed table, then makes a type and a function, and changes a reference table.
func TestCitusSequential(t *testing.T) {
	_, m, _ := citusShop(t, []migrate.Op{
		migrate.AddForeignKey{Table: "items", ForeignKey: schema.ForeignKey{Name: "items_region_fkey", Columns: []string{"region"}, RefTable: "regions", RefColumns: []string{"code"}}},
	}, []migrate.Op{
		migrate.SQL{Up: []string{"ALTER TABLE items ADD a int", "CREATE TYPE colour AS ENUM ('red')", "CREATE FUNCTION one() RETURNS int LANGUAGE sql AS 'SELECT 1'", "UPDATE items SET n = n + 1", "ALTER TABLE regions ADD b int"},
			Down: []string{"ALTER TABLE regions DROP b", "DROP FUNCTION one()", "DROP TYPE colour", "ALTER TABLE items DROP a"}},
	})
	if _, err := m.Up(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := m.Down(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// citusRow is a row of items.
type citusRow struct {
	TenantID int64  `db:"tenant_id"`
	ID       int64  `db:"id"`
	N        *int64 `db:"n"`
}

// TestCitusRows: fills and backfills in batches over all shards, also such that others write meanwhile.
func TestCitusRows(t *testing.T) {
	db, m, _ := citusShop(t, []migrate.Op{
		migrate.AddColumn{Table: "items", Column: schema.UUID("key").Null()},
		migrate.Fill{Table: "items", Column: "key", Expr: "gen_random_uuid()"},
		migrate.Backfill[citusRow]{Table: "items", Row: func(r *citusRow) error { *r.N += 1000; return nil }, Where: "n < 1000"},
	})
	if _, err := m.Up(t.Context()); err != nil {
		t.Fatal(err)
	}
	var n, keys int
	if err := db.QueryRow("SELECT count(*) FILTER (WHERE n = id + 1000), count(DISTINCT key) FROM items").Scan(&n, &keys); err != nil || n != 200 || keys != 200 {
		t.Errorf("%d of 200 rows are backfilled, %d have a key of their own, %v", n, keys, err)
	}
}

// TestCitusErrorsNameTables: an error of a shard names the table.
func TestCitusErrorsNameTables(t *testing.T) {
	_, m, _ := citusShop(t, []migrate.Op{migrate.AddCheck{Table: "items", Check: schema.Check{Name: "items_small", Expr: "n < 100"}, Plain: "few rows"}})
	_, err := m.Up(t.Context())
	if err == nil || !strings.Contains(err.Error(), "items") || strings.Contains(err.Error(), "items_10") || strings.Contains(err.Error(), "items_small_10") {
		t.Errorf("a check that rows break: %v", err)
	}
}

// TestCitusVerify: how a table is kept is compared, and by hand it is changed back with what verify says.
func TestCitusVerify(t *testing.T) {
	db, m, _ := citusShop(t)
	for _, q := range []string{"SELECT undistribute_table('items')", "SELECT create_distributed_table('plain', 'id')"} {
		if _, err := db.Exec(q); err != nil {
			t.Fatal(err)
		}
	}
	found, err := m.Verify(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, d := range found {
		lines = append(lines, map[bool]string{true: "missing ", false: "unexpected "}[d.Missing]+d.Fact)
	}
	slices.Sort(lines)
	if want := []string{"missing distributed table items by tenant_id", "unexpected distributed table plain by id"}; !slices.Equal(lines, want) {
		t.Errorf("verify found %q", lines)
	}
	for _, d := range found {
		if d.Missing && !strings.Contains(d.Fix, "create_distributed_table") {
			t.Errorf("%s: %s", d.Fact, d.Fix)
		}
	}
}

// TestCitusInspect: the models that are made of a cluster say how its tables are kept.
func TestCitusInspect(t *testing.T) {
	db, _, _ := citusShop(t)
	in, err := migrate.Inspect(t.Context(), db, postgres.Dialect{}, migrate.InspectOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if got := in.Schema.Table("items").Options.Distribute; got != "tenant_id" || !in.Schema.Table("regions").Options.Reference || in.Schema.Table("plain").Options.Spread() {
		t.Errorf("items are distributed by %q, regions: %+v, plain: %+v", got, in.Schema.Table("regions").Options, in.Schema.Table("plain").Options)
	}
}

// TestCitusDistributeCancelled: a table whose distribution was cut off is distributed by the next run.
func TestCitusDistributeCancelled(t *testing.T) {
	db, _, _ := citusShop(t)
	ops := []migrate.Op{migrate.DistributeTable{Table: "plain", Column: "id", ColocateWith: "items"}}
	ctx, cancel := context.WithCancel(t.Context())
	m := citusMigrator(t, db, &migrate.Options{Progress: func(e migrate.Event) {
		if e.Kind == migrate.EventBegin {
			cancel()
		}
	}}, ops)
	if _, err := m.Up(ctx); err == nil {
		t.Fatal("a run that was cancelled came to its end")
	}
	m = citusMigrator(t, db, nil, ops)
	if _, err := m.Up(t.Context()); err != nil {
		t.Fatal(err)
	}
	if d, err := m.Verify(t.Context()); err != nil || len(d) > 0 {
		t.Fatalf("verify: %v, %v", d, err)
	}
}

// TestCitusRebalancing: what distributes tables waits, with no lock in its hand, for whoever is moving shards; what only changes them goes on.
func TestCitusRebalancing(t *testing.T) {
	db, _, workers := citusShop(t)
	ops := map[string][]migrate.Op{
		"reference":    {migrate.ReferenceTable{Table: "plain"}},
		"distribute":   {migrate.DistributeTable{Table: "plain", Column: "id"}},
		"undistribute": {migrate.UndistributeTable{Table: "items", Column: "tenant_id"}},
		"a new table": {migrate.CreateTable{Table: "more", Columns: []schema.ColumnDef{schema.BigInt("id")}, PrimaryKey: schema.PrimaryKey{Name: "more_pkey", Columns: []string{"id"}},
			Options: schema.TableOptions{Distribute: "id"}}},
	}
	writer, err := db.Begin() // which no move can overtake
	if err != nil {
		t.Fatal(err)
	}
	defer writer.Rollback()
	if _, err := writer.Exec("INSERT INTO items (tenant_id, id, n) SELECT g, 1000 + g, g FROM generate_series(1, 50) g"); err != nil {
		t.Fatal(err)
	}
	port := workers[len(workers)-1][strings.LastIndex(workers[len(workers)-1], ":")+1:]
	port, _, _ = strings.Cut(port, "/")
	for _, q := range []string{"SELECT citus_set_node_property(nodename, nodeport, 'shouldhaveshards', false) FROM pg_dist_node WHERE nodeport = " + port, "SELECT citus_rebalance_start(drain_only => true)"} {
		if _, err := db.Exec(q); err != nil {
			t.Fatalf("%s: %v", q, err)
		}
	}
	for name, ops := range ops {
		_, err := citusMigrator(t, db, nil, ops).Up(t.Context())
		if err == nil || !strings.Contains(err.Error(), "the cluster is moving shards: rebalance job ") || !strings.Contains(err.Error(), "citus_rebalance_wait()") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := writer.Rollback(); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec("SELECT citus_rebalance_wait()"); err != nil {
		t.Fatal(err)
	}
	if _, err := citusMigrator(t, db, nil, ops["a new table"]).Up(t.Context()); err != nil {
		t.Error(err)
	}
}
