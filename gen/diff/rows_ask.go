package diff

import (
	"fmt"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/runtime/schema"
)

// rowsAnswer begins what an answer about the rows of a table is about: -drop rows:currencies.
const rowsAnswer = "rows:"

// askAboutRows asks what becomes of rows that are no longer declared, of tables that stay.
func (d *differ) askAboutRows(t, w *schema.Table) {
	if len(w.Rows.Rows) == 0 {
		return
	}
	object := rowsAnswer + t.Name
	if len(t.Rows.Rows) > 0 && !slices.Equal(t.Rows.Key, w.Rows.Key) {
		d.fail(object, "the rows of %s were known by %s and are known by %s now, so it cannot be said which is which: keep the old key, with key:(...) behind //modelgen:rows; or take //modelgen:rows "+
			"away, generate with -keep %s, and declare the rows again in the migration after that", t.Name, bracketed(w.Rows.Key), bracketed(t.Rows.Key), object)
		return
	}
	var gone []string
	for _, r := range w.Rows.Rows {
		if t.Rows.Find(r) == nil {
			gone = append(gone, w.Rows.Name(r))
		}
	}
	if len(gone) == 0 {
		return
	}
	drop, keep := d.rowsAnswered(d.in.Answers.Drops, t.Name), d.rowsAnswered(d.in.Answers.Keeps, t.Name)
	switch {
	case drop != "" && keep != "":
		d.fail(object, "-drop %s and -keep %s: rows cannot go and stay", drop, keep)
	case drop != "":
		d.use("-drop " + Quote(drop))
	case keep != "":
		d.use("-keep " + Quote(keep))
	default:
		const most = 5
		listed := strings.Join(gone[:min(most, len(gone))], "; ")
		if len(gone) > most {
			listed += fmt.Sprintf(" and %d more", len(gone)-most)
		}
		about := object
		if len(t.Rows.Rows) == 0 {
			about = t.Name // the variable has gone with them
		}
		text := fmt.Sprintf("%d rows of %s are no longer declared (%s): what becomes of them?", len(gone), t.Name, listed)
		if len(gone) == 1 {
			text = fmt.Sprintf("a row of %s is no longer declared (%s): what becomes of it?", t.Name, listed)
		}
		d.ask(about, text, Choice{"deleted, if nobody has changed it", "-drop " + Quote(object)}, Choice{"it stays in the table, as a row of the application", "-keep " + Quote(object)})
	}
}

func bracketed(names []string) string { return "(" + strings.Join(names, ", ") + ")" }

// rowsAnswered returns the answer about rows of a table, by its new or its old name; "" without one.
func (d *differ) rowsAnswered(answers []string, table string) string {
	for _, name := range []string{table, d.pair2old[table]} {
		if name != "" && slices.Contains(answers, rowsAnswer+name) && (name == table || d.free(name)) {
			return rowsAnswer + name
		}
	}
	return ""
}

// checkRowsAnswer refuses an answer about rows that nobody asked for, and reports whether the answer is about rows.
func (d *differ) checkRowsAnswer(flag, object string) bool {
	table, ok := strings.CutPrefix(object, rowsAnswer)
	if !ok {
		return false
	}
	old := d.old.Table(table)
	if old == nil {
		old = d.old.Table(d.pair2old[table])
	}
	switch {
	case d.used[flag+" "+Quote(object)], d.questionsOnly && old != nil:
	case old == nil || len(old.Rows.Rows) == 0:
		d.fail(object, "%s %s: the snapshot has no rows of a table %s%s", flag, object, table, near(table, names(d.old.Tables)))
	default:
		d.fail(object, "%s %s: it is not asked for: the models still declare all rows of %s, or the table goes", flag, object, table)
	}
	return true
}
