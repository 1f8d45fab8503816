package load

import (
	"fmt"
	"strings"

	"github.com/modelgen/modelgen/runtime/schema"
)

// columnTag is what a column's tag says: db:"name,option,key:value".
type columnTag struct {
	name    text
	skip    bool // "-"
	options []option
}

// option is one flag or key:value of a tag.
type option struct {
	word    string
	dialect string // of type.sqlite:
	value   text   // without its quotes
	has     bool   // a value was given
	quoted  bool   // as '...'
	at      text   // all of it
}

// parseColumnTag reads db:"name,option...".
func parseColumnTag(tag text) (columnTag, error) {
	cut := strings.IndexByte(tag.s, ',')
	if cut < 0 {
		name := tag.sub(0, len(tag.s))
		return columnTag{name: name, skip: name.s == "-"}, nil
	}
	options, err := parseOptions(tag.sub(cut+1, len(tag.s)))
	return columnTag{name: tag.sub(0, cut), options: options}, err
}

// parseOptions reads a list of options.
func parseOptions(list text) ([]option, error) {
	parts, err := splitTop(list)
	if err != nil {
		return nil, err
	}
	var all []option
	for _, p := range parts {
		if p.s == "" {
			return nil, p.errorf("an option is empty: there is a comma too many")
		}
		all = append(all, parseOption(p))
	}
	return all, nil
}

// parseOption cuts one option at its colon.
func parseOption(p text) option {
	word, _, has := strings.Cut(p.s, ":")
	o := option{word: strings.TrimSpace(word), has: has, at: p}
	if has {
		o.value = p.sub(len(word)+1, len(p.s))
		if s, ok := unquote(o.value.s); ok {
			o.quoted, o.value = true, text{s: s, pos: o.value.pos}
		}
	}
	o.word, o.dialect, _ = strings.Cut(o.word, ".")
	return o
}

// splitTop cuts at the commas that are in no bracket and no quotes. An empty text has no parts.
func splitTop(list text) ([]text, error) {
	if list.s == "" {
		return nil, nil
	}
	var parts []text
	depth, start, open := 0, 0, 0
	for i := 0; i < len(list.s); i++ {
		switch list.s[i] {
		case '\'':
			end := skipQuoted(list.s, i)
			if end < 0 {
				return nil, list.sub(i, len(list.s)).errorf("the quote ' is not closed; a single ' is written ''''")
			}
			i = end - 1
		case '(':
			if depth++; depth == 1 {
				open = i
			}
		case ')':
			if depth--; depth < 0 {
				return nil, list.sub(i, len(list.s)).errorf(") has no partner; text with brackets or commas goes into quotes: '...'")
			}
		case ',':
			if depth == 0 {
				parts = append(parts, list.sub(start, i))
				start = i + 1
			}
		}
	}
	if depth > 0 {
		return nil, list.sub(open, len(list.s)).errorf("( is not closed; text with brackets or commas goes into quotes: '...'")
	}
	return append(parts, list.sub(start, len(list.s))), nil
}

// skipQuoted returns the end of the '...' that begins at i, or -1.
func skipQuoted(s string, i int) int {
	for j := i + 1; j < len(s); j++ {
		if s[j] != '\'' {
			continue
		}
		if j+1 < len(s) && s[j+1] == '\'' {
			j++
			continue
		}
		return j + 1
	}
	return -1
}

// unquote takes the quotes off a text that is one '...' as a whole.
func unquote(s string) (string, bool) {
	if len(s) < 2 || s[0] != '\'' || skipQuoted(s, 0) != len(s) {
		return s, false
	}
	return strings.ReplaceAll(s[1:len(s)-1], "''", "'"), true
}

// inBrackets returns what is in the brackets that enclose all of t.
func inBrackets(t text) (text, bool) {
	if end := closing(t.s); end > 0 && end == len(t.s) {
		return t.sub(1, len(t.s)-1), true
	}
	return t, false
}

// closing returns the end of the bracket that s begins with, or -1.
func closing(s string) int {
	if s == "" || s[0] != '(' {
		return -1
	}
	depth := 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\'':
			end := skipQuoted(s, i)
			if end < 0 {
				return -1
			}
			i = end - 1
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return -1
}

// checkTableName checks a name that may carry a schema.
func checkTableName(name string) error {
	ns, base := schema.SplitName(name)
	if strings.Contains(name, ".") {
		if err := schema.CheckName(ns); err != nil {
			return err
		}
		if strings.EqualFold(ns, "public") {
			return fmt.Errorf("leave out public.: tables without a schema are there anyway")
		}
	}
	return schema.CheckName(base)
}
