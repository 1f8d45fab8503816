// Package rowvalues knows what columns will hold once ops have run, in SQL over the rows as they are before: so that what a foreign key would find can be looked for before anything is
// changed. It knows what is plain: defaults, constants and expressions over columns that no op has changed; it runs nothing.
package rowvalues

import (
	"strings"

	"github.com/modelgen/modelgen/internal/sqllex"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// Values are what is known of columns that earlier ops have added or filled. The zero value knows nothing.
type Values struct {
	known map[string]string // SQL over the row, by table.column
}

// Add notes a new column, which has its default in all rows: SQL of the dialect, "" for none.
func (v *Values) Add(table string, c schema.Column, def string) {
	switch {
	case c.Identity || c.Generated != "" || def != "" && !plain(def):
		v.Forget(table, c.Name)
	case def == "":
		v.put(table, c.Name, "NULL")
	default:
		v.put(table, c.Name, def)
	}
}

// Fill notes a fill, with its expression as the dialect writes it. changed has the columns of the table that earlier ops have changed or added.
func (v *Values) Fill(o migrate.Fill, expr, column string, changed []string) {
	was, added := v.Of(o.Table, o.Column)
	if o.Where != "" || !plain(expr) || len(schema.ExprColumns(expr, changed)) > 0 || !added && len(schema.ExprColumns(column, changed)) > 0 {
		v.Forget(o.Table, o.Column)
		return
	}
	switch {
	case was == "NULL":
		v.put(o.Table, o.Column, "("+expr+")")
	case added:
		v.put(o.Table, o.Column, "COALESCE("+was+", "+expr+")")
	default:
		v.put(o.Table, o.Column, "COALESCE("+column+", "+expr+")")
	}
}

// Of returns what a column will hold. ok is false where no op has added or filled it, or that is not known.
func (v *Values) Of(table, column string) (sql string, ok bool) {
	sql, ok = v.known[table+"."+column]
	return sql, ok
}

// Forget forgets columns of a table, all without any.
func (v *Values) Forget(table string, columns ...string) {
	for _, c := range columns {
		delete(v.known, table+"."+c)
	}
	for key := range v.known {
		if len(columns) == 0 && strings.HasPrefix(key, table+".") {
			delete(v.known, key)
		}
	}
}

func (v *Values) put(table, column, sql string) {
	if v.known == nil {
		v.known = map[string]string{}
	}
	v.known[table+"."+column] = sql
}

// pure are words with brackets behind them that change nothing and give the same for the same row.
var pure = sqllex.Set("CAST COALESCE NULLIF GREATEST LEAST IN AND OR NOT WHEN THEN ELSE CASE LOWER UPPER ABS LENGTH TRIM REPLACE SUBSTR")

// plain reports whether SQL reads nothing but the row, and asks no function that may do anything or give another value the next time.
func plain(sql string) bool {
	toks := sqllex.Code(sql, sqllex.Any)
	for i, t := range toks {
		if t.Is("SELECT", "CURRENT_TIMESTAMP", "CURRENT_DATE", "CURRENT_TIME", "LOCALTIME", "LOCALTIMESTAMP", "CURRENT_USER", "SESSION_USER", "DEFAULT") {
			return false
		}
		if i+1 < len(toks) && toks[i+1].Text == "(" && t.IsName() && (t.Kind == sqllex.Quoted || !pure.Has(strings.ToUpper(t.Text))) {
			return false
		}
	}
	return true
}
