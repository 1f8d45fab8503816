package diff_test

import (
	"testing"

	"github.com/modelgen/modelgen/runtime/schema"
)

// What an object becomes: altered or replaced in its place, or dropped and created with what stands on it.
func TestSQLObjectsInPlace(t *testing.T) {
	object := func(kind schema.ObjectKind, name, sql string) schema.SQLObject {
		return schema.SQLObject{Kind: kind, Name: name, SQL: schema.SQLText(sql), Only: "postgres"}
	}
	items := func(more ...any) *schema.Table {
		return table("items", append([]any{id(), schema.Text("code"), schema.Integer("n"), pk("id")}, more...)...)
	}
	policy := func(sql string) schema.SQLObject {
		return schema.SQLObject{Kind: schema.PolicyKind, Name: "own", Table: "items", SQL: schema.SQLText("CREATE POLICY own ON items " + sql), Only: "postgres"}
	}
	view := func(name, query string) schema.SQLObject { return object(schema.ViewKind, name, query) }
	sums := func(query string) schema.SQLObject { return object(schema.MaterializedViewKind, "sums", query) }
	index := schema.SQLObject{Kind: schema.ViewIndexKind, Name: "sums_code", Table: "sums", SQL: "CREATE UNIQUE INDEX sums_code ON sums (code)", Only: "postgres"}
	pair := func(name string, old, new *schema.Schema, want string) step {
		return step{name: name, old: old, new: new, want: want, dialects: []string{"postgres"}}
	}
	run(t, []step{
		pair("a sequence", of(object(schema.SequenceKind, "s", "CREATE SEQUENCE s")), of(object(schema.SequenceKind, "s", "CREATE SEQUENCE s INCREMENT 5")), `
			Alter sequence s
			`),
		pair("a sequence whose owner goes", of(items(), object(schema.SequenceKind, "s", "CREATE SEQUENCE s OWNED BY items.n")),
			of(table("items", id(), schema.Text("code"), pk("id")), object(schema.SequenceKind, "s", "CREATE SEQUENCE s")), `
			Alter sequence s
			Drop column items.n
			`),
		pair("the owner of a sequence gets another type", of(items(), object(schema.SequenceKind, "s", "CREATE SEQUENCE s OWNED BY items.n")),
			of(table("items", id(), schema.Text("code"), schema.BigInt("n"), pk("id")), object(schema.SequenceKind, "s", "CREATE SEQUENCE s OWNED BY items.n")), `
			Alter column items.n: type integer to bigint
			`),
		pair("a domain", of(object(schema.DomainKind, "d", "CREATE DOMAIN d AS integer")), of(object(schema.DomainKind, "d", "CREATE DOMAIN d AS int CHECK (VALUE > 0)")), `
			Alter domain d
			`),
		pair("the base type of a domain", of(object(schema.DomainKind, "d", "CREATE DOMAIN d AS integer")), of(object(schema.DomainKind, "d", "CREATE DOMAIN d AS bigint")), `
			Drop domain d
			Create domain d
			`),
		pair("an attribute in the middle", of(object(schema.CompositeTypeKind, "c", "CREATE TYPE c AS (a int, b int)")), of(object(schema.CompositeTypeKind, "c", "CREATE TYPE c AS (b int)")), `
			Drop composite type c
			Create composite type c
			`),
		pair("an attribute at the end", of(object(schema.CompositeTypeKind, "c", "CREATE TYPE c AS (a int)")), of(object(schema.CompositeTypeKind, "c", "CREATE TYPE c AS (a integer, b int)")), `
			Alter composite type c
			`),
		pair("a policy", of(items(), policy("USING (n > 0)")), of(items(), policy("TO PUBLIC USING (n > 1)")), `
			Alter policy own on items
			`),
		pair("the command of a policy", of(items(), policy("USING (n > 0)")), of(items(), policy("FOR SELECT USING (n > 0)")), `
			Drop policy own on items
			Create policy own on items
			`),
		pair("an extension", of(object(schema.ExtensionKind, "hstore", "")), of(object(schema.ExtensionKind, "hstore", "VERSION '1.8'")), `
			Alter extension hstore
			`),
		pair("options of a view", of(items(), view("v", "SELECT id FROM items")), of(items(), schema.SQLObject{Kind: schema.ViewKind, Name: "v", Head: "WITH (security_barrier)", SQL: "SELECT id FROM items", Only: "postgres"}), `
			Replace view v
			`),
		pair("a view is renamed and changed", of(items(), view("v", "SELECT id FROM items")), of(items(), schema.SQLObject{Kind: schema.ViewKind, Name: "w", SQL: "SELECT id, n FROM items", Only: "postgres", Was: "v"}), `
			Rename view v to w
			Replace view w
			`),
		pair("a materialized view with what is on it", of(items(), sums("SELECT code FROM items"), index, view("v", "SELECT code FROM sums")), of(items(), sums("SELECT code, n FROM items"), index, view("v", "SELECT code FROM sums")), `
			Drop view v
			Replace materialized view sums
			Create view v
			`),
	})
}
