package lint

import "github.com/modelgen/modelgen/runtime/schema"

var mg504 = Check{
	Code: "MG504", Title: "a point in time without its zone", Severity: Note,
	Breaks: "two programs in two zones read different moments from the same row",
	When:   "the type is timestamp without time zone",
	Safe:   "take timestamptz, which is what time.Time gives without a type of its own",
	run: func(p *pass) {
		for _, a := range p.newColumns() {
			if a.column.Type.Kind == schema.KindTimestamp {
				p.report("%s.%s is a timestamp without zone", a.table, a.column.Name)
			}
		}
	},
}
