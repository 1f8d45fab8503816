package dialecttest_test

import (
	"context"
	"database/sql"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/postgres"
	"github.com/modelgen/modelgen/runtime/schema"
)

// pgCase is one op, or some: the schema it finds, the SQL it becomes, and what it does to rows.
type pgCase struct {
	name   string
	before []migrate.Op // on top of pgBase
	ops    []migrate.Op
	want   []string // SQL, with the schema public
	seed   []string // after before
	query  string   // after ops
	rows   []string
	noDown bool // the inverse is not run: rows bar the way
	noBack bool // the inverse gives another catalog
}

// pgBase is what every case begins with.
func pgBase() []migrate.Op {
	return []migrate.Op{
		migrate.CreateEnum{Name: "mood", Values: []string{"sad", "happy"}},
		migrate.CreateTable{Table: "customers", Columns: []schema.ColumnDef{
			schema.BigInt("id").Identity(), schema.Varchar("name", 40), schema.EnumOf("mood", "mood").Default("sad"),
		}, PrimaryKey: schema.PrimaryKey{Name: "customers_pkey", Columns: []string{"id"}}},
		migrate.CreateTable{Table: "orders", Columns: []schema.ColumnDef{
			schema.Integer("id").Identity(), schema.BigInt("customer_id"), schema.Numeric("total", 8, 2).Default("0"),
			schema.Varchar("state", 10).Default("new"), schema.Text("note").Null(), schema.Integer("pieces").Default(1),
		},
			PrimaryKey:  schema.PrimaryKey{Name: "orders_pkey", Columns: []string{"id"}},
			Checks:      []schema.Check{{Name: "orders_state_check", Expr: "state IN ('new', 'old')"}, {Name: "orders_total_check", Expr: "total >= 0"}},
			ForeignKeys: []schema.ForeignKey{{Name: "orders_customer_id_fkey", Columns: []string{"customer_id"}, RefTable: "customers", RefColumns: []string{"id"}, OnDelete: schema.Cascade}},
			Indexes: []schema.Index{
				{Name: "orders_a", Parts: []schema.IndexPart{{Column: "state"}, {Column: "total", Desc: true}}},
				{Name: "orders_b", Parts: []schema.IndexPart{{Expr: "lower(state)"}}, Where: "state <> 'x'"},
			},
		},
	}
}

func pgAlter(table string, from, to schema.ColumnDef) migrate.Op {
	return migrate.AlterColumn{Table: table, From: from, To: to}
}

func pgCases() []pgCase {
	return slices.Concat(pgTableCases(), pgColumnCases(), pgSerialCases(), pgTypeCases(), pgConstraintCases(), pgEnumCases(), pgDataCases())
}

func TestPostgresPlan(t *testing.T) {
	for _, c := range pgCases() {
		t.Run(c.name, func(t *testing.T) {
			at := &schema.Schema{}
			if _, err := migrate.PlanOps(postgres.Dialect{}.Planner(15), at, append(pgBase(), c.before...)); err != nil {
				t.Fatal(err)
			}
			stages, err := migrate.PlanOps(postgres.Dialect{}.Planner(15), at, c.ops)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(c.want, pgSQL(stages)); d != "" {
				t.Errorf("-want +got:\n%s", d)
			}
		})
	}
}

// TestPostgresApply runs every case forward, compares with a fresh database, and goes back. Without -full each driver has every other case.
func TestPostgresApply(t *testing.T) {
	t.Parallel()
	pgEachDriver(t, func(t *testing.T, db *sql.DB, driver int) {
		for i, c := range pgCases() {
			if !turn(i, driver, len(pgDrivers)) {
				continue
			}
			t.Run(c.name, func(t *testing.T) {
				if strings.Contains(strings.Join(c.want, ""), "NULLS NOT DISTINCT") && pgRows(t, db, "SELECT current_setting('server_version_num')::int < 150000")[0] == "true" {
					t.Skip("NULLS NOT DISTINCT came with version 15")
				}
				pgRunCase(t, db, c)
			})
		}
	})
}

func pgRunCase(t *testing.T, db *sql.DB, c pgCase) {
	pgExec(t, db, "DROP SCHEMA public CASCADE; CREATE SCHEMA public")
	t.Cleanup(func() {
		_, err := db.ExecContext(context.Background(), "DROP SCHEMA IF EXISTS billing CASCADE; DROP SCHEMA IF EXISTS sales CASCADE")
		if err != nil {
			t.Error(err)
		}
	})
	s := pgReady(t, db, postgres.Dialect{}, pgConfig())
	at := &schema.Schema{}
	pgMustApply(t, s, at, append(pgBase(), c.before...)...)
	pgExec(t, db, c.seed...)
	before := pgSame(t, s, at)
	was := at.Clone()

	pgMustApply(t, s, at, c.ops...)
	pgSame(t, s, at)
	if c.query != "" {
		pgWantRows(t, db, c.query, c.rows...)
	}
	if c.noDown {
		return
	}
	back, err := migrate.Invert(c.ops)
	if err != nil {
		t.Fatal(err)
	}
	pgMustApply(t, s, at, back...)
	pgSame(t, s, at)
	after, err := s.Catalog(t.Context(), was)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(before, after); d != "" && !c.noBack {
		t.Errorf("going back does not lead back (-before +after):\n%s", d)
	}
}
