package gen

import (
	"context"
	"errors"
	"fmt"
	"go/format"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/modelgen/modelgen/gen/diff"
	"github.com/modelgen/modelgen/gen/emit"
	"github.com/modelgen/modelgen/gen/finding"
	"github.com/modelgen/modelgen/gen/internal/dialects"
	"github.com/modelgen/modelgen/gen/internal/typecheck"
	"github.com/modelgen/modelgen/gen/load"
	"github.com/modelgen/modelgen/gen/migrations"
	"github.com/modelgen/modelgen/gen/snapshot"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// Result is what a generate would write, or the questions that stand in its way.
type Result struct {
	Migration string     // name of the new migration, "" when nothing changed
	Files     []File     // all that differs from what is on disk, in the order in which it is written
	Questions []Question // when there are any, Files is empty
	Stale     []Note     // rename hints in the models that have been used up
	InFlight  []Note     // columns that wait for -contract
	Notes     []Note     // other remarks about what is new
	Ops       []migrate.Op

	// Folder is the directory of the migrations: that on disk, with the new migration among its declarations.
	Folder *migrations.Folder

	models  *load.Result
	targets map[string]migrate.Dialect
	flagged []string // dialects of the flag
	snap    *snapshot.Snapshot
	after   *schema.Schema // what the new migration leads to

	moved     bool     // packages of models have other import paths than the snapshot records
	recorded  []string // those that it records then
	catchesUp bool     // the snapshot is to record migrations that it does not record yet, and nothing else
}

// Question is a question with its place in the models.
type Question struct {
	Pos token.Position // invalid when what it is about is no longer in the models
	diff.Question
}

// Note is a remark about a place in the models.
type Note struct {
	Pos token.Position
	Msg string
}

// Generate works out the next migration and writes nothing. Questions are part of the result; what is wrong with the models or the
// folder of migrations comes as [finding.Problems], everything that kept it from working as another error.
func Generate(ctx context.Context, cfg Config) (*Result, error) {
	r, err := prepare(ctx, cfg)
	if err != nil {
		return nil, err
	}
	out, err := diff.Diff(diff.Input{
		Old: r.old(), New: r.models.Schema, Hints: hints(r.models), Answers: cfg.Answers, Dialects: dialects.Capabilities(r.snap.Dialects, r.targets),
	})
	if err != nil {
		return nil, r.place(err)
	}
	for _, s := range out.Stale {
		r.Stale = append(r.Stale, Note{r.pos(s), fmt.Sprintf("the was: hint of %s has been used up and can go", s)})
	}
	for _, s := range out.InFlight {
		r.InFlight = append(r.InFlight, Note{r.pos(s), fmt.Sprintf("%s and what it was before are both written: "+
			"run modelgen generate -contract when no program is running that knows only the old one", s)})
	}
	if len(r.models.Models) == 0 {
		out.Questions = append(out.Questions, r.lastModels(cfg)...)
	}
	if len(out.Questions) > 0 {
		if err := r.TypeCheck(cfg); err != nil {
			return nil, err
		}
		for _, q := range out.Questions {
			r.Questions = append(r.Questions, Question{r.pos(q.Object), q})
		}
		return r, nil
	}
	r.Ops, r.after = out.Ops, out.Schema
	r.keyless()
	r.remarks()
	m, err := r.newMigration(cfg)
	if err != nil {
		return nil, err
	}
	m.Answers = out.Used
	var guards []File
	err = together(
		func() error { // without ops nobody waits for it, but modelgen check does
			if len(out.Ops) == 0 {
				return nil
			}
			return r.TypeCheck(cfg)
		},
		func() error { return r.refusals(cfg, out.Ops) },
		func() error { return r.migration(m) },
		func() (err error) { guards, err = r.guards(); return err },
	)
	if err != nil {
		return nil, err
	}
	r.Files = append(r.Files, guards...)
	return r, r.snapshot(out)
}

// TypeCheck says what is wrong with the Go code of the migrations that are there, as far as what was loaded with the models tells.
func (r *Result) TypeCheck(cfg Config) error {
	if r.models.Failed[emit.Imports] != nil {
		return nil // nothing is known of what they import
	}
	return r.Folder.Compiles(r.models.Types, load.BuildTags(cfg.BuildTags))
}

// together runs independent work, each on a processor if there is one, and returns the first error in the order of the arguments.
func together(work ...func() error) error {
	errs := make([]error, len(work))
	var wg sync.WaitGroup
	for i, w := range work {
		wg.Go(func() { errs[i] = w() })
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// prepare reads folder and models.
func prepare(ctx context.Context, cfg Config) (*Result, error) {
	shown := cfg.ShownOut()
	if err := inTheWay(cfg.OutDir()); err != nil {
		return nil, err
	}
	models := cfg.loadAhead(ctx)
	defer models.stop()
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
	r.snap.Allow = set.allow
	recorded := slices.Clone(r.snap.Models)
	if r.snap.Models, r.moved, err = cfg.models(r.snap); err != nil {
		return nil, err
	}
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
	for _, m := range r.models.Models {
		if !slices.Contains(r.snap.Models, m.Package.Path) {
			r.snap.Models = append(r.snap.Models, m.Package.Path)
		}
	}
	slices.Sort(r.snap.Models)
	if r.moved {
		r.recorded = recorded
	}
	if r.snap.Set == "" {
		r.snap.Set = defaultSet(r.models.Models[0].Package.Module)
	}
	return r, nil
}

// keyless notes new tables without primary key, unless the model says that it has none.
func (r *Result) keyless() {
	for _, op := range r.Ops {
		if c, ok := op.(migrate.CreateTable); ok && slices.Contains(r.models.NoKey, c.Table) {
			r.Notes = append(r.Notes, Note{r.pos(c.Table), fmt.Sprintf("table %s has no primary key, so no row of it can be told from another: "+
				"call a field ID, write pk into the tag of a column, or say that it shall have none: _ struct{} `pk:\"-\"`", c.Table)})
		}
	}
}

// remarks notes what the models have to say of the columns that are made.
func (r *Result) remarks() {
	for _, m := range r.models.Remarks {
		old := r.old().Table(m.Table)
		made := slices.ContainsFunc(r.Ops, func(op migrate.Op) bool {
			switch op := op.(type) {
			case migrate.CreateTable:
				return op.Table == m.Table
			case migrate.AddColumn:
				return op.Table == m.Table && op.Column.Def().Name == m.Column
			}
			return false
		})
		if made && (old == nil || old.Column(m.Column) == nil) {
			r.Notes = append(r.Notes, Note{r.pos(m.Table + "." + m.Column), m.Msg})
		}
	}
}

// patterns returns what to load: what is asked for and what the snapshot remembers, so that a generate from one of several packages
// does not take the others for gone.
func (c Config) patterns(s *snapshot.Snapshot) []string {
	p := slices.Clone(c.Patterns)
	if !c.Only {
		for _, m := range s.Models {
			if !slices.Contains(p, m) {
				p = append(p, m)
			}
		}
	}
	if len(p) == 0 {
		p = []string{"."}
	}
	return p
}

func (r *Result) old() *schema.Schema {
	if r.Folder.Snapshot == nil {
		return &schema.Schema{}
	}
	return &r.Folder.Snapshot.Schema
}

func hints(m *load.Result) []diff.Hint {
	var out []diff.Hint
	for _, h := range m.Hints {
		out = append(out, diff.Hint{Kind: h.Kind, Table: h.Table, Name: h.Name, Was: h.Was})
	}
	return out
}

// pos returns the place of "products" or "products.price" in the models, the table's when the column has none.
func (r *Result) pos(object string) token.Position {
	if p := r.models.Pos(object); p.IsValid() {
		return p
	}
	if i := strings.LastIndexByte(object, '.'); i > 0 {
		return r.models.Pos(object[:i])
	}
	return token.Position{}
}

func (r *Result) line(object, msg string) string {
	if p := r.pos(object); p.IsValid() {
		return p.String() + ": " + msg
	}
	return msg
}

// inFlag finds mistakes in an answer: they are not in the models, and have no place there.
var inFlag = regexp.MustCompile(`^-(?:rename|drop|fill|convert|convert-back) `)

// place sets the places of the errors of a comparison.
func (r *Result) place(err error) error {
	var list diff.Errors
	if !errors.As(err, &list) {
		return err
	}
	var lines finding.Problems
	for _, e := range list {
		if inFlag.MatchString(e.Msg) {
			lines = append(lines, e.Msg)
			continue
		}
		lines = append(lines, r.line(e.Object, e.Msg))
	}
	return lines
}

// DialectPlan is the new migration as one dialect carries it out.
type DialectPlan struct {
	Dialect string // "postgres@14"
	Stages  []migrate.Stage
}

// Plans returns the stages of the new migration for each dialect of the project; none when there is no new migration.
func (r *Result) Plans() ([]DialectPlan, error) {
	var out []DialectPlan
	if len(r.Ops) == 0 {
		return nil, nil
	}
	for _, d := range r.snap.Dialects {
		name, version := dialects.Split(d)
		stages, err := migrate.PlanOps(r.targets[name].Planner(version), r.old().Clone(), r.Ops)
		if err != nil {
			return nil, err
		}
		out = append(out, DialectPlan{d, stages})
	}
	return out, nil
}

// refusals lets every dialect of the project plan the ops: what one cannot have is said here, not in production.
func (r *Result) refusals(cfg Config, ops []migrate.Op) error {
	var lines refused
	for _, d := range r.snap.Dialects {
		name, version := dialects.Split(d)
		dialect := cfg.Targets[name]
		_, err := migrate.PlanOps(dialect.Planner(version), r.old().Clone(), ops)
		if err == nil {
			continue
		}
		// Once more, op by op, for all of it and not the first only.
		found := false
		s := r.old().Clone()
		for _, op := range ops {
			for _, e := range refusedOf(dialect, version, s, op) {
				found = true
				lines = r.refusal(lines, e)
			}
			if err := op.Apply(s); err != nil {
				return fmt.Errorf("the ops do not fit the snapshot, please report it: %w", err)
			}
		}
		if !found {
			lines = r.refusal(lines, err)
		}
	}
	if len(lines) > 0 {
		return lines.problems()
	}
	return nil
}

// newMigration names what the ops are to be written to.
func (r *Result) newMigration(cfg Config) (m emit.Migration, err error) {
	if len(r.Ops) == 0 {
		return m, nil
	}
	words := migrations.OpsWords(r.Ops)
	if len(r.Folder.Migrations) == 0 {
		words = "initial"
	}
	if cfg.Name != "" {
		if words = migrations.Words(cfg.Name); words == "" {
			return m, fmt.Errorf("-name %s: a name needs letters or digits", cfg.Name)
		}
	}
	name := migrations.FileName(r.Folder.NextNumber(), words)
	if r.Folder.Package == "" {
		abs, err := filepath.Abs(r.Folder.Dir)
		if err != nil {
			return m, err
		}
		r.Folder.Package = migrations.PackageName(filepath.Base(abs))
	}
	v := migrations.VarName(name)
	m = emit.Migration{Package: r.Folder.Package, Name: name, Var: v, Doc: migrations.Sentence(v, r.Ops), Sources: r.snap.Models, Ops: r.Ops, Before: r.old()}
	for _, h := range r.Folder.Heads() {
		m.Parents = append(m.Parents, h.Var)
	}
	r.Migration = name
	return m, nil
}

// migration adds the new migration, if there is one, and the list to the files.
func (r *Result) migration(m emit.Migration) error {
	if m.Name != "" {
		raw, err := m.File()
		if err != nil {
			return err
		}
		if len(r.Folder.Migrations) == 0 {
			if err := migrations.Importable(r.Folder.Dir); err != nil {
				return err
			}
		}
		if err := r.Folder.Collisions(m.Name+".go", raw); err != nil {
			return err
		}
		var src []byte
		err = together(
			func() error { return typecheck.Emitted(r.models, m, raw) },
			func() (err error) { src, err = format.Source(raw); return err },
		)
		if err != nil {
			return err
		}
		r.Add(filepath.Join(r.Folder.Dir, m.Name+".go"), src, nil)
		r.Folder.Migrations = append(r.Folder.Migrations, migrations.Declaration{File: m.Name + ".go", Var: m.Var, Name: m.Name, Parents: m.Parents})
	}
	if len(r.Folder.Migrations) == 0 {
		return nil
	}
	src, err := emit.List(r.Folder.Package, r.snap.Set, r.Folder.Ordered(), r.snap.Allow...)
	if err != nil {
		return err
	}
	r.Add(filepath.Join(r.Folder.Dir, migrations.ListName), src, r.Folder.List)
	return nil
}

// snapshot writes the snapshot when anything in it changed, be it a setting only.
func (r *Result) snapshot(out *diff.Result) error {
	if len(out.Ops) > 0 {
		r.snap.Schema = *out.Schema
		r.snap.SetHead(r.Migration, migrate.HashOps(out.Ops))
	}
	if r.Folder.Snapshot == nil && r.Migration == "" {
		return nil
	}
	return r.record()
}

// String returns the question with its answers, ready to paste.
func (q Question) String() string {
	s := q.Text
	if q.Pos.IsValid() {
		s = q.Pos.String() + ": " + s
	}
	width := 0
	for _, c := range q.Choice {
		if c.Flag != "" {
			width = max(width, len(c.Flag))
		}
	}
	for _, c := range q.Choice {
		if c.Flag == "" {
			s += "\n    or " + c.Means
		} else {
			s += fmt.Sprintf("\n    %-*s  # %s", width, c.Flag, c.Means)
		}
	}
	return s
}
