package lint

import (
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

var mg419 = Check{
	Code: "MG419", Title: "a privilege for everybody", Severity: Warning,
	Breaks: "every role that can log in has it, those that are made later too; REVOKE from one role does not take it away",
	When:   "on PostgreSQL, for GRANT ... TO PUBLIC; EXECUTE on a function and USAGE on a type are everybody's anyway, unless they were revoked",
	Safe:   "make a role without LOGIN for those who need it, grant to that, and make them members",
	run: func(p *pass) {
		if o, ok := p.op.(migrate.Grant); ok && strings.EqualFold(strings.TrimSuffix(strings.ToUpper(o.To), " WITH GRANT OPTION"), "PUBLIC") {
			kind, _, _ := strings.Cut(o.On, " ")
			_, is, _ := migrate.ObjectChange(o)
			was := p.had(*is)
			if was != nil && was.Equal(*is) {
				return // it only comes back with what was out of the way
			}
			if o.Privileges != "EXECUTE" && o.Privileges != schema.NoPrivileges && !(o.Privileges == "USAGE" && (kind == "type" || kind == "domain" || kind == "language")) {
				p.report("every role may %s on %s", o.Privileges, o.On)
			}
		}
		for _, st := range p.onThose(privileges) {
			if _, grant := st.match("GRANT"); grant && st.has("TO PUBLIC") && !st.has("EXECUTE ON") {
				p.report("%s ... TO PUBLIC grants it to every role", st.short())
			}
		}
	},
}
