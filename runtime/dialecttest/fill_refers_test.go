package dialecttest_test

import (
	"context"
	"strings"
	"testing"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// TestFillRefersToNothing: a row that a fill would refer to, and that is not there, is told before anything is changed; once it is inserted, the same command goes on.
func TestFillRefersToNothing(t *testing.T) {
	t.Parallel()
	key := migrate.AddForeignKey{Table: "pets", ForeignKey: schema.ForeignKey{Name: "pets_keeper_id_fkey", Columns: []string{"keeper_id"}, RefTable: "owners", RefColumns: []string{"id"}}}
	for _, c := range []struct {
		name, expr, insert string
		says               string
	}{
		{"constant", "4711", "INSERT INTO owners VALUES (4711)", "4 rows (id 1, 2, 3, 4) would refer to rows of owners that are not there"},
		{"column", "owner_id + 4710", "INSERT INTO owners VALUES (4711), (4717), (4718)", "3 rows (id 1, 2, 4) would refer to rows of owners that are not there"},
	} {
		t.Run(c.name, func(t *testing.T) {
			runners(t, func(r *runner) {
				set := foreseen(r, migrate.AddColumn{Table: "pets", Column: schema.BigInt("keeper_id").Null()},
					migrate.Fill{Table: "pets", Column: "keeper_id", Expr: c.expr}, key)
				for range 2 { // still not there
					_, err := r.migrator(set).Up(context.Background())
					r.fails(err, c.says, "insert those first, or fill in others\n", "applying 0002_step failed at: "+key.Describe(), "nothing of it was changed")
					if strings.Contains(err.Error(), "471") {
						r.t.Errorf("the error shows a value: %v", err)
					}
					r.history("shop/0001_step done")
				}
				r.exec(c.insert)
				r.up(set, "0002_step")
				r.settled(set)
				r.to(set, "0001_step", "undone 0002_step")
			})
		})
	}
}
