package cli

import (
	"fmt"
	"slices"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/cli/terminal"
	"github.com/modelgen/modelgen/runtime/internal/badge"
)

// shown reports whether stdout is looked at by a person: a plan has badges there, and a sum.
func (c *call) shown() bool { return c.colours[0] || terminal.Is(c.Stdout) }

func badgeStyle(l badge.Level) terminal.Style {
	switch l {
	case badge.Note:
		return terminal.Cyan
	case badge.Warning:
		return terminal.Yellow
	case badge.Error:
		return terminal.Red
	}
	return ""
}

// stageBadges returns the badges of stages of s.
func stageBadges(s migrate.PlannedMigration, stages ...migrate.Stage) []badge.Badge {
	all := badge.Of(stages, func(table string) bool { return slices.Contains(s.Makes, table) })
	for _, st := range stages {
		for _, d := range st.Destroys {
			all = append(all, badge.OfLoss(d))
		}
	}
	return all
}

// badged reports whether a stage that is still to run has a badge about the table, with its size beside it.
func badged(s migrate.PlannedMigration, table string) bool {
	for _, st := range s.Stages[min(s.Done, len(s.Stages)):] {
		for _, b := range stageBadges(s, st) {
			if slices.Contains(b.Tables, table) {
				return true
			}
		}
	}
	return false
}

// badges prints the badges of a stage, and how large the tables are that they are about.
func (c *call) badges(s migrate.PlannedMigration, st migrate.Stage, more []string) {
	var plain, painted, sizes []string
	add := func(style terminal.Style, text string) {
		plain, painted = append(plain, text), append(painted, c.paint(style, text))
	}
	for _, b := range stageBadges(s, st) {
		add(badgeStyle(b.Level), "["+b.Words+"]")
		for _, t := range s.Tables {
			if text := t.Table + ": " + tableText(t); slices.Contains(b.Tables, t.Table) && !slices.Contains(sizes, text) {
				sizes = append(sizes, text)
			}
		}
	}
	for _, text := range slices.Concat(sizes, more) {
		add(terminal.Faint, text)
	}
	const indent = "    "
	width, at := terminal.Width(c.Stdout), 0
	var b strings.Builder
	for i := range plain {
		n := terminal.Columns(plain[i])
		switch {
		case i == 0:
			b.WriteString(indent)
			at = len(indent)
		case width > 0 && at+2+n > width:
			b.WriteString("\n" + indent)
			at = len(indent)
		default:
			b.WriteString("  ")
			at += 2
		}
		b.WriteString(painted[i])
		at += n
	}
	if len(plain) > 0 {
		c.print("%s\n", b.String())
	}
}

// sum prints what a plan comes to.
func (c *call) sum(p *migrate.Plan) {
	var sum badge.Sum
	noun := "migrations"
	if len(p.Steps) == 1 {
		noun = "migration"
	}
	for _, s := range p.Steps {
		for _, tx := range migrate.Transactions(s.Stages[min(s.Done, len(s.Stages)):]) {
			sum.Add(stageBadges(s, tx...))
		}
	}
	c.print("\n%s\n", c.paint(terminal.Bold, terminal.Wrap(fmt.Sprintf("%d %s, %s", len(p.Steps), noun, &sum), terminal.Width(c.Stdout), 4)))
}
