package lint

import (
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
)

var mg612 = Check{
	Code: "MG612", Title: "SQL that only one database understands", Severity: Warning,
	Breaks: "the migration fails with a syntax error on the other one",
	When:   "the migrations are for several dialects, and the op does not say Only",
	Safe:   "write Only: \"postgres\", and a second op with Only: \"sqlite\" where that one needs something too",
	run: func(p *pass) {
		o, ok := p.op.(migrate.SQL)
		if !ok || o.Only != "" || len(p.in.Targets) < 2 {
			return
		}
		for _, st := range p.sql {
			if word := foreign(st); word != "" {
				p.report("%s is for one dialect only (%s), and the op does not say which", st.short(), word)
				return
			}
		}
	},
}

// foreign returns what one of the dialects does not understand.
func foreign(st statement) string {
	for _, pattern := range []string{"PRAGMA", "DO", "COMMENT ON", "GRANT", "REVOKE", "CREATE EXTENSION",
		"CREATE [OR] [REPLACE] FUNCTION|PROCEDURE", "TRUNCATE", "LOCK TABLE",
		"CREATE TYPE|DOMAIN|SEQUENCE|SCHEMA|POLICY", "ALTER TYPE|DOMAIN|SEQUENCE|INDEX|SCHEMA", "SET"} {
		if _, ok := st.match(pattern); ok {
			return strings.NewReplacer(" [OR] [REPLACE]", "", "|", " or ").Replace(pattern)
		}
	}
	if _, actions := st.alter(); len(actions) > 0 {
		for _, a := range actions {
			if _, ok := a.match("ALTER"); ok {
				return "ALTER COLUMN"
			}
			if _, ok := a.match("ADD|DROP CONSTRAINT"); ok {
				return "CONSTRAINT"
			}
		}
	}
	if st.has("CONCURRENTLY") {
		return "CONCURRENTLY"
	}
	for _, t := range st.toks {
		switch {
		case t.kind == 'c':
			return "::"
		case t.kind == 's' && strings.HasPrefix(t.raw, "$"):
			return "$$"
		}
	}
	return ""
}
