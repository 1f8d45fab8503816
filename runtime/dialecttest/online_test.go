package dialecttest_test

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/postgres"
	"github.com/modelgen/modelgen/runtime/schema"
)

// onlineSet is two tables, then one op on them.
func onlineSet(ops ...migrate.Op) (base, whole *migrate.Set) {
	parent := migrate.CreateTable{
		Table: "people", Columns: []schema.ColumnDef{schema.BigInt("id"), schema.Text("email").Null(), schema.Integer("age").Null()},
		PrimaryKey: schema.PrimaryKey{Name: "people_pkey", Columns: []string{"id"}},
	}
	child := migrate.CreateTable{
		Table: "orders", Columns: []schema.ColumnDef{schema.BigInt("id"), schema.BigInt("person_id").Null()},
		PrimaryKey: schema.PrimaryKey{Name: "orders_pkey", Columns: []string{"id"}},
	}
	first := &migrate.Migration{Name: "0001_initial", Ops: []migrate.Op{parent, child}}
	second := &migrate.Migration{Name: "0002_change", Parents: []*migrate.Migration{first}, Ops: ops}
	return migrate.NewSet("shop", first), migrate.NewSet("shop", first, second)
}

var (
	uniqueEmail = migrate.AddUnique{Table: "people", Unique: schema.Unique{Name: "people_email_key", Columns: []string{"email"}}}
	emailIndex  = migrate.CreateIndex{Table: "people", Index: schema.Index{Name: "people_email_idx", Unique: true, Parts: []schema.IndexPart{{Expr: "lower(email)"}}, Where: "age > 0"}}
	emailThere  = migrate.AlterColumn{Table: "people", From: schema.Text("email").Null(), To: schema.Text("email")}
	ageCheck    = migrate.AddCheck{Table: "people", Check: schema.Check{Name: "people_age_check", Expr: "age >= 0"}}
	personKey   = migrate.AddForeignKey{Table: "orders", ForeignKey: schema.ForeignKey{Name: "orders_person_id_fkey", Columns: []string{"person_id"}, RefTable: "people", RefColumns: []string{"id"}}}
)

// TestOnlineRefusedByRows: rows that do not fit are named by their keys; when they are corrected, the same command goes on.
func TestOnlineRefusedByRows(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		op    migrate.Op
		wrong string
		says  []string
		right string
	}{
		{"unique", uniqueEmail, "INSERT INTO people VALUES (1, 'secret@a', 1), (2, 'secret@a', 1), (3, 'b', 1)",
			[]string{"2 rows (id 1, 2) share their (email) with another one", "nothing of it was changed"}, "DELETE FROM people WHERE id = 2"},
		{"unique index", emailIndex, "INSERT INTO people VALUES (1, 'secret@a', 1), (2, 'Secret@a', 1), (3, 'secret@a', -1)",
			[]string{"2 rows (id 1, 2) share their ((lower(email))) with another one"}, "DELETE FROM people WHERE id = 2"},
		{"not null", emailThere, "INSERT INTO people SELECT i, NULL FROM generate_series(1, 7) i",
			[]string{"7 rows (id 1, 2, 3, 4, 5 and more) hold NULL in email", "nothing of it was changed"}, "UPDATE people SET email = 'x'"},
		{"check", ageCheck, "INSERT INTO people VALUES (4, 'secret', -5)", []string{"1 row (id 4) break the check age >= 0"}, "DELETE FROM people"},
		{"foreign key", personKey, "INSERT INTO orders VALUES (9, 77)", []string{"1 row (id 9) refer to rows of people that are not there"}, "DELETE FROM orders"},
	} {
		t.Run(c.name, func(t *testing.T) {
			pgRunners(t, func(r *runner) {
				base, whole := onlineSet(c.op)
				r.up(base, "0001_initial")
				r.exec(c.wrong)
				_, err := r.migrator(whole).Up(context.Background())
				r.fails(err, append(c.says, "applying 0002_change failed at: "+c.op.Describe())...)
				for _, secret := range []string{"secret", "77", "-5"} {
					if strings.Contains(err.Error(), secret) {
						t.Errorf("the error shows a value: %v", err)
					}
				}
				if n := r.count("SELECT count(*) FROM pg_index WHERE NOT indisvalid"); n != 0 {
					t.Error("an invalid index is left")
				}
				_, err = r.migrator(whole).Up(context.Background()) // still wrong
				r.fails(err, c.says...)
				r.exec(c.right)
				r.up(whole, "0002_change")
				r.settled(whole)
				r.to(whole, "0001_initial", "undone 0002_change")
				r.settled(base)
			})
		})
	}
}

// TestOnlinePlain: the author can ask for the plain form, with a reason.
func TestOnlinePlain(t *testing.T) {
	plain := []migrate.Op{
		migrate.AddUnique{Table: "people", Unique: uniqueEmail.Unique, Plain: "it is small"},
		migrate.CreateIndex{Table: "people", Index: emailIndex.Index, Plain: "it is small"},
		migrate.AlterColumn{Table: "people", From: emailThere.From, To: emailThere.To, Plain: "it is small"},
		migrate.AddCheck{Table: "people", Check: ageCheck.Check, Plain: "it is small"},
		migrate.AddForeignKey{Table: "orders", ForeignKey: personKey.ForeignKey, Plain: "it is small"},
	}
	_, whole := onlineSet(plain...)
	for _, back := range []bool{false, true} {
		stages, err := whole.Stages(postgres.Dialect{}, 15, "0002", back)
		if err != nil {
			t.Fatal(err)
		}
		for _, sql := range pgSQL(stages) {
			if strings.Contains(sql, "CONCURRENTLY") || strings.Contains(sql, "NOT VALID") {
				t.Errorf("back %v: %s", back, sql)
			}
		}
	}
}

// TestOnlineResumes: what an earlier run left of an index build is found in the catalog.
func TestOnlineResumes(t *testing.T) {
	t.Parallel()
	pgRunners(t, func(r *runner) {
		base, whole := onlineSet(uniqueEmail)
		r.up(base, "0001_initial")
		r.exec("INSERT INTO people VALUES (1, 'a', 1), (2, 'a', 1)")
		// Left invalid by a build that failed.
		if _, err := r.db.Exec("CREATE UNIQUE INDEX CONCURRENTLY people_email_key ON people (email)"); err == nil {
			t.Fatal("the rows should have been refused")
		}
		r.exec("DELETE FROM people WHERE id = 2")
		r.up(whole, "0002_change")
		r.settled(whole)
		r.to(whole, "0001_initial", "undone 0002_change")
		// Built, and not recorded any more.
		r.exec("CREATE UNIQUE INDEX people_email_key ON people (email)")
		r.up(whole, "0002_change")
		r.settled(whole)
		r.to(whole, "0001_initial", "undone 0002_change")
		// Something else under the name.
		r.exec("CREATE INDEX people_email_key ON people (age)")
		_, err := r.migrator(whole).Up(context.Background())
		r.fails(err, "index people_email_key already exists in another form", "drop or rename it")
		r.exec("DROP INDEX people_email_key", "CREATE TABLE people_email_key (x int)")
		_, err = r.migrator(whole).Up(context.Background())
		r.fails(err, "people_email_key is the name of something that is no index")
		r.exec("DROP TABLE people_email_key")
		r.up(whole, "0002_change")
		r.settled(whole)
	})
}

// TestOnlineFacts runs every stage in a transaction of its own, and compares the locks and rewrites that the server shows with what the
// stage declares.
func TestOnlineFacts(t *testing.T) {
	pgRunners(t, func(r *runner) {
		base, _ := onlineSet(ageCheck)
		r.up(base, "0001_initial")
		r.exec("INSERT INTO people SELECT i, i::text, i FROM generate_series(1, 100) i")
		add := func(c schema.ColumnDef) migrate.Op { return migrate.AddColumn{Table: "people", Column: c} }
		alter := func(from, to schema.ColumnDef) migrate.Op {
			return migrate.AlterColumn{Table: "people", From: from, To: to}
		}
		lines := migrate.CreateTable{Table: "lines", Columns: []schema.ColumnDef{schema.BigInt("id"), schema.BigInt("order_id")}, ForeignKeys: []schema.ForeignKey{
			{Name: "lines_order_id_fkey", Columns: []string{"order_id"}, RefTable: "orders", RefColumns: []string{"id"}}}}
		rows := lines
		rows.Table = "rows"
		orders := migrate.DropTable(migrate.NewCreateTable(base.Schema().Table("orders")))
		orders.ForeignKeys = []schema.ForeignKey{personKey.ForeignKey}
		drop := migrate.DropForeignKey{Table: "orders", ForeignKey: personKey.ForeignKey}
		for _, ops := range [][]migrate.Op{
			{add(schema.Text("c1").Null())}, {add(schema.Integer("c2").Default(1))}, {add(schema.TimestampTZ("c3").DefaultExpr("now()"))},
			{add(schema.Integer("c5").Generated("age * 2"))}, {migrate.DropColumn{Table: "people", Column: schema.Text("c1").Null()}},
			{migrate.RenameColumn{Table: "people", From: "c2", To: "c6"}}, {alter(schema.Integer("c6").Default(1), schema.Integer("c6").Default(2))},
			{alter(schema.Integer("c6").Default(2), schema.BigInt("c6").Default(2))}, {emailThere}, {alter(schema.Text("email"), schema.Text("email").Null())},
			{alter(schema.Text("email").Null(), schema.Varchar("email", 50).Null())}, {alter(schema.Varchar("email", 50).Null(), schema.Text("email").Null())},
			{uniqueEmail}, {migrate.DropUnique{Table: "people", Unique: uniqueEmail.Unique}}, {emailIndex}, {migrate.RenameIndex{Table: "people", From: "people_email_idx", To: "x"}},
			{migrate.RenameIndex{Table: "people", From: "x", To: "people_email_idx"}}, {migrate.DropIndex{Table: "people", Index: emailIndex.Index}},
			{ageCheck}, {migrate.RenameConstraint{Table: "people", From: "people_age_check", To: "y"}}, {personKey}, {drop},
			{migrate.CommentTable{Table: "people", To: "who"}}, {migrate.Fill{Table: "people", Column: "age", Expr: "1"}},
			{lines},
			{migrate.RenameTable{From: "lines", To: "rows"}},
			// What makes the server read or write more than its statement says.
			{add(schema.Timestamp("at").Null())}, {alter(schema.Timestamp("at").Null(), schema.TimestampTZ("at").Null())},
			{migrate.CreateIndex{Table: "people", Index: schema.Index{Name: "at_idx", Parts: []schema.IndexPart{{Column: "at"}}}}},
			{alter(schema.TimestampTZ("at").Null(), schema.Timestamp("at").Null())}, {alter(schema.Timestamp("at").Null(), schema.Text("at").Null())},
			{add(schema.Varchar("word", 20).Null())}, {alter(schema.Varchar("word", 20).Null(), schema.Varchar("word", 40).Null())},
			{migrate.CreateIndex{Table: "people", Index: schema.Index{Name: "word_idx", Parts: []schema.IndexPart{{Expr: "lower(word)"}}}}},
			{alter(schema.Varchar("word", 40).Null(), schema.Varchar("word", 50).Null())}, {alter(schema.Varchar("word", 50).Null(), schema.Varchar("word", 50).Null().Collate("C"))},
			{migrate.AddCheck{Table: "people", Check: schema.Check{Name: "word_check", Expr: "word <> ''"}}},
			{alter(schema.Varchar("word", 50).Null().Collate("C"), schema.Text("word").Null().Collate("C"))},
			{migrate.DropCheck{Table: "people", Check: schema.Check{Name: "word_check", Expr: "word <> ''"}}},
			{add(schema.Other("n1", "serial"))}, {add(schema.UUID("u").DefaultExpr("gen_random_uuid()"))}, {add(schema.BigInt("n2").Identity())},
			{add(schema.Integer("n3").Default(1))}, {alter(schema.Integer("n3").Default(1), schema.Integer("n3").Identity())}, {alter(schema.Integer("n3").Identity(), schema.Integer("n3"))},
			{migrate.CreateEnum{Name: "mood", Values: []string{"sad", "ok"}}}, {add(schema.EnumOf("mood", "mood").Default("ok"))},
			{migrate.AlterEnum{Name: "mood", From: []string{"sad", "ok"}, To: []string{"sad", "ok", "glad"}}}, {migrate.AlterEnum{Name: "mood", From: []string{"sad", "ok", "glad"}, To: []string{"ok", "glad"}}},
			{migrate.RenameEnumValue{Enum: "mood", From: "glad", To: "happy"}}, {migrate.RenameEnum{From: "mood", To: "moods"}},
			{add(schema.Integer("age2").Null()), migrate.AddDualWrite{Table: "people", Name: "people_age_dual", From: "age", To: "age2", Up: "age", Down: "age2", Column: schema.Integer("age2").Null()}},
			{migrate.DropDualWrite{Table: "people", Name: "people_age_dual", From: "age", To: "age2", Up: "age", Down: "age2", Column: schema.Integer("age2").Null()}},
			{migrate.DropTable(rows)}, {personKey}, {orders},
			{migrate.DropPrimaryKey{Table: "people", PrimaryKey: *base.Schema().Table("people").PrimaryKey}}, {migrate.AddPrimaryKey{Table: "people", PrimaryKey: *base.Schema().Table("people").PrimaryKey}},
		} {
			r.contract(base, ops)
		}
	})
}

// contract applies ops stage by stage.
func (r *runner) contract(base *migrate.Set, ops []migrate.Op) {
	r.t.Helper()
	if r.schema == nil {
		r.schema = base.Schema()
	}
	stages, err := migrate.PlanOps(postgres.Dialect{}.Planner(r.count("SELECT current_setting('server_version_num')::int / 10000")), r.schema, ops)
	if err != nil {
		r.t.Fatal(err)
	}
	ctx := context.Background()
	conn, err := r.db.Conn(ctx)
	if err != nil {
		r.t.Fatal(err)
	}
	defer conn.Close()
	for _, st := range stages {
		if len(st.Statements) == 0 {
			continue
		}
		if st.NoTx { // its lock is looked at in TestOnlineBesideWriters
			for _, q := range st.Statements {
				if _, err := conn.ExecContext(ctx, q.SQL); err != nil {
					r.t.Fatalf("%s: %v", q.SQL, err)
				}
			}
			continue
		}
		before := files(r.t, conn, st.Tables)
		tx, err := conn.BeginTx(ctx, nil)
		if err != nil {
			r.t.Fatal(err)
		}
		scans := scanned(r.t, tx, st.Tables)
		for _, q := range st.Statements {
			if _, err := tx.ExecContext(ctx, q.SQL); err != nil {
				r.t.Fatalf("%s: %v", q.SQL, err)
			}
		}
		read := scanned(r.t, tx, st.Tables) > scans
		got := locked(r.t, tx)
		if err := tx.Commit(); err != nil {
			r.t.Fatal(err)
		}
		what := st.Cause + ": " + st.Statements[0].SQL
		strongest := ""
		for _, table := range st.Tables {
			if got[table] == "" && r.known(table) && r.schema.Table(table) != nil {
				r.t.Errorf("%s\ndeclares a lock of %s, which the server does not show: %v", what, table, got)
			}
			if strength(got[table]) > strength(strongest) {
				strongest = got[table]
			}
		}
		if want := lockName(st.Lock); len(st.Tables) > 0 && strongest != want && !renamed(ops) {
			r.t.Errorf("%s\ndeclares %s, the server shows %s", what, want, strongest)
		}
		for table, lock := range got {
			if strength(lock) >= strength("ShareUpdateExclusiveLock") && r.known(table) && !slices.Contains(st.Tables, table) {
				r.t.Errorf("%s\nlocks %s with %s, and does not say so", what, table, lock)
			}
		}
		if read != (st.Scans || st.Rewrites) && st.Batch == nil { // one batch is not all of it
			r.t.Errorf("%s\nreads whole tables: %v, declared: %v", what, read, st.Scans)
		}
		if rewritten := !slices.Equal(before, files(r.t, conn, st.Tables)); rewritten != st.Rewrites && !renamed(ops) {
			r.t.Errorf("%s\nwrites the table again: %v, declared: %v", what, rewritten, st.Rewrites)
		}
	}
}

// lockName writes a lock as pg_locks does.
func lockName(lock string) string {
	words := strings.Fields(strings.ToLower(lock))
	for i, w := range words {
		words[i] = strings.ToUpper(w[:1]) + w[1:]
	}
	return strings.Join(words, "") + "Lock"
}

// renamed reports whether the table has another name afterwards, under which its lock is shown, or is gone.
func renamed(ops []migrate.Op) bool {
	switch ops[0].(type) {
	case migrate.RenameTable, migrate.DropTable:
		return true
	}
	return false
}

// known reports whether a table was there before the ops at hand.
func (r *runner) known(table string) bool { return table == "people" || table == "orders" }

func strength(lock string) int {
	return slices.Index([]string{"", "AccessShareLock", "RowShareLock", "RowExclusiveLock", "ShareUpdateExclusiveLock", "ShareLock", "ShareRowExclusiveLock", "ExclusiveLock", "AccessExclusiveLock"}, lock)
}

// locked returns the strongest lock of the transaction on each table.
func locked(t *testing.T, tx *sql.Tx) map[string]string {
	t.Helper()
	rows, err := tx.Query("SELECT c.relname, l.mode FROM pg_locks l JOIN pg_class c ON c.oid = l.relation JOIN pg_namespace n ON n.oid = c.relnamespace " +
		"WHERE l.pid = pg_backend_pid() AND c.relkind = 'r' AND n.nspname = 'public'")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	got := map[string]string{}
	for rows.Next() {
		var table, mode string
		if err := rows.Scan(&table, &mode); err != nil {
			t.Fatal(err)
		}
		if strength(mode) > strength(got[table]) {
			got[table] = mode
		}
	}
	return got
}

// files returns the files of tables, which change when the tables are rewritten.
// scanned counts the times that the transaction has read one of the tables as a whole.
func scanned(t *testing.T, tx *sql.Tx, tables []string) (n int) {
	t.Helper()
	for _, table := range tables {
		var times int
		err := tx.QueryRow(fmt.Sprintf("SELECT COALESCE(pg_stat_get_xact_numscans(to_regclass('public.%s')), 0)", table)).Scan(&times)
		if err != nil {
			t.Fatal(err)
		}
		n += times
	}
	return n
}

func files(t *testing.T, conn *sql.Conn, tables []string) (all []string) {
	t.Helper()
	for _, table := range tables {
		var node string
		err := conn.QueryRowContext(context.Background(), fmt.Sprintf("SELECT COALESCE(pg_relation_filenode(to_regclass('public.%s'))::text, '')", table)).Scan(&node)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, node)
	}
	return all
}
