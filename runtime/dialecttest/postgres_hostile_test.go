package dialecttest_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/lib/pq"

	"github.com/modelgen/modelgen/internal/pgtest"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/postgres"
	"github.com/modelgen/modelgen/runtime/schema"
)

// pgHostile is a schema in which every name is as bad as it may be.
func pgHostile() []migrate.Op {
	const bad = `"; DROP TABLE x; --'$modelgen$\`
	table, enum := "billing "+bad+".select"+bad, "Enum"+bad
	ns, _ := schema.SplitName(table)
	return []migrate.Op{
		migrate.CreateSchema{Name: ns},
		migrate.CreateEnum{Name: enum, Values: []string{`it's \ "x"`, "; --", "x\ny"}},
		migrate.CreateTable{Table: "order", Columns: []schema.ColumnDef{schema.BigInt("from" + bad).Identity(), schema.Text("ünïcode ☕")},
			PrimaryKey: schema.PrimaryKey{Name: "pk" + bad, Columns: []string{"from" + bad}}},
		migrate.CreateTable{Table: table, Comment: `it's \ ; --`, Columns: []schema.ColumnDef{
			schema.Integer("Id" + bad).Identity().Comment("a\nb"), schema.Integer("id" + bad + "2").Null(), schema.EnumOf("user", enum).Default(`it's \ "x"`),
			schema.Array(schema.EnumOf("users", enum)).Default("{}"), schema.BigInt("ref").Null(), schema.Text("a b").Default(`\'; --`),
		},
			PrimaryKey:  schema.PrimaryKey{Name: "pk2" + bad, Columns: []string{"Id" + bad}},
			Uniques:     []schema.Unique{{Name: "u" + bad, Columns: []string{"a b"}}},
			Checks:      []schema.Check{{Name: "c" + bad, Expr: `"a b" <> '";''--'`}},
			ForeignKeys: []schema.ForeignKey{{Name: "f" + bad, Columns: []string{"ref"}, RefTable: "order", RefColumns: []string{"from" + bad}}},
			Indexes:     []schema.Index{{Name: "i" + bad, Parts: []schema.IndexPart{{Column: "user"}}, Where: `"a b" > ''`}},
		},
		migrate.AlterEnum{Name: enum, From: []string{`it's \ "x"`, "; --", "x\ny"}, To: []string{"x\ny", `it's \ "x"`}},
		migrate.RenameColumn{Table: table, From: "ref", To: "ref" + bad},
		migrate.RenameTable{From: table, To: "group" + bad},
		migrate.RenameIndex{Table: "group" + bad, From: "i" + bad, To: "i2" + bad},
		migrate.DropSchema{Name: ns},
		migrate.AlterColumn{Table: "group" + bad, From: schema.Integer("id" + bad + "2").Null(), To: schema.BigInt("id" + bad + "2").Identity()},
	}
}

func TestPostgresHostileNames(t *testing.T) {
	pgEach(t, func(t *testing.T, db *sql.DB, _ string) {
		pgExec(t, db, "CREATE TABLE x (a int)")
		cfg := pgConfig()
		cfg.History = `history"; DROP TABLE x; --`
		s := pgReady(t, db, postgres.Dialect{Schema: "public"}, cfg)
		at := &schema.Schema{}
		ops := pgHostile()
		pgMustApply(t, s, at, ops[:4]...)
		pgSame(t, s, at)
		pgMustApply(t, s, at, ops[4:]...)
		pgSame(t, s, at)
		back, err := migrate.Invert(ops)
		if err != nil {
			t.Fatal(err)
		}
		pgMustApply(t, s, at, back...)
		if err := s.Transact(t.Context(), migrate.Work{Before: []migrate.Mark{pgBegin(`s'\"`, `n'\"; DROP TABLE x; --`)}}); err != nil {
			t.Fatal(err)
		}
		pgWantRows(t, db, "SELECT count(*) FROM x", "0")
	})
}

// TestPostgresHostileDefaults: the database gives every session settings that spoil naive statements, and a path on which a
// function waits to be called with the rights of whoever migrates.
func TestPostgresHostileDefaults(t *testing.T) {
	pgEach(t, func(t *testing.T, db *sql.DB, url string) {
		pgExec(t, db, "CREATE SCHEMA evil", "CREATE TABLE evil.called (a int)", "CREATE TABLE evil.modelgen_history (a int)", "CREATE TYPE evil.mood AS ENUM ('evil')",
			"CREATE FUNCTION evil.lower(varchar) RETURNS text IMMUTABLE LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''evil''; END'")
		for _, set := range []string{"search_path = evil, public", "standard_conforming_strings = off", "lock_timeout = 1", "statement_timeout = 1",
			"idle_in_transaction_session_timeout = 1", "default_transaction_isolation = serializable", "quote_all_identifiers = on", "client_min_messages = debug1"} {
			pgExec(t, db, `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET `+strings.ReplaceAll(set, "'", "''")+`', current_database()); END $$`)
		}
		// Without a limit of one millisecond the outer connection can look around.
		join := "?"
		if strings.Contains(url, "?") {
			join = "&"
		}
		victim := pgAgain(t, db, url+join+"options=-c%20statement_timeout%3D0")
		s := pgReady(t, victim, postgres.Dialect{Schema: "public"}, pgConfig())
		at := &schema.Schema{}
		pgMustApply(t, s, at, pgBase()...)
		pgMustApply(t, s, at, migrate.AddColumn{Table: "orders", Column: schema.Text("b").Default(`\' || x`)})
		pgSame(t, s, at)
		if err := s.Transact(t.Context(), migrate.Work{Before: []migrate.Mark{pgBegin(`a\'b`, `c\`)}, Stages: pgStages("SELECT pg_sleep(0.01)")}); err != nil {
			t.Fatal(err)
		}
		if r, err := pgSession(t, victim, postgres.Dialect{Schema: "public"}, pgConfig()).Newest(t.Context(), `a\'b`); err != nil || r == nil || r.Name != `c\` {
			t.Errorf("Newest: %v, %v", r, err)
		}
		pgWantRows(t, db, `SELECT count(*) FROM public.customers`, "0")
	})
}

func TestPostgresSettingsRestored(t *testing.T) {
	pgEach(t, func(t *testing.T, db *sql.DB, _ string) {
		conn, err := db.Conn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		settings := func() (all string) {
			t.Helper()
			if err := conn.QueryRowContext(t.Context(), "SELECT string_agg(name || '=' || setting, ',' ORDER BY name) FROM pg_settings WHERE name <> 'transaction_isolation'").Scan(&all); err != nil {
				t.Fatal(err)
			}
			return all
		}
		before := settings()
		s, err := postgres.Dialect{}.Open(t.Context(), conn, pgConfig())
		if err != nil {
			t.Fatal(err)
		}
		stage := pgStages("SELECT 1")[0]
		stage.NoTx = true
		err = errors.Join(s.Lock(t.Context(), 0), s.Bootstrap(t.Context()), s.Transact(t.Context(), migrate.Work{Stages: pgStages("SELECT 1")}),
			s.Step(t.Context(), stage, nil), s.Unlock(t.Context()), s.Close(t.Context()))
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(strings.Split(before, ","), strings.Split(settings(), ",")); d != "" {
			t.Error(d)
		}
	})
}

// TestPostgresExpectedLeavesNothing also has names that the server must quote, and references between schemas.
func TestPostgresExpectedLeavesNothing(t *testing.T) {
	pgEach(t, func(t *testing.T, db *sql.DB, _ string) {
		s := pgReady(t, db, postgres.Dialect{}, pgConfig())
		at := &schema.Schema{}
		pgMustApply(t, s, at, pgBase()...)
		pgMustApply(t, s, at, migrate.CreateSchema{Name: "Order"}, migrate.CreateEnum{Name: "Order.kind", Values: []string{"a"}},
			migrate.CreateTable{Table: "Order.select", Columns: []schema.ColumnDef{schema.BigInt("id"), schema.EnumOf("k", "Order.kind").Null(), schema.EnumOf("m", "mood").Default("sad")},
				PrimaryKey:  schema.PrimaryKey{Name: "p", Columns: []string{"id"}},
				Checks:      []schema.Check{{Name: "c", Expr: "m <> 'happy' OR k = 'a'"}},
				ForeignKeys: []schema.ForeignKey{{Name: "f", Columns: []string{"id"}, RefTable: "customers", RefColumns: []string{"id"}}}},
			migrate.AddForeignKey{Table: "customers", ForeignKey: schema.ForeignKey{Name: "back", Columns: []string{"id"}, RefTable: "Order.select", RefColumns: []string{"id"}}})
		const everything = "SELECT count(*), (SELECT count(*) FROM pg_class), (SELECT count(*) FROM pg_type) FROM pg_namespace"
		before := pgRows(t, db, everything)
		pgSame(t, s, at)
		if after := pgRows(t, db, everything); !slices.Equal(before, after) {
			t.Errorf("before %v, after %v", before, after)
		}
		pgExec(t, db, "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'", "CREATE TRIGGER by_hand BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION f()",
			"ALTER TABLE orders ADD CONSTRAINT late CHECK (pieces > 0) NOT VALID", "CREATE TABLE by_hand (a int)")
		got, err := s.Catalog(t.Context(), at)
		if err != nil {
			t.Fatal(err)
		}
		expected, err := s.Expected(t.Context(), at)
		if err != nil {
			t.Fatal(err)
		}
		more := slices.DeleteFunc(got, func(l string) bool { return slices.Contains(expected, l) })
		want := []string{"constraint orders.late CHECK (pieces > 0)", "not valid constraint orders.late", "trigger orders.by_hand CREATE TRIGGER by_hand BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION f()"}
		if d := cmp.Diff(want, more); d != "" {
			t.Errorf("made by hand: %s", d)
		}
	})
}

// pgCounter counts what is sent through a connector.
type pgCounter struct {
	driver.Connector
	sent *[]string
}

type pgCountedConn struct {
	driver.Conn
	sent *[]string
}

func (c pgCounter) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := c.Connector.Connect(ctx)
	return pgCountedConn{conn, c.sent}, err
}

func (c pgCountedConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	*c.sent = append(*c.sent, query)
	return c.Conn.(driver.ExecerContext).ExecContext(ctx, query, args)
}

func (c pgCountedConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	*c.sent = append(*c.sent, query)
	return c.Conn.(driver.QueryerContext).QueryContext(ctx, query, args)
}

// TestPostgresRoundTrips holds the speed contract: the fast path is one query, a migration one string and COMMIT.
func TestPostgresRoundTrips(t *testing.T) {
	url := pgtest.Database(t)
	for _, name := range pgDrivers {
		t.Run(name, func(t *testing.T) {
			var connector driver.Connector
			var err error
			if name == "pgx" {
				connector, err = stdlib.GetDefaultDriver().(driver.DriverContext).OpenConnector(url)
			} else {
				connector, err = pq.NewConnector(url)
			}
			if err != nil {
				t.Fatal(err)
			}
			var sent []string
			db := sql.OpenDB(pgCounter{connector, &sent})
			defer db.Close()
			conn, err := db.Conn(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			cfg := pgConfig()
			cfg.History = "history_" + name
			s, err := postgres.Dialect{}.Open(t.Context(), conn, cfg)
			if err != nil {
				t.Fatal(err)
			}
			step := func(what string, most int, f func() error) {
				t.Helper()
				sent = nil
				if err := f(); err != nil {
					t.Fatalf("%s: %v", what, err)
				}
				if len(sent) > most {
					t.Errorf("%s: sent %d: %q", what, len(sent), sent)
				}
			}
			step("Newest", 1, func() error { _, err := s.Newest(t.Context(), "s"); return err })
			step("Lock", 2, func() error { return s.Lock(t.Context(), 0) })
			step("Bootstrap", 3, func() error { return s.Bootstrap(t.Context()) })
			step("Bootstrap again", 1, func() error { return s.Bootstrap(t.Context()) })
			step("Protection where there is none", 0, func() error { _, err := s.(migrate.ProtectionStore).Protection(t.Context()); return err })
			finish := pgBegin("s", "0001")
			finish.Kind = migrate.MarkFinish
			step("Transact", 2, func() error {
				return s.Transact(t.Context(), migrate.Work{Before: []migrate.Mark{pgBegin("s", "0001")}, After: []migrate.Mark{finish},
					Stages: append(pgStages("CREATE TABLE "+name+"_a (a int)", "CREATE INDEX ON "+name+"_a (a)"), pgStages("SELECT 1")...)})
			})
			step("Unlock", 1, func() error { return s.Unlock(t.Context()) })
			step("Close", 1, func() error { return s.Close(t.Context()) })

			m, err := migrate.New(db, postgres.Dialect{}, migrate.NewSet("shop", chain(makes(name+"_b"))...), &migrate.Options{History: cfg.History})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := m.Protect(t.Context(), "production"); err != nil {
				t.Fatal(err)
			}
			up := func() error { _, err := m.Up(t.Context()); return err }
			if err := up(); err != nil {
				t.Fatal(err)
			}
			step("Up of a protected database, with nothing pending", 1, up)
		})
	}
}
