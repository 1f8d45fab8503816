package sqllex

import "strings"

// QuoteName writes a name as all databases read it.
func QuoteName(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// QuoteString writes a text as a literal. PostgreSQL reads it so with standard_conforming_strings, which is its default.
func QuoteString(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }
