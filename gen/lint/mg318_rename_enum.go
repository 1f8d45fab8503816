package lint

import migrate "github.com/modelgen/modelgen/runtime"

var mg318 = Check{
	Code: "MG318", Title: "an enum gets another name", Severity: Warning,
	Breaks: "statements of the previous release that name the type, such as $1::mood, do not find it (42704), nor do drivers that look for it by its name",
	When:   "on PostgreSQL, as long as the previous release runs beside the new one during a rolling deploy, if it names the type",
	Safe:   "keep the name of the Go type; or release a binary first whose statements do not name the type",
	run: func(p *pass) {
		o, ok := p.op.(migrate.RenameEnum)
		if ok && p.can(nativeEnums) && p.named.Enum(o.From) != nil {
			p.report("the previous release may still call the enum %s %s", o.To, o.From)
		}
	},
}
