package load

import (
	"fmt"
	"go/ast"
	"go/token"
	"strconv"
	"strings"
)

// keyValue is one key:"value" of a struct tag.
type keyValue struct {
	key   string
	value text
}

// text is a string that knows where in the source it stands.
type text struct {
	s     string
	pos   token.Pos
	exact bool // the bytes of s follow pos one by one
}

// at returns the place of byte i.
func (t text) at(i int) token.Pos {
	if t.exact {
		return t.pos + token.Pos(i)
	}
	return t.pos
}

// sub returns the part from i to j without white space around it.
func (t text) sub(i, j int) text {
	for i < j && isSpace(t.s[i]) {
		i++
	}
	for i < j && isSpace(t.s[j-1]) {
		j--
	}
	return text{t.s[i:j], t.at(i), t.exact}
}

func (t text) errorf(format string, args ...any) error {
	return &posError{t.pos, fmt.Errorf(format, args...)}
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

// tagText returns the text of a field's tag. Without source it stands where pos is.
func tagText(field *ast.Field, raw string, pos token.Pos) text {
	if field == nil || field.Tag == nil {
		return text{s: raw, pos: pos}
	}
	if strings.HasPrefix(field.Tag.Value, "`") && len(field.Tag.Value) == len(raw)+2 {
		return text{raw, field.Tag.Pos() + 1, true}
	}
	return text{s: raw, pos: field.Tag.Pos()}
}

// splitStructTag cuts a struct tag into its keys and values, by the rules of package reflect. What reflect would silently ignore,
// and a key that is there twice, is an error.
func splitStructTag(tag text) ([]keyValue, error) {
	var all []keyValue
	for i := 0; ; {
		for i < len(tag.s) && tag.s[i] == ' ' {
			i++
		}
		if i == len(tag.s) {
			return all, nil
		}
		start := i
		for i < len(tag.s) && tag.s[i] > ' ' && tag.s[i] != ':' && tag.s[i] != '"' && tag.s[i] != 0x7f {
			i++
		}
		key := tag.s[start:i]
		if key == "" || i+1 >= len(tag.s) || tag.s[i] != ':' || tag.s[i+1] != '"' {
			return nil, tag.sub(start, len(tag.s)).errorf("the struct tag is not of the form key:\"value\" from here on: %s", tag.s[start:])
		}
		i++
		open := i
		for i++; i < len(tag.s) && tag.s[i] != '"'; i++ {
			if tag.s[i] == '\\' {
				i++
			}
		}
		if i >= len(tag.s) {
			return nil, tag.sub(start, len(tag.s)).errorf("the value of struct tag %s is not closed", key)
		}
		i++
		value, err := strconv.Unquote(tag.s[open:i])
		if err != nil {
			return nil, tag.sub(start, len(tag.s)).errorf("the value of struct tag %s is not a Go string", key)
		}
		for _, kv := range all {
			if kv.key == key {
				return nil, tag.sub(start, len(tag.s)).errorf("struct tag %s is there twice", key)
			}
		}
		exact := tag.exact && len(value) == i-open-2
		all = append(all, keyValue{key, text{value, tag.at(open + 1), exact}})
	}
}

func lookup(all []keyValue, key string) (text, bool) {
	for _, kv := range all {
		if kv.key == key {
			return kv.value, true
		}
	}
	return text{}, false
}
