package dialecttest_test

import (
	"context"
	"database/sql"
	"slices"
	"testing"

	"github.com/modelgen/modelgen/internal/everyop"
	"github.com/modelgen/modelgen/internal/pgtest"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/postgres"
	"github.com/modelgen/modelgen/runtime/sqlite"
)

// TestVerifySeesEveryField: a table that lacks what any field of the schema says is another table to verify, on one dialect at least. What is
// expected of a database is made by the statements of the ops, and read as the database is: a field that a CREATE, an ALTER or a catalog leaves out is
// named.
func TestVerifySeesEveryField(t *testing.T) {
	ctx := context.Background()
	var notices []func(everyop.Lesser) bool
	old := false // PostgreSQL before 15, which has no NULLS NOT DISTINCT
	for _, d := range []struct {
		migrate.Dialect
		driver, url string
	}{{postgres.Dialect{}, "pgx", pgtest.Database(t)}, {sqlite.Dialect{}, "sqlite", ":memory:"}} {
		db, err := sql.Open(d.driver, d.url)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		conn, err := db.Conn(ctx)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		if d.driver == "pgx" {
			if err := conn.QueryRowContext(ctx, "SELECT current_setting('server_version_num')::int < 150000").Scan(&old); err != nil {
				t.Fatal(err)
			}
		}
		session, err := d.Open(ctx, conn, migrate.SessionConfig{History: "modelgen_history", Notify: func(migrate.Event) {}})
		if err != nil {
			t.Fatal(err)
		}
		defer session.Close(ctx)
		expected := func(l everyop.Lesser) ([]string, error) {
			for _, table := range l.Tables {
				for i := range table.Uniques {
					table.Uniques[i].NullsNotDistinct = table.Uniques[i].NullsNotDistinct && !old
				}
				for i := range table.Indexes {
					table.Indexes[i].NullsNotDistinct = table.Indexes[i].NullsNotDistinct && !old
				}
			}
			return session.Expected(ctx, l.For(d.Name()))
		}
		want, err := expected(everyop.Lesser{Schema: everyop.Schema()})
		if err != nil {
			t.Fatal(err)
		}
		notices = append(notices, func(l everyop.Lesser) bool {
			got, err := expected(l)
			return err != nil || !slices.Equal(got, want)
		})
	}
	excused := map[string]string{
		"Schema.Namespaces": "a schema comes with what is put in it",
		"Schema.Objects":    "what steps made by hand is looked for by its name: objects_test.go",
		"Object.Kind":       "what steps made by hand is looked for by its name: objects_test.go",
		"Object.Name":       "what steps made by hand is looked for by its name: objects_test.go",
		"Object.Table":      "what steps made by hand is looked for by its name: objects_test.go",
		"Object.Only":       "what steps made by hand is looked for by its name: objects_test.go",
		"Table.Was":         "a hint for the generator",
		"Column.Was":        "a hint for the generator",
		"Column.ValueWas":   "a hint for the generator",
		"Enum.Was":          "a hint for the generator",
		"Enum.ValueWas":     "a hint for the generator",
		"Enum.Owner":        "a hint for the generator",
		"Enum.Parts":        "a hint for the generator",
	}
	if old {
		excused["Unique.NullsNotDistinct"], excused["Index.NullsNotDistinct"] = "PostgreSQL 15", "PostgreSQL 15"
	}
	impossible := []string{"Table.Name", "Table.Columns", "Column.Name", "DualWrite.From", "DualWrite.To", "DualWrite.Column"} // no set of migrations comes to a schema without
	for _, p := range everyop.Unnoticed("verify", func(l everyop.Lesser) bool {
		return slices.Contains(impossible, l.Field) || notices[0](l) || notices[1](l)
	}, excused) {
		t.Error(p)
	}
}
