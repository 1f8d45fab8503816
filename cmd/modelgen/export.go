package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/modelgen/modelgen/gen/read"
	"github.com/modelgen/modelgen/gen/sqlscript"
	migrate "github.com/modelgen/modelgen/runtime"
)

// sqlFile is a file of another runner.
type sqlFile struct{ name, text string }

// formats write one migration as the files of a runner. version is that of the first file, and how many versions they are is what parts says.
var formats = map[string]struct {
	files func(s sqlscript.Script, version int) []sqlFile
	parts func(s sqlscript.Script) int
}{
	"goose":          {gooseFiles, one},
	"golang-migrate": {golangMigrateFiles, golangMigrateParts},
	"atlas":          {atlasFiles, one},
}

func one(sqlscript.Script) int { return 1 }

// export writes migrations as the files of another runner. What is there already must be the same: others may have run it. all has those
// that no other one stands for, in their order: it gives the chosen ones their versions, whichever are chosen.
func export(e env, all, chosen []sqlscript.Script, format, out string) error {
	f, ok := formats[format]
	if !ok {
		return fmt.Errorf("-format %s: there are goose, golang-migrate and atlas", format)
	}
	dir := e.path(out)
	var files []sqlFile
	var problems []error
	known := map[string]bool{} // names of files that belong to a migration
	taken := map[int]string{}  // versions that are written
	gone := map[string]string{}
	version := 0
	for _, s := range all {
		version = max(version+1, leading(s.Migration))
		written := f.files(s, version)
		for _, x := range written {
			known[x.name] = true
		}
		if slices.ContainsFunc(chosen, func(c sqlscript.Script) bool { return c.Migration == s.Migration }) {
			problems = append(problems, printable(s))
			files = append(files, written...)
			for _, x := range written {
				taken[leading(x.name)] = x.name
				gone[wordsOf(x.name)] = x.name
			}
			for _, name := range everyName(s.Replaces) {
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
	there, err := fs.Glob(os.DirFS(dir), "*.sql")
	if err != nil {
		return err
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
		if old, err := os.ReadFile(filepath.Join(dir, f.name)); err == nil && string(read.Unix(old)) != f.text {
			problems = append(problems, fmt.Errorf("%s is there already with another content: move it away, or write into an empty directory", f.name))
		}
	}
	if format == "atlas" {
		sum, err := atlasSum(dir, files)
		problems = append(problems, err)
		files = append(files, sum)
	}
	if err := errors.Join(problems...); err != nil {
		return fmt.Errorf("%w; nothing was written", err)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for _, f := range files {
		if err := os.WriteFile(filepath.Join(dir, f.name), []byte(f.text), 0o644); err != nil {
			return err
		}
		fmt.Fprintln(e.stdout, f.name)
	}
	return nil
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

// wordsOf gives a name without its number, and without what export adds to it.
func wordsOf(name string) string {
	name, _, _ = strings.Cut(strings.TrimLeft(name, "0123456789"), ".")
	return partText.ReplaceAllString(strings.TrimPrefix(name, "_"), "")
}

// title names a file; runners want the number in front, and read it as a version.
func title(s sqlscript.Script, version int) string {
	return fmt.Sprintf("%04d_%s", version, wordsOf(s.Migration))
}

// several reports whether stages are more than one transaction can do.
func several(stages []migrate.Stage) bool {
	groups := migrate.Transactions(stages)
	return len(groups) > 1 || len(groups) == 1 && (groups[0][0].NoTx || groups[0][0].KeysOff)
}

// group is a transaction, or what runs outside of one.
func group(tx []migrate.Stage) (out []migrate.Statement, note string) {
	var causes []string
	for _, st := range tx {
		all, _ := st.SQL()
		out = append(out, all...)
		if !slices.Contains(causes, st.Cause) {
			causes = append(causes, st.Cause)
		}
	}
	return out, "-- " + strings.ReplaceAll(strings.Join(causes, "\n"), "\n", "\n-- ") + "\n"
}

// undoable returns the way back as transactions; one that fails, with the reason, when there is none: the runner would note it as undone.
func undoable(s sqlscript.Script) [][]migrate.Stage {
	if s.NoUndo == "" {
		return migrate.Transactions(s.Undo)
	}
	return [][]migrate.Stage{{{Cause: "It cannot be undone", Statements: fail(s.Dialect, s.NoUndo, "")}}}
}
