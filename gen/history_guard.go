package gen

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/gen/load"
	"github.com/modelgen/modelgen/gen/snapshot"
)

// Guard adds the guards to the files of a command that changed the history: two branches have brought the fields of both into the models, and
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
	cfg.folder, cfg.Name = r.Folder, ""
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
