package cache

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

// input is something that a run looked at: what was there, or that there was nothing.
type input struct {
	kind kind
	path string
}

// kind says what of a path counts.
type kind string

const (
	aFile   kind = "file"     // its contents
	aFolder kind = "package"  // the files in it that the go command and modelgen look at
	folders kind = "packages" // the same of all folders below that a pattern with dots matches
	aTree   kind = "tree"     // the names of all that is below, and the contents of SQL files
	aModule kind = "module"   // the files at the root of a module, or the workspace, if the folder is one
	theGo   kind = "go"       // the go command that PATH leads to; there is no path
)

// moduleFiles are the files that make a folder the root of a module or of a workspace, or that count where it is one.
var moduleFiles = []string{"go.mod", "go.sum", "go.work", "go.work.sum", "vendor", "vendor/modules.txt", "modelgen.json"}

// sourceNames are the ends of the names of files that count in a folder with a package, as package go/build knows them, and those of modelgen.
var sourceNames = []string{".go", ".c", ".cc", ".cpp", ".cxx", ".m", ".h", ".hh", ".hpp", ".hxx", ".f", ".F", ".for", ".f90", ".s", ".S", ".sx", ".swig", ".swigcxx", ".syso", "snapshot.json", "modelgen.json"}

// looks is one look at an input on its way.
type looks struct {
	hash.Hash
	newest time.Time // change of what it has seen
}

// look returns the hash of what is there of an input, and when any of it was changed last.
func (in input) look() (string, time.Time, error) {
	l := &looks{Hash: sha256.New()}
	var err error
	switch in.kind {
	case aFile:
		err = l.file(in.path, "")
	case aFolder:
		err = l.folder(in.path, "", false, isSource, nil)
	case folders:
		err = l.folder(in.path, "", false, isSource, func(name string) bool { return name[0] != '.' && name[0] != '_' && name != "testdata" })
	case aTree:
		err = l.folder(in.path, "", true, isSQL, func(string) bool { return true })
	case aModule:
		err = l.module(in.path)
	case theGo:
		err = l.goCommand()
	default:
		err = fmt.Errorf("%s is no kind of input", in.kind)
	}
	return hex.EncodeToString(l.Sum(nil)), l.newest, err
}

func isSource(name string) bool {
	return slices.ContainsFunc(sourceNames, func(end string) bool { return strings.HasSuffix(name, end) })
}

func isSQL(name string) bool { return strings.EqualFold(filepath.Ext(name), ".sql") }

// see notes one thing.
func (l *looks) see(name, what string, info fs.FileInfo) {
	fmt.Fprintf(l, "%q %s\n", name, what)
	if info != nil && info.ModTime().After(l.newest) {
		l.newest = info.ModTime()
	}
}

// file takes up the contents of a file, under a name.
func (l *looks) file(path, name string) error {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENOTDIR):
		l.see(name, "none", nil)
		return nil
	case err != nil:
		return err
	case info.IsDir():
		l.see(name, "directory", nil)
		return nil
	case !info.Mode().IsRegular():
		return fmt.Errorf("%s is no regular file", path)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	l.see(name, fmt.Sprintf("%x", sha256.Sum256(text)), info)
	return nil
}

// folder takes up the files of a folder whose names count, the folders in it that do, and with names the names of all others.
func (l *looks) folder(path, name string, names bool, counts, below func(name string) bool) error {
	entries, err := os.ReadDir(path)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
		l.see(name, "none", nil)
		return nil
	}
	if err != nil {
		return err
	}
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	l.see(name, "folder", info)
	for _, e := range entries {
		switch at := name + "/" + e.Name(); {
		case e.IsDir() && below != nil && below(e.Name()):
			err = l.folder(filepath.Join(path, e.Name()), at, names, counts, below)
		case counts(e.Name()):
			err = l.file(filepath.Join(path, e.Name()), at)
		case names:
			l.see(at, "other", nil)
		}
		if err != nil {
			return err
		}
	}
	l.see(name, "end", nil)
	return nil
}

// module takes up the files of the root of a module. Other folders change all the time, be it that of temporary files.
func (l *looks) module(dir string) error {
	for _, name := range moduleFiles {
		if err := l.file(filepath.Join(dir, filepath.FromSlash(name)), name); err != nil {
			return err
		}
	}
	if l.newest.IsZero() {
		return nil
	}
	info, err := os.Stat(dir)
	if err == nil {
		l.see("", "root", info)
	}
	return err
}
