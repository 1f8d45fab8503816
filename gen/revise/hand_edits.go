package revise

import (
	"fmt"
	"go/ast"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/gen/diff"
	"github.com/modelgen/modelgen/gen/emit"
	"github.com/modelgen/modelgen/gen/internal/dialects"
	"github.com/modelgen/modelgen/gen/internal/goedit"
	"github.com/modelgen/modelgen/gen/migrations"
	"github.com/modelgen/modelgen/gen/read"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// edits says what of a migration a person has written, which would be lost if it was worked out again: ops that do not come of its own base with
// the answers that it records, comments and declarations that are not generated.
// trusted says that the ops are known to be those that were written by generate or by a command of this package.
func (b *branches) edits(m read.Migration, trusted bool) (lines []string) {
	for _, op := range m.Ops {
		if byHand(op) {
			lines = append(lines, fmt.Sprintf("%s: %s has a step written by hand", op.Pos, m.Name))
		}
	}
	if len(lines) > 0 {
		return lines
	}
	attempts := b.attempts(m)
	if op, text := otherOp(m, attempts, trusted); text != "" {
		pos := m.Pos
		if op >= 0 {
			pos = m.Ops[op].Pos
		}
		lines = append(lines, fmt.Sprintf("%s: %s %s", pos, m.Name, text))
	}
	return append(lines, b.otherText(m, attempts)...)
}

// otherOp finds the first op that is not as it was generated, -1 when one is missing. The text is "" when all are.
func otherOp(m read.Migration, attempts [][]migrate.Op, trusted bool) (at int, text string) {
	if attempts == nil {
		if trusted {
			return -1, ""
		}
		return -1, "is a step for programs of two versions, or comes between two of them, and is not worked out again"
	}
	ops := m.Values()
	for _, want := range attempts {
		if slices.EqualFunc(ops, want, sameOp) {
			return -1, ""
		}
	}
	for i, op := range ops {
		if !slices.ContainsFunc(attempts[0], func(w migrate.Op) bool { return sameOp(op, w) }) {
			return i, "has an op that is not as it was generated: " + op.Describe()
		}
	}
	return -1, "lacks an op that was generated, or has them in another order"
}

func sameOp(a, b migrate.Op) bool {
	return migrate.HashOps([]migrate.Op{a}) == migrate.HashOps([]migrate.Op{b})
}

// attempts works the ops of a migration out from the schema before it to the one that it leads to: with the hints that snapshots say to be used,
// and with those that its own ops tell of, as a tag may have said them. It is nil for what the models alone do not tell.
func (b *branches) attempts(m read.Migration) [][]migrate.Op {
	var answers diff.Answers
	after := m.Before.Clone()
	for _, op := range m.Values() {
		if op.Apply(after) != nil {
			return nil
		}
	}
	dualWritten := func(t *schema.Table) bool { return len(t.DualWrites) > 0 }
	if answers.Parse(m.Answers) != nil || answers.Online || answers.Contract || slices.ContainsFunc(m.Before.Tables, dualWritten) || slices.ContainsFunc(after.Tables, dualWritten) {
		return nil
	}
	trail := follow(m)
	out := [][]migrate.Op{}
	try := func(before, after *schema.Schema) {
		r, err := diff.Diff(diff.Input{Old: before, New: after, Answers: answers, Dialects: dialects.Capabilities(b.Sides[0].Dialects, b.targets)})
		if err == nil && len(r.Questions) == 0 {
			out = append(out, r.Ops)
		} else {
			out = append(out, nil)
		}
	}
	told := after.Clone()
	for _, side := range b.Sides {
		before, now := m.Before.Clone(), after.Clone()
		remember(before, &side.Schema, trail)
		remember(now, &side.Schema, follow())
		remember(told, &side.Schema, follow())
		try(before, now)
	}
	trail.tell(told)
	answers.Renames = nil
	try(m.Before.Clone(), told)
	return out
}

// otherText names comments and declarations of the file of a migration that are not generated, neither with its ops nor with those of the attempts.
func (b *branches) otherText(m read.Migration, attempts [][]migrate.Op) (lines []string) {
	known, declared := map[string]bool{}, map[string]bool{}
	for _, ops := range append([][]migrate.Op{m.Values()}, attempts...) {
		src, err := emit.Migration{Package: b.Package, Name: m.Name, Var: m.Var, Doc: migrations.Sentence(m.Var, ops), Sources: b.Sides[0].Models, Parents: m.Parents,
			Answers: m.Answers, Ops: ops, Before: m.Before}.File()
		if err != nil {
			continue
		}
		if _, file, err := goedit.Parse(m.File, src); err == nil {
			comments(file, func(c *ast.Comment) { known[words(c)] = true })
			for name := range goedit.Declarations(file) {
				declared[name] = true
			}
		}
	}
	fset, file, err := goedit.Parse(path.Join(filepath.ToSlash(b.Shown), m.File), b.Sources[m.File])
	if err != nil {
		return nil // it was parsed before
	}
	comments(file, func(c *ast.Comment) {
		if !known[words(c)] && !(c.Pos() < file.Package && strings.HasPrefix(c.Text, "// Created by modelgen")) {
			lines = append(lines, fmt.Sprintf("%s: %s has a comment that is not generated: %s", fset.Position(c.Pos()), m.Name, c.Text))
		}
	})
	names := goedit.Declarations(file)
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if !declared[name] {
			lines = append(lines, fmt.Sprintf("%s: %s has %s beside it, which is not generated", fset.Position(names[name]), m.Name, name))
		}
	}
	return lines
}

// words returns what a comment says: formatting moves its text about.
func words(c *ast.Comment) string { return strings.Join(strings.Fields(c.Text), " ") }

func comments(file *ast.File, do func(*ast.Comment)) {
	for _, g := range file.Comments {
		for _, c := range g.List {
			do(c)
		}
	}
}
