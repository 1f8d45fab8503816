package dialecttest_test

import (
	"testing"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

func TestSQLiteRebuildKeepsChildren(t *testing.T) {
	d := newLite(t)
	child := liteTable("children", liteID(), schema.BigInt("parent_id"))
	child.ForeignKeys = []schema.ForeignKey{liteFK("children_parent_id_fkey", "parent_id", "parents", schema.Cascade)}
	d.run(liteTable("parents", liteID(), schema.Text("name").Null()), child)
	d.exec("INSERT INTO parents VALUES (1, 'a'), (2, 'b')", "INSERT INTO children VALUES (1, 1), (2, 2), (3, 1)")
	d.run(liteAlter("parents", schema.Text("name").Null(), schema.Text("name").Default("x")))
	d.want("SELECT count(*) FROM children", "3")
	d.want("SELECT * FROM parents", "1|a 2|b")
	d.exec("DELETE FROM parents WHERE id = 1")
	d.want("SELECT count(*) FROM children", "1")
	_ = migrate.Stage{}
}
