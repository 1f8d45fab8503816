package adopt

import (
	"go/token"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/jinzhu/inflection"

	"github.com/modelgen/modelgen/runtime/schema"
)

// initialisms are the words that Go writes in capitals (the list of staticcheck's ST1003).
var initialisms = map[string]bool{}

func init() {
	for w := range strings.FieldsSeq("ACL API ASCII CPU CSS DNS EOF GUID HTML HTTP HTTPS ID IP JSON QPS RAM RPC SLA SMTP SQL SSH TCP TLS TTL UDP UI GID UID UUID URI URL UTF8 VM XML XMPP XSRF XSS SIP RTP AMQP DB TS") {
		initialisms[w] = true
	}
}

// goName returns an exported Go name for the words of a database: user_id is UserID. "" when nothing of it can be in one.
func goName(name string) string {
	var b strings.Builder
	for _, word := range words(name) {
		switch upper := strings.ToUpper(word); {
		case initialisms[upper]:
			b.WriteString(upper)
		case strings.HasSuffix(word, "s") && initialisms[strings.TrimSuffix(upper, "S")]:
			b.WriteString(strings.TrimSuffix(upper, "S") + "s")
		default:
			r, n := utf8.DecodeRuneInString(word)
			b.WriteString(string(unicode.ToUpper(r)) + word[n:])
		}
	}
	s := b.String()
	if s != "" && !token.IsExported(s) { // it begins with a digit, or with a letter that has no capital
		s = "X" + s
	}
	return s
}

// words cuts a name at everything that is neither letter nor digit, and at capitals behind small letters.
func words(name string) []string {
	var all []string
	var word []rune
	end := func() {
		if len(word) > 0 {
			all = append(all, string(word))
		}
		word = nil
	}
	for i, r := range []rune(name) {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			end()
			continue
		case i > 0 && unicode.IsUpper(r) && len(word) > 0 && !unicode.IsUpper(word[len(word)-1]):
			end()
		}
		word = append(word, r)
	}
	end()
	if name == strings.ToUpper(name) { // USERS is Users
		for i := range all {
			all[i] = strings.ToLower(all[i])
		}
	}
	return all
}

// free returns the name, with a number behind it when it is taken, and takes it.
func free(taken map[string]bool, name string) string {
	try := name
	for n := 2; taken[try]; n++ {
		try = name + strconv.Itoa(n)
	}
	taken[try] = true
	return try
}

// nameTypes finds the names of structs and fields. A table of another schema has that in front when two tables have one name.
func (w *writer) nameTypes() {
	w.taken = map[string]bool{}
	count := map[string]int{}
	for _, t := range w.s.Tables {
		count[structName(t.Name)]++
	}
	for _, t := range w.s.Tables {
		name := structName(t.Name)
		if ns, _ := schema.SplitName(t.Name); ns != "" && count[name] > 1 {
			name = goName(ns) + name
		}
		if name == "" {
			name = "Table"
		}
		w.structs[t.Name] = free(w.taken, name)
		fields := map[string]bool{}
		w.fields[t.Name] = map[string]string{}
		for _, c := range t.Columns {
			f := goName(c.Name)
			if f == "" {
				f = "Column"
			}
			w.fields[t.Name][c.Name] = free(fields, f)
		}
	}
}

// structName returns the name of one row of a table: order_items is OrderItem.
func structName(table string) string {
	_, base := schema.SplitName(table)
	all := words(base)
	if len(all) == 0 {
		return ""
	}
	last := len(all) - 1
	if one := inflection.Singular(all[last]); one != "" {
		all[last] = one
	}
	return goName(strings.Join(all, "_"))
}

// qualifiedName returns the name of one row with that of the table's schema before it, as sqlc has it: billing.invoices is BillingInvoice.
func qualifiedName(table string) string {
	ns, _ := schema.SplitName(table)
	return goName(ns) + structName(table)
}

// inOrder returns the keys of a set of columns in the order of the table.
func inOrder(t *schema.Table, columns []string) bool {
	at := -1
	for _, c := range columns {
		i := slices.Index(t.ColumnNames(), c)
		if i <= at {
			return false
		}
		at = i
	}
	return true
}
