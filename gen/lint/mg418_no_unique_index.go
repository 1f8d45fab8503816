package lint

import (
	"slices"

	"github.com/modelgen/modelgen/runtime/schema"
)

var mg418 = Check{
	Code: "MG418", Title: "a materialized view without a unique index", Severity: Note,
	Breaks: "REFRESH MATERIALIZED VIEW CONCURRENTLY is refused (55000), and the plain one stops its readers until the query has run",
	When:   "on PostgreSQL, without a unique index over plain columns and without WHERE",
	Safe:   "add one: CREATE UNIQUE INDEX ... ON the view (the columns that tell its rows apart)",
	run: func(p *pass) {
		from, to := p.object()
		view := ""
		switch {
		case to != nil && to.Kind == schema.MaterializedViewKind && from == nil:
			view = to.Name
		case from != nil && to == nil && from.Kind == schema.ViewIndexKind && p.gave(schema.ViewIndexKind) != nil:
			to, view = from, from.Table
		default:
			return
		}
		after := p.after()
		if !slices.ContainsFunc(objects(after, *to, schema.MaterializedViewKind, ""), func(x schema.SQLObject) bool { return x.Name == view }) ||
			slices.ContainsFunc(objects(after, *to, schema.ViewIndexKind, view), forRefresh) {
			return
		}
		p.report("materialized view %s cannot be refreshed while it is read", view)
	},
}

// forRefresh reports whether an index is one that REFRESH CONCURRENTLY can go by.
func forRefresh(o schema.SQLObject) bool {
	toks := code(o)
	if !inRow(toks, "CREATE", "UNIQUE") {
		return false
	}
	depth := 0
	for _, t := range toks {
		switch {
		case t.Text == "(":
			depth++
		case t.Text == ")":
			depth--
		case t.Is("WHERE"):
			return false
		}
		if depth > 1 {
			return false // an expression
		}
	}
	return true
}
