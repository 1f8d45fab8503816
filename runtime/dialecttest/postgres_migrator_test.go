package dialecttest_test

import (
	"context"
	"database/sql"
	"sync"
	"testing"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/postgres"
	"github.com/modelgen/modelgen/runtime/schema"
)

// TestPostgresMigrator goes up, verifies, and goes down, with a migration that commits in between and several runners at once.
func TestPostgresMigrator(t *testing.T) {
	first := &migrate.Migration{Name: "0001_initial", Ops: pgBase()}
	second := &migrate.Migration{Name: "0002_moods", Parents: []*migrate.Migration{first}, Ops: []migrate.Op{
		migrate.AddUnique{Table: "orders", Unique: schema.Unique{Name: "u", Columns: []string{"note"}}},
		migrate.AlterEnum{Name: "mood", From: []string{"sad", "happy"}, To: []string{"sad", "okay", "happy"}},
		pgAlter("customers", schema.EnumOf("mood", "mood").Default("sad"), schema.EnumOf("mood", "mood").Default("okay")),
		migrate.Go{Up: func(ctx context.Context, tx migrate.Tx) error {
			_, err := tx.ExecContext(ctx, "INSERT INTO customers (name) VALUES ($1)", "by go")
			return err
		}, Down: func(ctx context.Context, tx migrate.Tx) error {
			_, err := tx.ExecContext(ctx, "DELETE FROM customers")
			return err
		}},
	}}
	set := migrate.NewSet("shop", first, second)
	pgEach(t, func(t *testing.T, db *sql.DB, _ string) {
		m, err := migrate.New(db, postgres.Dialect{}, set, nil)
		if err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				if _, err := m.Up(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		pgWantRows(t, db, "SELECT mood FROM customers", "okay")
		pgWantRows(t, db, "SELECT name, state FROM modelgen_history ORDER BY id", "0001_initial|done", "0002_moods|done")
		verify := func() {
			t.Helper()
			if diff, err := m.Verify(t.Context()); err != nil || len(diff) > 0 {
				t.Errorf("%v, %v", diff, err)
			}
		}
		verify()
		if _, err := m.Down(t.Context()); err != nil {
			t.Fatal(err)
		}
		verify()
		if plan, err := m.Plan(t.Context(), ""); err != nil || len(plan.Steps) != 1 {
			t.Errorf("%v, %v", plan, err)
		}
		if _, err := m.To(t.Context(), "zero"); err != nil {
			t.Fatal(err)
		}
		pgWantRows(t, db, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'", "1")
	})
}
