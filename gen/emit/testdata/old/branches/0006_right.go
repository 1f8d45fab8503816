package migrations

import (
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

var M0006Right = &migrate.Migration{Name: "0006_right", Parents: []*migrate.Migration{M0005Constraints}, Ops: []migrate.Op{migrate.AddColumn{Table: "pairs", Column: schema.Text("r").Null()}}}
