package check

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/gen/finding"
	"github.com/modelgen/modelgen/gen/migrations"
	"github.com/modelgen/modelgen/gen/read"
	"github.com/modelgen/modelgen/gen/snapshot"
)

// change is a migration that is not as it is recorded.
type change struct {
	read.Migration
	finding finding.Finding
}

// editedSince compares the migrations with what the snapshot records of them. A snapshot that is older than the records has none to compare with.
func (c *checker) editedSince() (changed []change, others []finding.Finding) {
	recorded := c.Sides[0].Migrations
	there, replaced, files := map[string]bool{}, map[string]bool{}, map[string]int{}
	for _, m := range c.All {
		there[m.Name] = true
		files[m.File]++
		for _, name := range m.Replaces {
			replaced[name] = true
		}
	}
	shown := filepath.ToSlash(filepath.Join(c.Shown, snapshot.Name))
	h := migrations.Heads(c.All)
	whole := len(h) == 1 && h[0].Name == c.Sides[0].HeadName() // else there is more to say of what is new
	var gone []string
	for _, name := range slices.Sorted(maps.Keys(recorded)) {
		if !there[name] && !replaced[name] {
			gone = append(gone, name)
		}
	}
	for _, m := range c.All {
		hash, known := recorded[m.Name]
		now := m.Hash()
		as := -1
		if !known {
			as = slices.IndexFunc(gone, func(name string) bool { return recorded[name] == now })
		}
		f := finding.Finding{Place: m.Pos.String()}
		switch {
		case as >= 0:
			was := gone[as]
			gone = slices.Delete(gone, as, as+1)
			f.Reason = fmt.Sprintf("%s has the name %s now: a database that has it knows it as %s, and refuses this one", was, m.Name, was)
			f.Fix = "give it its name back, that of its file included; where no database has it, modelgen hash " + was + " " + m.Name + " records the change"
		case files[m.File] == 1 && m.Name != "" && m.File != m.Name+".go":
			f.Reason = fmt.Sprintf("the file %s has the migration %s: the name of a migration is that of its file", m.File, m.Name)
			f.Fix = "give the file back its name, as databases know the migration as " + m.Name
			if known && hash != now && hash != snapshot.Open {
				f.Fix += "; it was edited, too"
			}
		case !known && len(recorded) > 0 && whole:
			f.Reason = fmt.Sprintf("the snapshot records no hash of %s, so that an edit of it would pass unseen", m.Name)
			f.Fix = "run go generate"
		case known && hash != snapshot.Open && hash != now:
			f.Reason = m.Name + " was edited since it was written: a database that has it refuses this one"
			f.Fix = "undo the edit and write a new migration; where no database has it, modelgen hash " + m.Name + " records the edit"
			f.Edit = true
			changed = append(changed, change{m, f})
			continue
		default:
			continue
		}
		others = append(others, f)
	}
	for _, name := range gone {
		if name == c.Sides[0].HeadName() {
			continue // that the newest is gone is said elsewhere
		}
		others = append(others, finding.Finding{Place: shown, Reason: fmt.Sprintf("the snapshot records %s, which is not there", name),
			Fix: "restore its file from version control; where no database has it, modelgen hash " + name + " forgets it"})
	}
	return changed, others
}

// misfitsOfEdits puts what no longer fits behind an edit to the edit: the migration that does not fit is not to blame.
func misfitsOfEdits(all []read.Migration, changed []change, misfits []finding.Finding) (out []finding.Finding) {
	said := make([][]string, len(changed))
	for _, f := range misfits {
		i := slices.IndexFunc(all, func(m read.Migration) bool { return m.Name == f.Migration && f.Migration != "" })
		blamed := -1
		if i >= 0 && !slices.ContainsFunc(changed, func(e change) bool { return e.Var == all[i].Var }) {
			need := migrations.Ancestors(all, all[i].Var)
			for k, e := range changed { // the nearest
				if need[e.Var] {
					blamed = k
				}
			}
		}
		if blamed < 0 {
			out = append(out, f)
			continue
		}
		said[blamed] = append(said[blamed], fmt.Sprintf("%s (%s)", f.Reason, f.Place))
	}
	for i, lines := range said {
		if len(lines) > 0 {
			changed[i].finding.Reason += ", and " + strings.Join(lines, ", and ")
		}
	}
	return out
}
