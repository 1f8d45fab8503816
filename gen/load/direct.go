package load

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strconv"
	"sync"

	"golang.org/x/tools/go/packages"
)

// directly lists and checks the packages without package packages. It reports false where that has to do it: it says what is wrong.
func (l *loader) directly(ctx context.Context) ([]*packages.Package, bool) {
	outer := ctx
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	known := map[string]*packages.Package{} // what has export data
	extra := l.cfg.Extra
	if later := l.cfg.ExtraLater; !later.IsZero() && !l.newest.IsZero() && !l.newest.After(later) {
		extra = nil
	}
	var exports sync.WaitGroup
	var exportErr error
	exports.Go(func() { exportErr = l.exported(ctx, slices.Concat(l.foreseen, extra), known) })
	roots, err := l.files(ctx, slices.Concat(l.cfg.Patterns, l.siblings))
	for _, p := range roots {
		if err == nil {
			err = l.parse(p)
		}
	}
	if err != nil {
		cancel()
	}
	exports.Wait()
	if err != nil || exportErr != nil || len(roots) == 0 {
		return nil, false
	}
	if err := l.connect(ctx, roots, known); err != nil {
		return nil, false
	}
	if len(extra) < len(l.cfg.Extra) && l.soon == nil && l.cfg.ExtraSoon != nil {
		l.soon = l.listSoon(outer)
	}
	c := l.newChecker(roots)
	if err := c.check(roots); err != nil {
		return nil, false
	}
	for _, path := range extra {
		p := known[path]
		if p == nil || c.extra(p) != nil {
			return nil, false
		}
		roots = append(roots, p)
	}
	l.checker, l.extraLeft = c, len(extra) < len(l.cfg.Extra)
	return roots, true
}

// soon is a list of the Extra packages that is made beside the reading of the models.
type soon struct {
	stop  context.CancelFunc
	done  chan struct{}
	known map[string]*packages.Package // nil where they were not listed
	err   error
}

// listSoon waits for somebody to say that the Extra packages are needed, and lists them.
func (l *loader) listSoon(ctx context.Context) *soon {
	ctx, cancel := context.WithCancel(ctx)
	s := &soon{stop: cancel, done: make(chan struct{})}
	go func() {
		defer close(s.done)
		select {
		case wanted := <-l.cfg.ExtraSoon:
			if wanted {
				s.known = map[string]*packages.Package{}
				s.err = l.exported(ctx, l.cfg.Extra, s.known)
			}
		case <-ctx.Done():
		}
	}()
	return s
}

// end ends the go command where it still runs.
func (s *soon) end() {
	if s != nil {
		s.stop()
		<-s.done
	}
}

// Stop ends the go command that was started because of [Config.ExtraSoon], where nobody has waited for it in [Result.LoadExtra].
func (r *Result) Stop() { r.l.soon.end() }

// LoadExtra adds the types of the Extra packages of the configuration to Types, where they are not there yet, or what is wrong with them to Failed. The error is that of ctx.
func (r *Result) LoadExtra(ctx context.Context) error {
	l := r.l
	if !l.extraLeft {
		return nil
	}
	l.extraLeft = false
	var known map[string]*packages.Package
	var err error
	if l.soon != nil {
		<-l.soon.done
		known, err = l.soon.known, l.soon.err
	}
	if known == nil || err != nil {
		known = map[string]*packages.Package{}
		err = l.exported(ctx, l.cfg.Extra, known)
	}
	for _, path := range l.cfg.Extra {
		p := known[path]
		if err == nil && p != nil && l.checker.extra(p) == nil {
			addTypes(r.Types, p.Types)
			continue
		}
		if ctx.Err() != nil {
			l.extraLeft = true
			return ctx.Err()
		}
		r.Failed[path] = errors.New("the go command has no types of it")
		if wrong, err := packages.Load(l.config(ctx), path); err == nil && len(wrong) > 0 {
			r.Failed[path] = errors.New(l.reason(wrong[0]))
		}
	}
	return ctx.Err()
}

// connect finds what the packages import, and asks the go command for what was not foreseen.
func (l *loader) connect(ctx context.Context, roots []*packages.Package, known map[string]*packages.Package) error {
	all := map[string]*packages.Package{}
	for _, p := range roots {
		all[p.PkgPath] = p
	}
	missing := map[string]bool{}
	for _, p := range roots {
		for _, path := range importsOf(p) {
			missing[path] = all[path] == nil && known[path] == nil
		}
	}
	maps.DeleteFunc(missing, func(_ string, is bool) bool { return !is })
	if err := l.exported(ctx, slices.Sorted(maps.Keys(missing)), known); err != nil {
		return err
	}
	for _, p := range roots {
		for _, path := range importsOf(p) {
			if p.Imports[path] = all[path]; p.Imports[path] != nil {
				continue
			}
			if p.Imports[path] = known[path]; p.Imports[path] == nil {
				return errors.New("there is nothing to read of " + path)
			}
		}
	}
	return nil
}

// importsOf returns the import paths in the files of a package that have export data.
func importsOf(p *packages.Package) (all []string) {
	for _, file := range p.Syntax {
		for _, spec := range file.Imports {
			if path, err := strconv.Unquote(spec.Path.Value); err == nil && path != "unsafe" && path != "C" {
				all = append(all, path)
			}
		}
	}
	return all
}
