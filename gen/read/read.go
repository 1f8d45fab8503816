package read

import (
	"bytes"
	"errors"
	"fmt"
	"go/parser"
	"go/scanner"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// Migration is one migration as its file declares it.
type Migration struct {
	Name     string
	Var      string
	Parents  []string // variables; ".M0001Initial" is one of another package
	Replaces []string // names
	Ops      []Op
	Answers  []string // the flags in the header: "-rename products.caption=label"
	Allow    []Allow  // what is silenced for the whole migration
	File     string   // base name
	Pos      token.Position

	// Before is the schema that the first op finds: that of all ancestors in this folder. Ops that do not fit are left out of it.
	// The migrations share it and its tables, so it must not be changed.
	Before *schema.Schema

	// Exact says that Before, and what the ops make of it, is all there is: no op of the migration or of an ancestor may change the schema
	// without being known, and none is in another folder.
	Exact bool
}

// Op is one element of the list of ops.
type Op struct {
	Value  migrate.Op // nil when it is opaque; a function in it can be called, but only returns an error
	Why    string     // what kept it from being evaluated, when it is opaque
	Rows   bool       // it is opaque, but known to be a step over rows, as a Backfill is: the schema stays
	Says   string     // what it does, as far as its text tells, when Rows is set: "Backfill products"
	Source string     // its Go text
	Pos    token.Position
	Allow  []Allow // the comments on it and above it

	hashed string // what stands for it in the hash of the migration, when it is opaque
}

// Allow is one comment //modelgen:allow CODE reason.
type Allow struct {
	Codes  []string // they are separated by commas
	Reason string   // "" when none is given
	Pos    token.Position
}

// File is the text of one Go file of a folder.
type File struct {
	Name string // as it shall stand in positions
	Src  []byte
}

// Values returns the ops, with a function that cannot be run in place of each opaque one.
func (m Migration) Values() []migrate.Op {
	ops := make([]migrate.Op, len(m.Ops))
	for i, op := range m.Ops {
		if ops[i] = op.Value; op.Value == nil {
			ops[i] = migrate.Go{Up: unknown, Name: "Run Go code at " + op.Pos.String()}
		}
	}
	return ops
}

// Hash returns the hash of the ops: that of the history of a database, unless an op is opaque. Of an opaque one the text counts, its layout and its
// comments left out, and the text of what it takes its values from.
func (m Migration) Hash() string {
	ops := m.Values()
	for i, op := range m.Ops {
		if op.Value == nil {
			ops[i] = migrate.Go{Up: unknown, Name: op.hashed}
		}
	}
	return migrate.HashOps(ops)
}

// Opaque reports whether any op could not be evaluated.
func (m Migration) Opaque() bool {
	for _, op := range m.Ops {
		if op.Value == nil {
			return true
		}
	}
	return false
}

// changesUnknown reports whether any op may change the schema in a way that is not known.
func (m Migration) changesUnknown() bool {
	for _, op := range m.Ops {
		if op.Value == nil && !op.Rows {
			return true
		}
	}
	return false
}

// Folder reads the migrations of a directory, parents before children, else by name. Positions name the files below shown, "" is dir.
// A directory without migrations returns none.
func Folder(dir, shown string) ([]Migration, error) {
	if shown == "" {
		shown = dir
	}
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("cannot read the migrations: %w", err)
	}
	var files []File
	for _, e := range entries {
		name := e.Name()
		if e.IsDir() || !IsSource(name) {
			continue
		}
		src, err := Text(filepath.Join(dir, name))
		if err != nil {
			return nil, fmt.Errorf("cannot read the migrations: %w", err)
		}
		files = append(files, File{filepath.ToSlash(filepath.Join(shown, name)), src})
	}
	return Files(files)
}

// IsSource reports whether a file of a directory of migrations may declare some: a Go file that is no test, and that go build does not pass over.
func IsSource(name string) bool {
	return strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go") && !strings.HasPrefix(name, "_") && !strings.HasPrefix(name, ".")
}

// Unix returns a text with the ends of lines of Unix, in which modelgen writes: a checkout with core.autocrlf has others, which mean nothing.
func Unix(text []byte) []byte {
	if !bytes.Contains(text, []byte("\r\n")) {
		return text
	}
	return bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))
}

// Text reads a file of a checkout, with the ends of lines of Unix.
func Text(path string) ([]byte, error) {
	text, err := os.ReadFile(path)
	return Unix(text), err
}

// Files reads the migrations that the files of one package declare, as [Folder] does.
func Files(files []File) ([]Migration, error) {
	fset := token.NewFileSet()
	p := &pkg{fset: fset}
	for _, f := range files {
		f.Src = Unix(f.Src)
		parsed, err := parser.ParseFile(fset, f.Name, f.Src, parser.ParseComments|parser.SkipObjectResolution)
		var list scanner.ErrorList
		if errors.As(err, &list) && len(list) > 0 {
			return nil, fmt.Errorf("%s: %s", list[0].Pos, list[0].Msg)
		}
		if err != nil {
			return nil, err
		}
		p.files = append(p.files, source{f, parsed})
	}
	p.constants()
	p.decls = p.declarations()
	var all []Migration
	for _, f := range p.files {
		all = append(all, p.migrations(f)...)
	}
	all = ordered(all)
	replay(all)
	return all, nil
}
