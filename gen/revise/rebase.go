package revise

import (
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/gen"
	"github.com/modelgen/modelgen/gen/finding"
	"github.com/modelgen/modelgen/gen/internal/goedit"
	"github.com/modelgen/modelgen/gen/migrations"
	"github.com/modelgen/modelgen/gen/read"
	"github.com/modelgen/modelgen/gen/snapshot"
	"github.com/modelgen/modelgen/runtime/schema"
)

// manyHeads is the way out of more than two newest migrations.
const manyHeads = "modelgen merge joins all of them when they touch different things; where they do not, move the file of one aside, " +
	"settle the other two with merge or rebase, bring it back, and settle that"

// Rebase puts the migrations that only the head called mine has on top of the other head: they get its number and the ones after, and it as their
// parent. Their text stays as it is where their ops fit. Where they do not, and no person wrote any of them, they are worked out again from
// the models, with the answers that they record. What applied says that a database has cannot move.
func Rebase(ctx context.Context, cfg gen.Config, mine string, applied *migrations.Applied) (*gen.Result, error) {
	b, err := readBranches(cfg)
	if err != nil {
		return nil, err
	}
	has, err := applied.Resolve(b.Sides[0].Set, b.All)
	if err != nil {
		return nil, err
	}
	h := migrations.Heads(b.All)
	var choices []string
	for _, m := range h {
		choices = append(choices, "modelgen rebase "+m.Name)
	}
	switch {
	case len(h) < 2:
		return nil, finding.Problems{fmt.Sprintf("there is nothing to rebase: %s is the only newest migration", h[0].Name)}
	case mine == "":
		return nil, finding.Problems{"which of the newest migrations is yours, to be put on top? " + strings.Join(choices, ", or ")}
	case len(h) > 2:
		return nil, finding.Problems{fmt.Sprintf("there are %d newest migrations: %s; %s", len(h), strings.Join(migrations.Names(h), ", "), manyHeads)}
	}
	head, err := migrations.Find(h, mine)
	if err != nil && !slices.ContainsFunc(h, func(m read.Migration) bool { return strings.HasPrefix(m.Name, mine) }) {
		err = fmt.Errorf("there is no migration %q", mine)
	}
	if err != nil {
		return nil, fmt.Errorf("%w among the newest ones: %s", err, strings.Join(choices, ", or "))
	}
	theirs := h[0]
	if theirs.Var == head.Var {
		theirs = h[1]
	}
	keep := migrations.Ancestors(b.All, theirs.Var)
	var move, rest []read.Migration
	for _, m := range b.All {
		if keep[m.Var] {
			rest = append(rest, m)
		} else {
			move = append(move, m)
		}
	}
	for _, m := range move {
		if slices.Contains(has, m.Name) {
			return nil, finding.Problems{fmt.Sprintf("%s is applied to a database under this name and cannot move; join the two with modelgen merge, or put the others on top: modelgen rebase %s", m.Name, theirs.Name)}
		}
		if n := slices.IndexFunc(b.All, func(o read.Migration) bool { return o.File == m.File && o.Var != m.Var }); n >= 0 {
			return nil, finding.Problems{fmt.Sprintf("%s holds %s, too; give each migration a file of its own", m.File, b.All[n].Name)}
		}
	}
	if lines := migrations.Unread(migrations.WithoutReplaced(b.All)); len(lines) > 0 {
		return nil, finding.Problems(lines)
	}
	s := &schema.Schema{}
	if misfits := migrations.Replay(s, migrations.WithoutReplaced(rest)); len(misfits) > 0 {
		return nil, finding.Problems(misfits)
	}
	if misfits := migrations.Replay(s.Clone(), migrations.WithoutReplaced(move)); len(misfits) > 0 {
		return b.again(ctx, cfg, s, rest, move, theirs, misfits)
	}
	changed, newHead, err := b.moved(cfg, move, rest, theirs)
	if err != nil {
		return nil, err
	}
	r, err := b.settle(cfg, changed)
	if err != nil {
		return nil, err
	}
	r.Migration, r.Notes = newHead, staleReferences(b.All, h, head)
	return r, nil
}

// again works migrations out again from the models, as they no longer fit.
func (b *branches) again(ctx context.Context, cfg gen.Config, s *schema.Schema, rest, move []read.Migration, theirs read.Migration, misfits []string) (*gen.Result, error) {
	var edits []string
	for _, m := range move {
		edits = append(edits, b.edits(m, false)...)
	}
	if len(edits) > 0 {
		return nil, finding.Problems(append(append(misfits, edits...), fmt.Sprintf("what a person wrote is not worked out again, and nothing was written: change %s so that it fits on top of %s, "+
			"or take the above out, to write it into the migration that comes of it; then run the command again", strings.Join(migrations.Names(move), " and "), theirs.Name)))
	}
	b.undone = move
	old := map[string][]byte{}
	for _, m := range move {
		if err := cfg.Answers.Parse(m.Answers); err != nil {
			return nil, fmt.Errorf("%s: %w", m.File, err)
		}
		old[m.File] = b.Sources[m.File]
	}
	return b.onTop(ctx, cfg, s, rest, theirs, old)
}

// onTop generates the next migration as if only rest were there, and removes the files old.
func (b *branches) onTop(ctx context.Context, cfg gen.Config, s *schema.Schema, rest []read.Migration, head read.Migration, old map[string][]byte) (*gen.Result, error) {
	f := &migrations.Folder{Dir: b.Dir, Package: b.Package, List: b.List, SnapshotText: b.SnapshotText, Parsed: rest}
	for _, m := range rest {
		f.Migrations = append(f.Migrations, migrations.Declaration{File: m.File, Var: m.Var, Name: m.Name, Parents: m.Parents, Replaces: m.Replaces, Pos: m.Pos})
	}
	var err error
	if f.Snapshot, err = b.snapshot(s, head, rest); err != nil {
		return nil, err
	}
	f.Snapshot.Format = snapshot.Format
	if len(rest) == 0 {
		f.Snapshot.Head = ""
	}
	cfg.Folder = f
	r, err := gen.Generate(ctx, cfg)
	if err != nil || len(r.Questions) > 0 {
		return r, err
	}
	gone := maps.Clone(old)
	for i, file := range r.Files {
		if src, ok := gone[filepath.Base(file.Path)]; ok && filepath.Dir(file.Path) == filepath.Clean(b.Dir) {
			r.Files[i].Old = src
			delete(gone, filepath.Base(file.Path))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(gone)) {
		r.Add(filepath.Join(b.Dir, name), nil, gone[name])
	}
	fresh := map[string]bool{}
	for _, src := range b.after(r) {
		if _, file, err := goedit.Parse("", src); err == nil {
			for d := range goedit.Declarations(file) {
				fresh[d] = true
			}
		}
	}
	if err := b.checkUnreferenced(slices.Sorted(maps.Keys(old)), fresh, nil); err != nil {
		return nil, err
	}
	if lines := b.broken(cfg, r); len(lines) > 0 {
		return nil, finding.Problems(lines)
	}
	return r, nil
}
