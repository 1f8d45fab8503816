package lint

import "github.com/modelgen/modelgen/runtime/schema"

var mg505 = Check{
	Code: "MG505", Title: "char(n) pads values with spaces", Severity: Note,
	Breaks: "values come back longer than they were written, and comparisons ignore blanks at the end in some places and not in others",
	When:   "the type is char(n); it saves nothing",
	Safe:   "take varchar(n), or text with a check",
	run: func(p *pass) {
		for _, a := range p.newColumns() {
			if a.column.Type.Kind == schema.KindChar {
				p.report("%s.%s is %s, which pads values with spaces", a.table, a.column.Name, a.column.Type)
			}
		}
	},
}
