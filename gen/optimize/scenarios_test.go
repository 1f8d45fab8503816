package optimize_test

import (
	"testing"

	"github.com/modelgen/modelgen/gen/optimize"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// Shorthands, so that a scenario can be read in a line or two.

func table(name string, more ...any) migrate.CreateTable {
	t := migrate.CreateTable{Table: name, Columns: []schema.ColumnDef{schema.BigInt("id")}, PrimaryKey: schema.PrimaryKey{Name: name + "_pkey", Columns: []string{"id"}}}
	for _, m := range more {
		switch m := m.(type) {
		case schema.ColumnDef:
			t.Columns = append(t.Columns, m)
		case schema.Unique:
			t.Uniques = append(t.Uniques, m)
		case schema.Check:
			t.Checks = append(t.Checks, m)
		case schema.Index:
			t.Indexes = append(t.Indexes, m)
		case schema.ForeignKey:
			t.ForeignKeys = append(t.ForeignKeys, m)
		}
	}
	return t
}

func drop(t migrate.CreateTable) migrate.DropTable { return migrate.DropTable(t) }

func unique(name string, columns ...string) schema.Unique {
	return schema.Unique{Name: name, Columns: columns}
}

func index(name string, columns ...string) schema.Index {
	x := schema.Index{Name: name}
	for _, c := range columns {
		x.Parts = append(x.Parts, schema.IndexPart{Column: c})
	}
	return x
}

func check(name, expr string) schema.Check { return schema.Check{Name: name, Expr: expr} }

func fk(name, column, parent string) schema.ForeignKey {
	return schema.ForeignKey{Name: name, Columns: []string{column}, RefTable: parent, RefColumns: []string{"id"}}
}

func add(table string, c schema.ColumnDef) migrate.Op {
	return migrate.AddColumn{Table: table, Column: c}
}
func dropColumn(table string, c schema.ColumnDef) migrate.Op {
	return migrate.DropColumn{Table: table, Column: c}
}
func rename(table, from, to string) migrate.Op {
	return migrate.RenameColumn{Table: table, From: from, To: to}
}
func alter(table string, from, to schema.ColumnDef) migrate.Op {
	return migrate.AlterColumn{Table: table, From: from, To: to}
}
func renameTable(from, to string) migrate.Op { return migrate.RenameTable{From: from, To: to} }
func addIndex(table string, x schema.Index) migrate.Op {
	return migrate.CreateIndex{Table: table, Index: x}
}
func dropIndex(table string, x schema.Index) migrate.Op {
	return migrate.DropIndex{Table: table, Index: x}
}
func addCheck(table string, c schema.Check) migrate.Op {
	return migrate.AddCheck{Table: table, Check: c}
}
func dropCheck(table string, c schema.Check) migrate.Op {
	return migrate.DropCheck{Table: table, Check: c}
}
func addUnique(table string, u schema.Unique) migrate.Op {
	return migrate.AddUnique{Table: table, Unique: u}
}
func dropUnique(table string, u schema.Unique) migrate.Op {
	return migrate.DropUnique{Table: table, Unique: u}
}
func addKey(table string, f schema.ForeignKey) migrate.Op {
	return migrate.AddForeignKey{Table: table, ForeignKey: f}
}
func dropKey(table string, f schema.ForeignKey) migrate.Op {
	return migrate.DropForeignKey{Table: table, ForeignKey: f}
}

func hand(sql string) migrate.Op { return migrate.SQL{Up: []string{sql}, Down: []string{"SELECT 1"}} }
func fill(table, column, expr string) migrate.Op {
	return migrate.Fill{Table: table, Column: column, Expr: expr}
}

var (
	a, b, c, d, x, z = schema.Integer("a"), schema.Integer("b"), schema.Integer("c"), schema.Integer("d"), schema.Integer("x"), schema.Integer("z")
	note             = schema.Text("note").Null()
)

// begin is what scenarios find that do not begin with nothing.
var begin = []migrate.Op{
	migrate.CreateEnum{Name: "old_mood", Values: []string{"sad", "glad"}},
	table("t", a, b, note, index("t_a_idx", "a"), check("t_b_check", "b > 0"), unique("t_b_key", "b")),
	table("u", a, schema.BigInt("t_id"), schema.EnumOf("mood", "old_mood").Default("sad"), fk("u_t_id_fkey", "t_id", "t")),
	table("w", a),
}

// ops is a list as a scenario writes it.
type ops = []migrate.Op

// The names are those of the scenarios of other tools' optimizers; those with a letter are our own.
var scenarios = []struct {
	name     string
	in, want ops // nil wants the same list
}{
	{"OZ001 a single op", ops{table("p")}, nil},
	{"OZ002 create and drop", ops{table("p"), drop(table("p"))}, ops{}},
	{"OZ004 rename twice", ops{renameTable("t", "t2"), renameTable("t2", "t3")}, ops{renameTable("t", "t3")}},
	{"OZ004b there and back", ops{renameTable("t", "t2"), renameTable("t2", "t")}, ops{}},
	{"OZ005 create and comment", ops{table("p"), migrate.CommentTable{Table: "p", To: "about p"}}, ops{func() migrate.Op { t := table("p"); t.Comment = "about p"; return t }()}},
	{"OZ007 create, change, drop", ops{table("p", a), addUnique("p", unique("p_a_key", "a")), renameTable("p", "q"), drop(func() migrate.CreateTable {
		t := table("p", a, unique("p_a_key", "a"))
		t.Table = "q"
		return t
	}())}, ops{}},
	{"OZ008 comment twice", ops{migrate.CommentTable{Table: "t", To: "one"}, migrate.CommentTable{Table: "t", From: "one", To: "two"}}, ops{migrate.CommentTable{Table: "t", To: "two"}}},
	{"OZ008b alter twice", ops{alter("t", a, a.Null()), alter("t", a.Null(), a.Null().Default(1))}, ops{alter("t", a, a.Null().Default(1))}},
	{"OZ008c alter and back", ops{alter("t", a, a.Null()), alter("t", a.Null(), a)}, ops{}},
	{"OZ010 parent dropped under its child", ops{table("p"), table("q", a, fk("q_fkey", "a", "p")), dropKey("q", fk("q_fkey", "a", "p")), drop(table("p"))}, ops{table("q", a)}},
	{"OZ010b two that refer to each other are dropped", ops{table("p", a), table("q", a, fk("q_fkey", "a", "p")), hand("SELECT 1"), dropKey("q", fk("q_fkey", "a", "p")), drop(table("p", a)), addKey("q", fk("q2_fkey", "a", "t"))}, nil},
	{"OZ013 create and add column", ops{table("p"), add("p", a)}, ops{table("p", a)}},
	{"OZ014 create, create, refer", ops{table("foo"), table("link"), add("foo", a), addKey("foo", fk("foo_fkey", "a", "link"))}, ops{table("link"), table("foo", a, fk("foo_fkey", "a", "link"))}},
	{"OZ016 unrelated foreign key", ops{table("foo"), table("link"), addKey("u", fk("u_fkey", "a", "link"))}, nil},
	{"OZ017 child never before its parent", ops{table("foo", a), table("parent"), table("child", a, fk("child_fkey", "a", "parent")), addKey("foo", fk("foo_fkey", "a", "child"))},
		ops{table("parent"), table("child", a, fk("child_fkey", "a", "parent")), table("foo", a, fk("foo_fkey", "a", "child"))}},
	{"OZ017b others refer to it meanwhile", ops{table("foo", a), table("link"), table("bar", a, fk("bar_fkey", "a", "foo")), addKey("foo", fk("foo_fkey", "a", "link"))},
		ops{table("link"), table("foo", a, fk("foo_fkey", "a", "link")), table("bar", a, fk("bar_fkey", "a", "foo"))}},
	{"OZ017c a circle stays open", ops{table("foo", a), table("link", a, fk("link_fkey", "a", "foo")), addKey("foo", fk("foo_fkey", "a", "link"))}, nil},
	{"OZ019 create and alter column", ops{table("p", a), alter("p", a, a.Default(3))}, ops{table("p", a.Default(3))}},
	{"OZ019b create and rename column", ops{table("p", a), rename("p", "a", "b")}, ops{table("p", b)}},
	{"OZ019c create and drop column", ops{table("p", a, b), dropColumn("p", a)}, ops{table("p", b)}},
	{"OZ020 add and rename", ops{add("t", c), rename("t", "c", "d")}, ops{add("t", d)}},
	{"OZ022 swap by a third name, behind an opaque step", ops{hand("UPDATE t SET a = b"), rename("t", "a", "x"), rename("t", "b", "a"), rename("t", "x", "b")}, nil},
	{"OZ023 add and alter", ops{add("t", c), alter("t", c, c.Null())}, ops{add("t", c.Null())}},
	{"OZ023b the default of the rows that are there", ops{add("t", c.Default(1)), alter("t", c.Default(1), c.Default(2))}, nil},
	{"OZ025 alter and drop", ops{alter("w", a, a.Null()), dropColumn("w", a.Null())}, ops{dropColumn("w", a)}},
	{"OZ026 unique follows", ops{table("p", a, b), addUnique("p", unique("p_key", "a", "b")), add("p", c), rename("p", "b", "x"), rename("p", "x", "z"), rename("p", "c", "d")},
		ops{table("p", a, z, d, unique("p_key", "a", "z"))}},
	{"OZ026b unique goes, then its column", ops{table("p", a, b), addUnique("p", unique("p_key", "a", "b")), dropUnique("p", unique("p_key", "a", "b")), dropColumn("p", b)}, ops{table("p", a)}},
	{"OZ029 index renamed twice", ops{migrate.RenameIndex{Table: "t", From: "t_a_idx", To: "i"}, migrate.RenameIndex{Table: "t", From: "i", To: "j"}},
		ops{migrate.RenameIndex{Table: "t", From: "t_a_idx", To: "j"}}},
	{"OZ031 add and drop index", ops{addIndex("w", index("i", "a")), dropIndex("w", index("i", "a"))}, ops{}},
	{"OZ031b of another name", ops{addIndex("w", index("i", "a")), dropIndex("t", index("t_a_idx", "a"))}, nil},
	{"OZ032 add and drop check", ops{addCheck("w", check("k", "a > 0")), dropCheck("w", check("k", "a > 0"))}, ops{}},
	{"OZ034 create and index", ops{table("p", a, index("i", "a")), addIndex("p", index("j", "a")), dropIndex("p", index("i", "a"))}, ops{table("p", a, index("j", "a"))}},
	{"OZ035 create and rename index", ops{table("p", a, index("i", "a")), migrate.RenameIndex{Table: "p", From: "i", To: "j"}}, ops{table("p", a, index("j", "a"))}},
	{"OZ037 index follows the column", ops{table("p", a, index("i", "a")), rename("p", "a", "d")}, ops{table("p", d, index("i", "d"))}},
	{"OZ038 index goes, then its column", ops{table("p", a, b, index("i", "a")), dropIndex("p", index("i", "a")), dropColumn("p", a)}, ops{table("p", b)}},
	{"OZ040 objects of other tables are in nobody's way", ops{table("p"), addIndex("w", index("i", "a")), add("p", a)}, ops{table("p", a), addIndex("w", index("i", "a"))}},
	{"OZ041 something unrelated between", ops{addIndex("w", index("i", "a")), add("t", c), dropIndex("w", index("i", "a"))}, ops{add("t", c)}},
	{"OZ043 dropped and added: the data is lost", ops{dropColumn("w", a), add("w", a)}, nil},
	{"OZ043b table dropped and created", ops{drop(table("w", a)), table("w", a)}, nil},
	{"OZ044 a default for once", ops{table("p"), add("p", c.Default(7)), alter("p", c.Default(7), c.Null())}, ops{table("p", c.Null())}},
	{"OZ047 the referenced table is renamed", ops{table("c"), table("p", a, fk("p_fkey", "a", "c")), renameTable("c", "b")}, ops{func() migrate.Op { t := table("c"); t.Table = "b"; return t }(), table("p", a, fk("p_fkey", "a", "b"))}},
	{"OZ047b the referenced column is renamed", ops{table("c"), table("p", a, fk("p_fkey", "a", "c")), rename("c", "id", "no")}, ops{
		func() migrate.Op {
			t := table("c")
			t.Columns, t.PrimaryKey.Columns = []schema.ColumnDef{schema.BigInt("no")}, []string{"no"}
			return t
		}(),
		func() migrate.Op {
			t := table("p", a, fk("p_fkey", "a", "c"))
			t.ForeignKeys[0].RefColumns = []string{"no"}
			return t
		}()}},
	{"OZ049 generated column follows", ops{table("p", a, schema.Integer("g").Generated("a * 2")), rename("p", "a", "z")}, ops{table("p", z, schema.Integer("g").Generated("z * 2"))}},
	{"OZ050 check follows", ops{table("p", a, check("k", "a > 0")), rename("p", "a", "z")}, ops{table("p", z, check("k", "z > 0"))}},
	{"OZ052 indexes of one name on two tables", ops{addIndex("w", index("t_a_idx2", "a")), dropIndex("t", index("t_a_idx", "a"))}, nil},

	{"S01 a step by hand is passed by nothing", ops{table("p"), hand("INSERT INTO p VALUES (1)"), add("p", a.Default(0))}, nil},
	{"S02 nor when it seems to be about something else", ops{table("p"), hand("SELECT 1"), add("p", a.Default(0))}, nil},
	{"S03 a fill of another table is passed", ops{table("p"), fill("w", "a", "1"), add("p", a)}, ops{table("p", a), fill("w", "a", "1")}},
	{"S04 a fill of the table is not", ops{add("t", c.Null()), fill("t", "c", "1"), alter("t", c.Null(), c)}, nil},
	{"S05 a fill with a query may read anything", ops{table("p"), fill("w", "a", "(SELECT max(id) FROM p)"), add("p", a)}, nil},
	{"S06 nor one with an unknown function", ops{table("p"), fill("w", "a", "next_number()"), add("p", a)}, nil},
	{"S07 unwritten steps stay", ops{add("t", c.Null()), migrate.Unwritten("t.c"), alter("t", c.Null(), c)}, nil},
	{"S08 fills keep their order", ops{table("p"), fill("t", "a", "1"), fill("w", "a", "2"), drop(table("p"))}, ops{fill("t", "a", "1"), fill("w", "a", "2")}},
	{"S09 two changes of type can lose what one does not", ops{alter("w", a, schema.Text("a")), alter("w", schema.Text("a"), a)}, nil},
	{"S10 a wider type loses nothing", ops{alter("w", a, schema.BigInt("a")), alter("w", schema.BigInt("a"), schema.Text("a"))}, ops{alter("w", a, schema.Text("a"))}},
	{"S11 drop column, drop table", ops{addIndex("w", index("i", "a")), renameTable("w", "v"), rename("v", "a", "b"), add("v", c), drop(func() migrate.CreateTable {
		t := table("w", b, c, index("i", "b"))
		t.Table = "v"
		return t
	}())}, ops{drop(table("w", a))}},
	{"S12 a name is taken again", ops{renameTable("w", "v"), table("w", b), rename("v", "a", "b")}, nil},
	{"S13 names swapped", ops{renameTable("t", "x"), renameTable("w", "t"), renameTable("x", "w")}, nil},
	{"S14 create enum, use it, change it", ops{migrate.CreateEnum{Name: "mood", Values: []string{"sad"}}, table("p", schema.EnumOf("m", "mood").Default("sad")),
		migrate.AlterEnum{Name: "mood", From: []string{"sad"}, To: []string{"sad", "glad"}}, migrate.RenameEnumValue{Enum: "mood", From: "sad", To: "blue"}, migrate.RenameEnum{From: "mood", To: "mind"}},
		ops{migrate.CreateEnum{Name: "mind", Values: []string{"blue", "glad"}}, table("p", schema.EnumOf("m", "mind").Default("blue"))}},
	{"S15 a check with a value of the enum waits for it", ops{addCheck("u", check("k", "mood <> 'bad'")), migrate.AlterEnum{Name: "old_mood", From: []string{"sad", "glad"}, To: []string{"sad", "glad", "bad"}},
		dropCheck("u", check("k", "mood <> 'bad'"))}, nil},
	{"S16 the last column is never dropped", ops{migrate.CreateTable{Table: "one", Columns: []schema.ColumnDef{a}}, hand("SELECT 1"), alter("one", a, a.Null()), add("one", b.Null()), dropColumn("one", a.Null())},
		ops{migrate.CreateTable{Table: "one", Columns: []schema.ColumnDef{a}}, hand("SELECT 1"), add("one", b.Null()), dropColumn("one", a)}},
	{"S17 a column that comes and goes", ops{add("t", c), add("t", d), addIndex("t", index("i", "d")), dropColumn("t", c)}, ops{add("t", d), addIndex("t", index("i", "d"))}},
	{"S18 the order of columns stays", ops{add("w", c.Default(0)), add("w", d), alter("w", d, d.Null()), rename("w", "c", "x")}, ops{add("w", x.Default(0)), add("w", d.Null())}},
	{"S19 schema made for nothing", ops{migrate.CreateSchema{Name: "s"}, add("t", c), migrate.DropSchema{Name: "s"}}, ops{add("t", c)}},
	{"S20 foreign key dropped before its tables", ops{dropKey("u", fk("u_t_id_fkey", "t_id", "t")), drop(table("t", a, b, note, index("t_a_idx", "a"), check("t_b_check", "b > 0"), unique("t_b_key", "b"))),
		drop(table("u", a, schema.BigInt("t_id"), schema.EnumOf("mood", "old_mood").Default("sad")))},
		ops{drop(table("u", a, schema.BigInt("t_id"), schema.EnumOf("mood", "old_mood").Default("sad"), fk("u_t_id_fkey", "t_id", "t"))),
			drop(table("t", a, b, note, index("t_a_idx", "a"), check("t_b_check", "b > 0"), unique("t_b_key", "b")))}},
	{"S21 a unique that a foreign key needs", ops{addUnique("w", unique("w_a_key", "a")), addKey("u", schema.ForeignKey{Name: "u_a_fkey", Columns: []string{"a"}, RefTable: "w", RefColumns: []string{"a"}})}, nil},
	{"S22 rename, then drop what was renamed", ops{migrate.RenameConstraint{Table: "t", From: "t_b_key", To: "k"}, dropUnique("t", unique("k", "b"))}, ops{dropUnique("t", unique("t_b_key", "b"))}},
	{"S23 a check that names the table", ops{table("p", a, check("k", "p.a > 0")), renameTable("p", "q")}, nil},
	{"S24 the SQL that fills a column again follows a rename", ops{rename("t", "a", "x"), migrate.DropColumn{Table: "t", Column: note, FillBack: "CAST(x AS text)"}, rename("t", "x", "a")},
		ops{migrate.DropColumn{Table: "t", Column: note, FillBack: "CAST(a AS text)"}}},
}

func TestScenarios(t *testing.T) {
	for _, sc := range scenarios {
		t.Run(sc.name, func(t *testing.T) {
			before := replayed(t, &schema.Schema{}, begin)
			end := replayed(t, before, sc.in)
			want := sc.want
			if want == nil {
				want = sc.in
			}
			got := optimize.From(before, sc.in)
			if migrate.HashOps(got) != migrate.HashOps(want) {
				t.Errorf("got\n%swant\n%s", listed(got), listed(want))
			}
			if facts(replayed(t, before, got)) != facts(end) {
				t.Errorf("another schema than before:\n%s", listed(got))
			}
			if again := optimize.From(before, got); migrate.HashOps(again) != migrate.HashOps(got) {
				t.Errorf("once more gives\n%s", listed(again))
			}
			if rules := optimize.Ops(sc.in); migrate.HashOps(rules) != migrate.HashOps(got) {
				t.Errorf("the rules alone give\n%s", listed(rules))
			}
		})
	}
}
