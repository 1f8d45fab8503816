package dialecttest_test

import (
	"context"
	"database/sql"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/modelgen/modelgen/internal/everyop"
	"github.com/modelgen/modelgen/internal/pgtest"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/postgres"
	"github.com/modelgen/modelgen/runtime/schema"
	"github.com/modelgen/modelgen/runtime/sqlite"
)

// notAltered are the fields of a column that no AlterColumn brings to one that lacks them, with the reason.
var notAltered = map[string]string{
	"Column.Name":      "RenameColumn changes it",
	"Column.Type":      "there is no column without",
	"Column.Generated": "a plain column becomes a computed one by a drop and an add",
	"Column.Was":       "a hint for the generator",
	"Column.ValueWas":  "a hint for the generator",
}

// TestEveryFieldIsAltered: a column that gets by AlterColumn what any of its fields says is then as it is expected, and it is again what it was
// when that is undone; or the dialect says that it cannot.
func TestEveryFieldIsAltered(t *testing.T) {
	t.Parallel()
	bare := func(s *schema.Schema) *schema.Schema {
		for _, table := range s.Tables {
			*table = schema.Table{Name: table.Name, Columns: table.Columns, PrimaryKey: table.PrimaryKey}
		}
		return s
	}
	whole := bare(everyop.Schema())
	altered := map[string]bool{}
	for _, l := range everyop.Without() {
		if !strings.HasPrefix(l.Field, "Column.") {
			continue
		}
		begin := []migrate.Op{migrate.CreateEnum{Name: "mood", Values: []string{"sad", "glad"}}}
		var alter []migrate.Op
		at := &schema.Schema{}
		for i, table := range bare(l.Schema).Tables {
			for k, c := range table.Columns {
				if to := whole.Tables[i].Columns[k]; c.Name == to.Name && !c.Equal(to) {
					begin = append(begin, migrate.NewCreateTable(table))
					alter = append(alter, migrate.AlterColumn{Table: table.Name, From: c, To: to})
				}
			}
		}
		fits := len(alter) > 0
		for _, op := range append(begin, alter...) {
			fits = fits && op.Apply(at) == nil
		}
		if !fits { // it has no name or no type, or is a hint
			continue
		}
		for _, d := range []migrate.Dialect{postgres.Dialect{}, sqlite.Dialect{}} {
			driver, url := "sqlite", "file:"+filepath.Join(t.TempDir(), "altered.db")
			if d.Name() == "postgres" {
				driver, url = "pgx", pgtest.Database(t)
			}
			db, err := sql.Open(driver, url)
			if err != nil {
				t.Fatal(err)
			}
			ctx := context.Background()
			first := &migrate.Migration{Name: "0001_begin", Ops: begin}
			m, err := migrate.New(db, d, migrate.NewSet("altered", first, &migrate.Migration{Name: "0002_alter", Parents: []*migrate.Migration{first}, Ops: alter}), nil)
			if err != nil {
				t.Fatalf("%s: %v", l.Field, err)
			}
			verify := func(what string) {
				if diff, err := m.Verify(ctx); err != nil || len(diff) > 0 {
					t.Errorf("%s on %s, %s: %v %v", l.Field, d.Name(), what, err, diff)
				}
			}
			if _, err := m.To(ctx, "0001_begin"); err != nil { // as with a collation that only the other one has
				db.Close()
				continue
			}
			_, err = m.Up(ctx)
			var unsupported *migrate.UnsupportedError
			switch {
			case errors.As(err, &unsupported):
			case err != nil:
				t.Errorf("%s on %s: %v", l.Field, d.Name(), err)
			default:
				altered[l.Field] = true
				verify("altered")
				if _, err := m.Down(ctx); err != nil {
					t.Errorf("%s on %s, undone: %v", l.Field, d.Name(), err)
				} else {
					verify("undone")
				}
			}
			db.Close()
		}
	}
	for _, f := range everyop.Fields() {
		if _, skip := notAltered[f]; strings.HasPrefix(f, "Column.") && altered[f] == skip {
			t.Errorf("%s is altered: %v; notAltered lists it: %v", f, altered[f], skip)
		}
	}
}
