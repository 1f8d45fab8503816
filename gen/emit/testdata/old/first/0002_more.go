// Created by modelgen from example.com/shop/models. It is yours to edit.
//modelgen:answer -fill 'things.note='\''none'\'''
//modelgen:answer -fill 'things.slug=lower(name)'

package migrations

import (
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// M0002More: add column owners.mail; add column things.slug; add column things.extra, and 8 more changes.
var M0002More = &migrate.Migration{
	Name:    "0002_more",
	Parents: []*migrate.Migration{M0001Start},
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
		migrate.Fill{
			Table:  "things",
			Column: "note",
			Expr:   "'none'",
		},
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
	},
}
