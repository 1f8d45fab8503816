package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"golang.org/x/tools/go/ast/astutil"
	"golang.org/x/tools/txtar"

	"github.com/modelgen/modelgen/gen"
	"github.com/modelgen/modelgen/gen/snapshot"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// TestScenarios runs the changes of models in testdata/scenarios: one txtar archive each, named by the number that the scenario has in
// the list it comes from, and its words. Its comment says what it shows. The files are
//
//	before/...   the models of the first migration: before/models.go becomes models/models.go of the module example.com/shop, and
//	             before/stock/item.go becomes stock/item.go, and so before/schema/views.sql, a file of -sql schema; without any, the models in after are the first ones
//	after/...    all models after the change, in the same way
//	dialects     the value of -dialects; postgres@15,sqlite without it
//	flags        of the generate after the change, one a line, as -rename products.caption=label
//
// and what must come out of that generate:
//
//	ops      the ops of the migration as they stand in its file; none when there is no change
//	sql      its SQL, for each dialect, or for one in sql.postgres or sql.sqlite; compared where the file is there
//	stderr   what it prints there: questions, what is wrong with the models
//	exit     its exit status when it is not 0; nothing is written then
//	again    what a second generate prints on stderr: silence without it
//	down     why the migration cannot be undone
//
// Where a migration came out, generating again must write nothing, and the inverses of the ops must lead back to the schema of
// before. With -update, all goldens but down are rewritten, sql where it is there; take exit away by hand from what is no longer
// refused.
func TestScenarios(t *testing.T) {
	files, err := filepath.Glob("testdata/scenarios/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("there are no scenarios", err)
	}
	m := newModule(t)
	for _, e := range []string{"GOFLAGS=", "GOPROXY=off", "GOWORK=off", "GOENV=off", "GOTOOLCHAIN=local", "GOGC=off", "GOMAXPROCS=1"} { // of the go command, the last two to make it quick
		name, value, _ := strings.Cut(e, "=")
		t.Setenv(name, value)
	}
	mod := lightModule(t, m)
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			t.Parallel()
			a, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			s := &scenario{t: t, file: file, archive: a, dir: t.TempDir(), golden: map[string]string{}}
			s.write("go.mod", mod)
			s.write("go.sum", m.sum)
			s.run()
		})
	}
}

// scenario is one change of models on its way.
type scenario struct {
	t       *testing.T
	file    string
	archive *txtar.Archive
	dir     string
	golden  map[string]string // what came out, by the name of the file in the archive
	asked   int               // how often for the files of packages
}

// lightModule returns a go.mod with the packages that migrations import cut down to their declarations. The go command takes most of the
// time of a scenario, and most of that for the hundred packages of the standard library that these import. A migration is checked against
// the real types all the same; that it runs is for the scripts with whole to show.
func lightModule(t *testing.T, m *module) []byte {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	const path = "github.com/modelgen/modelgen"
	s := &scenario{t: t, dir: t.TempDir()}
	s.write("go.mod", []byte("module "+path+"\n\ngo 1.26\n"))
	for _, dir := range []string{"runtime", "runtime/schema", "runtime/internal/emitted", "internal/lazyregexp", "runtime/internal/rowkeys", "runtime/internal/samedriver", "runtime/internal/shell", "internal/sqllex", "internal/nearest", "internal/toposort"} {
		files, err := filepath.Glob(filepath.Join(root, filepath.FromSlash(dir), "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			if !strings.HasSuffix(file, "_test.go") {
				s.write(dir+"/"+filepath.Base(file), declarations(t, file, path))
			}
		}
	}
	mod := bytes.Replace(m.mod, fmt.Appendf(nil, "%q", root), fmt.Appendf(nil, "%q", s.dir), 1)
	mod = bytes.ReplaceAll(mod, []byte("tool "+path+"/cmd/modelgen\n"), nil) // the command is not there
	if bytes.Contains(mod, []byte(root)) {
		t.Fatal("cannot replace the module")
	}
	m.folders = append(m.folders, s.dir)
	return mod
}

// standIn has something of each package of ours that the others import.
var standIn = map[string]string{"schema": "schema.SplitName", "sqllex": "sqllex.Scan", "lazyregexp": "lazyregexp.New", "rowkeys": "rowkeys.Hide", "samedriver": "samedriver.Open", "shell": "shell.Word", "nearest": "nearest.Word", "toposort": "toposort.Sort"}

// declarations returns a Go file without variables and the bodies of functions, with any in place of the types of other modules.
func declarations(t *testing.T, file, module string) []byte {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, file, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	out := bytes.NewBufferString("package " + f.Name.Name + "\n")
	foreign := map[string]bool{}
	var used strings.Builder // what has need of the imports
	for _, i := range f.Imports {
		name, err := strconv.Unquote(i.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		switch base := path.Base(name); {
		case !strings.HasPrefix(name, module+"/"):
			foreign[base] = true
		case i.Name != nil && i.Name.Name == "_":
			fmt.Fprintf(out, "import _ %q\n", name)
		case standIn[base] == "":
			t.Fatalf("%s imports %s: what is it needed for?", file, name)
		default:
			fmt.Fprintf(out, "import %q\n", name)
			used.WriteString("var _ = " + standIn[base] + "\n")
		}
	}
	out.WriteString(used.String())
	for _, d := range f.Decls {
		found := false
		d = astutil.Apply(d, func(c *astutil.Cursor) bool {
			node := c.Node()
			switch generic := node.(type) { // as iter.Seq[T] and atomic.Pointer[T] are
			case *ast.IndexExpr:
				node = generic.X
			case *ast.IndexListExpr:
				node = generic.X
			}
			if sel, ok := node.(*ast.SelectorExpr); ok {
				if x, ok := sel.X.(*ast.Ident); ok && foreign[x.Name] {
					found = true
					c.Replace(ast.NewIdent("any"))
				}
			}
			if b, ok := c.Node().(*ast.BlockStmt); ok {
				b.List = []ast.Stmt{&ast.ExprStmt{X: &ast.CallExpr{Fun: ast.NewIdent("panic"), Args: []ast.Expr{ast.NewIdent("0")}}}}
				return false
			}
			return true
		}, nil).(ast.Decl)
		if g, ok := d.(*ast.GenDecl); ok && (g.Tok == token.IMPORT || g.Tok == token.VAR || g.Tok == token.CONST && found) {
			continue
		}
		if err := format.Node(out, fset, d); err != nil {
			t.Fatal(err)
		}
		out.WriteString("\n\n")
	}
	return out.Bytes()
}

// goldens are what a scenario is compared with.
var goldens = []string{"ops", "sql", "sql.postgres", "sql.sqlite", "stderr", "exit", "again", "down"}

func (s *scenario) write(name string, data []byte) {
	s.t.Helper()
	file := filepath.Join(s.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		s.t.Fatal(err)
	}
	if err := os.WriteFile(file, data, 0o644); err != nil {
		s.t.Fatal(err)
	}
}

// text returns a file of the archive, and whether it is there.
func (s *scenario) text(name string) (string, bool) {
	i := slices.IndexFunc(s.archive.Files, func(f txtar.File) bool { return f.Name == name })
	if i < 0 {
		return "", false
	}
	return string(s.archive.Files[i].Data), true
}

// models puts the sources of one state in place of those of another and returns the packages they are in.
func (s *scenario) models(state string) (packages []string) {
	for _, f := range s.archive.Files {
		name, ok := strings.CutPrefix(f.Name, state+"/")
		if !ok {
			continue
		}
		if !strings.Contains(name, "/") {
			name = "models/" + name
		}
		s.write(name, f.Data)
		if path.Ext(name) == ".sql" {
			continue
		}
		if p := "./" + path.Dir(name); !slices.Contains(packages, p) {
			packages = append(packages, p)
		}
	}
	return packages
}

// clear removes the earlier models, except the guards, which are of no concern to the person who edits them.
func (s *scenario) clear() {
	for _, f := range s.archive.Files {
		name, ok := strings.CutPrefix(f.Name, "before/")
		if !ok {
			continue
		}
		if !strings.Contains(name, "/") {
			name = "models/" + name
		}
		if err := os.Remove(filepath.Join(s.dir, filepath.FromSlash(name))); err != nil {
			s.t.Fatal(err)
		}
	}
}

func (s *scenario) run() {
	t := s.t
	known := append([]string{"flags", "dialects"}, goldens...)
	for _, f := range s.archive.Files {
		if !strings.HasPrefix(f.Name, "before/") && !strings.HasPrefix(f.Name, "after/") && !slices.Contains(known, f.Name) {
			t.Fatalf("unknown file %s", f.Name)
		}
	}
	if len(bytes.TrimSpace(s.archive.Comment)) == 0 {
		t.Error("it does not say what it shows")
	}
	dialects, ok := s.text("dialects")
	if !ok {
		dialects = "postgres@15,sqlite"
	}
	first := []string{"-dialects", strings.TrimSpace(dialects)}
	if slices.ContainsFunc(s.archive.Files, func(f txtar.File) bool { return strings.Contains(f.Name, "/schema/") }) {
		s.write("schema/.keep", nil)
		first = append(first, "-sql", "schema")
	}
	if before := s.models("before"); len(before) > 0 {
		s.first(append(first, before...))
		s.clear()
		first = nil
	}
	text, _ := s.text("flags")
	args := slices.Concat(first, flagWords(text), s.models("after"))
	s.generate(args)
	s.compare()
}

// initial holds the first migrations, by models and flags: several scenarios begin alike.
var initial sync.Map

// first makes the first migration.
func (s *scenario) first(args []string) {
	t := s.t
	was := s.files()
	key := fmt.Sprint(args, was)
	if made, ok := initial.Load(key); ok {
		for name, text := range made.(map[string]string) {
			s.write(name, []byte(text))
		}
		return
	}
	stdout, stderr, code := s.command(args)
	if code != 0 || stderr != "" || !strings.HasSuffix(stdout, "_initial.go\n") {
		t.Fatalf("the earlier models: exit %d\n%s%s", code, stdout, stderr)
	}
	made := s.files()
	for name := range was {
		delete(made, name)
	}
	initial.Store(key, made)
}

// flagWords cuts the flags of a scenario, one a line, into arguments.
func flagWords(text string) (args []string) {
	for line := range strings.Lines(text) {
		flag, value, ok := strings.Cut(strings.TrimSpace(line), " ")
		if flag != "" {
			args = append(args, flag)
		}
		if ok {
			args = append(args, value)
		}
	}
	return args
}

// command runs the real command.
func (s *scenario) command(args []string) (stdout, stderr string, code int) {
	var o, e bytes.Buffer
	code = run(s.t.Context(), env{dir: s.dir, stdout: &o, stderr: &e, goList: s.goList}, args)
	return o.String(), e.String(), code
}

// generate makes the migration of the change. Ops are not for a command to print, so it goes through package gen; what is for a person
// to read comes from the command.
func (s *scenario) generate(args []string) {
	t := s.t
	cfg := gen.Config{Dir: s.dir, Out: "migrations", Targets: targets, GoList: s.goList}
	f := flag.NewFlagSet("flags", flag.ContinueOnError)
	f.SetOutput(io.Discard)
	f.Var((*words)(&cfg.Answers.Renames), "rename", "")
	f.Var((*words)(&cfg.Answers.Drops), "drop", "")
	f.Var((*words)(&cfg.Answers.Keeps), "keep", "")
	f.Var((*words)(&cfg.Answers.Fills), "fill", "")
	f.Var((*words)(&cfg.Answers.Converts), "convert", "")
	f.Var((*words)(&cfg.Answers.ConvertBacks), "convert-back", "")
	f.BoolVar(&cfg.Only, "only", false, "")
	f.StringVar(&cfg.Tag, "tag", "", "")
	comments := f.Bool("comments", false, "")
	dialects := f.String("dialects", "", "")
	f.StringVar(&cfg.SQL, "sql", "", "")
	if err := f.Parse(args); err != nil {
		t.Fatal(err)
	}
	cfg.Patterns = f.Args()
	if *comments {
		cfg.Comments = comments
	}
	if *dialects != "" {
		cfg.Dialects = strings.Split(*dialects, ",")
	}
	if _, ok := s.text("exit"); ok {
		s.refused(args)
		return
	}
	old := s.schema()
	r, err := gen.Generate(t.Context(), cfg)
	if err != nil || len(r.Questions) > 0 {
		s.refused(args)
		return
	}
	for _, n := range append(r.Stale, r.Notes...) {
		s.golden["stderr"] += fmt.Sprintf("%s: %s\n", n.Pos, n.Msg)
	}
	if err := r.Commit(); err != nil {
		t.Fatal(err)
	}
	s.golden["ops"] = "none\n"
	if r.Migration != "" {
		src, err := os.ReadFile(filepath.Join(s.dir, "migrations", r.Migration+".go"))
		if err != nil {
			t.Fatal(err)
		}
		s.golden["ops"] = opsText(t, string(src))
	}
	s.sql(r)
	s.down(r.Ops, old)
	now := s.files()
	s.asked = 0
	stdout, stderr, code := s.command(nil)
	once := s.asked
	if stdout != "" || code != 0 {
		t.Errorf("the second generate: exit %d\n%s%s", code, stdout, stderr)
	}
	s.golden["again"] = stderr
	if r.Migration != "" {
		s.updated(once)
	}
	if changes := changes(now, s.files()); changes != "" {
		t.Errorf("the second generate changed files:\n%s", changes)
	}
}

// sql returns the SQL that the archive has a file for: the statements alone, as what -sql prints around them is the same everywhere.
func (s *scenario) sql(r *gen.Result) {
	plans, err := r.Plans()
	if err != nil {
		s.t.Fatal(err)
	}
	var out bytes.Buffer
	for _, p := range plans {
		fmt.Fprintf(&out, "-- %s\n", p.Dialect)
		for _, st := range p.Stages {
			for _, x := range st.Statements {
				fmt.Fprintf(&out, "%s;\n", x.SQL)
			}
			if st.Run != nil && len(st.Statements) == 0 {
				fmt.Fprintf(&out, "-- %s\n", st.Cause)
			}
			if st.Commit {
				fmt.Fprintln(&out, "-- commit")
			}
		}
	}
	name := ""
	for line := range strings.Lines(out.String()) {
		d, _, _ := strings.Cut(strings.TrimSpace(strings.TrimPrefix(line, "-- ")), "@")
		if targets[d] != nil {
			name = "sql." + d
		} else {
			s.golden[name] += line
		}
		s.golden["sql"] += line
	}
	for name := range s.golden {
		if _, ok := s.text(name); !ok && strings.HasPrefix(name, "sql") {
			delete(s.golden, name)
		}
	}
}

// refused runs a generate that must write nothing.
func (s *scenario) refused(args []string) {
	before := s.files()
	stdout, stderr, code := s.command(args)
	if stdout != "" || code == 0 {
		s.t.Errorf("not refused: exit %d\n%s%s", code, stdout, stderr)
	}
	s.golden["stderr"], s.golden["exit"] = stderr, fmt.Sprintln(code)
	if changes := changes(before, s.files()); changes != "" {
		s.t.Errorf("refused, but files changed:\n%s", changes)
	}
}

// opsText cuts the ops out of a migration.
func opsText(t *testing.T, src string) string {
	_, rest, ok := strings.Cut(src, "\n\t\treturn []migrate.Op{\n")
	ops, _, end := strings.Cut(rest, "\n\t\t}\n\t},\n}\n")
	if !ok || !end {
		t.Fatalf("no ops in\n%s", src)
	}
	var b strings.Builder
	for line := range strings.Lines(ops + "\n") {
		b.WriteString(strings.TrimPrefix(line, "\t\t\t"))
	}
	return b.String()
}

// schema returns the schema of the snapshot on disk, an empty one when there is none.
func (s *scenario) schema() *schema.Schema {
	data, err := os.ReadFile(filepath.Join(s.dir, "migrations", snapshot.Name))
	if errors.Is(err, fs.ErrNotExist) {
		return &schema.Schema{}
	}
	if err != nil {
		s.t.Fatal(err)
	}
	snap, err := snapshot.Decode(data)
	if err != nil {
		s.t.Fatal(err)
	}
	return &snap.Schema
}

// down undoes the migration.
func (s *scenario) down(ops []migrate.Op, old *schema.Schema) {
	t := s.t
	back, err := migrate.Invert(ops)
	if err != nil {
		s.golden["down"] = err.Error() + "\n"
		return
	}
	now := s.schema()
	for _, op := range back {
		if err := op.Apply(now); err != nil {
			t.Errorf("cannot be undone: %s: %v", op.Describe(), err)
			return
		}
	}
	plain(old)
	plain(now)
	if !reflect.DeepEqual(old, now) {
		t.Errorf("undone, the schema is not what it was:\n%s\nbut\n%s", s.encode(old), s.encode(now))
	}
}

// plain takes away what undoing does not bring back: the order of columns, and what only the generator knows.
func plain(s *schema.Schema) {
	for _, t := range s.Tables {
		t.Was = ""
		slices.SortFunc(t.Columns, func(a, b schema.Column) int { return strings.Compare(a.Name, b.Name) })
		for i := range t.Columns {
			t.Columns[i].Was, t.Columns[i].ValueWas = "", nil
		}
		t.Sort()
	}
	for _, e := range s.Enums {
		e.Was, e.Owner, e.ValueWas = "", "", nil
	}
	data, _ := (&snapshot.Snapshot{Schema: *s}).Encode() // nil and empty are one
	if snap, err := snapshot.Decode(data); err == nil {
		*s = snap.Schema
	}
}

func (s *scenario) encode(x *schema.Schema) string {
	data, err := (&snapshot.Snapshot{Schema: *x}).Encode()
	if err != nil {
		s.t.Fatal(err)
	}
	return string(data)
}

// files returns every file of the module.
func (s *scenario) files() map[string]string {
	all := map[string]string{}
	err := fs.WalkDir(os.DirFS(s.dir), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(filepath.Join(s.dir, filepath.FromSlash(name)))
		all[name] = string(data)
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return all
}

func changes(before, after map[string]string) string {
	var list []string
	for name, text := range after {
		if old, ok := before[name]; !ok || old != text {
			list = append(list, name)
		}
	}
	for name := range before {
		if _, ok := after[name]; !ok {
			list = append(list, name+" is gone")
		}
	}
	slices.Sort(list)
	return strings.Join(list, "\n")
}

// updated folds nothing into the migration: worked out again it is what it was. The go command is asked as often as by a plain generate.
func (s *scenario) updated(once int) {
	s.t.Helper()
	before := s.files()
	s.asked = 0
	if _, stderr, code := s.command([]string{"-update"}); code != 0 {
		s.t.Errorf("-update: exit %d\n%s", code, stderr)
	} else if d := changes(before, s.files()); d != "" {
		s.t.Errorf("-update changed files:\n%s", d)
	} else if s.asked != once {
		s.t.Errorf("-update listed the packages of the models %d times, generate %d", s.asked, once)
	}
}

// compare holds what came out against the archive, or writes it there.
func (s *scenario) compare() {
	for name, text := range s.golden {
		if text == "" {
			delete(s.golden, name)
		}
	}
	if *update && !s.t.Failed() {
		s.rewrite()
		return
	}
	for _, name := range goldens {
		want, ok := s.text(name)
		got, came := s.golden[name]
		if want != got || ok != came && !(strings.HasPrefix(name, "sql") && got == "") {
			s.t.Errorf("%s is\n%s\nnot\n%s", name, got, want)
		}
	}
}

func (s *scenario) rewrite() {
	var files []txtar.File
	for _, f := range s.archive.Files {
		if !slices.Contains(goldens, f.Name) || f.Name == "down" {
			files = append(files, f)
		}
	}
	for _, name := range goldens {
		text, ok := s.golden[name]
		if _, there := s.text(name); there && strings.HasPrefix(name, "sql") {
			ok = true // nothing to do is worth saying
		}
		if ok && name != "down" {
			files = append(files, txtar.File{Name: name, Data: []byte(text)})
		}
	}
	a := &txtar.Archive{Comment: s.archive.Comment, Files: files}
	if data := txtar.Format(a); !bytes.Equal(data, txtar.Format(s.archive)) {
		if err := os.WriteFile(s.file, data, 0o644); err != nil {
			s.t.Fatal(err)
		}
	}
	if want, _ := s.text("down"); want != s.golden["down"] {
		s.t.Errorf("down is\n%s\nnot\n%s", s.golden["down"], want)
	}
}
