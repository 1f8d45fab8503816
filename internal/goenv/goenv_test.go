package goenv

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// What Get returns is what the go command says.
func TestGet(t *testing.T) {
	file := filepath.Join(t.TempDir(), "env")
	if err := os.WriteFile(file, []byte("GOFLAGS=-tags=of_the_file\nGOPRIVATE=example.com\nGOPRIVATE=example.org\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, env := range [][]string{{"GOENV=" + file}, {"GOENV=" + file, "GOFLAGS=-tags=of_the_environment"}, {"GOENV=off"}, {"GOENV=" + file, "GOFLAGS="}} {
		for _, e := range append([]string{"GOFLAGS=", "GOPRIVATE=", "GOWORK=off"}, env...) {
			name, value, _ := strings.Cut(e, "=")
			t.Setenv(name, value)
		}
		for _, key := range []string{"GOFLAGS", "GOPRIVATE", "GOPROXY", "GOSUMDB"} {
			out, err := exec.Command("go", "env", key).Output()
			if err != nil {
				t.Fatal(err)
			}
			want := strings.TrimSpace(string(out))
			if got := Get(nil, key); got != want {
				t.Errorf("%v: %s is %q, not %q", env, key, got, want)
			}
			if got := Get(os.Environ(), key); got != want {
				t.Errorf("%v: %s of this environment is %q, not %q", env, key, got, want)
			}
		}
	}
}

func TestRoot(t *testing.T) {
	out, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	want, err := filepath.EvalSymlinks(strings.TrimSpace(string(out)))
	if err != nil {
		t.Fatal(err)
	}
	if got, command, err := Root(); err == nil && got != want || err == nil && filepath.Dir(filepath.Dir(command)) != want {
		t.Errorf("%s, %s, %v; the go command says %s", got, command, err, want)
	}
	t.Setenv("PATH", t.TempDir())
	if root, _, err := Root(); err == nil {
		t.Errorf("without a go command: %s", root)
	}
}
