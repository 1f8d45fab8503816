package optimize

import (
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// Rules applies the rules without a replay.
func Rules(ops []migrate.Op) []migrate.Op { return reduced(ops, nil) }

// Keeps reports whether a change of type lets every value be what it was.
func Keeps(a, b schema.Type) bool { return keeps(schema.Column{Type: a}, schema.Column{Type: b}) }
