package dialecttest_test

import (
	"testing"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// TestSQLiteInlinedCheck: a check that goes with its new column into the table is known to a rebuild in the same migration, and is not taken for one of
// somebody else, whatever the column is called.
func TestSQLiteInlinedCheck(t *testing.T) {
	for _, name := range []string{"n", "n x", "ü", `qu"ote`, "select"} {
		d := newLite(t)
		d.run(liteTable("t_5", schema.BigInt("id"), schema.Text("c_8")))
		n := schema.Text(name).Null()
		d.run(migrate.AddColumn{Table: "t_5", Column: n},
			migrate.AddDualWrite{Table: "t_5", Name: "both", From: "c_8", To: name, Up: "c_8", Down: schema.QuoteColumn(name), Column: schema.Text(name)},
			migrate.AlterColumn{Table: "t_5", From: schema.Text("c_8"), To: schema.Text("c_8").Null()},
			migrate.AddCheck{Table: "t_5", Check: schema.Check{Name: "k", Expr: schema.QuoteColumn(name) + " IN ('a', 'b')"}})
	}
}
