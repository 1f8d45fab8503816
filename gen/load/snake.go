package load

import (
	"strings"
	"unicode"
)

// words that the rules below would cut in a way nobody writes.
var oneWord = []string{"OAuth", "IPv4", "IPv6"}

// ColumnName returns the name that the column of a field has without a tag, and a native enum without a directive.
func ColumnName(field string) string { return snakeCase(field) }

// snakeCase returns the name of a column for the name of a field: UserIDs is user_ids, HTTPServer is http_server.
//
// A word begins at a capital after a small letter or digit, and at the last capital of several before a small letter, unless that
// is the s of a plural. Digits belong to what is before them.
func snakeCase(name string) string {
	r := []rune(name)
	var b strings.Builder
	for i := 0; i < len(r); {
		n := wordLen(r[i:])
		if b.Len() > 0 && r[i] != '_' && r[i-1] != '_' {
			b.WriteByte('_')
		}
		b.WriteString(strings.ToLower(string(r[i : i+n])))
		i += n
	}
	return b.String()
}

// wordLen returns the length of the word that r begins with.
func wordLen(r []rune) int {
	for _, w := range oneWord {
		if strings.HasPrefix(string(r[:min(len(r), len(w))]), w) {
			return extend(r, len(w))
		}
	}
	n := 0
	for n < len(r) && unicode.IsUpper(r[n]) {
		n++
	}
	switch {
	case n > 1 && n < len(r) && r[n] == 's' && (n+1 == len(r) || !unicode.IsLower(r[n+1])):
		return extend(r, n+1)
	case n > 1 && n < len(r) && unicode.IsLower(r[n]):
		return n - 1
	}
	return max(1, extend(r, n))
}

// extend returns the end of the small letters and digits from n on.
func extend(r []rune, n int) int {
	for n < len(r) && !unicode.IsUpper(r[n]) && r[n] != '_' {
		n++
	}
	return n
}
