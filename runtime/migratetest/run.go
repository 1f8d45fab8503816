package migratetest

import (
	"context"
	"fmt"
	"slices"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
)

// run is one test on its way.
type run struct {
	Test
	m       *migrate.Migrator
	ctx     context.Context
	log     func(format string, args ...any)
	history string // name of its table
	own     []entry
	others  []string // sets that this one needs
	floor   []string // what is there before the first migration of the set
}

// entry is one migration of the set.
type entry struct {
	label     string // as the migrator wants it
	migration *migrate.Migration
}

// what names the migration and its ops.
func (e entry) what() string {
	const most = 5
	var ops []string
	for _, op := range e.migration.Ops {
		ops = append(ops, op.Describe())
	}
	if n := len(ops); n > most {
		ops = append(ops[:most], fmt.Sprintf("and %d more", n-most))
	}
	if len(ops) == 0 {
		return e.label
	}
	return e.label + " (" + strings.Join(ops, "; ") + ")"
}

// begin refuses a database that is not empty. What the set needs of other sets is applied, and belongs to what is there before.
func (r *run) begin() error {
	status, err := r.m.Status(r.ctx)
	if err != nil {
		return err
	}
	if status.Protection != nil {
		return fmt.Errorf("the database is %s, and was not touched: give the test an empty one of its own", status.Protection)
	}
	there, err := r.state()
	if err != nil {
		return err
	}
	for _, e := range status.Entries {
		if e.Record != nil {
			there = append(there, "migration "+e.Migration+" in the history")
		}
	}
	if len(there) > 0 {
		return fmt.Errorf("the database is not empty, and was not touched: give the test an empty one of its own; "+
			"what an earlier test left stays when it failed, or when a step cannot be undone; it has:%s", lines("", there))
	}
	members := strings.Split(r.Set.Name(), "+") // as Join puts them together
	rest := r.Set.Migrations()
	for _, e := range status.Entries {
		if e.Set == r.Set.Name() || slices.Contains(members, e.Set) {
			r.own = append(r.own, entry{e.Migration, rest[0]})
			rest = rest[1:]
			continue
		}
		if _, err := r.m.To(r.ctx, e.Migration); err != nil {
			return err
		}
		if !slices.Contains(r.others, e.Set) {
			r.others = append(r.others, e.Set)
		}
	}
	r.floor, err = r.state()
	return err
}

// leave empties the database for the next test. What the set needs of others is undone too, where that can be: it is not what is tested here.
func (r *run) leave() error {
	if err := r.zero("after up, down and up"); err != nil {
		return err
	}
	for _, other := range slices.Backward(r.others) {
		if _, err := r.m.To(r.ctx, other+"/zero"); err != nil {
			r.log("migratetest: set %s, which set %s needs, stays in the database: %v", other, r.Set.Name(), err)
		}
	}
	return nil
}

// barrier is an op that cannot be undone.
type barrier struct {
	entry
	why error
}

func (b barrier) err() error { return fmt.Errorf("%s %w", b.label, b.why) }

// irreversible returns the ops that cannot be undone, the first one from the end of each migration.
func (r *run) irreversible() (all []barrier) {
	for _, e := range r.own {
		if _, err := migrate.Invert(e.migration.Ops); err != nil {
			all = append(all, barrier{e, err})
		}
	}
	return all
}

// differences returns the facts in which two states differ, "" for none.
func differences(want, got []string) string {
	return lines("missing:    ", without(want, got)) + lines("unexpected: ", without(got, want))
}

// without returns those of a that are not in b.
func without(a, b []string) (out []string) {
	have := map[string]int{}
	for _, x := range b {
		have[x]++
	}
	for _, x := range a {
		if have[x] > 0 {
			have[x]--
		} else {
			out = append(out, x)
		}
	}
	return out
}

// lines gives each fact a line of its own, and leaves out what is too much to be read.
func lines(before string, facts []string) string {
	const most = 20
	var b strings.Builder
	for i, f := range facts {
		if i == most {
			fmt.Fprintf(&b, "\n  and %d more", len(facts)-most)
			break
		}
		b.WriteString("\n  " + before + f)
	}
	return b.String()
}
