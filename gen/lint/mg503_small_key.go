package lint

import (
	"slices"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

var mg503 = Check{
	Code: "MG503", Title: "a key runs out of numbers", Severity: Note,
	Breaks: "inserts fail when the last number is given: 2147483647 of integer, 32767 of smallint; gaps count too",
	When:   "the database numbers the rows, and the column is narrower than bigint",
	Safe:   "make the field an int64",
	run: func(p *pass) {
		for _, a := range p.newColumns() {
			if c := a.column; c.Identity && !c.Type.Array && (c.Type.Kind == schema.KindInteger || c.Type.Kind == schema.KindSmallInt) {
				p.report("%s.%s is numbered as %s", a.table, c.Name, c.Type)
			}
		}
	},
}

// newColumn is a column that an op makes.
type newColumn struct {
	table  string
	column *schema.Column // must not be changed
}

// newColumns returns the columns that the op makes, with a table or alone, or gives another type.
func (p *pass) newColumns() []newColumn {
	e := p.effects()
	if e.Unknown {
		return nil
	}
	all := make([]newColumn, 0, len(e.New))
	for _, d := range e.New {
		same := func(old migrate.Definition) bool {
			return old.Table == d.Table && old.Column != nil && old.Column.Name == d.Column.Name && old.Column.Type == d.Column.Type
		}
		if d.Column != nil && !slices.ContainsFunc(e.Old, same) {
			all = append(all, newColumn{d.Table, d.Column})
		}
	}
	return all
}
