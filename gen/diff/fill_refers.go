package diff

import (
	"strings"

	"github.com/modelgen/modelgen/internal/sqllex"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// fillsRefer refuses a constant for the rows that are there, in a column that refers to a table of declared rows, when it is none of these: the foreign key would find no row.
func (d *differ) fillsRefer() {
	for _, op := range d.ops {
		table, column, value, flag := "", "", "", ""
		switch o := op.(type) {
		case migrate.Fill:
			text, ok := constant(o.Expr)
			if !ok || o.Where != "" {
				continue
			}
			table, column, value, flag = o.Table, o.Column, text, "-fill"
		case migrate.AddColumn:
			c := o.Column.Def()
			if c.Default == nil {
				continue
			}
			table, column, value, flag = o.Table, c.Name, *c.Default, "its default"
		default:
			continue
		}
		t := d.new.Table(table)
		if t == nil {
			continue
		}
		for _, fk := range t.ForeignKeys {
			if len(fk.Columns) == 1 && len(fk.RefColumns) == 1 && fk.Columns[0] == column {
				d.refersTo(flag, table, column, value, fk)
			}
		}
	}
}

func (d *differ) refersTo(flag, table, column, value string, fk schema.ForeignKey) {
	ref := d.new.Table(fk.RefTable)
	if ref == nil || len(ref.Rows.Rows) == 0 {
		return
	}
	var known []string
	for _, r := range ref.Rows.Rows {
		v := r[fk.RefColumns[0]]
		if v == nil || *v == value {
			return
		}
		known = append(known, *v)
	}
	if answer := d.rowsAnswered(d.in.Answers.Keeps, fk.RefTable); answer != "" { // the table has rows of the application
		d.use("-keep " + Quote(answer))
		return
	}
	const most = 5
	listed := strings.Join(known[:min(most, len(known))], ", ")
	if len(known) > most {
		listed += ", ..."
	}
	object := table + "." + column
	d.fail(object, "the rows that are there would get %s (%s) and refer to it, and the declared rows of %s have no %[1]s in %[4]s (they have %[5]s): take one of these, declare that row, or say -keep rows:%[3]s where the application has written it", value, flag, fk.RefTable, fk.RefColumns[0], listed)
}

// constant returns what a literal says, as the rows of a schema have it; ok is false for other SQL.
func constant(expr string) (text string, ok bool) {
	toks := sqllex.Code(expr, sqllex.Any)
	sign := ""
	if len(toks) == 2 && toks[0].Text == "-" {
		sign, toks = "-", toks[1:]
	}
	if len(toks) != 1 {
		return "", false
	}
	switch k := toks[0].Kind; {
	case k == sqllex.String && sign == "" && toks[0].Prefix() == "":
		return toks[0].Value(), true
	case k == sqllex.Number:
		return sign + toks[0].Text, true
	}
	return "", false
}
