package migrations

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/modelgen/modelgen/gen/finding"
	"github.com/modelgen/modelgen/gen/snapshot"
)

// Problems says what is wrong with the folder itself, one line each, with the way out.
func (f *Folder) Problems(shown string) []string { return finding.List(f.Findings(shown)).Problems() }

// Findings says the same with the places.
func (f *Folder) Findings(shown string) (out []finding.Finding) {
	names, vars := map[string]Declaration{}, map[string]bool{}
	for _, m := range f.Migrations {
		vars[m.Var] = true
		if m.Name == "" {
			out = append(out, finding.Finding{Place: m.Pos.String(), Reason: m.Var + " has no Name that is a plain string"})
		} else if o, ok := names[m.Name]; ok {
			out = append(out, finding.Finding{Place: m.Pos.String(), Reason: fmt.Sprintf("%s is the name of %s too, in %s", m.Name, o.Var, o.File),
				Fix: "give the one that is not applied anywhere another name"})
		}
		names[m.Name] = m
	}
	others := f.vars.without(vars)
	for _, line := range others.listed(f.List) {
		out = append(out, finding.Parse(line))
	}
	for _, m := range f.Migrations {
		for _, p := range m.Parents {
			if !strings.HasPrefix(p, ".") && !vars[p] {
				out = append(out, finding.SplitFix(finding.Parse(others.missing(m.Pos, p, m.Name)), "; "))
			}
		}
	}
	out = finding.Distinct(out)
	if len(out) > 0 {
		return out
	}
	heads := f.Heads()
	if len(heads) > 1 {
		var hs []string
		for _, h := range heads {
			hs = append(hs, h.Name)
		}
		two := finding.Remedied(heads[len(heads)-1].Pos.String(), fmt.Sprintf("there are %d newest migrations: %s; %s branches added a migration each", len(heads), strings.Join(hs, ", "), inWords(len(heads))),
			": ", "put yours on top of theirs with modelgen rebase, or join them with modelgen merge")
		return append(out, two.ShownAt(shown))
	}
	if f.Snapshot == nil {
		return out
	}
	head := f.Snapshot.HeadName()
	_, there := names[head]
	switch {
	case head != "" && !there:
		out = append(out, finding.Remedied(filepath.Join(shown, snapshot.Name), fmt.Sprintf("the snapshot ends at %s, which is not there", head), "; ",
			"restore its file from version control, or the snapshot of the migration before it"))
	case len(heads) == 1 && heads[0].Name != head:
		newer := finding.Remedied(heads[0].Pos.String(), fmt.Sprintf("%s is newer than the snapshot, which ends at %s: a generate was interrupted, or the file came without its snapshot", heads[0].Name, orNone(head)), "; ",
			"delete it and generate again, or restore the snapshot that belongs to it")
		out = append(out, newer.ShownAt(filepath.Join(shown, heads[0].File)))
	}
	return out
}

func inWords(n int) string {
	if n == 2 {
		return "two"
	}
	return strconv.Itoa(n)
}

func orNone(s string) string {
	if s == "" {
		return "no migration"
	}
	return s
}
