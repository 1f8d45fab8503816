package dialecttest_test

import (
	"context"
	"strings"
	"testing"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// squashed are three migrations, one that replaces the first two, and one that comes after.
type squashed struct {
	a, b, c, squash, d *migrate.Migration
}

func newSquashed() squashed {
	first := chain(makes("t"), adds("t", "one"), adds("t", "two"))
	s := squashed{a: first[0], b: first[1], c: first[2]}
	s.squash = &migrate.Migration{
		Name: "0002_squashed", Replaces: []string{"0001_a", "0002_b"},
		Ops: []migrate.Op{makes("t", schema.Integer("one").Default(0))},
	}
	s.d = &migrate.Migration{Name: "0004_d", Parents: []*migrate.Migration{s.c}, Ops: []migrate.Op{adds("t", "four")}}
	return s
}

func (s squashed) before() *migrate.Set { return migrate.NewSet("shop", s.a, s.b, s.c) }
func (s squashed) both() *migrate.Set   { return migrate.NewSet("shop", s.a, s.b, s.squash, s.c, s.d) }

// after has the old files deleted: what followed them follows the squash.
func (s squashed) after() *migrate.Set {
	c := &migrate.Migration{Name: s.c.Name, Parents: []*migrate.Migration{s.squash}, Ops: s.c.Ops}
	d := &migrate.Migration{Name: s.d.Name, Parents: []*migrate.Migration{c}, Ops: s.d.Ops}
	return migrate.NewSet("shop", s.squash, c, d)
}

// end drops Replaces too.
func (s squashed) end() *migrate.Set {
	q := &migrate.Migration{Name: s.squash.Name, Ops: s.squash.Ops}
	return migrate.NewSet("shop", q, &migrate.Migration{Name: s.c.Name, Parents: []*migrate.Migration{q}, Ops: s.c.Ops})
}

// TestSquashFresh: a database that has none of them gets the squash.
func TestSquashFresh(t *testing.T) {
	runners(t, func(r *runner) {
		s := newSquashed()
		r.up(s.both(), "0002_squashed, 0003_c, 0004_d")
		r.up(s.both(), "")
		r.settled(s.both())
		r.history("shop/0001_a faked", "shop/0002_b faked", "shop/0002_squashed done", "shop/0003_c done", "shop/0004_d done")
		r.prints(s.both(), "status", 0, `
shop: 3 applied, 0 pending
  replaced  0001_a                      by 0002_squashed
  replaced  0002_b                      by 0002_squashed
  applied   0002_squashed (replaces 2)  TIME  TOOK
  applied   0003_c                      TIME  TOOK
  applied   0004_d                      TIME  TOOK
`, "")
		// The old program may start, and does not touch what a newer one has done.
		if err := r.migrator(s.before()).Check(context.Background()); err != nil {
			t.Error(err)
		}
		r.to(s.both(), "zero", "undone 0004_d, undone 0003_c, undone 0002_squashed")
		r.history()
		r.up(s.after(), "0002_squashed, 0003_c, 0004_d")
		r.settled(s.after())
	})
}

// TestSquashAll: a database that has all of them gets the record, and goes on.
func TestSquashAll(t *testing.T) {
	runners(t, func(r *runner) {
		s := newSquashed()
		r.up(s.before(), "0001_a, 0002_b, 0003_c")
		if _, out, _ := r.command(s.both(), "plan"); !strings.HasPrefix(out, "0002_squashed  (recorded only)\n0004_d\n  -- t: 0 rows") || !strings.Contains(out, "\n  BEGIN;\n  Add column t.four\n") {
			t.Errorf("plan: %s", out)
		}
		r.up(s.both(), "faked 0002_squashed, 0004_d")
		r.up(s.both(), "")
		r.settled(s.both())
		r.history("shop/0001_a done", "shop/0002_b done", "shop/0002_squashed done", "shop/0003_c done", "shop/0004_d done")
		// Back to one that is replaced: they are undone one by one.
		r.to(s.both(), "0001_a", "undone 0004_d, undone 0003_c, faked undone 0002_squashed, undone 0002_b")
		r.history("shop/0001_a done")
		r.up(s.both(), "0002_b, faked 0002_squashed, 0003_c, 0004_d")
		r.settled(s.both())
		// Back over it at once.
		r.to(s.both(), "zero", "undone 0004_d, undone 0003_c, undone 0002_squashed")
		r.history()
	})
}

// TestSquashSome: a database that has some of them gets the rest, then the record.
func TestSquashSome(t *testing.T) {
	runners(t, func(r *runner) {
		s := newSquashed()
		r.to(s.before(), "0001_a", "0001_a")
		if _, err := r.migrator(s.after()).Up(context.Background()); err == nil {
			t.Error("the old files are gone and not all of them are applied, yet Up went on")
		} else {
			r.fails(err, "0002_squashed replaces 0002_b, not applied and no longer in the program, and 0001_a, applied", "restore the files")
		}
		r.up(s.both(), "0002_b, faked 0002_squashed, 0003_c, 0004_d")
		r.settled(s.both())
	})
}

// TestSquashTarget: one that is replaced can be the target on an empty database too.
func TestSquashTarget(t *testing.T) {
	runners(t, func(r *runner) {
		s := newSquashed()
		r.to(s.both(), "0001_a", "0001_a")
		r.up(s.both(), "0002_b, faked 0002_squashed, 0003_c, 0004_d")
	})
}

// TestSquashPrune: rows whose files are gone go, once the squash is recorded.
func TestSquashPrune(t *testing.T) {
	runners(t, func(r *runner) {
		s := newSquashed()
		r.up(s.before(), "0001_a, 0002_b, 0003_c")
		r.prints(s.after(), "prune", 1, "", "migrate: set shop: the row of 0001_a is needed: a migration that replaces it is not recorded yet\n  next: finish with up, then prune\n")
		r.up(s.after(), "faked 0002_squashed, 0004_d")
		r.up(s.after(), "")
		r.prints(s.after(), "prune", 0, "pruned   0001_a\npruned   0002_b\n", "")
		r.prints(s.after(), "prune", 0, "nothing to prune\n", "")
		r.up(s.after(), "")
		r.settled(s.after())
		r.history("shop/0002_squashed done", "shop/0003_c done", "shop/0004_d done")
		// A program that does not know 0004 leaves its row alone until it is named.
		r.prints(s.end(), "prune", 1, "", "migrate: set shop: newer than all that this program knows, perhaps of a newer one: 0004_d\n  next: name those that shall go: prune 0004_d\n")
		r.prints(s.end(), "prune 0003_c", 2, "", "migrate: 0003_c is in the program; prune takes rows whose migrations are gone\n")
		r.prints(s.end(), "prune 0009_x", 2, "", "migrate: there is no migration \"0009_x\"\n")
		r.prints(s.end(), "prune -json 0004_d", 0, "{\n  \"set\": \"shop\",\n  \"pruned\": [\n    \"0004_d\"\n  ]\n}\n", "")
		r.history("shop/0002_squashed done", "shop/0003_c done")
		r.up(s.end(), "")
	})
}

// TestSquashUndeclared: without Replaces the rows of the old files are unknown, and prune takes them for they are old.
func TestSquashUndeclared(t *testing.T) {
	runners(t, func(r *runner) {
		s := newSquashed()
		r.up(s.both(), "0002_squashed, 0003_c, 0004_d")
		r.to(s.both(), "0003_c", "undone 0004_d")
		r.exec(`DELETE FROM modelgen_history WHERE name IN ('0001_a', '0002_b')`,
			`INSERT INTO modelgen_history (id, "set", name, hash, state, started) `+map[bool]string{true: "", false: "OVERRIDING SYSTEM VALUE "}[r.dialect.Name() == "sqlite"]+
				`VALUES (-2, 'shop', '0001_a', 'x', 'done', '2026-01-01T00:00:00Z'), (-1, 'shop', '0002_b', 'x', 'done', '2026-01-01T00:00:00Z')`)
		_, err := r.migrator(s.end()).To(context.Background(), "zero")
		r.fails(err, "does not know: 0001_a, 0002_b", "prune")
		r.prints(s.end(), "prune", 0, "pruned   0001_a\npruned   0002_b\n", "")
		r.to(s.end(), "zero", "undone 0003_c, undone 0002_squashed")
	})
}

// TestSquashOfSquash: a squash may replace another one.
func TestSquashOfSquash(t *testing.T) {
	runners(t, func(r *runner) {
		s := newSquashed()
		all := &migrate.Migration{
			Name: "0003_all", Replaces: []string{"0002_squashed", "0003_c"},
			Ops: []migrate.Op{makes("t", schema.Integer("one").Default(0), schema.Integer("two").Default(0))},
		}
		set := migrate.NewSet("shop", s.a, s.b, s.squash, s.c, all, s.d)
		r.to(s.both(), "0003_c", "0002_squashed, 0003_c")
		r.up(set, "faked 0003_all, 0004_d")
		r.settled(set)
		r.to(set, "zero", "undone 0004_d, undone 0003_all")
		r.up(set, "0003_all, 0004_d")
		r.settled(set)
		r.to(set, "zero", "undone 0004_d, undone 0003_all")
		r.to(s.before(), "0001_a", "0001_a")
		r.up(set, "0002_b, faked 0002_squashed, 0003_c, faked 0003_all, 0004_d")
		r.settled(set)
	})
}

func TestSquashWrong(t *testing.T) {
	s := newSquashed()
	r := &runner{t: t}
	other := &migrate.Migration{Name: "0002_squashed", Replaces: []string{"0001_a", "0002_b"}, Ops: []migrate.Op{makes("t")}}
	r.fails(migrate.NewSet("shop", s.a, s.b, other).Err(), "does not result in the same schema")
	with := func(ops ...migrate.Op) *migrate.Migration {
		return &migrate.Migration{Name: "0002_squashed", Replaces: []string{"0001_a", "0002_b"}, Ops: append(s.squash.Ops[:1:1], ops...)}
	}
	two := migrate.AlterColumn{Table: "t", From: schema.Integer("one").Default(0), To: schema.Integer("one").Null()}
	more := migrate.AddColumn{Table: "t", Column: schema.Integer("both").Null()}
	both := migrate.AddDualWrite{Table: "t", Name: "t_both", From: "one", To: "both", Up: "one", Down: "both", Column: schema.Integer("both")}
	whole := &migrate.Migration{Name: "0002_b", Parents: []*migrate.Migration{s.a}, Ops: append(s.b.Ops[:len(s.b.Ops):len(s.b.Ops)], two, more)}
	if err := migrate.NewSet("shop", s.a, whole, with(two, more)).Err(); err != nil {
		t.Error(err)
	}
	r.fails(migrate.NewSet("shop", s.a, whole, with(two, more, both)).Err(), "does not result in the same schema")
	r.fails(migrate.NewSet("shop", s.a, s.b, with(migrate.CreateSchema{Name: "extra"})).Err(), "does not result in the same schema")
	hole := &migrate.Migration{Name: "0003_hole", Replaces: []string{"0001_a", "0003_c"}, Ops: s.squash.Ops}
	r.fails(migrate.NewSet("shop", s.a, s.b, s.c, hole).Err(), "leaves out one that lies between them")
	self := &migrate.Migration{Name: "0001_self", Replaces: []string{"0001_self"}, Ops: s.squash.Ops}
	r.fails(migrate.NewSet("shop", self).Err(), "replaces itself")
}
