package gen

import (
	"path/filepath"

	"github.com/modelgen/modelgen/gen/load"
)

// Inputs are what a result depends on, apart from the directory of the migrations, the modules and the environment.
type Inputs struct {
	Packages []load.Listed
	SQL      string // directory of the SQL files, as a path that can be opened; "" is none
}

// Unchanged returns the inputs of a result where there is nothing to write, to ask and to say. It reports false where there is something, or where the inputs
// are not known for certain.
func (r *Result) Unchanged(cfg Config) (Inputs, bool) {
	if r.models == nil || r.Migration != "" || len(r.Files)+len(r.Questions)+len(r.Stale)+len(r.Notes)+len(r.Ops)+len(r.Changed()) > 0 {
		return Inputs{}, false
	}
	in, certain := Inputs{}, false
	in.Packages, certain = r.models.Listed()
	if r.snap.SQL != "" {
		in.SQL = filepath.Join(cfg.OutDir(), filepath.FromSlash(r.snap.SQL))
	}
	return in, certain && len(cfg.Overlay) == 0 && cfg.Folder == nil && cfg.GoList == nil && !r.moved
}
