package shell

import "testing"

func TestWord(t *testing.T) {
	for text, want := range map[string]string{
		"backups":          "backups",
		"/var/b-1.2/x@y":   "/var/b-1.2/x@y",
		"a copy of it":     `"a copy of it"`,
		"it's":             `"it's"`,
		`costs $5 "or" so`: `'costs $5 "or" so'`,
		"it's `this`":      "'it'\\''s `this`'",
		"eu-*":             `"eu-*"`,
		"":                 `""`,
		"ünï":              `"ünï"`,
	} {
		if got := Word(text); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}
