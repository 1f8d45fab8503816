package gormschema

import (
	"crypto/sha1"
	"encoding/hex"
	"strings"
	"unicode/utf8"

	"github.com/jinzhu/inflection"
)

// Names is gorm's NamingStrategy (naming.go).
type Names struct {
	Prefix   string // TablePrefix
	Singular bool   // SingularTable
	AsIs     bool   // NoLowerCase
	Max      int    // IdentifierMaxLength, in characters; 0 is 64
	Cut      int    // bytes that the database keeps of a name; 0 is all
}

// initialisms are the words that gorm keeps in one piece, in its order: a replacer takes the first that fits.
var initialisms = func() *strings.Replacer {
	var pairs []string
	for _, w := range []string{"API", "ASCII", "CPU", "CSS", "DNS", "EOF", "GUID", "HTML", "HTTP", "HTTPS", "ID", "IP", "JSON", "LHS", "QPS", "RAM", "RHS", "RPC", "SLA", "SMTP",
		"SSH", "TLS", "TTL", "UID", "UI", "UUID", "URI", "URL", "UTF8", "VM", "XML", "XSRF", "XSS"} {
		pairs = append(pairs, w, w[:1]+strings.ToLower(w[1:]))
	}
	return strings.NewReplacer(pairs...)
}()

// Column returns the name of a column, or of a part of another name, for a Go name (toDBName).
func (n Names) Column(name string) string {
	if name == "" || n.AsIs {
		return name
	}
	value := name
	if hasCapitals(name) {
		value = initialisms.Replace(name)
	}
	upper := func(i int) bool { return value[i] >= 'A' && value[i] <= 'Z' }
	var b strings.Builder
	b.Grow(len(value) + 4)
	last, cur := false, upper(0)
	end := len(value) - 1
	for i, r := range value[:end] {
		next, number := upper(i+1), value[i+1] >= '0' && value[i+1] <= '9'
		if cur {
			if !(last && (next || number)) && i > 0 && value[i-1] != '_' && value[i+1] != '_' {
				b.WriteByte('_')
			}
			b.WriteRune(r + 32)
		} else {
			b.WriteRune(r)
		}
		last, cur = cur, next
	}
	if !cur {
		b.WriteByte(value[end])
		return b.String()
	}
	if !last && len(value) > 1 {
		b.WriteByte('_')
	}
	b.WriteByte(value[end] + 32)
	return b.String()
}

// hasCapitals reports whether there are two capitals side by side, as at the beginning of each initialism.
func hasCapitals(name string) bool {
	before := false
	for i := range len(name) {
		capital := name[i] >= 'A' && name[i] <= 'Z'
		if capital && before {
			return true
		}
		before = capital
	}
	return false
}

// Table returns the name of the table of a struct (TableName).
func (n Names) Table(name string) string {
	if n.Singular {
		return n.Prefix + n.Column(name)
	}
	return n.Prefix + inflection.Plural(n.Column(name))
}

// joinTable is JoinTableName.
func (n Names) joinTable(name string) string {
	if !n.AsIs && strings.ToLower(name) == name {
		return n.Prefix + name
	}
	return n.Table(name)
}

func (n Names) foreignKey(table, relation string) string {
	return n.format("fk", table, n.Column(relation))
}
func (n Names) check(table, column string) string { return n.format("chk", table, column) }
func (n Names) index(table, field string) string  { return n.format("idx", table, n.Column(field)) }
func (n Names) unique(table, column string) string {
	return n.format("uni", table, n.Column(column))
}

// format is formatName: what is too long in characters is cut in bytes, and gets a hash.
func (n Names) format(prefix, table, name string) string {
	full := strings.ReplaceAll(prefix+"_"+table+"_"+name, ".", "_")
	most := n.Max
	if most == 0 {
		most = 64
	}
	if utf8.RuneCountInString(full) > most {
		sum := sha1.Sum([]byte(full))
		full = full[:most-8] + hex.EncodeToString(sum[:])[:8]
	}
	if n.Cut > 0 && len(full) > n.Cut {
		full = strings.ToValidUTF8(full[:n.Cut], "")
	}
	return full
}

// title is what cases.Title with NoLower makes of a name: each word gets a capital.
func title(name string) string {
	out, start := []rune(name), true
	for i, r := range out {
		if start && r >= 'a' && r <= 'z' {
			out[i] = r - 32
		}
		start = r == ' ' || r == '-'
	}
	return string(out)
}
