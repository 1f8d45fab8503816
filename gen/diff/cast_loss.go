package diff

import "github.com/modelgen/modelgen/runtime/schema"

// isText reports whether a type is text without blanks that are filled up.
func isText(t schema.Type) bool {
	return !t.Array && (t.Kind == schema.KindText || t.Kind == schema.KindVarchar)
}

// cuts says what the cast of a dual write takes from a value without an error, "" when it keeps all or fails. What fails is no question: the
// statement of the program that wrote it is refused.
func (d *differ) cuts(a, b schema.Type) string {
	float := func(t schema.Type) bool { return t.Kind == schema.KindReal || t.Kind == schema.KindDouble }
	number := func(t schema.Type) bool {
		return !t.Array && (t.Kind == schema.KindNumeric || float(t) || integer(t))
	}
	const (
		point  = "the fraction is rounded off"
		digits = "digits of the fraction are rounded off"
		last   = "large or long numbers lose their last digits"
		part   = "a part of the value is cut off"
	)
	switch {
	case !lossy(a, b), isText(b):
		return ""
	case number(a) && number(b):
		switch {
		case integer(b) && integer(a), integer(a) && b.Kind == schema.KindNumeric, integer(a) && a.Kind <= schema.KindInteger && b.Kind == schema.KindDouble,
			a.Kind == schema.KindSmallInt && b.Kind == schema.KindReal:
			return ""
		case integer(b):
			return point
		case float(b), b.Precision == 0:
			return last
		case a.Kind == schema.KindNumeric && a.Precision > 0 && b.Scale >= a.Scale:
			return ""
		}
		return digits
	case isText(a) && integer(b):
		for _, dialect := range d.in.Dialects {
			if dialect.CastsTextToZero {
				return dialect.Product + " reads 0 from a text that is no number"
			}
		}
		return ""
	case isText(a) && number(b):
		return last
	}
	switch b.Kind {
	case schema.KindUUID, schema.KindJSON, schema.KindJSONB, schema.KindBoolean, schema.KindInet, schema.KindCIDR, schema.KindBytes:
		return ""
	}
	return part
}
