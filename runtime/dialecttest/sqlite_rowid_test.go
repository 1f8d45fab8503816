package dialecttest_test

import (
	"strings"
	"testing"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// notes is a table whose key is text, so that its rowid is no column.
func notes(columns ...schema.ColumnDef) migrate.CreateTable {
	t := liteTable("notes", append([]schema.ColumnDef{schema.Text("id"), schema.Text("body"), schema.Text("stars").Null()}, columns...)...)
	return t
}

// TestSQLiteRebuildKeepsRowids rebuilds a table with a full text index over it by rowid, in each form that copying has, and after rows are gone.
func TestSQLiteRebuildKeepsRowids(t *testing.T) {
	stars := liteAlter("notes", schema.Text("stars").Null(), schema.Text("stars").Null().Default("0"))
	retyped := liteAlter("notes", schema.Text("stars").Null(), schema.BigInt("stars").Null())
	fill := migrate.Fill{Table: "notes", Column: "stars", Expr: "stars || '0'", Where: "TRUE"}
	check := migrate.AddCheck{Table: "notes", Check: schema.Check{Name: "notes_body_check", Expr: "body <> ''"}}
	for _, tt := range []struct {
		name string
		more []schema.ColumnDef
		ops  []migrate.Op
	}{
		{"plain", nil, []migrate.Op{check}},
		{"converted", nil, []migrate.Op{retyped}},
		{"filled and converted", nil, []migrate.Op{fill, retyped, check}},
		{"twice over", nil, []migrate.Op{retyped, migrate.Fill{Table: "notes", Column: "stars", Expr: "stars + 1", Where: "TRUE"}, check}},
		{"renamed in between", nil, []migrate.Op{check, migrate.RenameColumn{Table: "notes", From: "stars", To: "points"}, liteAlter("notes", schema.Text("points").Null(), schema.BigInt("points").Null())}},
		{"renamed onto one that goes", []schema.ColumnDef{schema.Text("points").Null()}, []migrate.Op{
			retyped, migrate.DropColumn{Table: "notes", Column: schema.Text("points").Null()}, migrate.RenameColumn{Table: "notes", From: "stars", To: "points"}, check}},
		{"a column called rowid", []schema.ColumnDef{schema.Text("rowid").Null(), schema.Text("OID").Null()}, []migrate.Op{stars}},
		{"another key", nil, []migrate.Op{migrate.DropPrimaryKey{Table: "notes", PrimaryKey: schema.PrimaryKey{Name: "notes_pkey", Columns: []string{"id"}}}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := newLite(t)
			d.run(notes(tt.more...))
			d.exec("CREATE VIRTUAL TABLE found USING fts5(body, content='notes')",
				"CREATE TRIGGER notes_ai AFTER INSERT ON notes BEGIN INSERT INTO found(rowid, body) VALUES (new._rowid_, new.body); END",
				"CREATE TRIGGER notes_ad AFTER DELETE ON notes BEGIN INSERT INTO found(found, rowid, body) VALUES ('delete', old._rowid_, old.body); END",
				"INSERT INTO notes (id, body, stars) VALUES ('a', 'apple', '1'), ('b', 'banana', '2'), ('c', 'cherry', '3'), ('d', 'dates', '4')",
				"DELETE FROM notes WHERE id IN ('a', 'b')")
			const search = "SELECT notes.id FROM found JOIN notes ON notes._rowid_ = found.rowid WHERE found MATCH 'cherry'"
			d.want(search, "c")
			if err := d.try(tt.ops...); err != nil {
				t.Fatal(err)
			}
			d.want(search, "c")
			d.want("SELECT _rowid_ FROM notes", "3 4")
			if tt.more == nil { // else FTS5 itself takes the column for the rowid, or has none of the new name
				d.exec("INSERT INTO found(found, rank) VALUES ('integrity-check', 1)")
			}
			d.exec("INSERT INTO notes (id, body) VALUES ('e', 'elder')")
			d.want("SELECT rowid FROM found WHERE found MATCH 'elder'", "5")
		})
	}
}

// Where the rowid cannot stay, the plan says so, and what is known to rely on it refuses.
func TestSQLiteRebuildChangesRowids(t *testing.T) {
	key := func(column string) []migrate.Op {
		return []migrate.Op{
			migrate.DropPrimaryKey{Table: "notes", PrimaryKey: schema.PrimaryKey{Name: "notes_pkey", Columns: []string{"id"}}},
			migrate.AddPrimaryKey{Table: "notes", PrimaryKey: schema.PrimaryKey{Name: "notes_pkey", Columns: []string{column}}},
		}
	}
	all := notes(schema.Text("rowid").Null(), schema.Text("oid").Null(), schema.Text("_rowid_").Null())
	for _, tt := range []struct {
		name   string
		table  migrate.CreateTable
		ops    []migrate.Op
		why    string
		insert string
	}{
		{"a column becomes the rowid", notes(schema.BigInt("number")), key("number"), "column number becomes the rowid", "INSERT INTO notes (id, body, number) VALUES ('a', 'apple', 7)"},
		{"all names are taken", all, []migrate.Op{liteAlter("notes", schema.Text("stars").Null(), schema.BigInt("stars").Null())}, "columns have all three of its names", "INSERT INTO notes (id, body) VALUES ('a', 'apple')"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := newLite(t)
			d.run(tt.table)
			d.exec(tt.insert, "CREATE VIRTUAL TABLE found USING fts5(body, content=\"notes\")")
			said := false
			for _, st := range d.plan(tt.ops...) {
				for _, q := range st.Statements {
					said = said || strings.Contains(q.Comment, "rows get other rowids, as "+tt.why)
				}
			}
			if !said {
				t.Error("the plan does not say that rowids change")
			}
			d.fails(tt.ops, "rows of table notes get other rowids, as "+tt.why, "virtual table found refers to rows by rowid", "VALUES ('rebuild')")
			d.exec("DROP TABLE found", "CREATE TRIGGER by_rowid AFTER DELETE ON notes BEGIN DELETE FROM notes WHERE rowid = old.rowid + 1; END")
			d.fails(tt.ops, "trigger by_rowid refers to rows by rowid")
			d.exec("DROP TRIGGER by_rowid")
			d.run(tt.ops...)
		})
	}
}

// SQLite does not follow the name of the table in which a full text index has its content.
func TestSQLiteRenameUnderFullText(t *testing.T) {
	d := newLite(t)
	d.run(notes())
	d.exec("CREATE VIRTUAL TABLE found USING fts5(body, content = 'Notes')")
	rename := migrate.RenameTable{From: "notes", To: "pages"}
	d.fails([]migrate.Op{rename}, "virtual table found has its content in table notes", "make it again after")
	d.run(migrate.SQL{Up: []string{"DROP TABLE found"}}, rename, migrate.SQL{Up: []string{"CREATE VIRTUAL TABLE found USING fts5(body, content='pages')"}})
}

// A table without rowids, and clauses of its keys, are kept as somebody made them.
func TestSQLiteRebuildKeepsClauses(t *testing.T) {
	check := migrate.AddCheck{Table: "notes", Check: schema.Check{Name: "notes_body_check", Expr: "body <> ''"}}
	for _, tt := range []struct{ name, create, behaviour string }{
		{"without rowid", "CREATE TABLE notes (id TEXT NOT NULL, body TEXT NOT NULL, stars TEXT, CONSTRAINT notes_pkey PRIMARY KEY (id)) WITHOUT ROWID", ""},
		{"of the key", "CREATE TABLE notes (id TEXT NOT NULL, body TEXT NOT NULL, stars TEXT, CONSTRAINT notes_pkey PRIMARY KEY (id) ON CONFLICT REPLACE)", "replace"},
		{"of a key in the column", "CREATE TABLE notes (id TEXT NOT NULL PRIMARY KEY ON CONFLICT IGNORE, body TEXT NOT NULL ON CONFLICT IGNORE, stars TEXT)", "ignore"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := newLite(t)
			d.run(notes())
			d.exec("DROP TABLE notes", tt.create, "INSERT INTO notes VALUES ('a', 'apple', '1')")
			if err := d.try(check); err != nil {
				t.Fatal(err)
			}
			d.want("SELECT id, body FROM notes", "a|apple")
			made := strings.ToUpper(d.query("SELECT sql FROM sqlite_master WHERE name = 'notes'"))
			switch tt.behaviour {
			case "":
				if !strings.HasSuffix(made, "WITHOUT ROWID") {
					t.Error(made)
				}
				return
			case "replace":
				d.exec("INSERT INTO notes VALUES ('a', 'avocado', '2')")
				d.want("SELECT id, body FROM notes", "a|avocado")
			case "ignore":
				d.exec("INSERT INTO notes VALUES ('a', 'avocado', '2')", "INSERT INTO notes VALUES ('b', NULL, '2')")
				d.want("SELECT id, body FROM notes", "a|apple")
			}
		})
	}
}

// TestSQLiteWithoutRowid: a table gets and loses its rowids, and keeps its rows.
func TestSQLiteWithoutRowid(t *testing.T) {
	d := newLite(t)
	none := schema.TableOptions{WithoutRowid: true}
	d.run(notes())
	d.exec("INSERT INTO notes (id, body) VALUES ('b', 'banana'), ('a', 'apple')")
	for range 2 {
		for _, op := range []migrate.Op{migrate.SetTableOptions{Table: "notes", To: none}, migrate.SetTableOptions{Table: "notes", From: none}} {
			if err := d.try(op); err != nil {
				t.Fatal(err)
			}
			d.want("SELECT id || ' ' || body FROM notes ORDER BY id", "a apple b banana")
		}
	}
	d.exec("CREATE VIRTUAL TABLE found USING fts5(body, content='notes')")
	if err := d.try(migrate.SetTableOptions{Table: "notes", To: none}); err == nil || !strings.Contains(err.Error(), "found refers to rows by rowid") {
		t.Errorf("under an index by rowid: %v", err)
	}
}

// TestSQLiteScriptKeepsTriggers: a script rebuilds a table with its declared triggers, also where one of them is replaced in the same migration.
func TestSQLiteScriptKeepsTriggers(t *testing.T) {
	trigger := func(name, body string) migrate.CreateTrigger {
		return migrate.CreateTrigger{Name: name, Table: "notes", SQL: "CREATE TRIGGER " + name + " AFTER INSERT ON notes BEGIN " + body + "; END"}
	}
	kept, old, now := trigger("kept", "SELECT 1"), trigger("other", "SELECT 2"), trigger("other", "SELECT 3")
	ops := []migrate.Op{
		liteAlter("notes", schema.Text("stars").Null(), schema.BigInt("stars").Null()),
		migrate.ReplaceTrigger{Name: "other", Table: "notes", From: old.SQL, To: now.SQL},
		trigger("fresh", "SELECT 4"),
	}
	d := newLite(t)
	d.run(notes(), kept, old)
	d.exec("INSERT INTO notes (id, body) VALUES ('b', 'banana')")
	for _, st := range d.plan(ops...) {
		sql, ok := st.SQL()
		if !ok {
			t.Fatalf("%s has no script", st.Cause)
		}
		for _, s := range sql {
			d.exec(s.SQL)
		}
	}
	d.want("SELECT name || ' ' || substr(sql, -14) FROM sqlite_schema WHERE type = 'trigger' ORDER BY name", "fresh  SELECT 4; END kept  SELECT 1; END other  SELECT 3; END")
}
