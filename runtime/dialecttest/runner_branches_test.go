package dialecttest_test

import (
	"context"
	"strings"
	"testing"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// branches are two that were joined by a merge: each changes the same table, one of them twice, and so that SQLite rewrites it.
type branches struct{ base, a, a2, b, merge, after *migrate.Migration }

func newBranches() branches {
	name, code := schema.Text("name").Default(""), schema.Integer("code").Default(0)
	s := branches{base: &migrate.Migration{Name: "0001_base", Ops: []migrate.Op{makes("t", name, code), makes("other")}}}
	on := func(name string, ops []migrate.Op, parents ...*migrate.Migration) *migrate.Migration {
		return &migrate.Migration{Name: name, Parents: parents, Ops: ops}
	}
	s.a = on("0002_a", []migrate.Op{migrate.AlterColumn{Table: "t", From: code, To: schema.BigInt("code").Default(0)}, adds("t", "a1")}, s.base)
	s.a2 = on("0003_a", []migrate.Op{adds("t", "a2"), migrate.DropTable{Table: "other", Columns: []schema.ColumnDef{schema.BigInt("id")},
		PrimaryKey: schema.PrimaryKey{Name: "other_pkey", Columns: []string{"id"}}}}, s.a)
	s.b = on("0002_b", []migrate.Op{
		migrate.AddColumn{Table: "t", Column: schema.Text("label").Null()},
		migrate.Fill{Table: "t", Column: "label", Expr: "'b'", Where: "label IS NULL"},
		migrate.AlterColumn{Table: "t", From: schema.Text("label").Null(), To: schema.Text("label")},
		migrate.AddCheck{Table: "t", Check: schema.Check{Name: "t_label_check", Expr: "label <> ''"}},
	}, s.base)
	s.merge = on("0004_merge", nil, s.a2, s.b)
	s.after = on("0005_after", []migrate.Op{adds("t", "after")}, s.merge)
	return s
}

func (s branches) all() *migrate.Set {
	return migrate.NewSet("shop", s.base, s.a, s.b, s.a2, s.merge, s.after)
}

// TestBranchesInEitherOrder: what a merge has joined may be applied in either order, without a flag and without a word.
func TestBranchesInEitherOrder(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		before func(s branches) *migrate.Set
		up     string
	}{
		{"the shorter first", func(s branches) *migrate.Set { return migrate.NewSet("shop", s.base, s.b) }, "0002_a, 0003_a, 0004_merge, 0005_after"},
		{"the longer first", func(s branches) *migrate.Set { return migrate.NewSet("shop", s.base, s.a, s.a2) }, "0002_b, 0004_merge, 0005_after"},
		{"a part of the longer", func(s branches) *migrate.Set { return migrate.NewSet("shop", s.base, s.a) }, "0002_b, 0003_a, 0004_merge, 0005_after"},
		{"neither", func(s branches) *migrate.Set { return migrate.NewSet("shop", s.base) }, "0002_a, 0002_b, 0003_a, 0004_merge, 0005_after"},
	} {
		t.Run(c.name, func(t *testing.T) {
			runners(t, func(r *runner) {
				s := newBranches()
				r.up(migrate.NewSet("shop", s.base), "0001_base")
				r.exec("INSERT INTO t (id, name, code) VALUES (1, 'one', 7)")
				if _, err := r.migrator(c.before(s)).Up(context.Background()); err != nil {
					r.t.Fatal(err)
				}
				plan, err := r.migrator(s.all()).Plan(context.Background(), "")
				if err != nil || plan.Refused != nil {
					r.t.Fatalf("plan: %v, refused: %v", err, plan.Refused)
				}
				r.up(s.all(), c.up)
				r.settled(s.all())
				if n := r.count("SELECT count(*) FROM t WHERE id = 1 AND name = 'one' AND code = 7 AND a1 = 0 AND a2 = 0 AND label = 'b'"); n != 1 {
					r.t.Error("the row is not what it was")
				}
				r.to(s.all(), "0001_base", "undone 0005_after, undone 0004_merge, undone 0003_a, undone 0002_b, undone 0002_a")
				r.up(s.all(), "0002_a, 0002_b, 0003_a, 0004_merge, 0005_after")
				r.settled(s.all())
			})
		})
	}
}

// TestBranchesWords: what looks at the database says the same as what changes it.
func TestBranchesWords(t *testing.T) {
	runners(t, func(r *runner) {
		s := newBranches()
		r.up(migrate.NewSet("shop", s.base, s.a, s.a2), "0001_base, 0002_a, 0003_a")
		r.prints(s.all(), "status", 0, `
shop: 3 applied, 3 pending
  applied  0001_base  TIME  TOOK
  applied  0002_a     TIME  TOOK
  pending  0002_b
  applied  0003_a  TIME  TOOK
  pending  0004_merge
  pending  0005_after
`, "")
		r.prints(s.all(), "check", 1, "", "migrate: set shop: 3 pending: 0002_b, 0004_merge, 0005_after; apply with up\n")
		status, out, problems := r.command(s.all(), "plan")
		if status != 0 || problems != "" || !strings.Contains(out, "0002_b") {
			r.t.Errorf("plan: exit status %d\n%s%s", status, out, problems)
		}
		r.prints(s.all(), "up -to 0002_b", 0, "applied  0002_b  TOOK\n", "")
		r.prints(s.all(), "up", 0, "applied  0004_merge  TOOK\napplied  0005_after  TOOK\n", "")
		r.prints(s.all(), "check", 0, "", "")
		r.prints(s.all(), "verify", 0, "", "")
	})
}

// TestBranchesLate: what an applied migration comes after is late all the same, be it that a merge was given one more branch after it was applied,
// or that a migration was put in between.
func TestBranchesLate(t *testing.T) {
	const late = "pending although later ones are applied: 0002_c"
	for _, c := range []struct {
		name string
		more func(s branches, c *migrate.Migration) *migrate.Set
	}{
		{"a branch more for an applied merge", func(s branches, c *migrate.Migration) *migrate.Set {
			s.merge.Parents = append(s.merge.Parents[:2:2], c)
			return migrate.NewSet("shop", s.base, s.a, s.b, c, s.a2, s.merge, s.after)
		}},
		{"below an applied one", func(s branches, c *migrate.Migration) *migrate.Set {
			s.a.Parents = []*migrate.Migration{c}
			return migrate.NewSet("shop", s.base, c, s.a, s.b, s.a2, s.merge, s.after)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			runners(t, func(r *runner) {
				s := newBranches()
				r.up(s.all(), "0001_base, 0002_a, 0002_b, 0003_a, 0004_merge, 0005_after")
				between := &migrate.Migration{Name: "0002_c", Parents: []*migrate.Migration{s.base}, Ops: []migrate.Op{makes("c")}}
				set := c.more(s, between)
				_, err := r.migrator(set).Up(context.Background())
				r.fails(err, late, "-allow-out-of-order", "fake 0002_c")
				if plan, err := r.migrator(set).Plan(context.Background(), ""); err != nil || plan.Refused == nil || !strings.Contains(plan.Refused.Error(), late) {
					r.t.Errorf("plan: %+v, %v", plan, err)
				}
				r.opt.OutOfOrder = migrate.PolicyAllow
				r.up(set, "0002_c")
				r.settled(set)
			})
		})
	}

	// A branch that comes with a merge of its own joins what is applied.
	runners(t, func(r *runner) {
		s := newBranches()
		r.up(s.all(), "0001_base, 0002_a, 0002_b, 0003_a, 0004_merge, 0005_after")
		more := &migrate.Migration{Name: "0002_c", Parents: []*migrate.Migration{s.base}, Ops: []migrate.Op{makes("c")}}
		join := &migrate.Migration{Name: "0006_join", Parents: []*migrate.Migration{s.after, more}}
		set := migrate.NewSet("shop", s.base, s.a, s.b, more, s.a2, s.merge, s.after, join)
		r.up(set, "0002_c, 0006_join")
		r.settled(set)
	})
}
