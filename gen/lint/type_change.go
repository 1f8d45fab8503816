package lint

import "github.com/modelgen/modelgen/runtime/schema"

// loses says what a change of type cuts off without an error, "" when nothing that MG405 does not say.
func loses(a, b schema.Type) string {
	if c := schema.ChangeType(a, b); c.Loses != schema.BlanksPastLimit {
		return c.Loses
	}
	return ""
}

// fails reports whether a change of type stops at a value that the new type does not hold.
func fails(a, b schema.Type) bool { return schema.ChangeType(a, b).MayFail }
