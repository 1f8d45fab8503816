package fleet

import (
	"context"
	"errors"
	"fmt"
	migrate "github.com/modelgen/modelgen/runtime"
	"path"
	"strings"
	"sync"
	"time"
)

var (
	errAbsent  = errors.New("its schema is not in the database: create it with add (fleet.Provision), or take it out of the list")
	errTimeout = errors.New("it took longer than one target may (Options.Timeout)")
	errTwice   = errors.New("the list has two targets of that name, or the same database under two names")
)

// verb is what is done at each target.
type verb struct {
	changes bool // what is left in the end is an error, and what is new in the list is looked for
	behind  bool // that a target is behind is an answer, and no error
	deep    bool // it looks at the tables themselves
	do      func(ctx context.Context, m *migrate.Migrator, r *Result) error
}

// fleet is one run.
type fleet struct {
	verb
	targets Targets
	set     *migrate.Set
	opt     Options

	mu       sync.Mutex // of all that follows, and while a function of the options runs
	report   *Report
	seen     map[string]string // identities, with the name
	names    map[string]bool
	twice    map[string]bool // what was refused
	picked   []bool          // which of Only picked something
	begin    time.Time
	done     int
	changed  int
	failures int
	stopped  string
}

func run(ctx context.Context, targets Targets, set *migrate.Set, opt *Options, v verb) (*Report, error) {
	switch {
	case targets == nil:
		return nil, errors.New("fleet: the targets are nil")
	case set == nil:
		return nil, errors.New("fleet: the set is nil")
	case set.Err() != nil:
		return nil, set.Err()
	}
	f := &fleet{verb: v, targets: targets, set: set, opt: opt.withDefaults(), report: &Report{Set: set.Name()}, seen: map[string]string{}, names: map[string]bool{}, twice: map[string]bool{}, begin: time.Now()}
	f.picked = make([]bool, len(f.opt.Only))
	queue, err := f.list(ctx)
	if err != nil {
		return nil, err
	}
	switch missing := f.unpicked(); {
	case len(missing) > 0:
		return nil, noSuch(missing)
	case len(f.report.Results) == 0 && !f.opt.AllowNone:
		return nil, ErrNoTargets
	}
	for n := range queue {
		if queue[n].Schema != "" {
			if err := perSchema(set, f.opt.Migrate.History); err != nil {
				return nil, err
			}
			break
		}
	}
	if f.changes && f.opt.Canary > 0 && len(queue) > 0 {
		queue = f.canary(ctx, queue)
	}
	for len(queue) > 0 {
		f.work(ctx, queue, 0)
		if queue = nil; f.changes && f.stopped == "" && ctx.Err() == nil {
			if queue, err = f.list(ctx); err != nil {
				f.stopped = "the list could not be read again for targets that are new: " + migrate.ErrorText(err)
			}
		}
	}
	return f.end(ctx)
}

// list reads the list, and returns those that are new in it. Each has a place in the results.
func (f *fleet) list(ctx context.Context) (queue []*job, err error) {
	for t, err := range f.targets.Each(ctx) {
		if err == nil {
			err = t.check()
		}
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return nil, redacted{err}
		}
		if !f.opt.picks(t.Name, f.picked) {
			continue
		}
		other, known := f.seen[t.identity()]
		if known && other == t.Name || f.twice[t.identity()+"\n"+t.Name] {
			continue // twice the same, or read again
		}
		at := len(f.report.Results)
		f.report.Results = append(f.report.Results, Result{Target: migrate.Redact(t.Name), State: Untried})
		if known || f.names[t.Name] {
			f.twice[t.identity()+"\n"+t.Name] = true
			err := fmt.Errorf("%w: %s is also called %s", errTwice, t.Name, other)
			if !known {
				err = fmt.Errorf("%w: %s is called so twice", errTwice, t.Name)
			}
			f.finish(at, Result{Target: f.report.Results[at].Target, State: Failed, Err: err})
			continue
		}
		f.seen[t.identity()], f.names[t.Name] = t.Name, true
		queue = append(queue, &job{Target: t, at: at})
	}
	return queue, nil
}

// unpicked returns what of Only has picked nothing.
func (f *fleet) unpicked() (missing []string) {
	for i, name := range f.opt.Only {
		if !f.picked[i] {
			missing = append(missing, name)
		}
	}
	return missing
}

// noSuch says that what is left of Only is nobody's name.
func noSuch(missing []string) error {
	var said []string
	for _, name := range missing {
		what := fmt.Sprintf("no target is called %s", name)
		if _, err := path.Match(name, ""); err != nil {
			what += ", which is no pattern either"
		} else if strings.ContainsAny(name, "*?[") {
			what = fmt.Sprintf("no target is called as in %s", name)
		}
		said = append(said, what)
	}
	return fmt.Errorf("%s; nothing was looked at, and status lists who there is (-only, Options.Only)", strings.Join(said, ", "))
}

// canary changes the first targets that have something to do, and asks whether to go on. It returns those that are left.
func (f *fleet) canary(ctx context.Context, queue []*job) []*job {
	left := f.work(ctx, queue, f.opt.Canary)
	if f.stopped != "" || ctx.Err() != nil || len(left) == 0 {
		return left
	}
	var results []Result
	for _, r := range f.report.Results {
		if r.State == Changed || r.Left() && r.State != Untried {
			results = append(results, r)
		}
		if r.Left() && r.State != Untried && !errors.Is(r.Err, errTwice) {
			f.stopped = fmt.Sprintf("%s of the canary is %s", r.Target, r.State)
		}
	}
	if f.stopped != "" {
		return nil
	}
	if f.opt.CanaryPause > 0 {
		pause := time.NewTimer(f.opt.CanaryPause)
		defer pause.Stop()
		select {
		case <-pause.C:
		case <-ctx.Done():
			return nil
		}
	}
	if f.opt.CanaryCheck != nil {
		if err := f.opt.CanaryCheck(ctx, results); err != nil {
			f.stopped = "the check of the canary says no: " + migrate.ErrorText(err)
			return nil
		}
	}
	return left
}

// finish takes the result of a target.
func (f *fleet) finish(at int, r Result) {
	f.report.Results[at] = r
	f.done++
	if r.State == Changed {
		f.changed++
	}
	if r.Err != nil && r.State != Untried {
		f.failures++
		if f.opt.MaxFailures > 0 && f.failures >= f.opt.MaxFailures && f.stopped == "" && f.changes {
			f.stopped = fmt.Sprintf("%d targets have failed (-max-failures, Options.MaxFailures)", f.failures)
		}
	}
	if f.opt.Each != nil {
		f.opt.Each(r)
	}
	if f.opt.Progress != nil {
		p := Progress{Done: f.done, Total: len(f.report.Results), Changed: f.changed, Failed: f.failures}
		if took := time.Since(f.begin); took > 0 {
			p.Rate = float64(f.done) / took.Seconds()
			p.Left = time.Duration(float64(p.Total-p.Done) / p.Rate * float64(time.Second))
		}
		f.opt.Progress(p)
	}
}

// end makes the report, and the error of what is left.
func (f *fleet) end(ctx context.Context) (*Report, error) {
	f.report.Elapsed = time.Since(f.begin)
	if f.stopped == "" && ctx.Err() != nil {
		f.stopped = "it was cancelled"
	}
	f.report.Stopped = f.stopped
	for _, r := range f.report.Results {
		if r.Left() && !(f.behind && r.State == Behind) {
			err := error(&LeftError{f.report})
			if ctx.Err() != nil {
				err = fmt.Errorf("%w\n%w", ctx.Err(), err)
			}
			return f.report, err
		}
	}
	if f.stopped != "" {
		return f.report, &LeftError{f.report}
	}
	return f.report, nil
}

// redacted keeps passwords out of the text of an error, and the error itself for errors.As.
type redacted struct{ error }

func (r redacted) Error() string { return migrate.ErrorText(r.error) }
func (r redacted) Unwrap() error { return r.error }
