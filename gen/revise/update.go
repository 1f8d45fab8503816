package revise

import (
	"context"
	"fmt"
	"slices"

	"github.com/modelgen/modelgen/gen"
	"github.com/modelgen/modelgen/gen/finding"
	"github.com/modelgen/modelgen/gen/migrations"
	"github.com/modelgen/modelgen/gen/read"
	"github.com/modelgen/modelgen/runtime/schema"
)

// Update folds what has changed in the models into the newest migration: it is worked out again, with the answers that it records, from the
// schema before it. It refuses where that would lose what a person wrote. applied says what a database is known to have.
func Update(ctx context.Context, cfg gen.Config, applied *migrations.Applied) (*gen.Result, error) {
	b, err := readBranches(cfg)
	if err != nil {
		return nil, err
	}
	has, err := applied.Resolve(b.Sides[0].Set, b.All)
	if err != nil {
		return nil, err
	}
	m, err := b.newest()
	if err != nil {
		return nil, err
	}
	refuse := func(why string) error {
		return finding.Problems{fmt.Sprintf("%s: %s %s; run modelgen generate without -update for a new one", m.Pos, m.Name, why)}
	}
	switch {
	case slices.Contains(has, m.Name):
		return nil, refuse("is applied to a database")
	case len(m.Parents) > 1:
		return nil, refuse("joins branches")
	case len(m.Replaces) > 0:
		return nil, refuse("replaces others")
	case slices.ContainsFunc(m.Ops, byHand):
		return nil, refuse("has a step written by hand, which would be lost")
	case m.Hash() != b.Sides[0].HeadHash():
		return nil, refuse("was changed by hand since it was written, which would be lost")
	case slices.ContainsFunc(b.All, func(o read.Migration) bool { return o.File == m.File && o.Var != m.Var }):
		return nil, refuse("shares its file with another one")
	}
	rest := slices.DeleteFunc(slices.Clone(b.All), func(o read.Migration) bool { return o.Var == m.Var })
	if lines := migrations.Unread(migrations.WithoutReplaced(rest)); len(lines) > 0 {
		return nil, finding.Problems(lines)
	}
	s := &schema.Schema{}
	if misfits := migrations.Replay(s, migrations.WithoutReplaced(rest)); len(misfits) > 0 {
		return nil, finding.Problems(misfits)
	}
	if edits := b.edits(m, true); len(edits) > 0 {
		return nil, finding.Problems(append(edits, fmt.Sprintf("nothing was written, as that would be lost; run modelgen generate without -update for a new migration, or take it out of %s first", m.Name)))
	}
	if err := cfg.Answers.Parse(m.Answers); err != nil {
		return nil, fmt.Errorf("%s: %w", m.File, err)
	}
	b.undone = []read.Migration{m}
	var head read.Migration
	if left := migrations.Heads(rest); len(left) == 1 {
		head = left[0]
	}
	return b.onTop(ctx, cfg, s, rest, head, map[string][]byte{m.File: b.Sources[m.File]})
}
