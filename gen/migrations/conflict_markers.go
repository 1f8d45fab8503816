package migrations

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/modelgen/modelgen/gen/finding"
	"github.com/modelgen/modelgen/gen/snapshot"
)

// marker returns the first line with a marker that git left in a file which two branches have changed, 0 for none.
func marker(src []byte) int {
	line := 1
	for l := range bytes.SplitSeq(src, []byte("\n")) {
		if bytes.HasPrefix(l, []byte("<<<<<<< ")) || bytes.HasPrefix(l, []byte(">>>>>>> ")) {
			return line
		}
		line++
	}
	return 0
}

// conflicted says of a file that does not parse that it has the conflict markers of two branches. The list is noted, as it is rewritten by the commands that
// join the two; a migration is the user's.
func (f *Folder) conflicted(path string, src []byte) error {
	line := marker(src)
	switch {
	case line == 0:
		return nil
	case filepath.Base(path) == ListName:
		f.conflicts = append(f.conflicts, fmt.Sprintf("%s:%d:1", path, line))
		return nil
	}
	return bothChanged(path, line)
}

func bothChanged(path string, line int) error {
	return finding.List{finding.Remedied(fmt.Sprintf("%s:%d:1", filepath.ToSlash(path), line), "it holds conflict markers: both branches have changed this migration", "; ",
		"resolve the conflict by hand, then run the command again")}
}

// met says what to do about the conflicts in the files that are generated, nil when there are none.
func (f *Folder) met() error {
	if len(f.conflicts) == 0 {
		return nil
	}
	text := "it holds conflict markers"
	if rest := f.conflicts[1:]; len(rest) > 0 {
		text += ", and so does " + strings.Join(rest, ", and ")
	}
	var names []string
	for _, h := range f.Heads() {
		names = append(names, h.Name)
	}
	if len(names) < 2 {
		return finding.List{finding.Remedied(f.conflicts[0], text+", but all migrations are in one line, which ends at "+orNone(strings.Join(names, "")), ": ",
			"keep the side that ends there, and run go generate")}
	}
	return finding.List{finding.Remedied(f.conflicts[0], text+": two branches each added a migration: "+strings.Join(names, " and "), "; ",
		"put yours on top of theirs with modelgen rebase NAME, or join them with modelgen merge: both rewrite these files")}
}

// conflictIn reports whether an error is about markers in the snapshot, and notes them.
func (f *Folder) conflictIn(shown string, data []byte, err error) bool {
	if !errors.Is(err, snapshot.ErrConflict) || marker(data) == 0 {
		return false
	}
	f.conflicts = append(f.conflicts, fmt.Sprintf("%s:%d:1", filepath.ToSlash(shown), marker(data)))
	return true
}
