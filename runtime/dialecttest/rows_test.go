package dialecttest_test

import (
	"context"
	"strings"
	"testing"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// TestRows: a step over rows that belong to the schema writes over nothing that somebody has changed, and deletes nothing of other tables. What its
// script does is the same.
func TestRows(t *testing.T) {
	t.Parallel()
	ground := &migrate.Migration{Name: "0001_ground", Ops: []migrate.Op{
		migrate.CreateTable{Table: "currencies", Columns: []schema.ColumnDef{schema.Text("code"), schema.Integer("digits"), schema.Text("note").Null(), schema.Boolean("old")},
			PrimaryKey: schema.PrimaryKey{Name: "currencies_pkey", Columns: []string{"code"}}},
		migrate.CreateTable{Table: "prices", Columns: []schema.ColumnDef{schema.BigInt("id"), schema.Text("currency").Null()},
			PrimaryKey: schema.PrimaryKey{Name: "prices_pkey", Columns: []string{"id"}},
			ForeignKeys: []schema.ForeignKey{{Name: "prices_currency_fkey", Columns: []string{"currency"}, RefTable: "currencies", RefColumns: []string{"code"},
				OnDelete: schema.Cascade}}},
	}}
	row := func(code string, digits int, note any) migrate.Values {
		return migrate.Values{"code": code, "digits": digits, "note": note, "old": false}
	}
	of := func(o migrate.Rows) migrate.Rows {
		o.Table, o.Key = "currencies", []string{"code"}
		return o
	}
	all := of(migrate.Rows{
		Delete: []migrate.Values{row("DEM", 2, "it's gone WHERE 1=1")},
		Update: []migrate.RowUpdate{{Key: migrate.Values{"code": "YEN"}, From: migrate.Values{"digits": 2, "note": nil}, To: migrate.Values{"digits": 0, "note": "a WHERE b"}}},
		Insert: []migrate.Values{row("EUR", 2, nil)},
	})
	const there = "INSERT INTO currencies VALUES ('DEM', 2, 'it''s gone WHERE 1=1', FALSE), ('YEN', 2, NULL, FALSE)"
	const want, before = "EUR 2 -;YEN 0 a WHERE b", "DEM 2 it's gone WHERE 1=1;YEN 2 -"
	for _, c := range []struct {
		name, change, want string // want is in the error; "" is none
	}{
		{"as expected", "", ""},
		{"taken over", "INSERT INTO currencies VALUES ('EUR', 2, NULL, FALSE)", ""},
		{"other values", "INSERT INTO currencies VALUES ('EUR', 3, NULL, FALSE)", "row 1 of Insert of currencies, which is known by code, is there already with other values"},
		{"NULL is a value", "INSERT INTO currencies VALUES ('EUR', 2, 'x', FALSE)", "row 1 of Insert"},
		{"changed before the update", "UPDATE currencies SET digits = 3 WHERE code = 'YEN'", "row 1 of Update of currencies, which is known by code, is not there with the old values"},
		{"a note before the update", "UPDATE currencies SET note = 'mine' WHERE code = 'YEN'", "row 1 of Update"},
		{"not there to update", "DELETE FROM currencies WHERE code = 'YEN'", "row 1 of Update"},
		{"changed before the delete", "UPDATE currencies SET note = 'mine' WHERE code = 'DEM'", "row 1 of Delete"},
		{"not there to delete", "DELETE FROM currencies WHERE code = 'DEM'", "row 1 of Delete"},
		{"referred to", "INSERT INTO prices VALUES (1, 'DEM')", "rows of prices refer (currency), and foreign key prices_currency_fkey would change or delete them"},
		{"others are referred to", "INSERT INTO prices VALUES (1, 'YEN'), (2, NULL)", ""},
	} {
		for name, script := range map[string]bool{"run": false, "script": true} {
			t.Run(c.name+" "+name, func(t *testing.T) {
				runners(t, func(r *runner) {
					exec := func(sql string) {
						t.Helper()
						if _, err := r.db.ExecContext(t.Context(), sql); sql != "" && err != nil {
							r.t.Fatal(err)
						}
					}
					rows := func() string {
						t.Helper()
						return r.rowsOf("SELECT code || ' ' || CAST(digits AS text) || ' ' || coalesce(note, '-') FROM currencies ORDER BY code")
					}
					set := migrate.NewSet("shop", ground, &migrate.Migration{Name: "0002_rows", Parents: []*migrate.Migration{ground}, Ops: []migrate.Op{all}})
					m := r.migrator(set)
					if _, err := m.To(t.Context(), "0001"); err != nil {
						r.t.Fatal(err)
					}
					exec(there)
					exec(c.change)
					was := rows()
					var err error
					if script {
						err = asScript(t.Context(), r, migrate.NewSet("ground", ground).Schema(), all)
					} else {
						_, err = m.Up(t.Context())
					}
					if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
						r.t.Fatalf("script %v: %v, want %q", script, err, c.want)
					}
					if err != nil {
						if strings.Contains(err.Error(), "YEN") || strings.Contains(err.Error(), "DEM") {
							r.t.Errorf("a value is in: %v", err)
						}
						if got := rows(); got != was {
							r.t.Errorf("script %v: the rows were %s and are %s", script, was, got)
						}
						return
					}
					if got := rows(); got != want {
						r.t.Errorf("script %v: the rows are %s, want %s", script, got, want)
					}
					if script {
						return
					}
					if _, err := m.Down(t.Context()); err != nil {
						r.t.Fatal(err)
					}
					if got := rows(); got != before {
						r.t.Errorf("undone the rows are %s, want %s", got, before)
					}
				})
			})
		}
	}
}

// asScript runs what a script has for the op, in one transaction.
func asScript(ctx context.Context, r *runner, s *schema.Schema, op migrate.Op) error {
	stages, err := migrate.PlanOps(r.dialect.Planner(0), s, []migrate.Op{op})
	if err != nil {
		return err
	}
	tx, err := r.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	for _, st := range stages {
		statements, ok := st.SQL()
		if !ok {
			r.t.Error("no script can have it")
		}
		for _, q := range statements {
			if _, err := tx.ExecContext(ctx, q.SQL); err != nil {
				return err
			}
		}
	}
	return tx.Commit()
}
