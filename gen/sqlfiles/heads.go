package sqlfiles

import (
	"cmp"
	"errors"
	"regexp"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/internal/sqllex"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// state is what an ALTER TABLE says of a trigger that is declared elsewhere.
type state struct {
	s                    *statement
	table, trigger, word string
}

// notKept is how an error about a statement that declares nothing ends.
const notKept = "; it is none of the objects that modelgen keeps: put it into a migrate.SQL step of a migration (modelgen generate -empty -name NAME)"

// statement reads one statement.
func (r *reader) statement(s *statement) {
	c := &cursor{statement: s}
	err := r.head(c)
	if err == nil {
		return
	}
	if e, ok := errors.AsType[*errAt](err); ok {
		r.fail(s.f, e.at, "%s", e.msg)
		return
	}
	r.fail(s.f, s.at(), "%v", err)
}

// head reads what a statement declares.
func (r *reader) head(c *cursor) error {
	for _, n := range c.notes {
		if strings.HasPrefix(n, "name: ") && strings.Contains(n, " :") {
			return c.fail("this is a query of sqlc; -sql names a directory with schema objects alone")
		}
		if strings.HasPrefix(n, "+goose") || strings.HasPrefix(n, "migrate:up") || strings.HasPrefix(n, "+migrate") {
			return c.fail("this is a migration of another tool (%s); -sql names a directory with schema objects alone", n)
		}
	}
	switch {
	case c.next("CREATE"):
		return r.create(c)
	case c.next("ALTER"):
		return r.alter(c)
	case c.next("COMMENT", "ON"):
		return r.comment(c)
	case c.next("GRANT"):
		return r.grant(c)
	case c.next("SET"), c.next("RESET"):
		r.remark(c.f, c.at(), "SET is passed over")
		return nil
	case c.next("SELECT"):
		if strings.HasSuffix(sqllex.Fold(c.text(1, 4)), "set_config") {
			r.remark(c.f, c.at(), "set_config is passed over")
			return nil
		}
	case c.is(0, "BEGIN", "COMMIT", "START", "END"):
		return c.fail("the files hold declarations and no transaction: take %s out", strings.ToUpper(c.toks[0].Text))
	case c.next("DROP"):
		return c.fail("what is to go is taken out of the files; there is no DROP in them")
	case c.next("REVOKE"):
		return r.revoke(c)
	}
	c.i = 0
	if c.is(0, "COPY", "INSERT", "UPDATE", "DELETE", "MERGE", "TRUNCATE", "SELECT") {
		return c.fail("%s is about rows, and the files declare what a schema has: put it into a migrate.SQL step of a migration (modelgen generate -empty -name NAME), or take it out", strings.ToUpper(c.shown()))
	}
	word := strings.ToUpper(c.shown())
	return c.fail("%s is not declared here%s", word, cmp.Or(like(word, []string{"CREATE", "ALTER", "COMMENT", "GRANT"}), notKept))
}

func (r *reader) create(c *cursor) error {
	orReplace := c.next("OR", "REPLACE")
	from := 1
	mid := c.i // behind OR REPLACE
	switch {
	case c.is(c.i, "TEMP", "TEMPORARY"), c.is(c.i, "GLOBAL", "LOCAL"):
		return c.fail("a temporary object is gone with its session, and no part of a schema")
	case c.next("RECURSIVE", "VIEW"):
		return c.fail("write CREATE VIEW with WITH RECURSIVE in its query, which says the same")
	case c.next("VIEW"):
		return r.view(c, schema.ViewKind)
	case c.next("MATERIALIZED", "VIEW"):
		return r.view(c, schema.MaterializedViewKind)
	case c.next("FUNCTION"):
		return r.routine(c, schema.FunctionKind, from, mid)
	case c.next("PROCEDURE"):
		return r.routine(c, schema.ProcedureKind, from, mid)
	case c.next("AGGREGATE"):
		return r.routine(c, schema.AggregateKind, from, mid)
	case c.next("TRIGGER"), c.next("CONSTRAINT", "TRIGGER"):
		return r.trigger(c, from, mid)
	case c.next("EVENT", "TRIGGER"):
		return r.plain(c, schema.EventTriggerKind, from, mid)
	case c.next("RULE"):
		return r.rule(c, from, mid)
	case c.next("POLICY"):
		return r.onTable(c, schema.PolicyKind, from, mid)
	case c.next("SEQUENCE"):
		return r.plain(c, schema.SequenceKind, from, mid)
	case c.next("DOMAIN"):
		return r.plain(c, schema.DomainKind, from, mid)
	case c.next("TYPE"):
		return r.typ(c, from, mid)
	case c.next("EXTENSION"):
		return r.extension(c)
	case c.next("SCHEMA"):
		return r.namespace(c)
	case c.next("STATISTICS"):
		return r.plain(c, schema.StatisticsKind, from, mid)
	case c.next("PUBLICATION"):
		return r.plain(c, schema.PublicationKind, from, mid)
	case c.next("VIRTUAL", "TABLE"):
		return r.plain(c, schema.VirtualTableKind, from, mid)
	case c.next("INDEX"), c.next("UNIQUE", "INDEX"):
		return r.index(c)
	case c.next("TABLE"), c.next("UNLOGGED", "TABLE"):
		return r.table(c)
	}
	if orReplace {
		c.i = mid
	}
	word := strings.ToUpper(c.shown())
	return c.fail("CREATE %s is not declared here%s", word, cmp.Or(like(word, strings.Fields("VIEW MATERIALIZED FUNCTION PROCEDURE AGGREGATE TRIGGER POLICY SEQUENCE DOMAIN TYPE EXTENSION SCHEMA STATISTICS PUBLICATION")), notKept))
}

// put declares an object.
func (r *reader) put(c *cursor, o schema.SQLObject) error {
	o.Only = c.f.only
	if o.SQL != "" {
		o.SQL = schema.SQLText(strings.TrimSpace(string(o.SQL)))
	}
	x := Object{SQLObject: o, Pos: c.f.pos(c.at()), file: c.f, at: c.at()}
	for _, n := range c.notes {
		if was, ok := strings.CutPrefix(n, "was:"); ok {
			x.Was = sqllex.Fold(strings.TrimSpace(was))
		}
		if names, ok := strings.CutPrefix(n, "modelgen:allow "); ok {
			for name := range strings.SplitSeq(names, ",") {
				if name = strings.TrimSpace(name); name != "" {
					x.Allowed = append(x.Allowed, name)
				}
			}
		}
	}
	for _, name := range x.Allowed {
		if _, last := schema.SplitName(name); !regexp.MustCompile(`(?i)(^|\W)` + regexp.QuoteMeta(last) + `(\W|$)`).MatchString(string(x.SQL)) {
			return &errAt{c.at(), "-- modelgen:allow: the statement has no name " + name}
		}
	}
	if err := r.narrow(c, &x); err != nil {
		return err
	}
	for i, other := range r.res.Objects {
		if x.Kind == schema.GrantKind && other.Key() == x.Key() && (x.SQL == schema.NoPrivileges) != (other.SQL == schema.NoPrivileges) {
			return &errAt{c.at(), "what PUBLIC has by itself is revoked and granted, at " + other.Pos.String() + " too"}
		}
		if x.Kind == schema.GrantKind && other.Key() == x.Key() { // more privileges
			all := append(strings.Split(string(other.SQL), ", "), strings.Split(string(x.SQL), ", ")...)
			slices.Sort(all)
			r.res.Objects[i].SQL = schema.SQLText(strings.Join(slices.Compact(all), ", "))
			return nil
		}
		if other.Kind == x.Kind && other.Name == x.Name && other.Table == x.Table && schema.Meet(other.Only, x.Only) {
			return &errAt{c.at(), x.String() + " is declared twice, at " + other.Pos.String() + " too"}
		}
		if share(other.Kind, x.Kind) && other.Name == x.Name && schema.Meet(other.Only, x.Only) {
			return &errAt{c.at(), x.String() + " has the name of " + other.String() + ", declared at " + other.Pos.String() + "; they share their names"}
		}
	}
	r.res.Objects = append(r.res.Objects, x)
	r.res.places[x.String()] = x.Pos
	return nil
}

// share reports whether objects of two kinds cannot have one name.
func share(a, b schema.ObjectKind) bool {
	typ := func(k schema.ObjectKind) bool { // a relation has a type of its name
		return k == schema.DomainKind || k == schema.RangeTypeKind || k.Relation() && k != schema.ViewIndexKind && k != schema.ExclusionKind
	}
	return a.Relation() && b.Relation() || a.Routine() && b.Routine() || typ(a) && typ(b)
}

// narrow leaves an object to the dialects of the project that have its kind, where only one does.
func (r *reader) narrow(c *cursor, o *Object) error {
	has := func(d migrate.Capabilities) bool {
		if !slices.Contains(d.Objects, o.Kind) {
			return false
		}
		return o.Kind != schema.TriggerKind || d.TriggerBodies == c.sqliteTrigger()
	}
	if o.Only != "" {
		i := slices.IndexFunc(r.cfg.Dialects, func(d migrate.Capabilities) bool { return d.Name == o.Only })
		if i >= 0 && !has(r.cfg.Dialects[i]) {
			return &errAt{c.at(), r.cfg.Dialects[i].Product + " has no " + string(o.Kind) + " of this form, and the name of the file says that it is for " + r.cfg.Dialects[i].Product + " alone"}
		}
		return nil
	}
	var own []migrate.Capabilities
	for _, d := range r.cfg.Dialects {
		if has(d) {
			own = append(own, d)
		}
	}
	switch {
	case len(own) == len(r.cfg.Dialects):
	case len(own) == 1:
		o.Only = own[0].Name
	case len(own) == 0:
		var products []string
		for _, d := range r.cfg.Dialects {
			products = append(products, d.Product)
		}
		return &errAt{c.at(), "the project is for " + strings.Join(products, " and ") + ", which has no " + string(o.Kind) + " of this form"}
	default:
		return &errAt{c.at(), "not all databases of the project have a " + string(o.Kind) + " of this form: put it into files that end in the name of a database, as ." + r.cfg.Dialects[0].Name + ".sql, one for each that has"}
	}
	return nil
}

// ifNotExists goes behind IF NOT EXISTS.
func (c *cursor) ifNotExists() { c.next("IF", "NOT", "EXISTS") }

// canonical returns the statement without OR REPLACE and IF NOT EXISTS.
func (c *cursor) canonical(from, mid int) string {
	sql := c.without(from, mid)
	if i := slices.IndexFunc(c.toks, func(t sqllex.Token) bool { return t.Is("IF") }); i > 0 && i < 6 && c.is(i+1, "NOT") && c.is(i+2, "EXISTS") {
		shift := len(c.text(0, len(c.toks))) - len(sql)
		a, b := c.toks[i].From-c.at()-shift, c.toks[i+3].From-c.at()-shift
		sql = sql[:a] + sql[b:]
	}
	return sql
}

func (r *reader) view(c *cursor, kind schema.ObjectKind) error {
	c.ifNotExists()
	name, err := c.name(string(kind))
	if err != nil {
		return err
	}
	from := c.i
	if !c.until("AS") {
		return c.fail("AS and a query are expected behind the name of the %s", kind)
	}
	head := c.text(from, c.i)
	c.i++
	if c.i >= len(c.toks) {
		return c.fail("the query of the %s is missing", kind)
	}
	if !c.is(c.i, "SELECT", "WITH", "VALUES", "TABLE") && !c.op(c.i, "(") {
		return c.fail("the query of the %s is expected here, not %s", kind, c.shown())
	}
	end := len(c.toks)
	if kind == schema.MaterializedViewKind && c.is(end-1, "DATA") && c.is(end-2, "WITH") {
		end -= 2
	}
	return r.put(c, schema.SQLObject{Kind: kind, Name: name, Head: head, SQL: schema.SQLText(c.text(c.i, end))})
}

func (r *reader) routine(c *cursor, kind schema.ObjectKind, from, mid int) error {
	name, err := c.name(string(kind))
	if err != nil {
		return err
	}
	open, to, err := c.brackets()
	if err != nil {
		return err
	}
	var types []string
	if kind == schema.AggregateKind && to == open+1 && c.op(open, "*") {
		types = []string{"*"}
	} else if types, err = c.argumentTypes(open, to); err != nil {
		return err
	}
	if kind != schema.AggregateKind {
		language, body := false, false
		for i := c.i; i < len(c.toks); i++ {
			language = language || c.is(i, "LANGUAGE")
			body = body || c.is(i, "AS", "RETURN", "ATOMIC")
		}
		if !body {
			return c.fail("the body of %s %s is missing: AS $$...$$, RETURN, or BEGIN ATOMIC", kind, name)
		}
		if !language && !slices.ContainsFunc(c.toks, func(t sqllex.Token) bool { return t.Is("ATOMIC", "RETURN") }) {
			return c.fail("%s %s does not say its LANGUAGE", kind, name)
		}
	}
	return r.put(c, schema.SQLObject{Kind: kind, Name: name + "(" + strings.Join(types, ", ") + ")", SQL: schema.SQLText(c.canonical(from, mid))})
}

func (r *reader) trigger(c *cursor, from, mid int) error {
	c.ifNotExists()
	name, err := c.name("trigger")
	if err != nil {
		return err
	}
	if !c.until("ON") {
		return c.fail("ON and the table of trigger %s are expected", name)
	}
	c.i++
	table, err := c.name("table")
	if err != nil {
		return err
	}
	if !c.sqliteTrigger() && !slices.ContainsFunc(c.toks, func(t sqllex.Token) bool { return t.Is("EXECUTE") }) {
		return c.fail("trigger %s does not say what it runs: EXECUTE FUNCTION, or BEGIN and END with statements", name)
	}
	return r.put(c, schema.SQLObject{Kind: schema.TriggerKind, Name: name, Table: table, SQL: schema.SQLText(c.canonical(from, mid))})
}

func (r *reader) rule(c *cursor, from, mid int) error {
	name, err := c.name("rule")
	if err != nil {
		return err
	}
	if !c.until("TO") {
		return c.fail("AS ON ... TO and the table of rule %s are expected", name)
	}
	c.i++
	table, err := c.name("table")
	if err != nil {
		return err
	}
	return r.put(c, schema.SQLObject{Kind: schema.RuleKind, Name: name, Table: table, SQL: schema.SQLText(c.canonical(from, mid))})
}

func (r *reader) onTable(c *cursor, kind schema.ObjectKind, from, mid int) error {
	name, err := c.name(string(kind))
	if err != nil {
		return err
	}
	if !c.next("ON") {
		return c.fail("ON and a table are expected here, not %s", c.shown())
	}
	table, err := c.name("table")
	if err != nil {
		return err
	}
	return r.put(c, schema.SQLObject{Kind: kind, Name: name, Table: table, SQL: schema.SQLText(c.canonical(from, mid))})
}

// plain reads what has a name and nothing else in its head.
func (r *reader) plain(c *cursor, kind schema.ObjectKind, from, mid int) error {
	c.ifNotExists()
	name, err := c.name(string(kind))
	if err != nil {
		return err
	}
	return r.put(c, schema.SQLObject{Kind: kind, Name: name, SQL: schema.SQLText(c.canonical(from, mid))})
}

func (r *reader) typ(c *cursor, from, mid int) error {
	name, err := c.name("type")
	if err != nil {
		return err
	}
	switch {
	case c.next("AS", "ENUM"):
		return r.enum(c, name)
	case c.next("AS", "RANGE"):
		return r.put(c, schema.SQLObject{Kind: schema.RangeTypeKind, Name: name, SQL: schema.SQLText(c.canonical(from, mid))})
	case c.next("AS"):
		if !c.op(c.i, "(") {
			return c.fail("the attributes of type %s are expected here, in brackets", name)
		}
		return r.put(c, schema.SQLObject{Kind: schema.CompositeTypeKind, Name: name, SQL: schema.SQLText(c.canonical(from, mid))})
	}
	return c.fail("a base type is not declared here%s", notKept)
}

func (r *reader) enum(c *cursor, name string) error {
	from, to, err := c.brackets()
	if err != nil {
		return err
	}
	e := &schema.Enum{Name: name}
	for i := from; i < to; i++ {
		switch t := c.toks[i]; {
		case t.Kind == sqllex.String && i == to-1 || t.Kind == sqllex.String && c.op(i+1, ","):
			if slices.Contains(e.Values, t.Value()) {
				c.i = i
				return c.fail("enum %s has the value %s twice", name, t.Text)
			}
			e.Values = append(e.Values, t.Value())
		case c.op(i, ","):
		default:
			c.i = i
			return c.fail("a value of enum %s is expected here, in single quotes", name)
		}
	}
	if i := slices.IndexFunc(r.res.Enums, func(x *schema.Enum) bool { return x.Name == name }); i >= 0 {
		return &errAt{c.at(), "enum " + name + " is declared twice, at " + r.res.places["enum "+name].String() + " too"}
	}
	for _, n := range c.notes {
		if was, ok := strings.CutPrefix(n, "was:"); ok {
			e.Was = sqllex.Fold(strings.TrimSpace(was))
		}
	}
	r.res.Enums = append(r.res.Enums, e)
	r.res.places["enum "+name] = c.f.pos(c.at())
	return nil
}

func (r *reader) extension(c *cursor) error {
	c.ifNotExists()
	name, err := c.name("extension")
	if err != nil {
		return err
	}
	c.next("WITH")
	in, version := "", ""
	for c.i < len(c.toks) {
		switch {
		case c.next("SCHEMA"):
			if in, err = c.name("schema"); err != nil {
				return err
			}
		case c.next("VERSION"):
			if c.i >= len(c.toks) {
				return c.fail("the version is missing")
			}
			version = c.toks[c.i].Value()
			c.i++
		case c.is(c.i, "CASCADE"):
			return c.fail("CASCADE would create extensions that nobody declared: write a CREATE EXTENSION for each")
		default:
			return c.fail("SCHEMA or VERSION is expected here, not %s", c.shown())
		}
	}
	_, o, _ := migrate.ObjectChange(migrate.CreateExtension{Name: name, Schema: in, Version: version})
	return r.put(c, *o)
}

func (r *reader) namespace(c *cursor) error {
	c.ifNotExists()
	name, err := c.name("schema")
	if err != nil {
		return err
	}
	if c.i < len(c.toks) {
		return c.fail("a schema is declared alone, and what is in it by statements of its own")
	}
	if !slices.Contains(r.res.Namespaces, name) && name != "public" {
		r.res.Namespaces = append(r.res.Namespaces, name)
		r.res.places["schema "+name] = c.f.pos(c.at())
	}
	return nil
}

func (r *reader) index(c *cursor) error {
	if c.is(c.i, "CONCURRENTLY") {
		return c.fail("how an index is built is for the migration to decide: take CONCURRENTLY out")
	}
	c.ifNotExists()
	if c.is(c.i, "ON") {
		return c.fail("the index has no name here: CREATE INDEX NAME ON a materialized view; the migrations have to know it")
	}
	name, err := c.name("index")
	if err != nil {
		return err
	}
	if !c.next("ON") {
		return c.fail("ON and a materialized view are expected here, not %s", c.shown())
	}
	c.next("ONLY")
	table, err := c.name("materialized view")
	if err != nil {
		return err
	}
	r.indexes = append(r.indexes, Object{SQLObject: schema.SQLObject{Kind: schema.ViewIndexKind, Name: name, Table: table, SQL: schema.SQLText(c.canonical(1, 1)), Only: c.f.only}, Pos: c.f.pos(c.at()), file: c.f, at: c.at()})
	return nil
}

func (r *reader) table(c *cursor) error {
	c.ifNotExists()
	name, err := c.name("table")
	if err != nil {
		return err
	}
	if !c.next("PARTITION", "OF") {
		return c.fail("a table is a model: a struct with a table tag; here stand the partitions of one (CREATE TABLE ... PARTITION OF ...)")
	}
	parent, err := c.name("table")
	if err != nil {
		return err
	}
	if !c.is(c.i, "FOR", "DEFAULT") {
		return c.fail("FOR VALUES or DEFAULT is expected here, not %s", c.shown())
	}
	return r.put(c, schema.SQLObject{Kind: schema.PartitionKind, Name: name, Table: parent, SQL: schema.SQLText(c.text(c.i, len(c.toks)))})
}
