package dialecttest_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

func TestSQLiteRebuildKeepsChildren(t *testing.T) {
	d := newLite(t)
	child := liteTable("children", liteID(), schema.BigInt("parent_id"))
	child.ForeignKeys = []schema.ForeignKey{liteFK("children_parent_id_fkey", "parent_id", "parents", schema.Cascade)}
	tree := liteTable("tree", liteID(), schema.BigInt("up").Null(), schema.Text("t"))
	tree.ForeignKeys = []schema.ForeignKey{liteFK("tree_up_fkey", "up", "tree", schema.Cascade)}
	d.run(liteTable("parents", liteID(), schema.Text("name").Null()), child, tree)
	d.exec("INSERT INTO parents VALUES (1, 'a'), (2, 'b')", "INSERT INTO children VALUES (1, 1), (2, 2), (3, 1)",
		"INSERT INTO tree VALUES (9, NULL, 'r')", "INSERT INTO tree VALUES (5, 9, 'a')", "INSERT INTO tree VALUES (1, 5, 'b')")
	d.run(liteAlter("parents", schema.Text("name").Null(), schema.Text("name").Default("x")), liteAlter("tree", schema.Text("t"), schema.Text("t").Null()))
	d.want("SELECT count(*) FROM children", "3")
	d.want("SELECT * FROM parents", "1|a 2|b")
	d.want("SELECT id, up FROM tree ORDER BY id", "1|5 5|9 9|NULL")
	d.exec("DELETE FROM parents WHERE id = 1", "DELETE FROM tree WHERE id = 5")
	d.want("SELECT count(*) FROM children", "1")
	d.want("SELECT count(*) FROM tree", "1")
}

func TestSQLiteRebuildKeepsWhatIsMadeByHand(t *testing.T) {
	d := newLite(t)
	visit := liteTable("visits", liteID(), schema.BigInt("person_id"))
	visit.ForeignKeys = []schema.ForeignKey{liteFK("visits_person_id_fkey", "person_id", "people", schema.Cascade)}
	d.run(liteTable("people", liteID(), schema.Text("name"), schema.Integer("age").Null()), visit)
	d.exec(
		"CREATE TABLE audit (id integer PRIMARY KEY AUTOINCREMENT, what text NOT NULL)",
		"INSERT INTO people (id, name, age) VALUES (1, 'Ada', 36), (2, 'Alan', NULL)",
		"INSERT INTO visits (id, person_id) VALUES (1, 1), (2, 2)",
		"CREATE TRIGGER people_after_insert AFTER INSERT ON people BEGIN INSERT INTO audit (what) VALUES ('insert ' || new.name); END",
		"CREATE TRIGGER people_after_delete AFTER DELETE ON people BEGIN INSERT INTO audit (what) VALUES ('delete ' || old.name); END",
		"CREATE TRIGGER visits_after_insert AFTER INSERT ON visits WHEN EXISTS (SELECT 1 FROM people WHERE id = new.person_id) BEGIN UPDATE people SET age = coalesce(age, 0) + 1 WHERE id = new.person_id; END",
		"CREATE VIEW adults AS SELECT id, name AS name FROM people WHERE age > 17",
		"CREATE VIEW adult_names AS SELECT upper(name) AS shout FROM adults",
		"CREATE TRIGGER adults_insert INSTEAD OF INSERT ON adults BEGIN INSERT INTO people (id, name, age) VALUES (new.id, new.name, 18); END",
		"CREATE INDEX by_hand ON people (age, name DESC) WHERE age IS NOT NULL",
		"CREATE VIEW broken AS SELECT * FROM nowhere", // not our fault: no reason to stop
	)
	const hand = "SELECT type, name, sql FROM sqlite_master WHERE type IN ('trigger', 'view') OR name IN ('by_hand', 'audit') ORDER BY name"
	before := d.query(hand)
	if err := d.try(migrate.AddCheck{Table: "people", Check: schema.Check{Name: "people_name_check", Expr: "length(name) > 0"}}); err != nil {
		t.Fatal(err)
	}
	d.want(hand, before)
	d.want("SELECT count(*) FROM audit", "0")
	d.want("SELECT shout FROM adult_names", "ADA")
	d.exec("INSERT INTO people (id, name, age) VALUES (3, 'Grace', 20)", "INSERT INTO visits (id, person_id) VALUES (3, 2)", "INSERT INTO adults VALUES (9, 'Z')", "DELETE FROM people WHERE id = 1")
	d.want("SELECT age FROM people WHERE id = 2", "1")
	d.want("SELECT what FROM audit ORDER BY id", "insert Grace insert Z delete Ada")

	// A rename goes through views, triggers and indexes, also together with a rebuild.
	d.exec("DROP VIEW broken")
	if err := d.try(migrate.RenameColumn{Table: "people", From: "name", To: "called"}, migrate.Fill{Table: "people", Column: "age", Expr: "0"},
		liteAlter("people", schema.Integer("age").Null(), schema.Integer("age").Default(0)), migrate.RenameTable{From: "people", To: "persons"}); err != nil {
		t.Fatal(err)
	}
	d.want("SELECT shout FROM adult_names ORDER BY shout", "GRACE Z")
	d.exec("INSERT INTO adults VALUES (10, 'Y')", "INSERT INTO visits (id, person_id) VALUES (4, 10)")
	d.want("SELECT what FROM audit ORDER BY id DESC LIMIT 1", "insert Y")
	d.want("SELECT called, age FROM persons WHERE id = 10", "Y|19")
	d.want("SELECT group_concat(name) FROM pragma_index_info('by_hand')", "age,called")
}

func TestSQLiteRebuildRefuses(t *testing.T) {
	rebuild := liteAlter("t", schema.Text("a").Null(), schema.Text("a").Null().Default("x"))
	drop := migrate.DropColumn{Table: "t", Column: schema.Text("b").Null()}
	start := []migrate.Op{liteTable("t", liteID(), schema.Text("a").Null(), schema.Text("b").Null())}
	tests := []struct {
		name  string
		hand  []string
		ops   []migrate.Op
		words []string
	}{
		{"column by hand", []string{"ALTER TABLE t ADD COLUMN extra int"}, []migrate.Op{rebuild}, []string{"table t", "extra", "no migration made"}},
		{"column lost by hand", []string{"ALTER TABLE t DROP COLUMN b"}, []migrate.Op{rebuild}, []string{"lacks", "b"}},
		{"index on a dropped column", []string{"CREATE INDEX by_hand ON t (a, b)"}, []migrate.Op{rebuild, drop}, []string{"by_hand", "drop the index"}},
		{"index on a dropped column, quoted", []string{`CREATE INDEX by_hand ON t ("b")`}, []migrate.Op{rebuild, drop}, []string{"by_hand", "drop the index"}},
		{"index on a dropped column, natively", []string{"CREATE INDEX by_hand ON t (b)"}, []migrate.Op{drop}, []string{"by_hand"}},
		{"view on a dropped column", []string{"CREATE VIEW v AS SELECT b FROM t"}, []migrate.Op{rebuild, drop}, []string{"view v", "no such column"}},
		{"view with a quoted name", []string{`CREATE VIEW v AS SELECT "b" FROM t`}, []migrate.Op{rebuild, drop}, []string{"view v", "drop the view"}},
		{"view on a dropped column, natively", []string{"CREATE VIEW v AS SELECT b FROM t"}, []migrate.Op{drop}, []string{"v"}},
		{"trigger on a dropped column", []string{"CREATE TRIGGER tr AFTER UPDATE ON t BEGIN SELECT new.b; END"}, []migrate.Op{rebuild, drop}, []string{"trigger tr"}},
		{"trigger of another table", []string{"CREATE TABLE o (x)", "CREATE TRIGGER tr AFTER INSERT ON o BEGIN UPDATE t SET b = 1; END"}, []migrate.Op{drop}, []string{"trigger tr", "t.b"}},
		{"view on a dropped table", []string{"CREATE VIEW v AS SELECT id FROM t"}, []migrate.Op{migrate.DropTable(start[0].(migrate.CreateTable))}, []string{"view v", "table t"}},
		{"not null", []string{"INSERT INTO t VALUES (1, 'x', NULL), (2, NULL, NULL), (3, NULL, NULL)"}, []migrate.Op{liteAlter("t", schema.Text("a").Null(), schema.Text("a"))}, []string{"t.a: 2 rows hold NULL"}},
		{"column without value", []string{"INSERT INTO t VALUES (1, 'x', NULL)"}, []migrate.Op{liteAdd("t", schema.Text("c"))}, []string{"t.c: 1 row would have no value"}},
		{"check", []string{"INSERT INTO t VALUES (1, 'secret', NULL)"}, []migrate.Op{migrate.AddCheck{Table: "t", Check: schema.Check{Name: "t_a_check", Expr: "a = 'y'"}}}, []string{"t_a_check", "break the check"}},
		{"unique", []string{"INSERT INTO t VALUES (1, 'secret', NULL), (2, 'secret', NULL)"}, []migrate.Op{rebuild, migrate.AddUnique{Table: "t", Unique: schema.Unique{Name: "u", Columns: []string{"a"}}}},
			[]string{"UNIQUE constraint failed", "GROUP BY"}},
		{"text to integer", []string{"INSERT INTO t VALUES (1, '12', NULL), (2, 'secret', NULL), (3, '1.5', NULL)"}, []migrate.Op{liteAlter("t", schema.Text("a").Null(), schema.BigInt("a").Null())}, []string{"t.a: 2 rows", "INTEGER"}},
		{"text to numeric", []string{"INSERT INTO t VALUES (1, '12345678901234.56789', NULL)"}, []migrate.Op{liteAlter("t", schema.Text("a").Null(), schema.Numeric("a", 20, 5).Null())}, []string{"t.a: 1 row", "NUMERIC"}},
		{"text to boolean", []string{"INSERT INTO t VALUES (1, 'secret', NULL)"}, []migrate.Op{liteAlter("t", schema.Text("a").Null(), schema.Boolean("a").Null())}, []string{"t.a: 1 row", "BOOLEAN"}},
		{"text to date", []string{"INSERT INTO t VALUES (1, '2026-02-30x', NULL)"}, []migrate.Op{liteAlter("t", schema.Text("a").Null(), schema.Date("a").Null())}, []string{"t.a: 1 row", "DATE"}},
		{"foreign key", []string{"INSERT INTO t VALUES (1, '7', NULL)"}, []migrate.Op{migrate.AddForeignKey{Table: "t", ForeignKey: liteFK("f", "a", "t", "")}}, []string{"t (a): 1 row", "foreign_key_check"}},
		{"foreign key without a key", nil, []migrate.Op{migrate.AddForeignKey{Table: "t", ForeignKey: schema.ForeignKey{Name: "f", Columns: []string{"a"}, RefTable: "t", RefColumns: []string{"b"}}}}, []string{"mismatch"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := newLite(t)
			d.run(start...)
			d.exec(tt.hand...)
			rows := d.query("SELECT * FROM t")
			err := d.fails(tt.ops, tt.words...)
			if strings.Contains(err.Error(), "secret") {
				t.Errorf("the error tells a value: %v", err)
			}
			d.want("SELECT * FROM t", rows)
			d.want("PRAGMA legacy_alter_table", "0")
		})
	}
}

func TestSQLiteRebuildKeepsTableOptions(t *testing.T) {
	d := newLite(t)
	d.s = &schema.Schema{}
	op := migrate.CreateTable{Table: "t", Columns: []schema.ColumnDef{schema.Text("id"), schema.Integer("n").Null(), schema.Text("gone").Null()}, PrimaryKey: schema.PrimaryKey{Name: "t_pkey", Columns: []string{"id"}}}
	if err := op.Apply(d.s); err != nil {
		t.Fatal(err)
	}
	d.exec(`CREATE TABLE p (x TEXT PRIMARY KEY)`, `INSERT INTO p VALUES ('a')`,
		`CREATE TABLE "t" ("id" TEXT NOT NULL REFERENCES p (x), n INTEGER CHECK (n > 0), gone TEXT, UNIQUE (n, id), CONSTRAINT "t_pkey" PRIMARY KEY ("id"), CONSTRAINT odd CHECK (n % 2 = 1)) STRICT, WITHOUT ROWID`,
		`INSERT INTO t VALUES ('a', 1, 'x')`)
	if err := d.try(liteAlter("t", schema.Integer("n").Null(), schema.Integer("n")), migrate.RenameColumn{Table: "t", From: "n", To: "num"}, migrate.DropColumn{Table: "t", Column: schema.Text("gone").Null()}); err != nil {
		t.Fatal(err)
	}
	d.want("SELECT strict, wr FROM pragma_table_list('t')", "1|1")
	d.want("SELECT * FROM t", "a|1")
	_, got := d.catalogs()
	want := []string{"check t num % 2 = 1 [odd]", "check t num > 0", "column t.id TEXT not null", "column t.num INTEGER not null", "foreign key t (id) references p (x)",
		"primary key t (id)", "table t", "unique index t (num, id)"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestSQLiteAutoincrementGoesOn(t *testing.T) {
	d := newLite(t)
	d.run(liteTable("jobs", schema.Integer("id").Identity(), schema.Text("name").Null()), liteTable("empty", schema.BigInt("id").Identity(), schema.Text("name").Null()))
	d.exec("INSERT INTO jobs (name) VALUES ('a'), ('b'), ('c')", "DELETE FROM jobs WHERE id > 1", "INSERT INTO empty DEFAULT VALUES", "DELETE FROM empty")
	d.run(liteAlter("jobs", schema.Text("name").Null(), schema.Text("name")), liteAlter("empty", schema.Text("name").Null(), schema.Text("name").Default("")))
	d.exec("INSERT INTO jobs (name) VALUES ('d')", "INSERT INTO empty DEFAULT VALUES")
	d.want("SELECT id FROM jobs", "1 4")
	d.want("SELECT id FROM empty", "2")
	// Identity comes and goes.
	d.run(liteAlter("jobs", schema.Integer("id").Identity(), schema.Integer("id")))
	d.run(liteAlter("jobs", schema.Integer("id"), schema.BigInt("id").Identity()))
	d.exec("INSERT INTO jobs (name) VALUES ('e')")
	d.want("SELECT id FROM jobs", "1 4 5")
	// A table gets a numbered key.
	d.run(migrate.CreateTable{Table: "log", Columns: []schema.ColumnDef{schema.Text("line")}})
	d.exec("INSERT INTO log VALUES ('x'), ('y')")
	d.run(liteAdd("log", schema.BigInt("id").Identity()), migrate.AddPrimaryKey{Table: "log", PrimaryKey: schema.PrimaryKey{Name: "log_pkey", Columns: []string{"id"}}})
	d.want("SELECT line, id FROM log", "x|1 y|2")
}

func TestSQLiteConversions(t *testing.T) {
	tests := []struct {
		from, to schema.ColumnDef
		using    string
		values   string
		want     string
	}{
		{schema.Integer("v").Null(), schema.Text("v").Null(), "", "12, NULL, -9223372036854775808", "text|12 null|NULL text|-9223372036854775808"},
		{schema.Text("v").Null(), schema.Integer("v").Null(), "", "'12', NULL, '-7'", "integer|12 null|NULL integer|-7"},
		{schema.Text("v").Null(), schema.Double("v").Null(), "", "'1.5', '2'", "real|1.5 real|2.0"},
		{schema.Text("v").Null(), schema.Numeric("v", 8, 2).Null(), "", "'1.5', '2'", "real|1.5 integer|2"},
		{schema.Double("v").Null(), schema.Text("v").Null(), "", "1.5, 0.1, 1e300, 2.0", "text|1.5 text|0.1 text|1.0e+300 text|2.0"},
		{schema.Double("v").Null(), schema.Integer("v").Null(), "", "1.0, -3.0", "integer|1 integer|-3"},
		{schema.Boolean("v").Null(), schema.Text("v").Null(), "", "TRUE, FALSE, NULL", "text|true text|false null|NULL"},
		{schema.Text("v").Null(), schema.Boolean("v").Null(), "", "'true', 'f', '1', NULL", "integer|1 integer|0 integer|1 null|NULL"},
		{schema.Boolean("v").Null(), schema.BigInt("v").Null(), "", "TRUE", "integer|1"},
		{schema.TimestampTZ("v").Null(), schema.Date("v").Null(), "", "'2026-02-03 04:05:06.789012+00', '2026-02-03T23:00:00Z', '2026-02-03 04:05:06.7 +0000 UTC', NULL",
			"text|2026-02-03 text|2026-02-03 text|2026-02-03 null|NULL"},
		{schema.Date("v").Null(), schema.Timestamp("v").Null(), "", "'2026-02-03'", "text|2026-02-03 00:00:00"},
		{schema.Text("v").Null(), schema.Timestamp("v").Null(), "", "'2026-02-03 04:05:06'", "text|2026-02-03 04:05:06"},
		{schema.Text("v").Null(), schema.Integer("v").Null(), "length(v)", "'abc'", "integer|3"},
		{schema.BigInt("v").Null(), schema.TimestampTZ("v").Null(), "datetime(v, 'unixepoch')", "0", "text|1970-01-01 00:00:00"},
		{schema.Text("v").Null(), schema.Bytes("v").Null(), "", "'abc'", "blob|abc"},
		{schema.Text("v").Null(), schema.EnumOf("v", "e").Null(), "", "'a', NULL", "text|a null|NULL"},
	}
	for _, tt := range tests {
		name := tt.from.Def().Describe() + " to " + tt.to.Def().Describe()
		t.Run(name, func(t *testing.T) {
			d := newLite(t)
			d.run(migrate.CreateEnum{Name: "e", Values: []string{"a", "b"}}, liteTable("t", liteID(), tt.from))
			for v := range strings.SplitSeq(tt.values, ", ") {
				d.exec("INSERT INTO t (v) VALUES (" + v + ")")
			}
			d.run(migrate.AlterColumn{Table: "t", From: tt.from, To: tt.to, Using: tt.using})
			// The driver makes times of such columns, so they are read as text.
			d.want("SELECT typeof(v), CAST(v AS TEXT) FROM t ORDER BY id", tt.want)
		})
	}
}

func TestSQLiteSwaps(t *testing.T) {
	d := newLite(t)
	b := liteTable("b", liteID(), schema.Text("x").Null(), schema.Integer("y").Null())
	b.ForeignKeys = []schema.ForeignKey{liteFK("b_fk", "y", "a", "")}
	b.Indexes = []schema.Index{{Name: "i", Parts: []schema.IndexPart{{Column: "x"}}}, {Name: "j", Parts: []schema.IndexPart{{Column: "y"}}}}
	d.run(liteTable("a", liteID(), schema.Text("t").Null()), b)
	d.exec("INSERT INTO a VALUES (1, 'was a')", "INSERT INTO b VALUES (2, 'x', 1)")
	rename := func(from, to string) migrate.Op { return migrate.RenameColumn{Table: "b", From: from, To: to} }
	d.run(rename("x", "tmp"), rename("y", "x"), rename("tmp", "y"), migrate.RenameTable{From: "a", To: "tmp"}, migrate.RenameTable{From: "b", To: "a"}, migrate.RenameTable{From: "tmp", To: "b"})
	d.want("SELECT id, x, y FROM a", "2|1|x")
	d.want("SELECT id, t FROM b", "1|was a")
	// Back again, together with rebuilds of both, which columns that changed hands do not stop.
	back := func(from, to string) migrate.Op { return migrate.RenameColumn{Table: "a", From: from, To: to} }
	d.run(liteAlter("a", schema.Text("y").Null(), schema.Text("y")), back("x", "tmp"), migrate.Fill{Table: "a", Column: "y", Expr: "y || tmp", Where: "true"}, back("y", "x"), back("tmp", "y"),
		liteAlter("b", schema.Text("t").Null(), schema.Text("t")), migrate.RenameTable{From: "a", To: "tmp"}, migrate.RenameTable{From: "b", To: "a"}, migrate.RenameTable{From: "tmp", To: "b"},
		migrate.RenameIndex{Table: "b", From: "i", To: "k"}, migrate.RenameIndex{Table: "b", From: "j", To: "i"}, migrate.RenameIndex{Table: "b", From: "k", To: "j"})
	d.want("SELECT id, x, y FROM b", "2|x1|1")
	d.want("SELECT id, t FROM a", "1|was a")
	copies := 0
	for _, st := range d.last {
		if strings.HasSuffix(st.Cause, "copy the rows") {
			copies++
		}
	}
	if copies != 2 {
		t.Errorf("%d rebuilds for 2 tables", copies)
	}
	// A name is used again at once.
	d.run(migrate.DropIndex{Table: "b", Index: schema.Index{Name: "j", Parts: []schema.IndexPart{{Column: "x"}}}},
		migrate.CreateIndex{Table: "a", Index: schema.Index{Name: "j", Parts: []schema.IndexPart{{Column: "t"}}}},
		rename("x", "old"), liteAdd("b", schema.Text("x").Default("new")), migrate.DropColumn{Table: "b", Column: schema.Text("old")}, rename("x", "old"), liteAdd("b", schema.Integer("x").Default(1)),
		liteAlter("b", schema.Integer("y").Null(), schema.Integer("y")))
	d.want("SELECT id, y, old, x FROM b", "2|1|new|1")
}

func TestSQLiteFillsAndRebuild(t *testing.T) {
	d := newLite(t)
	d.run(liteTable("a", liteID(), schema.Text("name"), schema.BigInt("b_id").Null()), liteTable("b", liteID(), schema.Text("code").Null()))
	d.exec("INSERT INTO b VALUES (1, 'one'), (2, NULL)", "INSERT INTO a VALUES (1, 'x', 1), (2, 'y', 2), (3, 'z', NULL)")
	d.run(
		liteAdd("b", schema.Text("label").Null()),
		migrate.Fill{Table: "b", Column: "label", Expr: "coalesce(code, 'b' || id)"},
		liteAlter("b", schema.Text("label").Null(), schema.Text("label")),
		liteAdd("a", schema.Text("label").Null()),
		liteAdd("a", schema.Text("twice").Generated("label || label").Null()),
		migrate.Fill{Table: "a", Column: "label", Expr: "(SELECT b.label FROM b WHERE b.id = a.b_id)"}, // wants b written
		migrate.Fill{Table: "a", Column: "label", Expr: "'none'"},
		migrate.Fill{Table: "a", Column: "name", Expr: "name || ':' || twice", Where: "label <> 'none'"},
		liteAlter("a", schema.Text("label").Null(), schema.Text("label")),
		migrate.DropColumn{Table: "b", Column: schema.Text("code").Null()}, // must not happen before a has read b
		migrate.DropColumn{Table: "b", Column: schema.Text("label")},
		migrate.Fill{Table: "a", Column: "b_id", Expr: "(SELECT max(a.id) FROM a)"},
	)
	d.want("SELECT id, name, b_id, label, twice FROM a", "1|x:oneone|1|one|oneone 2|y:b2b2|2|b2|b2b2 3|z|3|none|nonenone")
	d.want("SELECT * FROM b", "1 2")
}

func TestSQLiteEnums(t *testing.T) {
	d := newLite(t)
	mood := schema.EnumOf("mood", "mood").Default("sad")
	d.run(migrate.CreateEnum{Name: "mood", Values: []string{"sad", "happy"}}, liteTable("people", liteID(), mood, schema.Array(schema.EnumOf("moods", "mood")).Null()))
	d.exec(`INSERT INTO people (id, mood, moods) VALUES (1, 'sad', '["happy","sad"]'), (2, 'happy', NULL)`)
	d.run(migrate.AlterEnum{Name: "mood", From: []string{"sad", "happy"}, To: []string{"sad", "okay", "happy"}}, liteAlter("people", mood, schema.EnumOf("mood", "mood").Default("okay")))
	d.exec("INSERT INTO people (id) VALUES (3)")
	d.run(migrate.RenameEnumValue{Enum: "mood", From: "happy", To: "it's"}, migrate.RenameEnum{From: "mood", To: "feeling"}, migrate.RenameTable{From: "people", To: "folk"},
		migrate.RenameColumn{Table: "folk", From: "mood", To: "feels"})
	d.want("SELECT id, feels, moods FROM folk", `1|sad|["it's","sad"] 2|it's|NULL 3|okay|NULL`)
	feels := schema.EnumOf("feels", "feeling")
	d.fails([]migrate.Op{liteAlter("folk", feels.Default("okay"), feels), migrate.AlterEnum{Name: "feeling", From: []string{"sad", "okay", "it's"}, To: []string{"sad"}}}, "folk.feels: 2 rows", "none of 'sad'")
	d.run(migrate.DropColumn{Table: "folk", Column: schema.EnumOf("feels", "feeling").Default("okay")})
}

func TestSQLiteDownIsUp(t *testing.T) {
	d := newLite(t)
	d.run(liteStart()...)
	d.exec(liteRows...)
	before, rows := d.s.Clone(), d.query("SELECT * FROM b")
	_, catalog := d.catalogs()
	ops := []migrate.Op{
		migrate.RenameTable{From: "b", To: "bees"}, migrate.RenameColumn{Table: "bees", From: "name", To: "title"},
		migrate.DropCheck{Table: "bees", Check: schema.Check{Name: "b_n_check", Expr: "n > 0"}},
		migrate.DropForeignKey{Table: "bees", ForeignKey: liteFK("b_a_id_fkey", "a_id", "a", schema.Cascade)},
		migrate.DropPrimaryKey{Table: "a", PrimaryKey: schema.PrimaryKey{Name: "a_pkey", Columns: []string{"id"}}},
		migrate.AddPrimaryKey{Table: "a", PrimaryKey: schema.PrimaryKey{Name: "a_pkey", Columns: []string{"id", "w"}}},
		liteAlter("a", schema.Text("label").Null(), schema.Text("label").Null().Default("x")), liteAdd("a", schema.TimestampTZ("at").DefaultExpr("now()")),
	}
	d.run(ops...)
	back, err := migrate.Invert(ops)
	if err != nil {
		t.Fatal(err)
	}
	d.run(back...)
	d.want("SELECT * FROM b", rows)
	if _, got := d.catalogs(); !slices.Equal(got, catalog) {
		t.Error(cmp.Diff(catalog, got))
	}
	if diff := cmp.Diff(before.Table("a").ColumnNames(), d.s.Table("a").ColumnNames()); diff != "" {
		t.Error(diff)
	}
}
