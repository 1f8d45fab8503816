package migrations

import (
	"testing"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

func TestObjectWords(t *testing.T) {
	v, w := migrate.CreateView{Name: "open_orders", Query: "SELECT 1 AS a"}, migrate.CreateView{Name: "big", Query: "SELECT a FROM open_orders"}
	grant := migrate.Grant{Privileges: "SELECT", On: "table open_orders", To: "app"}
	for _, c := range []struct {
		ops  []migrate.Op
		want string
	}{
		{[]migrate.Op{v, w}, "open_orders_and_big"},
		{[]migrate.Op{migrate.Revoke(grant), migrate.DropView(w), migrate.DropView(v), migrate.CreateView{Name: "open_orders", Query: "SELECT 2 AS b"}, w, grant}, "alter_open_orders"},
		{[]migrate.Op{migrate.DropView(w)}, "drop_big"},
		{[]migrate.Op{migrate.RenameView{From: "billing.open_orders", To: "billing.pending", Query: v.Query}}, "rename_billing_open_orders_to_billing_pending"},
		{[]migrate.Op{migrate.ReplaceFunction{Name: "tax(integer)", From: "a", To: "b"}}, "alter_tax"},
		{[]migrate.Op{migrate.CreateTrigger{Name: "touch", Table: "orders", SQL: "x"}}, "order_touch"},
		{[]migrate.Op{grant}, "grant_table_open_orders_to_app"},
		{[]migrate.Op{migrate.EnableRowSecurity{Table: "orders"}}, "order_row_security"},
		{[]migrate.Op{migrate.CommentOn{On: "view big", From: "a", To: "b"}}, "alter_comment_on_view_big"},
		{[]migrate.Op{migrate.DropView(w), migrate.AlterColumn{Table: "orders", From: schema.Integer("total"), To: schema.BigInt("total")}, w}, "alter_order_total"},
	} {
		if got := OpsWords(c.ops); got != c.want {
			t.Errorf("%v: got %s, want %s", c.ops, got, c.want)
		}
	}
}
