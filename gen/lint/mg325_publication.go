package lint

import (
	"slices"

	"github.com/modelgen/modelgen/internal/sqllex"
	"github.com/modelgen/modelgen/runtime/schema"
)

var mg325 = Check{
	Code: "MG325", Title: "subscribers get less", Severity: Warning,
	Breaks: "what is subscribed to the publication gets no more rows of the tables that go from it, without an error on this side; a dropped publication stops the subscription",
	When:   "on PostgreSQL, when a publication is dropped, or a table, a column or an operation is taken out of it",
	Safe:   "change the subscribers first: ALTER SUBSCRIPTION ... REFRESH PUBLICATION reads the new list",
	run: func(p *pass) {
		from, to := p.object()
		if from == nil || from.Kind != schema.PublicationKind || p.had(*from) == nil {
			return
		}
		if to != nil && from.Same(*to) {
			have := code(*to)
			for _, t := range code(*from) {
				if !slices.ContainsFunc(have, func(o sqllex.Token) bool { return o.Value() == t.Value() }) {
					p.report("%s sends less from now on", from)
					return
				}
			}
			return
		}
		if p.gave(schema.PublicationKind) != nil {
			p.report("%s goes under its name, and its subscriptions stop", from)
		}
	},
}
