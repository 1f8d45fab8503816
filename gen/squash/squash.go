// Package squash puts one migration in the place of several: [Squash] writes it, [Finish] takes away the files of those that it replaces, and [Forget]
// their names. Steps that are written by hand are copied with what they need.
//
// To make fewer ops with the same result is the matter of package optimize. Nothing is written before [gen.Result.Commit].
package squash

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/gen"
	"github.com/modelgen/modelgen/gen/emit"
	"github.com/modelgen/modelgen/gen/finding"
	"github.com/modelgen/modelgen/gen/migrations"
	"github.com/modelgen/modelgen/gen/optimize"
	"github.com/modelgen/modelgen/gen/read"
	migrate "github.com/modelgen/modelgen/runtime"
)

// Config says what to squash.
type Config struct {
	gen.Config        // Dir, Out and Name count
	Range      string // "FROM..TO", "..TO" or "TO"; names or the beginnings of names
	NoOptimize bool   // all ops one after the other, as they are
}

// Result is what a squash would write.
type Result struct {
	*gen.Result
	Replaced      []string // names of the migrations that the new one stands for
	Before, After int      // how many ops they have, and how many it has
	Steps         int      // over data among the latter, which keep their places
}

// squasher works on a folder of migrations.
type squasher struct {
	*migrations.Folder
	shown  string
	all    []read.Migration
	graph  *migrations.Graph
	result *gen.Result
}

func newSquasher(cfg gen.Config) (*squasher, error) {
	q := &squasher{shown: cfg.ShownOut()}
	f, err := migrations.Read(cfg.OutDir(), q.shown)
	if err != nil {
		return nil, finding.Problems{err.Error()}
	}
	if p := f.Problems(q.shown); len(p) > 0 {
		return nil, finding.Problems(p)
	}
	if len(f.Migrations) == 0 || f.Snapshot == nil {
		return nil, fmt.Errorf("there are no migrations in %s", filepath.ToSlash(q.shown))
	}
	q.Folder, q.result = f, &gen.Result{Folder: f}
	if q.all, err = read.Folder(f.Dir, q.shown); err != nil {
		return nil, finding.Problems{err.Error()}
	}
	q.graph = migrations.GraphOf(q.all)
	return q, nil
}

// Squash computes one migration that replaces several. Those stay as they are: databases that have some of them go on with the rest.
func Squash(cfg Config) (*Result, error) {
	q, err := newSquasher(cfg.Config)
	if err != nil {
		return nil, err
	}
	members, parents, err := q.members(cfg.Range)
	if err != nil {
		return nil, err
	}
	name, err := q.name(members, cfg.Name)
	if err != nil {
		return nil, err
	}
	c := &copier{squasher: q, suffix: "In" + migrations.Number(name), leaves: map[string]bool{}}
	for _, i := range members {
		c.leaves[q.all[i].File] = true
	}
	steps, err := c.steps(members)
	if err != nil {
		return nil, err
	}
	if err := c.otherSets(members); err != nil {
		return nil, err
	}
	ops := make([]migrate.Op, len(steps))
	for i, s := range steps {
		ops[i] = s.op
	}
	out := &Result{Result: q.result}
	if !cfg.NoOptimize {
		ops = optimize.From(q.all[members[0]].Before, ops)
	}
	v := migrations.VarName(name)
	m := emit.Migration{
		Package: q.Package, Name: name, Var: v, Sources: q.Snapshot.Models, Parents: parents, Ops: ops,
		Doc: fmt.Sprintf("%s stands for %s to %s: a database that has none of them gets this one.", v, q.all[members[0]].Name, q.all[members[len(members)-1]].Name),
	}
	for _, i := range members {
		out.Replaced = append(out.Replaced, q.all[i].Name)
	}
	src, err := c.file(m, out.Replaced, steps)
	if err != nil {
		return nil, err
	}
	out.Steps = len(slices.DeleteFunc(slices.Clone(ops), func(op migrate.Op) bool { return !op.Effects().OverData() }))
	out.Before, out.After, out.Migration = q.count(members), len(ops), name
	q.result.Add(filepath.Join(q.Dir, name+".go"), src, nil)
	q.Migrations = append(q.Migrations, migrations.Declaration{File: name + ".go", Var: v, Name: name, Parents: parents, Replaces: out.Replaced})
	return out, q.settle(append(q.sources(), read.File{Name: q.path(name + ".go"), Src: src}))
}

func (q *squasher) count(members []int) int {
	n := 0
	for _, i := range members {
		n += len(q.all[i].Ops)
	}
	return n
}

// path returns the name of a file as it is shown.
func (q *squasher) path(file string) string { return filepath.ToSlash(filepath.Join(q.shown, file)) }

// name returns the name of the squash: with the number of the newest that it replaces, so that it stands before what follows those.
func (q *squasher) name(members []int, given string) (string, error) {
	first, last := q.all[members[0]].Name, q.all[members[len(members)-1]].Name
	n := migrations.Number(last)
	if n == "" {
		n = fmt.Sprintf("%04d", q.NextNumber()-1)
	}
	words := "squashed_" + migrations.Words(first) + "_to_" + migrations.Words(last)
	if migrations.Number(first) != "" && migrations.Number(last) != "" {
		words = "squashed_" + migrations.Number(first) + "_to_" + migrations.Number(last)
	}
	if given != "" {
		if words = migrations.Words(given); words == "" {
			return "", fmt.Errorf("-name %s: a name needs letters or digits", given)
		}
		words = "squashed_" + words
	}
	name := migrations.Buildable(n + "_" + words)
	for _, m := range q.Migrations {
		if m.Name == name || m.Var == migrations.VarName(name) || strings.EqualFold(m.File, name+".go") {
			return "", finding.Problems{fmt.Sprintf("%s: there is a migration called %s already; give other words with -name", m.Pos, m.Name)}
		}
	}
	return name, nil
}
