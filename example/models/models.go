// Package models is the shop's schema: one struct for each table.
//
// Change a struct, run go generate, read the migration that appears in ../migrations, and commit both.
package models

import "time"

//go:generate go tool modelgen -out ../migrations

// Category is a shelf of the shop.
type Category struct {
	_ struct{} `table:"categories"`

	ID   int64  `db:"id,pk,identity"`
	Name string `db:"name,size:100,unique"`
}

// Product is what the shop sells. Money is counted in cents.
type Product struct {
	_ struct{} `table:"products"`
	_ struct{} `index:"category_id,price_cents desc"`
	_ struct{} `index:"name,where:stock > 0,name:products_available"`
	_ struct{} `check:"price_cents >= 0,name:products_price_positive"`

	ID         int64  `db:"id,pk,identity"`
	CategoryID *int64 `db:"category_id,fk:Category,ondelete:set null"`
	Name       string `db:"name,size:100"`
	PriceCents int64  `db:"price_cents"`
	Stock      int32  `db:"stock,default:0"`
	Timestamps
}

// Customer is somebody who has an account.
type Customer struct {
	_ struct{} `table:"customers"`

	ID    int64   `db:"id,pk,identity"`
	Email string  `db:"email,size:254,unique"`
	Name  *string `db:"name,size:100"`
	Timestamps
}

// Status is how far an order came. The database takes no other than these.
type Status string

// The states of an order.
const (
	StatusOpen     Status = "open"
	StatusPaid     Status = "paid"
	StatusShipped  Status = "shipped"
	StatusCanceled Status = "canceled"
)

// Order is what a customer bought in one go.
type Order struct {
	_ struct{} `table:"orders"`
	_ struct{} `index:"customer_id,created_at desc"`

	ID         int64  `db:"id,pk,identity"`
	CustomerID int64  `db:"customer_id,fk:Customer,ondelete:restrict"`
	Status     Status `db:"status,default:open"`
	Timestamps
}

// OrderItem is one line of an order, at the price of that day.
type OrderItem struct {
	_ struct{} `table:"order_items"`
	_ struct{} `pk:"order_id,product_id"`
	_ struct{} `check:"quantity > 0,name:order_items_quantity_positive"`

	OrderID    int64 `db:"order_id,fk:Order,ondelete:cascade"`
	ProductID  int64 `db:"product_id,fk:Product,ondelete:restrict,index"`
	Quantity   int32 `db:"quantity,default:1"`
	PriceCents int64 `db:"price_cents"`
}

// Timestamps is embedded in models: its fields are columns of theirs.
type Timestamps struct {
	CreatedAt time.Time `db:"created_at,default:(CURRENT_TIMESTAMP)"`
}
