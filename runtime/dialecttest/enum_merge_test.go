package dialecttest_test

import (
	"strings"
	"testing"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// TestValuesMerged: two values become one, of an enum and of a list in a check, by the Fill that generate tells people to write before what takes the value away; without it, rows that
// hold the value stop the migration, and nothing is changed.
func TestValuesMerged(t *testing.T) {
	list := func(values string) schema.Check {
		return schema.Check{Name: "people_size_check", Expr: "size IN (" + values + ")"}
	}
	first := &migrate.Migration{Name: "0001_people", Ops: []migrate.Op{
		migrate.CreateEnum{Name: "mood", Values: []string{"sad", "ok", "glad"}},
		migrate.CreateTable{Table: "people", Columns: []schema.ColumnDef{schema.BigInt("id"), schema.EnumOf("mood", "mood"), schema.Text("size")},
			PrimaryKey: schema.PrimaryKey{Name: "people_pkey", Columns: []string{"id"}}, Checks: []schema.Check{list("'s', 'm', 'l'")}},
	}}
	takes := []migrate.Op{
		migrate.AlterEnum{Name: "mood", From: []string{"sad", "ok", "glad"}, To: []string{"sad", "glad"}},
		migrate.DropCheck{Table: "people", Check: list("'s', 'm', 'l'")}, migrate.AddCheck{Table: "people", Check: list("'s', 'l'")},
	}
	fills := []migrate.Op{
		migrate.Fill{Table: "people", Column: "mood", Expr: "'glad'", Where: "mood = 'ok'"}, migrate.Fill{Table: "people", Column: "size", Expr: "'l'", Where: "size = 'm'"},
	}
	second := func(ops ...migrate.Op) *migrate.Set {
		return migrate.NewSet("people", first, &migrate.Migration{Name: "0002_merge", Parents: []*migrate.Migration{first}, Ops: ops})
	}
	runners(t, func(r *runner) {
		rows := func(want string) {
			r.t.Helper()
			if n := r.count("SELECT count(*) FROM people WHERE " + want); n != 3 {
				r.t.Errorf("%d rows have %s", n, want)
			}
		}
		goes(r, migrate.NewSet("people", first), first.Name)
		pgExec(r.t, r.db, "INSERT INTO people VALUES (1, 'sad', 's'), (2, 'ok', 'm'), (3, 'glad', 'l')")
		_, err := r.migrator(second(takes...)).Up(r.t.Context())
		if err == nil || !strings.Contains(err.Error(), "nothing of it was changed") {
			r.t.Errorf("with rows that hold the values: %v", err)
		}
		rows("mood IN ('sad', 'ok', 'glad') AND size IN ('s', 'm', 'l')")
		goes(r, second(append(fills, takes...)...), "0002_merge")
		rows("mood IN ('sad', 'glad') AND size IN ('s', 'l')")
		goes(r, second(append(fills, takes...)...), first.Name)
		rows("mood IN ('sad', 'glad') AND size IN ('s', 'l')")
	})
}
