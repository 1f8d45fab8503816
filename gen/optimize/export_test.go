package optimize

import migrate "github.com/modelgen/modelgen/runtime"

// Rules applies the rules without a replay.
func Rules(ops []migrate.Op) []migrate.Op { return reduced(ops, nil) }
