package law

import (
	"testing"

	"github.com/modelgen/modelgen/gen/diff"
	"github.com/modelgen/modelgen/internal/pgtest"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/postgres"
	"github.com/modelgen/modelgen/runtime/schema"
	"github.com/modelgen/modelgen/runtime/sqlite"
)

// TestRowsBeside: what stands beside a table and goes or comes refuses no row that changes in the same migration, on the way back neither.
func TestRowsBeside(t *testing.T) {
	const never = "CREATE FUNCTION never() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no'; END $$;\n"
	refuse := func(name, on string) string {
		return never + "CREATE TRIGGER " + name + " BEFORE " + on + " ON slots FOR EACH ROW EXECUTE FUNCTION never();"
	}
	lite := func(name, on string) string {
		return "CREATE TRIGGER " + name + " BEFORE " + on + " ON slots BEGIN SELECT RAISE(ABORT, 'no'); END;"
	}
	both := []Backend{{"postgres", postgres.Dialect{}.Capabilities(), onPostgres(pgtest.Database(t))}, {"sqlite", sqlite.Dialect{}.Capabilities(), onSQLite}}
	for name, c := range map[string]struct {
		before, after [2]string // for PostgreSQL and SQLite
		gone          bool      // the table goes
		room          string    // its type
		only          bool      // on PostgreSQL alone
	}{
		"a trigger goes":              {before: [2]string{refuse("frozen", "UPDATE OR DELETE"), lite("frozen", "UPDATE")}},
		"a trigger comes":             {after: [2]string{refuse("frozen", "UPDATE OR DELETE"), lite("frozen", "UPDATE")}},
		"one for another":             {before: [2]string{refuse("frozen", "UPDATE"), lite("frozen", "UPDATE")}, after: [2]string{refuse("ice", "UPDATE"), lite("ice", "UPDATE")}},
		"a trigger with its table":    {before: [2]string{refuse("filled", "INSERT"), lite("filled", "INSERT")}, gone: true},
		"a rule goes":                 {before: [2]string{"CREATE RULE frozen AS ON UPDATE TO slots DO INSTEAD NOTHING;"}, only: true},
		"a domain allows more":        {before: [2]string{"CREATE DOMAIN room AS integer CHECK (VALUE < 2);"}, after: [2]string{"CREATE DOMAIN room AS integer;"}, room: "room", only: true},
		"a domain allows less":        {before: [2]string{"CREATE DOMAIN room AS integer;"}, after: [2]string{"CREATE DOMAIN room AS integer CHECK (VALUE > 1);"}, room: "room", only: true},
		"a view stands on it, and on": {before: [2]string{"CREATE VIEW v AS SELECT room FROM slots;", "CREATE VIEW v AS SELECT room FROM slots;"}, after: [2]string{"CREATE VIEW v AS SELECT room, code FROM slots;", "CREATE VIEW v AS SELECT room, code FROM slots;"}},
	} {
		for i, be := range both {
			if i == 1 && c.only {
				continue
			}
			t.Run(name+"/"+be.Name, func(t *testing.T) {
				side := func(sql, room string) *schema.Schema {
					typ := schema.Type{Kind: schema.KindInteger}
					if c.room != "" {
						typ = schema.Type{Kind: schema.KindOther, Name: c.room}
					}
					s := &schema.Schema{}
					s.PutTable(&schema.Table{Name: "slots", Columns: []schema.Column{{Name: "code", Type: schema.Type{Kind: schema.KindText}}, {Name: "room", Type: typ}}, PrimaryKey: &schema.PrimaryKey{Columns: []string{"code"}},
						Rows: schema.TableRows{Key: []string{"code"}, Rows: []schema.Row{{"code": new("a"), "room": &room}}}})
					s.PutTable(&schema.Table{Name: "others", Columns: []schema.Column{{Name: "id", Type: schema.Type{Kind: schema.KindInteger}}}, PrimaryKey: &schema.PrimaryKey{Columns: []string{"id"}}})
					if err := (&run{be: be}).read(s, sql); err != nil {
						t.Fatal(err)
					}
					return s
				}
				can := []migrate.Capabilities{be.Can}
				old := side(c.before[i], "1")
				create, err := diff.Diff(diff.Input{Old: &schema.Schema{}, New: old, Dialects: can})
				if err != nil {
					t.Fatal(err)
				}
				now := side(c.after[i], "2")
				if c.gone {
					now.RemoveTable("slots")
				}
				change, err := diff.Diff(diff.Input{Old: create.Schema, New: now, Dialects: can})
				if err != nil || len(change.Questions) > 0 {
					t.Fatal(err, change)
				}
				first := &migrate.Migration{Name: "0001_a", Ops: create.Ops}
				d, err := open(t.Context(), be, migrate.NewSet("law", first, &migrate.Migration{Name: "0002_b", Parents: []*migrate.Migration{first}, Ops: change.Ops}))
				if err != nil {
					t.Fatal(err)
				}
				defer d.close()
				l := &lookups{}
				for _, at := range []string{"0001_a", "0002_b", "0001_a", "0002_b"} {
					if _, err := d.m.To(t.Context(), at); err != nil {
						t.Fatalf("to %s: %v", at, err)
					}
					s := map[string]*schema.Schema{"0001_a": create.Schema, "0002_b": change.Schema}[at]
					rows, err := l.read(t.Context(), d, s)
					if err == nil {
						err = l.holds(s, rows, nil, func(p place) place { return p })
					}
					if err != nil {
						t.Errorf("at %s: %v", at, err)
					}
					if drift, err := d.m.Verify(t.Context()); err != nil || len(drift) > 0 {
						t.Errorf("at %s: %v %v", at, drift, err)
					}
				}
			})
		}
	}
}
