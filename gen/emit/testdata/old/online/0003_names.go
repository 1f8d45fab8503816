// Created by modelgen from example.com/shop/models. It is yours to edit.
//modelgen:answer -drop gones
//modelgen:answer -drop things.old

package migrations

import (
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// M0003Names: drop table gones; drop column things.old; rename table owners to people, and 2 more changes.
var M0003Names = &migrate.Migration{
	Name:    "0003_names",
	Parents: []*migrate.Migration{M0002More},
	Ops: []migrate.Op{
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
	},
}
