// Package export writes migrations as the files of other runners: goose, golang-migrate and Atlas. It opens no file for writing: what is in the
// directory already is handed in, and what it shall have is returned.
package export

import (
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/modelgen/modelgen/gen/read"
	"github.com/modelgen/modelgen/gen/sqlscript"
)

// File is a file of another runner.
type File struct{ Name, Text string }

// formats write one migration as the files of a runner. version is that of the first file, and how many versions they are is what parts says.
var formats = map[string]struct {
	files func(s sqlscript.Script, version int) []File
	parts func(s sqlscript.Script) int
}{
	"goose":          {gooseFiles, one},
	"golang-migrate": {golangMigrateFiles, golangMigrateParts},
	"atlas":          {atlasFiles, one},
}

func one(sqlscript.Script) int { return 1 }

// Files returns the files of chosen migrations in the order in which they are written. dir is the directory that they are for: what is there already
// must be the same, as others may have run it. all has the migrations that no other one stands for, in their order: it says the versions of the chosen
// ones, whichever are chosen. The error lists everything that is in the way.
func Files(dir fs.FS, all, chosen []sqlscript.Script, format string) ([]File, error) {
	f, ok := formats[format]
	if !ok {
		return nil, fmt.Errorf("-format %s: there are goose, golang-migrate and atlas", format)
	}
	var files []File
	var problems []error
	known := map[string]bool{} // names of files that belong to a migration
	taken := map[int]string{}  // versions that are written
	gone := map[string]string{}
	version := 0
	for _, s := range all {
		version = max(version+1, leading(s.Migration))
		written := f.files(s, version)
		for _, x := range written {
			known[x.Name] = true
		}
		if slices.ContainsFunc(chosen, func(c sqlscript.Script) bool { return c.Migration == s.Migration }) {
			problems = append(problems, printable(s))
			files = append(files, written...)
			for _, x := range written {
				taken[leading(x.Name)] = x.Name
				gone[wordsOf(x.Name)] = x.Name
			}
			for _, name := range sqlscript.Names(s.Replaces) {
				gone[wordsOf(name)] = s.Migration + ", which stands for " + name
			}
		}
		version += f.parts(s) - 1
	}
	for _, c := range chosen {
		if !slices.ContainsFunc(all, func(s sqlscript.Script) bool { return s.Migration == c.Migration }) {
			problems = append(problems, fmt.Errorf("%s has another one in its place, which is what a runner would have to run", c.Migration))
		}
	}
	there, err := fs.Glob(dir, "*.sql")
	if err != nil {
		return nil, err
	}
	for _, name := range there {
		v := leading(name)
		switch {
		case known[name]:
		case taken[v] != "" && v > 0:
			problems = append(problems, fmt.Errorf("%s is there, and %s would have the same version: move the one away that no database has, or write into an empty directory", name, taken[v]))
		case gone[wordsOf(name)] != "":
			problems = append(problems, fmt.Errorf("%s is there, and would be run a second time as a part of %s: write into an empty directory for new databases, "+
				"or name the migrations behind it alone, modelgen sql -format %s FROM.. with the first of them as FROM", name, gone[wordsOf(name)], format))
		}
	}
	for _, f := range files {
		if old, err := fs.ReadFile(dir, f.Name); err == nil && string(read.Unix(old)) != f.Text {
			problems = append(problems, fmt.Errorf("%s is there already with another content: move it away, or write into an empty directory", f.Name))
		}
	}
	if format == "atlas" {
		sum, err := atlasSum(dir, files)
		problems = append(problems, err)
		files = append(files, sum)
	}
	if err := errors.Join(problems...); err != nil {
		return nil, fmt.Errorf("%w; nothing was written", err)
	}
	return files, nil
}

func printable(s sqlscript.Script) error {
	for _, st := range slices.Concat(s.Stages, s.Undo) {
		if _, ok := st.SQL(); !ok {
			return fmt.Errorf("%s runs Go code (%s), which cannot be written as SQL", s.Migration, st.Cause)
		}
	}
	return nil
}

// leading returns the number that a name begins with, which runners take for its version; 0 is none.
func leading(name string) int {
	digits := name[:len(name)-len(strings.TrimLeft(name, "0123456789"))]
	n, err := strconv.Atoi(digits)
	if err != nil {
		return 0
	}
	return n
}

var partText = regexp.MustCompile(`_part\d+$`)

// wordsOf returns a name without its number, and without what Files adds to it.
func wordsOf(name string) string {
	name, _, _ = strings.Cut(strings.TrimLeft(name, "0123456789"), ".")
	return partText.ReplaceAllString(strings.TrimPrefix(name, "_"), "")
}

// title names a file; runners want the number in front, and read it as a version.
func title(s sqlscript.Script, version int) string {
	return fmt.Sprintf("%04d_%s", version, wordsOf(s.Migration))
}
