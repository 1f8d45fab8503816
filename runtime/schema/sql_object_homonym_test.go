package schema_test

import (
	"slices"
	"testing"

	"github.com/modelgen/modelgen/runtime/schema"
)

// homonyms is a schema in which a table is called like a column of itself, and like one of another table.
func homonyms() *schema.Schema {
	s := &schema.Schema{}
	s.PutTable(&schema.Table{Name: "status", Columns: []schema.Column{schema.BigInt("id").Def(), schema.Text("status").Def()}})
	s.PutTable(&schema.Table{Name: "orders", Columns: []schema.Column{schema.BigInt("id").Def(), schema.Text("status").Def(), schema.BigInt("total").Def()}})
	return s
}

// TestColumnCalledLikeTable: a name that stands where no table can is a column, if there is one, whatever tables are called.
func TestColumnCalledLikeTable(t *testing.T) {
	for _, c := range []struct {
		query   string
		columns []string // that it needs, of those called status
		table   string   // the query when table status is renamed to states
	}{
		{"SELECT status FROM status", []string{"status.status"}, "SELECT status FROM states"},
		{"SELECT status.status FROM status", []string{"status.status"}, "SELECT states.status FROM states"},
		{"SELECT status FROM orders", []string{"orders.status"}, "SELECT status FROM orders"},
		{"SELECT o.status FROM orders o", []string{"orders.status"}, "SELECT o.status FROM orders o"},
		{"SELECT orders.id FROM orders WHERE status > '' ORDER BY status", []string{"orders.status"}, "SELECT orders.id FROM orders WHERE status > '' ORDER BY status"},
		{"SELECT o.id FROM orders o, status s WHERE s.status = o.status", []string{"orders.status", "status.status"}, "SELECT o.id FROM orders o, states s WHERE s.status = o.status"},
		{"SELECT o.total FROM orders o JOIN status ON status.id = o.id", nil, "SELECT o.total FROM orders o JOIN states ON states.id = o.id"},
		{"SELECT total FROM orders o JOIN status s USING (status)", []string{"orders.status", "status.status"}, "SELECT total FROM orders o JOIN states s USING (status)"},
		{"SELECT total FROM orders", nil, "SELECT total FROM orders"},
		{"SELECT status.*, status.id AS n FROM status", []string{"status.status"}, "SELECT states.*, states.id AS n FROM states"},
		{"SELECT status.id FROM status AS status", nil, "SELECT status.id FROM states AS status"},
		{"SELECT status.id FROM status status", nil, "SELECT status.id FROM states status"},
		{"SELECT s.id FROM orders status JOIN status s ON s.id = status.id", nil, "SELECT s.id FROM orders status JOIN states s ON s.id = status.id"},
		{"SELECT count(*) FROM status WHERE EXISTS (SELECT 1 FROM orders WHERE orders.id = status.id)", nil, "SELECT count(*) FROM states WHERE EXISTS (SELECT 1 FROM orders WHERE orders.id = states.id)"},
	} {
		s := homonyms()
		o := schema.SQLObject{Kind: schema.ViewKind, Name: "v", SQL: schema.SQLText(c.query)}
		s.PutSQLObject(o)
		var columns []string
		for _, n := range s.Names().Needs(o) {
			if n.Column == "status" && !n.Soft {
				columns = append(columns, n.Table+"."+n.Column)
			}
		}
		slices.Sort(columns)
		if len(c.columns) == 0 && len(columns) > 0 || !slices.Equal(slices.Compact(columns), c.columns) && !contains(columns, c.columns) {
			t.Errorf("%s needs %v, not %v", c.query, columns, c.columns)
		}
		s.RenameTable("status", "states")
		if got := string(s.SQLObjects[0].SQL); got != c.table {
			t.Errorf("%s becomes\n%s, not\n%s", c.query, got, c.table)
		}
		s.RenameTable("states", "status")
		if got := string(s.SQLObjects[0].SQL); got != c.query {
			t.Errorf("%s comes back as\n%s", c.query, got)
		}
	}
}

// contains reports whether a list has all of another: what a text stands on may be said too wide.
func contains(list, of []string) bool {
	return !slices.ContainsFunc(of, func(x string) bool { return !slices.Contains(list, x) })
}

// TestObjectCalledLikeItsTable: what an object is called stays when the table that is called alike gets another name.
func TestObjectCalledLikeItsTable(t *testing.T) {
	for _, c := range []struct {
		o    schema.SQLObject
		want string
	}{
		{schema.SQLObject{Kind: schema.PolicyKind, Name: "orders", Table: "orders", SQL: "CREATE POLICY orders ON orders USING (total > 0)"}, "CREATE POLICY orders ON purchases USING (total > 0)"},
		{schema.SQLObject{Kind: schema.TriggerKind, Name: "orders", Table: "orders", SQL: "CREATE TRIGGER orders BEFORE UPDATE OF status ON orders FOR EACH ROW EXECUTE FUNCTION orders()"},
			"CREATE TRIGGER orders BEFORE UPDATE OF status ON purchases FOR EACH ROW EXECUTE FUNCTION orders()"},
		{schema.SQLObject{Kind: schema.RuleKind, Name: "orders", Table: "orders", SQL: "CREATE RULE orders AS ON DELETE TO orders DO INSTEAD NOTHING"}, "CREATE RULE orders AS ON DELETE TO purchases DO INSTEAD NOTHING"},
		{schema.SQLObject{Kind: schema.PublicationKind, Name: "orders", SQL: "CREATE PUBLICATION orders FOR TABLE status, orders"}, "CREATE PUBLICATION orders FOR TABLE status, purchases"},
		{schema.SQLObject{Kind: schema.StatisticsKind, Name: "orders", SQL: "CREATE STATISTICS orders ON status, total FROM orders"}, "CREATE STATISTICS orders ON status, total FROM purchases"},
		{schema.SQLObject{Kind: schema.TriggerKind, Name: "t", Table: "orders", SQL: "CREATE TRIGGER t AFTER INSERT ON orders BEGIN UPDATE status SET status = new.status WHERE status.id = new.id; END"},
			"CREATE TRIGGER t AFTER INSERT ON purchases BEGIN UPDATE status SET status = new.status WHERE status.id = new.id; END"},
	} {
		s := homonyms()
		s.PutSQLObject(c.o)
		s.RenameTable("orders", "purchases")
		if got := string(s.SQLObjects[0].SQL); got != c.want || s.SQLObjects[0].Name != c.o.Name {
			t.Errorf("%s is %s:\n%s\nnot\n%s", c.o.SQL, s.SQLObjects[0].Name, got, c.want)
		}
		s.RenameTable("purchases", "orders")
		if got := s.SQLObjects[0].SQL; got != c.o.SQL {
			t.Errorf("%s comes back as\n%s", c.o.SQL, got)
		}
	}
}
