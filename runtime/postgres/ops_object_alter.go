package postgres

import (
	"slices"
	"strings"

	"github.com/modelgen/modelgen/internal/sqllex"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// alters returns the statements of the kinds that have an ALTER and no CREATE OR REPLACE.
func (p *planner) alters(from, to schema.SQLObject) ([]migrate.Statement, error) {
	if reason := schema.Alters(from, to); reason != "" {
		return nil, &migrate.UnsupportedError{Dialect: dialect, Table: to.String(), Reason: "this change in its place: " + reason, Hint: "drop it and create it"}
	}
	head := "ALTER " + dropped(to) + " "
	if to.Kind == schema.ExtensionKind {
		return extensionAlters(head, from, to), nil
	}
	changes := schema.Alteration(from, to)
	switch to.Kind {
	case schema.SequenceKind:
		return sequenceAlters(head, changes), nil
	case schema.DomainKind:
		return domainAlters(head, changes), nil
	case schema.CompositeTypeKind:
		return attributeAlters(head, changes), nil
	case schema.PolicyKind:
		return policyAlters(head, changes), nil
	case schema.PublicationKind:
		return publicationAlters(head, changes), nil
	}
	return nil, &migrate.UnsupportedError{Dialect: dialect, Table: to.String(), Reason: "a change in its place", Hint: "drop it and create it"}
}

// extensionAlters moves an extension and updates it. What is not said stays as it is: the schema and the version that the server chose.
func extensionAlters(head string, from, to schema.SQLObject) (all []migrate.Statement) {
	was, now := extensionOptions(from), extensionOptions(to)
	if now["SCHEMA"] != "" && now["SCHEMA"] != was["SCHEMA"] {
		all = append(all, statement(head+"SET SCHEMA "+now["SCHEMA"]))
	}
	if now["VERSION"] != "" && now["VERSION"] != was["VERSION"] {
		all = append(all, statement(head+"UPDATE TO "+now["VERSION"]))
	}
	return all
}

// extensionOptions returns what an extension says behind SCHEMA and VERSION, as it is written.
func extensionOptions(o schema.SQLObject) map[string]string {
	said := map[string]string{}
	toks := sqllex.Code(string(o.SQL), lexis)
	for i := 0; i+1 < len(toks); i++ {
		if toks[i].Is("SCHEMA", "VERSION") {
			said[strings.ToUpper(toks[i].Text)] = toks[i+1].Text
			i++
		}
	}
	return said
}

func sequenceAlters(head string, changes []schema.Clause) []migrate.Statement {
	var words []string
	for _, c := range changes {
		switch text := c.Text; {
		case c.Name == "CYCLE" && text == "YES":
			words = append(words, "CYCLE")
		case text == "NO":
			words = append(words, "NO "+c.Name)
		case c.Name == "OWNED" || c.Name == "INCREMENT":
			words = append(words, c.Name+" BY "+text)
		case c.Name == "START":
			words = append(words, "START WITH "+text)
		default:
			words = append(words, c.Name+" "+text)
		}
	}
	if len(words) == 0 {
		return nil
	}
	return []migrate.Statement{statement(head + strings.Join(words, " "))}
}

// domainAlters changes a domain. What is taken away goes first, so that a check can be replaced under its name.
func domainAlters(head string, changes []schema.Clause) (all []migrate.Statement) {
	for _, c := range changes {
		switch {
		case c.Name == "DEFAULT" && c.Text == "":
			all = append(all, statement(head+"DROP DEFAULT"))
		case c.Name == "DEFAULT":
			all = append(all, statement(head+"SET DEFAULT "+c.Text))
		case c.Name == "NOT NULL" && c.Text == "":
			all = append(all, statement(head+"DROP NOT NULL"))
		case c.Name == "NOT NULL":
			all = append(all, statement(head+"SET NOT NULL"))
		case c.Text == "":
			all = append(all, statement(head+"DROP CONSTRAINT "+ident(c.Of)))
		default:
			all = append(all, statement(head+"ADD CONSTRAINT "+ident(c.Of)+" CHECK "+c.Text))
		}
	}
	return all
}

func attributeAlters(head string, changes []schema.Clause) []migrate.Statement {
	var parts []string
	for _, c := range changes {
		if c.Text == "" {
			parts = append(parts, "DROP ATTRIBUTE "+ident(c.Of))
		} else {
			parts = append(parts, "ADD ATTRIBUTE "+ident(c.Of)+" "+c.Text)
		}
	}
	if len(parts) == 0 {
		return nil
	}
	return []migrate.Statement{statement(head + strings.Join(parts, ", "))}
}

func policyAlters(head string, changes []schema.Clause) []migrate.Statement {
	var parts []string
	for _, name := range []string{"TO", "USING", "WITH CHECK"} { // their order in ALTER POLICY
		if text, ok := schema.ClauseOf(changes, name, ""); ok {
			parts = append(parts, name+" "+text)
		}
	}
	if len(parts) == 0 {
		return nil
	}
	return []migrate.Statement{statement(head + strings.Join(parts, " "))}
}

func publicationAlters(head string, changes []schema.Clause) (all []migrate.Statement) {
	var options []string
	for _, c := range changes {
		switch {
		case c.Name == "FOR":
			all = append(all, statement(head+"SET "+c.Text))
		case c.Text == "":
			options = append(options, c.Name+" = none")
		default:
			options = append(options, c.Name+" = "+c.Text)
		}
	}
	if len(options) > 0 {
		all = append(all, statement(head+"SET ("+strings.Join(options, ", ")+")"))
	}
	return all
}

// namedChecks returns the statement of a domain with a name for each check: those that the server would choose, unless something else in the schema has them.
func namedChecks(o schema.SQLObject) string {
	clauses, ok := o.Clauses()
	if !ok {
		return o.Statement()
	}
	var sql strings.Builder
	sql.WriteString("CREATE DOMAIN " + o.Quoted() + " AS")
	for _, c := range clauses {
		switch c.Name {
		case "TYPE":
			sql.WriteString(" " + c.Text)
		case "CHECK":
			sql.WriteString(" CONSTRAINT " + ident(c.Of) + " CHECK " + c.Text)
		default:
			sql.WriteString(strings.TrimRight(" "+c.Name+" "+c.Text, " "))
		}
	}
	return sql.String()
}

// ownNames returns the statements that give the checks of a renamed domain, which bear its name where none was said, their new names.
func ownNames(from, to schema.SQLObject) (all []migrate.Statement) {
	if from.Kind != schema.DomainKind {
		return nil
	}
	was, _ := from.Clauses()
	now, _ := to.Clauses()
	if len(was) != len(now) {
		return nil
	}
	for i := range was {
		if was[i].Of != now[i].Of {
			all = append(all, statement("ALTER "+dropped(to)+" RENAME CONSTRAINT "+ident(was[i].Of)+" TO "+ident(now[i].Of)))
		}
	}
	return all
}

// columnsOf returns the tables with a column of a type: what it checks is looked for in their rows.
func (p *planner) columnsOf(o schema.SQLObject) (tables []string) {
	_, base := schema.SplitName(o.Name)
	for _, t := range p.before.Tables {
		if slices.ContainsFunc(t.Columns, func(c schema.Column) bool {
			text := c.Type.String()
			if own := c.TypeFor[dialect]; own != "" {
				text = own
			}
			return slices.ContainsFunc(sqllex.Code(text, lexis), func(t sqllex.Token) bool { return strings.EqualFold(t.Value(), base) })
		}) {
			tables = append(tables, t.Name)
		}
	}
	return tables
}
