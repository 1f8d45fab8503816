package schema

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxName is how many bytes a name may have: PostgreSQL silently cuts what is longer (NAMEDATALEN, manual §4.1.1).
const MaxName = 63

// SplitName cuts the name of a table or enum into its schema, "" for the default one, and its own name.
func SplitName(name string) (namespace, base string) {
	if before, after, ok := strings.Cut(name, "."); ok {
		return before, after
	}
	return "", name
}

// JoinName is the reverse of [SplitName].
func JoinName(namespace, base string) string {
	if namespace == "" {
		return base
	}
	return namespace + "." + base
}

// CheckName returns an error when the name cannot be one: empty, over [MaxName] bytes, not UTF-8, with control characters,
// or with a dot, which separates tables from columns in answers and schemas from tables.
func CheckName(name string) error {
	switch {
	case name == "":
		return fmt.Errorf("the name is empty")
	case !utf8.ValidString(name):
		return fmt.Errorf("the name %q is not UTF-8 text", name)
	case len(name) > MaxName:
		return fmt.Errorf("the name %q has %d bytes, PostgreSQL takes %d and cuts it to %q", name, len(name), MaxName, strings.ToValidUTF8(name[:MaxName], ""))
	case strings.ContainsRune(name, '.'):
		return fmt.Errorf("the name %q holds a dot", name)
	case strings.IndexFunc(name, unicode.IsControl) >= 0:
		return fmt.Errorf("the name %q holds a control character", name)
	case strings.TrimSpace(name) != name:
		return fmt.Errorf("the name %q begins or ends with white space", name)
	}
	return nil
}

// DeriveName returns the name of an object of a table in PostgreSQL's manner: products_category_id_fkey. What is longer than
// [MaxName] bytes is cut and gets a hash of the whole. taken tells which names are in use already; such a name gets a number.
func DeriveName(table string, columns []string, suffix string, taken func(string) bool) string {
	_, base := SplitName(table)
	full := strings.Join(append([]string{base}, columns...), "_")
	for n := 0; ; n++ {
		end := "_" + suffix
		if n > 0 {
			end += fmt.Sprint(n)
		}
		name := cutName(full, end)
		if taken == nil || !taken(name) {
			return name
		}
	}
}

func cutName(full, end string) string {
	if len(full)+len(end) <= MaxName {
		return full + end
	}
	sum := sha256.Sum256([]byte(full))
	end = "_" + hex.EncodeToString(sum[:4]) + end
	keep := full[:MaxName-len(end)]
	for !utf8.ValidString(keep) {
		keep = keep[:len(keep)-1]
	}
	return keep + end
}
