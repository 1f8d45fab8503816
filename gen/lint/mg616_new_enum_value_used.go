package lint

import (
	"slices"

	migrate "github.com/modelgen/modelgen/runtime"
)

var mg616 = Check{
	Code: "MG616", Title: "a new value of an enum is used in its transaction", Severity: Error,
	Breaks: "the migration fails: unsafe use of new value (55P04)",
	When:   "on PostgreSQL, for ALTER TYPE ... ADD VALUE by hand, when a statement after it in the same op has the value; AlterEnum commits in between",
	Safe:   "use AlterEnum, or put the use into the next migration",
	run: func(p *pass) {
		o, ok := p.op.(migrate.SQL)
		if !ok || o.NoTx {
			return
		}
		var added []string
		for _, st := range p.on("postgres") {
			for _, v := range added {
				if slices.ContainsFunc(st.toks, func(t tok) bool { return t.kind == 's' && t.text == v }) {
					p.report("%s uses %q in the transaction that adds it to its enum", st.short(), v)
				}
			}
			if _, ok := st.match("ALTER TYPE * ADD VALUE"); !ok {
				continue
			}
			if i := slices.IndexFunc(st.toks, func(t tok) bool { return t.kind == 's' }); i >= 0 {
				added = append(added, st.toks[i].text)
			}
		}
	},
}
