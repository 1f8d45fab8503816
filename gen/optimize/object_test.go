package optimize_test

import (
	"testing"

	"github.com/modelgen/modelgen/gen/optimize"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

func view(name, query string) migrate.CreateView { return migrate.CreateView{Name: name, Query: query} }

func replaceView(name, from, to string) migrate.Op {
	return migrate.ReplaceView{Name: name, From: from, To: to}
}

func routine(body string) migrate.CreateFunction {
	return migrate.CreateFunction{Name: "f(integer)", SQL: "CREATE FUNCTION f(a integer) RETURNS integer LANGUAGE sql IMMUTABLE AS '" + body + "'"}
}

func onTable(name, table, column string) migrate.CreateTrigger {
	return migrate.CreateTrigger{Name: name, Table: table, SQL: "CREATE TRIGGER " + name + " AFTER UPDATE OF " + column + " ON " + table + " EXECUTE FUNCTION f()"}
}

var (
	v1, v2, v3 = "SELECT a FROM w", "SELECT a, id FROM w", "SELECT a, id FROM w WHERE a > 0"
	reads      = migrate.Grant{Privileges: "SELECT", On: "table v", To: "app"}
)

var objectScenarios = []struct {
	name     string
	in, want ops // nil wants the same list
}{
	{"made and dropped", ops{view("v", v1), migrate.DropView(view("v", v1))}, ops{}},
	{"made and replaced", ops{view("v", v1), replaceView("v", v1, v2), replaceView("v", v2, v3)}, ops{view("v", v3)}},
	{"made and renamed", ops{view("v", v1), migrate.RenameView{From: "v", To: "v9", Query: v1}}, ops{view("v9", v1)}},
	{"renamed twice", ops{view("v", v1), fill("t", "a", "1"), migrate.RenameView{From: "v", To: "x", Query: v1}, migrate.RenameView{From: "x", To: "y", Query: v1}},
		ops{view("v", v1), fill("t", "a", "1"), migrate.RenameView{From: "v", To: "y", Query: v1}}},
	{"replaced and dropped", ops{view("v", v1), hand("SELECT 1"), replaceView("v", v1, v2), migrate.DropView(view("v", v2))}, ops{view("v", v1), hand("SELECT 1"), migrate.DropView(view("v", v1))}},
	{"out of the way twice", ops{view("v", v1), hand("SELECT 1"), migrate.DropView(view("v", v1)), alter("w", a, schema.BigInt("a")), view("v", v1), migrate.DropView(view("v", v1)), alter("w", schema.BigInt("a"), schema.Text("a")), view("v", v1)},
		ops{view("v", v1), hand("SELECT 1"), migrate.DropView(view("v", v1)), alter("w", a, schema.Text("a")), view("v", v1)}},
	{"a grant stays with what is replaced", ops{view("v", v1), reads, replaceView("v", v1, v2)}, ops{view("v", v2), reads}},
	{"granted and revoked", ops{view("v", v1), reads, migrate.Revoke(reads)}, ops{view("v", v1)}},
	{"a column of the view does not pass it", ops{add("w", b), view("v", "SELECT b FROM w"), alter("w", b, b.Null())}, nil},
	{"another one does", ops{add("w", b), view("v", v1), alter("w", b, b.Null())}, ops{add("w", b.Null()), view("v", v1)}},
	{"all columns are of the view", ops{add("w", b), view("v", "SELECT * FROM w"), alter("w", b, b.Null())}, nil},
	{"a table does not pass its view", ops{table("p", a), view("v", "SELECT a FROM p"), dropColumn("p", a)}, nil},
	{"nor by another name", ops{table("p", a), view("v", "SELECT a FROM p"), renameTable("p", "q")}, nil},
	{"a view of a view", ops{view("v", v1), view("x", "SELECT a FROM v"), replaceView("v", v1, v2)}, nil},
	{"a function of an index", ops{table("p", a), routine("SELECT id FROM p"), addIndex("p", schema.Index{Name: "i", Parts: []schema.IndexPart{{Expr: "f(a)"}}})}, nil},
	{"an extension is under anything", ops{table("p", a), migrate.CreateExtension{Name: "citext"}, add("p", schema.Other("b", "citext"))}, nil},
	{"a trigger runs for a fill", ops{onTable("k", "w", "a"), fill("w", "a", "1"), migrate.DropTrigger(onTable("k", "w", "a"))}, nil},
	{"the fill of another table too, for what its trigger does is not known", ops{onTable("k", "w", "a"), fill("t", "a", "1"), migrate.DropTrigger(onTable("k", "w", "a"))}, nil},
	{"a trigger made and dropped around something else", ops{onTable("k", "w", "a"), add("t", c), migrate.DropTrigger(onTable("k", "w", "a"))}, ops{add("t", c)}},
	{"dropped and made again is not nothing for a sequence", ops{migrate.CreateSequence{Name: "n", SQL: "CREATE SEQUENCE n"}, hand("SELECT 1"), migrate.DropSequence{Name: "n", SQL: "CREATE SEQUENCE n"}, migrate.CreateSequence{Name: "n", SQL: "CREATE SEQUENCE n"}}, nil},
	{"nor is an attribute that comes back", ops{migrate.CreateCompositeType{Name: "n", SQL: "CREATE TYPE n AS (a integer, b integer)"}, hand("SELECT 1"),
		migrate.AlterCompositeType{Name: "n", From: "CREATE TYPE n AS (a integer, b integer)", To: "CREATE TYPE n AS (a integer)"},
		migrate.AlterCompositeType{Name: "n", From: "CREATE TYPE n AS (a integer)", To: "CREATE TYPE n AS (a integer, b integer)"}}, nil},
	{"options are of the table", ops{table("p"), migrate.SetTableOptions{Table: "p", To: schema.TableOptions{Unlogged: true}}}, ops{func() migrate.Op { t := table("p"); t.Options.Unlogged = true; return t }()}},
}

// TestObjectScenarios: what is created and dropped cancels, what is changed joins, and nothing passes what stands on it.
func TestObjectScenarios(t *testing.T) {
	for _, sc := range objectScenarios {
		t.Run(sc.name, func(t *testing.T) {
			before := replayed(t, &schema.Schema{}, begin)
			end := replayed(t, before, sc.in)
			want := sc.want
			if want == nil {
				want = sc.in
			}
			got := optimize.Rules(sc.in)
			if migrate.HashOps(got) != migrate.HashOps(want) {
				t.Errorf("got\n%swant\n%s", listed(got), listed(want))
			}
			if facts(replayed(t, before, got)) != facts(end) {
				t.Errorf("another schema than before:\n%s", listed(got))
			}
		})
	}
}
