package diff_test

import (
	"slices"
	"testing"

	"github.com/modelgen/modelgen/gen/diff"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/postgres"
	"github.com/modelgen/modelgen/runtime/schema"
)

// TestViewsOfAllColumns: what shows all columns of a table is made again when the table gets one, or one gets another name, since PostgreSQL keeps the list of when it was made.
func TestViewsOfAllColumns(t *testing.T) {
	base := func(objects ...schema.SQLObject) *schema.Schema {
		s := &schema.Schema{}
		s.PutTable(&schema.Table{Name: "orders", Columns: []schema.Column{schema.BigInt("id").Def(), schema.Text("buyer").Def()}})
		s.PutTable(&schema.Table{Name: "others", Columns: []schema.Column{schema.BigInt("id").Def()}})
		for _, o := range objects {
			s.PutSQLObject(o)
		}
		return s
	}
	view := func(name, sql string) schema.SQLObject {
		return schema.SQLObject{Kind: schema.ViewKind, Name: name, SQL: schema.SQLText(sql)}
	}
	function := func(name, sql string) schema.SQLObject {
		return schema.SQLObject{Kind: schema.FunctionKind, Name: name, SQL: schema.SQLText(sql)}
	}
	all := view("all_orders", "SELECT * FROM orders")
	atomic := function("orders_of(text)", "CREATE FUNCTION orders_of(b text) RETURNS SETOF orders LANGUAGE sql BEGIN ATOMIC SELECT * FROM orders WHERE buyer = b; END")
	plain := function("orders_of(text)", "CREATE FUNCTION orders_of(b text) RETURNS SETOF orders LANGUAGE sql AS 'SELECT * FROM orders WHERE buyer = b'")
	trigger := schema.SQLObject{Kind: schema.TriggerKind, Name: "touch", Table: "orders", SQL: "CREATE TRIGGER touch BEFORE UPDATE ON orders FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION touch()"}
	for _, c := range []struct {
		name    string
		objects []schema.SQLObject
		again   []string
	}{
		{"a view", []schema.SQLObject{all}, []string{"all_orders"}},
		{"a view of it", []schema.SQLObject{all, view("ids", "SELECT id FROM all_orders")}, []string{"all_orders", "ids"}},
		{"of one of two tables", []schema.SQLObject{view("v", "SELECT o.*, x.id AS other FROM orders o, others x"), view("w", "SELECT x.*, o.id AS o FROM others x, orders o")}, []string{"v"}},
		{"columns by name, and a count", []schema.SQLObject{view("v", "SELECT id, count(*) AS n FROM orders GROUP BY id")}, nil},
		{"a body that is kept as a tree", []schema.SQLObject{atomic, view("v", "SELECT count(*) AS n FROM orders_of('x')")}, []string{"orders_of(text)", "v"}},
		{"a body that is a text", []schema.SQLObject{plain, view("v", "SELECT count(*) AS n FROM orders_of('x')")}, []string{"v"}},
		{"a trigger", []schema.SQLObject{function("touch()", "CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'"), trigger}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			now := base(c.objects...)
			o := now.Table("orders")
			o.Columns = append(o.Columns, schema.Text("note").Null().Def())
			got, err := diff.Diff(diff.Input{Old: base(c.objects...), New: now, Dialects: []migrate.Capabilities{postgres.Dialect{}.Capabilities()}})
			if err != nil {
				t.Fatal(err)
			}
			var again []string
			added := false
			for _, op := range got.Ops {
				if _, ok := op.(migrate.AddColumn); ok {
					added = true
				}
				if _, to, ok := migrate.ObjectChange(op); ok && to != nil {
					if !added {
						t.Errorf("%s is made before the column is there", to)
					}
					again = append(again, to.Name)
				}
			}
			if slices.Sort(again); !slices.Equal(again, c.again) {
				t.Errorf("made again are %v, not %v", again, c.again)
			}
		})
	}
}

// TestOverloadGoes: what calls a function by its name may mean one that stays, and a comment is on one of them.
func TestOverloadGoes(t *testing.T) {
	old, now := &schema.Schema{}, &schema.Schema{}
	put := func(kind schema.ObjectKind, name, sql string, into ...*schema.Schema) {
		for _, s := range into {
			s.PutSQLObject(schema.SQLObject{Kind: kind, Name: name, SQL: schema.SQLText(sql)})
		}
	}
	put(schema.FunctionKind, "twice(integer)", "CREATE FUNCTION twice(n integer) RETURNS integer LANGUAGE sql AS 'SELECT n * 2'", old, now)
	put(schema.FunctionKind, "twice(text)", "CREATE FUNCTION twice(n text) RETURNS text LANGUAGE sql AS 'SELECT n || n'", old)
	put(schema.FunctionKind, "twice(text, integer)", "CREATE FUNCTION twice(n text, m integer DEFAULT 1) RETURNS text LANGUAGE sql AS 'SELECT n || n'", now)
	put(schema.CommentKind, "function twice(integer)", "two times", old, now)
	put(schema.ViewKind, "v", "SELECT twice(1) AS a, twice('x') AS b", old, now)
	got, err := diff.Diff(diff.Input{Old: old, New: now, Dialects: []migrate.Capabilities{postgres.Dialect{}.Capabilities()}})
	if err != nil {
		t.Fatal(err)
	}
	var ops []string
	for _, op := range got.Ops {
		ops = append(ops, op.Describe())
	}
	if want := []string{"Drop view v", "Drop function twice(text)", "Create function twice(text, integer)", "Create view v"}; !slices.Equal(ops, want) {
		t.Errorf("the ops are %q, not %q", ops, want)
	}
}
