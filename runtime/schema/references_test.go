package schema

import (
	"slices"
	"testing"
)

// referencesSchema is a schema with two tables, and columns that are called as the letters before a string are.
func referencesSchema() *Schema {
	return &Schema{Tables: []*Table{
		{Name: "users", Columns: []Column{{Name: "id"}, {Name: "e"}, {Name: "name"}}},
		{Name: "posts", Columns: []Column{{Name: "id"}, {Name: "title"}}},
	}}
}

// SQL is read as the database cuts it into tokens.
func TestReferencesTokens(t *testing.T) {
	for _, c := range []struct {
		sql     string
		tables  []string
		unknown bool
	}{
		{`SELECT E'it\'s', title FROM posts`, []string{"posts"}, false},
		{`SELECT E'\'' || ' FROM users' FROM posts`, []string{"posts"}, false},
		{"SELECT title /* /* FROM users */ , name FROM users */ FROM posts", []string{"posts"}, false},
		{"SELECT title /* /* a */ FROM posts", []string{"posts"}, false},
		{"DO $f$ BEGIN DELETE FROM posts; END $f$", []string{"posts"}, false},
		{"SELECT 'a' FROM posts WHERE title = 'b", []string{"posts"}, true},
		{"SELECT name FROM `users`", []string{"users"}, false},
	} {
		r := referencesSchema().References("", c.sql)
		if !slices.Equal(r.Tables, c.tables) || r.Unknown != c.unknown {
			t.Errorf("%s reads %v, unknown: %v", c.sql, r.Tables, r.Unknown)
		}
	}
}

// A letter before a string is a part of it, and never a column.
func TestRenameColumnInStrings(t *testing.T) {
	const sql = `SELECT e, E'e\'e', $$a$$ FROM users`
	got, err := referencesSchema().RenameColumnIn("", sql, ColumnRef{"users", "e"}, "f")
	if want := `SELECT f, E'e\'e', $$a$$ FROM users`; err != nil || got != want {
		t.Errorf("got %s, %v", got, err)
	}
	if got, err = referencesSchema().RenameColumnIn("", "DO $f$ UPDATE users SET e = 1 $f$", ColumnRef{"users", "e"}, "f"); err != nil || got != "DO $f$ UPDATE users SET f = 1 $f$" {
		t.Errorf("got %s, %v", got, err)
	}
}
