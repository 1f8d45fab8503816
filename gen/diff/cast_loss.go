package diff

import "github.com/modelgen/modelgen/runtime/schema"

// isText reports whether a type is text without blanks that are filled up.
func isText(t schema.Type) bool {
	return !t.Array && t.Kind.Text() && t.Kind != schema.KindChar
}

// integer reports whether a type is one of the whole numbers, which databases compare with each other.
func integer(t schema.Type) bool {
	t = t.Plain()
	return !t.Array && t.Kind.Integer()
}

// number reports whether a type is one of numbers, of any size.
func number(t schema.Type) bool { return !t.Array && t.Kind.Number() }

// lossy reports whether a value of the old type may have none of the new type that says the same.
func lossy(a, b schema.Type) bool { return !schema.ChangeType(a, b).Safe }

// castable reports whether a database can turn values of one type into the other without being told how.
func castable(a, b schema.Type) bool { return schema.ChangeType(a, b).Cast != schema.NoCast }

// cuts says what the cast of a dual write takes from a value without an error, "" when it keeps all or fails. What fails is no question: the
// statement of the program that wrote it is refused.
func (d *differ) cuts(a, b schema.Type) string {
	change := schema.ChangeType(a, b)
	switch {
	case isText(b):
		return "" // but for blanks at its end
	case isText(a) && integer(b):
		for _, dialect := range d.in.Dialects {
			if dialect.CastsTextToZero {
				return dialect.Product + " reads 0 from a text that is no number"
			}
		}
	case change.Cast == schema.UnknownCast:
		return "a part of the value is cut off"
	}
	return change.Loses
}
