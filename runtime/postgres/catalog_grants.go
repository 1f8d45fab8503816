package postgres

import (
	"slices"
	"strings"

	"github.com/modelgen/modelgen/internal/sqllex"
	"github.com/modelgen/modelgen/runtime/schema"
)

// Of privileges only those are looked at that a role is declared to have on an object: what others have, or what is granted on others, is for those who look after
// the database.

// grantParts takes apart what a grant is on, and the role that it is to.
func grantParts(o schema.SQLObject) (kind, target, role string, option bool) {
	i := strings.LastIndex(o.Name, " to ")
	if i < 0 {
		return "", "", "", false
	}
	kind, target, _ = strings.Cut(o.Name[:i], " ")
	role, option = strings.CutSuffix(o.Name[i+len(" to "):], " WITH GRANT OPTION")
	if toks := sqllex.Code(role, lexis); role != "PUBLIC" && len(toks) == 1 {
		role = folded(toks[0])
	}
	return kind, target, role, option
}

// allPrivileges are what ALL means (manual, GRANT).
func (r renderer) allPrivileges(kind string) []string {
	switch kind {
	case "sequence":
		return []string{"SELECT", "UPDATE", "USAGE"}
	case "function", "procedure", "routine", "aggregate":
		return []string{"EXECUTE"}
	case "schema":
		return []string{"CREATE", "USAGE"}
	case "type", "domain":
		return []string{"USAGE"}
	}
	all := []string{"DELETE", "INSERT", "REFERENCES", "SELECT", "TRIGGER", "TRUNCATE", "UPDATE"}
	if r.version >= 17 {
		all = append(all, "MAINTAIN")
	}
	return all
}

// privileges returns the privileges of a grant one by one, sorted, those of columns as UPDATE (name).
func (r renderer) privileges(o schema.SQLObject) (all []string) {
	kind, _, _, _ := grantParts(o)
	toks := sqllex.Code(string(o.SQL), lexis)
	for i := 0; i < len(toks); i++ {
		word := strings.ToUpper(toks[i].Text)
		if i+1 < len(toks) && toks[i+1].Is("PRIVILEGES") {
			i++
		}
		var columns []string
		if i+1 < len(toks) && toks[i+1].Text == "(" {
			for i += 2; i < len(toks) && toks[i].Text != ")"; i++ {
				if toks[i].IsName() {
					columns = append(columns, folded(toks[i]))
				}
			}
			i++
		}
		if i++; i < len(toks) && toks[i].Text != "," {
			i--
		}
		words := []string{word}
		switch {
		case word == "ALL" && columns != nil:
			words = []string{"INSERT", "REFERENCES", "SELECT", "UPDATE"}
		case word == "ALL":
			words = r.allPrivileges(kind)
		}
		for _, w := range words {
			if columns == nil {
				all = append(all, w)
			}
			for _, c := range columns {
				all = append(all, w+" ("+schema.QuoteName(c)+")")
			}
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// grantQuery returns the privileges that roles have on what is granted to them: the label of the grant, the privilege, and 1 where it comes by default. It is "" when nothing is granted.
func (r renderer) grantQuery(s *schema.Schema) string {
	rows := map[string][]string{}
	names := r.scratchNames(s)
	for _, o := range s.SQLObjects {
		if o.Kind != schema.GrantKind {
			continue
		}
		kind, target, role, option := grantParts(o)
		head := "(" + text(o.String()) + ", " + text(role) + ", " + map[bool]string{true: "true", false: "false"}[option] + ", "
		bare, args, called := strings.Cut(target, "(")
		ns, name := schema.NameParts(bare)
		at := r.namespace(schema.JoinName(ns, name))
		switch kind {
		case "table", "sequence":
			rows["relation"] = append(rows["relation"], head+text(at)+", "+text(name)+")")
		case "function", "procedure", "routine":
			sig := ident(at) + "." + ident(name)
			if called {
				sig += "(" + names.move(args)
			}
			rows["routine"] = append(rows["routine"], head+text(sig)+")")
		case "schema":
			rows["schema"] = append(rows["schema"], head+text(r.namespace(schema.JoinName(name, "x")))+")")
		case "type", "domain":
			rows["type"] = append(rows["type"], head+text(at)+", "+text(name)+")")
		}
	}
	var parts []string
	// x has the object, its list of privileges, its owner, its letter in acldefault and in pg_default_acl, and the schema.
	add := func(key, columns, from, more string) {
		if len(rows[key]) == 0 {
			return
		}
		w := "(VALUES " + strings.Join(rows[key], ", ") + ") AS w(label, role, option, " + columns + ")"
		parts = append(parts, strings.ReplaceAll(`SELECT x.label, a.privilege_type AS privilege, EXISTS (SELECT 1 FROM pg_catalog.aclexplode(pg_catalog.acldefault(x.letter::"char", x.owner)) d WHERE d.grantee = a.grantee AND d.privilege_type = a.privilege_type)
 OR EXISTS (SELECT 1 FROM pg_catalog.pg_default_acl f CROSS JOIN LATERAL pg_catalog.aclexplode(f.defaclacl) d WHERE f.defaclrole = x.owner AND f.defaclobjtype = x.kind::"char" AND (f.defaclnamespace = 0 OR f.defaclnamespace = x.nsp)
 AND d.grantee = a.grantee AND d.privilege_type = a.privilege_type) AS usual
FROM (`+from+`) x CROSS JOIN LATERAL pg_catalog.aclexplode(COALESCE(x.acl, pg_catalog.acldefault(x.letter::"char", x.owner))) a
WHERE a.is_grantable = x.option AND a.grantee = CASE WHEN x.role = 'PUBLIC' THEN 0::oid ELSE (SELECT r.oid FROM pg_catalog.pg_roles r WHERE r.rolname = x.role) END`, "$values", w))
		if more != "" {
			parts = append(parts, strings.ReplaceAll(more, "$values", w))
		}
	}
	in := " JOIN pg_catalog.pg_namespace n ON n.nspname = w.nsp JOIN pg_catalog."
	relation := " FROM $values" + in + "pg_class c ON c.relnamespace = n.oid AND c.relname = w.name AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')"
	add("relation", "nsp, name", "SELECT w.label, w.role, w.option, c.relacl AS acl, c.relowner AS owner, CASE c.relkind WHEN 'S' THEN 's' ELSE 'r' END AS letter, CASE c.relkind WHEN 'S' THEN 'S' ELSE 'r' END AS kind, n.oid AS nsp"+relation,
		"SELECT w.label, a.privilege_type || ' (' || pg_catalog.quote_ident(t.attname) || ')', false"+relation+` JOIN pg_catalog.pg_attribute t ON t.attrelid = c.oid AND t.attnum > 0 AND NOT t.attisdropped CROSS JOIN LATERAL pg_catalog.aclexplode(t.attacl) a
WHERE a.is_grantable = w.option AND a.grantee = CASE WHEN w.role = 'PUBLIC' THEN 0::oid ELSE (SELECT r.oid FROM pg_catalog.pg_roles r WHERE r.rolname = w.role) END`)
	add("routine", "signature", "SELECT w.label, w.role, w.option, p.proacl AS acl, p.proowner AS owner, 'f' AS letter, 'f' AS kind, p.pronamespace AS nsp FROM $values JOIN pg_catalog.pg_proc p ON p.oid = CASE WHEN pg_catalog.strpos(w.signature, '(') > 0 THEN pg_catalog.to_regprocedure(w.signature)::oid ELSE pg_catalog.to_regproc(w.signature)::oid END", "")
	add("schema", "name", "SELECT w.label, w.role, w.option, n.nspacl AS acl, n.nspowner AS owner, 'n' AS letter, 'n' AS kind, 0::oid AS nsp FROM $values JOIN pg_catalog.pg_namespace n ON n.nspname = w.name", "")
	add("type", "nsp, name", "SELECT w.label, w.role, w.option, t.typacl AS acl, t.typowner AS owner, 'T' AS letter, 'T' AS kind, n.oid AS nsp FROM $values"+in+"pg_type t ON t.typnamespace = n.oid AND t.typname = w.name", "")
	if len(parts) == 0 {
		return ""
	}
	return "SELECT pg_catalog.concat(label, E'\\x01', privilege, E'\\x01', CASE WHEN usual THEN '1' END) FROM (" + strings.Join(parts, "\nUNION ALL ") + ") g(label, privilege, usual)"
}

// grantFacts returns one fact for each grant of s of which the role has anything. A privilege that comes by default counts where it is declared.
func (r renderer) grantFacts(s *schema.Schema, lines []string) (facts []string) {
	has := map[string][]string{}
	usual := map[string]bool{}
	for _, line := range lines {
		p := strings.Split(line, "\x01")
		has[p[0]] = append(has[p[0]], p[1])
		usual[p[0]+"\x01"+p[1]] = p[2] != ""
	}
	for _, o := range s.SQLObjects {
		if o.Kind != schema.GrantKind {
			continue
		}
		label, said := o.String(), r.privileges(o)
		if o.SQL == schema.NoPrivileges {
			if len(has[label]) == 0 {
				has[label] = said
			}
			said = has[label] // what is there by default counts, too
		}
		all := slices.DeleteFunc(has[label], func(p string) bool { return usual[label+"\x01"+p] && !slices.Contains(said, p) })
		if slices.Sort(all); len(all) > 0 {
			facts = append(facts, label+": "+strings.Join(slices.Compact(all), ", "))
		}
	}
	return facts
}
