// Package literal holds the text of literals to the types of columns: what a default of a tag, or an answer to a question, says is checked when it is
// read, and not by the database in production.
//
// It does not know the values of enums, and it does not look into expressions.
package literal

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/modelgen/modelgen/runtime/schema"
)

// Check returns the one form of a literal of the type, or an error that says what is wrong with it, beginning with the literal. Of types that are not
// known, and of enums, it takes every text.
func Check(t schema.Type, s string) (string, error) {
	if !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
		return "", fmt.Errorf("%q is no text that a database can hold", s)
	}
	if t.Array {
		return s, checkArray(t, s)
	}
	switch t.Kind {
	case schema.KindBoolean:
		if s != "true" && s != "false" {
			return "", fmt.Errorf("%s is not true or false", shown(s))
		}
	case schema.KindSmallInt, schema.KindInteger, schema.KindBigInt:
		return checkInteger(t, s)
	case schema.KindReal:
		return float(s, 32, "float32")
	case schema.KindDouble:
		return float(s, 64, "float64")
	case schema.KindNumeric:
		return numeric(s, t)
	case schema.KindVarchar, schema.KindChar:
		if n := utf8.RuneCountInString(s); t.Size > 0 && n > t.Size {
			return "", fmt.Errorf("%q has %d characters, which do not fit %s", s, n, t)
		}
	case schema.KindBytes:
		if digits, ok := strings.CutPrefix(s, `\x`); ok && !hexDigits.MatchString(digits) {
			return "", fmt.Errorf("%s is not an even number of hexadecimal digits", s)
		}
	case schema.KindJSON, schema.KindJSONB:
		if !json.Valid([]byte(s)) {
			return "", fmt.Errorf("%s is not JSON: text in JSON has double quotes", shown(s))
		}
		if t.Kind == schema.KindJSONB && zeroInJSON.MatchString(s) {
			return "", fmt.Errorf("%s holds a zero character, which jsonb cannot keep", s)
		}
	case schema.KindUUID:
		if !uuidText.MatchString(s) {
			return "", fmt.Errorf("%s is no UUID: write (gen_random_uuid()) for an expression", shown(s))
		}
		return strings.ToLower(s), nil
	case schema.KindInet, schema.KindCIDR:
		return s, checkAddress(t, s)
	case schema.KindDate, schema.KindTime, schema.KindTimestamp, schema.KindTimestampTZ:
		return s, checkTime(t.Kind, s)
	case schema.KindInterval:
		if !isInterval(s) {
			return "", fmt.Errorf("%s is no interval: write it as in '1 day 02:30:00' or 'P1DT2H30M'", shown(s))
		}
	case schema.KindOther:
		if word := strings.ToLower(s); moments[word] && timeName.MatchString(t.Name) {
			return "", errMoment(schema.KindTimestampTZ, s)
		}
	}
	return s, nil
}

var (
	uuidText   = regexp.MustCompile(`^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$`)
	hexDigits  = regexp.MustCompile(`^([0-9a-fA-F]{2})*$`)
	zeroInJSON = regexp.MustCompile(`(^|[^\\])(\\\\)*\\u0000`)
	timeName   = regexp.MustCompile(`(?i)^(date|time|abstime)`)
)

// shown returns a literal for a message: in quotes when there would be nothing to see.
func shown(s string) string {
	if strings.TrimSpace(s) == "" {
		return "'" + s + "'"
	}
	return s
}

// integers are the limits of whole numbers.
var integers = map[schema.Kind][2]int64{
	schema.KindSmallInt: {-1 << 15, 1<<15 - 1},
	schema.KindInteger:  {-1 << 31, 1<<31 - 1},
	schema.KindBigInt:   {-1 << 63, 1<<63 - 1},
}

func checkInteger(t schema.Type, s string) (string, error) {
	text, n, err := Whole(s)
	if err != nil {
		return "", err
	}
	if r := integers[t.Kind]; n == nil || *n < r[0] || *n > r[1] {
		return "", fmt.Errorf("%s does not fit %s (%d to %d)", text, t, r[0], r[1])
	}
	return text, nil
}

func checkAddress(t schema.Type, s string) error {
	if _, err := netip.ParseAddr(s); err == nil && !strings.Contains(s, "%") {
		return nil
	}
	p, err := netip.ParsePrefix(s)
	switch {
	case err != nil:
		return fmt.Errorf("%s is no address", shown(s))
	case t.Kind == schema.KindCIDR && p.Masked() != p:
		return fmt.Errorf("%s has bits set to the right of its mask: the network is %s", s, p.Masked())
	}
	return nil
}

// Elements returns the elements of an array in the form in which PostgreSQL writes it, {a,"b c",NULL}; NULL is left out. Arrays have one dimension.
func Elements(s string) ([]string, error) {
	bad := func() ([]string, error) {
		return nil, fmt.Errorf("%s is no array: write it as PostgreSQL does, '{}' or '{a,b}'", shown(s))
	}
	body := strings.TrimSpace(s)
	if len(body) < 2 || body[0] != '{' || body[len(body)-1] != '}' {
		return bad()
	}
	if body = body[1 : len(body)-1]; strings.TrimSpace(body) == "" {
		return nil, nil
	}
	var elements []string
	for rest := body; ; {
		rest = strings.TrimLeft(rest, " \t\r\n")
		if strings.HasPrefix(rest, `"`) {
			text, n := quoted(rest)
			if n < 0 {
				return bad()
			}
			elements, rest = append(elements, text), strings.TrimLeft(rest[n:], " \t\r\n")
			if rest != "" && rest[0] != ',' {
				return bad()
			}
		} else {
			end := strings.IndexByte(rest+",", ',')
			text := strings.TrimSpace(rest[:end])
			if text == "" || strings.ContainsAny(text, `{}"`) {
				return bad()
			}
			if !strings.EqualFold(text, "NULL") {
				elements = append(elements, strings.ReplaceAll(text, `\`, ""))
			}
			rest = rest[end:]
		}
		if rest == "" {
			return elements, nil
		}
		rest = rest[1:]
	}
}

// quoted returns the text of the "..." that s begins with, and its length; -1 when it is not closed.
func quoted(s string) (string, int) {
	var text strings.Builder
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			if i++; i < len(s) {
				text.WriteByte(s[i])
			}
		case '"':
			return text.String(), i + 1
		default:
			text.WriteByte(s[i])
		}
	}
	return "", -1
}

func checkArray(t schema.Type, s string) error {
	elements, err := Elements(s)
	if err != nil {
		return err
	}
	t.Array = false
	for _, e := range elements {
		if t.Kind == schema.KindBoolean {
			e = strings.ToLower(e)
			if e == "t" || e == "f" {
				continue // as PostgreSQL writes them in arrays
			}
		}
		if _, err := Check(t, e); err != nil {
			return fmt.Errorf("%s: %w", s, err)
		}
	}
	return nil
}
