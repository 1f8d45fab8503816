package lint

import "github.com/modelgen/modelgen/runtime/schema"

var mg509 = Check{
	Code: "MG509", Title: "serial rather than identity", Severity: Note,
	Breaks: "the sequence is an object of its own, with rights of its own; changes of the column leave it behind",
	When:   "the type is written as serial, bigserial or smallserial",
	Safe:   "write identity into the tag of an int64",
	run: func(p *pass) {
		for _, a := range p.newColumns() {
			for _, t := range p.in.Targets {
				if typ := a.column.TypeOn(t.Dialect.Name); t.Dialect.Serials && schema.Serial(typ) {
					p.report("%s.%s is %s", a.table, a.column.Name, typ.Name)
				}
			}
		}
	},
}
