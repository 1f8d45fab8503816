package dialecttest

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// contracts shows when the end of a dual write waits. In an empty database it does not.
func contracts(t *testing.T, l *lab) {
	l.same(l.must(l.migrator(released()).Up(context.Background())), "0001_step", "0002_step", "0003_step")
	t.Run("same program", func(t *testing.T) { sameProgram(t, newLab(t, l.b)) })
	t.Run("later release", func(t *testing.T) { laterRelease(t, newLab(t, l.b)) })
	t.Run("asked for", func(t *testing.T) { askedFor(t, newLab(t, l.b)) })
	t.Run("needed behind it", func(t *testing.T) { neededBehind(t, newLab(t, l.b)) })
	t.Run("stopped half way", func(t *testing.T) { stoppedHalfWay(t, newLab(t, l.b)) })
	t.Run("fails before", func(t *testing.T) { failsBefore(t, newLab(t, l.b)) })
	t.Run("rows that differ", func(t *testing.T) { differing(t, newLab(t, l.b)) })
}

// released is a program that has both steps, and more when there is more.
func released(more ...[]migrate.Op) *migrate.Set {
	expand, contract := dualRename("")
	return migrate.NewSet("dual", chain(append([][]migrate.Op{{table("things", schema.Text("caption"))}, expand, contract}, more...)...)...)
}

// inUse is a database that the release before has made.
func inUse(l *lab) {
	l.must(l.migrator(released()).To(context.Background(), "0001_step"))
	l.exec(`INSERT INTO things (id, caption) VALUES (1, 'a')`)
}

// waits wants a run to stop in front of 0003_step without an error.
func (l *lab) waits(res *migrate.Result, err error, done ...string) {
	l.t.Helper()
	l.same(l.must(res, err), done...)
	if w := res.Waits; w == nil || w.Expand != "0002_step" || w.Contract != "0003_step" || len(w.Needed) > 0 || !slices.Equal(w.Done, done) {
		l.t.Fatalf("it waits for %+v", w)
	}
}

func (l *lab) words() []string {
	l.t.Helper()
	st, err := l.migrator(released()).Status(context.Background())
	if err != nil {
		l.t.Fatal(err)
	}
	var all []string
	for _, e := range st.Entries {
		switch {
		case e.Waits:
			all = append(all, "waits")
		case e.Applied:
			all = append(all, "applied")
		default:
			all = append(all, "pending")
		}
	}
	return append(all, st.Pending()...)
}

// sameProgram runs one program twice, as two replicas that migrate when they start.
func sameProgram(t *testing.T, l *lab) {
	ctx := context.Background()
	inUse(l)
	first, second := l.migrator(released()), l.migrator(released())
	plan, err := first.Plan(ctx, "")
	if err != nil || len(plan.Steps) != 1 || plan.Waits == nil || plan.Waits.Contract != "0003_step" || !strings.Contains(plan.Waits.Error(), "this release begins the dual write of") {
		t.Fatalf("the plan before is %+v, %v", plan, err)
	}
	var pending *migrate.PendingError
	if err := first.Check(ctx); !errors.As(err, &pending) || !slices.Equal(pending.Pending, []string{"0002_step"}) {
		t.Fatalf("check before: %v", err)
	}
	l.same(l.words(), "applied", "pending", "pending", "0002_step", "0003_step")
	planned := 0
	hooked, err := migrate.New(l.db, l.b.Dialect, released(), &migrate.Options{BeforeRun: func(_ context.Context, p *migrate.Plan) error {
		if planned = len(p.Steps); p.Waits == nil {
			return errors.New("the plan says nothing of what waits")
		}
		return nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	res, err := hooked.Up(ctx)
	l.waits(res, err, "0002_step")
	if planned != 1 {
		t.Errorf("BeforeRun was shown %d steps", planned)
	}
	for _, m := range []*migrate.Migrator{first, second, hooked} {
		res, err := m.Up(ctx)
		l.waits(res, err)
		if err := m.Check(ctx); err != nil {
			t.Fatalf("check: %v", err)
		}
		plan, err := m.Plan(ctx, "")
		if err != nil || len(plan.Steps) > 0 || plan.Waits == nil || !strings.Contains(plan.Waits.Error(), "this release has begun the dual write of") {
			t.Fatalf("the plan is %+v, %v", plan, err)
		}
	}
	l.same(l.words(), "applied", "applied", "waits")
	if d, err := first.Verify(ctx); err != nil || len(d) > 0 {
		t.Fatalf("verify: %v, %v", d, err)
	}
	l.exec(`INSERT INTO things (id, caption) VALUES (2, 'written by a program of the previous release')`)
	l.exec(`INSERT INTO things (id, label) VALUES (3, 'written by this one')`)

	// Undone and applied again, it is the same.
	l.same(l.must(first.Down(ctx)), "0002_step")
	res, err = second.Up(ctx)
	l.waits(res, err, "0002_step")
}

// laterRelease goes on where the release that began stops, whether or not it has more to do.
func laterRelease(t *testing.T, l *lab) {
	ctx := context.Background()
	inUse(l)
	res, err := l.migrator(released()).Up(ctx)
	l.waits(res, err, "0002_step")
	later := l.migrator(released([]migrate.Op{migrate.AddColumn{Table: "things", Column: schema.Integer("stock").Default(0)}}))
	var pending *migrate.PendingError
	if err := later.Check(ctx); !errors.As(err, &pending) || len(pending.Pending) != 2 || pending.Waits != nil {
		t.Fatalf("check: %v", err)
	}
	l.same(l.must(later.Up(ctx)), "0003_step", "0004_step")
	if err := later.Check(ctx); err != nil {
		t.Fatal(err)
	}

	// Releases that skip nothing wait for nobody.
	l = newLab(t, l.b)
	inUse(l)
	expand, _ := dualRename("")
	l.same(l.must(l.migrator(migrate.NewSet("dual", chain([]migrate.Op{table("things", schema.Text("caption"))}, expand)...)).Up(ctx)), "0002_step")
	l.same(l.must(l.migrator(released()).Up(ctx)), "0003_step")
}

// askedFor goes on in the same program when that is said.
func askedFor(t *testing.T, l *lab) {
	ctx := context.Background()
	inUse(l)
	res, err := l.migrator(released()).Up(ctx)
	l.waits(res, err, "0002_step")
	if res, err = l.migrator(released()).To(ctx, "0003"); err != nil || res.Waits != nil {
		t.Fatalf("to gave %+v, %v", res, err)
	}
	l.same(l.must(l.migrator(released()).Up(ctx)))

	l = newLab(t, l.b)
	inUse(l)
	m, err := migrate.New(l.db, l.b.Dialect, released(), &migrate.Options{Contract: true})
	if err != nil {
		t.Fatal(err)
	}
	l.same(l.must(l.migrator(released()).To(ctx, "0002_step")), "0002_step")
	var pending *migrate.PendingError
	if err := m.Check(ctx); !errors.As(err, &pending) {
		t.Fatalf("check: %v", err)
	}
	l.same(l.must(m.Up(ctx)), "0003_step")
}

// neededBehind refuses what a program cannot do without: it is not ready, and that is no secret.
func neededBehind(t *testing.T, l *lab) {
	ctx := context.Background()
	inUse(l)
	m := l.migrator(released([]migrate.Op{migrate.AddColumn{Table: "things", Column: schema.Integer("stock").Default(0)}}))
	for _, done := range [][]string{{"0002_step"}, nil} {
		res, err := m.Up(ctx)
		var wait *migrate.DualWriteError
		if !errors.As(err, &wait) || !slices.Equal(wait.Needed, []string{"0004_step"}) || !slices.Equal(wait.Done, done) || len(res.Done) != len(done) {
			t.Fatalf("up gave %+v, %v", res, err)
		}
		if !strings.Contains(err.Error(), "with it waits what this program may need, 0004_step: run a release first whose newest migration is 0002_step; ") {
			t.Errorf("it says %v", err)
		}
	}
	var pending *migrate.PendingError
	if err := m.Check(ctx); !errors.As(err, &pending) || !slices.Equal(pending.Pending, []string{"0004_step"}) || pending.Waits == nil {
		t.Fatalf("check: %v", err)
	}
	_, err := m.To(ctx, "0004_step")
	var wait *migrate.DualWriteError
	if !errors.As(err, &wait) || wait.Contract != "0003_step" {
		t.Fatalf("to gave %v", err)
	}
	l.same(l.applied(m), "0001_step", "0002_step")

	// A contract that does more than its name says is needed itself.
	l = newLab(t, l.b)
	inUse(l)
	expand, contract := dualRename("")
	contract = append(contract, migrate.AddColumn{Table: "things", Column: schema.Integer("stock").Default(0)})
	m = l.migrator(migrate.NewSet("dual", chain([]migrate.Op{table("things", schema.Text("caption"))}, expand, contract)...))
	if _, err := m.Up(ctx); !errors.As(err, &wait) || !slices.Equal(wait.Needed, []string{"0003_step"}) {
		t.Fatalf("up gave %v", err)
	}
}

// stoppedHalfWay is killed behind the first step: it is known whose it was all the same, and an end that has begun goes on.
func stoppedHalfWay(t *testing.T, l *lab) {
	ctx := context.Background()
	inUse(l)
	short, stop := context.WithCancel(ctx)
	m, err := migrate.New(l.db, l.b.Dialect, released(), &migrate.Options{Progress: func(e migrate.Event) {
		if e.Kind == migrate.EventEnd {
			stop()
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	_, _ = m.Up(short)
	l.same(l.applied(m), "0001_step", "0002_step")
	res, err := l.migrator(released()).Up(ctx)
	l.waits(res, err)

	_, contract := dualRename("")
	fail := true
	contract = append(contract, migrate.SQL{Up: []string{"ANALYZE"}, NoDown: "test", NoTx: true}, migrate.Go{Name: "wait for somebody", NoDown: "test", Up: func(context.Context, migrate.Tx) error {
		if fail {
			return errors.New("not ready")
		}
		return nil
	}})
	l = newLab(t, l.b)
	inUse(l)
	expand, _ := dualRename("")
	set := migrate.NewSet("dual", chain([]migrate.Op{table("things", schema.Text("caption"))}, expand, contract)...)
	l.must(l.migrator(set).To(ctx, "0002_step"))
	if _, err := l.migrator(set).To(ctx, "0003_step"); err == nil {
		t.Fatal("it did not fail")
	}
	fail = false
	l.same(l.must(l.migrator(set).Up(ctx)), "0003_step")
}

// differing finds what was written while somebody had switched the triggers off for a moment, before anything goes.
func differing(t *testing.T, l *lab) {
	ctx := context.Background()
	inUse(l)
	m := l.migrator(released())
	l.must(m.To(ctx, "0002_step"))
	if l.b.Dialect.Name() == "postgres" {
		l.exec(`ALTER TABLE things DISABLE TRIGGER things_caption_label`)
		l.exec(`UPDATE things SET caption = 'b'`)
		l.exec(`ALTER TABLE things ENABLE TRIGGER things_caption_label`)
	} else {
		trigger := l.rows(`SELECT sql FROM sqlite_master WHERE name = 'things_caption_label_update'`)
		l.exec(`DROP TRIGGER things_caption_label_update`)
		l.exec(`UPDATE things SET caption = 'b'`)
		l.exec(trigger[0])
	}
	if _, err := m.To(ctx, "0003_step"); err == nil || !strings.Contains(err.Error(), "1 row") || !strings.Contains(err.Error(), "make them equal") {
		t.Fatalf("to gave %v", err)
	}
	l.exec(`UPDATE things SET label = 'b'`)
	l.must(m.To(ctx, "0003_step"))
}

// failsBefore fails before it reaches what would wait: then nothing waits yet.
func failsBefore(t *testing.T, l *lab) {
	inUse(l)
	expand, contract := dualRename("")
	expand = append(expand, migrate.SQL{Up: []string{"INSERT INTO nowhere VALUES (1)"}, NoDown: "test"})
	m := l.migrator(migrate.NewSet("dual", chain([]migrate.Op{table("things", schema.Text("caption"))}, expand, contract)...))
	var failed *migrate.MigrationError
	if res, err := m.Up(context.Background()); !errors.As(err, &failed) || res.Waits != nil {
		t.Fatalf("up gave %+v, %v", res, err)
	}
}
