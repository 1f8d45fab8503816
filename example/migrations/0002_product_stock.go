// Created by modelgen from github.com/modelgen/modelgen/example/models. It is yours to edit.

package migrations

import (
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// M0002ProductStock: add column products.stock; create index products_available on products.
var M0002ProductStock = &migrate.Migration{
	Name:    "0002_product_stock",
	Parents: []*migrate.Migration{M0001Initial},
	OpsFunc: func() []migrate.Op {
		return []migrate.Op{
			migrate.AddColumn{
				Table:  "products",
				Column: schema.Integer("stock").Default(0),
			},
			migrate.CreateIndex{
				Table: "products",
				Index: schema.Index{Name: "products_available", Parts: []schema.IndexPart{{Column: "name"}}, Where: "stock > 0"},
			},
		}
	},
}
