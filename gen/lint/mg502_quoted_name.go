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
		e := p.op.Effects()
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
	if !plain || slices.Contains(sqlWords, own) {
		p.report("%s %s needs quotes in SQL", what, name)
	}
}

// sqlWords are reserved on PostgreSQL and could be the name of something.
var sqlWords = strings.Fields("all analyse analyze and any array as asc asymmetric authorization binary both case cast check collate collation column " +
	"concurrently constraint create cross default deferrable desc distinct do else end except false fetch for foreign freeze from full " +
	"grant group having ilike in initially inner intersect into is isnull join lateral leading left like limit localtime localtimestamp " +
	"natural not notnull null offset on only or order outer overlaps placing primary references returning right select similar some " +
	"symmetric table tablesample then to trailing true union unique user using variadic verbose when where window with")
