package dialecttest_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/cli"
)

// TestCLIUpToWhileAnotherPasses: another runner applies more than the target while this one waits for the lock, or has decided already.
// up -to goes forward only: it undoes nothing.
func TestCLIUpToWhileAnotherPasses(t *testing.T) {
	runners(t, func(r *runner) {
		set := migrate.NewSet("shop", chain(makes("one"), adds("one", "a"), adds("one", "b"))...)
		var out, problems strings.Builder
		status := make(chan int, 1)
		upTo := func(opt migrate.Options) {
			status <- cli.Command{DB: r.db, Dialect: r.dialect, Set: set, Options: &opt, Stdout: &out, Stderr: &problems}.Run(context.Background(), []string{"up", "-to", "0001"})
		}
		all := func() {
			if _, err := r.migrator(set).Up(context.Background()); err != nil {
				r.t.Error(err)
			}
		}
		if r.url == "" {
			// Transactions are the lock: the other one is faster than the first of them.
			upTo(migrate.Options{BeforeRun: func(context.Context, *migrate.Plan) error { all(); return nil }})
		} else {
			waits := make(chan struct{})
			var once sync.Once
			r.opt.BeforeRun = func(context.Context, *migrate.Plan) error {
				go upTo(migrate.Options{Progress: func(e migrate.Event) {
					if e.Kind == migrate.EventWait {
						once.Do(func() { close(waits) })
					}
				}})
				<-waits
				return nil
			}
			all()
		}
		if s := <-status; s != 2 || out.String() != "" || !strings.Contains(problems.String(), "0001 precedes what is applied: up only goes forward, to 0001 goes back\n") {
			r.t.Errorf("exit status %d\n%s%s", s, &out, &problems)
		}
		r.opt.BeforeRun = nil
		r.history("shop/0001_a done", "shop/0002_b done", "shop/0003_c done")
		r.settled(set)
	})
}

// TestRunnerUpTo goes to a migration and not behind it; what is applied already is nothing to do.
func TestRunnerUpTo(t *testing.T) {
	runners(t, func(r *runner) {
		all := chain(makes("one"), adds("one", "a"), adds("one", "b"))
		set := migrate.NewSet("shop", all...)
		upTo := func(target, want string) {
			r.t.Helper()
			res, err := r.migrator(set).UpTo(context.Background(), target)
			r.does(res, err, want)
		}
		upTo("zero", "")
		upTo("0002", "0001_a, 0002_b")
		upTo("0002", "")
		for _, target := range []string{"0001", "zero"} {
			_, err := r.migrator(set).UpTo(context.Background(), target)
			var passed *migrate.PassedError
			if !errors.As(err, &passed) || passed.Target != target || passed.Applied[0] != "0002_b" {
				r.t.Errorf("%s: %v", target, err)
			}
		}
		upTo("0003_c", "0003_c")
		r.settled(set)

		// A late one below the target is on the way to it.
		between := &migrate.Migration{Name: "0002_between", Parents: all[:1], Ops: []migrate.Op{makes("two")}}
		all[1].Parents = []*migrate.Migration{between}
		set = migrate.NewSet("shop", all[0], between, all[1], all[2])
		r.opt.OutOfOrder = migrate.PolicyAllow
		upTo("0003_c", "0002_between")
	})
}
