package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// looking are the functions by which a file is read or looked for, or another program is run, and environment variables are read.
var looking = map[string][]string{
	"os":                             {"Open", "OpenFile", "ReadFile", "ReadDir", "Stat", "Lstat", "Readlink", "DirFS", "Getenv", "LookupEnv", "Environ", "ExpandEnv", "UserHomeDir", "UserConfigDir", "UserCacheDir", "Hostname", "OpenRoot", "OpenInRoot"},
	"path/filepath":                  {"Walk", "WalkDir", "Glob", "EvalSymlinks"},
	"os/exec":                        {"Command", "CommandContext", "LookPath"},
	"go/build":                       {"Import", "ImportDir"},
	"golang.org/x/tools/go/packages": {"Load"},
}

// places are all that do so on the way of generate, and why a record of a run holds them. Who adds one says which input of cmd/modelgen/cache it is.
const places = `
cmd/modelgen/generate.go findOut os.Stat: package of the pattern; package of the migrations
cmd/modelgen/main.go dispatch os.Stat: a directory that is not there is an error
cmd/modelgen/sql_flag.go holdsSQL os.ReadDir: tree of the SQL files; without any -sql prints, and nothing is recorded
gen/commit.go Commit os.Lstat: something is written
gen/commit.go Commit os.ReadFile: something is written
gen/commit.go checkParents os.Stat: package of the migrations
gen/commit.go mkdir os.Stat: something is written
gen/guard.go guards os.ReadFile: package of models
gen/internal/goedit/imports.go ImportPath os.ReadFile: module
gen/internal/paths/paths.go ModuleRoot os.Stat: module, of all folders above
gen/lint.go Lint parser.ParseFile: another verb
gen/load/checker.go parse os.ReadFile: package, of those listed
gen/load/checker.go read os.Open: export data, which the go command makes of the packages listed
gen/load/constraint.go inTests filepath.Glob: for an error
gen/load/constraint.go inTests os.ReadFile: for an error
gen/load/constraint.go leftOut os.ReadFile: package of models
gen/load/direct.go LoadExtra packages.Load: something is written, or asked
gen/load/foreign.go importsIn os.ReadDir: package of models, and those listed
gen/load/foreign.go importsIn parser.ParseFile: package of models, and those listed
gen/load/foreign.go isDir os.Stat: package, of those listed; one that is imported and not there is an error
gen/load/foreign.go moduleOf os.ReadFile: module, of all folders above
gen/load/foreign.go readForeign os.ReadDir: go vet
gen/load/foreign.go readForeign os.ReadFile: go vet
gen/load/foreign.go saysNothing os.ReadDir: package, of those listed
gen/load/foreign.go saysNothing os.ReadFile: package, of those listed
gen/load/golist.go hasDriver exec.LookPath: go; with a driver nothing is recorded
gen/load/golist.go runGoList exec.CommandContext: go, its settings, the environment, modules, and the packages that it lists
gen/load/load.go newLoader filepath.EvalSymlinks: in the name of the record
gen/load/overlay.go overlaid packages.Load: Listed is in doubt
gen/load/overlay.go takeOverlay os.ReadFile: with an overlay nothing is recorded
gen/load/packages.go complaint exec.CommandContext: for an error
gen/load/packages.go env os.Environ: environment
gen/load/packages.go list packages.Load: Listed is in doubt
gen/load/packages.go missing os.Stat: for an error
gen/load/packages.go quick os.Environ: environment
gen/load/trimmed.go declaredIn os.Stat: package, of those listed
gen/load/trimmed.go replaced os.ReadFile: module
gen/migrations/branches.go ReadBranches os.ReadDir: another verb
gen/migrations/folder.go Read os.ReadDir: package of the migrations
gen/migrations/importers.go Importers filepath.WalkDir: another verb
gen/migrations/importers.go Importers os.ReadFile: another verb
gen/migrations/importers.go Importers os.Stat: another verb
gen/migrations/since.go git exec.Command: another verb
gen/models_location.go leftBehind os.ReadFile: packages of models are lost, so that the snapshot is written
gen/models_location.go modulesOf os.Getenv: environment
gen/models_location.go modulesOf os.ReadFile: module, of all folders above, and those of the workspace
gen/models_location.go sourcesIn os.ReadDir: package, of the pattern and of those listed
gen/models_location.go sourcesIn os.ReadFile: package, of the pattern and of those listed
gen/out_directory.go Out filepath.WalkDir: nothing is recorded
gen/out_directory.go Out os.ReadFile: nothing is recorded
gen/out_directory.go modelsFor filepath.WalkDir: packages of models are lost, so that the snapshot is written
gen/prefetch.go loadAhead os.ReadFile: package of the migrations
gen/prefetch.go loading os.Stat: the time says what is loaded earlier, and nothing else
gen/read/read.go Folder os.ReadDir: another verb
gen/read/read.go Text os.ReadFile: package of the migrations
gen/settings.go readSettings os.ReadFile: package of the migrations; module
gen/sqlfiles/files.go Read os.ReadFile: tree of the SQL files
gen/sqlfiles/files.go list filepath.WalkDir: tree of the SQL files
internal/goenv/goenv.go Files os.UserConfigDir: environment
internal/goenv/goenv.go Get os.ReadFile: file of settings
internal/goenv/goenv.go IsRelease os.ReadFile: go
internal/goenv/goenv.go Root exec.LookPath: go
internal/goenv/goenv.go Root filepath.EvalSymlinks: go
internal/goenv/goenv.go variable os.Getenv: environment
`

// What generate looks at is among the inputs of a record.
func TestRecordPlaces(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", "-f", "{{if not .Standard}}{{.ImportPath}} {{.Dir}}{{end}}", "github.com/modelgen/modelgen/gen").Output()
	if err != nil {
		t.Fatal(err)
	}
	const module = "github.com/modelgen/modelgen/"
	folders := map[string]string{}
	for line := range strings.Lines(string(out)) {
		path, dir, _ := strings.Cut(strings.TrimSpace(line), " ")
		if below, ok := strings.CutPrefix(path, module); ok && !strings.HasPrefix(below, "runtime") { // what is of the runtime knows no files of a project
			folders[below] = dir
		}
	}
	var got []string
	for below, dir := range folders {
		names, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			if !strings.HasSuffix(name, "_test.go") {
				got = append(got, placesIn(t, below+"/"+filepath.Base(name), name)...)
			}
		}
	}
	for _, name := range []string{"generate.go", "sql_flag.go", "main.go", "memory.go"} {
		got = append(got, placesIn(t, "cmd/modelgen/"+name, name)...)
	}
	slices.Sort(got)
	got = slices.Compact(got)
	known := map[string]bool{}
	for line := range strings.Lines(strings.TrimSpace(places)) {
		place, why, _ := strings.Cut(strings.TrimSpace(line), ": ")
		if why == "" {
			t.Errorf("%s: why?", place)
		}
		known[place] = true
	}
	for _, place := range got {
		if !known[place] {
			t.Errorf("%s is not on the list: does a record notice what it looks at?", place)
		}
		delete(known, place)
	}
	for place := range known {
		t.Errorf("%s is on the list and nowhere else", place)
	}
}

// placesIn returns what looks at something in a file: "gen/guard.go guards os.ReadFile".
func placesIn(t *testing.T, shown, name string) (all []string) {
	file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	imported := map[string]string{}
	for _, i := range file.Imports {
		path, err := strconv.Unquote(i.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		if i.Name != nil && looking[path] != nil {
			t.Errorf("%s imports %s under another name", shown, path)
		}
		imported[path[strings.LastIndex(path, "/")+1:]] = path
	}
	for _, d := range file.Decls {
		in := "-"
		if f, ok := d.(*ast.FuncDecl); ok {
			in = f.Name.Name
		}
		ast.Inspect(d, func(n ast.Node) bool {
			if c, ok := n.(*ast.CallExpr); ok && len(c.Args) == 4 && readsFile(c) {
				all = append(all, fmt.Sprintf("%s %s parser.ParseFile", shown, in))
			}
			s, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if x, ok := s.X.(*ast.Ident); ok && slices.Contains(looking[imported[x.Name]], s.Sel.Name) {
				all = append(all, fmt.Sprintf("%s %s %s.%s", shown, in, x.Name, s.Sel.Name))
			}
			return true
		})
	}
	return all
}

// readsFile reports whether a call is parser.ParseFile(fset, name, nil, mode), which reads the file.
func readsFile(c *ast.CallExpr) bool {
	s, isSelector := c.Fun.(*ast.SelectorExpr)
	src, isIdent := c.Args[2].(*ast.Ident)
	return isSelector && s.Sel.Name == "ParseFile" && isIdent && src.Name == "nil"
}
