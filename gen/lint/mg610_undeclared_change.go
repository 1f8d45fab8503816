package lint

import migrate "github.com/modelgen/modelgen/runtime"

var mg610 = Check{
	Code: "MG610", Title: "the schema is not told what SQL changes", Severity: Warning,
	Breaks: "the next generate does not know of it: it makes the table again, or alters what is not there",
	When:   "SQL written by hand makes, drops, renames or alters a table or column, and the op has no Schema",
	Safe:   "say what it does in Schema: []migrate.Op{...}; those ops are not run, the schema learns from them",
	run: func(p *pass) {
		o, ok := p.op.(migrate.SQL)
		if !ok || len(o.Schema) > 0 {
			return
		}
		for _, st := range p.sql {
			if p.alters(st) {
				p.report("%s changes a table, and Schema does not say so", st.short())
				return
			}
		}
	},
}

// alters reports whether a statement changes tables in a way that a schema has words for.
func (p *pass) alters(st statement) bool {
	if name, ok := st.match("DROP TABLE [IF] [EXISTS] *"); ok {
		return p.s.Table(name[0]) != nil
	}
	table, actions := st.alter()
	if table == "" || p.s.Table(table) == nil {
		return false
	}
	for _, a := range actions {
		for _, pattern := range []string{"RENAME", "ALTER [COLUMN] * [SET] [DATA] TYPE", "ALTER [COLUMN] * SET|DROP NOT|DEFAULT", "SET SCHEMA"} {
			if _, ok := a.match(pattern); ok {
				return true
			}
		}
		if _, adds := a.match("ADD|DROP [COLUMN] [IF] [NOT] [EXISTS] *"); adds {
			if _, other := a.match("ADD|DROP CONSTRAINT|FOREIGN|CHECK|UNIQUE|PRIMARY|EXCLUDE"); !other {
				return true
			}
		}
	}
	return false
}
