// Created by modelgen from example.com/shop/models. It is yours to edit.

package migrations

import (
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// M0001Start: create enum mood; create table gones; create table owners, and 2 more changes.
var M0001Start = &migrate.Migration{
	Name: "0001_start",
	Ops: []migrate.Op{
		migrate.CreateEnum{
			Name:   "mood",
			Values: []string{"glad", "sad"},
		},
		migrate.CreateTable{
			Table: "gones",
			Columns: []schema.ColumnDef{
				schema.BigInt("id"),
			},
			PrimaryKey: schema.PrimaryKey{Name: "gones_pkey", Columns: []string{"id"}},
		},
		migrate.CreateTable{
			Table:   "owners",
			Comment: "who has things",
			Columns: []schema.ColumnDef{
				schema.BigInt("id").Identity(),
				schema.Varchar("name", 100),
			},
			PrimaryKey: schema.PrimaryKey{Name: "owners_pkey", Columns: []string{"id"}},
			Uniques: []schema.Unique{
				{Name: "owners_name_key", Columns: []string{"name"}},
			},
		},
		migrate.CreateTable{
			Table: "pairs",
			Columns: []schema.ColumnDef{
				schema.BigInt("a"),
				schema.BigInt("b"),
				schema.BigInt("c").Null(),
			},
			PrimaryKey: schema.PrimaryKey{Name: "pairs_pkey", Columns: []string{"a", "b"}},
		},
		migrate.CreateTable{
			Table: "things",
			Columns: []schema.ColumnDef{
				schema.BigInt("id").Identity(),
				schema.BigInt("owner_id"),
				schema.BigInt("parent_id").Null(),
				schema.Text("name").Default("none"),
				schema.Varchar("kind", 20).Comment("what it is"),
				schema.Numeric("price", 8, 2).Default("0"),
				schema.SmallInt("small").Default(-3),
				schema.Integer("count"),
				schema.Double("ratio").Default(1.5),
				schema.Real("part").Null(),
				schema.Boolean("yes").Default(true),
				schema.TimestampTZ("made").DefaultExpr("now()"),
				schema.Date("day"),
				schema.Bytes("raw"),
				schema.JSONB("doc"),
				schema.Inet("addr").Null(),
				schema.UUID("key"),
				schema.Text("tags"),
				schema.Integer("twice").Generated("count * 2"),
				schema.Text("status").Default("draft"),
				schema.BigInt("level").Default(1),
				schema.EnumOf("mood", "mood"),
				schema.Text("old"),
				schema.Text("label").Null(),
			},
			PrimaryKey: schema.PrimaryKey{Name: "things_pkey", Columns: []string{"id"}},
			Uniques: []schema.Unique{
				{Name: "things_name_kind_key", Columns: []string{"name", "kind"}},
			},
			Checks: []schema.Check{
				{Name: "things_level_check", Expr: "level IN (1, 2)"},
				{Name: "things_price_positive", Expr: "price >= 0"},
				{Name: "things_status_check", Expr: "status IN ('draft', 'live', 'hidden')"},
			},
			ForeignKeys: []schema.ForeignKey{
				{Name: "things_owner_id_fkey", Columns: []string{"owner_id"}, RefTable: "owners", RefColumns: []string{"id"}, OnDelete: schema.Cascade},
				{Name: "things_parent_id_fkey", Columns: []string{"parent_id"}, RefTable: "things", RefColumns: []string{"id"}, OnDelete: schema.SetNull},
			},
			Indexes: []schema.Index{
				{Name: "things_by_owner", Parts: []schema.IndexPart{{Column: "owner_id"}, {Column: "price", Desc: true}}, Where: "price > 0"},
				{Name: "things_lower", Parts: []schema.IndexPart{{Expr: "lower(name)"}}},
			},
		},
	},
}
