package dialecttest_test

import (
	"testing"

	"github.com/modelgen/modelgen/internal/pgtest"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/postgres"
	"github.com/modelgen/modelgen/runtime/schema"
)

// TestPostgresSerialOnRows: a serial column, which is NOT NULL and has no default of its own, numbers the rows that are there.
func TestPostgresSerialOnRows(t *testing.T) {
	first := &migrate.Migration{Name: "0001_initial", Ops: pgBase()}
	db := pgOpen(t, "postgres", pgtest.Database(t))
	up := func(all ...*migrate.Migration) {
		t.Helper()
		m, err := migrate.New(db, postgres.Dialect{}, migrate.NewSet("shop", all...), nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := m.Up(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	up(first)
	pgExec(t, db, "INSERT INTO customers (name) VALUES ('a'), ('b')")
	up(first, &migrate.Migration{Name: "0002_seq", Parents: []*migrate.Migration{first}, Ops: []migrate.Op{
		migrate.AddColumn{Table: "customers", Column: schema.BigInt("seq").TypeFor("postgres", "bigserial")},
		migrate.AddColumn{Table: "customers", Column: schema.Other("other", "SERIAL")},
	}})
	pgWantRows(t, db, "SELECT count(DISTINCT seq), count(DISTINCT other) FROM customers", "2|2")
}
