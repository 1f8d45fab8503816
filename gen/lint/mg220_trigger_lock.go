package lint

import (
	"slices"
	"strings"

	"github.com/modelgen/modelgen/runtime/schema"
)

var mg220 = Check{
	Code: "MG220", Title: "a trigger, a rule or a policy locks its table", Severity: Note,
	Breaks: "CREATE TRIGGER waits for everybody who writes the table, and whoever wants to write it waits behind; DROP TRIGGER, rules and policies wait for readers too",
	When:   "on PostgreSQL, for a table that others use; the lock is held until the transaction ends",
	Safe:   "put it into a migration of its own, away from long transactions; the runner waits for the lock for a short time only and tries again",
	run: func(p *pass) {
		from, to := p.object()
		o := to
		if o == nil {
			o = from
		}
		if o == nil || p.hand || !slices.Contains([]schema.ObjectKind{schema.TriggerKind, schema.RuleKind, schema.PolicyKind, schema.RowSecurityKind}, o.Kind) {
			return
		}
		for _, st := range p.own() {
			if !st.ByHand && strong(st.Lock) && len(st.Tables) > 0 && !st.Scans && slices.ContainsFunc(st.Tables, p.used) {
				p.report("%s takes %s on %s, which stops %s for a moment (%s)", o, st.Lock, strings.Join(st.Tables, " and "), stops(st.Lock), st.target)
				return
			}
		}
	},
}
