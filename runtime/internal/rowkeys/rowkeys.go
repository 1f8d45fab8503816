// Package rowkeys says whether keys of rows may be told to people.
package rowkeys

import "context"

type hidden struct{}

// Hide returns a context in which what stands in the way is told by numbers of rows alone, without their keys.
func Hide(ctx context.Context) context.Context { return context.WithValue(ctx, hidden{}, true) }

// Hidden reports whether ctx is such a context.
func Hidden(ctx context.Context) bool { return ctx.Value(hidden{}) != nil }

// Row names a row by its key, where that may be told: "row 17", else "a row".
func Row(ctx context.Context, key string) string {
	if Hidden(ctx) {
		return "a row"
	}
	return "row " + key
}
