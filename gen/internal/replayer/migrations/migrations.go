// Package migrations stands where the migrations of a user are when the program beside it is built for them.
package migrations

import migrate "github.com/modelgen/modelgen/runtime"

// All is a set without migrations.
var All = migrate.NewSet("replay")
