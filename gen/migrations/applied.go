package migrations

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/gen/finding"
	"github.com/modelgen/modelgen/gen/read"
	"github.com/modelgen/modelgen/internal/nearest"
)

// Applied says which migrations a database has. nil means unknown.
type Applied struct {
	Names  []string // may have the name of the set before a slash
	Status []byte   // what app migrate status -json printed, in the place of Names
	Source string   // the value of the flag, for messages
}

// Resolve returns the names as the folder has them. A name that no migration has is a mistake of whoever wrote it: a check that looks for it would find
// nothing. A status may have more than the folder, as that of a branch.
func (a *Applied) Resolve(set string, all []read.Migration) ([]string, error) {
	if a == nil {
		return nil, nil
	}
	var known []string
	for _, m := range all {
		known = append(append(known, m.Name), m.Replaces...)
	}
	if a.Status != nil {
		return a.status(set)
	}
	var names, lines []string
	for _, name := range a.Names {
		name = strings.TrimSpace(name)
		if other, rest, ok := strings.Cut(name, "/"); ok && other == set {
			name = rest
		}
		switch {
		case name == "":
		case slices.Contains(known, name):
			names = append(names, name)
		default:
			hint := ""
			if n := nearest.Word(name, known, nearest.Reach(name)); n != "" {
				hint = "; is it " + n + "?"
			}
			lines = append(lines, fmt.Sprintf("-applied %s: there is no migration of that name, and no such file%s", name, hint))
		}
	}
	if len(lines) > 0 {
		return nil, finding.Problems(append(lines, "nothing was written: the flag takes whole names with commas between them, or a file with what app migrate status -json printed"))
	}
	return names, nil
}

// status reads what status -json prints. Without the rows of the set it is that of another program.
func (a *Applied) status(set string) ([]string, error) {
	var status struct {
		Migrations []struct {
			Set, Migration, State string
			Replaced              string `json:"replaced_by"`
			Started               *string
		}
	}
	if err := json.Unmarshal(a.Status, &status); err != nil {
		return nil, fmt.Errorf("-applied %s: it is not what status -json prints: %w", a.Source, err)
	}
	var names []string
	mine := false
	for _, m := range status.Migrations {
		if m.Set != set {
			continue
		}
		mine = true
		if m.State != "pending" && (m.State != "replaced" || m.Started != nil) {
			names = append(names, strings.TrimPrefix(m.Migration, set+"/"))
		}
	}
	if !mine {
		return nil, fmt.Errorf("-applied %s: it says nothing of the set %s; nothing was written: it takes what app migrate status -json prints", a.Source, set)
	}
	for _, m := range status.Migrations { // what a squash that is there stands for is there, too
		name := strings.TrimPrefix(m.Migration, set+"/")
		if m.Set == set && m.State == "replaced" && m.Started == nil && slices.Contains(names, strings.TrimPrefix(m.Replaced, set+"/")) {
			names = append(names, name)
		}
	}
	return names, nil
}
