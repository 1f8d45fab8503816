package dialecttest_test

import (
	"testing"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// TestSQLiteWaitingTrigger: the new text of a replaced trigger waits for a table that is rebuilt; the old one is gone when the table that it names is dropped.
func TestSQLiteWaitingTrigger(t *testing.T) {
	runners(t, func(r *runner) {
		key := schema.ForeignKey{Name: "line_item_fkey", Columns: []string{"item"}, RefTable: "item", RefColumns: []string{"id"}}
		line := makes("line", schema.BigInt("item").Null()).(migrate.CreateTable)
		line.ForeignKeys = []schema.ForeignKey{key}
		from := "CREATE TRIGGER note AFTER INSERT ON log BEGIN DELETE FROM item WHERE id = NEW.id; END"
		to := "CREATE TRIGGER note AFTER INSERT ON log BEGIN DELETE FROM line WHERE id = NEW.id; END"
		first := &migrate.Migration{Name: "0001_a", Ops: []migrate.Op{makes("item"), line, makes("log"), migrate.CreateTrigger{Name: "note", Table: "log", SQL: from, Only: "sqlite"}}}
		second := &migrate.Migration{Name: "0002_b", Parents: []*migrate.Migration{first}, Ops: []migrate.Op{
			migrate.DropForeignKey{Table: "line", ForeignKey: key},
			migrate.ReplaceTrigger{Name: "note", Table: "log", From: from, To: to, Only: "sqlite"},
			migrate.DropTable{Table: "item", Columns: makes("item").(migrate.CreateTable).Columns, PrimaryKey: makes("item").(migrate.CreateTable).PrimaryKey},
		}}
		set := migrate.NewSet("shop", first, second)
		r.up(set, "0001_a, 0002_b")
		r.exec("INSERT INTO line VALUES (7, NULL)", "INSERT INTO log VALUES (7)")
		if got := r.rows("SELECT count(*) FROM line"); r.url == "" && got != "count(*)=0 \n" {
			t.Errorf("the trigger is another one: %q", got)
		}
		r.to(set, "0001", "undone 0002_b")
		r.agrees(set)
	})
}

// TestSQLiteWaitingTriggerOnTable: the old one is gone as well when the trigger's own table is rebuilt without a column that it names.
func TestSQLiteWaitingTriggerOnTable(t *testing.T) {
	runners(t, func(r *runner) {
		key := schema.ForeignKey{Name: "log_log_fkey", Columns: []string{"log"}, RefTable: "log", RefColumns: []string{"id"}}
		log := makes("log", schema.BigInt("log").Null(), schema.Text("seen").Null()).(migrate.CreateTable)
		log.ForeignKeys = []schema.ForeignKey{key}
		from := "CREATE TRIGGER note AFTER INSERT ON log WHEN NEW.seen IS NULL BEGIN UPDATE log SET seen = 'no' WHERE id = NEW.id; END"
		to := "CREATE TRIGGER note AFTER INSERT ON log WHEN NEW.id > 1 BEGIN DELETE FROM log WHERE id = 1; END"
		first := &migrate.Migration{Name: "0001_a", Ops: []migrate.Op{log, migrate.CreateTrigger{Name: "note", Table: "log", SQL: from, Only: "sqlite"}}}
		second := &migrate.Migration{Name: "0002_b", Parents: []*migrate.Migration{first}, Ops: []migrate.Op{
			migrate.DropForeignKey{Table: "log", ForeignKey: key},
			migrate.ReplaceTrigger{Name: "note", Table: "log", From: from, To: to, Only: "sqlite"},
			migrate.DropColumn{Table: "log", Column: schema.Text("seen").Null()},
		}}
		set := migrate.NewSet("shop", first, second)
		r.up(set, "0001_a, 0002_b")
		r.exec("INSERT INTO log VALUES (1, NULL)", "INSERT INTO log VALUES (2, NULL)")
		if got := r.rows("SELECT id FROM log"); r.url == "" && got != "id=2 \n" {
			t.Errorf("the trigger is another one: %q", got)
		}
		r.to(set, "0001", "undone 0002_b")
		r.agrees(set)
	})
}
