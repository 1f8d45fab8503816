package lint

import "slices"

var mg406 = Check{
	Code: "MG406", Title: "a database cannot do it", Severity: Error,
	Breaks: "the migration is refused before it changes anything",
	When:   "on the dialect and version that the message names",
	Safe:   "follow the hint of the message, or say with -dialects what the migrations are for",
	run: func(p *pass) {
		for _, e := range p.errs {
			if e.op == p.i && !p.hand && p.in.Exact && !p.ended() {
				p.report("%v (%s)", e.err, e.target)
			}
		}
	},
}

// ended reports whether MG604 says what is wrong.
func (p *pass) ended() bool { return slices.ContainsFunc(p.sql, controls) }
