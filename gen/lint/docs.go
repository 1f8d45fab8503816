package lint

import "strings"

// Markdown returns the table of all checks, as docs/lint.md has it.
func Markdown() string {
	var b strings.Builder
	for _, g := range groups {
		b.WriteString("\n## MG" + g.digit + "xx: " + g.name + "\n\n| code | finds | severity | what breaks | when | the safe way |\n|---|---|---|---|---|---|\n")
		for _, c := range all {
			if c.Code[2:3] != g.digit {
				continue
			}
			cells := []string{c.Code, c.Title, c.Severity.String(), c.Breaks, c.When, c.Safe}
			for i := range cells {
				cells[i] = strings.ReplaceAll(cells[i], "|", `\|`)
			}
			b.WriteString("| " + strings.Join(cells, " | ") + " |\n")
		}
	}
	return b.String()
}
