// Package sqlscript plans migrations without a database: the statements of each for one dialect, and what a script must know of the history to run them
// by hand.
//
// Beside it are the forms that a script can have: psql keeps the history as the migrator does, export writes the files of other tools.
package sqlscript

import (
	"fmt"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/gen"
	"github.com/modelgen/modelgen/gen/internal/dialects"
	"github.com/modelgen/modelgen/gen/migrations"
	"github.com/modelgen/modelgen/gen/read"
	migrate "github.com/modelgen/modelgen/runtime"
)

// Script is the SQL of one migration for one dialect.
type Script struct {
	Migration string
	Dialect   string // Target with a version, as a project names it: NAME@14
	Target    migrate.Dialect
	Stages    []migrate.Stage
	Undo      []migrate.Stage // nil with NoUndo
	NoUndo    string          // why it cannot be undone, "" when it can
	Hash      string          // of its ops, as the history has it
	Set       string

	Parents  []Row    // what must be in the history before it
	Replaces []Row    // those that it stands for
	Ends     []string // names of those that begin what it ends: it waits until no program of the previous release is running
}

// Row is a migration as a history may have it.
type Row struct {
	Name     string
	Hash     string   // of its ops; "" when its file is gone, or cannot be read as data
	Replaces []Row    // those that it stands for
	By       []string // those that stand for it
}

// Plan plans the migrations of a directory: all of them, one by its name or a beginning of it, or a range FROM..TO of which either end may
// be left out. dialect is one of the project's, "postgres" or "postgres@15"; "" is its first.
func Plan(cfg gen.Config, which, dialect string) ([]Script, error) {
	b, err := migrations.ReadBranches(cfg.OutDir(), cfg.ShownOut())
	if err != nil {
		return nil, err
	}
	p := &planner{b}
	target, err := p.target(cfg, dialect)
	if err != nil {
		return nil, err
	}
	set, err := p.set()
	if err != nil {
		return nil, err
	}
	chosen, err := p.chosen(which)
	if err != nil {
		return nil, err
	}
	word, version := dialects.Split(target)
	var out []Script
	for _, m := range chosen {
		s := Script{Migration: m.Name, Dialect: target, Target: cfg.Targets[word], Hash: migrate.HashOps(m.Values()), Set: set.Name(), Ends: p.begins(m)}
		s.Replaces = p.rows(m.Replaces)
		for _, o := range p.All {
			if slices.Contains(m.Parents, o.Var) {
				s.Parents = append(s.Parents, p.row(o.Name))
			}
		}
		if s.Stages, err = set.Stages(s.Target, version, m.Name, false); err != nil {
			return nil, fmt.Errorf("%s: %w", m.Pos, err)
		}
		if s.Undo, err = set.Stages(s.Target, version, m.Name, true); err != nil {
			s.NoUndo = err.Error()
		}
		s.Undo = ownExtensions(m.Values(), s.Undo)
		out = append(out, s)
	}
	return out, nil
}

// ownExtensions says of each extension that undoing drops what the migrator knows and a script does not: whether the migration has made it.
func ownExtensions(ops []migrate.Op, undo []migrate.Stage) []migrate.Stage {
	for _, op := range ops {
		made, ok := op.(migrate.CreateExtension)
		if !ok {
			continue
		}
		drop := migrate.DropExtension(made)
		for i, st := range undo {
			if st.Cause == drop.Describe() && len(st.Statements) > 0 {
				undo[i].Statements = slices.Clone(st.Statements)
				undo[i].Statements[0].Comment = "leave this out where it was there before the migration"
			}
		}
	}
	return undo
}

// planner plans the migrations of a folder.
type planner struct{ *migrations.Branches }

// row returns a migration with those that it stands for, which may stand for others themselves, and with those that stand for it.
func (p *planner) row(name string) Row {
	r := Row{Name: name, By: p.by(name)}
	for _, m := range p.All {
		if m.Name != name {
			continue
		}
		r.Replaces = p.rows(m.Replaces)
		if !m.Opaque() {
			r.Hash = migrate.HashOps(m.Values())
		}
	}
	return r
}

func (p *planner) rows(names []string) (out []Row) {
	for _, n := range names {
		out = append(out, p.row(n))
	}
	return out
}

func (p *planner) by(name string) (out []string) {
	for _, m := range p.All {
		if slices.Contains(m.Replaces, name) {
			out = append(append(out, m.Name), p.by(m.Name)...)
		}
	}
	return out
}

// begins returns those in which a dual write begins that m ends.
func (p *planner) begins(m read.Migration) (names []string) {
	for _, op := range m.Values() {
		end, ok := op.(migrate.DropDualWrite)
		if !ok {
			continue
		}
		for _, o := range p.All {
			for _, op := range o.Values() {
				if begin, ok := op.(migrate.AddDualWrite); ok && begin.Name == end.Name && !slices.Contains(names, o.Name) {
					names = append(names, o.Name)
				}
			}
		}
	}
	return names
}

// target finds the dialect among those of the project.
func (p *planner) target(cfg gen.Config, dialect string) (string, error) {
	have := p.Sides[0].Dialects
	if dialect == "" {
		return have[0], nil
	}
	word, version := dialects.Split(dialect)
	if cfg.Targets[word] == nil || version < 0 {
		return "", fmt.Errorf("-dialect %s: there is no such dialect; the project has %s", dialect, strings.Join(have, ", "))
	}
	if version > 0 {
		return dialect, nil
	}
	for _, h := range have {
		if w, _ := dialects.Split(h); w == word {
			return h, nil
		}
	}
	return dialect, nil
}

// set makes a set of what was read, which checks it.
func (p *planner) set() (*migrate.Set, error) {
	made := map[string]*migrate.Migration{}
	var all []*migrate.Migration
	for _, m := range p.All {
		x := &migrate.Migration{Name: m.Name, Replaces: m.Replaces, Ops: m.Values()}
		for _, v := range m.Parents {
			if parent := made[v]; parent != nil {
				x.Parents = append(x.Parents, parent)
			} else if strings.HasPrefix(v, ".") {
				return nil, fmt.Errorf("%s: %s comes after a migration of another set; its SQL is printed by the program that has both: app migrate sql %s", m.Pos, m.Name, m.Name)
			}
		}
		made[m.Var] = x
		all = append(all, x)
	}
	set := migrate.NewSet(p.Sides[0].Set, all...)
	return set, set.Err()
}

// chosen resolves a name or a range.
func (p *planner) chosen(which string) ([]read.Migration, error) {
	if which == "" {
		return migrations.WithoutReplaced(p.All), nil
	}
	from, to, isRange := strings.Cut(which, "..")
	if !isRange {
		m, err := migrations.Find(p.All, which)
		return []read.Migration{m}, err
	}
	list := migrations.WithoutReplaced(p.All)
	first, last := 0, len(list)-1
	for _, end := range []struct {
		word string
		at   *int
	}{{from, &first}, {to, &last}} {
		if end.word == "" {
			continue
		}
		m, err := migrations.Find(list, end.word)
		if err != nil {
			return nil, err
		}
		*end.at = slices.IndexFunc(list, func(o read.Migration) bool { return o.Var == m.Var })
	}
	if first > last {
		return nil, fmt.Errorf("%s comes after %s: the range %s holds nothing", list[first].Name, list[last].Name, which)
	}
	return list[first : last+1], nil
}
