package dialecttest_test

import (
	"encoding/json"
	"strings"
	"testing"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/postgres"
	"github.com/modelgen/modelgen/runtime/schema"
	"github.com/modelgen/modelgen/runtime/sqlite"
)

// TestCLIInspect: the verb prints what Inspect returns, always the same, and needs no migrations.
func TestCLIInspect(t *testing.T) {
	runners(t, func(r *runner) {
		if _, ok := r.dialect.(migrate.SchemaInspector); !ok {
			r.prints(nil, "inspect", 2, "", "migrate: inspect on sqlite: unsupported operation\n")
			return
		}
		r.prints(migrate.NewSet("shop", chain(makes("one", schema.Text("a").Null()), makes("two"), makes("old_one"))...), "up", 0, "applied  0001_a  TOOK\napplied  0002_b  TOOK\napplied  0003_c  TOOK\n", "")
		status, out, problems := r.command(nil, "inspect", "-ignore", "old_*, nothing", "-json")
		var in migrate.Inspection
		if err := json.Unmarshal([]byte(out), &in); err != nil || status != 0 || problems != "" {
			r.t.Fatalf("inspect: %d %v %s%s", status, err, out, problems)
		}
		if len(in.Schema.Tables) != 2 || in.Schema.Tables[0].Name != "one" || in.Schema.Tables[1].Name != "two" || in.Format != migrate.InspectionFormat || in.Dialect != r.dialect.Name() {
			r.t.Errorf("inspect: %s", out)
		}
		if _, again, _ := r.command(migrate.NewSet("none"), "inspect", "-ignore=old_*"); again != out || !strings.HasPrefix(out, "{\n  \"modelgenInspection\": 1,\n") {
			r.t.Errorf("again it is another text:\n%s\n%s", out, again)
		}
		r.prints(nil, "inspect -ignore [", 2, "", "migrate: inspect: the pattern \"[\" of tables to leave out cannot be read: syntax error in pattern\n")
		if r.url != "" {
			r.prints(nil, "inspect -schema public,nowhere", 2, "", "migrate: inspect: reading the server's version and schemas: there is no schema nowhere; there is public\n")
			r.dialect = sqlite.Dialect{}
			if _, ok := r.dialect.(migrate.SchemaInspector); ok {
				r.prints(nil, "inspect", 2, "", "migrate: the database is PostgreSQL, but the dialect is sqlite: give the migrations the dialect for PostgreSQL, or open another database\n")
			}
		} else {
			r.dialect = postgres.Dialect{}
			r.prints(nil, "inspect", 2, "", "migrate: the database is SQLite, but the dialect is postgres: give the migrations the dialect for SQLite, or open another database\n")
		}
	})
}
