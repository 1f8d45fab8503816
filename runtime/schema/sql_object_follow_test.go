package schema_test

import (
	"testing"

	"github.com/modelgen/modelgen/runtime/schema"
)

// TestViewFollowsThereAndBack: a column that gets its old name back leaves the text of its views as it was, so that what made them can be undone.
func TestViewFollowsThereAndBack(t *testing.T) {
	for _, c := range []struct{ query, renamed string }{
		{"SELECT id, total FROM orders", "SELECT id, amount AS total FROM orders"},
		{"SELECT o.total FROM orders o WHERE total > 0", "SELECT o.amount AS total FROM orders o WHERE amount > 0"},
		{"SELECT total AS sum FROM orders", "SELECT amount AS sum FROM orders"},
		{"SELECT total + 1 AS next FROM orders", "SELECT amount + 1 AS next FROM orders"},
		{"SELECT id FROM orders WHERE id IN (SELECT total FROM orders)", "SELECT id FROM orders WHERE id IN (SELECT amount FROM orders)"},
	} {
		s := &schema.Schema{}
		s.PutTable(&schema.Table{Name: "orders", Columns: []schema.Column{schema.BigInt("id").Def(), schema.BigInt("total").Def()}})
		s.PutSQLObject(schema.SQLObject{Kind: schema.ViewKind, Name: "v", SQL: schema.SQLText(c.query)})
		if s.RenameColumn(s.Table("orders"), "total", "amount"); string(s.SQLObjects[0].SQL) != c.renamed {
			t.Errorf("%s becomes %s, not %s", c.query, s.SQLObjects[0].SQL, c.renamed)
		}
		if s.RenameColumn(s.Table("orders"), "amount", "total"); string(s.SQLObjects[0].SQL) != c.query {
			t.Errorf("%s comes back as %s", c.query, s.SQLObjects[0].SQL)
		}
	}
}
