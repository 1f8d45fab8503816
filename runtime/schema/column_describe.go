package schema

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Describe returns the column, without its name, in words that resemble SQL: for messages.
func (c Column) Describe() string {
	var text strings.Builder
	text.WriteString(c.Type.String())
	for _, d := range slices.Sorted(maps.Keys(c.TypeFor)) {
		text.WriteString(" (" + d + ": " + c.TypeFor[d] + ")")
	}
	if c.Collate != "" {
		text.WriteString(" collate " + c.Collate)
	}
	for _, d := range slices.Sorted(maps.Keys(c.CollateFor)) {
		text.WriteString(" (" + d + ": collate " + c.CollateFor[d] + ")")
	}
	if c.Generated != "" {
		text.WriteString(" generated as (" + c.Generated + ")")
	}
	if c.Identity {
		text.WriteString(" identity")
	}
	if c.Default != nil {
		text.WriteString(" default " + strconv.Quote(*c.Default))
	}
	if c.DefaultExpr != "" {
		text.WriteString(" default (" + c.DefaultExpr + ")")
	}
	for _, d := range slices.Sorted(maps.Keys(c.DefaultFor)) {
		text.WriteString(" (" + d + ": default " + c.DefaultFor[d] + ")")
	}
	if c.Nullable {
		return text.String() + " null"
	}
	return text.String() + " not null"
}
