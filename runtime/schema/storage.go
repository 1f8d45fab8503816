package schema

// SameStorage reports whether PostgreSQL changes the type of a column without rewriting the table: only limits are taken away (manual, ALTER
// TABLE, Notes; measured on 15).
func SameStorage(a, b Type) bool {
	if a.Array || b.Array {
		return a == b
	}
	loose := func(a, b int) bool { return b == 0 || a != 0 && b >= a }
	switch {
	case (a.Kind == KindVarchar || a.Kind == KindText) && b.Kind == KindText:
		return true
	case (a.Kind == KindVarchar || a.Kind == KindText) && b.Kind == KindVarchar:
		return loose(a.Size, b.Size)
	case a.Kind == KindNumeric && b.Kind == KindNumeric:
		return b.Precision == 0 || a.Precision != 0 && b.Precision >= a.Precision && a.Scale == b.Scale
	case a.Kind == KindCIDR && b.Kind == KindInet:
		return true
	case a.Kind == b.Kind && a.Kind >= KindTime && a.Kind <= KindInterval:
		return loose(a.Size, b.Size)
	}
	return a == b
}
