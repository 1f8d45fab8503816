// Created by modelgen. It is yours to edit.

package migrations

import migrate "github.com/modelgen/modelgen/runtime"

// M0007MergeLeftAndRight: joins 0006_left and 0006_right.
var M0007MergeLeftAndRight = &migrate.Migration{
	Name:    "0007_merge_left_and_right",
	Parents: []*migrate.Migration{M0006Left, M0006Right},
	Ops:     []migrate.Op{},
}
