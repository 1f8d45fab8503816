package gen

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/modelgen/modelgen/gen/emit"
	"github.com/modelgen/modelgen/gen/load"
)

// Names of the guard, beside the models.
const (
	GuardName     = "modelgen_guard.go"
	GuardTestName = "modelgen_guard_test.go"
)

// guards brings the guard of each package with models up to date, and takes away what another mode left.
func (r *Result) guards() (files []File, err error) {
	for _, p := range r.models.Packages {
		var models []emit.GuardModel
		if r.snap.Guard != "off" {
			models = guardModels(r.models, p)
		}
		for _, name := range []string{GuardName, GuardTestName} {
			path := filepath.Join(p.Dir, name)
			old, err := os.ReadFile(path)
			if errors.Is(err, fs.ErrNotExist) {
				old = nil
			} else if err != nil {
				return nil, fileError(path, err)
			}
			wanted := len(models) > 0 && (name == GuardTestName) == (r.snap.Guard == "test")
			if !wanted {
				if bytes.HasPrefix(old, []byte(emit.Generated)) {
					files = append(files, File{path, nil, old})
				}
				continue
			}
			if emit.GuardCurrent(old, p.Name, models) {
				continue
			}
			src, err := emit.Guard(p.Name, models)
			if err != nil {
				return nil, err
			}
			files = append(files, File{path, src, old})
		}
	}
	return files, nil
}

// guardModels gives what the guard of a package is made of. Two models that call different packages by one name cannot stand in one
// file: the later one is left to check.
func guardModels(models *load.Result, p *load.Package) []emit.GuardModel {
	var out []emit.GuardModel
	names := map[string]string{} // name -> path
	for _, m := range models.Models {
		if m.Package.Path != p.Path {
			continue
		}
		g := emit.GuardModel{Name: m.Name, Imports: map[string]string{}}
		clash := ""
		for _, i := range m.Imports {
			if path, ok := names[i.Name]; ok && path != i.Path {
				clash = i.Name
			}
			g.Imports[i.Path] = i.Name
		}
		for _, s := range m.Structs {
			gs := emit.GuardStruct{Type: s.Type, Unguarded: s.Unguarded}
			if clash != "" {
				gs.Unguarded = s.Type + " calls another package " + clash + " than the models before it"
			}
			for _, f := range s.Fields {
				gs.Fields = append(gs.Fields, emit.GuardField(f))
			}
			g.Structs = append(g.Structs, gs)
		}
		if clash != "" {
			g.Imports = nil
		} else {
			for path, name := range g.Imports {
				names[name] = path
			}
			for _, c := range m.Constants {
				for _, v := range c.Values {
					g.Constants = append(g.Constants, emit.GuardConstant(v))
				}
			}
		}
		out = append(out, g)
	}
	return out
}
