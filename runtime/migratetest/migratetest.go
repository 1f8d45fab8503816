// Package migratetest runs the migrations of an application in its own tests, on a real and empty database:
//
//	func TestMigrations(t *testing.T) {
//		db := ... // an empty database, opened with the driver of the program
//		migratetest.Run(t, db, postgres.Dialect{}, migrations.All)
//	}
//
// It goes up, down and up again, at once and one migration at a time, and compares the database with what the migrations say after every
// step. The models are not looked at: the guard compares them when the test is compiled, and modelgen check in CI. The package opens no
// database and imports no driver.
package migratetest

import (
	"database/sql"
	"fmt"
	"strings"
	"testing"

	migrate "github.com/modelgen/modelgen/runtime"
)

// Test is a test of a set with what can be set about it. DB, Dialect and Set are needed.
type Test struct {
	DB      *sql.DB // an empty database; it is not closed
	Dialect migrate.Dialect
	Set     *migrate.Set
	Options *migrate.Options // of the migrator; nil is the defaults

	// Reversible makes a step that cannot be undone a failure. Otherwise it is logged, and the way down is left out: then every migration
	// is applied once, and undone and applied again where it can be.
	Reversible bool
}

// Run tests the set on db, which must be empty, with the defaults of [Test]:
//
//   - each migration for itself: up, compared with what the migrations say up to there, down to what was there before, and up again;
//   - everything down, after which nothing is left; everything up at once, to the same catalog; and both once more.
//
// What is wrong is reported with t.Errorf, with the migration and its op, and ends the run, as what comes after it means nothing. A database
// that holds something already is refused and not touched. At the end the database is empty again, but for the history's own table; after an
// error, and with a step that cannot be undone, it stays as it is, to be looked at, and is refused the next time.
func Run(t testing.TB, db *sql.DB, dialect migrate.Dialect, set *migrate.Set) {
	t.Helper()
	Test{DB: db, Dialect: dialect, Set: set}.Run(t)
}

// Run is the function [Run] with what is set in x.
func (x Test) Run(t testing.TB) {
	t.Helper()
	m, err := migrate.New(x.DB, x.Dialect, x.Set, x.Options)
	if err != nil {
		t.Errorf("migratetest: %v", err)
		return
	}
	r := &run{Test: x, m: m, ctx: t.Context(), log: t.Logf, history: migrate.DefaultHistory}
	if x.Options != nil && x.Options.History != "" {
		r.history = x.Options.History
	}
	if err := r.all(); err != nil {
		set := "set " + x.Set.Name() + ": "
		t.Errorf("migratetest: %s%s", set, strings.TrimPrefix(err.Error(), set))
	}
}

// all does everything. The first thing that is wrong ends it.
func (r *run) all() error {
	if err := r.Set.CheckFingerprint(); err != nil {
		return err
	}
	if err := r.begin(); err != nil {
		return err
	}
	barred := r.irreversible()
	for _, b := range barred {
		if r.Reversible {
			return b.err()
		}
		r.log("migratetest: set %s: %v; the way down to an empty database is left out", r.Set.Name(), b.err())
	}
	if err := r.each(); err != nil || len(barred) > 0 {
		return err
	}
	single, err := r.state()
	if err != nil {
		return err
	}
	if err := r.zero("after the migrations were applied one by one"); err != nil {
		return err
	}
	full, err := r.up()
	if err != nil {
		return err
	}
	if d := differences(single, full); d != "" {
		return fmt.Errorf("the migrations applied all at once make another schema than one by one:%s", d)
	}
	if err := r.zero("after everything was applied at once"); err != nil {
		return err
	}
	again, err := r.up()
	if err != nil {
		return err
	}
	if d := differences(full, again); d != "" {
		return fmt.Errorf("up, down and up do not result in the same as up:%s", d)
	}
	return r.leave()
}

// up applies everything that is pending, and returns what is there then.
func (r *run) up() ([]string, error) {
	if _, err := r.m.Up(r.ctx); err != nil {
		return nil, err
	}
	if err := r.verify("after everything was applied at once"); err != nil {
		return nil, err
	}
	return r.state()
}

// zero undoes everything, after which the database is as it was at the beginning.
func (r *run) zero(when string) error {
	if _, err := r.m.To(r.ctx, "zero"); err != nil {
		return fmt.Errorf("down to zero %s: %w", when, err)
	}
	now, err := r.state()
	if err != nil {
		return err
	}
	if d := differences(r.floor, now); d != "" {
		return fmt.Errorf("down to zero %s, the database is not as it was before:%s", when, d)
	}
	return nil
}

// each takes the migrations one by one: up, down, up.
func (r *run) each() error {
	before := r.floor
	for _, e := range r.own {
		res, err := r.m.To(r.ctx, e.label)
		if err != nil {
			return err
		}
		if err := r.verify("after " + e.what()); err != nil {
			return err
		}
		after, err := r.state()
		if err != nil {
			return err
		}
		last := res.Done
		if len(last) == 0 || last[len(last)-1].Faked { // a squash of what is applied is only recorded
			before = after
			continue
		}
		if _, err := migrate.Invert(e.migration.Ops); err == nil {
			if err := r.thereAndBack(e, before, after); err != nil {
				return err
			}
		}
		before = after
	}
	return nil
}

// thereAndBack undoes the migration that was applied last, and applies it again.
func (r *run) thereAndBack(e entry, before, after []string) error {
	if _, err := r.m.Back(r.ctx, 1); err != nil {
		return err
	}
	now, err := r.state()
	if err != nil {
		return err
	}
	if d := differences(before, now); d != "" {
		return fmt.Errorf("undoing %s does not give back what was there before it:%s", e.what(), d)
	}
	if _, err := r.m.To(r.ctx, e.label); err != nil {
		return fmt.Errorf("up again after it was undone: %w", err)
	}
	if now, err = r.state(); err != nil {
		return err
	}
	if d := differences(after, now); d != "" {
		return fmt.Errorf("applying %s again, after it was undone, does not result in the same:%s", e.what(), d)
	}
	return nil
}

// verify compares the database with the migrations that are applied.
func (r *run) verify(when string) error {
	drift, err := r.m.Verify(r.ctx)
	if err != nil {
		return fmt.Errorf("%s: %w", when, err)
	}
	var b strings.Builder
	for _, d := range drift {
		if d.Missing {
			fmt.Fprintf(&b, "\n  missing:    %s", d.Fact)
		} else {
			fmt.Fprintf(&b, "\n  unexpected: %s", d.Fact)
		}
	}
	if b.Len() > 0 {
		return fmt.Errorf("%s, the database is not what the migrations say:%s", when, b.String())
	}
	return nil
}
