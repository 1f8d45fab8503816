package migrate_test

import (
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// counted is a migration that makes a table, and how often its ops were asked for.
func counted(name string, parents ...*migrate.Migration) (*migrate.Migration, *atomic.Int32) {
	calls := &atomic.Int32{}
	return &migrate.Migration{Name: name, Parents: parents, OpsFunc: func() []migrate.Op {
		calls.Add(1)
		return []migrate.Op{migrate.CreateTable{Table: "t" + name, Columns: []schema.ColumnDef{schema.BigInt("id")}}}
	}}, calls
}

// TestOpsFunc: ops are made when something asks for them, once, whichever sets the migration is in and whoever asks first.
func TestOpsFunc(t *testing.T) {
	first, a := counted("0001_first")
	second, b := counted("0002_second", first)
	bills, c := counted("0001_bills", second)
	shop := migrate.NewSet("shop", first, second).Fingerprint(strings.Repeat("0", 32))
	other := migrate.NewSet("bills", bills)
	if a.Load()+b.Load()+c.Load() > 0 || first.Ops != nil {
		t.Fatal("a set asks for ops when it is made")
	}
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() { _ = shop.Err() })
		all.Go(func() { _ = migrate.Join(shop, other).Err() })
		all.Go(func() { _ = other.Err() })
		all.Go(func() {
			if m := shop.Head(); len(m.Ops) != 1 {
				t.Errorf("the newest has %d ops", len(m.Ops))
			}
		})
	}
	all.Wait()
	if a.Load() != 1 || b.Load() != 1 || c.Load() != 1 {
		t.Errorf("asked %d, %d and %d times", a.Load(), b.Load(), c.Load())
	}
	if s := other.Schema(); s.Table("t0001_first") == nil || s.Table("t0001_bills") == nil {
		t.Error("what another set made is not there")
	}
}

// TestOpsFuncWrong: what is wrong is an error with the migration's name, each time it is asked for.
func TestOpsFuncWrong(t *testing.T) {
	var none []string
	for _, c := range []struct {
		m           *migrate.Migration
		begin, ends string
	}{
		{&migrate.Migration{Name: "0001_a", Ops: []migrate.Op{}, OpsFunc: func() []migrate.Op { return nil }}, "set shop: 0001_a: ", "it has both Ops and OpsFunc: take one of them out"},
		{&migrate.Migration{Name: "0001_a", OpsFunc: func() []migrate.Op { return []migrate.Op{migrate.DropTable{Table: none[0]}} }},
			"set shop: 0001_a: OpsFunc, at migration_test.go:", ", panics: runtime error: index out of range [0] with length 0"},
	} {
		set := migrate.NewSet("shop", c.m)
		for range 2 {
			if err := set.Err(); err == nil || !strings.HasPrefix(err.Error(), c.begin) || !strings.HasSuffix(err.Error(), c.ends) {
				t.Errorf("got %v, not %s...%s", err, c.begin, c.ends)
			}
		}
	}
}

// TestOpsFuncAsksAnotherSet: the ops of a migration may be taken from those of another set, whose ops are not made yet, as a list in Ops may. One that ends the
// goroutine is called again by the next.
func TestOpsFuncAsksAnotherSet(t *testing.T) {
	table, calls := counted("0001_table")
	plugin := migrate.NewSet("plugin", table)
	ends := true
	m := &migrate.Migration{Name: "0001_copy", OpsFunc: func() []migrate.Op {
		if ends {
			runtime.Goexit()
		}
		return plugin.Head().Ops
	}}
	var first sync.WaitGroup
	first.Go(func() { _ = migrate.NewSet("shop", m).Err() })
	first.Wait()
	ends = false
	if err := migrate.NewSet("again", m).Err(); err != nil || calls.Load() != 1 || len(m.Ops) != 1 {
		t.Errorf("%v, %d calls, %d ops", err, calls.Load(), len(m.Ops))
	}
}

// TestOpsFuncOfCopy: a copy of a migration whose ops were made is one of its own: it has those of its function, or the list that was put in their place.
func TestOpsFuncOfCopy(t *testing.T) {
	m, calls := counted("0001_m")
	if err := migrate.NewSet("shop", m).Err(); err != nil {
		t.Fatal(err)
	}
	two := func() []migrate.Op { return append(m.OpsFunc(), migrate.RenameTable{From: "t0001_m", To: "t"}) }
	for name, want := range map[string]struct {
		change func(*migrate.Migration)
		ops    int
	}{
		"as it is":           {func(*migrate.Migration) {}, 1},
		"another function":   {func(c *migrate.Migration) { c.OpsFunc = two }, 2},
		"another, and clear": {func(c *migrate.Migration) { c.OpsFunc, c.Ops = two, nil }, 2},
		"clear":              {func(c *migrate.Migration) { c.Ops = nil }, 1},
		"another list":       {func(c *migrate.Migration) { c.Ops = two() }, 2},
		"a list alone":       {func(c *migrate.Migration) { c.OpsFunc = nil }, 1},
	} {
		c := *m
		want.change(&c)
		if err := migrate.NewSet("copy", &c).Err(); err != nil || len(c.Ops) != want.ops {
			t.Errorf("%s: %v, %d ops", name, err, len(c.Ops))
		}
	}
	if len(m.Ops) != 1 || calls.Load() == 0 {
		t.Error("the migration itself has changed")
	}
}
