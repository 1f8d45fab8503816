package cache

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

// project is a module without packages, whose files are old enough to be recorded.
func project(t *testing.T) (dir string, in Inputs) {
	t.Setenv(Variable, t.TempDir())
	t.Setenv("CI", "")
	t.Setenv("GOFLAGS", "")
	t.Setenv("GOWORK", "")
	t.Setenv("GOENV", "off")
	dir = t.TempDir()
	write(t, filepath.Join(dir, "go.mod"), "module example.com/shop\n\ngo 1.26\n")
	write(t, filepath.Join(dir, "models", "models.go"), "package models\n")
	write(t, filepath.Join(dir, "migrations", "migrations.go"), "package migrations\n")
	settle(t, dir)
	return dir, Inputs{Out: filepath.Join(dir, "migrations"), Packages: []Package{{Path: "example.com/shop/models", Dir: filepath.Join(dir, "models")}}, Patterns: []string{"./models"}}
}

func write(t *testing.T, path, text string) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o755); err != nil {
		t.Fatal(err)
	}
}

func settle(t *testing.T, dir string) {
	old := time.Now().Add(-time.Hour)
	if err := filepath.WalkDir(dir, func(path string, _ os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Chtimes(path, old, old)
	}); err != nil {
		t.Fatal(err)
	}
}

// executable returns what the name of a program ends with.
func executable() string {
	if runtime.GOOS == "windows" {
		return ".exe"
	}
	return ""
}

func begin(t *testing.T, dir string) *Run {
	r := Begin(dir, nil)
	if r == nil {
		t.Fatal("this executable cannot record")
	}
	return r
}

func TestRecord(t *testing.T) {
	dir, in := project(t)
	if begin(t, dir).Known() {
		t.Fatal("it is known before it is recorded")
	}
	begin(t, dir).Record(in)
	if !begin(t, dir).Known() {
		t.Fatal("it is not recorded")
	}
	if Begin(dir, []string{"-x"}).Known() || Begin(filepath.Join(dir, "models"), nil).Known() {
		t.Error("another run is known")
	}
	t.Setenv("CI", "true")
	if Begin(dir, nil) != nil {
		t.Error("in CI there are records")
	}
	t.Setenv("CI", "")
	for _, value := range []string{"off", "relative"} {
		t.Setenv(Variable, value)
		if r := Begin(dir, nil); r != nil || r.Known() {
			t.Errorf("there are records in %s", value)
		}
	}
}

// What is not certain is not recorded.
func TestNotRecorded(t *testing.T) {
	exe := executable()
	for name, make := range map[string]func(dir string, in *Inputs){
		"a file that was just written": func(dir string, _ *Inputs) { write(t, filepath.Join(dir, "models", "models.go"), "package models\n") },
		"a file that was just removed": func(dir string, _ *Inputs) {
			write(t, filepath.Join(dir, "models", "more.go"), "package models\n")
			if err := os.Remove(filepath.Join(dir, "models", "more.go")); err != nil {
				t.Fatal(err)
			}
		},
		"an overlay":               func(string, *Inputs) { t.Setenv("GOFLAGS", "-overlay=x.json") },
		"another go.mod":           func(string, *Inputs) { t.Setenv("GOFLAGS", "-modfile=x.mod") },
		"quotes":                   func(string, *Inputs) { t.Setenv("GOFLAGS", "'-tags=a b'") },
		"GOPATH":                   func(string, *Inputs) { t.Setenv("GO111MODULE", "off") },
		"another Go":               func(dir string, _ *Inputs) { t.Setenv("GOROOT", dir) },
		"all packages":             func(_ string, in *Inputs) { in.Patterns = []string{"all"} },
		"a pattern that is a path": func(_ string, in *Inputs) { in.Patterns = []string{"example.com/shop/..."} },
		"dots in the middle":       func(_ string, in *Inputs) { in.Patterns = []string{"./a.../b"} },
		"go.mod that does not parse": func(dir string, _ *Inputs) {
			write(t, filepath.Join(dir, "go.mod"), "modul\n")
			settle(t, dir)
		},
		"a driver": func(dir string, _ *Inputs) {
			write(t, filepath.Join(dir, "bin", "gopackagesdriver"+exe), "")
			settle(t, dir)
			t.Setenv("PATH", filepath.Join(dir, "bin")+string(filepath.ListSeparator)+os.Getenv("PATH"))
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir, in := project(t)
			make(dir, &in)
			begin(t, dir).Record(in)
			if begin(t, dir).Known() {
				t.Error("it is recorded")
			}
		})
	}
}

// A package that one of the modules may get is looked for, as the go command would.
func TestAmbiguous(t *testing.T) {
	dir, in := project(t)
	in.Packages = append(in.Packages, Package{Path: "example.com/shop/far/away", Dir: "/mod/example.com/shop/far@v1.0.0/away", Fixed: true})
	begin(t, dir).Record(in)
	if !begin(t, dir).Known() {
		t.Fatal("it is not recorded")
	}
	write(t, filepath.Join(dir, "far", "away", "away.go"), "package away\n")
	if begin(t, dir).Known() {
		t.Error("a package of the same path is not noticed")
	}
}

// A pattern with dots takes up folders that are new.
func TestFolders(t *testing.T) {
	dir, in := project(t)
	in.Patterns = []string{"./..."}
	begin(t, dir).Record(in)
	write(t, filepath.Join(dir, "testdata", "x.go"), "package x\n")
	write(t, filepath.Join(dir, "read.me"), "text\n")
	if !begin(t, dir).Known() {
		t.Error("what no pattern matches is taken for a change")
	}
	write(t, filepath.Join(dir, "deep", "down", "x.go"), "package x\n")
	if begin(t, dir).Known() {
		t.Error("a new package is not noticed")
	}
}

// A go command of another version is noticed, and one that is only a script is not trusted.
func TestGoCommand(t *testing.T) {
	root := t.TempDir()
	exe := executable()
	command := filepath.Join(root, "bin", "go"+exe)
	write(t, command, "go\n")
	write(t, filepath.Join(root, "VERSION"), "go1.26.0\n")
	t.Setenv("PATH", filepath.Dir(command))
	t.Setenv("GOROOT", "")
	t.Setenv("GOPACKAGESDRIVER", "")
	look := func() string {
		hash, _, err := input{theGo, ""}.look()
		if err != nil {
			t.Fatal(err)
		}
		return hash
	}
	known := map[string]string{}
	for _, step := range []func(){
		func() {},
		func() { write(t, filepath.Join(root, "VERSION"), "go1.27.0\n") },
		func() { write(t, command, "another go\n") },
		func() { write(t, filepath.Join(root, "go.env"), "GOPROXY=off\n") },
		func() { write(t, filepath.Join(root, "bin", "gcc"+exe), "a compiler\n") },
	} {
		step()
		known[look()] = ""
	}
	if len(known) != 5 {
		t.Errorf("%d of 5 are different", len(known))
	}
	if err := os.Remove(filepath.Join(root, "VERSION")); err != nil {
		t.Fatal(err)
	}
	if _, _, err := (input{theGo, ""}).look(); err == nil {
		t.Error("a go command without a version is taken for one")
	}
}

// A record that is damaged is none, and a directory that cannot be written changes nothing.
func TestDamaged(t *testing.T) {
	dir, in := project(t)
	r := begin(t, dir)
	r.Record(in)
	path := filepath.Join(string(r.store), r.name)
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for n := range len(text) {
		write(t, path, string(text[:n]))
		if r.Known() {
			t.Fatalf("it is known by the first %d bytes", n)
		}
		write(t, path, string(text[:n])+"x"+string(text[n+1:]))
		if text[n] != 'x' && r.Known() {
			t.Fatalf("it is known although byte %d is another one", n)
		}
	}
	write(t, path, string(text))
	if !r.Known() {
		t.Error("it is not known as it was")
	}
	file := filepath.Join(dir, "file")
	write(t, file, "")
	t.Setenv(Variable, file)
	r = begin(t, dir)
	r.Record(in)
	if r.Known() {
		t.Error("it is known by a file that is no directory")
	}
}

// Concurrent runs leave a record that is whole.
func TestBeside(t *testing.T) {
	dir, in := project(t)
	begin(t, dir).Record(in)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 20 {
				Begin(dir, nil).Record(in)
				if !Begin(dir, nil).Known() {
					t.Error("the record is not whole")
				}
			}
		})
	}
	all.Wait()
	left, err := filepath.Glob(filepath.Join(os.Getenv(Variable), "new-*"))
	if err != nil || len(left) > 0 {
		t.Error(left, err)
	}
}

// Records that nothing has asked for in a long time go.
func TestPrune(t *testing.T) {
	dir, in := project(t)
	r := begin(t, dir)
	r.Record(in)
	old := filepath.Join(string(r.store), strings.Repeat("0", 64))
	other := filepath.Join(string(r.store), "notes")
	for _, path := range []string{old, other} {
		write(t, path, "")
		long := time.Now().Add(-2 * keep)
		if err := os.Chtimes(path, long, long); err != nil {
			t.Fatal(err)
		}
	}
	r.Record(in)
	if _, err := os.Stat(old); err != nil {
		t.Error("it is looked for more than once a day")
	}
	mark := filepath.Join(string(r.store), pruned)
	yesterday := time.Now().Add(-2 * noted)
	if err := os.Chtimes(mark, yesterday, yesterday); err != nil {
		t.Fatal(err)
	}
	r.Record(in)
	if _, err := os.Stat(old); err == nil {
		t.Error("an old record stays")
	}
	if _, err := os.Stat(other); err != nil || !r.Known() {
		t.Error("something else went", err)
	}
}

func TestFindBuildID(t *testing.T) {
	id := strings.Join([]string{strings.Repeat("a", 20), strings.Repeat("b", 20), strings.Repeat("c", 20), strings.Repeat("d", 20)}, "/")
	for begin, want := range map[string]string{
		"ELF\x04\x00\x00\x00\x53\x00\x00\x00\x04\x00\x00\x00Go\x00\x00" + id + "\x00rest": id,
		"MZ\xff Go build ID: \"" + id + "\"\n \xffrest":                                   id,
		"\xff Go build ID: \"mine\"\n":                                                    "",
		"nothing":                                                                         "",
	} {
		if got, err := findBuildID(begin); got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v", begin, got, err)
		}
	}
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := buildID(exe); err != nil {
		t.Error(err)
	}
}
