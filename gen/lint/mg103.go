package lint

import migrate "github.com/modelgen/modelgen/runtime"

var mg103 = Check{
	Code: "MG103", Title: "a change of type keeps only a part of the values", Severity: Warning,
	Breaks: "digits, the time of day or the zone are cut off without an error; undoing the migration does not bring them back",
	When:   "rows hold values that have more than the new type keeps",
	Safe:   "look at the values first, or add a column of the new type, fill it, and drop the old one later",
	run: func(p *pass) {
		o, ok := p.op.(migrate.AlterColumn)
		if !ok || !p.used(o.Table) || o.Using != "" {
			return
		}
		if what := loses(o.From.Def().Type, o.To.Def().Type); what != "" {
			p.report("%s.%s becomes %s of %s: %s", o.Table, o.To.Def().Name, o.To.Def().Type, o.From.Def().Type, what)
		}
	},
}
