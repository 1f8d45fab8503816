package literal

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/modelgen/modelgen/runtime/schema"
)

// One number is written in one way only, so that 1.50 and 1.5 are no change.

var (
	anyNumber = regexp.MustCompile(`^([+-]?)([0-9]*)(?:\.([0-9]*))?(?:[eE]([+-]?[0-9]{1,4}))?$`)
)

// Whole returns the canonical text of an integer, and its value when it fits one.
func Whole(s string) (string, *int64, error) {
	digits := strings.TrimLeft(s, "+-")
	if len(s)-len(digits) > 1 || digits == "" || strings.Trim(digits, "0123456789") != "" {
		return "", nil, fmt.Errorf("%s is not a whole number", shown(s))
	}
	digits = strings.TrimLeft(digits, "0")
	if digits == "" {
		return "0", new(int64), nil
	}
	if s[0] == '-' {
		digits = "-" + digits
	}
	if n, err := strconv.ParseInt(digits, 10, 64); err == nil {
		return digits, &n, nil
	}
	return digits, nil, nil
}

// float returns the shortest text of a floating point number.
func float(s string, bits int, name string) (string, error) {
	f, err := strconv.ParseFloat(s, bits)
	switch {
	case anyNumber.FindStringSubmatch(s) == nil:
		return "", fmt.Errorf("%s is not a number", shown(s))
	case err != nil || math.IsInf(f, 0):
		return "", fmt.Errorf("%s does not fit %s", s, name)
	}
	if f == 0 {
		return "0", nil // also for -0
	}
	return strconv.FormatFloat(f, 'g', -1, bits), nil
}

// numeric returns an exact number without exponent and idle zeros.
func numeric(s string, t schema.Type) (string, error) {
	m := anyNumber.FindStringSubmatch(s)
	if m == nil || m[2] == "" && m[3] == "" {
		return "", fmt.Errorf("%s is not a number", shown(s))
	}
	whole, frac := m[2], m[3]
	if m[4] != "" {
		exp, _ := strconv.Atoi(m[4])
		if exp > 1000 || exp < -1000 {
			return "", fmt.Errorf("%s is out of every range", s)
		}
		for ; exp > 0; exp-- {
			if frac == "" {
				frac = "0"
			}
			whole, frac = whole+frac[:1], frac[1:]
		}
		for ; exp < 0; exp++ {
			if whole == "" {
				whole = "0"
			}
			whole, frac = whole[:len(whole)-1], whole[len(whole)-1:]+frac
		}
	}
	whole, frac = strings.TrimLeft(whole, "0"), strings.TrimRight(frac, "0")
	if t.Precision > 0 && (len(whole) > t.Precision-t.Scale || len(frac) > t.Scale) {
		return "", fmt.Errorf("%s does not fit %s", s, t)
	}
	if whole == "" {
		whole = "0"
	}
	text := whole
	if frac != "" {
		text += "." + frac
	}
	if m[1] == "-" && text != "0" {
		text = "-" + text
	}
	return text, nil
}
