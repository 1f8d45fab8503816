// Created by modelgen from example.com/shop/models. It is yours to edit.

package migrations

import (
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// M0004Squashed0002To0004 stands for 0002_more to 0004_changed: a database that has none of them gets this one.
var M0004Squashed0002To0004 = &migrate.Migration{
	Name:    "0004_squashed_0002_to_0004",
	Parents: []*migrate.Migration{M0001Start},
	Replaces: []string{
		"0002_more", "0003_names", "0004_changed",
	},
	Ops: []migrate.Op{
		migrate.AddColumn{
			Table:  "owners",
			Column: schema.Text("mail").Null(),
		},
		migrate.AddColumn{
			Table:  "things",
			Column: schema.Text("slug").Null(),
		},
		migrate.AddColumn{
			Table:  "things",
			Column: schema.Integer("extra").Default(7),
		},
		migrate.AddColumn{
			Table:  "things",
			Column: schema.Text("note").Null(),
		},
		migrate.Fill{
			Table:  "things",
			Column: "slug",
			Expr:   "lower(name)",
		},
		// Write how existing rows get things.note, in place of the line below; Fill does the same in SQL.
		//
		//	migrate.Backfill[thingsAt0002]{
		//		Table: "things",
		//		Where: "note IS NULL",
		//		Row: func(r *thingsAt0002) error {
		//			r.Note = ...
		//			return nil
		//		},
		//	},
		migrate.Fill{Table: "things", Column: "note", Expr: "name"},
		migrate.AlterColumn{
			Table: "things",
			From:  schema.Text("slug").Null(),
			To:    schema.Text("slug"),
		},
		migrate.AlterColumn{
			Table: "things",
			From:  schema.Text("note").Null(),
			To:    schema.Text("note"),
		},
		migrate.AddUnique{
			Table:  "owners",
			Unique: schema.Unique{Name: "owners_mail_key", Columns: []string{"mail"}},
		},
		migrate.CreateIndex{
			Table: "things",
			Index: schema.Index{Name: "things_label_idx", Parts: []schema.IndexPart{{Column: "label"}}},
		},
		migrate.AddForeignKey{
			Table:      "pairs",
			ForeignKey: schema.ForeignKey{Name: "pairs_c_fkey", Columns: []string{"c"}, RefTable: "owners", RefColumns: []string{"id"}},
		},
		// Destroys gones and its data.
		migrate.DropTable{
			Table: "gones",
			Columns: []schema.ColumnDef{
				schema.BigInt("id"),
			},
			PrimaryKey: schema.PrimaryKey{Name: "gones_pkey", Columns: []string{"id"}},
		},
		// Destroys things.old and its data.
		migrate.DropColumn{
			Table:  "things",
			Column: schema.Text("old"),
		},
		migrate.RenameTable{
			From: "owners",
			To:   "people",
		},
		migrate.RenameColumn{
			Table: "things",
			From:  "label",
			To:    "caption",
		},
		migrate.CommentTable{
			Table: "people",
			From:  "who has things",
		},
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
