package gen

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"

	"github.com/modelgen/modelgen/gen/finding"
	"github.com/modelgen/modelgen/gen/internal/dialects"
	"github.com/modelgen/modelgen/gen/snapshot"
	"github.com/modelgen/modelgen/gen/sqlfiles"
	"github.com/modelgen/modelgen/runtime/schema"
)

// settleSQL records where the SQL files are, relative to the directory of the migrations, which does not move when the command runs elsewhere.
func (c Config) settleSQL(s *snapshot.Snapshot) error {
	if c.SQL == "" {
		return nil
	}
	if c.SQL == "none" {
		s.SQL = ""
		return nil
	}
	dir := c.SQL
	if !filepath.IsAbs(dir) {
		dir = filepath.Join(c.Dir, dir)
	}
	out, err := filepath.Abs(c.OutDir())
	if err != nil {
		return err
	}
	if dir, err = filepath.Abs(dir); err != nil {
		return err
	}
	rel, err := filepath.Rel(out, dir)
	if err != nil {
		return fmt.Errorf("-sql %s: %w", c.SQL, err)
	}
	s.SQL = filepath.ToSlash(rel)
	return nil
}

// readSQL reads the SQL files that the snapshot records.
func (r *Result) readSQL(cfg Config) error {
	if r.snap.SQL == "" {
		return nil
	}
	dir := filepath.Join(cfg.OutDir(), filepath.FromSlash(r.snap.SQL))
	shown := dir
	if base, err := filepath.Abs(cfg.dir()); err == nil {
		if abs, err := filepath.Abs(dir); err == nil {
			if rel, err := filepath.Rel(base, abs); err == nil {
				shown = rel
			}
		}
	}
	files, err := sqlfiles.Read(sqlfiles.Config{
		Dir: dir, Shown: shown, Dialects: dialects.Capabilities(r.snap.Dialects, r.targets), Known: dialects.AllCapabilities(r.targets),
		Overlay: cfg.Overlay,
	})
	if problems, ok := errors.AsType[sqlfiles.Problems](err); ok {
		return findings(problems)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return finding.Problems{fmt.Sprintf("the directory of SQL files, %s, is not there: restore it, or name it with -sql DIRECTORY; -sql none forgets it, and with it all that it declared", filepath.ToSlash(shown))}
	}
	if err != nil {
		return finding.Problems{err.Error()}
	}
	r.sql = files
	return nil
}

// differs reports whether the SQL files declare something that is not in the snapshot as they have it, before anything is known of the models. What only goes is not seen, nor
// are comments and grants, which may name a routine without its arguments.
func (r *Result) differs() bool {
	if r.sql == nil {
		return false
	}
	recorded := map[string]schema.SQLObject{}
	for _, o := range r.old().SQLObjects {
		recorded[o.Key()] = o
	}
	return slices.ContainsFunc(r.sql.Objects, func(o sqlfiles.Object) bool {
		return o.Kind != schema.CommentKind && o.Kind != schema.GrantKind && !recorded[o.Key()].Equal(o.SQLObject)
	})
}

// checkSQL returns what of the SQL files stands on something that is not there. It changes nothing.
func (r *Result) checkSQL() error {
	if r.sql != nil {
		if problems := r.sql.Check(r.models.Schema, r.byHand...); len(problems) > 0 {
			return findings(problems)
		}
	}
	return nil
}

func findings(problems sqlfiles.Problems) error {
	var list finding.List
	for _, p := range problems {
		list = append(list, finding.Finding{Place: p.Pos.String(), Reason: p.Msg})
	}
	return list
}
