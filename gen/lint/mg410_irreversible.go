package lint

import migrate "github.com/modelgen/modelgen/runtime"

var mg410 = Check{
	Code: "MG410", Title: "there is no way back", Severity: Note,
	Breaks: "down stops at this migration",
	When:   "an op has neither Down nor NoDown, or an AlterColumn computes values with Using and has no UsingBack",
	Safe:   "write Down, or say in NoDown why nothing needs to be undone; write UsingBack, or generate again with -convert-back",
	run: func(p *pass) {
		_, err := p.op.Inverse()
		if err == nil || p.hand {
			return
		}
		if _, alters := p.op.(migrate.AlterColumn); alters {
			p.reportAs(Warning, p.check.Safe, "%v", err) // whoever wrote the conversion knows the way back now
			return
		}
		p.report("%v", err)
	},
}
