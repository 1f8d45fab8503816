package migrate

import (
	"github.com/modelgen/modelgen/runtime/schema"
)

// Op is one typed change of a schema, or one step over its data. The ops of this package are all there are; what they cannot
// say is said with [SQL] and [Go].
//
// An op is a value: it holds all it needs to be planned, hashed, written as Go and undone, and no database.
type Op interface {
	// Apply changes s as running the op changes the database. It returns an error that says what is there instead
	// when the op does not fit s, and has then changed nothing.
	Apply(s *schema.Schema) error

	// Inverse returns the op that undoes this one, to be run on the schema this one left behind.
	// It returns an [*IrreversibleError] when there is none.
	Inverse() (Op, error)

	// Describe says in one line, without a full stop, what the op does: "Add column products.stock".
	Describe() string

	// Destroys names the data that is lost for good: "products" for a table, "products.caption" for a column.
	Destroys() []string

	// Effects says what the op touches, and whether it writes into rows. An op that touches what this does not say is put in a wrong place.
	Effects() Effects

	// plan hands the op to the method of p that is made for it.
	plan(p Planner) error
}

// IrreversibleError says why an op cannot be undone.
type IrreversibleError struct {
	Op     string // what the op does, see [Op.Describe]
	Reason string
}

// Error implements the error interface.
func (e *IrreversibleError) Error() string { return "cannot be undone: " + e.Op + ": " + e.Reason }

// PlanOp hands op to the method of p that is made for it: the way in which a program outside this package drives a [Planner].
func PlanOp(p Planner, op Op) error { return op.plan(p) }
