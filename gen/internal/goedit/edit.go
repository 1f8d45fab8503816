// Package goedit reads and changes Go source files without moving what it does not change: it finds declarations, fields of migrations and uses of
// imports by their place, and applies edits to the bytes of a file. It checks no types and writes no files.
package goedit

import (
	"bytes"
	"slices"
)

// Edit puts a text in the place of the bytes From to To.
type Edit struct {
	From, To int
	Text     string
}

// Replace returns the edit that puts text in the place of the bytes from to to.
func Replace(from, to int, text string) Edit { return Edit{From: from, To: to, Text: text} }

// Apply returns src with the edits, which do not overlap. Those at one place come in the order in which they are given.
func Apply(src []byte, edits []Edit) []byte {
	slices.SortStableFunc(edits, func(a, b Edit) int { return a.From - b.From })
	var out bytes.Buffer
	at := 0
	for _, e := range edits {
		out.Write(src[at:e.From])
		out.WriteString(e.Text)
		at = e.To
	}
	out.Write(src[at:])
	return out.Bytes()
}
