// Created by modelgen from github.com/modelgen/modelgen/example/models. It is yours to edit.

package migrations

import (
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// M0001Initial: create table categories; create table products.
var M0001Initial = &migrate.Migration{
	Name: "0001_initial",
	OpsFunc: func() []migrate.Op {
		return []migrate.Op{
			migrate.CreateTable{
				Table: "categories",
				Columns: []schema.ColumnDef{
					schema.BigInt("id").Identity(),
					schema.Varchar("name", 100),
				},
				PrimaryKey: schema.PrimaryKey{Name: "categories_pkey", Columns: []string{"id"}},
				Uniques: []schema.Unique{
					{Name: "categories_name_key", Columns: []string{"name"}},
				},
			},
			migrate.CreateTable{
				Table: "products",
				Columns: []schema.ColumnDef{
					schema.BigInt("id").Identity(),
					schema.BigInt("category_id").Null(),
					schema.Varchar("name", 100),
					schema.BigInt("price_cents"),
					schema.TimestampTZ("created_at").DefaultExpr("CURRENT_TIMESTAMP"),
				},
				PrimaryKey: schema.PrimaryKey{Name: "products_pkey", Columns: []string{"id"}},
				Checks: []schema.Check{
					{Name: "products_price_positive", Expr: "price_cents >= 0"},
				},
				ForeignKeys: []schema.ForeignKey{
					{Name: "products_category_id_fkey", Columns: []string{"category_id"}, RefTable: "categories", RefColumns: []string{"id"}, OnDelete: schema.SetNull},
				},
				Indexes: []schema.Index{
					{Name: "products_category_id_price_cents_idx", Parts: []schema.IndexPart{{Column: "category_id"}, {Column: "price_cents", Desc: true}}},
				},
			},
		}
	},
}
