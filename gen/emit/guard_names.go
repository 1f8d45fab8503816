package emit

import (
	"bytes"
	"go/token"
	"go/types"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// uses notes the packages that a type or a constant names: an import that nothing names would not compile.
func (w *guardWriter) uses(typ string) {
	for name, qualifies := range words(typ) {
		if _, imported := w.std[name]; imported && qualifies && !slices.Contains(w.used, name) {
			w.used = append(w.used, name)
		}
	}
}

// mayGo reports whether a type names something that a change of the source can take away: then the error stands on the line of the field.
func (w *guardWriter) mayGo(typ string) bool {
	std := false
	for name, qualifies := range words(typ) {
		switch {
		case qualifies:
			if std = w.std[name]; !std {
				return true
			}
		case std:
			std = false // behind the dot
		case !token.IsKeyword(name) && types.Universe.Lookup(name) == nil:
			return true
		}
	}
	return false
}

// words returns the identifiers of a type, and whether a dot follows. What stands in quotes, the tags of a struct without a name, is none.
func words(typ string) func(yield func(string, bool) bool) {
	return func(yield func(string, bool) bool) {
		for i := 0; i < len(typ); {
			r, n := utf8.DecodeRuneInString(typ[i:])
			switch {
			case r == '"' || r == '`':
				quoted, err := strconv.QuotedPrefix(typ[i:])
				if err != nil {
					return
				}
				i += len(quoted)
			case unicode.IsLetter(r) || r == '_':
				end := strings.IndexFunc(typ[i:], func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '_' })
				if end < 0 {
					end = len(typ) - i
				}
				if !yield(typ[i:i+end], strings.HasPrefix(typ[i+end:], ".")) {
					return
				}
				i += end
			default:
				i += n
			}
		}
	}
}

func isStd(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return !strings.Contains(first, ".")
}

// imports writes standard packages first, then the others, as goimports does.
func (w *guardWriter) imports(b *bytes.Buffer, paths map[string]string) {
	var std, other []string
	for path, name := range paths {
		line := strconv.Quote(path)
		if name != path[strings.LastIndexByte(path, '/')+1:] {
			line = name + " " + line
		}
		if isStd(path) {
			std = append(std, line)
		} else {
			other = append(other, line+" // it is gone? "+w.advice())
		}
	}
	byPath := func(x, y string) int {
		return strings.Compare(x[strings.IndexByte(x, '"'):], y[strings.IndexByte(y, '"'):])
	}
	slices.SortFunc(std, byPath)
	slices.SortFunc(other, byPath)
	b.WriteString("import (\n" + strings.Join(std, "\n") + "\n")
	if len(std) > 0 && len(other) > 0 {
		b.WriteString("\n")
	}
	b.WriteString(strings.Join(other, "\n") + "\n)\n\n")
}
