package postgres

import (
	migrate "github.com/modelgen/modelgen/runtime"
)

// refuseForeign refuses what the engine of the server cannot do, by the ops.
func (p *planner) refuseForeign(op migrate.Op) error { return nil }
