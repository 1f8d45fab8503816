package psql

import (
	"fmt"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/gen/sqlscript"
	"github.com/modelgen/modelgen/internal/sqllex"
)

// there is a condition: a migration is applied, or all that it stands for, or one that stands for it.
func there(set string, r sqlscript.Row) string {
	names := append([]string{r.Name}, r.By...)
	sql := fmt.Sprintf("EXISTS (SELECT FROM %s WHERE \"set\" = %s AND name IN %s AND state IN ('done', 'faked'))", historyTable, text(set), list(names))
	if len(r.Replaces) > 0 {
		sql = "(" + sql + " OR " + whole(set, r.Replaces) + ")"
	}
	return sql
}

// whole is a condition: all of them are applied.
func whole(set string, rows []sqlscript.Row) string {
	var plain, all []string
	for _, r := range rows {
		if len(r.Replaces) == 0 {
			plain = append(plain, r.Name)
			continue
		}
		r.By = nil
		all = append(all, there(set, r))
	}
	if len(plain) > 0 {
		all = append(all, fmt.Sprintf("(SELECT count(*) = %d FROM %s WHERE \"set\" = %s AND name IN %s AND state IN ('done', 'faked'))", len(plain), historyTable, text(set), list(plain)))
	}
	return strings.Join(all, " AND ")
}

// everyRow returns those whose hash is known, each once.
func everyRow(rows []sqlscript.Row) (all []sqlscript.Row) {
	for _, r := range rows {
		for _, x := range append([]sqlscript.Row{r}, everyRow(r.Replaces)...) {
			if x.Hash != "" && !slices.ContainsFunc(all, func(o sqlscript.Row) bool { return o.Name == x.Name }) {
				all = append(all, x)
			}
		}
	}
	return all
}

func list(names []string) string {
	all := make([]string, len(names))
	for i, n := range names {
		all[i] = text(n)
	}
	return "(" + strings.Join(all, ", ") + ")"
}

func text(s string) string { return sqllex.QuoteString(s) }
