package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/gen"
	"github.com/modelgen/modelgen/gen/finding"
	migrate "github.com/modelgen/modelgen/runtime"
)

// fileTool is how the files of another migration tool are called.
type fileTool struct {
	file    *regexp.Regexp // of the path in the folder; its groups, joined with dots, are the version as the history has it
	counter bool           // the history has the newest version alone
	up      string         // the command that applies what is left
}

var fileTools = map[string]fileTool{
	"goose":          {regexp.MustCompile(`^0*(\d+)_[^/]*\.(?:sql|go)$`), false, "goose up"},
	"golang-migrate": {regexp.MustCompile(`^0*(\d+)_[^/]*\.up\.[^./]+$`), true, "migrate up"},
	"dbmate":         {regexp.MustCompile(`^(\d+)_[^/]*\.sql$`), false, "dbmate up"},
	"rails":          {regexp.MustCompile(`^(\d+)_[^/]*\.rb$`), false, "rails db:migrate"},
	"atlas":          {regexp.MustCompile(`^([^_/]+)(?:_[^/]*)?\.sql$`), false, "atlas migrate apply"},
	"bun":            {regexp.MustCompile(`^(\d+)_[^/]*\.(?:sql|go)$`), false, "the migrate command of the program"},
	"sql-migrate":    {regexp.MustCompile(`^([^/]+\.sql)$`), false, "sql-migrate up"},
	"flyway":         {regexp.MustCompile(`^V([^/]+?)__[^/]*\.sql$`), false, "flyway migrate"},
	"tern":           {regexp.MustCompile(`^0*(\d+)_[^/]*\.sql$`), true, "tern migrate"},
	"django":         {regexp.MustCompile(`^(?:.*/)?([^/]+)/migrations/(\d{4}_[^/]*)\.py$`), false, "manage.py migrate"},
}

// operands tells the folder of -from from the database.
func (a *adoptFlags) operands(e env, operands []string) (database string, err error) {
	const one = "adopt takes one database: postgres://user@host/name, sqlite:app.db, or a file that the program's verb inspect has printed"
	if a.from == "" {
		if len(operands) != 1 {
			return "", errors.New(one)
		}
		return operands[0], nil
	}
	if _, ok := fileTools[a.from]; !ok {
		return "", fmt.Errorf("-from %s: the files of these tools are known: %s", a.from, strings.Join(slices.Sorted(maps.Keys(fileTools)), ", "))
	}
	for _, o := range operands {
		dir, err := e.abs(o)
		if err != nil {
			return "", err
		}
		if info, err := os.Stat(dir); err == nil && info.IsDir() && a.folder == "" {
			a.folder = o
		} else {
			database = o
		}
	}
	if len(operands) != 2 || a.folder == "" || database == "" {
		return "", fmt.Errorf("-from %s goes with the folder of its files, which is there, and with a database: modelgen adopt -from %[1]s ./migrations DATABASE", a.from)
	}
	return database, nil
}

// applied compares the files of another tool with what the database says is applied.
func (a *adoptFlags) applied(e env, in *migrate.Inspection) error {
	tool := fileTools[a.from]
	i := slices.IndexFunc(in.Histories, func(h migrate.ForeignHistory) bool { return h.Tool == a.from })
	if i < 0 {
		var found []string
		for _, h := range in.Histories {
			found = append(found, h.Tool+" in "+h.Table)
		}
		return fmt.Errorf("-from %s: the database has no history of it (found: %s): is it the right database, and -schema the schema of the history?; nothing was written",
			a.from, cmp.Or(strings.Join(found, ", "), "none"))
	}
	h := in.Histories[i]
	dir, err := e.abs(a.folder)
	if err != nil {
		return err
	}
	versions := map[string]string{} // file by version
	err = filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(dir, p)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		if a.from == "django" {
			rel = path.Join(filepath.Base(dir), rel)
			if filepath.Base(dir) == "migrations" {
				rel = path.Join(filepath.Base(filepath.Dir(dir)), rel)
			}
		}
		if m := tool.file.FindStringSubmatch(rel); m != nil && !strings.HasSuffix(rel, "_test.go") {
			version := strings.Join(m[1:], ".")
			if a.from == "flyway" {
				version = strings.ReplaceAll(version, "_", ".")
			}
			versions[version] = filepath.Base(p)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if len(versions) == 0 {
		return fmt.Errorf("-from %s: %s has no files of it; nothing was written", a.from, a.folder)
	}
	var pending, gone []string
	for v, file := range versions {
		if tool.counter && compareNumbers(v, h.Version) > 0 || !tool.counter && !slices.Contains(h.Applied, v) {
			pending = append(pending, file)
		}
	}
	for _, v := range h.Applied {
		if versions[v] == "" {
			gone = append(gone, v)
		}
	}
	if tool.counter && h.Version != "" && versions[h.Version] == "" {
		gone = append(gone, h.Version)
	}
	if len(gone) > 0 {
		e.say(fmt.Sprintf("%s has applied what %s has no file of: %s", a.from, a.folder, strings.Join(gone, ", ")))
	}
	if len(pending) == 0 {
		return nil
	}
	slices.Sort(pending)
	files := fmt.Sprintf("%d files are", len(pending))
	if len(pending) == 1 {
		files = "1 file is"
	}
	return finding.Problems{fmt.Sprintf("the database is behind %s: %s not applied: %s; run %s first; nothing was written", a.folder, files, strings.Join(pending, ", "), tool.up)}
}

// compareNumbers compares two numbers without zeros before them, "" is none.
func compareNumbers(a, b string) int {
	return cmp.Or(cmp.Compare(len(a), len(b)), strings.Compare(a, b))
}

// adoptedAt says in the first migration where other tools had brought the database.
func adoptedAt(r *gen.Result, in *migrate.Inspection) {
	var b bytes.Buffer
	for _, h := range in.Histories {
		if h.Version != "" {
			fmt.Fprintf(&b, "// %s had brought the database to version %s (table %s) when it was adopted.\n", h.Tool, strings.Join(strings.Fields(h.Version), " "), h.Table)
		}
	}
	if b.Len() == 0 || r.Migration == "" {
		return
	}
	for i, f := range r.Files {
		if filepath.Base(f.Path) == r.Migration+".go" {
			r.Files[i].Content = bytes.Replace(f.Content, []byte("\npackage "), append(append([]byte("\n"), b.Bytes()...), "\npackage "...), 1)
		}
	}
}
