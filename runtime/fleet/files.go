package fleet

import (
	"context"
	"database/sql"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
)

// FileTargets are files, each of which is a database. See [Files].
type FileTargets struct {
	driver  string
	dialect migrate.Dialect
	pattern string

	// DSN makes the connection string of a file; nil is the path itself. It is where busy_timeout and foreign_keys go.
	DSN func(path string) string
}

// Files returns a target for each file that a pattern of [filepath.Glob] matches, such as "tenants/*.db", opened by a driver of database/sql. The name of
// a target is what the only star stands for, else the path. Files that a database has beside it (-wal, -shm, -journal) are none.
func Files(driver string, dialect migrate.Dialect, pattern string) *FileTargets {
	return &FileTargets{driver: driver, dialect: dialect, pattern: pattern}
}

// Each implements [Targets].
func (f *FileTargets) Each(context.Context) iter.Seq2[Target, error] {
	return func(yield func(Target, error) bool) {
		paths, err := filepath.Glob(f.pattern)
		if err != nil {
			yield(Target{}, fmt.Errorf("the pattern of files %q: %w", f.pattern, err))
			return
		}
		for _, path := range paths {
			if beside(path) {
				continue
			}
			if !yield(f.at(f.name(path), path), nil) {
				return
			}
		}
	}
}

// Target returns the target of a file that may still be to be made: the name stands in the place of the star.
func (f *FileTargets) Target(name string) (Target, error) {
	before, after, ok := f.star()
	switch {
	case !ok:
		return Target{}, fmt.Errorf("the pattern of files %q has not one star, so %q is no file of it", f.pattern, name)
	case name == "" || name == "." || name == ".." || strings.ContainsAny(name, `/\*?[`+"\x00"):
		return Target{}, fmt.Errorf("%q is no name of a file", name)
	}
	return f.at(name, before+name+after), nil
}

func (f *FileTargets) at(name, path string) Target {
	same, err := filepath.EvalSymlinks(path)
	if err != nil { // it is still to be made
		same = path
	}
	if full, err := filepath.Abs(same); err == nil {
		same = full
	}
	return Target{Name: name, Dialect: f.dialect, Identity: "file " + same, Open: func(context.Context) (*sql.DB, error) {
		dsn := path
		if f.DSN != nil {
			dsn = f.DSN(path)
		}
		db, err := sql.Open(f.driver, dsn)
		if err == nil {
			db.SetMaxOpenConns(1)
		}
		return db, err
	}}
}

// star takes the pattern apart at its only star.
func (f *FileTargets) star() (before, after string, ok bool) {
	before, after, ok = strings.Cut(f.pattern, "*")
	return before, after, ok && !strings.ContainsAny(before+after, `*?[\`)
}

func (f *FileTargets) name(path string) string {
	if before, after, ok := f.star(); ok {
		short, found := strings.CutPrefix(path, filepath.Clean(before + "x")[:len(filepath.Clean(before+"x"))-1])
		if short, cut := strings.CutSuffix(short, after); found && cut && short != "" {
			return short
		}
	}
	return path
}

// beside reports whether a file is one that SQLite keeps beside a database, and not a database.
func beside(path string) bool {
	for _, end := range []string{"-wal", "-shm", "-journal"} {
		if base, ok := strings.CutSuffix(path, end); ok {
			if _, err := os.Stat(base); err == nil {
				return true
			}
		}
	}
	return false
}
