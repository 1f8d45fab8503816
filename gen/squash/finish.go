package squash

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/gen"
	"github.com/modelgen/modelgen/gen/finding"
	"github.com/modelgen/modelgen/gen/internal/goedit"
	"github.com/modelgen/modelgen/gen/internal/paths"
	"github.com/modelgen/modelgen/gen/migrations"
	"github.com/modelgen/modelgen/gen/read"
)

// Finish works out what is left when the files go that a squash replaces: what followed those follows the squash. Its Replaces stays, as
// databases that had them still need it. It refuses when something that stays uses what stands in those files, and when applied says that a database
// is not ready for it.
func Finish(cfg gen.Config, name string, applied *migrations.Applied) (*gen.Result, error) {
	q, err := newSquasher(cfg)
	if err != nil {
		return nil, err
	}
	squash, err := q.squash(name)
	if err != nil {
		return nil, err
	}
	if err := q.ready(squash, applied); err != nil {
		return nil, err
	}
	gone := map[string]string{} // variable -> name
	files := map[string]bool{}
	for _, m := range q.all {
		if !slices.Contains(squash.Replaces, m.Name) {
			continue
		}
		if len(m.Replaces) > 0 {
			return nil, finding.Problems{fmt.Sprintf("%s: %s replaces others itself, and databases may still have those; first modelgen squash -finish %s, and when all databases have it modelgen squash -forget %s",
				m.Pos, m.Name, m.Name, m.Name)}
		}
		gone[m.Var], files[m.File] = m.Name, true
	}
	if len(gone) == 0 {
		return nil, finding.Problems{fmt.Sprintf("%s: the files of what %s replaces are gone already; when all databases have it: modelgen squash -forget %s", squash.Pos, squash.Name, squash.Name)}
	}
	d := &deletion{squasher: q, squash: squash, gone: gone, files: files, changed: map[string][]goedit.Edit{}}
	if err := d.look(); err != nil {
		return nil, err
	}
	return q.result, d.write()
}

// Forget works out the file of a squash without its Replaces: it is then a migration as any other. It refuses when applied says that a database
// is not ready for it.
func Forget(cfg gen.Config, name string, applied *migrations.Applied) (*gen.Result, error) {
	q, err := newSquasher(cfg)
	if err != nil {
		return nil, err
	}
	squash, err := q.squash(name)
	if err != nil {
		return nil, err
	}
	if err := q.ready(squash, applied); err != nil {
		return nil, err
	}
	for _, m := range q.all {
		if slices.Contains(squash.Replaces, m.Name) {
			return nil, finding.Problems{fmt.Sprintf("%s: %s is still there; first modelgen squash -finish %s", m.Pos, m.Name, squash.Name)}
		}
	}
	fset, file, src, err := q.open(squash.File)
	if err != nil {
		return nil, err
	}
	kv := goedit.Field(file, squash.Var, "Replaces")
	if kv == nil {
		return nil, finding.Problems{fmt.Sprintf("%s: Replaces of %s is not written in its file; take it out by hand", squash.Pos, squash.Name)}
	}
	from, to := fset.Position(kv.Pos()).Offset, fset.Position(kv.End()).Offset
	if rest := bytes.TrimLeft(src[to:], " \t"); len(rest) > 0 && rest[0] == ',' {
		to = len(src) - len(rest) + 1
	}
	from = len(bytes.TrimRight(src[:from], " \t"))
	if to < len(src) && src[to] == '\n' && from > 0 && src[from-1] == '\n' {
		to++
	}
	q.result.Migration = squash.Name
	q.result.Add(filepath.Join(q.Dir, squash.File), formatted(goedit.Apply(src, []goedit.Edit{goedit.Replace(from, to, "")})), src)
	return q.result, nil
}

// ready refuses what a database is not ready for: it must have the squash, and of what that replaces all or nothing.
func (q *squasher) ready(squash read.Migration, applied *migrations.Applied) error {
	if applied == nil {
		return nil
	}
	has, err := applied.Resolve(q.Snapshot.Set, q.all)
	if err != nil {
		return err
	}
	var there, lacks []string
	for _, name := range squash.Replaces {
		if slices.Contains(has, name) {
			there = append(there, name)
		} else {
			lacks = append(lacks, name)
		}
	}
	const upFirst = "; nothing was written: bring it up to date first, with a program that has all of them: app migrate up"
	switch {
	case len(there) > 0 && len(lacks) > 0:
		return finding.Problems{fmt.Sprintf("the database has %s of what %s replaces, but not %s%s", strings.Join(there, ", "), squash.Name, strings.Join(lacks, ", "), upFirst)}
	case !slices.Contains(has, squash.Name):
		return finding.Problems{fmt.Sprintf("the database does not have %s%s", squash.Name, upFirst)}
	}
	return nil
}

// squash finds a migration that replaces others.
func (q *squasher) squash(name string) (read.Migration, error) {
	m, err := migrations.Find(q.all, name)
	if err != nil {
		return m, err
	}
	if len(m.Replaces) == 0 {
		return m, finding.Problems{fmt.Sprintf("%s: %s replaces no other migration", m.Pos, m.Name)}
	}
	return m, nil
}

func (q *squasher) open(name string) (*token.FileSet, *ast.File, []byte, error) {
	src, err := read.Text(filepath.Join(q.Dir, name))
	if err != nil {
		return nil, nil, nil, paths.Error(q.path(name), err)
	}
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, q.path(name), src, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, nil, nil, finding.Problems{err.Error()}
	}
	return fset, file, src, nil
}
