package lint

import (
	"slices"
	"testing"
)

// A statement is found where the database has one, and nowhere in a string, a comment or a name.
func TestSplit(t *testing.T) {
	for _, c := range []struct {
		sql     string
		dropped []string // the table of each DROP TABLE, "" for another statement
	}{
		{"SELECT 1; DROP TABLE users", []string{"", "users"}},
		{`SELECT E'it\'s; DROP TABLE users'`, []string{""}},
		{`SELECT E'\''; DROP TABLE users`, []string{"", "users"}},
		{`SELECT 'a\'; DROP TABLE users`, []string{"", "users"}},
		{"/* a /* b */ DROP TABLE users; */ SELECT 1", []string{""}},
		{"/* a /* b */ DROP TABLE users", []string{"users"}},
		{"SELECT $$; DROP TABLE users; $$", []string{""}},
		{"SELECT a$b$; DROP TABLE users; SELECT $b", []string{"", "users", ""}},
		{"SELECT $1; DROP TABLE users; SELECT $1", []string{"", "users", ""}},
		{"DROP TABLE `users`", []string{"users"}},
		{"DROP TABLE [users]; SELECT ARRAY[1; 2]", []string{"users", "", ""}},
		{"CREATE TRIGGER t AFTER INSERT ON a BEGIN DELETE FROM b; DELETE FROM c; END; DROP TABLE public.users", []string{"", "users"}},
	} {
		var got []string
		for _, s := range split(c.sql, 0) {
			names, ok := s.match("DROP TABLE *")
			if !ok {
				names = []string{""}
			}
			got = append(got, names...)
		}
		if !slices.Equal(got, c.dropped) {
			t.Errorf("%s: got %q, want %q", c.sql, got, c.dropped)
		}
	}
}
