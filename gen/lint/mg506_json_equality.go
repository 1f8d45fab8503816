package lint

import "github.com/modelgen/modelgen/runtime/schema"

var mg506 = Check{
	Code: "MG506", Title: "json cannot be compared", Severity: Note,
	Breaks: "DISTINCT, GROUP BY and UNION over the column fail (42883), and so does an index on it",
	When:   "on PostgreSQL, for json",
	Safe:   "take jsonb, unless the text must stay letter by letter",
	run: func(p *pass) {
		for _, a := range p.newColumns() {
			if p.can(comparesNoJSON) && a.column.Type.Kind == schema.KindJSON {
				p.report("%s.%s is json, which cannot be compared", a.table, a.column.Name)
			}
		}
	},
}
