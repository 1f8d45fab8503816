package cache

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Variable is the environment variable that names the directory of the records, or is off.
const Variable = "MODELGENCACHE"

// version is another one when the form of a record changes, or what a record holds.
const version = "modelgen cache 1"

// Run is a run of generate that may be recorded.
type Run struct {
	store store
	name  string // of its record
	dir   string // absolute, where it runs
	began time.Time
}

// Begin returns the run of generate in dir, with arguments, that begins now; nil where there shall be no records, or it cannot be told what it is. In CI nothing is
// taken from a record: what is committed is looked at there.
func Begin(dir string, args []string) *Run {
	began := time.Now()
	s, ok := open()
	if !ok || os.Getenv("CI") != "" {
		return nil
	}
	exe, err := os.Executable()
	if err != nil {
		return nil
	}
	build, err := buildID(exe)
	if err != nil {
		return nil
	}
	if dir, err = filepath.Abs(dir); err != nil {
		return nil
	}
	real, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return nil
	}
	key := sha256.New()
	for _, part := range [][]string{{version, build, dir, real}, args, environment()} {
		fmt.Fprintf(key, "%d\n", len(part))
		for _, s := range part {
			fmt.Fprintf(key, "%q\n", s)
		}
	}
	return &Run{s, fmt.Sprintf("%x", key.Sum(nil)), dir, began}
}

// Known reports whether the same run has found nothing to do, and all that it looked at is as it was.
func (r *Run) Known() bool {
	if r == nil {
		return false
	}
	seen, err := r.store.read(r.name)
	if err != nil {
		return false
	}
	for _, s := range seen {
		if hash, _, err := s.look(); err != nil || hash != s.hash {
			return false
		}
	}
	return true
}

// names are those of environment variables that the go command reads, apart from those that begin with a prefix. On some systems capitals do not count.
var (
	names    = []string{"PATH", "HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "AR", "CC", "CXX", "FC", "PKG_CONFIG"}
	prefixes = []string{"GO", "CGO_", "MODELGEN"}
)

// environment returns the variables that count.
func environment() []string {
	var all []string
	for _, e := range os.Environ() {
		name, _, _ := strings.Cut(strings.ToUpper(e), "=")
		if slices.Contains(names, name) || slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(name, p) }) {
			all = append(all, e)
		}
	}
	slices.Sort(all)
	return all
}

// buildID returns what the linker has written into an executable: it ends with a hash of its contents, so that no two have the same.
func buildID(exe string) (string, error) {
	f, err := os.Open(exe)
	if err != nil {
		return "", err
	}
	defer f.Close()
	begin := make([]byte, 64<<10) // which holds it in every format, as the go command knows
	n, err := f.ReadAt(begin, 0)
	if n == 0 {
		return "", err
	}
	return findBuildID(string(begin[:n]))
}

// findBuildID finds the note that ELF has, or the text of other formats.
func findBuildID(begin string) (string, error) {
	_, id, ok := strings.Cut(begin, "\x04\x00\x00\x00Go\x00\x00")
	if ok {
		id, _, _ = strings.Cut(id, "\x00")
	} else if _, id, ok = strings.Cut(begin, "\xff Go build ID: \""); ok {
		id, _, _ = strings.Cut(id, "\"")
	}
	parts := strings.Split(id, "/")
	if len(parts) != 4 || slices.ContainsFunc(parts, func(p string) bool { return len(p) != 20 }) {
		return "", errors.New("the executable has no build ID of the go command")
	}
	return id, nil
}
