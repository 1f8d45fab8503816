package postgres

import (
	"slices"
	"strings"

	"github.com/modelgen/modelgen/internal/sqllex"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// A materialized view has no CREATE OR REPLACE. The new one is filled, indexed and decorated beside the old one, which is read meanwhile, and committed; then it takes the
// place of the old one in a moment. What goes out of the way of that goes after the fill, not before it.

// replaceMaterialized plans the two stages.
func (p *planner) replaceMaterialized(op migrate.Op, from, to schema.SQLObject) {
	beside := to
	beside.Name = p.spareRelation(to.Name)
	fill := []migrate.Statement{{SQL: beside.Statement(), Comment: "beside the old one, which is read meanwhile"}}
	var renames []migrate.Statement
	for _, o := range p.before.SQLObjects {
		switch {
		case o.Kind == schema.ViewIndexKind && o.Table == from.Name:
			ns, _ := schema.SplitName(o.Name)
			if ns == "" {
				ns, _ = schema.SplitName(to.Name)
			}
			spare := o.Renamed(p.spareRelation(o.Name))
			_, base := schema.SplitName(spare.Name)
			fill = append(fill, statement(onRelation(string(spare.Renamed(base).SQL), beside.Quoted())))
			_, own := schema.SplitName(o.Name)
			renames = append(renames, statement("ALTER INDEX "+schema.QuoteName(schema.JoinName(ns, base))+" RENAME TO "+ident(own)))
		}
	}
	for _, o := range p.before.SQLObjects {
		if name := besides(o.Name, from, beside); name != "" {
			o.Name = name
			fill = append(fill, statement(o.Statement()))
		}
	}
	fill = append(fill, statement("ANALYZE "+beside.Quoted()))

	at := len(p.stages)
	for at > 0 && p.drops[at-1] {
		at--
	}
	if at > 0 && slices.ContainsFunc(p.stages[:at], strongLock) {
		p.stages[at-1].Commit = !p.quiet // else its locks would be held until all is filled
	}
	p.insert(at, migrate.Stage{Cause: op.Describe(), Statements: fill, Commit: !p.quiet, Facts: migrate.Facts{Scans: true}, Parts: []migrate.Op{migrate.ObjectOp(nil, &beside)}})
	_, base := schema.SplitName(to.Name)
	p.add(op, p.locks(accessExclusive, to.Name), append([]migrate.Statement{
		statement("DROP MATERIALIZED VIEW " + from.Quoted()), statement("ALTER MATERIALIZED VIEW " + beside.Quoted() + " RENAME TO " + ident(base)),
	}, renames...)...)
	p.stages[len(p.stages)-1].Parts = []migrate.Op{migrate.ObjectOp(&from, nil), migrate.ObjectOp(&beside, &to)}
}

// spareRelation returns a name for what is beside a relation for a while.
func (p *planner) spareRelation(name string) string {
	ns, base := schema.SplitName(name)
	return schema.JoinName(ns, schema.DeriveName(base, nil, "new", func(n string) bool {
		n = schema.JoinName(ns, n)
		return p.before.Table(n) != nil || slices.ContainsFunc(p.before.SQLObjects, func(o schema.SQLObject) bool { return o.Kind.Relation() && o.Name == n })
	}))
}

// insert puts a stage before others, which drop objects.
func (p *planner) insert(at int, st migrate.Stage) {
	p.stages = slices.Insert(p.stages, at, st)
	for key, i := range p.away {
		if i >= at {
			p.away[key]++
		}
	}
	drops := map[int]bool{}
	for i := range p.drops {
		if i >= at {
			i++
		}
		drops[i] = true
	}
	p.drops = drops
}

// besides returns the name that a comment on a materialized view, or a privilege of it, has for what is beside it; "" when it is on something else.
func besides(name string, from, beside schema.SQLObject) string {
	old, now := from.Quoted(), beside.Quoted()
	if name == "materialized view "+old {
		return "materialized view " + now
	}
	for _, kind := range []string{"column ", "table "} {
		if rest, ok := strings.CutPrefix(name, kind+old); ok && (strings.HasPrefix(rest, ".") || strings.HasPrefix(rest, " to ")) {
			return kind + now + rest
		}
	}
	return ""
}

// onRelation returns a CREATE INDEX on another relation.
func onRelation(sql, relation string) string {
	toks := sqllex.Code(sql, lexis)
	i := slices.IndexFunc(toks, func(t sqllex.Token) bool { return t.Is("ON") }) + 1
	if i > 0 && i < len(toks) && toks[i].Is("ONLY") {
		i++
	}
	if i == 0 || i >= len(toks) {
		return sql
	}
	end := i
	for end+2 < len(toks) && toks[end+1].Text == "." {
		end += 2
	}
	return sql[:toks[i].From] + relation + sql[toks[end].To:]
}
