package postgres

import (
	"strings"

	"github.com/modelgen/modelgen/runtime/schema"
)

// commentFacts returns queries for the comments on objects that obj_... has, and on what else comments of s are on. A comment that an extension brings is none of ours.
func (r renderer) commentFacts(s *schema.Schema, ctes []string) (parts []string) {
	addressed := map[string]bool{}
	for _, o := range s.SQLObjects {
		if o.Kind != schema.CommentKind && o.Kind != schema.GrantKind {
			addressed[o.Addressed()] = true
		}
	}
	declared := map[string]bool{}
	for _, o := range s.SQLObjects {
		if o.Kind != schema.CommentKind {
			continue
		}
		if declared[o.Name] = true; !addressed[o.Name] {
			if sql := r.commented(o.Name); sql != "" {
				parts = append(parts, "\nSELECT "+text(o.String()+": ")+" || c.text FROM ("+sql+") c(text) WHERE c.text IS NOT NULL")
			}
		}
	}
	for _, cte := range ctes {
		name, _, _ := strings.Cut(cte, " AS ")
		if name == "obj_row_security" {
			continue
		}
		more := ""
		if name == "obj_extension" {
			var said []string
			for d := range declared {
				if strings.HasPrefix(d, "extension ") {
					said = append(said, d)
				}
			}
			if len(said) == 0 {
				continue
			}
			more = " AND o.addr IN (" + texts(said) + ")"
		}
		parts = append(parts, "\nSELECT 'comment on ' || o.addr || ': ' || d.description FROM "+name+" o JOIN pg_catalog.pg_description d ON d.classoid = o.cls AND d.objoid = o.oid AND d.objsubid = 0"+more)
	}
	return parts
}

// commented returns a query for the comment on what COMMENT ON names so, "" for what is not looked at.
func (r renderer) commented(target string) string {
	o, err := schema.ParseObject(target)
	if err != nil {
		return ""
	}
	at := func(sql string) string {
		ns, name := schema.NameParts(sql)
		return "n.nspname = " + text(r.namespace(schema.JoinName(ns, name)))
	}
	_, name := schema.NameParts(o.Name)
	_, table := schema.NameParts(o.Table)
	relation := "FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE "
	switch o.Kind {
	case "column":
		return "SELECT pg_catalog.col_description(c.oid, a.attnum) FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE a.attname = " + text(name) + " AND a.attnum > 0 AND NOT a.attisdropped AND c.relname = " + text(table) + " AND " + at(o.Table)
	case "table", "view", "materialized view", "sequence", "index":
		return "SELECT pg_catalog.obj_description(c.oid, 'pg_class') " + relation + "c.relname = " + text(name) + " AND " + at(o.Name)
	case "constraint", "trigger", "policy", "rule":
		c := map[string][3]string{"constraint": {"pg_constraint", "conname", "conrelid"}, "trigger": {"pg_trigger", "tgname", "tgrelid"}, "policy": {"pg_policy", "polname", "polrelid"}, "rule": {"pg_rewrite", "rulename", "ev_class"}}[o.Kind]
		return "SELECT pg_catalog.obj_description(x.oid, '" + c[0] + "') FROM pg_catalog." + c[0] + " x JOIN pg_catalog.pg_class c ON c.oid = x." + c[2] + " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE x." + c[1] + " = " + text(name) + " AND c.relname = " + text(table) + " AND " + at(o.Table)
	case "schema":
		return "SELECT pg_catalog.obj_description(n.oid, 'pg_namespace') FROM pg_catalog.pg_namespace n WHERE n.nspname = " + text(r.namespace(schema.JoinName(name, "x")))
	case "type", "domain":
		return "SELECT pg_catalog.obj_description(t.oid, 'pg_type') FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace WHERE t.typname = " + text(name) + " AND " + at(o.Name)
	case "function", "procedure", "aggregate", "routine":
		bare, args, called := strings.Cut(o.Name, "(")
		_, base := schema.NameParts(bare)
		sql := "SELECT pg_catalog.obj_description(p.oid, 'pg_proc') FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace WHERE p.proname = " + text(base) + " AND " + at(bare)
		if called {
			ns, _ := schema.NameParts(bare)
			sql += " AND p.oid = pg_catalog.to_regprocedure(" + text(ident(r.namespace(schema.JoinName(ns, base)))+"."+ident(base)+"("+strings.ReplaceAll(args, "*", "")) + ")::oid"
		}
		return sql
	}
	return ""
}
