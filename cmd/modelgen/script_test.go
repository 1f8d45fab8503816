package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"log"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/modelgen/modelgen/cmd/modelgen/cache"
)

var update = flag.Bool("update", false, "rewrite what the scripts compare with")

// TestMain is the command where it is run as such, and else runs the tests with that command on PATH. Scripts have one of that name that starts no process,
// see [runners], and testscript.Main would not let them.
func TestMain(m *testing.M) {
	switch strings.TrimSuffix(filepath.Base(os.Args[0]), ".exe") {
	case ownName:
		os.Args[0] = ownName
		main()
	case runnerName:
		if err := runCommands(os.Stdin, os.Stdout); err != nil {
			log.Fatal(err)
		}
		os.Exit(0)
	}
	os.Exit(runTests(m))
}

func runTests(m *testing.M) int {
	bin, err := os.MkdirTemp("", "modelgen-bin")
	if err == nil {
		defer os.RemoveAll(bin)
		err = installSelf(bin)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	os.Setenv("PATH", bin+string(filepath.ListSeparator)+os.Getenv("PATH"))
	moduleProxy = machineProxy()
	os.Setenv(cache.Variable, "off") // but where it is what is tested
	return m.Run()
}

// installSelf puts this binary into a folder under the name of the command.
func installSelf(bin string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	to := filepath.Join(bin, ownName)
	if runtime.GOOS == "windows" {
		to += ".exe"
	}
	if os.Link(self, to) == nil {
		return nil
	}
	data, err := os.ReadFile(self)
	if err != nil {
		return err
	}
	return os.WriteFile(to, data, 0o755)
}

// TestScript runs the scenarios in testdata/script through the real command. Each begins in a module of its own, example.com/shop, that
// can import what this module requires, without network. Of this module itself it has the declarations only (see lightModule), which is all
// that the compiler looks at; a script that also runs what it builds, or a tool of the module, begins with whole. MODELGEN_TEST_XTOOLS names a newer
// version of golang.org/x/tools to require, which make vettool sets. Beside the commands of testscript there are:
//
//	edit FILE OLD NEW     replace the one place where FILE has OLD; \n and \t are a line's end and a tab
//	whole                 give the module all of this module, with the bodies of functions, the dialects and the command
//	light                 take it away again
//	vettool               set $VETTOOL to the path that go tool -n modelgen prints in a module that is whole
//	modelgen ARGS         run the command without a process of its own, see runners; exec modelgen starts one, as a script has to that sets variables
//	status N COMMAND      run it, or exec COMMAND, and expect that exit status
//	remember              note every file below the module
//	[!] unchanged         compare with what was noted: names, modes and bytes
//	blamed REGEXP         each line of the sources that an error on stderr stands on matches; there is one at least
//	conventional PATH     the Go files there are formatted, group their imports, and name no folder of this machine
func TestScript(t *testing.T) { runScripts(t, "testdata/script") }

// TestProgram runs the scripts that build programs and run them, and those that ask much of go vet, in testdata/program. Most of what they take is that of
// the linker and of go vet: they are in make programs, not in make test.
func TestProgram(t *testing.T) { runScripts(t, "testdata/program") }

func runScripts(t *testing.T, dir string) {
	m := newModule(t)
	m.light = lightModule(t, m)
	m.env = append(m.env, "GOFLAGS=-mod=mod -trimpath -ldflags=-w") // what is compiled for a script is in the build cache the next time, as its folder is not in it
	r := newRunners(t, m, dir)
	testscript.Run(t, testscript.Params{
		Dir:                 dir,
		Setup:               m.setup,
		Deadline:            time.Now().AddDate(1, 0, 0), // a slow machine is no failure: what hangs is ended by the -timeout of go test
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"whole": m.whole, "light": m.lighten, "vettool": m.vettool, "edit": edit, ownName: r.command, "status": r.status, "remember": remember, "unchanged": unchanged, "blamed": blamed, "conventional": m.conventional,
		},
	})
}

// module is what the modules of all scripts have in common.
type module struct {
	mod, sum []byte
	light    []byte                 // the go.mod with the declarations only
	tool     func() (string, error) // asks for the path of the tool, once
	env      []string
	folders  []string // of this machine: none of them belongs in a file
}

func newModule(t testing.TB) *module {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	mod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	sum, err := os.ReadFile(filepath.Join(root, "go.sum"))
	if err != nil {
		t.Fatal(err)
	}
	const path = "github.com/modelgen/modelgen"
	_, rest, ok := bytes.Cut(mod, []byte("module "+path+"\n"))
	if !ok {
		t.Fatalf("go.mod is not that of %s", path)
	}
	m := &module{sum: sum}
	dir := t.TempDir()
	m.tool = sync.OnceValues(func() (string, error) { return m.findTool(dir) })
	m.mod = fmt.Appendf(nil, "module example.com/shop\n%s\nrequire %s v0.0.0\n\nreplace %[2]s => %q\n\ntool %[2]s/cmd/modelgen\n", rest, path, root)
	if version := os.Getenv("MODELGEN_TEST_XTOOLS"); version != "" {
		m.require(t, "golang.org/x/tools@"+version)
	}
	out, err := exec.Command("go", "env", "GOCACHE", "GOMODCACHE", "GOPATH", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	m.folders = strings.Fields(string(out))
	m.env = []string{
		"GOCACHE=" + m.folders[0], "GOMODCACHE=" + m.folders[1], "GOPATH=" + m.folders[2],
		"GOFLAGS=-mod=mod -ldflags=-w", "GOPROXY=off", "GOWORK=off", "GOENV=off", "GOTOOLCHAIN=local", cache.Variable + "=off",
		"GOGC=400", // the go command is short-lived, and most of the time of the scripts is its own
	}
	m.folders = append(m.folders, root)
	return m
}

// require raises what the modules of the scripts require, as another tool or a driver in a user's go.mod does.
func (m *module) require(t testing.TB, what string) {
	dir := t.TempDir()
	for name, content := range map[string][]byte{"go.mod": m.mod, "go.sum": m.sum} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, args := range [][]string{{"get", what}, {"build", "-o", os.DevNull, "github.com/modelgen/modelgen/cmd/modelgen"}} {
		cmd := exec.Command("go", args...)
		cmd.Dir, cmd.Env = dir, append(os.Environ(), "GOFLAGS=-mod=mod", "GOWORK=off")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
	var err error
	if m.mod, err = os.ReadFile(filepath.Join(dir, "go.mod")); err != nil {
		t.Fatal(err)
	}
	if m.sum, err = os.ReadFile(filepath.Join(dir, "go.sum")); err != nil {
		t.Fatal(err)
	}
}

func (r *runners) status(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: status N [exec] COMMAND")
	}
	want, args := args[0], args[1:]
	got := 0
	if args[0] == ownName {
		got = r.run(ts, args[1:])
	} else {
		if args[0] == "exec" {
			args = args[1:]
		}
		if err := ts.Exec(args[0], args[1:]...); err != nil {
			exit, ok := errors.AsType[*exec.ExitError](err)
			if !ok {
				ts.Fatalf("%v", err)
			}
			got = exit.ExitCode()
		}
	}
	if strconv.Itoa(got) != want {
		ts.Fatalf("the exit status is %d, not %s", got, want)
	}
}

// noted is the key of the files that a script remembers.
type noted struct{}

// setup writes the module around the files of a script that brings none.
func (m *module) setup(e *testscript.Env) error {
	e.Vars = append(e.Vars, m.env...)
	e.Values[noted{}] = map[string]string{}
	if err := os.WriteFile(filepath.Join(e.WorkDir, "go.sum"), m.sum, 0o644); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(e.WorkDir, "go.mod"), m.light, 0o644)
}

func (m *module) whole(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 0 {
		ts.Fatalf("usage: whole")
	}
	ts.Check(os.WriteFile(filepath.Join(ts.Getenv("WORK"), "go.mod"), m.mod, 0o644))
}

func (m *module) lighten(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 0 {
		ts.Fatalf("usage: light")
	}
	ts.Check(os.WriteFile(filepath.Join(ts.Getenv("WORK"), "go.mod"), m.light, 0o644))
}

// vettool is for scripts that ask much of go vet: in a module that is whole it looks at all that the runtime imports whenever a snapshot is another one.
func (m *module) vettool(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 0 {
		ts.Fatalf("usage: vettool")
	}
	path, err := m.tool()
	ts.Check(err)
	ts.Setenv("VETTOOL", path)
	ts.Setenv("GOFLAGS", strings.Replace(ts.Getenv("GOFLAGS"), " -trimpath", "", 1)) // or what it found in another folder comes from the cache, with that folder
}

func (m *module) findTool(dir string) (string, error) {
	for name, content := range map[string][]byte{"go.mod": m.mod, "go.sum": m.sum} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o644); err != nil {
			return "", err
		}
	}
	cmd := exec.Command("go", "tool", "-n", "modelgen")
	cmd.Dir, cmd.Env, cmd.Stderr = dir, append(os.Environ(), m.env...), os.Stderr
	out, err := cmd.Output()
	return strings.TrimSpace(string(out)), err
}

func edit(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: edit FILE OLD NEW")
	}
	path := ts.MkAbs(args[0])
	content := ts.ReadFile(path)
	plain := strings.NewReplacer(`\n`, "\n", `\t`, "\t")
	old, now := plain.Replace(args[1]), plain.Replace(args[2])
	if n := strings.Count(content, old); n != 1 {
		ts.Fatalf("%s has %q %d times, not once", args[0], old, n)
	}
	ts.Check(os.WriteFile(path, []byte(strings.Replace(content, old, now, 1)), 0o644))
}

func remember(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 0 {
		ts.Fatalf("usage: remember")
	}
	noted := ts.Value(noted{}).(map[string]string)
	clear(noted)
	maps.Copy(noted, tree(ts, ts.Getenv("WORK")))
}

func unchanged(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 0 {
		ts.Fatalf("usage: [!] unchanged")
	}
	before, after := ts.Value(noted{}).(map[string]string), tree(ts, ts.Getenv("WORK"))
	if len(before) == 0 {
		ts.Fatalf("nothing was remembered")
	}
	var changes []string
	for name := range after {
		if old, ok := before[name]; !ok {
			changes = append(changes, "new: "+name)
		} else if old != after[name] {
			changes = append(changes, "changed: "+name)
		}
	}
	for name := range before {
		if _, ok := after[name]; !ok {
			changes = append(changes, "gone: "+name)
		}
	}
	slices.Sort(changes)
	switch {
	case neg && len(changes) == 0:
		ts.Fatalf("nothing changed")
	case !neg && len(changes) > 0:
		ts.Fatalf("files changed:\n%s", strings.Join(changes, "\n"))
	}
}

var place = regexp.MustCompile(`(?m)^(?:vet: )?(\S+\.go):(\d+):\d+: `)

func blamed(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: blamed REGEXP")
	}
	want, err := regexp.Compile(args[0])
	ts.Check(err)
	places := place.FindAllStringSubmatch(ts.ReadFile("stderr"), -1)
	if len(places) == 0 {
		ts.Fatalf("stderr names no line of a file")
	}
	for _, p := range places {
		n, err := strconv.Atoi(p[2])
		ts.Check(err)
		lines := strings.Split(ts.ReadFile(p[1]), "\n")
		if n > len(lines) || !want.MatchString(lines[n-1]) {
			ts.Fatalf("line %d of %s does not match %s", n, p[1], args[0])
		}
	}
}

// tree returns every file and folder below dir by its slashed name: its mode on the first line, then what it holds.
func tree(ts *testscript.TestScript, dir string) map[string]string {
	out := map[string]string{}
	ts.Check(filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		switch rel {
		case ".tmp":
			return fs.SkipDir
		case ".":
			rel = filepath.Base(dir)
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		content := info.Mode().String() + "\n"
		if d.Type().IsRegular() {
			data, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			content += string(data)
		}
		out[filepath.ToSlash(rel)] = content
		return nil
	}))
	return out
}

func (m *module) conventional(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: conventional PATH...")
	}
	files := 0
	for _, arg := range args {
		dir := ts.MkAbs(arg)
		all := tree(ts, dir)
		for _, name := range slices.Sorted(maps.Keys(all)) {
			for _, folder := range append(m.folders, ts.Getenv("WORK")) {
				if strings.Contains(all[name], folder) {
					ts.Fatalf("%s/%s names the folder %s", arg, name, folder)
				}
			}
			if !strings.HasSuffix(name, ".go") {
				continue
			}
			files++
			if strings.Contains(all[name], "\r") {
				ts.Fatalf("%s/%s has a carriage return", arg, name)
			}
			if err := grouped(all[name]); err != nil {
				ts.Fatalf("%s/%s: %v", arg, name, err)
			}
		}
		out, err := exec.Command("gofmt", "-l", dir).CombinedOutput()
		if err != nil || len(out) > 0 {
			ts.Fatalf("gofmt -l %s: %s %v", arg, out, err)
		}
	}
	if files == 0 {
		ts.Fatalf("there are no Go files in %s", strings.Join(args, ", "))
	}
}

// grouped says whether the imports of a file stand in one block: the standard library, an empty line, all others.
func grouped(src string) error {
	_, block, ok := strings.Cut(src, "\nimport (\n")
	if !ok {
		return nil
	}
	block, rest, _ := strings.Cut(block, "\n)\n")
	if strings.Contains(rest, "\nimport ") {
		return fmt.Errorf("it has a second import declaration")
	}
	var groups []string
	for group := range strings.SplitSeq(block, "\n\n") {
		kind := ""
		for line := range strings.Lines(group) {
			_, path, _ := strings.Cut(line, `"`)
			first, _, _ := strings.Cut(path, "/")
			k := "standard"
			if strings.Contains(first, ".") {
				k = "others"
			}
			if kind != "" && k != kind {
				return fmt.Errorf("the group of the import %s is mixed", strings.TrimSpace(line))
			}
			kind = k
		}
		groups = append(groups, kind)
	}
	if s := strings.Join(groups, ", "); s != "standard" && s != "others" && s != "standard, others" {
		return fmt.Errorf("the groups of its imports are: %s", s)
	}
	return nil
}
