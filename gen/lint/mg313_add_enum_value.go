package lint

import (
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
)

var mg313 = Check{
	Code: "MG313", Title: "an enum gets a value that the previous release does not know", Severity: Note,
	Breaks: "the previous release reads a value that none of its constants has",
	When:   "once the new binary writes it while the previous one still runs",
	Safe:   "roll out a binary that can read it first, and write it in the release after it",
	run: func(p *pass) {
		if o, ok := p.op.(migrate.AlterEnum); ok && len(o.Added()) > 0 && p.named.Enum(o.Name) != nil {
			p.report("the previous release does not know %s of enum %s", strings.Join(o.Added(), ", "), o.Name)
		}
	},
}
