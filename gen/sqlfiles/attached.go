package sqlfiles

import (
	"slices"
	"strings"

	"github.com/modelgen/modelgen/internal/sqllex"
	"github.com/modelgen/modelgen/runtime/schema"
)

// alter reads the ALTER statements that say what no CREATE can: the state of a trigger, and row level security.
func (r *reader) alter(c *cursor) error {
	if c.next("TABLE") {
		c.next("ONLY")
		table, err := c.name("table")
		if err != nil {
			return err
		}
		switch {
		case c.next("ENABLE", "ROW", "LEVEL", "SECURITY"):
			return r.rowSecurity(c, table, "ENABLE")
		case c.next("FORCE", "ROW", "LEVEL", "SECURITY"):
			return r.rowSecurity(c, table, "FORCE")
		case c.is(c.i, "ENABLE", "DISABLE"):
			from := c.i
			c.i++
			if c.is(c.i, "ALWAYS", "REPLICA") {
				c.i++
			}
			word := strings.ToUpper(strings.Join(strings.Fields(c.text(from, c.i)), " "))
			if !c.next("TRIGGER") {
				return c.fail("TRIGGER or ROW LEVEL SECURITY is expected here, not %s", c.shown())
			}
			name, err := c.name("trigger")
			if err != nil {
				return err
			}
			if word == "ENABLE" {
				word = ""
			}
			r.states = append(r.states, state{c.statement, table, name, word})
			return nil
		}
	}
	for i := range c.toks {
		if c.is(i, "OWNER") && c.is(i+1, "TO") {
			r.remark(c.f, c.at(), "the owner is the role that migrates: OWNER TO is passed over")
			return nil
		}
	}
	c.i = 1
	return c.fail("ALTER %s is not declared here: change the statement that creates it, or, for a table, its model", strings.ToUpper(c.shown()))
}

// rowSecurity declares row level security; a second statement for the table says more of it.
func (r *reader) rowSecurity(c *cursor, table, word string) error {
	for i := range r.res.Objects {
		if o := &r.res.Objects[i]; o.Kind == schema.RowSecurityKind && o.Name == table && (string(o.SQL) != word || o.file == c.f) {
			o.SQL = "FORCE"
			return nil
		}
	}
	return r.put(c, schema.SQLObject{Kind: schema.RowSecurityKind, Name: table, SQL: schema.SQLText(word)})
}

// commentKinds are the words behind COMMENT ON, the longer ones first.
var commentKinds = strings.Split("materialized view,event trigger,trigger,policy,rule,constraint,index,column,view,function,procedure,aggregate,routine,extension,sequence,type,domain,statistics,publication,schema,table", ",")

func (r *reader) comment(c *cursor) error {
	from := c.i
	kind := ""
	for _, k := range commentKinds {
		if kind == "" && c.next(strings.Fields(k)...) {
			kind = k
		}
	}
	if kind == "" {
		return c.fail("there is no comment on %s here", strings.ToUpper(c.shown()))
	}
	target, err := c.target(kind)
	if err != nil {
		return err
	}
	if !c.next("IS") || c.i >= len(c.toks) {
		return c.fail("IS and a text are expected here, not %s", c.shown())
	}
	if c.is(c.i, "NULL") {
		return nil
	}
	t := c.toks[c.i]
	if t.Kind != sqllex.String && t.Kind != sqllex.Dollar || c.i+1 < len(c.toks) {
		return c.fail("the text of the comment is expected here, in quotes, not %s", c.shown())
	}
	if kind == "schema" && target == "public" {
		r.remark(c.f, c.toks[from].From, "the comment on schema public is passed over")
		return nil
	}
	return r.put(c, schema.SQLObject{Kind: schema.CommentKind, Name: kind + " " + target, SQL: schema.SQLText(t.Value())})
}

// target reads the name of what a comment or a grant is on, as SQL writes it.
func (c *cursor) target(kind string) (string, error) {
	if kind == "column" {
		var parts []string
		for {
			p, ok := c.part()
			if !ok {
				return "", c.fail("a column is expected here, as table.column, not %s", c.shown())
			}
			parts = append(parts, p)
			if !c.op(c.i, ".") {
				break
			}
			c.i++
		}
		if len(parts) == 3 && parts[0] == "public" {
			parts = parts[1:]
		}
		if len(parts) < 2 {
			return "", c.fail("a column is named with its table: table.column")
		}
		for i := range parts {
			parts[i] = schema.QuoteName(parts[i])
		}
		return strings.Join(parts, "."), nil
	}
	name, err := c.name(kind)
	if err != nil {
		return "", err
	}
	quoted := schema.QuoteName(name)
	if c.op(c.i, "(") {
		from, to, err := c.brackets()
		if err != nil {
			return "", err
		}
		types, err := c.argumentTypes(from, to)
		if err != nil {
			return "", err
		}
		return quoted + "(" + strings.Join(types, ", ") + ")", nil
	}
	if slices.Contains([]string{"trigger", "policy", "rule", "constraint"}, kind) {
		if !c.next("ON") {
			return "", c.fail("ON and the table are expected here, not %s", c.shown())
		}
		table, err := c.name("table")
		if err != nil {
			return "", err
		}
		return quoted + " on " + schema.QuoteName(table), nil
	}
	return quoted, nil
}

// grant reads a GRANT of privileges. Each object with each role is one of its own.
func (r *reader) grant(c *cursor) error {
	from := c.i
	if !c.until("ON") {
		return c.fail("who is a member of a role is not of one database: put it into a migrate.SQL step, or do it by hand")
	}
	var privileges []string
	for _, p := range c.commas(from, c.i) {
		words := c.text(p[0], p[1])
		if i := strings.IndexByte(words, '('); i >= 0 {
			privileges = append(privileges, strings.ToUpper(strings.TrimSpace(words[:i]))+" "+strings.Join(strings.Fields(words[i:]), " "))
		} else {
			privileges = append(privileges, strings.ToUpper(strings.Join(strings.Fields(words), " ")))
		}
	}
	slices.Sort(privileges)
	c.i++
	kind := "table"
	switch {
	case c.is(c.i, "ALL"):
		return c.fail("ALL IN SCHEMA says nothing of what comes later: name each")
	case c.next("FOREIGN"), c.is(c.i, "DATABASE", "LANGUAGE", "TABLESPACE", "PARAMETER"):
		return c.fail("a grant on this is not of one schema: do it by hand")
	case c.is(c.i, "TABLE", "SEQUENCE", "FUNCTION", "PROCEDURE", "ROUTINE", "SCHEMA", "TYPE", "DOMAIN"):
		kind = sqllex.Fold(c.toks[c.i].Text)
		c.i++
	}
	targets, err := c.targets(kind)
	if err != nil {
		return err
	}
	if !c.next("TO") {
		return c.fail("TO and a role are expected here, not %s", c.shown())
	}
	var roles []string
	for {
		c.next("GROUP")
		role, ok := c.part()
		if !ok {
			return c.fail("a role is expected here, not %s", c.shown())
		}
		if role == "public" {
			role = "PUBLIC"
		} else {
			role = schema.QuoteName(role)
		}
		roles = append(roles, role)
		if !c.op(c.i, ",") {
			break
		}
		c.i++
	}
	option := ""
	if c.next("WITH", "GRANT", "OPTION") {
		option = " WITH GRANT OPTION"
	}
	if c.i < len(c.toks) {
		return c.fail("the end of the GRANT is expected here, not %s", c.shown())
	}
	for _, target := range targets {
		for _, role := range roles {
			if err := r.put(c, schema.SQLObject{Kind: schema.GrantKind, Name: target + " to " + role + option, SQL: schema.SQLText(strings.Join(privileges, ", "))}); err != nil {
				return err
			}
		}
	}
	return nil
}

// targets reads what a GRANT or a REVOKE is on, as the names of grants begin: function total(integer).
func (c *cursor) targets(kind string) (all []string, err error) {
	for {
		t, err := c.target(kind)
		if err != nil {
			return nil, err
		}
		all = append(all, kind+" "+t)
		if !c.op(c.i, ",") {
			return all, nil
		}
		c.i++
	}
}

// revoke reads the one REVOKE that takes away what no GRANT has given: what PUBLIC has by itself on functions and types (PostgreSQL manual, 5.8 Privileges).
func (r *reader) revoke(c *cursor) error {
	const remedy = "the files say who has a privilege: take the GRANT out instead of adding a REVOKE"
	from := c.i
	refuse := func() error {
		c.i = from
		return c.fail(remedy)
	}
	if !c.next("ALL", "PRIVILEGES") && !c.next("ALL") && !c.next("EXECUTE") && !c.next("USAGE") || !c.next("ON") || !c.is(c.i, "FUNCTION", "PROCEDURE", "ROUTINE", "TYPE", "DOMAIN") {
		return refuse()
	}
	kind := sqllex.Fold(c.toks[c.i].Text)
	c.i++
	targets, err := c.targets(kind)
	if err != nil {
		return err
	}
	if !c.next("FROM", "PUBLIC") {
		return refuse()
	}
	if !c.next("RESTRICT") {
		c.next("CASCADE")
	}
	if c.i < len(c.toks) {
		return c.fail("the end of the REVOKE is expected here, not %s; from roles other than PUBLIC nothing is revoked", c.shown())
	}
	for _, target := range targets {
		if err := r.put(c, schema.SQLObject{Kind: schema.GrantKind, Name: target + " to PUBLIC", SQL: schema.NoPrivileges}); err != nil {
			return err
		}
	}
	return nil
}

// settle brings together what statements say of each other's objects.
func (r *reader) settle() {
	for _, st := range r.states {
		i := slices.IndexFunc(r.res.Objects, func(o Object) bool {
			return o.Kind == schema.TriggerKind && o.Name == st.trigger && o.Table == st.table
		})
		if i < 0 {
			r.fail(st.s.f, st.s.at(), "trigger %s on %s is not declared", st.trigger, st.table)
			continue
		}
		r.res.Objects[i].Head = st.word
	}
	for _, x := range r.indexes {
		if !slices.ContainsFunc(r.res.Objects, func(o Object) bool { return o.Kind == schema.MaterializedViewKind && o.Name == x.Table }) {
			r.fail(x.file, x.at, "an index of a table is said in its model, with an index tag; here stand those of the materialized views that are declared here, and %s is none", x.Table)
			continue
		}
		x.Only = r.res.Objects[slices.IndexFunc(r.res.Objects, func(o Object) bool { return o.Kind == schema.MaterializedViewKind && o.Name == x.Table })].Only
		r.res.Objects = append(r.res.Objects, x)
		r.res.places[x.String()] = x.Pos
	}
}
