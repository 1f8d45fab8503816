package dialecttest_test

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"testing"

	"github.com/modelgen/modelgen/internal/pgtest"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/postgres"
	"github.com/modelgen/modelgen/runtime/schema"
)

// TestExtensionUndone: what undoes a migration drops the extensions that it has made, be it in several runs, and none that was there before or that something uses.
func TestExtensionUndone(t *testing.T) {
	t.Parallel()
	create := migrate.CreateExtension{Name: "uuid-ossp"}
	stop := errors.New("stopped")
	for _, c := range []struct {
		name   string
		before string
		ops    []migrate.Op
		stops  bool // the first run stops in the middle, behind the extension
		faked  bool
		hand   string // between up and down
		stays  bool
		fails  string
	}{
		{name: "made", ops: []migrate.Op{create}},
		{name: "found", before: `CREATE EXTENSION "uuid-ossp"`, ops: []migrate.Op{create}, stays: true},
		{name: "found, and made again", before: `CREATE EXTENSION "uuid-ossp"`, ops: []migrate.Op{migrate.SQL{Up: []string{"SELECT 1"}, Down: []string{"SELECT 1"}}, create}, stays: true},
		{name: "made in the first of two runs", ops: []migrate.Op{create, salesIndex}, stops: true},
		{name: "found by the first of two runs", before: `CREATE EXTENSION "uuid-ossp"`, ops: []migrate.Op{create, salesIndex}, stops: true, stays: true},
		{name: "recorded", before: `CREATE EXTENSION "uuid-ossp"`, ops: []migrate.Op{create}, faked: true, stays: true},
		{name: "made and used by hand", ops: []migrate.Op{create}, hand: "CREATE TABLE by_hand (id uuid DEFAULT uuid_generate_v4())", stays: true, fails: "other objects depend on it"},
	} {
		t.Run(c.name, func(t *testing.T) {
			db := pgOpen(t, "pgx", pgtest.Database(t))
			pgUp(t, db, sales())
			if c.before != "" {
				pgExec(t, db, c.before)
			}
			stopping := false
			if c.stops {
				stopping = true
				c.ops = append(c.ops, migrate.Go{Name: "stop", Up: func(context.Context, migrate.Tx) error {
					if stopping {
						return stop
					}
					return nil
				}, Down: func(context.Context, migrate.Tx) error { return nil }})
			}
			m, err := migrate.New(db, postgres.Dialect{}, sales(c.ops...), nil)
			if err != nil {
				t.Fatal(err)
			}
			if c.stops {
				if _, err := m.Up(t.Context()); !errors.Is(err, stop) {
					t.Fatalf("it was not stopped: %v", err)
				}
				stopping = false
			}
			if c.faked {
				_, err = m.Fake(t.Context(), "0002_step")
			} else {
				_, err = m.Up(t.Context())
			}
			if err != nil {
				t.Fatal(err)
			}
			if !hasExtension(t, db, create.Name) {
				t.Fatal("it is not there")
			}
			if c.hand != "" {
				pgExec(t, db, c.hand)
			}
			_, err = m.Back(t.Context(), 1)
			switch {
			case c.fails == "" && err != nil:
				t.Fatal(err)
			case c.fails != "" && (err == nil || !strings.Contains(err.Error(), c.fails)):
				t.Errorf("down says %v, not %s", err, c.fails)
			}
			if got := hasExtension(t, db, create.Name); got != c.stays {
				t.Errorf("it is there: %t", got)
			}
		})
	}
}

// TestExtensionGivenUp: a migration that is given up behind the extension that it has made takes it back.
func TestExtensionGivenUp(t *testing.T) {
	t.Parallel()
	for _, before := range []bool{false, true} {
		db := pgOpen(t, "pgx", pgtest.Database(t))
		pgUp(t, db, sales())
		if before {
			pgExec(t, db, "CREATE EXTENSION hstore")
		}
		m, err := migrate.New(db, postgres.Dialect{}, sales(migrate.CreateExtension{Name: "hstore"}, salesIndex, migrate.SQL{Up: []string{"SELECT 1/0"}, Down: []string{"SELECT 1"}}), nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := m.Up(t.Context()); err == nil || !hasExtension(t, db, "hstore") {
			t.Fatalf("it did not stop behind the extension: %v", err)
		}
		if _, err := m.Back(t.Context(), 1); err != nil {
			t.Fatal(err)
		}
		if got := hasExtension(t, db, "hstore"); got != before {
			t.Errorf("there before: %t, now: %t", before, got)
		}
	}
}

var salesIndex = migrate.CreateIndex{Table: "sales", Index: schema.Index{Name: "sales_code_idx", Parts: []schema.IndexPart{{Column: "code"}}}}

func hasExtension(t *testing.T, db *sql.DB, name string) (has bool) {
	t.Helper()
	if err := db.QueryRowContext(t.Context(), "SELECT EXISTS (SELECT FROM pg_extension WHERE extname = $1)", name).Scan(&has); err != nil {
		t.Fatal(err)
	}
	return has
}
