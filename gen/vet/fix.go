package vet

import (
	"go/token"

	"golang.org/x/tools/go/analysis"
)

// withoutHint takes a hint out: an option with the comma before it, or else the one behind it; a directive with its line. It returns nothing
// where neither is so, as more of the tag would have to go.
func (v *pass) withoutHint(from, to token.Pos) []analysis.SuggestedFix {
	file := v.Fset.File(from)
	if file == nil || !v.inFiles(from) {
		return nil
	}
	src, err := v.ReadFile(file.Name())
	if err != nil || file.Offset(to) > len(src) {
		return nil
	}
	i, j, ok := hintRange(string(src), file.Offset(from), file.Offset(to))
	if !ok {
		return nil
	}
	return []analysis.SuggestedFix{{Message: "Remove the hint", TextEdits: []analysis.TextEdit{{Pos: file.Pos(i), End: file.Pos(j)}}}}
}

func hintRange(src string, from, to int) (i, j int, ok bool) {
	blank := func(c byte) bool { return c == ' ' || c == '\t' }
	i, j = from, to
	for i > 0 && blank(src[i-1]) {
		i--
	}
	for j < len(src) && blank(src[j]) {
		j++
	}
	switch {
	case len(src) > from+1 && src[from:from+2] == "//":
		if j < len(src) && src[j] == '\r' {
			j++
		}
		if j < len(src) && src[j] == '\n' && (i == 0 || src[i-1] == '\n') {
			return i, j + 1, true
		}
		return from, to, true
	case i > 0 && src[i-1] == ',':
		return i - 1, to, true
	case j < len(src) && src[j] == ',':
		for j++; j < len(src) && blank(src[j]); j++ {
		}
		return from, j, true
	}
	return 0, 0, false
}
