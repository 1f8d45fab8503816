package lint

import "github.com/modelgen/modelgen/runtime/schema"

var mg501 = Check{
	Code: "MG501", Title: "a name is too long", Severity: Warning,
	Breaks: "PostgreSQL cuts it at 63 bytes without an error: two such names can become one, and the next op does not find it",
	When:   "on PostgreSQL, in SQL written by hand; ops refuse such names",
	Safe:   "choose a shorter name",
	run: func(p *pass) {
		for _, st := range p.on("postgres") {
			for _, t := range st.toks {
				name := t.text
				if t.kind == 'w' {
					name = t.raw
				}
				if (t.kind == 'w' || t.kind == 'q') && len(name) > schema.MaxName {
					p.report("the name %s has %d bytes, PostgreSQL keeps %d", name, len(name), schema.MaxName)
				}
			}
		}
	},
}
