package lint

import (
	"strings"

	"github.com/modelgen/modelgen/runtime/schema"
)

var mg107 = Check{
	Code: "MG107", Title: "an attribute of a composite type is dropped with its values", Severity: Warning,
	Breaks: "the values are gone in every column of the type; undoing the migration brings the empty attribute back",
	When:   "always",
	Safe:   "leave the attribute until nobody asks for it, and drop it in a later migration; a backup is the only way back",
	run: func(p *pass) {
		from, to := p.object()
		if from == nil || to == nil || to.Kind != schema.CompositeTypeKind {
			return
		}
		if lost := schema.LostAttributes(to.Name, string(from.SQL), string(to.SQL)); len(lost) > 0 && p.had(*from) != nil {
			p.report("%s: the values go with it", strings.Join(lost, " and "))
		}
	},
}
