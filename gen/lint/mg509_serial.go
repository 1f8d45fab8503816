package lint

import "strings"

var mg509 = Check{
	Code: "MG509", Title: "serial rather than identity", Severity: Note,
	Breaks: "the sequence is an object of its own, with rights of its own; changes of the column leave it behind",
	When:   "the type is written as serial, bigserial or smallserial",
	Safe:   "write identity into the tag of an int64",
	run: func(p *pass) {
		for _, a := range p.newColumns() {
			text := a.column.Type.Name
			if t := a.column.TypeFor["postgres"]; t != "" {
				text = t
			}
			switch strings.ToLower(text) {
			case "serial", "bigserial", "smallserial", "serial4", "serial8", "serial2":
				p.report("%s.%s is %s", a.table, a.column.Name, text)
			}
		}
	},
}
