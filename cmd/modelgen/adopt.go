package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	_ "github.com/lib/pq" // the driver with which adopt reads a PostgreSQL database

	"golang.org/x/mod/modfile"

	"github.com/modelgen/modelgen/gen"
	"github.com/modelgen/modelgen/gen/adopt"
	"github.com/modelgen/modelgen/gen/finding"
	migrate "github.com/modelgen/modelgen/runtime"
)

// runAdopt writes models and the first migration of a database that is there.
func runAdopt(ctx context.Context, e env, args []string) error {
	f := flags(e, "adopt", "postgres://... | sqlite:FILE | FILE.json")
	models := f.String("models", "models", "`directory` of the models, which has no Go files yet")
	out := f.String("out", "migrations", "`directory` of the migrations")
	set := f.String("set", "", "`name` of the set in the database's history")
	schemas := f.String("schema", "", "`schemas` of PostgreSQL to read, as in public,billing (default public)")
	ignore := f.String("ignore", "", "`tables` to leave out, as in audit_*,legacy")
	null := f.String("null", "pointer", "`kind` of fields that can be NULL: pointer or sql")
	split := f.Bool("split", false, "write a file for each table")
	embed := f.Bool("embed", false, "columns as created_at and updated_at that several tables share become a struct that is embedded")
	show := f.Bool("diff", false, "print what would be written, write nothing")
	operands, err := parse(f, args)
	if err != nil {
		return err
	}
	if len(operands) != 1 {
		return errors.New("adopt takes one database: postgres://user@host/name, sqlite:app.db, or a file that the program's verb inspect has printed")
	}
	if *null != string(adopt.NullPointer) && *null != string(adopt.NullSQL) {
		return fmt.Errorf("-null %s: it is pointer or sql", *null)
	}
	dir := filepath.Join(e.dir, *models)
	if filepath.IsAbs(*models) {
		dir = *models
	}
	if dir, err = filepath.Abs(dir); err != nil {
		return err
	}
	if err := emptyOfModels(dir, *models); err != nil {
		return err
	}
	root := moduleOf(filepath.Join(e.dir, "."))
	if root == "" {
		return errors.New("there is no go.mod here: run go mod init first, then go get -tool " + ourModule + "/cmd/modelgen; nothing was written")
	}
	in, err := inspected(ctx, e, operands[0], migrate.InspectOptions{Schemas: commaList(*schemas), Ignore: commaList(*ignore)})
	if err != nil {
		return err
	}
	for _, h := range in.Histories {
		if h.Problem != "" {
			return fmt.Errorf("%s has written down in %s that the database is %s: finish that with %s first; nothing was written", h.Tool, h.Table, h.Problem, h.Tool)
		}
	}
	target := in.Dialect
	if major := serverMajor(in); major != "" {
		target += "@" + major
	}
	relative := *out
	if !filepath.IsAbs(*out) {
		abs, err := filepath.Abs(filepath.Join(e.dir, *out))
		if err != nil {
			return err
		}
		if relative, err = filepath.Rel(dir, abs); err != nil {
			return err
		}
	}
	res, err := adopt.Models(in, adopt.Config{
		Package: packageName(dir), Generate: "-out " + filepath.ToSlash(relative), Split: *split, Null: adopt.Null(*null), Embed: *embed, Requires: required(root),
	})
	if err != nil {
		return err
	}
	cfg := gen.Config{
		Dir: e.dir, Out: *out, Set: *set, Patterns: []string{pattern(e, dir)}, Dialects: []string{target}, Targets: targets, Name: "adopted", Overlay: map[string][]byte{},
	}
	if res.Comments {
		cfg.Comments = &res.Comments
	}
	for _, m := range res.Files {
		cfg.Overlay[filepath.Join(dir, m.Name)] = m.Content
	}
	r, err := gen.Generate(ctx, cfg)
	if err != nil {
		return err
	}
	if len(r.Questions) > 0 {
		for _, q := range r.Questions {
			fmt.Fprintln(e.stderr, q)
		}
		return errNo
	}
	differences, err := adopt.Differences(res.Schema, r.Ops)
	if err != nil {
		return err
	}
	files := r.Files
	r.Files = nil
	for _, m := range res.Files {
		r.Add(filepath.Join(dir, m.Name), m.Content, nil)
	}
	r.Files = append(r.Files, files...)
	if *show {
		return showDiff(e, r)
	}
	if err := r.Commit(); err != nil {
		return err
	}
	for _, m := range res.Files {
		fmt.Fprintln(e.stdout, filepath.ToSlash(filepath.Join(*models, m.Name)))
	}
	fmt.Fprintln(e.stdout, filepath.ToSlash(filepath.Join(*out, r.Migration+".go")))
	e.adopted(in, res, append(res.Unexpressed, differences...))
	return nil
}

// adopted says what was taken over, what was not, and what is to be done next.
func (e env) adopted(in *migrate.Inspection, res *adopt.Result, left []migrate.Unexpressed) {
	fmt.Fprintf(e.stderr, "%d tables with %d columns were read\n", res.Tables, res.Columns)
	belong := map[string]int{}
	rest := 0
	for _, u := range left {
		if u.Belong != "" {
			belong[u.Belong]++
			continue
		}
		if rest++; rest == 1 {
			fmt.Fprintln(e.stderr, "what the models cannot say, and what happens to it:")
		}
		fmt.Fprintf(e.stderr, "  %s: %s\n", u.Object, u.Why)
	}
	var names []string
	for name := range belong {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		fmt.Fprintf(e.stderr, "  extension %s: %d objects belong to it and are left to it\n", name, belong[name])
	}
	for _, h := range in.Histories {
		version := h.Version
		if version == "" {
			version = "none"
		}
		fmt.Fprintf(e.stderr, "%s has applied migrations here, the newest is %s (table %s): take it out of where the program starts, as two tools must not change one database\n", h.Tool, version, h.Table)
	}
	fmt.Fprintln(e.stderr, "next: read the models, build, then run the program's migrate up -fake-initial, which records that the tables are there, and migrate verify")
}

// inspected describes the database that an operand names.
func inspected(ctx context.Context, e env, what string, opt migrate.InspectOptions) (*migrate.Inspection, error) {
	switch scheme, rest, found := strings.Cut(what, ":"); {
	case found && (scheme == "postgres" || scheme == "postgresql"):
		db, err := sql.Open("postgres", what)
		if err != nil {
			return nil, fmt.Errorf("the address of the database cannot be read: %s", migrate.Redact(err.Error()))
		}
		defer db.Close()
		in, err := migrate.Inspect(ctx, db, targets["postgres"], opt)
		if err != nil {
			hint := ""
			if strings.Contains(err.Error(), "SSL is not enabled") {
				hint = "; add ?sslmode=disable to the address of a server without TLS"
			}
			return nil, fmt.Errorf("%w%s; nothing was written", err, hint)
		}
		return in, nil
	case found && scheme == "sqlite":
		return inspectSQLite(ctx, e, strings.TrimPrefix(rest, "//"), opt.Ignore)
	case found && strings.HasPrefix(rest, "//"):
		return nil, fmt.Errorf("%s: databases are postgres://... and sqlite:FILE; for another driver let the program print it with the verb inspect, then modelgen adopt FILE", scheme)
	}
	path := what
	if !filepath.IsAbs(path) {
		path = filepath.Join(e.dir, path)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("%s is no database (postgres://..., sqlite:FILE) and no file with the output of the program's verb inspect: %w", what, err)
	}
	return readInspection(data, what)
}

func readInspection(data []byte, from string) (*migrate.Inspection, error) {
	in := &migrate.Inspection{}
	if err := json.Unmarshal(data, in); err != nil || in.Schema == nil {
		return nil, fmt.Errorf("%s is not what the verb inspect prints; nothing was written", from)
	}
	if targets[in.Dialect] == nil {
		return nil, fmt.Errorf("%s describes a database of %q, which this version does not know; nothing was written", from, in.Dialect)
	}
	return in, nil
}

func commaList(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' })
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

// required returns the modules that a go.mod requires.
func required(root string) []string {
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
		if !r.Indirect {
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
	return strconv.Itoa(max(in.Version, oldest))
}
