package gen

import (
	"fmt"
	"path/filepath"
	"slices"

	"github.com/modelgen/modelgen/gen/read"
	"github.com/modelgen/modelgen/gen/snapshot"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// agree finds migrations that do not come to what the snapshot says, as after an edit by hand, and steps that nobody has written yet. What
// cannot be read from the text, such as an op that a function makes, is left to the set's own check at start-up.
func agree(cfg Config) ([]Finding, error) {
	b, err := readBranches(cfg)
	if err != nil || len(heads(b.all)) != 1 {
		return nil, err
	}
	var out []Finding
	for _, m := range b.all {
		for _, op := range m.Ops {
			if u, ok := op.Value.(migrate.Unwritten); ok {
				out = append(out, Finding{Place: op.Pos.String(), Reason: "nobody has written yet how existing rows get " + string(u), Mend: "write the step: Fill, Backfill, SQL or Go"})
			}
		}
	}
	all := without(b.all)
	if slices.ContainsFunc(all, read.Migration.Opaque) || slices.ContainsFunc(all, func(m read.Migration) bool { return !m.Exact }) {
		return out, nil
	}
	s := &schema.Schema{}
	if misfits := replay(s, all); len(misfits) > 0 {
		for _, m := range misfits {
			out = append(out, Finding{Reason: m, Mend: "undo the edit that it comes from"})
		}
		return out, nil
	}
	want, have := unordered(forget(&b.sides[0].Schema)), unordered(forget(s))
	for _, line := range want {
		if !slices.Contains(have, line) {
			out = append(out, Finding{Place: filepath.ToSlash(filepath.Join(b.shown, snapshot.Name)), Reason: "the migrations do not come to what it says: " + line,
				Mend: "undo the edit of a migration, or of it; a change of the models needs a new migration"})
			break
		}
	}
	if len(want) == len(have) || len(out) > 0 {
		return out, nil
	}
	for _, line := range have {
		if !slices.Contains(want, line) {
			return append(out, Finding{Place: filepath.ToSlash(filepath.Join(b.shown, snapshot.Name)), Reason: fmt.Sprintf("the migrations come to more than it says: %s", line),
				Mend: "undo the edit of a migration, or of it"}), nil
		}
	}
	return out, nil
}

// forget takes out what stands in the snapshot alone.
func forget(s *schema.Schema) *schema.Schema {
	c := s.Clone()
	for _, t := range c.Tables {
		t.Was = ""
		for i := range t.Columns {
			t.Columns[i].Was, t.Columns[i].ValueWas = "", nil
		}
	}
	for _, e := range c.Enums {
		e.Was, e.Owner, e.ValueWas = "", "", nil
	}
	return c
}
