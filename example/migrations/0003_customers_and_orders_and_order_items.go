// Created by modelgen from github.com/modelgen/modelgen/example/models. It is yours to edit.

package migrations

import (
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// M0003CustomersAndOrdersAndOrderItems: create table customers; create table orders; create table order_items.
var M0003CustomersAndOrdersAndOrderItems = &migrate.Migration{
	Name:    "0003_customers_and_orders_and_order_items",
	Parents: []*migrate.Migration{M0002ProductStock},
	OpsFunc: func() []migrate.Op {
		return []migrate.Op{
			migrate.CreateTable{
				Table: "customers",
				Columns: []schema.ColumnDef{
					schema.BigInt("id").Identity(),
					schema.Varchar("email", 254),
					schema.Varchar("name", 100).Null(),
					schema.TimestampTZ("created_at").DefaultExpr("CURRENT_TIMESTAMP"),
				},
				PrimaryKey: schema.PrimaryKey{Name: "customers_pkey", Columns: []string{"id"}},
				Uniques: []schema.Unique{
					{Name: "customers_email_key", Columns: []string{"email"}},
				},
			},
			migrate.CreateTable{
				Table: "orders",
				Columns: []schema.ColumnDef{
					schema.BigInt("id").Identity(),
					schema.BigInt("customer_id"),
					schema.Text("status").Default("open"),
					schema.TimestampTZ("created_at").DefaultExpr("CURRENT_TIMESTAMP"),
				},
				PrimaryKey: schema.PrimaryKey{Name: "orders_pkey", Columns: []string{"id"}},
				Checks: []schema.Check{
					{Name: "orders_status_check", Expr: "status IN ('open', 'paid', 'shipped', 'canceled')"},
				},
				ForeignKeys: []schema.ForeignKey{
					{Name: "orders_customer_id_fkey", Columns: []string{"customer_id"}, RefTable: "customers", RefColumns: []string{"id"}, OnDelete: schema.Restrict},
				},
				Indexes: []schema.Index{
					{Name: "orders_customer_id_created_at_idx", Parts: []schema.IndexPart{{Column: "customer_id"}, {Column: "created_at", Desc: true}}},
				},
			},
			migrate.CreateTable{
				Table: "order_items",
				Columns: []schema.ColumnDef{
					schema.BigInt("order_id"),
					schema.BigInt("product_id"),
					schema.Integer("quantity").Default(1),
					schema.BigInt("price_cents"),
				},
				PrimaryKey: schema.PrimaryKey{Name: "order_items_pkey", Columns: []string{"order_id", "product_id"}},
				Checks: []schema.Check{
					{Name: "order_items_quantity_positive", Expr: "quantity > 0"},
				},
				ForeignKeys: []schema.ForeignKey{
					{Name: "order_items_order_id_fkey", Columns: []string{"order_id"}, RefTable: "orders", RefColumns: []string{"id"}, OnDelete: schema.Cascade},
					{Name: "order_items_product_id_fkey", Columns: []string{"product_id"}, RefTable: "products", RefColumns: []string{"id"}, OnDelete: schema.Restrict},
				},
				Indexes: []schema.Index{
					{Name: "order_items_product_id_idx", Parts: []schema.IndexPart{{Column: "product_id"}}},
				},
			},
		}
	},
}
