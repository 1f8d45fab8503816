package dialecttest_test

import (
	"context"
	"database/sql"
	"path/filepath"
	"strings"
	"testing"

	"github.com/modelgen/modelgen/internal/pgtest"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/postgres"
	"github.com/modelgen/modelgen/runtime/schema"
	"github.com/modelgen/modelgen/runtime/sqlite"
)

// A program that has nothing to do pays the same for its start with few migrations and with many.
func TestStartDoesNotGrow(t *testing.T) {
	ctx := context.Background()
	allocs := map[int]float64{}
	for _, n := range []int{10, 200} {
		db, err := sql.Open("sqlite", "file:"+filepath.Join(t.TempDir(), "start.db"))
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		before := stated(n)
		m, err := migrate.New(db, sqlite.Dialect{}, before, nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := m.Fake(ctx, before.Head().Name); err != nil {
			t.Fatal(err)
		}
		set, made := stated(n), 0
		for _, m := range set.Migrations() { // as generate writes them
			ops := m.Ops
			m.Ops, m.OpsFunc = nil, func() []migrate.Op { made++; return ops }
		}
		allocs[n] = testing.AllocsPerRun(20, func() {
			m, err := migrate.New(db, sqlite.Dialect{}, set, nil)
			if err != nil {
				t.Fatal(err)
			}
			if res, err := m.Up(ctx); err != nil || len(res.Done) > 0 {
				t.Fatal(res, err)
			}
			if err := m.Check(ctx); err != nil {
				t.Fatal(err)
			}
		})
		if made > 1 { // those of the newest one are compared with the history
			t.Errorf("the ops of %d migrations of %d are made, with nothing to do", made, n)
		}
	}
	if few, many := allocs[10], allocs[200]; many > few+20 { // the buffers of the driver vary
		t.Errorf("New, Up and Check allocate %v times with 10 migrations and %v times with 200", few, many)
	}
}

// The fingerprint of a list is only ever a reason to do nothing: what the program has is found out as soon as it says something else.
func TestFingerprintHidesNothing(t *testing.T) {
	ctx := context.Background()
	column := func(name string) []migrate.Op {
		return []migrate.Op{migrate.AddColumn{Table: "a", Column: schema.Text(name).Null()}}
	}
	// steps is the list as it stands in the file: its fingerprint is of the ops as they were when it was written.
	steps := func(listed int, edit map[string]string) *migrate.Set {
		hashes := map[string]string{}
		var all []*migrate.Migration
		for i, name := range []string{"0001_a", "0002_b", "0003_c", "0004_d"} {
			ops := column(name[5:] + "x")
			if i == 0 {
				ops = []migrate.Op{migrate.CreateTable{Table: "a", Columns: []schema.ColumnDef{schema.Text("x").Null()}}}
			}
			if i < listed {
				hashes[name] = migrate.HashOps(ops)
			}
			if to := edit[name]; to != "" {
				ops = column(to)
			}
			m := &migrate.Migration{Name: name, Ops: ops}
			if i > 0 {
				m.Parents = all[i-1:]
			}
			if i < 3 || listed > 3 {
				all = append(all, m)
			}
		}
		return migrate.NewSet("app", all...).Fingerprint(migrate.FingerprintOf(hashes))
	}
	for _, c := range []struct {
		name string
		set  *migrate.Set
		opt  migrate.Options
		note string // of Up
		err  string
		done int
	}{
		{name: "nothing", set: steps(3, nil)},
		{name: "the newest was edited", set: steps(3, map[string]string{"0003_c": "other"}), note: "changed since they were applied: 0003_c"},
		{name: "an older one was edited, and the start trusts the list", set: steps(3, map[string]string{"0002_b": "other"})},
		{name: "an older one was edited, and hashes are computed", set: steps(3, map[string]string{"0002_b": "other"}), opt: migrate.Options{Rehash: true}, note: "changed since they were applied: 0002_b"},
		{name: "an older one was edited, and one is pending", set: steps(4, map[string]string{"0002_b": "other"}), err: "changed since they were applied: 0002_b"},
		{name: "one is pending", set: steps(4, nil), done: 1},
		{name: "a list that is older than the program", set: steps(2, nil)},
	} {
		t.Run(c.name, func(t *testing.T) {
			db, err := sql.Open("sqlite", "file:"+filepath.Join(t.TempDir(), "start.db"))
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			m, err := migrate.New(db, sqlite.Dialect{}, steps(3, nil), nil)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := m.Up(ctx); err != nil {
				t.Fatal(err)
			}
			var notes []string
			c.opt.Progress = func(e migrate.Event) { notes = append(notes, e.Message) }
			if m, err = migrate.New(db, sqlite.Dialect{}, c.set, &c.opt); err != nil {
				t.Fatal(err)
			}
			res, err := m.Up(ctx)
			if c.err == "" && err != nil || c.err != "" && (err == nil || !strings.Contains(err.Error(), c.err)) {
				t.Errorf("Up returned %v, want %q", err, c.err)
			}
			if len(res.Done) != c.done {
				t.Errorf("Up applied %v", res.Done)
			}
			if said := strings.Join(notes, "\n"); !strings.Contains(said, c.note) || c.note == "" && c.done == 0 && c.err == "" && said != "" {
				t.Errorf("Up said %q, want %q", said, c.note)
			}
		})
	}
}

// A digest of the newest row that says which migrations are pending is no reason not to look at the other rows before anything is done.
func TestPendingLooksAtAllRows(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]func(t *testing.T) (*sql.DB, migrate.Dialect){
		"sqlite": func(t *testing.T) (*sql.DB, migrate.Dialect) {
			db, err := sql.Open("sqlite", "file:"+filepath.Join(t.TempDir(), "start.db"))
			if err != nil {
				t.Fatal(err)
			}
			return db, sqlite.Dialect{}
		},
		"postgres": func(t *testing.T) (*sql.DB, migrate.Dialect) {
			db, err := sql.Open("postgres", pgtest.Database(t))
			if err != nil {
				t.Fatal(err)
			}
			return db, postgres.Dialect{}
		},
	} {
		for _, c := range []struct {
			name, tamper string
			edit         bool   // the program's second migration is another one than was applied
			err          string // "" applies what is pending
		}{
			{name: "nothing"},
			{name: "another hash", tamper: "UPDATE modelgen_history SET hash = '00' WHERE name = '0002_step'", err: "changed since they were applied: 0002_step"},
			{name: "a row less", tamper: "DELETE FROM modelgen_history WHERE name = '0002_step'", err: "0002_step"},
			{name: "a row more", tamper: `UPDATE modelgen_history SET name = '0002_other' WHERE name = '0002_step'`, err: "0002_other"},
			{name: "a digest that is no digest", tamper: "UPDATE modelgen_history SET digest = 'x'"},
			{name: "an edited file", edit: true, err: "changed since they were applied: 0002_step"},
		} {
			t.Run(name+"/"+c.name, func(t *testing.T) {
				db, dialect := open(t)
				defer db.Close()
				m, err := migrate.New(db, dialect, stated(4), nil)
				if err != nil {
					t.Fatal(err)
				}
				if _, err := m.Up(t.Context()); err != nil {
					t.Fatal(err)
				}
				if c.tamper != "" {
					if _, err := db.Exec(c.tamper); err != nil {
						t.Fatal(err)
					}
				}
				set := stated(6)
				if c.edit {
					for _, m := range set.Migrations() {
						if m.Name == "0002_step" {
							m.Ops = append(m.Ops, migrate.SQL{Up: []string{"SELECT 1"}, Down: []string{"SELECT 1"}})
						}
					}
				}
				if m, err = migrate.New(db, dialect, set, nil); err != nil {
					t.Fatal(err)
				}
				res, err := m.Up(t.Context())
				switch {
				case c.err == "" && (err != nil || len(res.Done) != 2):
					t.Errorf("Up applied %v and returned %v", res.Done, err)
				case c.err != "" && (err == nil || !strings.Contains(err.Error(), c.err) || len(res.Done) > 0):
					t.Errorf("Up applied %v and returned %v, want %q", res.Done, err, c.err)
				}
			})
		}
	}
}
