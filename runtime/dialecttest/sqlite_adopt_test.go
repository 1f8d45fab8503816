package dialecttest_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
	"github.com/modelgen/modelgen/runtime/sqlite"
)

// adoptedSQL are tables in the manner of other tools, with rows; odd has one of everything that models have no words for.
var adoptedSQL = map[string][]string{
	"hand": {
		"CREATE TABLE owners (id INTEGER PRIMARY KEY, name VARCHAR(20) NOT NULL UNIQUE, age INT DEFAULT NULL CHECK (age > 0), ok BOOLEAN DEFAULT 0, at DATETIME DEFAULT CURRENT_TIMESTAMP)",
		"CREATE TABLE items (id INTEGER PRIMARY KEY, owner_id INTEGER REFERENCES owners, label TEXT COLLATE BINARY, note TEXT COLLATE NOCASE, price DECIMAL(10, 2) DEFAULT 0.50, UNIQUE (label, owner_id), CHECK (label != ''))",
		"CREATE INDEX items_note ON items (note COLLATE BINARY, lower(label) DESC) WHERE note IS NOT NULL",
		"INSERT INTO owners (name, age) VALUES ('a', 1), ('b', NULL)", "INSERT INTO items (owner_id, label, note) VALUES (1, 'x', 'n'), (2, 'y', NULL), (NULL, 'y', 'm')",
	},
	"gorm": {
		"CREATE TABLE `users` (`id` integer PRIMARY KEY AUTOINCREMENT,`created_at` datetime,`deleted_at` datetime,`name` text NOT NULL DEFAULT \"Anna\",`live` numeric DEFAULT true,`rate` real,`email` text,CONSTRAINT `uni_users_email` UNIQUE (`email`),CONSTRAINT `chk_users_name` CHECK (name <> \"bad\"))",
		"CREATE INDEX `idx_users_deleted_at` ON `users`(`deleted_at`)",
		"CREATE TABLE `cards` (`id` integer PRIMARY KEY AUTOINCREMENT,`number` text,`user_id` integer,CONSTRAINT `fk_users_cards` FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON DELETE CASCADE ON UPDATE CASCADE)",
		"CREATE UNIQUE INDEX `idx_cards_number` ON `cards`(`number`)",
		"INSERT INTO users (name, email) VALUES ('Bert', 'b'), ('Carl', NULL)", "INSERT INTO cards (number, user_id) VALUES ('1', 1), ('2', 2)", "DELETE FROM cards WHERE id = 2",
	},
	"goose": {
		"-- +goose Up\nCREATE TABLE IF NOT EXISTS posts (\n  id    INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, -- the key\n  slug  TEXT NOT NULL,\n  body  TEXT NOT NULL DEFAULT (''),\n  views BIGINT NOT NULL DEFAULT (0),\n" +
			"  author TEXT, kind TEXT CHECK (kind IN (\"post\", \"page\")),\n  created TIMESTAMP NOT NULL DEFAULT (datetime('now')),\n  CONSTRAINT slug_once UNIQUE(slug)\n)",
		"CREATE TABLE tags (post_id INTEGER NOT NULL, tag TEXT NOT NULL, PRIMARY KEY (post_id, tag), FOREIGN KEY (post_id) REFERENCES posts (id) ON DELETE CASCADE)",
		"INSERT INTO posts (slug) VALUES ('a'), ('b')", "INSERT INTO tags VALUES (1, 'x'), (2, 'x')",
	},
	"odd": {
		"CREATE TABLE codes (code TEXT PRIMARY KEY, label TEXT NOT NULL ON CONFLICT IGNORE UNIQUE ON CONFLICT REPLACE, n INT, twice INT AS (n * 2)) STRICT, WITHOUT ROWID",
		"CREATE TABLE pairs (a TEXT, b INT, c ANY, PRIMARY KEY (a, b) ON CONFLICT REPLACE, UNIQUE (c COLLATE NOCASE), FOREIGN KEY (a) REFERENCES Codes (CODE))",
		"CREATE TABLE 'keyed' ('a' TEXT, 'b c' INTEGER, n INTEGER, CONSTRAINT 'k' PRIMARY KEY ('a' COLLATE NOCASE, 'b c' DESC), CHECK (n > 0), FOREIGN KEY ('n') REFERENCES 'bare' ('z'))",
		"CREATE TABLE bare (x, y UNIQUE, z INTEGER PRIMARY KEY AUTOINCREMENT UNIQUE, UNIQUE (y))",
		"INSERT INTO codes (code, label, n) VALUES ('a', 'A', 1), ('b', 'B', NULL)", "INSERT INTO pairs VALUES ('a', 1, 'x'), ('b', 1, 'y')", "INSERT INTO bare VALUES (1, 'a', 1), ('t', x'00', 2)", "INSERT INTO keyed VALUES ('a', 1, 1), ('b', 1, 2)",
	},
}

// TestSQLiteAdoptedStaysClean takes over what something else made: no difference is left, and ops on it, and their way back, leave none, and all rows.
func TestSQLiteAdoptedStaysClean(t *testing.T) {
	t.Parallel()
	for name, made := range adoptedSQL {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newLite(t)
			d.exec(made...)
			s := called(d.inspect(migrate.InspectOptions{}).Schema)
			d.adopts(s)
			for _, op := range later(s) {
				t.Run(op.Describe(), func(t *testing.T) {
					d := newLite(t)
					d.exec(made...)
					rows, kept := d.content(s), d.unsaid()
					first := &migrate.Migration{Name: "0001_initial", Ops: making(s)}
					m := d.adopted(migrate.NewSet("adopted", first, &migrate.Migration{Name: "0002_later", Parents: []*migrate.Migration{first}, Ops: []migrate.Op{op}}))
					for range 2 {
						if _, err := m.Up(t.Context()); err != nil {
							t.Fatal(err)
						}
						d.agrees(m)
						if now := d.unsaid(); now != kept && !strings.Contains(op.Describe(), "unique") && !strings.Contains(op.Describe(), "Rename") && !strings.Contains(op.Describe(), "index") {
							t.Errorf("it has\n%s\nand had\n%s", now, kept)
						}
						if _, err := m.Down(t.Context()); err != nil {
							t.Fatal(err)
						}
						d.agrees(m)
						if now := d.content(s); now != rows {
							t.Errorf("the rows are\n%s\nand were\n%s", now, rows)
						}
					}
					d.want("PRAGMA foreign_key_check", "")
					d.want("PRAGMA integrity_check", "ok")
				})
			}
		})
	}
}

// content returns all rows of the tables, with their rowids where they have some.
func (d *liteDB) content(s *schema.Schema) string {
	d.t.Helper()
	var out []string
	for _, t := range s.Tables {
		rowid := "rowid, "
		if d.query(`SELECT wr FROM pragma_table_list('`+t.Name+`')`) == "1" {
			rowid = ""
		}
		cols := slices.Clone(t.ColumnNames())
		for i, c := range cols {
			cols[i] = `typeof("` + c + `"), quote("` + c + `")`
		}
		out = append(out, t.Name+": "+d.query("SELECT "+rowid+strings.Join(cols, ", ")+` FROM "`+t.Name+`" ORDER BY 1, 2, 3`))
	}
	return strings.Join(out, "\n")
}

// unsaid returns what models do not say of the tables, and rebuilds keep.
func (d *liteDB) unsaid() string {
	d.t.Helper()
	var out strings.Builder
	out.WriteString(d.query("SELECT name, strict, wr FROM pragma_table_list WHERE type = 'table' AND schema = 'main' AND name NOT LIKE 'sqlite%' AND name NOT LIKE '%history' ORDER BY name"))
	for _, word := range []string{"AUTOINCREMENT", "COLLATE NOCASE, 'b c' DESC", "ON CONFLICT IGNORE", "ON CONFLICT REPLACE"} {
		out.WriteString(fmt.Sprint("\n", word, " ", d.query("SELECT group_concat(name) FROM (SELECT name FROM sqlite_master WHERE instr(sql, '"+strings.ReplaceAll(word, "'", "''")+"') AND name NOT LIKE '%history' ORDER BY name)")))
	}
	out.WriteString("\nvirtual " + d.query("SELECT m.name, c.name FROM sqlite_master m JOIN pragma_table_xinfo(m.name) c WHERE c.hidden = 2"))
	return out.String()
}

// later returns ops on everything that a schema has.
func later(s *schema.Schema) []migrate.Op {
	var ops []migrate.Op
	for _, t := range s.Tables {
		for _, u := range t.Uniques {
			ops = append(ops, migrate.DropUnique{Table: t.Name, Unique: u}, migrate.RenameConstraint{Table: t.Name, From: u.Name, To: "other"})
		}
		for _, c := range t.Checks {
			ops = append(ops, migrate.DropCheck{Table: t.Name, Check: c}, migrate.RenameConstraint{Table: t.Name, From: c.Name, To: "other"})
		}
		for _, f := range t.ForeignKeys {
			ops = append(ops, migrate.DropForeignKey{Table: t.Name, ForeignKey: f}, migrate.RenameConstraint{Table: t.Name, From: f.Name, To: "other"})
		}
		for _, x := range t.Indexes {
			ops = append(ops, migrate.DropIndex{Table: t.Name, Index: x}, migrate.RenameIndex{Table: t.Name, From: x.Name, To: "other"})
		}
		ops = append(ops, migrate.RenameTable{From: t.Name, To: "other"}, migrate.AddColumn{Table: t.Name, Column: schema.Text("more").Null()},
			migrate.AddColumn{Table: t.Name, Column: schema.Integer("count").Default(3)}, migrate.AddColumn{Table: t.Name, Column: schema.Text("made").DefaultExpr("lower('A')")},
			migrate.AddCheck{Table: t.Name, Check: schema.Check{Name: "new_check", Expr: "1 = 1"}})
		for _, c := range t.Columns {
			ops = append(ops, migrate.RenameColumn{Table: t.Name, From: c.Name, To: "other"})
			if c.Nullable && c.Generated == "" && c.Default == nil && c.DefaultExpr == "" && c.Type.Kind == schema.KindText {
				v := "none"
				to := c
				to.Default = &v
				ops = append(ops, migrate.AlterColumn{Table: t.Name, From: c, To: to})
			}
		}
	}
	return ops
}

// TestSQLiteAdoptedByModels has models as people write them, for tables of others: in words of their own for types, or with those of the database.
func TestSQLiteAdoptedByModels(t *testing.T) {
	t.Parallel()
	key := schema.PrimaryKey{Name: "items_pkey", Columns: []string{"id"}}
	for _, tt := range []struct {
		name, made string
		columns    []schema.ColumnDef
		diff       string
	}{
		{"numbered without AUTOINCREMENT", "(id INTEGER PRIMARY KEY)", []schema.ColumnDef{schema.BigInt("id").Identity()}, ""},
		{"AUTOINCREMENT, and a plain key", "(id INTEGER PRIMARY KEY AUTOINCREMENT)", []schema.ColumnDef{schema.BigInt("id")}, ""},
		{"a key of text, without NOT NULL", "(id TEXT PRIMARY KEY)", []schema.ColumnDef{schema.Text("id")}, ""},
		{"VARCHAR", "(id INTEGER PRIMARY KEY, a VARCHAR(20), b NVARCHAR(5), c CHAR(3), d CLOB)", []schema.ColumnDef{schema.BigInt("id"), schema.Varchar("a", 20).Null(), schema.Text("b").Null(), schema.Text("c").Null(), schema.Text("d").Null()}, ""},
		{"VARCHAR as it is spelled", "(id INTEGER PRIMARY KEY, a varchar ( 20 ))", []schema.ColumnDef{schema.BigInt("id"), schema.Text("a").Null().TypeFor("sqlite", "VARCHAR ( 20 )")}, ""},
		{"another one than is spelled", "(id INTEGER PRIMARY KEY, a TEXT)", []schema.ColumnDef{schema.BigInt("id"), schema.Text("a").Null().TypeFor("sqlite", "VARCHAR(20)")}, "column items.a VARCHAR(20)"},
		{"integers", "(id INTEGER PRIMARY KEY, a INT, b BIGINT, c SMALLINT UNSIGNED, d TINYINT(1))", []schema.ColumnDef{schema.BigInt("id"), schema.BigInt("a").Null(), schema.Integer("b").Null(), schema.SmallInt("c").Null(), schema.BigInt("d").Null()}, ""},
		{"a key of the type INT is no rowid", "(id INT PRIMARY KEY)", []schema.ColumnDef{schema.BigInt("id")}, "column items.id INTEGER not null"},
		{"but it can be said", "(id INT PRIMARY KEY)", []schema.ColumnDef{schema.BigInt("id").TypeFor("sqlite", "INT")}, ""},
		{"bools", "(id INTEGER PRIMARY KEY, a BOOLEAN DEFAULT 0 NOT NULL, b numeric DEFAULT true, c BOOL DEFAULT '1', d BOOLEAN DEFAULT (FALSE))",
			[]schema.ColumnDef{schema.BigInt("id"), schema.Boolean("a").Default(false), schema.Boolean("b").Null().Default(true), schema.Boolean("c").Null().Default(true), schema.Boolean("d").Null().Default(false)}, ""},
		{"a bool that is a number", "(id INTEGER PRIMARY KEY, a DATE)", []schema.ColumnDef{schema.BigInt("id"), schema.Boolean("a").Null()}, "column items.a BOOLEAN"},
		{"times", "(id INTEGER PRIMARY KEY, a TIMESTAMP, b timestamp with time zone, c DATETIME DEFAULT (CURRENT_TIMESTAMP))",
			[]schema.ColumnDef{schema.BigInt("id"), schema.TimestampTZ("a").Null(), schema.Timestamp("b").Null(), schema.TimestampTZ("c").Null().DefaultExpr("now()")}, ""},
		{"a time that is a text", "(id INTEGER PRIMARY KEY, a TEXT)", []schema.ColumnDef{schema.BigInt("id"), schema.TimestampTZ("a").Null()}, "column items.a DATETIME"},
		{"numbers", "(id INTEGER PRIMARY KEY, a DECIMAL(10,2) DEFAULT 1.50, b DOUBLE PRECISION DEFAULT 1.0, c FLOAT DEFAULT '2', d INTEGER DEFAULT +5)",
			[]schema.ColumnDef{schema.BigInt("id"), schema.Numeric("a", 10, 2).Null().Default("1.50"), schema.Double("b").Null().Default(1), schema.Real("c").Null().Default(2), schema.Integer("d").Null().Default(5)}, ""},
		{"defaults of texts", `(id INTEGER PRIMARY KEY, a TEXT DEFAULT "New", b TEXT DEFAULT NULL, c TEXT DEFAULT 7, d TEXT DEFAULT ('it''s'))`,
			[]schema.ColumnDef{schema.BigInt("id"), schema.Text("a").Null().Default("New"), schema.Text("b").Null(), schema.Text("c").Null().Default("7"), schema.Text("d").Null().Default("it's")}, ""},
		{"another default", `(id INTEGER PRIMARY KEY, a TEXT DEFAULT "new")`, []schema.ColumnDef{schema.BigInt("id"), schema.Text("a").Null().Default("New")}, "column items.a TEXT default 'New'"},
		{"BINARY", "(id INTEGER PRIMARY KEY, a TEXT COLLATE BINARY, b TEXT)", []schema.ColumnDef{schema.BigInt("id"), schema.Text("a").Null(), schema.Text("b").Null().Collate("BINARY")}, ""},
		{"another collation", "(id INTEGER PRIMARY KEY, a TEXT COLLATE NOCASE)", []schema.ColumnDef{schema.BigInt("id"), schema.Text("a").Null()}, "column items.a TEXT"},
		{"names in other letters", "(ID INTEGER PRIMARY KEY, Label TEXT)", []schema.ColumnDef{schema.BigInt("id"), schema.Text("label").Null()}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			d := newLite(t)
			d.exec("CREATE TABLE items " + tt.made)
			set := migrate.NewSet("adopted", &migrate.Migration{Name: "0001_initial", Ops: []migrate.Op{migrate.CreateTable{Table: "items", Columns: tt.columns, PrimaryKey: key}}})
			if tt.diff == "" {
				d.adopted(set)
				return
			}
			m, err := migrate.New(d.db, sqlite.Dialect{}, set, &migrate.Options{FakeInitial: true})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := m.Up(t.Context()); err == nil || !strings.Contains(err.Error(), "missing: "+tt.diff+"\n") {
				t.Errorf("got %v, want a line with %s", err, tt.diff)
			}
		})
	}
}

// A column that is computed from one that is computed follows what that is computed from.
func TestSQLiteChainOfGeneratedColumns(t *testing.T) {
	t.Parallel()
	d := newLite(t)
	d.run(liteTable("ts", liteID(), schema.Integer("a"), schema.Integer("twice").Null().Generated("a * 2"), schema.Integer("more").Null().Generated("twice + 1"), schema.Integer("seen").Null()))
	d.exec("INSERT INTO ts (id, a) VALUES (1, 5)")
	d.run(migrate.AddCheck{Table: "ts", Check: schema.Check{Name: "ts_check", Expr: "a > 0"}}, migrate.Fill{Table: "ts", Column: "a", Expr: "a + 1", Where: "a > 0"}, migrate.Fill{Table: "ts", Column: "seen", Expr: "more"})
	d.want("SELECT a, twice, more, seen FROM ts", "6|12|13|13")
}

// Rows with NULL in a key, which SQLite takes where nobody wrote NOT NULL, stop a rebuild before anything is changed.
func TestSQLiteAdoptedKeyHoldsNull(t *testing.T) {
	t.Parallel()
	for _, key := range []string{"TEXT PRIMARY KEY", "INTEGER PRIMARY KEY DESC"} {
		d := newLite(t)
		d.exec("CREATE TABLE items (id "+key+", name TEXT)", "INSERT INTO items VALUES (NULL, 'a'), (7, 'b')")
		for _, op := range making(called(d.inspect(migrate.InspectOptions{}).Schema)) {
			if err := op.Apply(d.s); err != nil {
				t.Fatal(err)
			}
		}
		d.session(d.db)
		d.fails([]migrate.Op{migrate.AddCheck{Table: "items", Check: schema.Check{Name: "c", Expr: "name <> ''"}}}, "items.id: 1 row holds NULL in the primary key")
		d.want("SELECT count(*) FROM items", "2")
	}
}

// SQLite takes longer names than PostgreSQL, of which models know as many bytes as that has: gorm makes such of 64 bytes.
func TestSQLiteAdoptedLongNames(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("long_name_", 7)
	made := []string{"CREATE TABLE items (id INTEGER PRIMARY KEY, a TEXT, b TEXT, CONSTRAINT c" + long + " CHECK (a <> ''), CONSTRAINT u" + long + " UNIQUE (a))", "CREATE INDEX i" + long + " ON items (b)", "CREATE UNIQUE INDEX x" + long + " ON items (b)"}
	d := newLite(t)
	d.exec(made...)
	s := d.inspect(migrate.InspectOptions{}).Schema
	for _, op := range append(later(s), migrate.AddCheck{Table: "items", Check: schema.Check{Name: "more", Expr: "b <> ''"}}) {
		d := newLite(t)
		d.exec(made...)
		first := &migrate.Migration{Name: "0001_initial", Ops: making(s)}
		m := d.adopted(migrate.NewSet("adopted", first, &migrate.Migration{Name: "0002_later", Parents: []*migrate.Migration{first}, Ops: []migrate.Op{op}}))
		if _, err := m.Up(t.Context()); err != nil {
			t.Fatal(op.Describe(), err)
		}
		d.agrees(m)
		if _, err := m.Down(t.Context()); err != nil {
			t.Fatal(op.Describe(), err)
		}
		d.agrees(m)
	}
}

// A STRICT table takes few types: where the model does not say that it is one, the error says what to write.
func TestSQLiteAdoptedStrict(t *testing.T) {
	t.Parallel()
	d := newLite(t)
	d.exec("CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT) STRICT")
	s := called(d.inspect(migrate.InspectOptions{}).Schema)
	if !s.Table("items").Options.Strict {
		t.Error("the options do not say STRICT")
	}
	s.Table("items").Options = schema.TableOptions{}
	for _, op := range making(s) {
		if err := op.Apply(d.s); err != nil {
			t.Fatal(err)
		}
	}
	d.session(d.db)
	flag := schema.Boolean("live").Default(true)
	check := migrate.AddCheck{Table: "items", Check: schema.Check{Name: "c", Expr: "name <> ''"}}
	d.fails([]migrate.Op{liteAdd("items", flag)}, "unknown datatype", "give the column one of them, as type.sqlite:INTEGER")
	d.fails([]migrate.Op{liteAdd("items", flag), check}, "unknown datatype", "give the column one of them, as type.sqlite:INTEGER")
	d.run(liteAdd("items", schema.Boolean("live").Default(true).TypeFor("sqlite", "INTEGER")), check)
	d.want("SELECT strict FROM pragma_table_list('items')", "1")
}
