package dialecttest_test

import (
	"errors"
	"strings"
	"testing"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
	"github.com/modelgen/modelgen/runtime/sqlite"
)

// A foreign key that goes refers to a column that goes too, whose name another one gets before either table is rebuilt.
func TestSQLiteKeyGoesBeforeItsColumnIsReplaced(t *testing.T) {
	d := newLite(t)
	child := liteTable("children", liteID(), schema.BigInt("parent_id"))
	fk := liteFK("children_parent_id_fkey", "parent_id", "parents", schema.Cascade)
	child.ForeignKeys = []schema.ForeignKey{fk}
	parent := liteTable("parents", liteID(), schema.Boolean("other"))
	d.run(parent, child)
	d.exec("INSERT INTO parents VALUES (1, TRUE)", "INSERT INTO children VALUES (1, 1)")
	d.run(migrate.DropForeignKey{Table: "children", ForeignKey: fk}, migrate.DropPrimaryKey{Table: "parents", PrimaryKey: parent.PrimaryKey},
		migrate.DropColumn{Table: "parents", Column: liteID()}, migrate.RenameColumn{Table: "parents", From: "other", To: "id"})
	d.want("SELECT * FROM parents", "1")
	d.want("SELECT parent_id FROM children", "1")
}

func TestSQLiteFillWithTheDefault(t *testing.T) {
	d := newLite(t)
	token := schema.Bytes("token").Null().Default([]byte{0, 0x79})
	mark := schema.Text("mark").Null().DefaultFor("sqlite", "lower(hex('a'))")
	d.run(liteTable("users", liteID(), token, mark, schema.Array(schema.Text("tags")).Null().Default("{a}"), schema.Text("none").Null()))
	d.exec("INSERT INTO users VALUES (1, NULL, NULL, NULL, NULL), (2, X'01', 'x', '[]', 'y')")
	for _, c := range []string{"token", "mark", "tags", "none"} {
		d.run(migrate.Fill{Table: "users", Column: c, Expr: migrate.FillDefault})
	}
	d.want("SELECT id, hex(token), mark, tags, none FROM users ORDER BY id", `1|0079|61|["a"]|NULL 2|01|x|[]|y`)
}

// What undoing the drop of a column results in.
func TestSQLiteColumnWithoutValuesComesBack(t *testing.T) {
	d := newLite(t)
	d.run(liteTable("users", liteID()))
	d.exec("INSERT INTO users VALUES (1), (2)")
	d.fails([]migrate.Op{liteAdd("users", schema.Text("name"))}, "users.name: 2 rows would have no value in it", `ADD COLUMN "name" TEXT NOT NULL`,
		"its values went with the drop", "adds it as nullable, fills it")
}

func TestSQLiteOrderOfNulls(t *testing.T) {
	d := newLite(t)
	part := func(desc bool, nulls schema.Nulls) schema.IndexPart {
		return schema.IndexPart{Column: "name", Desc: desc, Nulls: nulls}
	}
	index := func(p schema.IndexPart) migrate.Op {
		return migrate.CreateIndex{Table: "users", Index: schema.Index{Name: "i", Parts: []schema.IndexPart{p}}}
	}
	d.run(liteTable("users", liteID(), schema.Text("name").Null()))
	for _, p := range []schema.IndexPart{part(false, schema.NullsFirst), part(true, schema.NullsLast)} {
		d.run(index(p))
		d.run(migrate.DropIndex{Table: "users", Index: schema.Index{Name: "i", Parts: []schema.IndexPart{p}}})
	}
	for _, tt := range []struct {
		part schema.IndexPart
		want string
	}{
		{part(false, schema.NullsLast), "an index with NULLS LAST; SQLite sorts NULL first, with desc last: write nulls first"},
		{part(true, schema.NullsFirst), "an index with NULLS FIRST behind desc; SQLite sorts NULL first, with desc last: write nulls last"},
	} {
		_, err := migrate.PlanOps(sqlite.Dialect{}.Planner(0), &schema.Schema{}, []migrate.Op{liteTable("users", liteID(), schema.Text("name").Null()), index(tt.part)})
		var un *migrate.UnsupportedError
		if !errors.As(err, &un) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("got %v, want %q", err, tt.want)
		}
	}
}

// The new table computes its generated columns by itself, and nobody else reads this one.
func TestSQLiteRebuildComputesNothingTwice(t *testing.T) {
	d := newLite(t)
	d.run(liteTable("users", liteID(), schema.BigInt("n")))
	script := liteScript(d.plan(liteAdd("users", schema.Double("weight").Default(1)), liteAdd("users", schema.BigInt("twice").Null().Generated("weight * 2")),
		migrate.AddCheck{Table: "users", Check: schema.Check{Name: "c", Expr: "n > 0"}}))
	for _, q := range script {
		if strings.HasPrefix(q, "INSERT") && strings.Contains(q, "twice") {
			t.Error(q)
		}
	}
}

// A default that is computed is a value, too.
func TestSQLiteColumnWithAComputedDefault(t *testing.T) {
	d := newLite(t)
	d.run(liteTable("users", liteID()))
	d.exec("INSERT INTO users VALUES (1), (2)")
	d.run(liteAdd("users", schema.Text("name").DefaultExpr("lower('ABC')")))
	d.want("SELECT * FROM users ORDER BY id", "1|abc 2|abc")
}

// A column gets its numbers when the rows are stored, which is before something reads them.
func TestSQLiteFillReadsNumbers(t *testing.T) {
	d := newLite(t)
	d.run(migrate.CreateTable{Table: "logs", Columns: []schema.ColumnDef{schema.Text("note")}})
	d.exec("INSERT INTO logs VALUES ('a'), ('b')")
	d.run(liteAdd("logs", schema.BigInt("id").Identity()), liteAdd("logs", schema.BigInt("number").Null()),
		migrate.AddPrimaryKey{Table: "logs", PrimaryKey: schema.PrimaryKey{Name: "logs_pkey", Columns: []string{"id"}}},
		migrate.Fill{Table: "logs", Column: "number", Expr: "coalesce(id, 0) + 1000", Plain: "small"})
	d.want("SELECT note, id, number FROM logs ORDER BY id", "a|1|1001 b|2|1002")
}
