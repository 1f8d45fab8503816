package migrations

import (
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

var M0006Left = &migrate.Migration{Name: "0006_left", Parents: []*migrate.Migration{M0005Constraints}, Ops: []migrate.Op{migrate.AddColumn{Table: "pairs", Column: schema.Text("l").Null()}}}
