package lint

import (
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

var mg103 = Check{
	Code: "MG103", Title: "a change of type keeps only a part of the values", Severity: Warning,
	Breaks: "digits, the time of day or the zone are cut off without an error; undoing the migration does not bring them back",
	When:   "rows hold values that have more than the new type keeps; with -online also what the previous release reads of those that the new one writes",
	Safe:   "look at the values first, or add a column of the new type, fill it, and drop the old one later",
	run: func(p *pass) {
		switch o := p.op.(type) {
		case migrate.AlterColumn:
			if !p.used(o.Table) || o.Using != "" {
				return
			}
			if what := loses(o.From.Def().Type, o.To.Def().Type); what != "" {
				p.report("%s.%s changes from %s to %s: %s", o.Table, o.To.Def().Name, o.From.Def().Type, o.To.Def().Type, what)
			}
		case migrate.AddDualWrite:
			from, to, ok := p.both(o)
			if !ok {
				return
			}
			if what := loses(from, to); what != "" && casts(o.Up, o.From) {
				p.report("%s.%s changes from %s to %s: %s", o.Table, o.Column.Def().Name, from, to, what)
			}
			if what := loses(to, from); what != "" && casts(o.Down, o.To) {
				p.reportAs(p.check.Severity, "let the new binary write such values when no previous one is running, after -contract",
					"the previous release reads %s.%s as %s: %s", o.Table, o.Column.Def().Name, from, what)
			}
		}
	},
}

// both returns the types of the columns of a dual write on a table in use.
func (p *pass) both(o migrate.AddDualWrite) (from, to schema.Type, ok bool) {
	t := p.s.Table(o.Table)
	if !p.used(o.Table) || t == nil || t.Column(o.From) == nil {
		return from, to, false
	}
	return t.Column(o.From).Type, o.Column.Def().Type, true
}

// casts reports whether SQL is a column, or a cast of it, and nothing that somebody has thought of.
func casts(sql, column string) bool {
	name := schema.QuoteColumn(column)
	return sql == name || strings.HasPrefix(sql, "CAST("+name+" AS ") && strings.Count(sql, name) == 1
}
