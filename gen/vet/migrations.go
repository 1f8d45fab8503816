package vet

import (
	"bytes"
	"fmt"
	"go/token"
	"os"
	"path/filepath"
	"slices"

	"github.com/modelgen/modelgen/gen/emit"
	"github.com/modelgen/modelgen/gen/read"
	"github.com/modelgen/modelgen/gen/snapshot"
	migrate "github.com/modelgen/modelgen/runtime"
)

// listName is the name of the file with the list of migrations.
const listName = "migrations.go"

// migrations replays the migrations that the package declares, if it declares any.
func (v *pass) migrations() error {
	var files []read.File
	places := map[string]*token.File{}
	var list []byte
	for _, f := range v.files {
		file := v.Fset.File(f.Package)
		src, err := v.ReadFile(file.Name())
		if err != nil {
			return err
		}
		if f == v.list {
			list = src
		}
		files = append(files, read.File{Name: file.Name(), Src: src})
		places[file.Name()] = file
	}
	all, err := read.Files(files)
	if err != nil || len(all) == 0 {
		return err
	}
	at := func(p token.Position) token.Pos {
		if f := places[p.Filename]; f != nil && p.Line > 0 && p.Line <= f.LineCount() {
			return f.LineStart(p.Line) + token.Pos(p.Column-1)
		}
		return token.NoPos
	}
	for _, m := range all {
		s := m.Before.Clone()
		for _, op := range m.Ops {
			switch x := op.Value.(type) {
			case nil:
				continue
			case migrate.Unwritten:
				v.report("migration", at(op.Pos), fmt.Sprintf("the backfill for %s is not written: write the step: Fill, Backfill, SQL or Go", string(x)))
			}
			if err := op.Value.Apply(s); err != nil && m.Exact {
				v.report("migration", at(op.Pos), fmt.Sprintf("%s does not fit what is there when it runs: %s", m.Name, err))
				break // what follows may only miss what this one should have made
			}
		}
	}
	return v.sorted(all, list)
}

// sorted tells when the list is not the one that modelgen writes.
func (v *pass) sorted(all []read.Migration, list []byte) error {
	data, err := os.ReadFile(filepath.Join(v.dir, snapshot.Name))
	snap := snapshot.Settings(data)
	if v.list == nil || err != nil || snap == nil {
		return nil // it is not a folder that modelgen keeps, or check has more to say about it
	}
	list = bytes.ReplaceAll(list, []byte("\r\n"), []byte("\n"))
	var vars []string
	for _, m := range all {
		vars = append(vars, m.Var)
	}
	want, err := emit.List(v.Pkg.Name(), snap.Set, vars, emit.Stated(list), snap.ViewStructs(), snap.Allow...) // whether it is right, check says
	if err != nil || emit.IsList(list, want) {
		return err
	}
	missing := ""
	for _, m := range all {
		if !bytes.Contains(list, []byte("\t"+m.Var+",\n")) {
			missing = ", and misses " + m.Var
			break
		}
	}
	if missing == "" && !slices.ContainsFunc(vars, func(name string) bool { return bytes.Contains(list, []byte(name)) }) {
		return nil // a file of another kind that has the name
	}
	v.report("migration", v.list.Package, "the list is not what modelgen writes"+missing+": run go generate ./...")
	return nil
}
