package gen

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/gen/emit"
	"github.com/modelgen/modelgen/gen/finding"
	"github.com/modelgen/modelgen/gen/internal/paths"
	"github.com/modelgen/modelgen/gen/load"
	"github.com/modelgen/modelgen/gen/snapshot"
)

// Names of the guard, beside the models.
const (
	guardName     = "modelgen_guard.go"
	guardTestName = "modelgen_guard_test.go"
)

// guards brings the guard of each package with models up to date, and takes away what another mode left. A file of that name that is not
// a guard is nobody's to write over: it comes as [finding.Problems].
func (r *Result) guards() (files []File, err error) {
	var problems finding.Problems
	for _, p := range r.models.Packages {
		var models []emit.GuardModel
		if r.snap.Guard != "off" {
			models = guardModels(r.models, p)
		}
		for _, name := range []string{guardName, guardTestName} {
			path := filepath.Join(p.Dir, name)
			old, err := os.ReadFile(path)
			if errors.Is(err, fs.ErrNotExist) {
				old = nil
			} else if err != nil {
				return nil, paths.Error(path, err)
			}
			wanted := len(models) > 0 && (name == guardTestName) == (r.snap.Guard == "test")
			state := emit.StateOfGuard(old, p.Name, p.Generate, models)
			switch {
			case !wanted && (state == emit.GuardMissing || state == emit.GuardForeign):
			case !wanted:
				files = append(files, File{Path: path, Old: old})
			case state == emit.GuardForeign:
				problems = append(problems, fmt.Sprintf("%s: it is in the way of the guard, and not written by modelgen, as its first line is not %q: give it another name, or do without a guard: -guard=off", paths.Shown(path), emit.Generated))
			case state != emit.GuardCurrent:
				src, err := emit.Guard(p.Name, p.Generate, models)
				if err != nil {
					return nil, err
				}
				files = append(files, File{Path: path, Content: src, Old: old, OldForm: state == emit.GuardOldForm})
			}
		}
	}
	if len(problems) > 0 {
		return nil, problems
	}
	return files, nil
}

// builtins reports whether the package has no len, min or max of its own.
func builtins(p *load.Package) bool {
	return !slices.ContainsFunc([]string{"len", "min", "max"}, func(name string) bool { return p.Types.Scope().Lookup(name) != nil })
}

// guardModels returns what the guard of a package is made of.
func guardModels(models *load.Result, p *load.Package) []emit.GuardModel {
	var out []emit.GuardModel
	all := slices.Clone(models.Models)
	for _, v := range models.Views {
		all = append(all, &v.Model)
	}
	for _, m := range all {
		if m.Package.Path != p.Path {
			continue
		}
		g := emit.GuardModel{Name: m.Name, Imports: map[string]string{}, Builtins: builtins(p)}
		for _, i := range m.Imports {
			g.Imports[i.Path] = i.Name
		}
		for _, s := range m.Structs {
			gs := emit.GuardStruct{Type: s.Type, Unguarded: s.Unguarded}
			for _, f := range s.Fields {
				gs.Fields = append(gs.Fields, emit.GuardField(f))
			}
			g.Structs = append(g.Structs, gs)
		}
		for _, t := range m.Types {
			g.Types = append(g.Types, emit.GuardType(t))
		}
		for _, c := range m.Constants {
			for _, v := range c.Values {
				g.Constants = append(g.Constants, emit.GuardConstant(v))
			}
		}
		out = append(out, g)
	}
	return out
}

// Guard adds the guards to the files of a command that changed migrations: two branches have brought the fields of both into the models, and
// a guard that holds either, or the markers of a conflict. Where the models ask for more than the migrations do, the guards stay as they are,
// so that the build goes on to fail; what to do then is the note, "" when there is nothing to do.
func (r *Result) Guard(ctx context.Context, cfg Config) (note string) {
	const drifted = "the models ask for what no migration does now: run go generate"
	switch {
	case r.models != nil: // they were worked out with the rest
		return ""
	case r.Folder.Snapshot == nil:
		return drifted
	case r.Folder.Snapshot.Guard == "off":
		return ""
	}
	cfg.Folder, cfg.Name = r.Folder, ""
	after, err := Generate(ctx, cfg)
	switch {
	case err != nil:
		first, _, _ := strings.Cut(err.Error(), "\n")
		return fmt.Sprintf("the guard stays as it is, as the models cannot be read: %s; fix that, then run go generate", first)
	case len(after.Questions) > 0 || len(after.Ops) > 0:
		return drifted
	}
	at := slices.IndexFunc(r.Files, func(f File) bool { return filepath.Base(f.Path) == snapshot.Name })
	if at < 0 {
		at = len(r.Files)
	}
	for _, f := range after.Files {
		if load.IsGuard(filepath.Base(f.Path)) {
			r.Files = slices.Insert(r.Files, at, f)
			at++
		}
	}
	return ""
}
