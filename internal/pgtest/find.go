package pgtest

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// places is where packagers put the server's programs outside the PATH, one directory for each version.
var places = []string{
	"/usr/lib/postgresql/*/bin", // Debian, Ubuntu
	"/usr/pgsql-*/bin",          // PostgreSQL's packages for Red Hat and SUSE
	"/opt/homebrew/opt/postgresql@*/bin",
	"/usr/local/opt/postgresql@*/bin",
	"/Applications/Postgres.app/Contents/Versions/*/bin",
}

// BinEnv is the environment variable that names the directory of initdb and postgres to start servers with, in place of those that are
// installed.
const BinEnv = "MODELGEN_TEST_POSTGRES_BIN"

// ErrNotFound is what [Start] returns when the machine has no PostgreSQL server.
var ErrNotFound = errors.New("these tests need a PostgreSQL server and found no initdb: install PostgreSQL 14 or newer " +
	"(Debian and Ubuntu: apt-get install postgresql, macOS: brew install postgresql@17), or set " + Env + " to the URL of a running one")

// findBin returns the directory of initdb and postgres: the one that [BinEnv] names, else that of the installed ones.
func findBin() (string, error) {
	dir := os.Getenv(BinEnv)
	switch {
	case dir == "":
		return findInstalled()
	case !complete(dir):
		return "", fmt.Errorf("%s names %s, which does not hold the programs initdb and postgres", BinEnv, dir)
	}
	return dir, nil
}

// findInstalled returns the directory of the initdb on the PATH, else the newest in the usual places.
func findInstalled() (string, error) {
	if path, err := exec.LookPath("initdb"); err == nil {
		if path, err = filepath.EvalSymlinks(path); err == nil && complete(filepath.Dir(path)) {
			return filepath.Dir(path), nil
		}
	}
	for _, dir := range newestFirst(places) {
		if complete(dir) {
			return dir, nil
		}
	}
	return "", ErrNotFound
}

func complete(dir string) bool {
	for _, name := range []string{"initdb", "postgres"} {
		if fi, err := os.Stat(filepath.Join(dir, name)); err != nil || fi.IsDir() {
			return false
		}
	}
	return true
}

// newestFirst returns what the patterns match, by the version in place of the star.
func newestFirst(patterns []string) []string {
	type found struct {
		dir     string
		version float64
	}
	var all []found
	for _, p := range patterns {
		before, after, _ := strings.Cut(p, "*")
		dirs, _ := filepath.Glob(p) // the patterns are well-formed
		for _, dir := range dirs {
			v, err := strconv.ParseFloat(strings.TrimSuffix(strings.TrimPrefix(dir, before), after), 64)
			if err == nil {
				all = append(all, found{dir, v})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b found) int {
		switch {
		case a.version > b.version:
			return -1
		case a.version < b.version:
			return 1
		}
		return 0
	})
	var dirs []string
	for _, f := range all {
		dirs = append(dirs, f.dir)
	}
	return dirs
}
