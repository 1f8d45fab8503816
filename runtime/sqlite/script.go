package sqlite

import (
	"fmt"
	"slices"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// Fail returns statements that fail with the message when the SQL condition is true; "" is always. They are for scripts, where nobody looks
// at what a query returns. SQLite has RAISE in triggers only, but it tells the name of a check.
func (Dialect) Fail(message, when string) []migrate.Statement {
	if when == "" {
		when = "1"
	}
	return fail([]string{message}, "SELECT "+when)
}

// fail makes a table that takes nothing but zeros, one column for each message, and puts what the query returns into it.
func fail(messages []string, query string) []migrate.Statement {
	const table = `"modelgen_check"`
	columns := make([]string, len(messages))
	for i, m := range messages {
		columns[i] = fmt.Sprintf("c%d CONSTRAINT %s CHECK (c%[1]d = 0)", i+1, quote(strings.ReplaceAll(m, "\n", " ")))
	}
	out := statements("CREATE TEMP TABLE "+table+" (\n  "+strings.Join(columns, ",\n  ")+"\n)", "INSERT INTO temp."+table+" "+query, "DROP TABLE temp."+table)
	out[0].Comment = "the next statement fails, and tells the name of the check, unless everything is 0"
	return out
}

// byHand fails where prepare would, as far as that can be said in SQL: constraints that were added by hand cannot be told from others.
func (w *swap) byHand() []migrate.Statement {
	list := func(names []string) string {
		all := make([]string, len(names))
		for i, n := range names {
			all[i] = text(n)
		}
		return "(" + strings.Join(all, ", ") + ")"
	}
	out := fail([]string{
		"table " + w.old + " has other columns than those that migrations made; look at them with verify",
		"table " + w.old + " has an index or a trigger that no migration made, and that would go with the old table; let the program run the migration, with up",
	}, "SELECT\n"+
		"  (SELECT count(*) <> "+fmt.Sprint(len(w.columns))+" OR total(name COLLATE NOCASE NOT IN "+list(w.columns)+") > 0 FROM pragma_table_xinfo("+text(w.old)+")),\n"+
		"  (SELECT count(*) FROM sqlite_master WHERE tbl_name = "+text(w.old)+" COLLATE NOCASE AND type IN ('index', 'trigger') AND sql IS NOT NULL"+
		" AND name NOT IN "+list(slices.Concat(w.indexes, w.triggers))+")")
	if len(w.probes) == 0 {
		return out
	}
	var messages, counts []string
	for _, p := range w.probes {
		messages = append(messages, w.old+"."+p.column+": rows "+p.problem+"; "+p.remedy)
		counts = append(counts, "count(CASE WHEN "+p.condition+" THEN 1 END)")
	}
	return append(out, fail(messages, w.query(counts))...)
}

// arrived fails where compare would.
func (w *swap) arrived() []migrate.Statement {
	messages := []string{"table " + w.old + ": not every row was copied"}
	counts := []string{"(SELECT count(*) FROM " + quote(w.old) + ") <> count(*)"}
	for _, c := range w.checks {
		messages = append(messages, w.old+"."+c.column+": rows cannot be converted to "+c.to+" without loss; change them first, or say how in Using of AlterColumn")
		counts = append(counts, "count(CASE WHEN typeof("+quote(c.column)+") NOT IN ("+c.types+", 'null') THEN 1 END)")
	}
	return fail(messages, "SELECT "+strings.Join(counts, ", ")+" FROM "+quote(w.new))
}

// dual returns the names of the triggers of dual writes, and the statements that make them again. With the declared ones they are all that a script can know of.
func (w *swap) dual(d ddl, old *schema.Table) (again []string, err error) {
	for _, x := range old.DualWrites {
		triggers, err := d.dualTriggers("", migrate.NewAddDualWrite(d.t.Name, x))
		if err != nil {
			return nil, err
		}
		w.triggers = append(w.triggers, x.Name+"_insert", x.Name+"_update")
		again = append(again, triggers...)
	}
	return again, nil
}
