package sqlfiles

import (
	"bytes"
	"errors"
	"fmt"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// Config says what to read.
type Config struct {
	Dir      string                 // the directory with the files; those of directories in it are read too
	Shown    string                 // how messages call Dir; "" is Dir
	Dialects []migrate.Capabilities // of the project
	Known    []migrate.Capabilities // all there are, whose names may stand in .postgres.sql; nil is Dialects
	Overlay  map[string][]byte      // files that are not there yet, or have other contents, by their absolute paths
}

// Result is what the files declare.
type Result struct {
	Objects    []Object
	Enums      []*schema.Enum
	Namespaces []string
	Remarks    []Problem // statements that were passed over
	places     map[string]token.Position
}

// Object is a declared object with its place.
type Object struct {
	schema.SQLObject
	Pos token.Position
	// Allowed are the names that "-- modelgen:allow NAME" above the statement lists: the text says them, and means something else than a table or a column of the models.
	Allowed []string

	file *file
	at   int // byte of the file that its statement begins at
}

// Problem is something wrong with the files, or passed over in them.
type Problem struct {
	Pos token.Position
	Msg string
}

// Error implements the error interface.
func (p Problem) Error() string { return p.Pos.String() + ": " + p.Msg }

// Problems is all that is wrong.
type Problems []Problem

// Error implements the error interface: one problem a line.
func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i, x := range p {
		lines[i] = x.Error()
	}
	return strings.Join(lines, "\n")
}

// file is one SQL file.
type file struct {
	shown string
	text  string // with LF
	only  string // the dialect that it is for, "" for all
}

func (f *file) pos(at int) token.Position {
	before := f.text[:min(at, len(f.text))]
	line := 1 + strings.Count(before, "\n")
	return token.Position{Filename: f.shown, Offset: at, Line: line, Column: at - strings.LastIndexByte(before, '\n')}
}

// Read reads the files. What is wrong with them comes as [Problems].
func Read(cfg Config) (*Result, error) {
	if cfg.Known == nil {
		cfg.Known = cfg.Dialects
	}
	if cfg.Shown == "" {
		cfg.Shown = cfg.Dir
	}
	r := &reader{cfg: cfg, res: &Result{places: map[string]token.Position{}}}
	names, over, err := cfg.list()
	if err != nil {
		return nil, fmt.Errorf("-sql %s: %w", cfg.Shown, err)
	}
	for _, name := range names {
		data, ok := over[name]
		if !ok {
			if data, err = os.ReadFile(filepath.Join(cfg.Dir, name)); err != nil {
				return nil, err
			}
		}
		r.read(filepath.ToSlash(filepath.Join(cfg.Shown, name)), data)
	}
	r.settle()
	if len(r.problems) > 0 {
		slices.SortStableFunc(r.problems, func(a, b Problem) int {
			if c := strings.Compare(a.Pos.Filename, b.Pos.Filename); c != 0 {
				return c
			}
			return a.Pos.Offset - b.Pos.Offset
		})
		return nil, r.problems
	}
	return r.res, nil
}

// list returns the SQL files below the directory, sorted, and the contents of those of the overlay.
func (c Config) list() (names []string, over map[string][]byte, err error) {
	over = map[string][]byte{}
	dir, err := filepath.Abs(c.Dir)
	if err != nil {
		return nil, nil, err
	}
	for path, data := range c.Overlay {
		if rel, err := filepath.Rel(dir, path); err == nil && filepath.IsLocal(rel) && strings.EqualFold(filepath.Ext(rel), ".sql") {
			over[rel] = data
		}
	}
	names, err = list(c.Dir)
	if errors.Is(err, fs.ErrNotExist) && len(over) > 0 {
		err = nil
	}
	for name := range over {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names, over, err
}

// list returns the SQL files below a directory, sorted.
func list(dir string) (names []string, err error) {
	err = filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && path != dir && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata"):
			return filepath.SkipDir
		case !d.IsDir() && strings.EqualFold(filepath.Ext(path), ".sql"):
			rel, err := filepath.Rel(dir, path)
			if err != nil {
				return err
			}
			names = append(names, rel)
		}
		return nil
	})
	slices.Sort(names)
	return names, err
}

// reader is one call of Read on its way.
type reader struct {
	cfg      Config
	res      *Result
	problems Problems
	states   []state
	indexes  []Object // whose view is still to be found
}

func (r *reader) fail(f *file, at int, format string, args ...any) {
	r.problems = append(r.problems, Problem{f.pos(at), fmt.Sprintf(format, args...)})
}

func (r *reader) remark(f *file, at int, format string, args ...any) {
	r.res.Remarks = append(r.res.Remarks, Problem{f.pos(at), fmt.Sprintf(format, args...)})
}

// read reads one file.
func (r *reader) read(shown string, data []byte) {
	f := &file{shown: shown}
	switch {
	case bytes.HasPrefix(data, []byte{0xff, 0xfe}), bytes.HasPrefix(data, []byte{0xfe, 0xff}):
		r.fail(f, 0, "the file is UTF-16; save it as UTF-8")
		return
	case bytes.IndexByte(data, 0) >= 0:
		r.fail(f, 0, "the file is no text: it has a byte that is zero; save it as UTF-8")
		return
	}
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	f.text = strings.ReplaceAll(string(data), "\r\n", "\n")
	f.text = withoutRows(f.text)
	for at := 0; at < len(f.text); {
		c, size := utf8.DecodeRuneInString(f.text[at:])
		if c == utf8.RuneError && size == 1 {
			r.fail(f, at, "the file is not UTF-8 text")
			return
		}
		at += size
	}
	base := strings.TrimSuffix(filepath.Base(shown), filepath.Ext(shown))
	if i := strings.LastIndexByte(base, '.'); i >= 0 {
		word := base[i+1:]
		at := slices.IndexFunc(r.cfg.Known, func(c migrate.Capabilities) bool { return c.Name == word || slices.Contains(c.Aliases, word) })
		if at >= 0 {
			f.only = r.cfg.Known[at].Name
		}
	}
	if f.only != "" && !slices.ContainsFunc(r.cfg.Dialects, func(c migrate.Capabilities) bool { return c.Name == f.only }) {
		return // of a dialect that the project does not have
	}
	for _, s := range r.split(f) {
		r.statement(s)
	}
}

var copyRows = regexp.MustCompile(`(?mi)^COPY [^;\n]* FROM stdin[^;\n]*;\n`)

// withoutRows puts blanks in the place of the rows behind COPY ... FROM stdin: they are no SQL. The COPY itself is refused like other statements about rows.
func withoutRows(text string) string {
	for _, m := range copyRows.FindAllStringIndex(text, -1) {
		rows := text[m[1]:]
		end := strings.Index("\n"+rows, "\n\\.\n")
		if end < 0 {
			end = len(rows)
		} else {
			end += len("\\.\n") - 1
		}
		blank := strings.Map(func(r rune) rune {
			if r == '\n' {
				return r
			}
			return ' '
		}, strings.ToValidUTF8(rows[:end], " "))
		text = text[:m[1]] + blank + rows[end:]
	}
	return text
}

// Place returns where an object or an enum is declared.
func (r *Result) Place(name string) (token.Position, bool) {
	p, ok := r.places[name]
	return p, ok
}

// PosAt returns the place of a byte of an object's statement, see [schema.Need].
func (o Object) PosAt(at int) token.Position {
	statement := o.Statement()
	if at < 0 || o.file == nil {
		return o.Pos
	}
	// What stands there is looked for in the file: the statement is the one of the file but for its head.
	tail := statement[min(at, len(statement)):]
	if i := strings.Index(o.file.text[o.at:], tail[:min(len(tail), 200)]); i >= 0 && strings.TrimSpace(tail) != "" {
		return o.file.pos(o.at + i)
	}
	return o.Pos
}

// PosAt returns the place of a byte of the statement of an object; not valid for one that the files do not declare.
func (r *Result) PosAt(o schema.SQLObject, at int) token.Position {
	for _, x := range r.Objects {
		if x.Same(o) {
			if at == 0 {
				return x.Pos
			}
			return x.PosAt(at)
		}
	}
	return token.Position{}
}
