package dialecttest_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/modelgen/modelgen/internal/pgtest"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/postgres"
	"github.com/modelgen/modelgen/runtime/schema"
)

// TestEnumValueUndone: a value is added under whatever reads the enum. To take it back the type is made again, with all that reads it out of the way, also what the same
// migration has dropped; what was made by hand stops it.
func TestEnumValueUndone(t *testing.T) {
	t.Parallel()
	const pg = "postgres"
	view := migrate.CreateView{Name: "listed", Query: "SELECT id, mood FROM people WHERE mood <> 'bad'"}
	first := []migrate.Op{
		migrate.CreateEnum{Name: "mood", Values: []string{"good", "bad"}},
		migrate.CreateTable{Table: "people", Columns: []schema.ColumnDef{schema.BigInt("id"), schema.EnumOf("mood", "mood"), schema.Integer("seen")}, PrimaryKey: schema.PrimaryKey{Name: "people_pkey", Columns: []string{"id"}}},
		view,
		migrate.CreateView{Name: "over", Query: "SELECT id FROM listed WHERE mood = 'good'"},
		migrate.CreateView{Name: "beside", Query: "SELECT id, seen FROM people"},
		migrate.CreateMaterializedView{Name: "counts", Query: "SELECT mood, count(*) AS n FROM people GROUP BY mood", Only: pg},
		migrate.CreateViewIndex{Name: "counts_key", Table: "counts", SQL: "CREATE UNIQUE INDEX counts_key ON counts (mood)", Only: pg},
		migrate.CreateFunction{Name: "cheer(mood)", SQL: "CREATE FUNCTION cheer(m mood) RETURNS mood LANGUAGE sql AS $$ SELECT 'good'::mood $$", Only: pg},
		migrate.CreateFunction{Name: "touch()", SQL: "CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$", Only: pg},
		migrate.CreateTrigger{Name: "touch", Table: "people", State: "DISABLE", SQL: "CREATE TRIGGER touch BEFORE UPDATE OF mood ON people FOR EACH ROW EXECUTE FUNCTION touch()", Only: pg},
		migrate.AddExclusion{Name: "one_bad", Table: "people", SQL: "EXCLUDE (seen WITH =) WHERE (mood = 'bad')", Only: pg},
		migrate.CreateStatistics{Name: "bad_ones", SQL: "CREATE STATISTICS bad_ones ON (mood = 'bad'), seen FROM people", Only: pg},
		migrate.CreatePolicy{Name: "shown", Table: "people", SQL: "CREATE POLICY shown ON people USING (mood <> 'bad')", Only: pg},
		migrate.Grant{Privileges: "SELECT", On: "table listed", To: "PUBLIC", Only: pg},
		migrate.CommentOn{On: "view over", To: "the good ones", Only: pg},
	}
	add := migrate.AlterEnum{Name: "mood", From: []string{"good", "bad"}, To: []string{"good", "soso", "bad"}}
	for _, c := range []struct {
		name string
		ops  []migrate.Op
		hand string
	}{
		{"views stay", []migrate.Op{add}, ""},
		{"a view goes behind it", []migrate.Op{add, migrate.DropView{Name: "beside", Query: "SELECT id, seen FROM people"}}, ""},
		{"a view of it goes behind it", []migrate.Op{add, migrate.DropMaterializedView{Name: "extra", Query: "SELECT mood FROM people", Only: pg}}, ""},
		{"a view made by hand", []migrate.Op{add}, "CREATE VIEW by_hand AS SELECT mood FROM people"},
	} {
		t.Run(c.name, func(t *testing.T) {
			db := pgOpen(t, "pgx", pgtest.Database(t))
			first := first
			if strings.Contains(c.name, "of it") {
				first = append(first[:len(first):len(first)], migrate.CreateMaterializedView{Name: "extra", Query: "SELECT mood FROM people", Only: pg})
			}
			pgUp(t, db, migrate.NewSet("moods", faultChain(first)...))
			pgExec(t, db, "INSERT INTO people VALUES (1, 'good', 0)", "REFRESH MATERIALIZED VIEW counts")
			before := pgObjects(t, db)
			m, err := migrate.New(db, postgres.Dialect{}, migrate.NewSet("moods", faultChain(first, c.ops)...), nil)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := m.Up(t.Context()); err != nil {
				t.Fatal(err)
			}
			if c.hand != "" {
				pgExec(t, db, c.hand)
				if _, err := m.Back(t.Context(), 1); err == nil || !strings.Contains(err.Error(), "view by_hand stands on column mood of table people") || !strings.Contains(err.Error(), "nothing was changed") {
					t.Errorf("what was made by hand: %v", err)
				}
				pgExec(t, db, "DROP VIEW by_hand")
			}
			if _, err := m.Back(t.Context(), 1); err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(before, pgObjects(t, db)); d != "" {
				t.Errorf("it is not as before:\n%s", d)
			}
		})
	}
}

// TestEnumValueAmongObjects: a value is added between the drop of what reads the enum and its creation, as on the way back of one that loses a value. The two are one transaction, and the
// value is committed before it, or within where the type has got its name there.
func TestEnumValueAmongObjects(t *testing.T) {
	t.Parallel()
	const pg = "postgres"
	view := migrate.CreateView{Name: "shown", Query: "SELECT id, mood FROM people WHERE mood <> 'bad'"}
	policy := migrate.CreatePolicy{Name: "shown", Table: "people", SQL: "CREATE POLICY shown ON people USING (mood <> 'bad')", Only: pg}
	first := []migrate.Op{
		migrate.CreateEnum{Name: "mood", Values: []string{"good", "bad"}},
		migrate.CreateTable{Table: "people", Columns: []schema.ColumnDef{schema.BigInt("id"), schema.EnumOf("mood", "mood")}, PrimaryKey: schema.PrimaryKey{Name: "people_pkey", Columns: []string{"id"}}},
		view, policy,
		migrate.AddExclusion{Name: "one_bad", Table: "people", SQL: "EXCLUDE (id WITH =) WHERE (mood = 'bad')", Only: pg},
	}
	away := []migrate.Op{
		migrate.DropExclusion{Name: "one_bad", Table: "people", SQL: "EXCLUDE (id WITH =) WHERE (mood = 'bad')", Only: pg},
		migrate.DropPolicy{Name: "shown", Table: "people", SQL: policy.SQL, Only: pg},
		migrate.DropView{Name: "shown", Query: view.Query},
	}
	back := []migrate.Op{
		migrate.CreateView{Name: "shown", Query: "SELECT id, mood FROM people WHERE mood <> 'good'"},
		migrate.CreatePolicy{Name: "shown", Table: "people", SQL: "CREATE POLICY shown ON people USING (mood <> 'good')", Only: pg},
	}
	lose := migrate.AlterEnum{Name: "mood", From: []string{"good", "bad"}, To: []string{"good"}}
	for _, c := range []struct {
		name string
		enum []migrate.Op
		at   int // the stage behind which there is a commit
	}{
		{"alone", []migrate.Op{lose}, 0},
		{"renamed in between", []migrate.Op{lose, migrate.RenameEnum{From: "mood", To: "temper"}}, 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			db := pgOpen(t, "pgx", pgtest.Database(t))
			all := faultChain(first, slices.Concat(away, c.enum, back))
			pgUp(t, db, migrate.NewSet("moods", all[0]))
			pgExec(t, db, "INSERT INTO people VALUES (1, 'good')")
			before := pgObjects(t, db)
			pgUp(t, db, migrate.NewSet("moods", all...))
			m, err := migrate.New(db, postgres.Dialect{}, migrate.NewSet("moods", all...), nil)
			if err != nil {
				t.Fatal(err)
			}
			plan, err := m.PlanBack(t.Context(), 1)
			if err != nil {
				t.Fatal(err)
			}
			var commits []int
			for i, st := range plan.Steps[0].Stages {
				if st.Commit && i+1 < len(plan.Steps[0].Stages) {
					commits = append(commits, i)
				}
			}
			if !slices.Equal(commits, []int{c.at}) {
				t.Errorf("committed behind the stages %v, want %d", commits, c.at)
			}
			if _, err := m.Back(t.Context(), 1); err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(before, pgObjects(t, db)); d != "" {
				t.Errorf("it is not as before:\n%s", d)
			}
		})
	}
}
