// Package emitted imports what generated migrations import. The generator loads it together with the models, so that the types of a migration
// are at hand, from export data, when it checks one before writing it. It holds nothing.
package emitted

import (
	_ "context"

	_ "github.com/modelgen/modelgen/runtime"
	_ "github.com/modelgen/modelgen/runtime/schema"
)
