package dialecttest_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// lookups are migrations of tables whose rows the models declare: as generate writes them.
func lookups() *migrate.Set {
	first := &migrate.Migration{Name: "0001_lookups", Ops: []migrate.Op{
		migrate.CreateTable{Table: "regions", Columns: []schema.ColumnDef{schema.Text("code"), schema.Text("name")},
			PrimaryKey: schema.PrimaryKey{Name: "regions_pkey", Columns: []string{"code"}}},
		migrate.CreateTable{Table: "currencies",
			Columns: []schema.ColumnDef{schema.Varchar("code", 3), schema.Text("region").Null(), schema.SmallInt("digits"), schema.Boolean("old"), schema.Numeric("rate", 8, 2).Null(),
				schema.Bytes("raw").Null(), schema.TimestampTZ("since").Null(), schema.TimestampTZ("made").DefaultExpr("CURRENT_TIMESTAMP")},
			PrimaryKey:  schema.PrimaryKey{Name: "currencies_pkey", Columns: []string{"code"}},
			ForeignKeys: []schema.ForeignKey{{Name: "currencies_region_fkey", Columns: []string{"region"}, RefTable: "regions", RefColumns: []string{"code"}, OnDelete: schema.Cascade}}},
		migrate.Rows{Table: "regions", Key: []string{"code"}, Declared: true, Insert: []migrate.Values{{"code": "as", "name": "Asia"}, {"code": "eu", "name": "Europe"}}},
		migrate.Rows{Table: "currencies", Key: []string{"code"}, Declared: true, Insert: []migrate.Values{
			{"code": "EUR", "region": "eu", "digits": 2, "old": false, "rate": "1.50", "raw": "00ff", "since": "1999-01-01 00:00:00+00"},
			{"code": "JPY", "region": "as", "digits": 0, "old": false, "rate": nil, "raw": nil, "since": nil},
		}},
	}}
	second := &migrate.Migration{Name: "0002_change", Parents: []*migrate.Migration{first}, Ops: []migrate.Op{
		migrate.Rows{Table: "currencies", Key: []string{"code"}, Declared: true, Update: []migrate.RowUpdate{{Key: migrate.Values{"code": "EUR"}, From: migrate.Values{"raw": "00ff"}}}},
		migrate.DropColumn{Table: "currencies", Column: schema.Bytes("raw").Null()},
		migrate.AddColumn{Table: "currencies", Column: schema.Text("symbol").Null()},
		migrate.Fill{Table: "currencies", Column: "symbol", Expr: "'?'", Where: "symbol IS NULL"},
		migrate.Rows{Table: "regions", Key: []string{"code"}, Declared: true, Insert: []migrate.Values{{"code": "us", "name": "America"}}},
		migrate.Rows{Table: "currencies", Key: []string{"code"}, Declared: true,
			Delete: []migrate.Values{{"code": "JPY", "region": "as", "digits": 0, "old": false, "rate": nil, "since": nil}},
			Update: []migrate.RowUpdate{{Key: migrate.Values{"code": "EUR"}, From: migrate.Values{"digits": 2}, To: migrate.Values{"digits": 3, "symbol": "€"}}},
			Insert: []migrate.Values{{"code": "USD", "region": "us", "digits": 2, "old": false, "rate": "1", "since": nil, "symbol": "$"}},
		},
		migrate.Rows{Table: "regions", Key: []string{"code"}, Declared: true, Delete: []migrate.Values{{"code": "as", "name": "Asia"}}},
	}}
	third := &migrate.Migration{Name: "0003_gone", Parents: []*migrate.Migration{second}, Ops: []migrate.Op{
		migrate.Rows{Table: "currencies", Key: []string{"code"}, Declared: true, Release: []migrate.Values{
			{"code": "EUR", "region": "eu", "digits": 3, "old": false, "rate": "1.50", "since": "1999-01-01 00:00:00+00", "symbol": "€"},
			{"code": "USD", "region": "us", "digits": 2, "old": false, "rate": "1", "since": nil, "symbol": "$"}}},
		migrate.DropTable{Table: "currencies",
			Columns: []schema.ColumnDef{schema.Varchar("code", 3), schema.Text("region").Null(), schema.SmallInt("digits"), schema.Boolean("old"), schema.Numeric("rate", 8, 2).Null(),
				schema.TimestampTZ("since").Null(), schema.TimestampTZ("made").DefaultExpr("CURRENT_TIMESTAMP"), schema.Text("symbol").Null()},
			PrimaryKey:  schema.PrimaryKey{Name: "currencies_pkey", Columns: []string{"code"}},
			ForeignKeys: []schema.ForeignKey{{Name: "currencies_region_fkey", Columns: []string{"region"}, RefTable: "regions", RefColumns: []string{"code"}, OnDelete: schema.Cascade}}},
	}}
	return migrate.NewSet("shop", first, second, third)
}

// TestDeclaredRows takes declared rows up, back and up again, with a row of the application among them, and lets verify look at each point.
func TestDeclaredRows(t *testing.T) {
	runners(t, func(r *runner) {
		ctx := t.Context()
		set := lookups()
		if err := set.Err(); err != nil {
			r.t.Fatal(err)
		}
		m := r.migrator(set)
		want := func(at, rows string) {
			r.t.Helper()
			if _, err := m.To(ctx, at); err != nil {
				r.t.Fatal(at, err)
			}
			diff, err := m.Verify(ctx)
			if err != nil || len(diff) > 0 {
				r.t.Errorf("at %s: %v %v", at, diff, err)
			}
			if got := r.rowsOf("SELECT code || ' ' || coalesce(region, '-') || ' ' || CAST(digits AS text) || ' ' || CAST(rate IS NULL AS text) FROM currencies ORDER BY code"); got != rows {
				r.t.Errorf("at %s there is %s, want %s", at, got, rows)
			}
		}
		is := func(null bool) string { // how the database writes a condition
			s := r.rowsOf("SELECT CAST(" + map[bool]string{true: "NULL", false: "1"}[null] + " IS NULL AS text)")
			return s
		}
		yes, no := is(true), is(false)
		before, after := "EUR eu 2 "+no+";JPY as 0 "+yes+";XXX - 9 "+yes, "EUR eu 3 "+no+";USD us 2 "+no+";XXX - 9 "+yes
		want("0001", "EUR eu 2 "+no+";JPY as 0 "+yes)
		r.run("INSERT INTO currencies (code, digits, old) VALUES ('XXX', 9, FALSE)") // of the application
		want("0002", after)
		want("0001", before)
		if got := r.rowsOf("SELECT count(*) FROM currencies WHERE raw IS NOT NULL"); got != "1" {
			r.t.Errorf("the value of a column that came back is lost: %s", got)
		}
		want("0002", after)
		r.run("DELETE FROM currencies WHERE code = 'XXX'")
		if _, err := m.Up(ctx); err != nil {
			r.t.Fatal(err)
		}
		want("0002", "EUR eu 3 "+no+";USD us 2 "+no) // the table comes back with its declared rows
	})
}

// TestDeclaredRowsDrift: verify names declared rows that are gone or changed, and the columns, and what to do makes it right; values that somebody else
// wrote are told nowhere.
func TestDeclaredRowsDrift(t *testing.T) {
	runners(t, func(r *runner) {
		ctx := t.Context()
		m := r.migrator(lookups())
		if _, err := m.To(ctx, "0002"); err != nil {
			r.t.Fatal(err)
		}
		r.run("UPDATE currencies SET digits = 77, symbol = 'secret' WHERE code = 'EUR'")
		r.run("DELETE FROM currencies WHERE code = 'USD'")
		r.run("INSERT INTO currencies (code, digits, old) VALUES ('XXX', 9, FALSE)")
		diff, err := m.Verify(ctx)
		if err != nil {
			r.t.Fatal(err)
		}
		var facts []string
		for _, d := range diff {
			facts = append(facts, d.Fact)
			if !d.Missing || strings.Contains(d.Fact+d.Fix, "secret") || strings.Contains(d.Fact+d.Fix, "77") || !strings.Contains(d.Fix, "0001_lookups") {
				r.t.Errorf("unexpected: %+v", d)
			}
			_, sql, ok := strings.Cut(d.Fix, "by hand: ")
			sql, _, cut := strings.Cut(sql, " (0001_lookups has it)")
			if !ok || !cut {
				r.t.Errorf("no statement is in %s", d.Fix)
			}
			r.run(sql)
		}
		if want := []string{"row EUR of currencies: digits, symbol", "row USD of currencies"}; !slices.Equal(facts, want) {
			r.t.Errorf("verify finds %q, want %q", facts, want)
		}
		if diff, err := m.Verify(ctx); err != nil || len(diff) > 0 {
			r.t.Errorf("made right again, verify finds %v %v", diff, err)
		}
		r.run("UPDATE currencies SET digits = 77 WHERE code = 'EUR'")
		if _, err := m.To(ctx, "0001"); err == nil || !strings.Contains(err.Error(), "row 1 of Update of currencies") || strings.Contains(err.Error(), "77") {
			r.t.Errorf("going back over a changed row: %v", err)
		}
	})
}

// run executes a statement.
func (r *runner) run(sql string) {
	r.t.Helper()
	if _, err := r.db.ExecContext(context.Background(), sql); err != nil {
		r.t.Fatalf("%s: %v", sql, err)
	}
}

// rowsOf returns the texts that a query returns, with semicolons between them.
func (r *runner) rowsOf(sql string) string {
	r.t.Helper()
	found, err := r.db.QueryContext(context.Background(), sql)
	if err != nil {
		r.t.Fatalf("%s: %v", sql, err)
	}
	defer found.Close()
	var all []string
	for found.Next() {
		var s string
		if err := found.Scan(&s); err != nil {
			r.t.Fatal(err)
		}
		all = append(all, s)
	}
	return strings.Join(all, ";")
}

// TestDeclaredRowsFakeInitial: where the tables of a first migration are there already, up -fake-initial says which of the declared rows are not, and with which
// statement they come.
func TestDeclaredRowsFakeInitial(t *testing.T) {
	runners(t, func(r *runner) {
		ctx := t.Context()
		if _, err := r.migrator(lookups()).To(ctx, "0001"); err != nil {
			r.t.Fatal(err)
		}
		r.run("DROP TABLE modelgen_history")
		r.run("DELETE FROM currencies WHERE code = 'JPY'")
		all := lookups()
		first, err := migrate.New(r.db, r.dialect, migrate.NewSet("shop", all.Migrations()[0]), &migrate.Options{FakeInitial: true})
		if err != nil {
			r.t.Fatal(err)
		}
		res, err := first.Up(ctx)
		if err != nil {
			r.t.Fatal(err)
		}
		if len(res.Differences) != 1 || res.Differences[0].Fact != "row JPY of currencies" || !strings.Contains(res.Differences[0].Fix, "INSERT INTO") {
			r.t.Errorf("differences: %+v", res.Differences)
		}
	})
}
