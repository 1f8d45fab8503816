package lint

import migrate "github.com/modelgen/modelgen/runtime"

var mg410 = Check{
	Code: "MG410", Title: "there is no way back", Severity: Note,
	Breaks: "down stops at this migration",
	When:   "an op has neither Down nor NoDown",
	Safe:   "write Down, or say in NoDown why nothing needs to be undone",
	run: func(p *pass) {
		switch p.op.(type) {
		case migrate.SQL, migrate.Go:
			if _, err := p.op.Inverse(); err != nil && !p.hand {
				p.report("%v", err)
			}
		}
	},
}
