package gen

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"

	"github.com/modelgen/modelgen/gen/diff"
	"github.com/modelgen/modelgen/gen/emit"
	"github.com/modelgen/modelgen/gen/finding"
	"github.com/modelgen/modelgen/gen/internal/dialects"
	"github.com/modelgen/modelgen/gen/load"
	"github.com/modelgen/modelgen/gen/migrations"
	"github.com/modelgen/modelgen/gen/snapshot"
	"github.com/modelgen/modelgen/runtime/schema"
)

// Generate works out the next migration and writes nothing. Questions are part of the result; what is wrong with the models or the
// folder of migrations comes as [finding.Problems], everything that kept it from working as another error.
func Generate(ctx context.Context, cfg Config) (*Result, error) {
	if err := checkParents(cfg.OutDir()); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	models := cfg.loadAhead(ctx)
	defer models.stop()
	r, err := prepare(ctx, cfg, models)
	if err != nil {
		return nil, err
	}
	// What does not hang on the comparison goes on beside it.
	checked := sync.OnceValue(r.checkSQL)
	extra := sync.OnceValue(func() error { return r.models.LoadExtra(ctx) })
	compiled := sync.OnceValue(func() error {
		if err := extra(); err != nil {
			return err
		}
		return r.TypeCheck(ctx, cfg)
	})
	if !cfg.Frugal {
		var beside sync.WaitGroup
		defer beside.Wait()
		defer cancel()
		beside.Go(func() {
			_ = checked()
			if r.changed { // else nobody asks, mostly
				_ = compiled()
			}
		})
	}
	taken := r.takenOver(cfg, r.byHand, nil)
	var allows func(o schema.SQLObject, table, column string) bool
	if r.sql != nil {
		allows = r.sql.Allows
	}
	compare := func() (*diff.Result, error) {
		return diff.Diff(diff.Input{
			Allows: allows, Old: taken.old, New: r.models.Schema, Hints: hints(r.models), Answers: cfg.Answers, Dialects: dialects.Capabilities(r.snap.Dialects, r.targets),
		})
	}
	out, err := compare()
	if err == nil && len(r.byHand) > 0 {
		if tables := renames(out.Ops); len(tables) > 0 { // which is known only now
			taken = r.takenOver(cfg, r.byHand, tables)
			out, err = compare()
		}
	}
	if err := checked(); err != nil {
		return nil, err
	}
	if err != nil {
		return nil, r.place(err)
	}
	for _, s := range out.Stale {
		r.Stale = append(r.Stale, Note{r.pos(s), fmt.Sprintf("the was: hint of %s has been used up and can go", s)})
	}
	for _, s := range out.DualWritten {
		r.DualWritten = append(r.DualWritten, Note{r.pos(s), fmt.Sprintf("%s and what it was before are both written: "+
			"run modelgen generate -contract when no program is running that knows only the old one", s)})
	}
	if len(r.models.Models) == 0 {
		out.Questions = append(out.Questions, r.lastModels(cfg)...)
	}
	if len(out.Questions) > 0 {
		if err := compiled(); err != nil {
			return nil, err
		}
		for _, q := range out.Questions {
			r.Questions = append(r.Questions, Question{r.pos(q.Object), q})
		}
		return r, nil
	}
	out.Ops = taken.with(out.Ops)
	r.Ops, r.after = out.Ops, out.Schema
	r.keyless()
	r.remarks()
	m, err := r.newMigration(cfg)
	if err != nil {
		return nil, err
	}
	m.Answers = out.Used
	if len(out.Ops) > 0 {
		if err := extra(); err != nil {
			return nil, err
		}
	}
	var guards []File
	var schemaText []byte
	err = together(cfg.Frugal,
		func() error { // without ops nobody waits for it, but modelgen check does
			if len(out.Ops) == 0 {
				return nil
			}
			return compiled()
		},
		func() error { return r.refusals(cfg, out.Ops) },
		func() error { return r.migration(m) },
		func() (err error) { guards, err = r.guards(); return err },
		func() (err error) { schemaText, err = r.schemaText(out); return err },
	)
	if err != nil {
		return nil, err
	}
	r.Files = append(append(r.Files, guards...), r.leftBehind(cfg)...)
	return r, r.snapshot(out, schemaText)
}

// TypeCheck says what is wrong with the Go code of the migrations that are there, as far as what was loaded with the models tells.
func (r *Result) TypeCheck(ctx context.Context, cfg Config) error {
	if err := r.models.LoadExtra(ctx); err != nil {
		return err
	}
	if r.models.Failed[emit.Imports] != nil {
		return nil // nothing is known of what they import
	}
	return r.Folder.Compiles(r.models.Types, load.BuildTags(cfg.BuildTags))
}

// together runs independent work, each on a processor if there is one, or one after the other, and returns the first error in the order of the arguments.
func together(oneByOne bool, work ...func() error) error {
	if oneByOne {
		for _, w := range work {
			if err := w(); err != nil {
				return err
			}
		}
		return nil
	}
	errs := make([]error, len(work))
	var wg sync.WaitGroup
	turn := make(chan struct{}, runtime.GOMAXPROCS(0)) // more at once would be no sooner done, and hold what they need in memory meanwhile
	for i, w := range work {
		turn <- struct{}{}
		wg.Go(func() {
			defer func() { <-turn }()
			errs[i] = w()
		})
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// prepare reads folder, SQL files and models.
func prepare(ctx context.Context, cfg Config, models *ahead) (*Result, error) {
	shown := cfg.ShownOut()
	f, err := cfg.Folder, error(nil)
	if f == nil {
		f, err = migrations.Read(cfg.OutDir(), shown)
	}
	if d, known := errors.AsType[finding.List](err); known {
		return nil, d
	}
	if err != nil {
		return nil, finding.Problems{err.Error()}
	}
	if p := f.Findings(shown); len(p) > 0 {
		return nil, finding.List(p)
	}
	r := &Result{Folder: f, snap: f.Snapshot, targets: cfg.Targets, flagged: cfg.Dialects}
	if r.snap == nil {
		r.snap = &snapshot.Snapshot{}
	} else {
		c := *f.Snapshot
		r.snap = &c
	}
	if err := cfg.settle(r.snap); err != nil {
		return nil, err
	}
	set, err := readSettings(f.Dir, cfg.Targets)
	if err != nil {
		return nil, err
	}
	r.snap.Allow = append(set.allow, cfg.Allow...)
	recorded := slices.Clone(r.snap.Models)
	if r.snap.Models, r.moved, err = cfg.models(r.snap); err != nil {
		return nil, err
	}
	sqlErr := r.readSQL(cfg)
	r.changed = sqlErr == nil && r.differs()
	models.soon <- r.changed
	r.models, err = models.load(ctx, cfg.loading(r.snap))
	var problems load.Problems
	if errors.As(err, &problems) {
		var lines finding.List
		for _, p := range problems {
			f := finding.Finding{Reason: p.Msg}
			if p.Pos.Filename != "" {
				f.Place = p.Pos.String()
			}
			lines = append(lines, f)
		}
		return nil, lines
	}
	if err != nil {
		return nil, err
	}
	if len(r.models.Models) > 0 {
		r.snap.Models = nil
	}
	record := func(path string) {
		if !slices.Contains(r.snap.Models, path) {
			r.snap.Models = append(r.snap.Models, path)
		}
	}
	for _, m := range r.models.Models {
		record(m.Package.Path)
	}
	for _, v := range r.models.Views {
		record(v.Package.Path)
	}
	slices.Sort(r.snap.Models)
	if r.moved {
		r.recorded = recorded
	}
	if r.snap.SQL != "" || len(r.models.Views)+len(r.models.Schema.SQLObjects) > 0 {
		r.byHand = r.handObjects()
	}
	if sqlErr != nil {
		return nil, sqlErr
	}
	if r.sql != nil {
		if problems := r.sql.Add(r.models.Schema); len(problems) > 0 {
			return nil, findings(problems)
		}
	}
	if err := r.views(r.byHand); err != nil {
		if wrong := r.checkSQL(); wrong != nil {
			return nil, wrong
		}
		return nil, err
	}
	if r.snap.Set == "" {
		r.snap.Set = defaultSet(r.models.Packages[0].Module)
		if len(r.models.Models) > 0 {
			r.snap.Set = defaultSet(r.models.Models[0].Package.Module)
		}
	}
	return r, nil
}

func hints(m *load.Result) []diff.Hint {
	var out []diff.Hint
	for _, h := range m.Hints {
		out = append(out, diff.Hint{Kind: h.Kind, Table: h.Table, Name: h.Name, Was: h.Was})
	}
	return out
}
