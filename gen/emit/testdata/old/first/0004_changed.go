// Created by modelgen from example.com/shop/models. It is yours to edit.

package migrations

import (
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// M0004Changed: drop foreign key things_owner_id_fkey of things, which refers to people; drop index things_by_owner of things; drop check things_price_positive of things, and 14 more changes.
var M0004Changed = &migrate.Migration{
	Name:    "0004_changed",
	Parents: []*migrate.Migration{M0003Names},
	Ops: []migrate.Op{
		migrate.DropForeignKey{
			Table:      "things",
			ForeignKey: schema.ForeignKey{Name: "things_owner_id_fkey", Columns: []string{"owner_id"}, RefTable: "people", RefColumns: []string{"id"}, OnDelete: schema.Cascade},
		},
		migrate.DropIndex{
			Table: "things",
			Index: schema.Index{Name: "things_by_owner", Parts: []schema.IndexPart{{Column: "owner_id"}, {Column: "price", Desc: true}}, Where: "price > 0"},
		},
		migrate.DropCheck{
			Table: "things",
			Check: schema.Check{Name: "things_price_positive", Expr: "price >= 0"},
		},
		migrate.DropCheck{
			Table: "things",
			Check: schema.Check{Name: "things_status_check", Expr: "status IN ('draft', 'live', 'hidden')"},
		},
		migrate.DropColumn{
			Table:  "things",
			Column: schema.Integer("twice").Generated("count * 2"),
		},
		migrate.AlterEnum{
			Name: "mood",
			From: []string{"glad", "sad"},
			To:   []string{"glad", "sad", "calm"},
		},
		migrate.AlterColumn{
			Table: "things",
			From:  schema.Varchar("kind", 20).Comment("what it is"),
			To:    schema.Varchar("kind", 40),
		},
		migrate.AlterColumn{
			Table: "things",
			From:  schema.Integer("count"),
			To:    schema.BigInt("count"),
		},
		migrate.AlterColumn{
			Table: "things",
			From:  schema.Double("ratio").Default(1.5),
			To:    schema.Double("ratio").Default(2.5),
		},
		migrate.Fill{
			Table:  "things",
			Column: "part",
			Expr:   "0.5",
		},
		migrate.AlterColumn{
			Table: "things",
			From:  schema.Real("part").Null(),
			To:    schema.Real("part").Default(0.5),
		},
		migrate.AlterColumn{
			Table: "things",
			From:  schema.Bytes("raw"),
			To:    schema.Bytes("raw").Null(),
		},
		migrate.AddColumn{
			Table:  "things",
			Column: schema.Integer("twice").Generated("count * 3"),
		},
		migrate.AddCheck{
			Table: "things",
			Check: schema.Check{Name: "things_price_positive", Expr: "price > 0"},
		},
		migrate.AddCheck{
			Table: "things",
			Check: schema.Check{Name: "things_status_check", Expr: "status IN ('draft', 'live', 'hidden', 'sold')"},
		},
		migrate.CreateIndex{
			Table: "things",
			Index: schema.Index{Name: "things_by_owner", Parts: []schema.IndexPart{{Column: "owner_id"}, {Column: "price", Desc: true}}},
		},
		migrate.AddForeignKey{
			Table:      "things",
			ForeignKey: schema.ForeignKey{Name: "things_owner_id_fkey", Columns: []string{"owner_id"}, RefTable: "people", RefColumns: []string{"id"}, OnDelete: schema.Restrict},
		},
	},
}
