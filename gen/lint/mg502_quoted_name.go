package lint

import (
	"slices"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
)

var mg502 = Check{
	Code: "MG502", Title: "a name needs quotes", Severity: Note,
	Breaks: "SQL that people write by hand does not find the table or column without quotes, or means something else",
	When:   "the name has capitals, blanks or signs, or is a word of SQL such as user or order",
	Safe:   "choose a name of small letters, digits and underscores that is no word of SQL",
	run: func(p *pass) {
		e := p.effects()
		if e.Unknown {
			return
		}
		for _, r := range e.Renames {
			r.From.Name = r.To
			e.Makes = append(e.Makes, r.From)
		}
		for _, o := range e.Makes {
			switch o.Kind {
			case migrate.TableObject:
				p.quoted("table", o.Name)
			case migrate.ColumnObject:
				p.quoted("column", o.String())
			}
		}
	},
}

func (p *pass) quoted(what, name string) {
	own := name[strings.LastIndexByte(name, '.')+1:]
	plain := strings.Trim(own, "abcdefghijklmnopqrstuvwxyz0123456789_") == "" && own != "" && (own[0] < '0' || own[0] > '9')
	if !plain || slices.ContainsFunc(p.in.Targets, func(t Target) bool { return slices.Contains(t.Dialect.ReservedWords, own) }) {
		p.report("%s %s needs quotes in SQL", what, name)
	}
}
