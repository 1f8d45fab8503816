package lint

import (
	"slices"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

var mg412 = Check{
	Code: "MG412", Title: "nobody has rights on a new table or view", Severity: Note,
	Breaks: "a program that does not log in as the owner of the tables cannot read or write it (42501); a publication FOR TABLE does not contain it, so subscribers get none of its rows; it has no policies of row level security",
	When:   "on PostgreSQL, when programs log in as another role than migrations, unless ALTER DEFAULT PRIVILEGES grants the rights, or tables are published one by one; not for the first tables of a database",
	Safe:   "write GRANT SELECT, INSERT, UPDATE, DELETE ON table TO role into a .sql file beside the models, see -sql, and so the publication and CREATE POLICY; or grant in the same migration: migrate.SQL{Up: []string{\"GRANT SELECT, INSERT, UPDATE, DELETE ON table TO role\"}, Only: \"postgres\", NoDown: \"it goes with the table\"}",
	run: func(p *pass) {
		if from, to := p.object(); from == nil && to != nil && (to.Kind == schema.ViewKind || to.Kind == schema.MaterializedViewKind) && !p.hand &&
			p.runsOn(*to, privileges) && len(p.first.Tables) > 0 && !p.granted(to.Name) {
			if p.had(*to) != nil {
				p.report("%s is made again: what was granted on it by hand is gone", to)
			} else {
				p.report("until privileges are granted, only the owner can read %s", to)
			}
		}
		o, ok := p.op.(migrate.CreateTable)
		if !ok || !p.can(privileges) || p.hand || len(p.first.Tables) == 0 {
			return
		}
		var tables []string
		for i, op := range values(p.in.Ops) {
			create, ok := op.(migrate.CreateTable)
			if ok && !p.granted(create.Table) {
				if len(tables) == 0 && i != p.i {
					return // one finding is enough for all of them
				}
				tables = append(tables, create.Table)
			}
		}
		if slices.Contains(tables, o.Table) {
			p.report("until privileges are granted, only the owner can access %s, and no publication FOR TABLE sends its rows", strings.Join(tables, " and "))
		}
	},
}

// granted reports whether SQL of the migration grants rights on the table, or on all of a schema.
func (p *pass) granted(table string) bool {
	return slices.ContainsFunc(p.later(), func(op migrate.Op) bool {
		if g, ok := op.(migrate.Grant); ok {
			kind, name, _ := strings.Cut(g.On, " ")
			return (kind == "table" || kind == "view") && strings.ReplaceAll(name, `"`, "") == table
		}
		sql, ok := op.(migrate.SQL)
		return ok && slices.ContainsFunc(sql.Up, func(up string) bool {
			return slices.ContainsFunc(split(up, 0), func(s statement) bool {
				if _, grant := s.match("GRANT"); !grant {
					return false
				}
				if s.has("ON ALL TABLES IN SCHEMA") {
					return true
				}
				for i := range s.toks {
					if name, end := s.name(i); end > i && name == table {
						return true
					}
				}
				return false
			})
		})
	})
}
