package lint

import (
	"slices"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
)

var mg211 = Check{
	Code: "MG211", Title: "a drop locks the table that is referred to", Severity: Note,
	Breaks: "the triggers of the foreign key go from both tables: nobody reads or writes the other one for a moment either, nor while the lock is waited for",
	When:   "on PostgreSQL, when a foreign key goes, alone or with its table",
	Safe:   "drop the foreign keys of a table one at a time, in ops before the table; the runner waits for each lock for a short time only and tries again",
	run: func(p *pass) {
		own := ""
		switch o := p.op.(type) {
		case migrate.DropForeignKey:
			own = o.Table
		case migrate.DropTable:
			own = o.Table
		default:
			return
		}
		for _, st := range p.own() {
			if p.hand || !strong(st.Lock) {
				continue
			}
			if others := slices.DeleteFunc(slices.Clone(st.Tables), func(t string) bool { return t == own }); len(others) > 0 {
				p.report("it takes %s on %s too (%s)", st.Lock, strings.Join(others, " and "), st.target)
			}
		}
	},
}
