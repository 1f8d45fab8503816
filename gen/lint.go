package gen

import (
	"bytes"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/gen/internal/dialects"
	"github.com/modelgen/modelgen/gen/internal/paths"
	"github.com/modelgen/modelgen/gen/lint"
	"github.com/modelgen/modelgen/gen/migrations"
	"github.com/modelgen/modelgen/gen/read"
	"github.com/modelgen/modelgen/gen/snapshot"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// Hazard is a finding of lint with its place in a migration file.
type Hazard struct {
	Code      string        `json:"code"`
	Severity  lint.Severity `json:"severity"`
	File      string        `json:"file"`
	Line      int           `json:"line"`
	Migration string        `json:"migration"`
	Op        string        `json:"op,omitempty"` // what the op does, "" for the migration as a whole
	Message   string        `json:"message"`
	Safe      string        `json:"safe"` // the safe way
}

// String returns the hazard on one line.
func (h Hazard) String() string {
	return fmt.Sprintf("%s: %s %s: %s; %s", h.Place(), h.Severity, h.Code, h.Message, h.Safe)
}

// Place returns the file and the line: models.go:12.
func (h Hazard) Place() string { return fmt.Sprintf("%s:%d", h.File, h.Line) }

// Lint looks at the migrations of a folder as their files are: at all, or at the one that name, or the only one that begins so, stands for.
// No code is compiled or run: what the files do not say in literals is passed over.
func Lint(cfg Config, name string) ([]Hazard, error) {
	dir := cfg.OutDir()
	all, err := read.Folder(dir, paths.Shown(dir))
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("there are no migrations in %s", paths.Shown(dir))
	}
	snap := &snapshot.Snapshot{}
	if data, err := read.Text(filepath.Join(dir, snapshot.Name)); err == nil {
		if snap = snapshot.Settings(data); snap == nil {
			_, err := snapshot.Decode(data)
			return nil, fmt.Errorf("%s:%w", paths.Shown(filepath.Join(dir, snapshot.Name)), err)
		}
	} else if !errors.Is(err, fs.ErrNotExist) {
		return nil, paths.Error(filepath.Join(dir, snapshot.Name), err)
	}
	if err := cfg.settle(snap); err != nil {
		return nil, err
	}
	set, err := readSettings(dir, cfg.Targets)
	if err != nil {
		return nil, err
	}
	if name != "" {
		if all, err = named(all, name); err != nil {
			return nil, err
		}
	}
	if cfg.Since != "" {
		if all, err = migrations.Since(cfg.OutDir(), cfg.Since, all); err != nil {
			return nil, err
		}
	}
	targets := lintTargets(cfg.Dialects, set, snap.Dialects, cfg.Targets)
	var out []Hazard
	for _, m := range all {
		var file *ast.File
		if slices.ContainsFunc(m.Ops, func(op read.Op) bool { return op.Rows }) {
			path := filepath.Join(dir, m.File)
			if file, err = parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution); err != nil {
				return nil, paths.Error(path, err)
			}
		}
		out = append(out, hazards(m, file, m.Before, targets, set.lint)...)
	}
	return out, nil
}

// Lint looks at the new migration, if there is one. Its places are those in the file that Commit writes.
func (r *Result) Lint() ([]Hazard, error) {
	if len(r.Ops) == 0 || r.Migration == "" {
		return nil, nil
	}
	set, err := readSettings(r.Folder.Dir, r.targets)
	if err != nil {
		return nil, err
	}
	targets := lintTargets(r.flagged, set, r.snap.Dialects, r.targets)
	for i, t := range targets {
		targets[i].Stages = r.planned[t.String()]
	}
	path := filepath.Join(r.Folder.Dir, r.Migration+".go")
	for _, f := range r.Files {
		if f.Path != path {
			continue
		}
		m := read.Migration{Name: r.Migration, Exact: true}
		for _, op := range r.Ops {
			m.Ops = append(m.Ops, read.Op{Value: op})
		}
		quiet := bytes.Contains(f.Content, []byte(read.AllowComment))
		in := lintInput(m, nil, r.old(), targets, set.lint)
		var found []lint.Finding
		if !quiet {
			if found = lint.Lint(in); len(found) == 0 {
				return nil, nil // the file is read for the places of what is found
			}
		}
		all, err := read.Files([]read.File{{Name: f.Shown(), Src: f.Content}})
		if err != nil {
			return nil, err
		}
		for _, as := range all {
			if as.Name != r.Migration || len(as.Ops) != len(r.Ops) {
				continue
			}
			if quiet {
				for i, op := range r.Ops {
					as.Ops[i].Value = op
				}
				as.Exact = true
				in = lintInput(as, nil, r.old(), targets, set.lint)
				found = lint.Lint(in)
			}
			return placed(found, as, in), nil
		}
	}
	return nil, nil
}

// named returns the migration of that name, or the only one whose name begins so.
func named(all []read.Migration, name string) ([]read.Migration, error) {
	var found []read.Migration
	for _, m := range all {
		if m.Name == name {
			return []read.Migration{m}, nil
		}
		if strings.HasPrefix(m.Name, name) {
			found = append(found, m)
		}
	}
	switch len(found) {
	case 0:
		_, err := migrations.Find(all, name)
		return nil, err
	case 1:
		return found, nil
	}
	return nil, fmt.Errorf("%s is the beginning of %d migrations, such as %s and %s", name, len(found), found[0].Name, found[1].Name)
}

// lintTargets returns what the migrations are looked at for: the dialects of the flag, else those of the settings, else those of the snapshot.
func lintTargets(flag []string, set settings, recorded []string, known map[string]migrate.Dialect) []lint.Target {
	var out []lint.Target
	if len(flag) > 0 {
		recorded = flag
	} else if len(set.dialects) > 0 {
		recorded = set.dialects
	}
	for _, d := range recorded {
		name, version := dialects.Split(d)
		out = append(out, lint.Target{Dialect: known[name].Capabilities(), Version: version, Planner: func() migrate.Planner { return known[name].Planner(version) }})
	}
	return out
}

// hazards returns the findings of one migration with their places. file is what it is declared in, and may be nil when all of its ops are known.
func hazards(m read.Migration, file *ast.File, before *schema.Schema, targets []lint.Target, settings lint.Settings) []Hazard {
	in := lintInput(m, file, before, targets, settings)
	return placed(lint.Lint(in), m, in)
}

func lintInput(m read.Migration, file *ast.File, before *schema.Schema, targets []lint.Target, settings lint.Settings) lint.Input {
	allows := func(list []read.Allow) []lint.Allow {
		var out []lint.Allow
		for _, a := range list {
			out = append(out, lint.Allow(a))
		}
		return out
	}
	in := lint.Input{Before: before, Allow: allows(m.Allow), Exact: m.Exact, Targets: targets, Settings: settings}
	for _, op := range m.Ops {
		in.Ops = append(in.Ops, lint.Op{Value: op.Value, Rows: rowsOf(op, file), Allow: allows(op.Allow)})
	}
	return in
}

// placed gives findings the places that their ops have in the file of the migration.
func placed(found []lint.Finding, m read.Migration, in lint.Input) []Hazard {
	var out []Hazard
	for _, f := range found {
		h := Hazard{Code: f.Code, Severity: f.Severity, Migration: m.Name, Message: f.Message, Safe: f.Safe}
		pos := m.Pos
		if f.Op >= 0 {
			pos = m.Ops[f.Op].Pos
			h.Op = in.Ops[f.Op].Describe()
		}
		if f.Pos != (token.Position{}) {
			pos = f.Pos
		}
		h.File, h.Line = pos.Filename, pos.Line
		out = append(out, h)
	}
	return out
}
