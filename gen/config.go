package gen

import (
	"fmt"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/gen/diff"
	"github.com/modelgen/modelgen/gen/internal/dialects"
	"github.com/modelgen/modelgen/gen/migrations"
	"github.com/modelgen/modelgen/gen/snapshot"
	migrate "github.com/modelgen/modelgen/runtime"
)

// Config says what to generate. What is recorded in the snapshot need not be given again.
type Config struct {
	Dir       string   // where patterns are looked up; "" is the current directory
	Out       string   // directory of the migrations, relative to Dir or absolute; "" is migrations
	Patterns  []string // packages with models; none means those in the snapshot, or "."
	Only      bool     // take Patterns alone, and forget the packages that the snapshot records beside them
	BuildTags string   // as for go build -tags

	Set      string   // name of the set; "" is the last element of the module's path
	Dialects []string // "postgres@14", "sqlite"; none means all of Targets
	Tag      string   // key of the column tag; "" is db
	Guard    string   // "build", "test" or "off"; "" is build
	Comments *bool    // doc comments become comments of the database

	// Since is a commit or branch of git: [Lint], and modelgen check, which asks it, look only at migrations that are new or changed against where the branch
	// here and that one part. "" looks at all.
	Since string

	Name    string // the words of the name of the migration; "" finds them
	Answers diff.Answers

	// Targets are the dialects there are, by name.
	Targets map[string]migrate.Dialect

	// Folder is taken in the place of the directory on disk, as it will be when the files of another result are written. nil reads the directory.
	Folder *migrations.Folder
}

// OutDir returns the directory of the migrations as a path that can be opened.
func (c Config) OutDir() string {
	out := c.Out
	if out == "" {
		out = "migrations"
	}
	if filepath.IsAbs(out) {
		return filepath.Clean(out)
	}
	return filepath.Join(c.Dir, out)
}

var setName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$`)

// settle brings flags and snapshot together into s.
func (c Config) settle(s *snapshot.Snapshot) error {
	if c.Set != "" {
		if s.Set != "" && s.Set != c.Set && s.Head != "" {
			return fmt.Errorf("-set %s: the set is called %s since its first migration, and databases know it under that name", c.Set, s.Set)
		}
		s.Set = c.Set
	}
	if s.Set != "" && !setName.MatchString(s.Set) {
		return fmt.Errorf("-set %s: a name is made of letters, digits, dots, dashes and underscores, at most 63", s.Set)
	}
	if len(c.Dialects) > 0 {
		s.Dialects = c.Dialects
	}
	if len(s.Dialects) == 0 {
		s.Dialects = dialects.Words(c.Targets)
	}
	for _, d := range s.Dialects {
		if err := dialects.Check(d, c.Targets); err != nil {
			return fmt.Errorf("-dialects %w", err)
		}
	}
	if c.Tag != "" {
		s.Tag = c.Tag
	}
	if s.Tag == "db" {
		s.Tag = ""
	}
	switch c.Guard {
	case "":
	case "build":
		s.Guard = ""
	case "test", "off":
		s.Guard = c.Guard
	default:
		return fmt.Errorf("-guard %s: it is build, test or off", c.Guard)
	}
	if c.Comments != nil {
		s.Comments = *c.Comments
	}
	return nil
}

// commonNames are last words of the paths of many modules, two of which may well share a database.
var commonNames = []string{"api", "app", "application", "apps", "backend", "cmd", "core", "data", "database", "db", "demo", "example", "go", "internal", "main", "migrate", "migrations",
	"model", "models", "monorepo", "pkg", "platform", "project", "schema", "server", "service", "services", "src", "test", "web"}

// defaultSet returns the last word of a module's path that is no version, behind the one before it where the last is a common name: databases know
// sets by their names alone.
func defaultSet(module string) string {
	base, dir := path.Base(module), path.Dir(module)
	if regexp.MustCompile(`^v[0-9]+$`).MatchString(base) {
		base, dir = path.Base(dir), path.Dir(dir)
	}
	clean := func(s string) string {
		return strings.TrimLeft(regexp.MustCompile(`[^A-Za-z0-9_.-]+`).ReplaceAllString(s, "_"), "_.-")
	}
	name := clean(base)
	if owner := clean(path.Base(dir)); owner != "" && (name == "" || slices.Contains(commonNames, strings.ToLower(name))) {
		name = strings.TrimRight(owner+"-"+name, "-")
	}
	if !setName.MatchString(name) {
		return "app"
	}
	return name
}
