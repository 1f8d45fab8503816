package lint

import (
	"slices"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

var mg324 = Check{
	Code: "MG324", Title: "a privilege goes that the previous release may need", Severity: Warning,
	Breaks: "its statements are refused (PostgreSQL: 42501)",
	When:   "as long as a program that logs in as the role uses the object, unless the migration grants the same again",
	Safe:   "let the release go first that does without; find out who uses it: pg_stat_statements has the role and the statement",
	run: func(p *pass) {
		if g, ok := p.op.(migrate.Grant); ok && g.Privileges == schema.NoPrivileges {
			_, is, _ := migrate.ObjectChange(g)
			for _, o := range p.in.Before.SQLObjects {
				if p.had(*is) == nil && o.Kind.Routine() && (o.Addressed() == g.On || "routine "+o.Quoted() == g.On) {
					p.report("roles to which nothing is granted may no longer EXECUTE %s", g.On)
				}
			}
			return
		}
		o, ok := p.op.(migrate.Revoke)
		if !ok || o.Privileges == schema.NoPrivileges || p.gave("grant") == nil {
			return
		}
		from, _ := p.object()
		left := strings.Split(o.Privileges, ", ")
		if now := p.after().SQLObject(p.left(*from)); now != nil {
			kept := strings.Split(string(now.SQL), ", ")
			left = slices.DeleteFunc(left, func(w string) bool { return slices.Contains(kept, w) })
		}
		if len(left) > 0 {
			p.report("%s may no longer %s on %s", o.To, strings.Join(left, ", "), o.On)
		}
	},
}
