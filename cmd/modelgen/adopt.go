package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/mod/modfile"

	"github.com/modelgen/modelgen/gen"
	"github.com/modelgen/modelgen/gen/adopt"
	"github.com/modelgen/modelgen/gen/finding"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// adoptFlags are the flags of adopt.
type adoptFlags struct {
	models, out, set, into, tag string
	sql                         string // directory of the SQL files
	schemas, ignore             string
	null                        string
	from, folder                string // another migration tool, and where its files are
	split, embed, add, show     bool
	directives                  bool
	tables                      map[string]string
}

func (a *adoptFlags) parse(e env, args []string) (database string, err error) {
	f := flags(e, "adopt", "postgres://... | sqlite:FILE | FILE.json")
	f.StringVar(&a.models, "models", "models", "`directory` of the models, which has no Go files yet")
	f.StringVar(&a.into, "into", "", "`directory` of structs that are there, which get tags")
	f.BoolVar(&a.add, "add", false, "with -into: columns without a field get one, and tables without a struct a struct")
	f.BoolVar(&a.directives, "directives", false, "with -into: what a table has stands above its struct, which gets no blank fields")
	f.StringVar(&a.tag, "tag", "", "with -into: `key` of the column tag (default db)")
	f.StringVar(&a.out, "out", "migrations", "`directory` of the migrations")
	f.StringVar(&a.sql, "sql", "", "`directory` of the SQL files that declare the views, functions, triggers and the like of the database, which has none yet (default schema, beside that of the models); none leaves these as they are")
	f.StringVar(&a.set, "set", "", "`name` of the set in the database's history")
	f.StringVar(&a.schemas, "schema", "", "`schemas` of PostgreSQL to read, as in public,billing (default public)")
	f.StringVar(&a.ignore, "ignore", "", "`tables` to leave out, as in audit_*,legacy")
	f.StringVar(&a.null, "null", "pointer", "`kind` of fields that can be NULL: pointer or sql")
	f.BoolVar(&a.split, "split", false, "write a file for each table")
	f.BoolVar(&a.embed, "embed", false, "columns as created_at and updated_at that several tables share become a struct that is embedded")
	f.BoolVar(&a.show, "diff", false, "print what would be written, write nothing")
	f.StringVar(&a.from, "from", "", "another migration `TOOL` whose files are in a folder that is given, too: -from goose ./sql; all must be applied")
	a.tables = map[string]string{}
	f.Func("table", "with -into: `STRUCT=TABLE` where the names do not tell; can be repeated", func(s string) error {
		name, table, ok := strings.Cut(s, "=")
		if !ok || name == "" || table == "" {
			return errors.New("it is written STRUCT=TABLE")
		}
		a.tables[name] = table
		return nil
	})
	operands, err := parse(f, args)
	switch {
	case err != nil:
		return "", err
	case a.null != string(adopt.NullPointer) && a.null != string(adopt.NullSQL):
		return "", fmt.Errorf("-null %s: it is pointer or sql", a.null)
	case a.into == "" && (a.add || a.directives || a.tag != "" || len(a.tables) > 0):
		return "", errors.New("-add, -table, -directives and -tag go with -into")
	}
	return a.operands(e, operands)
}

// adoptMemory is how many bytes the heap takes, when a server is adopted, before memory matters more than time: 1,000 tables need most of it.
const adoptMemory = 72 << 20

// runAdopt writes models and the first migration of a database that is there, all of it or nothing.
func runAdopt(ctx context.Context, e env, args []string) error {
	const nothing = "nothing was written"
	err := adoptDatabase(ctx, e, args)
	if problems, ok := errors.AsType[finding.Problems](err); ok && !strings.Contains(problems[len(problems)-1], nothing) {
		return append(problems, nothing)
	}
	if list, ok := errors.AsType[finding.List](err); ok {
		return append(list, finding.Finding{Reason: nothing})
	}
	return err
}

func adoptDatabase(ctx context.Context, e env, args []string) error {
	var a adoptFlags
	database, err := a.parse(e, args)
	if err != nil {
		return err
	}
	if strings.HasPrefix(database, "postgres") { // a file is small, and soon read
		defer debug.SetGCPercent(debug.SetGCPercent(100))
		defer debug.SetMemoryLimit(debug.SetMemoryLimit(adoptMemory))
	}
	where := a.models
	if a.into != "" {
		where = a.into
	}
	dir, err := e.abs(where)
	if err != nil {
		return err
	}
	if a.sql == "" {
		a.sql = filepath.Join(filepath.Dir(filepath.Clean(where)), "schema")
	}
	if a.into == "" {
		if err := emptyOfModels(dir, a.models); err != nil {
			return err
		}
	}
	root := moduleOf(filepath.Join(e.dir, "."))
	if root == "" {
		return errors.New("there is no go.mod here: run go mod init first, then go get -tool " + ourModule + "/cmd/modelgen; nothing was written")
	}
	in, err := inspected(ctx, e, database, migrate.InspectOptions{Schemas: commaList(a.schemas), Ignore: commaList(a.ignore)})
	if err != nil {
		return err
	}
	for _, h := range in.Histories {
		switch {
		case h.Unreadable && h.Tool == migrate.OwnHistory: // which is told
		case h.Unreadable:
			return finding.Problems{fmt.Sprintf("%s keeps its history in %s, which the role may not read, so it is not known whether it has left the database half done: "+
				"GRANT SELECT ON %[2]s to the role, or adopt as a role that may; -ignore %[2]s leaves it out unread; nothing was written", h.Tool, h.Table)}
		case h.Problem != "":
			return finding.Problems{fmt.Sprintf("%s keeps its history in %s, which says %s: finish that with %s first; nothing was written", h.Tool, h.Table, h.Problem, h.Tool)}
		}
	}
	if a.from != "" {
		if err := a.applied(e, in); err != nil {
			return err
		}
	}
	out, err := e.abs(a.out)
	if err != nil {
		return err
	}
	relative, err := filepath.Rel(dir, out)
	if err != nil {
		return err
	}
	target := in.Dialect
	if major := serverMajor(in); major != "" {
		target += "@" + major
	}
	to := &adoption{
		in: in, dir: dir, shown: filepath.ToSlash(where), edited: map[string][]byte{},
		cfg: gen.Config{
			Dir: e.dir, Out: a.out, Set: a.set, Tag: a.tag, Patterns: []string{pattern(e, dir)}, Dialects: []string{target}, Targets: targets, Name: "adopted", Overlay: map[string][]byte{}, Frugal: true,
		},
		models: adopt.Config{
			Package: packageName(dir), Generate: "-out " + filepath.ToSlash(relative), Split: a.split, Null: adopt.Null(a.null), Embed: a.embed, Requires: required(root, false),
		},
	}
	if a.into != "" {
		err = to.into(ctx, e, a)
	} else {
		err = to.fresh()
	}
	if err != nil {
		return err
	}
	return to.write(ctx, e, a)
}

// abs returns a path from where the command runs as one that can be opened anywhere.
func (e env) abs(path string) (string, error) {
	if filepath.IsAbs(path) {
		return filepath.Clean(path), nil
	}
	return filepath.Abs(filepath.Join(e.dir, path))
}

// adoption is a database on its way to models.
type adoption struct {
	in     *migrate.Inspection
	dir    string // of the models
	shown  string
	cfg    gen.Config
	models adopt.Config

	res    *adopt.Result
	edited map[string][]byte // files that are there, as they become
	notes  []string
}

// fresh writes models where there are none.
func (to *adoption) fresh() (err error) {
	to.res, err = adopt.Models(to.in, to.models)
	if err == nil && to.res.Comments {
		to.cfg.Comments = &to.res.Comments
	}
	return err
}

// write works out the first migration of the models and writes everything, or nothing.
func (to *adoption) write(ctx context.Context, e env, a adoptFlags) error {
	to.in.Schema = nil // which to.res has in the words of models
	for _, m := range to.res.Files {
		to.cfg.Overlay[filepath.Join(to.dir, m.Name)] = m.Content
	}
	maps.Copy(to.cfg.Overlay, to.edited)
	sqlFiles, err := to.sqlFiles(e, a)
	if err != nil {
		return err
	}
	allow := to.allow(e, a)
	if !allow.there {
		to.cfg.Allow = allow.patterns
	}
	r, err := gen.Generate(ctx, to.cfg)
	if list, ok := errors.AsType[finding.List](err); ok {
		return to.inDatabase(list)
	} else if err != nil {
		return err
	}
	if len(r.Questions) > 0 {
		for _, q := range r.Questions {
			e.question(q)
		}
		return errNo
	}
	var before *schema.Schema
	if s := r.Folder.Snapshot; s != nil {
		before = &s.Schema
	}
	differences, err := adopt.Differences(to.res.Schema, before, r.Ops)
	if err != nil {
		return err
	}
	adoptedAt(r, to.in)
	files := r.Files
	r.Files = nil
	for _, m := range to.res.Files {
		old, err := os.ReadFile(filepath.Join(to.dir, m.Name))
		if err == nil {
			return fmt.Errorf("%s is there already: rename or remove it; nothing was written", filepath.Join(to.shown, m.Name))
		}
		r.Add(filepath.Join(to.dir, m.Name), m.Content, old)
	}
	for _, path := range slices.Sorted(maps.Keys(sqlFiles)) {
		r.Add(path, sqlFiles[path], nil)
	}
	for _, path := range slices.Sorted(maps.Keys(to.edited)) {
		old, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		r.Add(path, to.edited[path], old)
	}
	if len(allow.patterns) > 0 && !allow.there {
		r.Add(allow.path, allow.content(), nil)
	}
	r.Files = append(r.Files, files...)
	for _, note := range to.notes {
		e.say(note)
	}
	if a.show {
		return showDiff(e, r)
	}
	written := r.Files[:len(r.Files)-len(files)]
	if err := r.Commit(); err != nil {
		return err
	}
	for _, f := range written {
		fmt.Fprintln(e.stdout, f.Shown())
	}
	if r.Migration != "" {
		fmt.Fprintln(e.stdout, filepath.ToSlash(filepath.Join(a.out, r.Migration+".go")))
	}
	if allow.there && len(allow.patterns) > 0 {
		e.say(fmt.Sprintf("verify looks at what the models cannot say: add it to %s, then run modelgen once more: %s", allow.shown, strings.TrimSpace(string(allow.content()))))
	}
	var known []string
	for _, m := range r.Folder.Migrations {
		if m.Name != r.Migration {
			known = append(known, m.Name)
		}
	}
	e.adopted(to.in, to.res, append(to.res.Unexpressed, differences...), generateLine(to.dir, to.models.Generate), known, len(r.Files) > 0)
	return nil
}

// emptyOfModels refuses a directory with Go files: models that are there are not written over.
func emptyOfModels(dir, shown string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	} else if err != nil {
		return err
	}
	for _, entry := range entries {
		if strings.HasSuffix(entry.Name(), ".go") {
			return finding.Problems{fmt.Sprintf("%s has Go files already (%s): name an empty directory with -models, or give the structs that are there their tags with -into %[1]s; nothing was written",
				filepath.ToSlash(shown), entry.Name())}
		}
	}
	return nil
}

// packageName returns the name of a package in a directory.
func packageName(dir string) string {
	name := strings.ToLower(strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, filepath.Base(dir)))
	if name == "" || name[0] <= '9' {
		return "models"
	}
	return name
}

// pattern returns the package of a directory as the go command takes it.
func pattern(e env, dir string) string {
	here, err := filepath.Abs(filepath.Join(e.dir, "."))
	if err != nil {
		return dir
	}
	rel, err := filepath.Rel(here, dir)
	if err != nil || strings.HasPrefix(rel, "..") {
		return dir
	}
	return "./" + filepath.ToSlash(rel)
}

// required returns the modules that a go.mod requires, those that others need too where asked for.
func required(root string, indirect bool) []string {
	data, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		return nil
	}
	f, err := modfile.ParseLax("go.mod", data, nil)
	if err != nil {
		return nil
	}
	var all []string
	for _, r := range f.Require {
		if indirect || !r.Indirect {
			all = append(all, r.Mod.Path)
		}
	}
	return all
}

// serverMajor returns the version that the migrations are for, "" where the SQL is the same for all.
func serverMajor(in *migrate.Inspection) string {
	oldest := targets[in.Dialect].Capabilities().Oldest
	if oldest == 0 || in.Version == 0 {
		return ""
	}
	major := in.Version
	if major >= 10000 { // as the server has it, with its release: 150020
		major /= 10000
	}
	return strconv.Itoa(max(major, oldest))
}
