package diff_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/modelgen/modelgen/gen/diff"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/postgres"
	"github.com/modelgen/modelgen/runtime/schema"
	"github.com/modelgen/modelgen/runtime/sqlite"
)

// TestNarrowed compares constraints and indexes that only one dialect has, and what each dialect makes of the difference.
func TestNarrowed(t *testing.T) {
	index := func(name, only, using string) schema.Index {
		return schema.Index{Name: name, Parts: []schema.IndexPart{{Column: "x"}}, Using: using, Only: only}
	}
	table := func(change func(*schema.Table)) *schema.Schema {
		tab := &schema.Table{Name: "t", Columns: []schema.Column{schema.BigInt("id").Identity().Def(), schema.JSONB("x").Def()}, PrimaryKey: &schema.PrimaryKey{Name: "t_pkey", Columns: []string{"id"}}}
		change(tab)
		return &schema.Schema{Tables: []*schema.Table{tab}}
	}
	both := func(tab *schema.Table) {
		tab.Indexes = []schema.Index{index("t_x_idx", "postgres", "gin"), index("t_x_idx", "sqlite", "")}
	}
	for _, tt := range []struct {
		name         string
		old, new     func(*schema.Table)
		ops, pg, lit string
	}{
		{"two of no name share one", func(*schema.Table) {},
			func(tab *schema.Table) {
				tab.Indexes = []schema.Index{index("", "postgres", "gin"), index("", "sqlite", "")}
			},
			"Create index t_x_idx on t | Create index t_x_idx on t",
			`CREATE INDEX CONCURRENTLY "t_x_idx" ON "public"."t" USING "gin" ("x")`, `CREATE INDEX "t_x_idx" ON "t" ("x")`},
		{"one that is for all stands beside one that is not", func(*schema.Table) {},
			func(tab *schema.Table) {
				tab.Checks = []schema.Check{{Expr: "x IS NOT NULL"}, {Expr: "x <> '1'", Only: "sqlite"}}
			},
			"Add check t_x_check to t | Add check t_x_check1 to t", "t_x_check", "t_x_check1"},
		{"only the half that changes", both, func(tab *schema.Table) {
			tab.Indexes = []schema.Index{index("", "postgres", "hash"), index("", "sqlite", "")}
		}, "Drop index t_x_idx of t | Create index t_x_idx on t", "DROP INDEX", ""},
		{"one for all becomes one of each, and stays where it is the same", func(tab *schema.Table) { tab.Indexes = []schema.Index{index("t_x_idx", "", "")} }, both,
			"Drop index t_x_idx of t | Create index t_x_idx on t | Create index t_x_idx on t", `CREATE INDEX CONCURRENTLY "t_x_idx" ON "public"."t" USING "gin"`, ""},
		{"one for all becomes that of one, and stays there", func(tab *schema.Table) {
			tab.Checks = []schema.Check{{Name: "c", Expr: "x IS NOT NULL"}}
			tab.Uniques = []schema.Unique{{Name: "u", Columns: []string{"x"}}}
		}, func(tab *schema.Table) {
			tab.Checks = []schema.Check{{Name: "c", Expr: "x IS NOT NULL", Only: "postgres"}}
			tab.Uniques = []schema.Unique{{Name: "u", Columns: []string{"x"}, Only: "postgres"}}
		}, "Drop check c of t | Drop unique constraint u (x) of t | Add unique constraint u (x) to t | Add check c to t", "", `CREATE TABLE "modelgen_new_t"`},
		{"one name for both is one rename", both, func(tab *schema.Table) {
			tab.Indexes = []schema.Index{index("by_x", "postgres", "gin"), index("by_x", "sqlite", "")}
		}, "Rename index t_x_idx of t to by_x", `RENAME TO "by_x"`, `CREATE INDEX "by_x"`},
		{"another name for one of them", both, func(tab *schema.Table) {
			tab.Indexes = []schema.Index{index("by_x", "postgres", "gin"), index("t_x_idx", "sqlite", "")}
		}, "Drop index t_x_idx of t | Create index by_x on t", "by_x", ""},
		{"only one stays, under another name", both, func(tab *schema.Table) {
			tab.Indexes = []schema.Index{index("by_x", "postgres", "gin")}
		}, "Drop index t_x_idx of t | Rename index t_x_idx of t to by_x", `RENAME TO "by_x"`, "DROP INDEX"},
		{"a collation of one", func(*schema.Table) {}, func(tab *schema.Table) {
			tab.Columns = append(tab.Columns, schema.Text("n").Null().CollateFor("postgres", "C").Def())
		}, "Add column t.n", `COLLATE "C"`, `ADD COLUMN "n" TEXT`},
		{"a collation of one, later", func(tab *schema.Table) { tab.Columns = append(tab.Columns, schema.Text("n").Def()) }, func(tab *schema.Table) {
			tab.Columns = append(tab.Columns, schema.Text("n").CollateFor("postgres", "C").Def())
		}, `Alter column t.n: collation on postgres "" to "C"`, `COLLATE "C"`, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			old, new := table(tt.old), table(tt.new)
			res, err := diff.Diff(diff.Input{Old: old, New: new, Dialects: on([]string{"postgres", "sqlite"})})
			if err != nil {
				t.Fatal(err)
			}
			var ops []string
			for _, op := range res.Ops {
				ops = append(ops, op.Describe())
			}
			if got := strings.Join(ops, " | "); got != tt.ops {
				t.Errorf("ops: %s\nwant %s", got, tt.ops)
			}
			for dialect, want := range map[migrate.Dialect]string{postgres.Dialect{}: tt.pg, sqlite.Dialect{}: tt.lit} {
				stages, err := migrate.PlanOps(dialect.Planner(0), old.Clone(), res.Ops)
				if err != nil {
					t.Fatal(err)
				}
				var sql strings.Builder
				for _, st := range stages {
					for _, q := range st.Statements {
						sql.WriteString(q.SQL + "\n")
					}
					if st.Run != nil {
						sql.WriteString(fmt.Sprintln(st.Cause))
					}
				}
				if want == "" && sql.String() != "" || !strings.Contains(sql.String(), want) {
					t.Errorf("%s: %q, want %q", dialect.Name(), sql.String(), want)
				}
			}
			again, err := diff.Diff(diff.Input{Old: res.Schema, New: new, Dialects: on([]string{"postgres", "sqlite"})})
			if err != nil || len(again.Ops) > 0 {
				t.Errorf("a second comparison finds %v, %v", again, err)
			}
		})
	}
}
