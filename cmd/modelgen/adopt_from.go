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
	file    *regexp.Regexp      // of the path in the folder; its groups, joined with dots, are the version as the history has it
	counter bool                // the history has the newest version alone
	up      string              // the command that applies what is left
	version func(string) string // brings a version of a file and one of the history into one form, nil where they are equal
}

var fileTools = map[string]fileTool{
	"goose":            {regexp.MustCompile(`^(\d+)_[^/]*\.(?:sql|go)$`), false, "goose up", number},
	"golang-migrate":   {regexp.MustCompile(`^(\d+)_[^/]*\.up\.[^./]+$`), true, "migrate up", number},
	"dbmate":           {regexp.MustCompile(`^(\d+)_[^/]*\.sql$`), false, "dbmate up", nil},
	"rails":            {regexp.MustCompile(`^(\d+)_[^/]*\.rb$`), false, "rails db:migrate", number},
	"atlas":            {regexp.MustCompile(`^([^_/]+)(?:_[^/]*)?\.sql$`), false, "atlas migrate apply", nil},
	"bun":              {regexp.MustCompile(`^(\d+)_[^/]*\.(?:sql|go)$`), false, "the migrate command of the program", nil},
	"sql-migrate":      {regexp.MustCompile(`^([^/]+\.sql)$`), false, "sql-migrate up", nil},
	"flyway":           {regexp.MustCompile(`^(?:.*/)?V([^/]+?)__[^/]*\.(?:sql|java|kt)$`), false, "flyway migrate", flywayVersion},
	"tern":             {regexp.MustCompile(`^(\d+)_[^/]*\.sql$`), true, "tern migrate", number},
	"django":           {regexp.MustCompile(`^(?:.*/)?([^/]+)/migrations/([^/_~][^/]*)\.py$`), false, "manage.py migrate", nil},
	"pop":              {regexp.MustCompile(`^(\d+)_[^/]*\.up\.(?:sql|fizz)$`), false, "soda migrate up", nil},
	"sqlx-cli":         {regexp.MustCompile(`^(\d+)_[^/]*\.sql$`), false, "sqlx migrate run", number},
	"ecto":             {regexp.MustCompile(`^(\d+)_[^/]*\.exs$`), false, "mix ecto.migrate", number},
	"supabase":         {regexp.MustCompile(`^(\d+)_[^/]*\.sql$`), false, "supabase migration up", nil},
	"prisma":           {regexp.MustCompile(`^([^/]+)/migration\.sql$`), false, "prisma migrate deploy", nil},
	"diesel":           {regexp.MustCompile(`^([^/_]+)(?:_[^/]*)?/up\.sql$`), false, "diesel migration run", func(v string) string { return strings.ReplaceAll(v, "-", "") }},
	"laravel":          {regexp.MustCompile(`^(\d{4}_[^/]*)\.php$`), false, "php artisan migrate", nil},
	"typeorm":          {regexp.MustCompile(`^(\d+)-[^/]*\.[jt]s$`), false, "typeorm migration:run", func(v string) string { return endNumber.FindString(v) }},
	"knex":             {regexp.MustCompile(`^([^/]+\.(?:[cm]?js|ts))$`), false, "knex migrate:latest", nil},
	"sequelize":        {regexp.MustCompile(`^([^/]+\.(?:[cm]?js|ts))$`), false, "sequelize db:migrate", nil},
	"node-pg-migrate":  {regexp.MustCompile(`^([^/]+)\.(?:[cm]?js|ts|sql)$`), false, "node-pg-migrate up", nil},
	"entity framework": {regexp.MustCompile(`^(\d+_[^/.]*)\.cs$`), false, "dotnet ef database update", nil},
}

// notByFiles has the tools whose histories are read and whose files do not say by their names what is applied, with what does.
var notByFiles = map[string]string{
	"alembic":    "its history has the newest revision alone, whose order is inside of the files: alembic current and alembic heads must print the same",
	"drizzle":    "its history has hashes: drizzle-kit migrate must have nothing to do",
	"gormigrate": "its migrations are Go code: start the program that runs them once more",
	"liquibase":  "its changesets are inside of the files: liquibase status must list none",
}

var endNumber = regexp.MustCompile(`\d+$`)

// number returns a number without the zeros before it.
func number(v string) string { return strings.TrimLeft(v, "0") }

// flywayVersion returns a version as Flyway compares it: 1_2, 1.2, 01.2 and 1.2.0 are one.
func flywayVersion(v string) string {
	parts := strings.Split(strings.ReplaceAll(v, "_", "."), ".")
	for i := range parts {
		parts[i] = number(parts[i])
	}
	for len(parts) > 1 && parts[len(parts)-1] == "" {
		parts = parts[:len(parts)-1]
	}
	return strings.Join(parts, ".")
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
	if why := notByFiles[a.from]; why != "" {
		return "", fmt.Errorf("-from %s: %s; then adopt without -from", a.from, why)
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
		return fmt.Errorf("-from %s: the database has no history of it (found: %s): is it the right database, is -schema the schema of the history, and does -ignore not leave it out?; nothing was written",
			a.from, cmp.Or(strings.Join(found, ", "), "none"))
	}
	h := in.Histories[i]
	files, err := a.files(e, tool)
	if err != nil {
		return err
	}
	if len(files) == 0 {
		return fmt.Errorf("-from %s: %s has no files of it; nothing was written", a.from, a.folder)
	}
	same := func(v string) string {
		if tool.version == nil {
			return v
		}
		return tool.version(v)
	}
	done := map[string]string{} // version in the history by its form
	for _, v := range h.Applied {
		if a.from != "django" || hasApp(files, v) {
			done[same(v)] = v
		}
	}
	if tool.counter && h.Version != "" && (same(h.Version) != "" || files[""] != "") { // without a file of its own, 0 is the beginning
		done[same(h.Version)] = h.Version
	}
	baseline := cmp.Or(h.Baseline, a.checkpoint(e, files, done))
	var pending, gone []string // versions: of files as they are compared, of the history as it has them
	found := false
	for v := range files {
		switch {
		case done[v] != "", tool.counter && compareVersions(v, same(h.Version)) < 0, baseline != "" && compareVersions(v, same(baseline)) <= 0:
			found = true
		default:
			pending = append(pending, v)
		}
	}
	for v, written := range done {
		if files[v] == "" && written != h.Baseline {
			gone = append(gone, written)
		}
	}
	slices.SortFunc(pending, compareVersions)
	slices.SortFunc(gone, compareVersions)
	if len(done) > 0 && !found {
		return fmt.Errorf("-from %s: %s has applied no file of %s, and others (the newest is %s): is it the folder of this database?; nothing was written", a.from, a.from, a.folder, h.Version)
	}
	if len(gone) > 0 {
		e.say(fmt.Sprintf("%s has applied what %s has no file of: %s: the folder may be older than the database, which is adopted as it is", a.from, a.folder, strings.Join(gone, ", ")))
	}
	if len(pending) == 0 {
		return nil
	}
	at, count := fmt.Sprintf("at version %s, behind %s", h.Version, a.folder), fmt.Sprintf("%d files are", len(pending))
	if len(done) == 0 {
		at = fmt.Sprintf("behind %s, of which %s has applied nothing", a.folder, a.from)
	}
	if len(pending) == 1 {
		count = "1 file is"
	}
	for i, v := range pending {
		pending[i] = files[v]
	}
	return finding.Problems{fmt.Sprintf("the database is %s: %s not applied: %s; run %s first; nothing was written", at, count, strings.Join(pending, ", "), tool.up)}
}

// checkpoint returns the newest version that is applied and whose file stands for all before it, as those of Atlas that begin so. "" is none.
func (a *adoptFlags) checkpoint(e env, files, done map[string]string) (newest string) {
	if a.from != "atlas" {
		return ""
	}
	dir, err := e.abs(a.folder)
	if err != nil {
		return ""
	}
	for v, file := range files {
		if text, err := os.ReadFile(filepath.Join(dir, file)); done[v] != "" && err == nil && bytes.HasPrefix(text, []byte("-- atlas:checkpoint")) && compareVersions(v, newest) > 0 {
			newest = v
		}
	}
	return newest
}

// files returns the files of a tool in the folder, by version.
func (a *adoptFlags) files(e env, tool fileTool) (map[string]string, error) {
	dir, err := e.abs(a.folder)
	if err != nil {
		return nil, err
	}
	files := map[string]string{}
	return files, filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(dir, p)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		shown := rel
		if a.from == "django" {
			rel = path.Join(filepath.Base(dir), rel)
			if filepath.Base(dir) == "migrations" {
				rel = path.Join(filepath.Base(filepath.Dir(dir)), rel)
			}
		}
		m := tool.file.FindStringSubmatch(rel)
		if m == nil || strings.HasSuffix(rel, "_test.go") || a.from == "sqlx-cli" && strings.HasSuffix(rel, ".down.sql") {
			return nil
		}
		version := strings.Join(m[1:], ".")
		if tool.version != nil {
			version = tool.version(version)
		}
		files[version] = shown
		return nil
	})
}

// hasApp reports whether files have one of the application of a migration of Django: those of other packages are not in a project.
func hasApp(files map[string]string, migration string) bool {
	app, _, _ := strings.Cut(migration, ".")
	for v := range files {
		if strings.HasPrefix(v, app+".") {
			return true
		}
	}
	return false
}

// compareVersions compares two versions part by part, numbers by their size.
func compareVersions(a, b string) int {
	return slices.CompareFunc(strings.Split(a, "."), strings.Split(b, "."), func(x, y string) int {
		x, y = number(x), number(y)
		return cmp.Or(cmp.Compare(len(x), len(y)), strings.Compare(x, y))
	})
}

// adoptedAt says in the first migration where other tools had brought the database.
func adoptedAt(r *gen.Result, in *migrate.Inspection) {
	var b bytes.Buffer
	for _, h := range in.Histories {
		if h.Version != "" && h.Tool != migrate.OwnHistory {
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
