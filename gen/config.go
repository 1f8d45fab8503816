package gen

import (
	"fmt"
	"path/filepath"

	"github.com/modelgen/modelgen/gen/diff"
	"github.com/modelgen/modelgen/gen/internal/dialects"
	"github.com/modelgen/modelgen/gen/load"
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

	Allow   []string          // what verify passes over, beside what modelgen.json says
	Overlay map[string][]byte // files of models that are not on disk yet, by absolute path
	GoList  load.GoList       // lists the packages of models; nil runs the go command

	SQL string // directory with SQL files that declare views, functions and the like, relative to Dir or absolute; "none" forgets the one that the snapshot records

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

	// Checked says that [Result.TypeCheck] will be called even where nothing has changed, so that what it needs is loaded with the models.
	Checked bool

	// Frugal runs one after the other what is otherwise done at once: with very many models that takes a third of the memory off.
	Frugal bool

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
	return c.settleSQL(s)
}
