// Created by modelgen from example.com/shop/models. It is yours to edit.
//modelgen:answer -drop mood.calm

package migrations

import (
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// M0005Constraints: drop primary key (a, b) of pairs; drop unique constraint things_name_kind_key (name, kind) of things; drop column things.twice, and 6 more changes.
var M0005Constraints = &migrate.Migration{
	Name:    "0005_constraints",
	Parents: []*migrate.Migration{M0004Changed},
	Ops: []migrate.Op{
		migrate.DropPrimaryKey{
			Table:      "pairs",
			PrimaryKey: schema.PrimaryKey{Name: "pairs_pkey", Columns: []string{"a", "b"}},
		},
		migrate.DropUnique{
			Table:  "things",
			Unique: schema.Unique{Name: "things_name_kind_key", Columns: []string{"name", "kind"}},
		},
		migrate.DropColumn{
			Table:  "things",
			Column: schema.Integer("twice").Generated("count * 3"),
		},
		migrate.RenameIndex{
			Table: "things",
			From:  "things_lower",
			To:    "things_low",
		},
		migrate.AddColumn{
			Table:  "things",
			Column: schema.Integer("twice").Null(),
		},
		migrate.Fill{
			Table:  "things",
			Column: "twice",
			Expr:   "count * 3",
		},
		migrate.AlterColumn{
			Table: "things",
			From:  schema.Integer("twice").Null(),
			To:    schema.Integer("twice").Default(0),
		},
		migrate.AlterEnum{
			Name: "mood",
			From: []string{"glad", "sad", "calm"},
			To:   []string{"glad", "sad"},
		},
		migrate.AddPrimaryKey{
			Table:      "pairs",
			PrimaryKey: schema.PrimaryKey{Name: "pairs_pkey", Columns: []string{"b", "a"}},
		},
	},
}
