package bunschema

import (
	"reflect"
	"testing"
)

// The names that bun 1.3 makes.
func TestUnderscore(t *testing.T) {
	for name, want := range map[string]string{
		"HTTPURL": "httpurl", "APIKeyID": "api_key_id", "OAuth2ID": "o_auth2id", "ZIP": "zip", "U8": "u8", "ID": "id", "UserID": "user_id", "CreatedAt": "created_at", "A": "a",
	} {
		if got := Underscore(name); got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
}

// The parts of a tag: commas in brackets and double quotes do not cut, those in single quotes do.
func TestParseTag(t *testing.T) {
	for _, c := range []struct {
		tag, name string
		want      []Option
	}{
		{"", "", nil},
		{"id,pk", "id", []Option{{"pk", "", 3}}},
		{",pk,autoincrement", "", []Option{{"pk", "", 1}, {"autoincrement", "", 4}}},
		{"table:app.orgs,alias:o", "", []Option{{"table", "app.orgs", 0}, {"alias", "o", 15}}},
		{"type:decimal(10,2),notnull", "", []Option{{"type", "decimal(10,2)", 0}, {"notnull", "", 19}}},
		{"unique:a,unique:b", "", []Option{{"unique", "a", 0}, {"unique", "b", 9}}},
		{"default:'a,b'", "", []Option{{"default", "'a", 0}, {"b'", "", 11}}},
		{`unique:"a,b"`, "", []Option{{"unique", "a,b", 0}}},
	} {
		got := ParseTag(c.tag)
		if got.Name != c.name || !reflect.DeepEqual(got.Options, c.want) {
			t.Errorf("%q: got %q, %v", c.tag, got.Name, got.Options)
		}
	}
}
