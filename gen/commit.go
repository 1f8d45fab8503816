package gen

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/modelgen/modelgen/gen/internal/paths"
	"github.com/modelgen/modelgen/gen/read"
)

// File is one file to be written, or removed.
type File struct {
	Path    string // as it can be opened
	Content []byte // nil removes the file
	Old     []byte // the content on disk; nil: it was not there
	OldForm bool   // what is there is a guard that says the same in the form of a version before
}

// Add notes a file when it is not so already. Ends of lines are no difference: version control may write other ones (core.autocrlf of git).
func (r *Result) Add(path string, content, old []byte) {
	if content == nil && old == nil || content != nil && old != nil && bytes.Equal(content, read.Unix(old)) {
		return
	}
	r.Files = append(r.Files, File{Path: path, Content: content, Old: old})
}

// Commit writes all files, or none: each goes to a temporary file beside it first, then all are put in place, the snapshot last.
// When one cannot be put in place, those that were are put back as they were.
func (r *Result) Commit() error {
	var made []string // directories
	undo := func() {
		for i := len(made) - 1; i >= 0; i-- {
			_ = os.Remove(made[i])
		}
	}
	temps := make([]string, len(r.Files))
	clean := func() {
		for _, t := range temps {
			if t != "" {
				_ = os.Remove(t)
			}
		}
		undo()
	}
	for i, f := range r.Files {
		if f.Content == nil {
			continue
		}
		dirs, err := mkdir(filepath.Dir(f.Path))
		made = append(made, dirs...)
		if info, e := os.Lstat(f.Path); err == nil && e == nil && info.IsDir() {
			err = fmt.Errorf("%s is a directory; move it away", f.Shown())
		}
		if err == nil {
			temps[i], err = writeTemp(f)
		}
		if err != nil {
			clean()
			return fmt.Errorf("nothing was written: %w", err)
		}
	}
	before := make([][]byte, len(r.Files)) // with the ends of lines that they have; nil is none
	for i, f := range r.Files {
		var err error
		before[i], _ = os.ReadFile(f.Path)
		if f.Content == nil {
			err = os.Remove(f.Path)
		} else {
			err = os.Rename(temps[i], f.Path)
		}
		if err == nil {
			temps[i] = ""
			continue
		}
		err = paths.Error(f.Path, err)
		if back := restore(r.Files[:i], before); back != nil {
			err = errors.Join(err, fmt.Errorf("and putting back what was there failed: %w", back))
		} else {
			err = fmt.Errorf("nothing was written: %w", err)
		}
		clean()
		return err
	}
	return nil
}

func writeTemp(f File) (string, error) {
	t, err := os.CreateTemp(filepath.Dir(f.Path), ".modelgen-*")
	if err != nil {
		return "", paths.Error(filepath.Dir(f.Path), err)
	}
	_, err = t.Write(f.Content)
	if err == nil {
		err = t.Chmod(0o644)
	}
	if err == nil {
		err = t.Sync()
	}
	if e := t.Close(); err == nil {
		err = e
	}
	if err != nil {
		_ = os.Remove(t.Name())
		return "", paths.Error(f.Path, err)
	}
	return t.Name(), nil
}

// mkdir makes a directory with its parents and returns those that were not there, the outermost first.
func mkdir(dir string) (made []string, err error) {
	for d := dir; ; d = filepath.Dir(d) {
		info, err := os.Stat(d)
		if err == nil && info.IsDir() {
			break
		}
		if err == nil {
			return nil, notDirectory(d)
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return nil, paths.Error(d, err)
		}
		made = append([]string{d}, made...)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return made, paths.Error(dir, err)
	}
	return made, nil
}

func notDirectory(path string) error {
	return fmt.Errorf("%s is a file and no directory; move it away, or name another directory with -out", paths.Shown(path))
}

// checkParents finds a file where a directory, or one above it, should be.
func checkParents(dir string) error {
	for d := dir; ; d = filepath.Dir(d) {
		if info, err := os.Stat(d); err == nil && !info.IsDir() {
			return notDirectory(d)
		} else if err == nil || d == filepath.Dir(d) {
			return nil
		}
	}
}

func restore(files []File, before [][]byte) error {
	var errs []error
	for i, f := range files {
		if before[i] == nil {
			errs = append(errs, os.Remove(f.Path))
		} else {
			errs = append(errs, os.WriteFile(f.Path, before[i], 0o644))
		}
	}
	return errors.Join(errs...)
}

// Shown returns the path as a person wants to read it: relative to the current directory where that is shorter, with slashes.
func (f File) Shown() string { return paths.Shown(f.Path) }
