package revise

import (
	"fmt"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/gen"
	"github.com/modelgen/modelgen/gen/emit"
	"github.com/modelgen/modelgen/gen/finding"
	"github.com/modelgen/modelgen/gen/migrations"
	"github.com/modelgen/modelgen/gen/read"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// Merge works out a migration that joins all newest migrations of a folder, when they touch different things: when they can be applied in
// either order with the same result. What collides comes as [finding.Problems]. anyway lets steps that a person wrote pass, of which nobody else
// can tell what they touch.
func Merge(cfg gen.Config, anyway bool) (*gen.Result, error) {
	b, err := readBranches(cfg)
	if err != nil {
		return nil, err
	}
	h := migrations.Heads(b.All)
	if len(h) < 2 {
		return nil, finding.Problems{fmt.Sprintf("there is nothing to merge: %s is the only newest migration", h[0].Name)}
	}
	if lines := migrations.Unread(migrations.WithoutReplaced(b.All)); len(lines) > 0 {
		return nil, finding.Problems(lines)
	}
	base, sides := split(b.All, h)
	if lines := collisions(base, sides, h, anyway); len(lines) > 0 {
		if len(h) > 2 {
			return nil, finding.Problems(append(lines, fmt.Sprintf("there are %d newest migrations: %s; %s", len(h), strings.Join(migrations.Names(h), ", "), manyHeads)))
		}
		for _, m := range h {
			lines = append(lines, fmt.Sprintf("modelgen rebase %s puts %s on top of the others", m.Name, m.Name))
		}
		return nil, finding.Problems(lines)
	}
	if lines := b.clashes(cfg, nil); len(lines) > 0 {
		for _, m := range h {
			lines = append(lines, fmt.Sprintf("modelgen rebase %s puts %s on top of the others, with row structs of another name", m.Name, m.Name))
		}
		return nil, finding.Problems(lines)
	}
	var words, vars []string
	for _, m := range h {
		words = append(words, migrations.WithoutNumber(m.Name))
		vars = append(vars, m.Var)
	}
	text := "merge_" + migrations.JoinWords(words)
	if cfg.Name != "" {
		if text = migrations.Words(cfg.Name); text == "" {
			return nil, fmt.Errorf("-name %s: a name needs letters or digits", cfg.Name)
		}
	}
	name := migrations.FileName(migrations.NextNumber(migrations.Names(b.All)), text)
	v := migrations.VarName(name)
	src, err := emit.Migration{Package: b.Package, Name: name, Var: v, Doc: v + ": joins " + strings.Join(migrations.Names(h), " and ") + ".", Parents: vars}.File()
	if err != nil {
		return nil, err
	}
	r, err := b.settle(cfg, map[string][]byte{name + ".go": src})
	if err != nil {
		return nil, err
	}
	r.Migration = name
	return r, nil
}

// split takes the migrations apart: what more than one head needs, and what each alone does.
func split(all []read.Migration, heads []read.Migration) (base []read.Migration, sides [][]read.Migration) {
	need := make([]map[string]bool, len(heads))
	for i, h := range heads {
		need[i] = migrations.Ancestors(all, h.Var)
	}
	sides = make([][]read.Migration, len(heads))
	for _, m := range migrations.WithoutReplaced(all) {
		of := -1
		for i := range heads {
			if need[i][m.Var] {
				if of >= 0 {
					of = len(heads)
				} else {
					of = i
				}
			}
		}
		if of >= len(heads) {
			base = append(base, m)
		} else if of >= 0 {
			sides[of] = append(sides[of], m)
		}
	}
	return base, sides
}

// collisions says why the sides cannot be joined.
func collisions(base []read.Migration, sides [][]read.Migration, heads []read.Migration, anyway bool) []string {
	var lines []string
	for _, side := range sides {
		for _, m := range side {
			for _, op := range m.Ops {
				if !anyway && byHand(op) {
					lines = append(lines, fmt.Sprintf("%s: %s has a step written by hand, whose effects cannot be determined; merge -anyway if that is nothing that the other side touches", op.Pos, m.Name))
				}
			}
		}
	}
	start := &schema.Schema{}
	if misfits := migrations.Replay(start, base); len(misfits) > 0 {
		return append(lines, misfits...)
	}
	forth, back := start.Clone(), start.Clone()
	for i := range sides {
		lines = append(lines, migrations.Replay(forth, sides[i])...)
	}
	for i := range slices.Backward(sides) {
		for _, l := range migrations.Replay(back, sides[i]) {
			if !slices.Contains(lines, l) {
				lines = append(lines, l)
			}
		}
	}
	if len(lines) == 0 {
		lines = append(mixed(start, sides), underObjects(start, sides)...)
	}
	if len(lines) == 0 && !slices.Equal(unordered(forth), unordered(back)) {
		lines = append(lines, strings.Join(migrations.Names(heads), " and ")+" change the same things: the result depends on the order in which they are applied")
	}
	return lines
}

// byHand reports whether a step does more than its declaration says.
func byHand(op read.Op) bool {
	switch op.Value.(type) {
	case nil, migrate.SQL, migrate.Go:
		return true
	}
	return false
}

// unordered returns what a schema says, the order of columns left out: that is of no consequence to anybody who names them. What steps that are
// written by hand declare is left out too.
func unordered(s *schema.Schema) []schema.Fact {
	return slices.DeleteFunc(schema.Facts(s), func(f schema.Fact) bool { return f.Kind == "object" || f.Kind == "table" && f.Attr == "columns" })
}
