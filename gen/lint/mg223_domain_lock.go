package lint

import "github.com/modelgen/modelgen/runtime/schema"

var mg223 = Check{
	Code: "MG223", Title: "a constraint of a domain is checked under a lock", Severity: Warning,
	Breaks: "all rows of every table with a column of the domain are looked at while nobody writes them",
	When:   "on PostgreSQL, when a domain that columns of tables in use have gets a check or NOT NULL",
	Safe:   "put the check on the columns, where it is validated beside reads and writes",
	run: func(p *pass) {
		if to := p.made(schema.DomainKind); to != nil {
			for _, st := range p.locked() {
				p.reportLock(st, "what "+to.String()+" asks for is looked for in all rows")
			}
		}
	},
}
