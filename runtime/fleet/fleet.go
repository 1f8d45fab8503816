package fleet

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	migrate "github.com/modelgen/modelgen/runtime"
)

// Up applies everything that is pending, to all targets. See the documentation of the package.
func Up(ctx context.Context, targets Targets, set *migrate.Set, opt *Options) (*Report, error) {
	return run(ctx, targets, set, opt, verb{changes: true, do: func(ctx context.Context, m *migrate.Migrator, r *Result) error {
		res, err := m.Up(ctx)
		return r.changed(set, res, err)
	}})
}

// To brings all targets to a migration, forward or back, as [migrate.Migrator.To] does.
func To(ctx context.Context, targets Targets, set *migrate.Set, target string, opt *Options) (*Report, error) {
	return run(ctx, targets, set, opt, verb{changes: true, do: func(ctx context.Context, m *migrate.Migrator, r *Result) error {
		res, err := m.To(ctx, target)
		if err := r.changed(set, res, err); err != nil {
			return err
		}
		r.Version = nameOf(set, target)
		return nil
	}})
}

// Status reads how the targets stand to the set. That targets are behind is no error of it.
func Status(ctx context.Context, targets Targets, set *migrate.Set, opt *Options) (*Report, error) {
	return run(ctx, targets, set, opt, verb{behind: true, do: status})
}

// Plan says what Up would do, and To when target is not "".
func Plan(ctx context.Context, targets Targets, set *migrate.Set, target string, opt *Options) (*Report, error) {
	same := new(plans)
	return run(ctx, targets, set, opt, verb{behind: true, do: func(ctx context.Context, m *migrate.Migrator, r *Result) error {
		p, err := m.Plan(ctx, target)
		if err != nil {
			return err
		}
		for _, s := range p.Steps {
			r.Pending = append(r.Pending, s.Migration)
		}
		if r.Plan = same.keep(p); len(p.Steps) > 0 {
			r.State = Behind
		}
		return p.Refused
	}})
}

// Verify compares each target with what its migrations say, as [migrate.Migrator.Verify] does.
func Verify(ctx context.Context, targets Targets, set *migrate.Set, opt *Options) (*Report, error) {
	return run(ctx, targets, set, opt, verb{deep: true, do: func(ctx context.Context, m *migrate.Migrator, r *Result) error {
		var err error
		if r.Differences, err = m.Verify(ctx); len(r.Differences) > 0 {
			r.State = Drifted
		}
		return err
	}})
}

// Check asks each target whether anything is pending, at one small query.
func Check(ctx context.Context, targets Targets, set *migrate.Set, opt *Options) (*Report, error) {
	return run(ctx, targets, set, opt, verb{do: func(ctx context.Context, m *migrate.Migrator, r *Result) error {
		err := m.Check(ctx)
		if pending := new(migrate.PendingError); errors.As(err, &pending) {
			r.State, r.Pending = Behind, pending.Pending
			return nil
		}
		return err
	}})
}

// Provision makes a target: its schema, where it is one, and all migrations with the history. It can be called again, and goes on where it stopped; a
// target that is there already is brought to the set.
func Provision(ctx context.Context, target Target, set *migrate.Set, opt *Options) (Result, error) {
	o := opt.withDefaults()
	o.CreateSchemas, o.Only, o.Canary, o.Jobs = true, nil, 0, 1
	report, err := Up(ctx, List{target}, set, &o)
	if report == nil || len(report.Results) == 0 {
		return Result{Target: target.Name, State: Failed, Err: err}, err
	}
	return report.Results[0], report.Results[0].Err
}

// changed takes over what a run did.
func (r *Result) changed(set *migrate.Set, res *migrate.Result, err error) error {
	if res == nil {
		return err
	}
	for _, d := range res.Done {
		r.Applied = append(r.Applied, d.Migration)
		if !d.Back {
			r.Version = d.Migration
		}
	}
	switch {
	case err != nil:
		return err
	case len(res.Done) > 0:
		r.State = Changed
	case len(res.Beyond) > 0:
		r.State, r.Version = Newer, res.Beyond[len(res.Beyond)-1]
	}
	if res.Waits != nil { // it is at what the program may do, and the next release goes on
		r.Pending = []string{res.Waits.Contract}
	}
	if r.Version == "" && r.State == Current && set.Head() != nil && res.Waits == nil {
		r.Version = set.Head().Name
	}
	return nil
}

// status reads what the history of a target says.
func status(ctx context.Context, m *migrate.Migrator, r *Result) error {
	st, err := m.Status(ctx)
	if err != nil {
		return err
	}
	for _, e := range st.Entries { // the last one in the order of the set, behind which are those of a newer program
		if rec := e.Record; rec != nil && !e.Applied {
			r.Unfinished = fmt.Sprintf("%s, %d stages done", e.Migration, rec.Stage)
			if rec.Error != "" {
				r.Unfinished += ", stopped by error " + rec.Error
			}
		}
		if e.Applied && e.Replaced == "" && e.Record != nil {
			r.Version = e.Migration
		}
		if !e.Known {
			r.State = Newer
		}
	}
	if r.Pending = st.Pending(); len(r.Pending) > 0 {
		r.State = Behind
	}
	return nil
}

// nameOf returns the migration that a target of To means; "" is none.
func nameOf(set *migrate.Set, target string) string {
	name := ""
	for _, m := range set.Migrations() {
		if m.Name == target {
			return target
		}
		if strings.HasPrefix(m.Name, target) {
			name = m.Name
		}
	}
	return name
}

// plans keeps one plan of those that say the same.
type plans struct {
	mu   sync.Mutex
	have map[string]*migrate.Plan
}

func (s *plans) keep(p *migrate.Plan) *migrate.Plan {
	var key strings.Builder
	for _, step := range p.Steps {
		fmt.Fprintf(&key, "%s %t %t %d %d %q\n", step.Migration, step.Back, step.Faked, step.Done, len(step.Stages), step.Stops)
	}
	if p.Refused != nil {
		key.WriteString(p.Refused.Error())
	}
	if p.Consent != nil { // which is for one database
		key.WriteString(p.Consent.Error())
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.have == nil {
		s.have = map[string]*migrate.Plan{}
	}
	if same := s.have[key.String()]; same != nil {
		return same
	}
	s.have[key.String()] = p
	return p
}
