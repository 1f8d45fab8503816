// Package paths has what the generator says of paths: how a person reads them, and which module they are in. It reads no file but go.mod's name.
package paths

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Shown returns a path as a person wants to read it: relative to the current directory where that is shorter, with slashes.
func Shown(path string) string {
	if filepath.IsAbs(path) {
		if dir, err := os.Getwd(); err == nil {
			if rel, err := filepath.Rel(dir, path); err == nil && len(rel) < len(path) {
				path = rel
			}
		}
	}
	return filepath.ToSlash(path)
}

// Error says what is wrong with a file under its own name: what the system says names temporary files and absolute paths.
func Error(path string, err error) error {
	var p *fs.PathError
	var l *os.LinkError
	switch {
	case errors.As(err, &p):
		err = p.Err
	case errors.As(err, &l):
		err = l.Err
	}
	return fmt.Errorf("%s: %w", Shown(path), err)
}

// ModuleRoot returns the folder with the go.mod that a folder belongs to, "" when there is none.
func ModuleRoot(dir string) string {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return ""
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		up := filepath.Dir(dir)
		if up == dir {
			return ""
		}
		dir = up
	}
}
