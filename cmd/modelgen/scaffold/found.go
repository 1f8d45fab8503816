package scaffold

import (
	"bytes"
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/modelgen/modelgen/gen/load"
	"github.com/modelgen/modelgen/gen/snapshot"
)

// Found is a sign that a module has models or migrations already.
type Found struct {
	Place string // file:line, or the directory
	What  string // "a model of gorm: User"
	Run   string // what to run in the place of init
}

// database stands for the address of one in a command.
const database = "DATABASE"

// Found returns what the module has of models and migrations, one of a kind for each directory. What comes first says most: migrations of modelgen, lines
// that run it, models, migrations of other tools.
func (m *Module) Found() (all []Found, err error) {
	ranks := map[Found]int{}
	err = m.walk(m.Root, func(dir string, entries []fs.DirEntry) {
		kinds := map[string]bool{}
		for _, e := range entries {
			if !e.Type().IsRegular() {
				continue
			}
			for _, s := range m.signs(filepath.Join(dir, e.Name())) {
				if key := strings.SplitN(s.What, ":", 2)[0]; !kinds[key] {
					kinds[key] = true
					ranks[s.Found] = s.rank
					all = append(all, s.Found)
				}
			}
		}
	})
	slices.SortStableFunc(all, func(a, b Found) int { return cmp.Compare(ranks[a], ranks[b]) })
	return all, err
}

// sign is something found, with how much it says: 0 is most.
type sign struct {
	Found
	rank int
}

// signs returns what a file says.
func (m *Module) signs(path string) []sign {
	name := filepath.Base(path)
	dir := m.shown(filepath.Dir(path))
	switch {
	case name == snapshot.Name:
		data, err := os.ReadFile(path)
		if err == nil && bytes.Contains(data, []byte(`"modelgen":`)) {
			return []sign{{Found{m.shown(path), "migrations of modelgen", "go generate ./..."}, 0}}
		}
	case strings.HasSuffix(name, ".go"):
		if !load.IsGuard(name) && !strings.HasSuffix(name, "_test.go") {
			return m.goSigns(path)
		}
	default:
		if tool := m.sqlTool(path); tool != "" {
			return []sign{{Found{m.shown(path), "migrations of " + tool, "modelgen adopt -from " + tool + " " + pattern(dir) + " " + database}, 3}}
		}
		if parent := strings.ToLower(filepath.Base(filepath.Dir(path))); strings.HasSuffix(name, ".sql") && (parent == "migrations" || parent == "migration") {
			return []sign{{Found{m.shown(path), "migrations in SQL", "modelgen adopt " + database}, 3}}
		}
	}
	return nil
}

// sqlTools are the migration tools whose files say by themselves whose they are.
var sqlTools = []struct {
	tool string
	file *regexp.Regexp // of its name
	text *regexp.Regexp // in it; nil is any
}{
	{"goose", regexp.MustCompile(`\.sql$`), regexp.MustCompile(`(?m)^--\s*\+goose Up`)},
	{"sql-migrate", regexp.MustCompile(`\.sql$`), regexp.MustCompile(`(?m)^--\s*\+migrate Up`)},
	{"dbmate", regexp.MustCompile(`\.sql$`), regexp.MustCompile(`(?m)^--\s*migrate:up`)},
	{"tern", regexp.MustCompile(`\.sql$`), regexp.MustCompile(`(?m)^---- create above / drop below ----`)},
	{"golang-migrate", regexp.MustCompile(`^\d+_.*\.up\.sql$`), nil},
	{"flyway", regexp.MustCompile(`^V\d[^/]*__.*\.sql$`), nil},
	{"pop", regexp.MustCompile(`^\d+_.*\.up\.fizz$`), nil},
	{"atlas", regexp.MustCompile(`^atlas\.sum$`), nil},
}

func (m *Module) sqlTool(path string) string {
	var text []byte
	for _, t := range sqlTools {
		if !t.file.MatchString(filepath.Base(path)) {
			continue
		}
		if t.text == nil {
			return t.tool
		}
		if text == nil {
			text, _ = os.ReadFile(path)
		}
		if t.text.Match(text) {
			return t.tool
		}
	}
	return ""
}

// interesting is what a Go file has that is worth parsing.
var interesting = regexp.MustCompile(`modelgen|table:"|view:"|db:"|gorm|bun|xorm:"|pg:"|orm:"|goose|entgo\.io/ent`)

// imports are packages whose import says what a file is for.
var imports = []struct{ path, what, run string }{
	{"entgo.io/ent", "a schema of ent", "modelgen adopt " + database},
	{"github.com/pressly/goose/v3", "a program with migrations of goose", "modelgen adopt " + database},
	{"github.com/go-gormigrate/gormigrate/v2", "migrations of gormigrate", "modelgen adopt " + database},
	{"github.com/uptrace/bun/migrate", "migrations of bun", "modelgen adopt " + database},
	{"github.com/golang-migrate/migrate/v4", "a program with migrations of golang-migrate", "modelgen adopt " + database},
}

// goSigns returns what a Go file says.
func (m *Module) goSigns(path string) (all []sign) {
	src, err := os.ReadFile(path)
	if err != nil || !interesting.Match(src) {
		return nil
	}
	fset := token.NewFileSet()
	f, _ := parser.ParseFile(fset, m.shown(path), src, parser.ParseComments|parser.SkipObjectResolution)
	if f == nil {
		return nil
	}
	add := func(pos token.Pos, rank int, what, run string) {
		p := fset.Position(pos)
		all = append(all, sign{Found{fmt.Sprintf("%s:%d", p.Filename, p.Line), what, run}, rank})
	}
	at := pattern(m.shown(filepath.Dir(path)))
	for _, g := range f.Comments {
		for _, c := range g.List {
			if _, ok := load.DirectiveIn([]byte(c.Text)); ok {
				add(c.Pos(), 1, "a line that runs modelgen", "go generate ./...")
			} else if strings.HasPrefix(c.Text, "//modelgen:table ") || strings.HasPrefix(c.Text, "//modelgen:models") {
				add(c.Pos(), 2, "a model", "modelgen generate "+at)
			}
		}
	}
	for _, i := range f.Imports {
		p, _ := strconv.Unquote(i.Path.Value)
		for _, x := range imports {
			if p == x.path {
				add(i.Pos(), 3, x.what, x.run)
			}
		}
	}
	for _, d := range f.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok {
			continue
		}
		for _, spec := range g.Specs {
			t, ok := spec.(*ast.TypeSpec)
			if !ok {
				continue
			}
			if s, ok := t.Type.(*ast.StructType); ok {
				if what, run := model(s, at); what != "" {
					add(spec.Pos(), 2, what+": "+t.Name.Name, run)
				}
			}
		}
	}
	return all
}

// model returns whose model a struct is, "" when it is none, and what to run for it.
func model(s *ast.StructType, at string) (what, run string) {
	keys := map[string]bool{}
	for _, f := range s.Fields.List {
		if len(f.Names) == 0 {
			switch x := f.Type.(type) {
			case *ast.SelectorExpr:
				if pkg, ok := x.X.(*ast.Ident); ok {
					keys[pkg.Name+"."+x.Sel.Name] = true
				}
			}
		}
		if f.Tag == nil {
			continue
		}
		text, err := strconv.Unquote(f.Tag.Value)
		if err != nil {
			continue
		}
		tag := reflect.StructTag(text)
		for _, k := range []string{"table", "view", "modelgen", "db", "gorm", "bun", "xorm", "pg", "orm"} {
			if _, ok := tag.Lookup(k); ok {
				blank := len(f.Names) == 1 && f.Names[0].Name == "_"
				keys[k] = keys[k] || blank == (k == "table" || k == "view") || k == "modelgen"
			}
		}
	}
	switch {
	case keys["table"] || keys["view"] || keys["modelgen"]:
		return "a model", "modelgen generate " + at
	case keys["gorm.Model"] || keys["gorm"]:
		return "a model of gorm", "modelgen generate -tag gorm " + at
	case keys["bun.BaseModel"] || keys["bun"]:
		return "a model of bun", "modelgen generate -tag bun " + at
	case keys["db"]:
		return "a struct with db tags, which is a model once it names its table", "modelgen adopt -into " + at + " " + database
	case keys["xorm"] || keys["pg"] || keys["orm"]:
		return "a model of another library", "modelgen adopt " + database
	}
	return "", ""
}

// pattern returns a directory as the go command takes it.
func pattern(shown string) string {
	if shown == "." || strings.HasPrefix(shown, "../") || shown == ".." || filepath.IsAbs(shown) {
		return shown
	}
	return "./" + shown
}
