package revise

import (
	"fmt"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/gen"
	"github.com/modelgen/modelgen/gen/finding"
	"github.com/modelgen/modelgen/gen/migrations"
	"github.com/modelgen/modelgen/gen/read"
)

// Remove takes the newest migration back: its file goes, list and snapshot become what they were before it. A squash goes as long as what it replaces
// is there. applied says what a database is known to have.
func Remove(cfg gen.Config, applied *migrations.Applied) (*gen.Result, error) {
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
	switch {
	case slices.Contains(has, m.Name):
		return nil, finding.Problems{fmt.Sprintf("%s is applied to a database; go back there first: app migrate down", m.Name)}
	case len(m.Parents) > 1:
		return nil, finding.Problems{fmt.Sprintf("%s joins %d branches; without it there would be two newest migrations", m.Name, len(m.Parents))}
	}
	var missing []string // of what a squash replaces
	for _, name := range m.Replaces {
		if !slices.ContainsFunc(b.All, func(o read.Migration) bool { return o.Name == name }) {
			missing = append(missing, name)
		}
	}
	if len(missing) > 0 {
		return nil, finding.Problems{fmt.Sprintf("%s replaces %s, whose files are gone; bring those back first, by reverting the commit of modelgen squash -finish", m.Name, strings.Join(missing, ", "))}
	}
	if n := slices.IndexFunc(b.All, func(o read.Migration) bool { return o.File == m.File && o.Var != m.Var }); n >= 0 {
		return nil, finding.Problems{fmt.Sprintf("%s holds %s, too; take it out by hand", m.File, b.All[n].Name)}
	}
	if err := b.checkUnreferenced([]string{m.File}, nil, nil); err != nil {
		return nil, err
	}
	b.undone = []read.Migration{m}
	r, err := b.settle(cfg, map[string][]byte{m.File: nil})
	if err != nil {
		return nil, err
	}
	r.Migration = m.Name
	return r, nil
}
