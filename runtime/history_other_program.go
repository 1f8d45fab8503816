package migrate

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/runtime/schema"
)

// Databases tell sets apart by their names. Two programs whose sets are called the same would take the migrations of one for those of the other:
// what is named alike would count as applied, and nothing of it be there.

// stranger returns an error when the history of a set is that of another program's set of the same name. A history that has any migration as this
// program has it is its own, whatever its module was called then.
func (m *Migrator) stranger(ctx context.Context, s Session, h *history) error {
	for _, set := range m.set.members {
		rows := h.rows[set]
		if len(rows) == 0 || m.set.size(set) == 0 || slices.ContainsFunc(rows, func(r Record) bool { return h.mine(set, r) }) {
			continue
		}
		ours := m.set.module(set)
		theirs := ""
		for _, r := range rows {
			if r.Module != "" && r.Module != ours {
				theirs = r.Module
			}
		}
		switch {
		case theirs != "" && ours != "":
			return m.otherProgram(set, fmt.Sprintf("module %s applied %s, and this program is of module %s", theirs, some(recordNames(rows)), ours))
		case h.anotherMade(set):
			there, err := m.anyThere(ctx, s, h, set)
			if err != nil || there {
				return err
			}
			return m.otherProgram(set, fmt.Sprintf("it has %s, not as this program has it, of which nothing is in the database", some(recordNames(rows))))
		}
	}
	return nil
}

// mine reports whether a row is of a migration that this program has as it was applied, or replaces.
func (h *history) mine(set string, r Record) bool {
	at, ok := h.set.index[key{set, r.Name}]
	if ok {
		return r.Hash == h.set.hash(at)
	}
	return slices.ContainsFunc(h.unknown, func(u unknownRow) bool { return u.set == set && u.Name == r.Name && u.named })
}

// anotherMade reports whether the first migration of the set stands in the history under its name, and was another one.
func (h *history) anotherMade(set string) bool {
	return slices.ContainsFunc(h.edited, func(i int) bool { return h.set.all[i].set == set && h.set.first(i) })
}

// anyThere reports whether a table is there that one of those migrations makes which the history has under their names.
func (m *Migrator) anyThere(ctx context.Context, s Session, h *history, set string) (bool, error) {
	made := &schema.Schema{}
	for _, i := range h.edited {
		for _, op := range m.set.all[i].Ops {
			if create, ok := op.(CreateTable); ok && m.set.all[i].set == set {
				made.PutTable(create.Definition())
			}
		}
	}
	if len(made.Tables) == 0 {
		return true, nil
	}
	got, err := s.Catalog(ctx, made.For(m.dialect.Name()))
	if err != nil {
		return false, redacted{err}
	}
	return slices.ContainsFunc(got, func(fact string) bool { return strings.HasPrefix(fact, "table ") }), nil
}

func (m *Migrator) otherProgram(set, why string) error {
	return &HistoryError{m.set.name, []string{fmt.Sprintf("the history of a set called %s is that of another program: %s; two programs in one database cannot share the name of a set", set, why)},
		"keep the history of this one in a table of its own (Options.History); or, as long as no database has its migrations, generate them again under another name, with modelgen -set NAME; nothing was changed"}
}

func recordNames(rows []Record) []string {
	names := make([]string, len(rows))
	for i, r := range rows {
		names[i] = r.Name
	}
	return names
}
