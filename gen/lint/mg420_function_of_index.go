package lint

import (
	"slices"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

var mg420 = Check{
	Code: "MG420", Title: "a function that stored values come from is replaced", Severity: Warning,
	Breaks: "an index holds what the old function returned, and finds the wrong rows without an error; a check does not look at the rows that are there again; generated columns and materialized views keep the old values",
	When:   "when the body of a function changes that an index, a constraint, a generated column or a materialized view calls, itself or through another function; not when the new body returns the same for the same arguments",
	Safe:   "rebuild in the same migration: migrate.SQL{Up: []string{\"REINDEX INDEX CONCURRENTLY name\"}, NoTx: true, Only: \"postgres\", NoDown: \"...\"}; REFRESH MATERIALIZED VIEW; or give the new function another name",
	run: func(p *pass) {
		from, to := p.object()
		if from == nil || to == nil || !from.Same(*to) || to.Kind != schema.FunctionKind || triggered(*to) || from.Equal(*to) {
			return
		}
		if users := p.storedBy(*to); len(users) > 0 {
			p.report("%s stays as %s made it", strings.Join(users, " and "), "the old "+to.String())
		}
	},
}

// storedBy returns what holds values that the function computed, and is not built again by an op behind this one.
func (p *pass) storedBy(f schema.SQLObject) (users []string) {
	after := p.after()
	names := after.Names()
	called := []schema.SQLObject{f}
	for i := 0; i < len(called); i++ {
		for _, x := range after.SQLObjects {
			if x.Kind == schema.FunctionKind && !slices.ContainsFunc(called, x.Same) && slices.ContainsFunc(names.Needs(x), func(n schema.Need) bool { return n.Object != nil && n.Object.Same(called[i]) }) {
				called = append(called, x)
			}
		}
	}
	calls := func(sql string) bool {
		return slices.ContainsFunc(called, func(f schema.SQLObject) bool {
			_, base := schema.SplitName(bare(f.Name))
			toks := split(sql, 0)
			return slices.ContainsFunc(toks, func(s statement) bool {
				for i, t := range s.toks[:max(len(s.toks)-1, 0)] {
					if (t.kind == 'w' || t.kind == 'q') && strings.EqualFold(t.text, base) && s.toks[i+1].text == "(" {
						return true
					}
				}
				return false
			})
		})
	}
	for _, t := range after.Tables {
		if !p.used(t.Name) {
			continue
		}
		for _, x := range t.Indexes {
			sql := []string{x.Where}
			for _, part := range x.Parts {
				sql = append(sql, part.Expr)
			}
			if slices.ContainsFunc(sql, calls) && !p.builtAgain(x.Name) {
				users = append(users, "index "+x.Name+" on "+t.Name)
			}
		}
		for _, c := range t.Checks {
			if calls(c.Expr) {
				users = append(users, "check "+c.Name+" of "+t.Name)
			}
		}
		for _, c := range t.Columns {
			if calls(c.Generated) {
				users = append(users, "column "+t.Name+"."+c.Name)
			}
		}
	}
	for _, x := range after.SQLObjects {
		if (x.Kind == schema.ViewIndexKind || x.Kind == schema.ExclusionKind || x.Kind == schema.MaterializedViewKind) && calls(string(x.SQL)) && !p.builtAgain(x.Name) {
			users = append(users, x.String())
		}
	}
	return users
}

// builtAgain reports whether an op behind this one makes the index, the constraint or the view again.
func (p *pass) builtAgain(name string) bool {
	return slices.ContainsFunc(p.later(), func(op migrate.Op) bool {
		if sql, ok := op.(migrate.SQL); ok {
			return slices.ContainsFunc(sql.Up, func(up string) bool {
				return slices.ContainsFunc(split(up, 0), func(s statement) bool {
					return (s.toks[0].text == "REINDEX" || s.toks[0].text == "REFRESH" || s.has("VALIDATE CONSTRAINT")) && s.names(name)
				})
			})
		}
		e := op.Effects()
		return slices.ContainsFunc(e.Makes, func(o migrate.Object) bool { return o.Name == name }) ||
			slices.ContainsFunc(e.Objects, func(o schema.SQLObject) bool {
				return o.Name == name && slices.Contains(e.Makes, migrate.Object{Kind: migrate.SQLObjectObject, Name: o.String()})
			})
	})
}
