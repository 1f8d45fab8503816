// Command program is built with the migrations of a user in the place of the package migrations beside it, in an overlay of the go command, for as
// long as modelgen check runs. It imports what migrations import anyway, so that it is there with -mod=vendor too. Its first argument is the file that
// it writes; the others name tables whose changes are wanted, "-" stands for none.
package main

import (
	"encoding/json"
	"os"
	"reflect"
	"slices"

	migrations "github.com/modelgen/modelgen/gen/internal/replayer/migrations"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

type step struct {
	Migration string
	Op        int
	Text      string
	Schema    *schema.Schema
}

type result struct {
	Err       string
	Schema    *schema.Schema
	Ops       map[string]int
	Misfits   []step
	Unwritten []step
	Steps     []step
}

var (
	out     = result{Ops: map[string]int{}}
	state   = &schema.Schema{}
	foreign = &schema.Schema{}
	seen    = map[*migrate.Migration]bool{}
)

func main() {
	own := migrations.All.Migrations()
	var replaced []string
	for _, m := range own {
		seen[m] = true
		replaced = append(replaced, m.Replaces...)
	}
	for _, m := range own {
		before(m)
		out.Ops[m.Name] = len(m.Ops)
		if slices.Contains(replaced, m.Name) {
			continue
		}
		for i, op := range m.Ops {
			at := step{Migration: m.Name, Op: i}
			if op == nil {
				continue // the set says it
			}
			if u, ok := op.(migrate.Unwritten); ok {
				at.Text = string(u)
				out.Unwritten = append(out.Unwritten, at)
			}
			if err := op.Apply(state); err != nil {
				at.Text = err.Error()
				out.Misfits = append(out.Misfits, at)
			} else if len(os.Args) > 2 {
				at.Schema = part(os.Args[2:])
				out.Steps = append(out.Steps, at)
			}
		}
	}
	if err := migrations.All.Err(); err != nil {
		out.Err = err.Error()
	}
	out.Schema = ours()
	data, err := json.Marshal(out)
	if err == nil {
		err = os.WriteFile(os.Args[1], data, 0o600)
	}
	if err != nil {
		panic(err)
	}
}

// before applies what the migration needs of other sets.
func before(m *migrate.Migration) {
	for _, p := range m.Parents {
		if p == nil || seen[p] {
			continue
		}
		seen[p] = true
		before(p)
		for _, op := range p.Ops {
			if op != nil && op.Apply(state) == nil {
				_ = op.Apply(foreign)
			}
		}
	}
}

// ours leaves out what is as other sets have made it.
func ours() *schema.Schema {
	s := state.Clone()
	s.Tables = slices.DeleteFunc(s.Tables, func(t *schema.Table) bool { return reflect.DeepEqual(t, foreign.Table(t.Name)) })
	s.Enums = slices.DeleteFunc(s.Enums, func(e *schema.Enum) bool { return foreign.Enum(e.Name) != nil })
	s.Namespaces = slices.DeleteFunc(s.Namespaces, foreign.HasNamespace)
	return s
}

// part returns some tables, and what belongs to none.
func part(tables []string) *schema.Schema {
	s := &schema.Schema{Namespaces: slices.Clone(state.Namespaces)}
	for _, e := range state.Enums {
		s.Enums = append(s.Enums, e.Clone())
	}
	for _, name := range tables {
		if t := state.Table(name); t != nil {
			s.Tables = append(s.Tables, t.Clone())
		}
	}
	return s
}
