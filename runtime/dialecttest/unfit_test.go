package dialecttest_test

import (
	"database/sql"
	"os"
	"path/filepath"
	"testing"

	"github.com/modelgen/modelgen/internal/everyop"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/postgres"
	"github.com/modelgen/modelgen/runtime/schema"
	"github.com/modelgen/modelgen/runtime/sqlite"
)

// TestUnfitOps: an op that does not fit the schema is an error of planning on every dialect, whatever it is that is missing, and no panic.
func TestUnfitOps(t *testing.T) {
	for _, d := range []migrate.Dialect{postgres.Dialect{}, sqlite.Dialect{}} {
		for _, op := range everyop.Samples() {
			bare := &schema.Schema{}
			e := op.Effects()
			for _, all := range [][]migrate.Object{e.Reads, e.Writes, e.Removes, e.Makes} {
				for _, o := range all {
					if o.Table != "" && bare.Table(o.Table) == nil {
						bare.PutTable(&schema.Table{Name: o.Table})
					}
				}
			}
			for what, s := range map[string]*schema.Schema{"nothing": {}, "tables without columns": bare} {
				fits := op.Apply(s.Clone())
				if _, err := migrate.PlanOps(d.Planner(0), s.Clone(), []migrate.Op{op}); fits != nil && err == nil {
					t.Errorf("%s: %T on %s is planned, and does not fit: %v", d.Name(), op, what, fits)
				}
			}
		}
	}
}

// TestSQLiteURI: the file is where its name says, whatever is in that.
func TestSQLiteURI(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a#b?c%20d.db")
	db, err := sql.Open("sqlite", sqliteURI(file)+litePragmas)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec("CREATE TABLE a (b)"); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(file); err != nil {
		t.Error(err)
	}
}
