package migrations

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/modelgen/modelgen/gen/internal/goedit"
	"github.com/modelgen/modelgen/gen/internal/paths"
	"github.com/modelgen/modelgen/gen/read"
	"github.com/modelgen/modelgen/gen/snapshot"
	"github.com/modelgen/modelgen/internal/toposort"
)

// ListName is the name of the generated list of migrations.
const ListName = "migrations.go"

// Declaration is one migration as its file declares it.
type Declaration struct {
	File     string // base name
	Var      string
	Name     string
	Parents  []string // variables
	Replaces []string // names
	Pos      token.Position
}

// Folder is a directory of migrations as it is on disk.
type Folder struct {
	Dir          string
	Package      string // name of the Go package, "" when there is no file
	Migrations   []Declaration
	List         []byte // content of the list, nil without one
	Snapshot     *snapshot.Snapshot
	SnapshotText []byte           // nil without a snapshot
	Sources      []Source         // those that parse
	Parsed       []read.Migration // where the caller has read them; nil is not yet
	vars         variables        // of the package
	conflicts    []string         // places of markers in what is generated
}

// Read reads a directory of migrations. A directory that is not there is empty.
func Read(dir, shown string) (*Folder, error) {
	f := &Folder{Dir: dir}
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return f, nil
	}
	if err != nil {
		return nil, fmt.Errorf("cannot read the migrations: %w", err)
	}
	f.vars = variables{}
	for _, e := range entries {
		name := e.Name()
		if e.IsDir() || !read.IsSource(name) {
			continue
		}
		src, err := read.Text(filepath.Join(dir, name))
		if err != nil {
			return nil, fmt.Errorf("cannot read the migrations: %w", err)
		}
		if name == ListName {
			f.List = src
		}
		if err := f.scan(filepath.Join(shown, name), name, src); err != nil {
			return nil, err
		}
	}
	if err := f.readSnapshot(filepath.Join(shown, snapshot.Name)); err != nil {
		return nil, err
	}
	return f, f.met()
}

// scan finds the migrations that a file declares.
func (f *Folder) scan(path, name string, src []byte) error {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, path, src, parser.SkipObjectResolution)
	if err != nil {
		before := len(f.conflicts)
		if err := f.conflicted(path, src); err != nil || len(f.conflicts) > before {
			return err
		}
		var list scanner.ErrorList
		if errors.As(err, &list) && len(list) > 0 {
			return fmt.Errorf("%s: %s", list[0].Pos, list[0].Msg)
		}
		return err
	}
	f.Package = file.Name.Name
	s := Source{Name: name, Text: src, shown: path, names: map[string]token.Position{}}
	for declared, pos := range goedit.Declarations(file) {
		s.names[declared] = fset.Position(pos)
	}
	f.Sources = append(f.Sources, s)
	f.vars.add(fset, file)
	for v := range goedit.Values(file, token.VAR) {
		if m, ok := declared(v.Expr); ok {
			m.File, m.Var, m.Pos = name, v.Name.Name, fset.Position(v.Name.Pos())
			f.Migrations = append(f.Migrations, m)
		}
	}
	return nil
}

// declared takes &migrate.Migration{Name: "...", Parents: ...} apart.
func declared(e ast.Expr) (m Declaration, ok bool) {
	lit := goedit.Migration(e)
	if lit == nil {
		return m, false
	}
	for _, el := range lit.Elts {
		kv, isKV := el.(*ast.KeyValueExpr)
		if !isKV {
			continue
		}
		key, _ := kv.Key.(*ast.Ident)
		if key == nil {
			continue // it does not compile
		}
		switch key.Name {
		case "Name":
			if l, isBasic := kv.Value.(*ast.BasicLit); isBasic {
				m.Name, _ = strconv.Unquote(l.Value)
			}
		case "Parents":
			if l, isList := kv.Value.(*ast.CompositeLit); isList {
				for _, p := range l.Elts {
					switch p := p.(type) {
					case *ast.Ident:
						m.Parents = append(m.Parents, p.Name)
					case *ast.SelectorExpr:
						m.Parents = append(m.Parents, "."+p.Sel.Name) // of another set
					}
				}
			}
		case "Replaces":
			if l, isList := kv.Value.(*ast.CompositeLit); isList {
				for _, e := range l.Elts {
					if l, isBasic := e.(*ast.BasicLit); isBasic {
						name, _ := strconv.Unquote(l.Value)
						m.Replaces = append(m.Replaces, name)
					}
				}
			}
		}
	}
	return m, true
}

func (f *Folder) readSnapshot(shown string) error {
	data, err := read.Text(filepath.Join(f.Dir, snapshot.Name))
	if errors.Is(err, fs.ErrNotExist) {
		if len(f.Migrations) == 1 {
			return fmt.Errorf("%s is missing although there is %s: a generate was interrupted, or the file came without its snapshot; "+
				"delete it and generate again, or restore the snapshot", shown, f.Migrations[0].File)
		}
		if len(f.Migrations) > 0 {
			return fmt.Errorf("%s is missing although there are %d migrations; restore it from version control", shown, len(f.Migrations))
		}
		return nil
	}
	if err != nil {
		return paths.Error(shown, err)
	}
	f.SnapshotText = data
	if f.Snapshot, err = snapshot.Decode(data); err != nil && !f.conflictIn(shown, data, err) {
		return fmt.Errorf("%s:%w", shown, err)
	}
	return nil
}

// Heads returns the migrations that nothing comes after, and that none replaces.
func (f *Folder) Heads() []Declaration {
	links := make([]link, len(f.Migrations))
	for i, m := range f.Migrations {
		links[i] = link{m.Var, m.Name, m.Parents, m.Replaces}
	}
	var heads []Declaration
	for _, i := range newGraph(links).Newest() {
		heads = append(heads, f.Migrations[i])
	}
	return heads
}

// Ordered returns the variables of all migrations, parents first, and what is replaced before what replaces it, else by name.
func (f *Folder) Ordered() []string {
	sorted := slices.Clone(f.Migrations)
	slices.SortFunc(sorted, func(a, b Declaration) int { return strings.Compare(a.Name, b.Name) })
	byVar, byName := map[string]int{}, map[string]int{}
	for i, m := range sorted {
		byVar[m.Var], byName[m.Name] = i, i
	}
	order, _ := toposort.Sort(len(sorted), func(i int) (before []int) {
		for _, p := range sorted[i].Parents {
			if at, ok := byVar[p]; ok {
				before = append(before, at)
			}
		}
		for _, r := range sorted[i].Replaces {
			if at, ok := byName[r]; ok {
				before = append(before, at)
			}
		}
		return before
	})
	var out []string
	for _, i := range order {
		out = append(out, sorted[i].Var)
	}
	return out
}

// NextNumber is one more than the highest that a name begins with.
func (f *Folder) NextNumber() int {
	var names []string
	for _, m := range f.Migrations {
		names = append(names, m.Name)
	}
	return NextNumber(names)
}
