package migrations

import (
	"testing"

	"github.com/modelgen/modelgen/internal/everyop"
	migrate "github.com/modelgen/modelgen/runtime"
)

// TestDescribeEveryOp: a migration of one op of any kind is called by what it changes.
func TestDescribeEveryOp(t *testing.T) {
	for _, op := range everyop.Samples() {
		if e := op.Effects(); !e.Rows && !e.Unknown && OpsWords([]migrate.Op{op}) == "changes" {
			t.Errorf("a migration of %s is called changes", everyop.Name(op))
		}
	}
	for _, c := range []struct {
		op   migrate.Op
		want string
	}{
		{migrate.DropEnum{Name: "shop.mood", Values: []string{"sad"}}, "drop_shop_mood"},
		{migrate.CreateSchema{Name: "billing"}, "billing"},
		{migrate.DropSchema{Name: "billing"}, "drop_billing"},
		{migrate.CommentTable{Table: "shop.items", To: "what we sell"}, "comment_shop_items"},
		{migrate.Rows{Table: "currencies", Declared: true}, "currency_rows"},
		{migrate.SQL{Up: []string{"SELECT 1"}}, "changes"},
	} {
		if got := OpsWords([]migrate.Op{c.op}); got != c.want {
			t.Errorf("%s is called %s, want %s", c.op.Describe(), got, c.want)
		}
	}
}
