package lint

var mg501 = Check{
	Code: "MG501", Title: "a name is too long", Severity: Warning,
	Breaks: "PostgreSQL cuts it at 63 bytes without an error: two such names can become one, and the next op does not find it",
	When:   "on PostgreSQL, in SQL written by hand; ops refuse such names",
	Safe:   "choose a shorter name",
	run: func(p *pass) {
		for _, target := range p.in.Targets {
			d := target.Dialect
			for _, st := range p.on(d.Name) {
				for _, t := range st.toks {
					name := t.text
					if t.kind == 'w' {
						name = t.raw
					}
					if (t.kind == 'w' || t.kind == 'q') && d.MaxIdentifier > 0 && len(name) > d.MaxIdentifier {
						p.report("the name %s has %d bytes, %s keeps %d", name, len(name), d.Product, d.MaxIdentifier)
					}
				}
			}
		}
	},
}
