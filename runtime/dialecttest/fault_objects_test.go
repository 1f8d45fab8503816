package dialecttest_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/modelgen/modelgen/internal/faultproxy"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/postgres"
	"github.com/modelgen/modelgen/runtime/schema"
)

// faultObjectsSet changes a column under views, and a materialized view in use, with all that hangs on them, between stages that end their transaction.
func faultObjectsSet() *migrate.Set {
	made := func(kind schema.ObjectKind, name, table, sql string) migrate.Op {
		return migrate.ObjectOp(nil, pgObject(kind, name, table, sql))
	}
	open := made(schema.ViewKind, "open_sales", "", "SELECT id, code, total FROM sales WHERE open")
	large := made(schema.ViewKind, "large_sales", "", "SELECT id, code FROM open_sales WHERE total > 100")
	comment := made(schema.CommentKind, "view open_sales", "", "what is open")
	grant := made(schema.GrantKind, "table large_sales to PUBLIC", "", "SELECT")
	beside := made(schema.ViewKind, "codes", "", "SELECT code FROM totals")
	undo := func(ops ...migrate.Op) (all []migrate.Op) {
		for i := len(ops) - 1; i >= 0; i-- {
			back, err := ops[i].Inverse()
			if err != nil {
				panic(err)
			}
			all = append(all, back)
		}
		return all
	}
	guards := []migrate.Op{
		made(schema.TriggerKind, "sales_touch", "sales", "CREATE TRIGGER sales_touch BEFORE UPDATE OF code ON sales FOR EACH ROW EXECUTE FUNCTION touch()"),
		made(schema.PolicyKind, "own", "sales", "CREATE POLICY own ON sales USING (total > 0)"),
	}
	decorated := []migrate.Op{
		made(schema.ViewIndexKind, "totals_code", "totals", "CREATE UNIQUE INDEX totals_code ON totals (code)"),
		made(schema.CommentKind, "materialized view totals", "", "by code"),
		made(schema.GrantKind, "table totals to PUBLIC", "", "SELECT"),
	}
	chain := []migrate.Op{open, large, comment, grant}
	index := migrate.CreateIndex{Table: "sales", Index: faultIndex("sales_total_idx", "total")}
	return migrate.NewSet("objects", faultChain(
		slices.Concat([]migrate.Op{
			faultTable("sales", schema.Varchar("code", 10), schema.Integer("total"), schema.Boolean("open").Default(true)),
			migrate.SQL{Up: []string{"INSERT INTO sales (id, code, total) SELECT i, 'c' || i % 7, i FROM generate_series(1, 300) i"}, Down: []string{"DELETE FROM sales"}},
			made(schema.FunctionKind, "touch()", "", "CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$"),
		}, guards, []migrate.Op{
			made(schema.MaterializedViewKind, "totals", "", "SELECT code, sum(total) AS total FROM sales GROUP BY code"),
		}, decorated, []migrate.Op{beside}, chain),
		slices.Concat([]migrate.Op{index}, undo(beside), []migrate.Op{
			migrate.ReplaceMaterializedView{Name: "totals", From: "SELECT code, sum(total) AS total FROM sales GROUP BY code", To: "SELECT code, sum(total) AS total, count(*) AS n FROM sales GROUP BY code"}, beside,
		}),
		slices.Concat(undo(chain...), undo(beside), undo(decorated...), []migrate.Op{migrate.DropMaterializedView{Name: "totals", Query: "SELECT code, sum(total) AS total, count(*) AS n FROM sales GROUP BY code"}},
			undo(guards...), []migrate.Op{
				migrate.AlterColumn{Table: "sales", From: schema.Varchar("code", 10), To: schema.Text("code")}, migrate.AlterColumn{Table: "sales", From: schema.Integer("total"), To: schema.BigInt("total")},
			}, guards, chain),
	)...)
}

// objectsDump is all there is, as the server defines it.
func (f *faultPG) objectsDump() []string {
	f.t.Helper()
	return append(f.dump(), pgObjects(f.t, f.db)...)
}

// TestFaultObjectsKilledAnywhere kills a process that changes objects at each message to the server, on the way up and on the way back. Then the same is run again. Without
// -full each driver has every eighth message.
func TestFaultObjectsKilledAnywhere(t *testing.T) {
	for _, verb := range []string{"up", "to zero"} {
		t.Run(verb, func(t *testing.T) {
			faultEach(t, func(t *testing.T, f *faultPG) {
				d, set := postgres.Dialect{}, faultObjectsSet()
				m := faultMigrator(t, f.db, d, set, nil)
				finish := func() {
					t.Helper()
					if verb == "up" {
						f.up(set)
					} else if _, err := m.To(t.Context(), "zero"); err != nil {
						t.Fatal(err)
					}
				}
				if verb != "up" {
					f.up(set)
				}
				finish()
				want := f.objectsDump()
				for k := 0; ; k++ {
					if !turn(k, slices.Index(pgDrivers, f.driver), 8) {
						continue
					}
					if f.empty(); verb != "up" {
						f.up(set)
					}
					p := f.child("objects", verb)
					fault := f.proxy.Inject(faultproxy.Fault{Skip: k, At: faultproxy.Answered, Do: p.kill})
					p.start()
					if code := p.wait(); code != faultKilled {
						fault.Remove()
						if code != 0 || k < 5 {
							t.Fatalf("nobody killed it, at %d; status %d: %s", k, code, p.errs.String())
						}
						break
					}
					f.alone()
					faultWhole(t, f.db, d, set)
					finish()
					f.alone()
					if diff := cmp.Diff(want, f.objectsDump()); diff != "" {
						t.Fatalf("killed at %d, which is not as if it were not (-want +got):\n%s", k, diff)
					}
				}
			})
		})
	}
}

// A migration that stops behind the fill of a new materialized view is taken back: nothing is left beside the old one.
func TestMaterializedViewHalfUndone(t *testing.T) {
	t.Parallel()
	pgRunners(t, func(r *runner) {
		set, real := faultObjectsSet(), r.dialect
		r.to(set, "0001", "0001_step")
		before := pgObjects(r.t, r.db)
		filled := false
		for n := 1; ; n++ {
			r.dialect = &stopper{Dialect: real, at: n, after: true}
			_, err := r.migrator(set).To(r.t.Context(), "0002")
			r.dialect = real
			filled = filled || strings.Contains(strings.Join(pgObjects(r.t, r.db), "\n"), "totals_new")
			if _, err := r.migrator(set).To(r.t.Context(), "0001"); err != nil {
				r.t.Fatalf("stop %d: %v", n, err)
			}
			if d := cmp.Diff(before, pgObjects(r.t, r.db)); d != "" {
				r.t.Fatalf("stop %d (-before +after):\n%s", n, d)
			}
			if err == nil {
				break
			}
		}
		if !filled {
			r.t.Error("it was never beside the old one")
		}
	})
}
