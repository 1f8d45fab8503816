package main

import (
	"encoding/json"
	"io"
)

// writeJSON prints what -json and the like do: indented, SQL with its signs as they are.
func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}
