package dialecttest_test

import (
	"strings"
	"testing"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// passing is a set whose migrations make a table and a column that later ones drop, and a squash with the same ops.
func passing() (list, squash *migrate.Set) {
	note, code := schema.Text("note").Null(), schema.Text("code").Null()
	drop := migrate.DropTable(makes("passing").(migrate.CreateTable))
	drop.Table = "gone"
	ops := []migrate.Op{
		makes("things", note), makes("passing"), migrate.AddColumn{Table: "things", Column: code},
		migrate.RenameColumn{Table: "things", From: "code", To: "sign"}, migrate.RenameTable{From: "passing", To: "gone"},
		migrate.DropColumn{Table: "things", Column: schema.Text("sign").Null()}, drop,
		migrate.DropColumn{Table: "things", Column: note},
	}
	all := chain(ops...)
	names := make([]string, len(all))
	for i, m := range all {
		names[i] = m.Name
	}
	return migrate.NewSet("shop", all...), migrate.NewSet("shop", &migrate.Migration{Name: "0009_squashed", Replaces: names, Ops: ops})
}

// TestPlanOwn: what a plan has made itself holds nobody's data. Text, JSON, badges, consent and the demand for a backup agree that it destroys nothing, be it
// one migration or a list of them, and that it does where the database has it.
func TestPlanOwn(t *testing.T) {
	runners(t, func(r *runner) {
		list, squash := passing()
		said := func(set *migrate.Set, word string) (all []string) {
			r.t.Helper()
			for _, args := range [][]string{{"plan"}, {"plan", "-json"}, {"plan", "-color", "always"}} {
				status, out, problems := r.command(set, args...)
				if status != 0 {
					r.t.Fatalf("%s: %d %s", args, status, problems)
				}
				for line := range strings.Lines(out) {
					if strings.Contains(line, "destroy") || strings.Contains(line, "would lose") || strings.Contains(line, "needs consent") {
						if strings.Contains(line, word) {
							word = ""
						}
						all = append(all, line)
					}
				}
			}
			if word != "" {
				r.t.Errorf("nothing is said of %s: %q", word, all)
			}
			return all
		}
		r.runs(list, "protect", "-name", "production")
		for _, set := range []*migrate.Set{list, squash} {
			if all := said(set, ""); len(all) > 0 {
				r.t.Errorf("a plan that destroys nothing of anybody says %q", all)
			}
		}

		r.runs(list, "up", "-to", "0004")
		r.exec("INSERT INTO things (id, note, sign) VALUES (1, 'kept', 'x'), (2, NULL, 'y')", "INSERT INTO passing (id) VALUES (1)")
		for _, what := range []string{"destroys things.sign and its data", "destroys gone and its data", "destroys things.note and its data", "would lose passing: 1 row", "[destroys gone]"} {
			said(list, what)
		}
		r.refuses(list, []string{"up"}, "0006_f destroys things.sign", "0007_g destroys gone", "would lose things.note: a value in 1 row", "-backup DIR")

		// The table goes and is made again: the second one is the plan's own.
		made := makes("things").(migrate.CreateTable)
		again := chain(makes("other"), made, migrate.DropTable(made), made, migrate.DropTable(made))
		for i := range again {
			again[i].Name = "again" + again[i].Name
		}
		plan := migrate.NewSet("other", again...)
		r.exec("DROP TABLE things")
		r.runs(plan, "up", "-to", "again0002")
		p, err := r.migrator(plan).Plan(r.t.Context(), "")
		if err != nil {
			r.t.Fatal(err)
		}
		for i, want := range []int{1, 0, 0} {
			n := 0
			for _, st := range p.Steps[i].Stages {
				n += len(st.Destroys)
			}
			if len(p.Steps[i].Destroys) != want || n != want {
				r.t.Errorf("%s: %q, and %d of stages", p.Steps[i].Migration, p.Steps[i].Destroys, n)
			}
		}
	})
}

// TestPlanOwnEmpty: an empty database needs no consent and no backup for its way through a set that drops what it has made.
func TestPlanOwnEmpty(t *testing.T) {
	runners(t, func(r *runner) {
		_, squash := passing()
		r.runs(squash, "protect", "-name", "production")
		r.runs(squash, "up")
		r.settled(squash)
	})
}
