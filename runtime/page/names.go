package page

import (
	"maps"
	"slices"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// join returns what several states have, with tables that one of the branches has renamed under the names that they have in s.
func join(states map[int]state, of []int, s *schema.Schema) state {
	names := map[int]string{}
	for _, o := range of {
		for t, in := range states[o] {
			if e, ok := in[key{kindTable, t, ""}]; ok && (names[e.thing] == "" || s.Table(t) != nil) {
				names[e.thing] = t
			}
		}
	}
	out := state{}
	for _, o := range of {
		for t, in := range states[o] {
			name := t
			if e, ok := in[key{kindTable, t, ""}]; ok {
				name = names[e.thing]
			}
			if out[name] == nil {
				out[name] = map[key]entry{}
			}
			for k, e := range in {
				if k.kind == kindTable {
					k.name = name
				}
				if _, ok := out[name][k]; !ok {
					out[name][k] = e
				}
			}
		}
	}
	return out
}

// follow moves objects to the names that ops give them. A table or a column that is made after one of its name was dropped is another one.
func (s state) follow(ops []Op, tell func(change)) {
	dropped := map[migrate.Object]bool{}
	for _, op := range ops {
		if op.Value == nil {
			continue
		}
		e := op.Value.Effects()
		for _, o := range e.Makes {
			if dropped[o] {
				s.gone(o, tell)
			}
		}
		for _, r := range e.Renames {
			if o := r.From; o.Kind == migrate.TableObject || o.Kind == migrate.ColumnObject {
				if o.Name = r.To; dropped[o] { // whatever has that name now, it is not what was dropped
					s.gone(o, tell)
				}
			}
		}
		s.rename(e.Renames, tell)
		for _, o := range e.Removes {
			dropped[o] = true
		}
		for _, o := range e.Makes {
			delete(dropped, o)
		}
	}
}

// gone takes a table or a column out.
func (s state) gone(o migrate.Object, tell func(change)) {
	switch o.Kind {
	case migrate.TableObject:
		s.dropTable(o.Name, tell)
	case migrate.ColumnObject:
		s.drop(o.Table, key{kindColumn, o.Name, ""}, tell)
	}
}

// drop takes an object out.
func (s state) drop(table string, k key, tell func(change)) {
	if was, ok := s[table][k]; ok {
		delete(s[table], k)
		tell(change{thing: was.thing, table: table, was: &was})
	}
}

// dropTable takes a table out, with all that belongs to it.
func (s state) dropTable(table string, tell func(change)) {
	all := slices.SortedFunc(maps.Keys(s[table]), func(a, b key) int { return s[table][a].thing - s[table][b].thing })
	for _, k := range all {
		s.drop(table, k, tell)
	}
	delete(s, table)
}

// rename moves objects to their new names. What had such a name has been dropped before.
func (s state) rename(all []migrate.Renamed, tell func(change)) {
	for _, r := range all {
		table, is := r.From.Table, func(k key) bool { return k.name == r.From.Name }
		switch r.From.Kind {
		case migrate.TableObject:
			if in := s[r.From.Name]; in != nil && r.To != r.From.Name {
				s.dropTable(r.To, tell)
				delete(s, r.From.Name)
				if e, ok := in[key{kindTable, r.From.Name, ""}]; ok {
					delete(in, key{kindTable, r.From.Name, ""})
					in[key{kindTable, r.To, ""}] = e
				}
				s[r.To] = in
			}
			continue
		case migrate.ColumnObject:
			is = func(k key) bool { return k.kind == kindColumn && k.name == r.From.Name }
		case migrate.IndexObject:
			is = func(k key) bool { return k.kind == kindIndex && k.name == r.From.Name }
		case migrate.ConstraintObject:
			is = func(k key) bool {
				return k.kind != kindColumn && k.kind != kindIndex && k.kind != kindRow && k.name == r.From.Name
			}
		case migrate.SQLObjectObject:
			is = func(k key) bool { return k.kind+" "+k.name == r.From.Name }
		}
		in := s[table]
		for k, e := range maps.Clone(in) {
			if is(k) {
				delete(in, k)
				k.name = strings.TrimPrefix(r.To, k.kind+" ")
				s.drop(table, k, tell)
				in[k] = e
			}
		}
	}
}
