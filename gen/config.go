package gen

import (
	"fmt"
	"maps"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/modelgen/modelgen/gen/diff"
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

	// Since is a commit or branch of git: [Lint], and [Check] where it asks it, look only at migrations that are new or changed against where the branch
	// here and that one part. "" looks at all.
	Since string

	Name    string // the words of the name of the migration; "" finds them
	Answers diff.Answers

	// Targets are the dialects there are, by name.
	Targets map[string]migrate.Dialect

	folder *folder // in place of what is on disk
}

// outDir returns the directory of the migrations as a path that can be opened.
func (c Config) outDir() string {
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
		s.Dialects = dialectWords(c.Targets)
	}
	for _, d := range s.Dialects {
		if err := checkDialect(d, c.Targets); err != nil {
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

// checkDialect refuses what is no dialect with a version.
func checkDialect(d string, known map[string]migrate.Dialect) error {
	name, version := splitDialect(d)
	if known[name] == nil {
		return fmt.Errorf("%s: there is no dialect %s; there are %s", d, name, strings.Join(slices.Sorted(maps.Keys(known)), ", "))
	}
	if version < 0 {
		return fmt.Errorf("%s: the version behind @ is a whole number, as in %s", d, versioned(known))
	}
	return nil
}

// versioned returns an example of a dialect with a version.
func versioned(known map[string]migrate.Dialect) string {
	for _, w := range dialectWords(known) {
		if strings.Contains(w, "@") {
			return w
		}
	}
	return "NAME@1"
}

// splitDialect cuts postgres@14 into name and version, 0 for none and -1 for one that is no number.
func splitDialect(d string) (name string, version int) {
	name, v, ok := strings.Cut(d, "@")
	if !ok {
		return name, 0
	}
	n, err := strconv.Atoi(v)
	if err != nil || n <= 0 {
		return name, -1
	}
	return name, n
}

// dialectNames returns the names of dialects such as postgres@14.
func dialectNames(dialects []string) []string {
	var all []string
	for _, d := range dialects {
		name, _ := splitDialect(d)
		all = append(all, name)
	}
	return all
}

// capabilities returns those of dialects such as postgres@14, in their order. One that is not known is left out.
func capabilities(dialects []string, known map[string]migrate.Dialect) []migrate.Capabilities {
	var all []migrate.Capabilities
	for _, d := range dialects {
		if name, _ := splitDialect(d); known[name] != nil {
			all = append(all, known[name].Capabilities())
		}
	}
	return all
}

// allCapabilities returns those of all dialects, by name.
func allCapabilities(known map[string]migrate.Dialect) []migrate.Capabilities {
	return capabilities(slices.Sorted(maps.Keys(known)), known)
}

// dialectWords returns all dialects, each with its oldest version, as flags have them: postgres@14.
func dialectWords(known map[string]migrate.Dialect) []string {
	var all []string
	for _, c := range allCapabilities(known) {
		word := c.Name
		if c.Oldest > 0 {
			word += fmt.Sprintf("@%d", c.Oldest)
		}
		all = append(all, word)
	}
	return all
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
