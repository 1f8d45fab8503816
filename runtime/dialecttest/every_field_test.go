package dialecttest_test

import (
	"context"
	"database/sql"
	"maps"
	"slices"
	"testing"

	"github.com/modelgen/modelgen/internal/everyop"
	"github.com/modelgen/modelgen/internal/pgtest"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/postgres"
	"github.com/modelgen/modelgen/runtime/sqlite"
)

// TestVerifySeesEveryField: a table that lacks what any field of the schema says is another table to verify on each dialect. What is
// expected of a database is made by the statements of the ops, and read as the database is: a field that a CREATE, an ALTER or a catalog leaves out is
// named.
func TestVerifySeesEveryField(t *testing.T) {
	t.Parallel()
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
	for i, d := range []string{"postgres", "sqlite"} {
		excused := everyop.Hints()
		maps.Copy(excused, unseenByAll)
		maps.Copy(excused, unseenBy[d])
		if old && d == "postgres" {
			excused["Unique.NullsNotDistinct"], excused["Index.NullsNotDistinct"] = "PostgreSQL 15", "PostgreSQL 15"
		}
		for _, p := range everyop.Unnoticed("verify on "+d, func(l everyop.Lesser) bool { return slices.Contains(impossible, l.Field) || notices[i](l) }, excused) {
			t.Error(p)
		}
	}
}

// impossible are fields without which no set of migrations results in a schema.
var impossible = []string{"Table.Name", "Table.Columns", "Column.Name", "DualWrite.From", "DualWrite.To", "DualWrite.Column"}

// unseenByAll are the fields that verify does not see, with the reason.
var unseenByAll = map[string]string{
	"Schema.Namespaces": "a schema comes with what is put in it",
	"Schema.Objects":    "what steps made by hand is looked for by its name: objects_test.go",
	"Object.Kind":       "what steps made by hand is looked for by its name: objects_test.go",
	"Object.Name":       "what steps made by hand is looked for by its name: objects_test.go",
	"Object.Table":      "what steps made by hand is looked for by its name: objects_test.go",
	"Object.Only":       "what steps made by hand is looked for by its name: objects_test.go",
	"Table.Rows":        "rows are counted, not described: declared_rows_test.go",
	"TableRows.Key":     "rows are counted, not described: declared_rows_test.go",
	"TableRows.Rows":    "rows are counted, not described: declared_rows_test.go",
}

// unseenBy are those that verify does not see on a dialect.
var unseenBy = map[string]map[string]string{
	"postgres": {
		"DualWrite.Up":   "the text of a function is no fact, its triggers are",
		"DualWrite.Down": "the text of a function is no fact, its triggers are",

		"TableOptions.Strict":       "PostgreSQL has none",
		"TableOptions.WithoutRowid": "PostgreSQL has none",
		"TableOptions.Distribute":   "only Citus has it, see TestCitusVerify",
		"TableOptions.Colocate":     "only Citus has it, see TestCitusVerify",
		"TableOptions.Reference":    "only Citus has it, see TestCitusVerify",
	},
	"sqlite": {
		"Table.Comment":           "SQLite has no comments",
		"Column.Comment":          "SQLite has no comments",
		"Type.Size":               "a column of SQLite has no such limit",
		"Type.Precision":          "a column of SQLite has no such limit",
		"Type.Scale":              "a column of SQLite has no such limit",
		"Type.Array":              "an array is kept as text",
		"Column.Identity":         "the rowid numbers rows anyway",
		"PrimaryKey.Name":         "SQLite does not find keys by their names",
		"Unique.NullsNotDistinct": "SQLite has none",
		"Unique.Deferrable":       "SQLite has none",
		"Index.Using":             "SQLite has none",
		"Index.Include":           "SQLite has none",
		"Index.NullsNotDistinct":  "SQLite has none",
		"IndexPart.Collate":       "the one here is PostgreSQL's",
		"IndexPart.OpClass":       "SQLite has none",
		"IndexPart.Nulls":         "SQLite has none",
		"TableOptions.Unlogged":   "SQLite has none",
		"TableOptions.With":       "SQLite has none",
		"TableOptions.Partition":  "SQLite has none",
		"TableOptions.Distribute": "SQLite has none",
		"TableOptions.Colocate":   "SQLite has none",
		"TableOptions.Reference":  "SQLite has none",
		"SQLObject.Head":          "those here are PostgreSQL's",
	},
}
