package vet

import migrate "github.com/modelgen/modelgen/runtime"

// object returns what an op is about: "products" or "products.label".
func object(op migrate.Op) string {
	if o, ok := op.(migrate.Rows); ok {
		return "rows:" + o.Table
	}
	return op.Effects().Subject().String()
}
