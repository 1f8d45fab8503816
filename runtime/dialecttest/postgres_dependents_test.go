package dialecttest_test

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/modelgen/modelgen/internal/pgtest"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/postgres"
	"github.com/modelgen/modelgen/runtime/schema"
)

// sales is a table with a view on it, and a view on that, and what a second migration does.
func sales(ops ...migrate.Op) *migrate.Set {
	first := []migrate.Op{
		migrate.CreateTable{Table: "sales", Columns: []schema.ColumnDef{schema.BigInt("id"), schema.Varchar("code", 10), schema.Integer("total"), schema.Boolean("open").Default(true)},
			PrimaryKey: schema.PrimaryKey{Name: "sales_pkey", Columns: []string{"id"}}},
		migrate.CreateView{Name: "open_sales", Query: "SELECT id, code, total FROM sales WHERE open"},
		migrate.CreateView{Name: "large_sales", Query: "SELECT id, code FROM open_sales WHERE total > 100"},
	}
	if len(ops) == 0 {
		return migrate.NewSet("sales", faultChain(first)...)
	}
	return migrate.NewSet("sales", faultChain(first, ops)...)
}

// What was made by hand on what a migration takes away stops it before its first statement, with its name.
func TestPostgresMadeByHand(t *testing.T) {
	t.Parallel()
	open := migrate.CreateView{Name: "open_sales", Query: "SELECT id, code, total FROM sales WHERE open"}
	large := migrate.CreateView{Name: "large_sales", Query: "SELECT id, code FROM open_sales WHERE total > 100"}
	drop, put := []migrate.Op{migrate.DropView(large), migrate.DropView(open)}, []migrate.Op{open, large}
	around := func(ops ...migrate.Op) []migrate.Op { return slices.Concat(drop, ops, put) }
	retype := migrate.AlterColumn{Table: "sales", From: schema.Varchar("code", 10), To: schema.Text("code")}
	index := migrate.CreateIndex{Table: "sales", Index: schema.Index{Name: "sales_total_idx", Parts: []schema.IndexPart{{Column: "total"}}}}
	note := migrate.AddColumn{Table: "sales", Column: schema.Text("note").Null()}
	for _, c := range []struct {
		name, hand string
		ops        []migrate.Op
		want       []string // in the error; none is no error
	}{
		{"a view on the column", "CREATE VIEW by_hand AS SELECT code FROM sales", around(retype), []string{"view by_hand stands on column code of table sales", "not declared"}},
		{"a view on a view", "CREATE VIEW by_hand AS SELECT code FROM large_sales", around(retype), []string{"view by_hand stands on view large_sales"}},
		{"a materialized view, before what runs outside of transactions", "CREATE MATERIALIZED VIEW by_hand AS SELECT code FROM sales", append([]migrate.Op{index}, around(retype)...), []string{"materialized view by_hand stands on column code of table sales"}},
		{"a policy", "CREATE POLICY by_hand ON sales USING (code <> '')", around(retype), []string{"policy by_hand on table sales stands on column code"}},
		{"a trigger", "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$; CREATE TRIGGER by_hand BEFORE UPDATE OF code ON sales FOR EACH ROW EXECUTE FUNCTION f()", around(retype),
			[]string{"trigger by_hand on table sales stands on column code"}},
		{"a rule", "CREATE RULE by_hand AS ON DELETE TO sales WHERE old.code = 'a' DO INSTEAD NOTHING", around(retype), []string{"rule by_hand on table sales stands on column code"}},
		{"a function with a body of SQL", "CREATE FUNCTION by_hand() RETURNS text LANGUAGE sql BEGIN ATOMIC SELECT max(code) FROM sales; END", around(retype), []string{"function by_hand() stands on column code"}},
		{"a function that returns rows of a view", "CREATE FUNCTION by_hand() RETURNS SETOF large_sales LANGUAGE sql AS 'SELECT * FROM large_sales'", around(retype), []string{"function by_hand() stands on type large_sales"}},
		{"two of them", "CREATE VIEW by_hand AS SELECT code FROM sales; CREATE VIEW another AS SELECT code FROM large_sales", around(retype), []string{"view another stands", "view by_hand stands", "they are not declared"}},
		{"the table goes", "CREATE VIEW by_hand AS SELECT id FROM sales", append(slices.Clone(drop), migrate.DropTable(sales().Migrations()[0].Ops[0].(migrate.CreateTable))), []string{"view by_hand stands on table sales"}},
		{"what is on the table goes with it", "CREATE POLICY by_hand ON sales USING (code <> '')", append(slices.Clone(drop), migrate.DropTable(sales().Migrations()[0].Ops[0].(migrate.CreateTable))), nil},
		{"the column goes", "CREATE VIEW by_hand AS SELECT id FROM sales WHERE open", around(migrate.DropColumn{Table: "sales", Column: schema.Boolean("open").Default(true)})[:3], []string{"view by_hand stands on column open"}},
		{"another column", "CREATE VIEW by_hand AS SELECT id FROM sales", around(retype), nil},
		{"nothing is taken away", "CREATE VIEW by_hand AS SELECT * FROM sales", []migrate.Op{note}, nil},
		{"a view is replaced in its place", "CREATE VIEW by_hand AS SELECT id FROM open_sales", []migrate.Op{migrate.ReplaceView{Name: "open_sales", From: open.Query, To: "SELECT id, code, total FROM sales WHERE NOT open"}}, nil},
		{"it gets another name", "CREATE VIEW by_hand AS SELECT code FROM sales", []migrate.Op{migrate.RenameColumn{Table: "sales", From: "code", To: "number"}}, nil},
		{"renamed before", "CREATE VIEW by_hand AS SELECT code FROM sales", around(migrate.RenameColumn{Table: "sales", From: "code", To: "number"}, migrate.RenameTable{From: "sales", To: "deals"},
			migrate.AlterColumn{Table: "deals", From: schema.Varchar("number", 10), To: schema.Text("number")})[:5], []string{"view by_hand stands on column code of table sales"}},
		{"a step by hand drops it", "CREATE VIEW by_hand AS SELECT code FROM sales", append([]migrate.Op{migrate.SQL{Up: []string{"DROP VIEW by_hand"}, NoDown: "test"}}, around(retype)...), nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			db := pgOpen(t, "pgx", pgtest.Database(t))
			pgUp(t, db, sales())
			pgExec(t, db, c.hand)
			before := pgObjects(t, db)
			set := sales(c.ops...)
			m, err := migrate.New(db, postgres.Dialect{}, set, nil)
			if err != nil {
				t.Fatal(err)
			}
			_, err = m.Up(t.Context())
			if c.want == nil {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			if err == nil {
				t.Fatal("it was not stopped")
			}
			for _, want := range append(c.want, "nothing was changed") {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("it says %v\nand not %s", err, want)
				}
			}
			if d := cmp.Diff(before, pgObjects(t, db)); d != "" {
				t.Errorf("something was changed:\n%s", d)
			}
			for _, sql := range []string{"DROP VIEW IF EXISTS another", "DROP POLICY IF EXISTS by_hand ON sales", "DROP TRIGGER IF EXISTS by_hand ON sales", "DROP RULE IF EXISTS by_hand ON sales", "DROP FUNCTION IF EXISTS by_hand()"} {
				pgExec(t, db, sql)
			}
			pgExec(t, db, fmt.Sprintf("DO $$ BEGIN IF to_regclass('by_hand') IS NOT NULL THEN EXECUTE 'DROP %sVIEW by_hand'; END IF; END $$", map[bool]string{true: "MATERIALIZED "}[strings.Contains(c.hand, "MATERIALIZED")]))
			if _, err := m.Up(t.Context()); err != nil {
				t.Errorf("with that out of the way: %v", err)
			}
		})
	}
}

func pgUp(t *testing.T, db *sql.DB, set *migrate.Set) {
	t.Helper()
	m, err := migrate.New(db, postgres.Dialect{}, set, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.Up(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// What the server lacks for an extension or a function is said before anything is changed.
func TestPostgresServerLacks(t *testing.T) {
	t.Parallel()
	note := migrate.AddColumn{Table: "sales", Column: schema.Text("note").Null()}
	for _, c := range []struct {
		name, before string
		as           string // a role
		op           migrate.Op
		want         []string
	}{
		{"no such extension", "", "", migrate.CreateExtension{Name: "no_such_thing"}, []string{"the server does not have extension no_such_thing: install its package on its machine"}},
		{"one whose package is known", "", "", migrate.CreateExtension{Name: "orafce"}, []string{"does not have extension orafce", "postgresql-", "-orafce of Debian"}},
		{"no such version", "", "", migrate.CreateExtension{Name: "hstore", Version: "0.1"}, []string{"does not have version 0.1 of extension hstore: it has 1.4"}},
		{"one that needs another", "", "", migrate.CreateExtension{Name: "earthdistance"}, []string{"requires cube", "CREATE EXTENSION"}},
		{"installed elsewhere", "CREATE SCHEMA apart; CREATE EXTENSION hstore SCHEMA apart", "", migrate.CreateExtension{Name: "hstore", Schema: "public"}, []string{"installed in schema apart already, and declared in public"}},
		{"installed in another version", "CREATE EXTENSION hstore VERSION '1.4'", "", migrate.CreateExtension{Name: "hstore", Version: "1.8"}, []string{"installed already, in version 1.4, and declared in 1.8"}},
		{"installed", "CREATE EXTENSION hstore", "", migrate.CreateExtension{Name: "hstore"}, nil},
		{"not trusted", "", "weak", migrate.CreateExtension{Name: "pageinspect"}, []string{"role weak may not create extension pageinspect, which is not a trusted one: let a superuser run"}},
		{"trusted, without the privilege", "", "weak", migrate.CreateExtension{Name: "hstore"}, []string{"role weak may not create extension hstore", "GRANT CREATE ON DATABASE"}},
		{"trusted, with the privilege", "DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO weak', current_database()); END $$", "weak", migrate.CreateExtension{Name: "hstore"}, nil},
		{"not trusted and installed", "CREATE EXTENSION pageinspect", "weak", migrate.CreateExtension{Name: "pageinspect"}, nil},
		{"no such language", "", "", migrate.CreateFunction{Name: "f()", SQL: "CREATE FUNCTION f() RETURNS integer LANGUAGE plpython3u AS 'return 1'"}, []string{"language plpython3u of function f() is not installed", "postgresql-plpython3-"}},
		{"no such role of a grant", "", "", migrate.Grant{Privileges: "SELECT", On: "table sales", To: "\"no Such\" WITH GRANT OPTION"}, []string{"grant", "names a role that the server does not have", `run CREATE ROLE "no Such", and run again`}},
		{"no such roles of a policy", "", "", migrate.CreatePolicy{Table: "sales", Name: "own", SQL: "CREATE POLICY own ON sales TO weak, no_such_role, public, nobody_there USING (true)"},
			[]string{"policy own on sales names a role that the server does not have", `run CREATE ROLE "no_such_role" and CREATE ROLE "nobody_there", and run again`}},
		{"roles that are there", "", "", migrate.CreatePolicy{Table: "sales", Name: "own", SQL: "CREATE POLICY own ON sales TO weak, current_user USING (true)"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			url := pgtest.Database(t)
			db := pgOpen(t, "pgx", url)
			pgExec(t, db, "DO $$ BEGIN CREATE ROLE weak; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$", "GRANT ALL ON SCHEMA public TO weak")
			if c.before != "" {
				pgExec(t, db, c.before)
			}
			runner := db
			if c.as != "" {
				runner = pgOpen(t, "pgx", url+"&role="+c.as)
			}
			pgUp(t, runner, sales())
			m, err := migrate.New(runner, postgres.Dialect{}, sales(note, c.op), nil)
			if err != nil {
				t.Fatal(err)
			}
			_, err = m.Up(t.Context())
			if c.want == nil {
				if err != nil {
					t.Error(err)
				}
				return
			}
			if err == nil {
				t.Fatal("it was not stopped")
			}
			for _, want := range append(c.want, "nothing was changed") {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("it says %v\nand not %s", err, want)
				}
			}
		})
	}
}
