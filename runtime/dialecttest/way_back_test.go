package dialecttest_test

import (
	"context"
	"testing"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// TestFillBack gives rows their value when the drop of a NOT NULL column without a default is undone, also where the drop was applied before
// anybody wrote the value down.
func TestFillBack(t *testing.T) {
	runners(t, func(r *runner) {
		set := func(fill string) *migrate.Set {
			return migrate.NewSet("audit", chain(
				makes("audit_log", schema.Text("note"), schema.Text("action")),
				migrate.DropColumn{Table: "audit_log", Column: schema.Text("action"), FillBack: fill})...)
		}
		r.up(set(""), "0001_a, 0002_b")
		r.exec("INSERT INTO audit_log (id, note) VALUES (1, 'x'), (2, 'y')")

		after := set("'was ' || note")
		r.settled(after) // the value for the way back is no edit
		r.to(after, "0001", "undone 0002_b")
		r.agrees(after)
		if n := r.count("SELECT count(*) FROM audit_log WHERE action = 'was ' || note"); n != 2 {
			r.t.Errorf("%d rows have their value, want 2", n)
		}
		r.up(after, "0002_b")
		r.settled(after)
	})
}

// agrees checks that the database is as the history says.
func (r *runner) agrees(set *migrate.Set) {
	r.t.Helper()
	if diff, err := r.migrator(set).Verify(context.Background()); err != nil || len(diff) > 0 {
		r.t.Errorf("the database is not what the history says: %v %v", diff, err)
	}
}
