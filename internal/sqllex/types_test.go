package sqllex

import "testing"

func TestTypeWords(t *testing.T) {
	for _, c := range []struct {
		sql, name string
		n         int
	}{
		{"timestamp with time zone NOT NULL", "timestamptz", 4}, {"TIMESTAMP WITHOUT TIME ZONE", "timestamp", 4}, {"timestamp", "", 0}, {"double precision, a", "double precision", 2},
		{"char varying(20)", "character varying", 2}, {"integer a", "", 0}, {`"double" precision`, "", 0},
	} {
		if n, name := TypeWords(Code(c.sql, Any)); n != c.n || name != c.name {
			t.Errorf("%s: %d %q, want %d %q", c.sql, n, name, c.n, c.name)
		}
	}
	if TypeName("int8") != "bigint" || TypeName("uuid") != "uuid" || Fold("ÄbC") != "Äbc" {
		t.Error("names are not brought into their first spelling")
	}
}
