package lint

import migrate "github.com/modelgen/modelgen/runtime"

var mg303 = Check{
	Code: "MG303", Title: "a column gets another name", Severity: Warning,
	Breaks: "the previous release names a column that is not there any more (PostgreSQL: 42703)",
	When:   "from that moment until the previous release is gone",
	Safe:   "keep the name in the database and change only the field (db:\"old_name\"), or generate with -online: both names work until -contract",
	run: func(p *pass) {
		if o, ok := p.op.(migrate.RenameColumn); ok && p.used(o.Table) && !p.added[o.Table+"."+o.From] && !p.contracted[o.Table+"."+o.From] {
			p.report("the previous release still uses the old name %q of %s.%s", o.From, o.Table, o.To)
		}
	},
}
