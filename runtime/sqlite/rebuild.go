package sqlite

import (
	"fmt"
	"slices"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// rebuild is a table that gets a new one in its place, once, for all ops on it since begin. What it becomes is the table of the
// schema when it is written; this here knows where the values come from.
type rebuild struct {
	table    string         // its name, in the schema and in the database
	fresh    bool           // made by the same migration and not written yet: there is nothing to copy
	old      *schema.Schema // with the table alone, as it is in the database; and the enums it was made with
	known    []string       // constraints that are in the database already, though their ops are still to come
	origins  []origin
	layers   []layer
	checks   []affinityCheck
	causes   []string
	ops      []migrate.Op // with those causes
	destroys []string
}

// origin is a column as it is in the database.
type origin struct {
	name string // in the database now; columns are renamed there at once, so that views and triggers follow
	as   string // in the innermost SELECT
	dead bool   // dropped, but still there
}

// layer is one SELECT over the one before it. Each sees the names and values that the ops before it have left.
type layer struct {
	alias string // what its source is called, for expressions that say table.column
	cols  []source
}

// source is where a column comes from. A guard is a condition that must not be true for any row.
type source struct {
	name     string
	expr     string
	affinity string // that storing the value would have applied, and a later layer therefore has to; "" for none
	guard    *guard
}

type guard struct{ column, problem, remedy string }

// affinityCheck wants values of a converted column to have arrived as numbers.
type affinityCheck struct {
	column string
	types  string // what typeof may give
	to     string // for the message
}

// begin starts a rebuild of the table of s.
func begin(s *schema.Schema, table string, known []string) *rebuild {
	t := s.Table(table).Clone()
	old := &schema.Schema{Tables: []*schema.Table{t}}
	for _, c := range t.Columns {
		if e := s.Enum(c.Type.Name); c.Type.Kind == schema.KindEnum && e != nil && old.Enum(e.Name) == nil {
			old.PutEnum(e.Clone())
		}
	}
	r := &rebuild{table: table, old: old, known: slices.Clone(known), layers: []layer{{alias: table}}}
	for _, c := range t.Columns {
		r.origins = append(r.origins, origin{name: c.Name, as: c.Name})
		r.layers[0].cols = append(r.layers[0].cols, source{name: c.Name, expr: quote(c.Name)})
	}
	return r
}

func (r *rebuild) top() *layer { return &r.layers[len(r.layers)-1] }

func (r *rebuild) source(column string) *source {
	for i := range r.top().cols {
		if c := &r.top().cols[i]; c.name == column && c.guard == nil {
			return c
		}
	}
	return nil
}

// origin returns the place in origins of a column that is in the database, or -1.
func (r *rebuild) origin(column string) int {
	return slices.IndexFunc(r.origins, func(o origin) bool { return o.name == column && !o.dead })
}

// settle puts another layer on top if needed, in which every column is called by its name and holds what storing it would give.
func (r *rebuild) settle() {
	if slices.ContainsFunc(r.top().cols, func(c source) bool { return c.affinity != "" }) {
		r.push(func(c source) string { return stored(quote(c.name), c.affinity) })
	}
	if r.top().alias != r.table || slices.ContainsFunc(r.top().cols, func(c source) bool { return c.expr != quote(c.name) }) {
		r.push(func(c source) string { return quote(c.name) })
	}
}

func (r *rebuild) push(expr func(source) string) {
	next := layer{alias: r.table}
	for _, c := range r.top().cols {
		next.cols = append(next.cols, source{name: c.name, expr: expr(c), guard: c.guard})
	}
	r.layers = append(r.layers, next)
}

// put gives a column another source.
func (r *rebuild) put(column, expr, declared string) {
	c := r.source(column)
	c.expr, c.affinity = expr, affinityOf(declared)
}

func (r *rebuild) add(column, expr, declared string) {
	c := source{name: column, expr: expr}
	if expr != "NULL" {
		c.affinity = affinityOf(declared)
	}
	r.top().cols = append(r.top().cols, c)
}

func (r *rebuild) drop(column string) {
	if i := r.origin(column); i >= 0 {
		r.origins[i].dead = true
	}
	t := r.top()
	t.cols = slices.DeleteFunc(t.cols, func(c source) bool { return c.name == column && c.guard == nil })
	r.checks = slices.DeleteFunc(r.checks, func(c affinityCheck) bool { return c.column == column })
}

// guards adds a condition over the top layer's source that must not be true for any row.
func (r *rebuild) guards(g guard, condition string) {
	n := 0
	for _, c := range r.top().cols {
		if c.guard != nil {
			n++
		}
	}
	r.top().cols = append(r.top().cols, source{name: fmt.Sprintf("modelgen guard %d", n), expr: condition, guard: &g})
}

// follow computes generated columns again that mention the column, for what reads them before the new table does so itself.
func (r *rebuild) follow(t *schema.Table, column string) error {
	for _, c := range t.Columns {
		if c.Generated == "" || r.source(c.Name) == nil || len(schema.ExprColumns(c.Generated, []string{column})) == 0 {
			continue
		}
		expr, err := translate(inGenerated, c.Generated, t, c.Name)
		if err != nil {
			return err
		}
		declared, err := (ddl{t: t}).declared(c)
		if err != nil {
			return err
		}
		r.settle()
		r.put(c.Name, "("+expr+")", declared)
		if err := r.follow(t, c.Name); err != nil { // one may be computed from another
			return err
		}
	}
	return nil
}

// rename returns the statements that rename a column in the database, if it is there, and follows the new name. A column that goes
// with the rebuild moves away when it has that name.
func (r *rebuild) rename(from, to string) (sql []string, moved map[string]string) {
	moved = map[string]string{}
	if i := r.origin(from); i >= 0 {
		if j := slices.IndexFunc(r.origins, func(o origin) bool { return strings.EqualFold(o.name, to) && o.dead }); j >= 0 {
			away := fmt.Sprintf("modelgen_dropped_%d", j)
			sql = append(sql, "ALTER TABLE "+quote(r.table)+" RENAME COLUMN "+quote(r.origins[j].name)+" TO "+quote(away))
			r.renameOld(r.origins[j].name, away)
			moved[r.origins[j].name] = away
			r.origins[j].name = away
		}
		sql = append(sql, "ALTER TABLE "+quote(r.table)+" RENAME COLUMN "+quote(from)+" TO "+quote(to))
		r.renameOld(from, to)
		r.origins[i].name = to
	}
	if c := r.source(from); c != nil {
		c.name = to
	}
	for i := range r.checks {
		if r.checks[i].column == from {
			r.checks[i].column = to
		}
	}
	if len(r.layers) == 1 && len(sql) > 0 { // nothing depends on the name inside yet
		plain := true
		for _, c := range r.layers[0].cols {
			plain = plain && c.affinity == "" && (c.expr == quote(c.name) || c.name == to)
		}
		if c := r.source(to); plain && c != nil && c.expr == quote(from) {
			i := r.origin(to)
			r.origins[i].as, c.expr = to, quote(to)
			for j := range r.origins { // a dropped column moved out of the way keeps no old name inside
				if r.origins[j].dead {
					r.origins[j].as = r.origins[j].name
				}
			}
		}
	}
	return sql, moved
}

// query returns a SELECT of the given columns over the old table. They are expressions of the top layer.
func (r *rebuild) query(final []string) string { return r.selects(final, "") }

// selects is query with the rowid of the old table before the columns, under the name that it has there; "" leaves it out.
func (r *rebuild) selects(final []string, rowid string) string {
	from := quote(r.table)
	const carried = "modelgen rowid" // through a subquery
	through := func(cols []string) string {
		if rowid != "" {
			cols = append([]string{rowid + " AS " + quote(carried)}, cols...)
			rowid = quote(carried)
		}
		return "(SELECT " + strings.Join(cols, ", ") + " FROM "
	}
	if slices.ContainsFunc(r.origins, func(o origin) bool { return o.as != o.name }) {
		var cols []string
		for _, o := range r.origins { // dropped ones too: what was filled from them before still reads them
			cols = append(cols, quote(o.name)+ifs(o.as != o.name, " AS "+quote(o.as)))
		}
		from = through(cols) + from + ")"
	}
	alias := "" // that from has
	for i, l := range r.read(final) {
		if alias != l.alias {
			from += ifs(from != quote(l.alias), " AS "+quote(l.alias))
			alias = l.alias
		}
		plain := func(c source) bool { return c.expr == quote(c.name) }
		if i == len(r.layers)-1 || alias == r.layers[i+1].alias && !slices.ContainsFunc(l.cols, func(c source) bool { return !plain(c) }) {
			continue // the last one is that of the columns asked for; one that changes nothing may be missing
		}
		var cols []string
		for _, c := range l.cols {
			cols = append(cols, ifs(!plain(c), c.expr+" AS ")+quote(c.name))
		}
		from, alias = through(cols)+from+")", ""
	}
	if rowid != "" {
		final = append([]string{rowid}, final...)
	}
	return "SELECT " + strings.Join(final, ", ") + " FROM " + from
}

// read returns the layers with only those columns that something above them reads: generated ones, say, are computed by the new table.
func (r *rebuild) read(final []string) []layer {
	out := slices.Clone(r.layers)
	above := final
	for i := len(out) - 2; i >= 0; i-- {
		sql := strings.Join(above, " ")
		kept := slices.DeleteFunc(slices.Clone(out[i].cols), func(c source) bool { return !mentions(sql, c.name) })
		if len(kept) == 0 {
			kept = out[i].cols[:1] // a SELECT needs one
		}
		out[i].cols, above = kept, nil
		for _, c := range kept {
			above = append(above, c.expr)
		}
	}
	return out
}

// renameTable returns the statements that rename the table in the database, and follows the new name.
func (r *rebuild) renameTable(to string) []string {
	from := r.table
	r.table = to
	if r.fresh {
		return nil
	}
	t := r.old.Table(from)
	r.old.RemoveTable(from)
	t.Name = to
	r.old.PutTable(t)
	r.parentRenamed(from, to)
	return renameTable(from, to)
}

// parentRenamed follows a table that got another name in the database, and with it the foreign keys that refer to it.
func (r *rebuild) parentRenamed(from, to string) {
	if r.fresh {
		return
	}
	t := r.old.Table(r.table)
	for i := range t.ForeignKeys {
		if t.ForeignKeys[i].RefTable == from {
			t.ForeignKeys[i].RefTable = to
		}
	}
}

// parentColumnRenamed is the same for a column of another table.
func (r *rebuild) parentColumnRenamed(table, from, to string) {
	if r.fresh {
		return
	}
	for _, fk := range r.old.Table(r.table).ForeignKeys {
		if i := slices.Index(fk.RefColumns, from); fk.RefTable == table && i >= 0 {
			fk.RefColumns[i] = to
		}
	}
}

// renameOld follows a column that got another name in the database.
func (r *rebuild) renameOld(from, to string) {
	// It can only fail for names that the op itself was refused for.
	_ = migrate.RenameColumn{Table: r.table, From: from, To: to}.Apply(r.old)
}

// renameTable returns the statements for it. Names that differ in their case alone are one name to SQLite.
func renameTable(from, to string) []string {
	rename := func(from, to string) string {
		return "ALTER TABLE " + quote(from) + " RENAME TO " + quote(to)
	}
	if strings.EqualFold(from, to) {
		between := "modelgen_renamed_" + to
		return []string{rename(from, between), rename(between, to)}
	}
	return []string{rename(from, to)}
}

// newName returns the name of the new table while the old one is still there.
func newName(s *schema.Schema, table string) string {
	n := "modelgen_new_" + table
	for s.Table(n) != nil {
		n += "_"
	}
	return n
}
