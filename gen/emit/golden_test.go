package emit_test

import (
	"strings"
	"testing"

	"github.com/modelgen/modelgen/gen/emit"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// same compares a text with a golden one, in which ~ stands for a backtick.
func same(t *testing.T, got []byte, golden string) {
	t.Helper()
	want := strings.TrimPrefix(strings.ReplaceAll(golden, "~", "`"), "\n")
	if string(got) != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestMigrationText(t *testing.T) {
	products := &schema.Table{
		Name: "products",
		Columns: []schema.Column{
			schema.BigInt("id").Identity().Def(),
			schema.Varchar("name", 100).Default("no name").Collate("de").Def(),
			schema.Numeric("price", 8, 2).Default("0.10").TypeFor("sqlite", "real").Comment("what it \"costs\"").Def(),
			schema.Array(schema.Sized(schema.TimestampTZ("seen"), 3)).Null().Def(), schema.Sized(schema.Timestamp("whole"), schema.NoDigits).Def(),
			schema.EnumOf("mood", "mood").DefaultExpr("'fine'").Def(),
			schema.BigInt("cents").Null().Generated("CAST(price * 100 AS bigint)").Def(),
		},
		PrimaryKey: &schema.PrimaryKey{Name: "products_pkey", Columns: []string{"id"}},
		Uniques:    []schema.Unique{{Name: "products_name_key", Columns: []string{"name", "price"}, NullsNotDistinct: true}},
		Checks:     []schema.Check{{Name: "products_price_check", Expr: "price >= 0"}},
		ForeignKeys: []schema.ForeignKey{{Name: "products_id_fkey", Columns: []string{"id"}, RefTable: "items", RefColumns: []string{"id"},
			OnDelete: schema.Cascade, Deferrable: schema.InitiallyDeferred}},
		Indexes: []schema.Index{{Name: "products_lower_idx", Unique: true, Where: "price > 0", Include: []string{"seen"},
			Parts: []schema.IndexPart{{Expr: "lower(name)", Nulls: schema.NullsLast}, {Column: "price", Desc: true}}}},
	}
	m := emit.Migration{
		Package: "migrations", Name: "0002_products", Var: "M0002Products", Doc: "M0002Products: create table products; drop column items.label.",
		Sources: []string{"example.com/shop/models", "example.com/shop/more"}, Parents: []string{"M0001Initial", "M0001Other"},
		Answers: []string{"-drop items.label", "-fill 'items.slug=lower(name)'"},
		Ops: []migrate.Op{
			migrate.NewCreateTable(products),
			migrate.DropColumn{Table: "items", Column: schema.Text("label").Null()},
			migrate.Fill{Table: "items", Column: "slug", Expr: "lower(name)"},
			migrate.SQL{Up: []string{"UPDATE items\nSET slug = 'x'", "ANALYZE items"}, NoDown: "the old ones said less", Schema: []migrate.Op{
				migrate.RenameTable{From: "a", To: "b"}}},
		},
	}
	same(t, formatted(t, m), `
// Created by modelgen from example.com/shop/models, example.com/shop/more. It is yours to edit.
//modelgen:answer -drop items.label
//modelgen:answer -fill 'items.slug=lower(name)'

package migrations

import (
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// M0002Products: create table products; drop column items.label.
var M0002Products = &migrate.Migration{
	Name:    "0002_products",
	Parents: []*migrate.Migration{M0001Initial, M0001Other},
	OpsFunc: func() []migrate.Op {
		return []migrate.Op{
			migrate.CreateTable{
				Table: "products",
				Columns: []schema.ColumnDef{
					schema.BigInt("id").Identity(),
					schema.Varchar("name", 100).Default("no name").Collate("de"),
					schema.Numeric("price", 8, 2).Default("0.10").TypeFor("sqlite", "real").Comment("what it \"costs\""),
					schema.Array(schema.Sized(schema.TimestampTZ("seen"), 3)).Null(),
					schema.Sized(schema.Timestamp("whole"), schema.NoDigits),
					schema.EnumOf("mood", "mood").DefaultExpr("'fine'"),
					schema.BigInt("cents").Null().Generated("CAST(price * 100 AS bigint)"),
				},
				PrimaryKey: schema.PrimaryKey{Name: "products_pkey", Columns: []string{"id"}},
				Uniques: []schema.Unique{
					{Name: "products_name_key", Columns: []string{"name", "price"}, NullsNotDistinct: true},
				},
				Checks: []schema.Check{
					{Name: "products_price_check", Expr: "price >= 0"},
				},
				ForeignKeys: []schema.ForeignKey{
					{Name: "products_id_fkey", Columns: []string{"id"}, RefTable: "items", RefColumns: []string{"id"}, OnDelete: schema.Cascade, Deferrable: schema.InitiallyDeferred},
				},
				Indexes: []schema.Index{
					{Name: "products_lower_idx", Unique: true, Parts: []schema.IndexPart{{Expr: "lower(name)", Nulls: schema.NullsLast}, {Column: "price", Desc: true}}, Where: "price > 0", Include: []string{"seen"}},
				},
			},
			// Destroys items.label and its data.
			migrate.DropColumn{
				Table:  "items",
				Column: schema.Text("label").Null(),
			},
			migrate.Fill{
				Table:  "items",
				Column: "slug",
				Expr:   "lower(name)",
			},
			migrate.SQL{
				Up: []string{~UPDATE items
SET slug = 'x'~, "ANALYZE items"},
				NoDown: "the old ones said less",
				Schema: []migrate.Op{
					migrate.RenameTable{From: "a", To: "b"},
				},
			},
		}
	},
}
`)
}

func TestMigrationWithoutOps(t *testing.T) {
	same(t, formatted(t, emit.Migration{Package: "migrations", Name: "0001_by_hand", Var: "M0001ByHand", Doc: "M0001ByHand changes no table."}), `
// Created by modelgen. It is yours to edit.

package migrations

import migrate "github.com/modelgen/modelgen/runtime"

// M0001ByHand changes no table.
var M0001ByHand = &migrate.Migration{
	Name: "0001_by_hand",
	Ops:  []migrate.Op{},
}
`)
}

// TestTextStaysInItsComment keeps what is named in a comment from ending it.
func TestTextStaysInItsComment(t *testing.T) {
	same(t, formatted(t, emit.Migration{
		Package: "migrations", Name: "0001_odd", Var: "M0001Odd", Doc: "M0001Odd: drop table a\nvar x = 1\r\u2028b.", Answers: []string{"-drop 'a\nvar x = 1'"},
		Ops: []migrate.Op{migrate.DropTable{Table: "a\nvar x = 1", Columns: []schema.ColumnDef{schema.Text("*/")}}},
	}), `
// Created by modelgen. It is yours to edit.
//modelgen:answer -drop 'a var x = 1'

package migrations

import (
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// M0001Odd: drop table a var x = 1  b.
var M0001Odd = &migrate.Migration{
	Name: "0001_odd",
	OpsFunc: func() []migrate.Op {
		return []migrate.Op{
			// Destroys a var x = 1 and its data.
			migrate.DropTable{
				Table: ~a
var x = 1~,
				Columns: []schema.ColumnDef{
					schema.Text("*/"),
				},
			},
		}
	},
}
`)
}

func TestListText(t *testing.T) {
	got, err := emit.List("migrations", "shop", []string{"M0001Initial", "M0002Products"}, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	same(t, got, `
// Code generated by modelgen. DO NOT EDIT.

package migrations

import migrate "github.com/modelgen/modelgen/runtime"

// All is every migration of shop, to be handed to migrate.New.
var All = migrate.NewSet("shop", everyMigration...)

var everyMigration = []*migrate.Migration{
	M0001Initial,
	M0002Products,
}
`)
	empty, err := emit.List("migrations", "a\"b`c", nil, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	same(t, empty, `
// Code generated by modelgen. DO NOT EDIT.

package migrations

import migrate "github.com/modelgen/modelgen/runtime"

// All is every migration of a"b~c, to be handed to migrate.New.
var All = migrate.NewSet("a\"b~c")
`)
}

// TestIsList takes the list as earlier releases wrote it, also as git has it on Windows, and none that lacks something.
func TestIsList(t *testing.T) {
	const old = `// Code generated by modelgen. DO NOT EDIT.

package migrations

import (
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// All is every migration of shop, to be handed to migrate.New.
var All = migrate.NewSet("shop",
	M0001Initial,
	M0002Products,
).Fingerprint("00000000000000000000000000000000").Views(
	migrate.ViewStruct{View: "v", Struct: "", Columns: []schema.ColumnDef{
		schema.BigInt("id"),
	}},
).Allow(
	"table x",
	"table y",
)
`
	views := []migrate.ViewStruct{{View: "v", Columns: []schema.ColumnDef{schema.BigInt("id")}}}
	for _, c := range []struct {
		list string
		is   bool
	}{
		{old, true},
		{strings.ReplaceAll(old, "\n", "\r\n"), true},
		{strings.Replace(old, "\tM0002Products,\n", "", 1), false},
		{strings.Replace(old, "table x", "table z", 1), false},
		{"", false},
	} {
		want, err := emit.List("migrations", "shop", []string{"M0001Initial", "M0002Products"}, strings.Repeat("0", 32), views, "table x", "table y")
		if err != nil {
			t.Fatal(err)
		}
		if !emit.IsList(want, want) || emit.IsList([]byte(c.list), want) != c.is {
			t.Errorf("it is a list: %v\n%s", !c.is, c.list)
		}
	}
	none, err := emit.List("migrations", "shop", nil, "", nil)
	if err != nil || !emit.IsList(none, none) || emit.IsList([]byte(old), none) {
		t.Error("an empty list", err)
	}
}

// TestPackageNames lets the migrations be in a package that is called like one they import.
func TestPackageNames(t *testing.T) {
	m := emit.Migration{Name: "0001_initial", Var: "M0001Initial", Doc: "M0001Initial: nothing.", Ops: []migrate.Op{
		migrate.AddColumn{Table: "t", Column: schema.Text("c")},
		migrate.CreateIndex{Table: "t", Index: schema.Index{Name: "i", Parts: []schema.IndexPart{{Column: "c"}}}},
	}}
	m.Package = "migrations"
	want := string(formatted(t, m))
	for _, name := range []string{"schema", "migrate", "jen", "größe"} {
		m.Package = name
		if got := string(formatted(t, m)); got != strings.Replace(want, "package migrations", "package "+name, 1) {
			t.Errorf("package %s changes more than its name:\n%s", name, got)
		}
	}
}
