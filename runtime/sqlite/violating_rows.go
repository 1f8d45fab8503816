package sqlite

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/internal/rowkeys"
	"github.com/modelgen/modelgen/runtime/schema"
)

// What is in the rows that is bound to make a migration fail is looked for before it begins, and told by the number of rows and the primary keys
// of some, never by other values.

const someRows = 5 // how many are named

// look is one such question of an op.
type look struct {
	cause string // of the op
	ask   func(ctx context.Context, tx migrate.Tx) string
	ahead bool // an earlier stage may do what the op says, as one that adds a column with its foreign key
}

// foresee keeps what can be asked of the rows for an op, as long as the ops before it leave them as they are.
func (p *planner) foresee(op migrate.Op) {
	defer p.given(op)
	if o, is := op.(migrate.AddForeignKey); is {
		if ask := p.filledOrphans(o); ask != nil {
			p.looks = append(p.looks, look{op.Describe(), ask, true})
			return
		}
	}
	start := p.start
	if start == nil {
		start = p.before
	}
	found, ok := untouched(start, p.steps)
	if !ok {
		return
	}
	if ask := asks(found, p.before, op); ask != nil {
		p.looks = append(p.looks, look{op.Describe(), ask, false})
	}
}

// untouched returns the tables that are there before the migration, by the names that they have after its first steps and with those columns alone that
// still have their names and values. It reports false where the steps may have changed any row.
func untouched(start *schema.Schema, steps []step) (map[string]*schema.Table, bool) {
	found := map[string]*schema.Table{}
	for i := range start.Tables {
		found[start.Tables[i].Name] = start.Tables[i]
	}
	without := func(table string, columns ...string) {
		t := found[table]
		if t == nil {
			return
		}
		t = t.Clone()
		for _, c := range t.Columns {
			if len(schema.ExprColumns(c.Generated, columns)) > 0 {
				columns = append(columns, c.Name)
			}
		}
		t.Columns = slices.DeleteFunc(t.Columns, func(c schema.Column) bool { return slices.Contains(columns, c.Name) })
		found[table] = t
	}
	for _, s := range steps {
		switch o := s.op.(type) {
		case migrate.CreateTable:
			delete(found, o.Table)
		case migrate.DropTable:
			delete(found, o.Table)
		case migrate.RenameTable:
			found[o.To] = found[o.From]
			delete(found, o.From)
		case migrate.AddColumn:
			without(o.Table, o.Column.Def().Name)
		case migrate.DropColumn:
			without(o.Table, o.Column.Def().Name)
		case migrate.RenameColumn:
			without(o.Table, o.From, o.To)
		case migrate.AlterColumn:
			if from, to := o.From.Def(), o.To.Def(); from.Type != to.Type || from.Collate != to.Collate || o.Using != "" {
				without(o.Table, to.Name)
			}
		case migrate.RenameConstraint, migrate.RenameIndex:
		default:
			if e := o.Effects(); e.Rows || e.Unknown || len(e.Renames) > 0 {
				return nil, false
			}
		}
	}
	return found, true
}

// asks returns the question of an op; nil is none. What it is about must be in the database already: in double quotes, SQLite takes the name of a
// column that is not there for a text.
func asks(found map[string]*schema.Table, before *schema.Schema, op migrate.Op) func(context.Context, migrate.Tx) string {
	t := func(name string) *schema.Table { return found[name] }
	switch o := op.(type) {
	case migrate.AddUnique:
		return duplicates(t(o.Table), o.Unique.Columns, "")
	case migrate.AddPrimaryKey:
		return duplicates(t(o.Table), o.PrimaryKey.Columns, "")
	case migrate.CreateIndex:
		var columns []string
		for _, part := range o.Index.Parts {
			columns = append(columns, part.Column) // "" of an expression is no column of the table
		}
		if !o.Index.Unique {
			return nil
		}
		if o.Index.Where == "" {
			return duplicates(t(o.Table), columns, "")
		}
		if where := condition(t(o.Table), inIndex, o.Index.Where, o.Index.Name); where != "" {
			return duplicates(t(o.Table), columns, where)
		}
	case migrate.AddCheck:
		if where := condition(t(o.Table), inCheck, o.Check.Expr, o.Check.Name); where != "" {
			return picked(t(o.Table), "NOT ("+where+")", "break the check "+o.Check.Expr+"; correct them")
		}
	case migrate.AddForeignKey:
		if fk := o.ForeignKey; t(fk.RefTable) == nil && before.Table(fk.RefTable) != nil && hasAll(t(o.Table), fk.Columns) { // it is made by an op before, and empty
			return picked(t(o.Table), referring(fk), "refer to rows of "+fk.RefTable+", which comes back without any; take the values out of them")
		}
		return orphans(t(o.Table), t(o.ForeignKey.RefTable), o.ForeignKey)
	case migrate.AlterColumn:
		from, to := o.From.Def(), o.To.Def()
		if from.Nullable && !to.Nullable && o.Using == "" && !to.HasDefault(name) && t(o.Table) != nil && t(o.Table).Column(from.Name) != nil {
			return picked(t(o.Table), "r."+quote(from.Name)+" IS NULL", "hold NULL in "+from.Name+"; give them a value first, with Fill or SQL")
		}
	case migrate.AddColumn:
		c := o.Column.Def()
		if c.Nullable || c.Identity || c.Generated != "" || c.HasDefault(name) || t(o.Table) == nil {
			return nil
		}
		return picked(t(o.Table), "TRUE", migrate.NoValue(o.Table, c.Name))
	}
	return nil
}

// condition writes an expression over a table for SQLite, "" where it mentions anything that is not a column of it.
func condition(t *schema.Table, where place, expr, object string) string {
	if t == nil || len(schema.UnknownNames(expr, t.ColumnNames())) > 0 {
		return ""
	}
	sql, err := translate(where, expr, t, object)
	if err != nil {
		return ""
	}
	return sql
}

func hasAll(t *schema.Table, columns []string) bool {
	return t != nil && len(columns) > 0 && !slices.ContainsFunc(columns, func(c string) bool { return t.Column(c) == nil })
}

// duplicates names rows that share a key which is to be unique. NULLs differ.
func duplicates(t *schema.Table, columns []string, where string) func(context.Context, migrate.Tx) string {
	if !hasAll(t, columns) {
		return nil
	}
	var conditions, parts []string
	if where != "" {
		conditions = append(conditions, "("+where+")")
	}
	for _, c := range columns {
		conditions = append(conditions, quote(c)+" IS NOT NULL")
		parts = append(parts, quote(c))
	}
	all := strings.Join(parts, ", ")
	from := "(SELECT *, count(*) OVER (PARTITION BY " + all + ") AS modelgen_n FROM " + quote(t.Name) + " WHERE " + strings.Join(conditions, " AND ") + ")"
	return named(t, from, "r.modelgen_n > 1", "share their ("+strings.Join(columns, ", ")+") with another one; correct them")
}

// orphans names rows that refer to rows that are not there.
func orphans(t, parent *schema.Table, fk schema.ForeignKey) func(context.Context, migrate.Tx) string {
	if !hasAll(t, fk.Columns) || !hasAll(parent, fk.RefColumns) {
		return nil
	}
	return picked(t, orphaned(parent, fk), "refer to rows of "+fk.RefTable+" that are not there; correct them")
}

// orphaned is the condition of rows that refer to one that is not there.
func orphaned(parent *schema.Table, fk schema.ForeignKey) string {
	var same []string
	for i, c := range fk.Columns {
		same = append(same, "x."+quote(fk.RefColumns[i])+" = r."+quote(c))
	}
	return referring(fk) + " AND NOT EXISTS (SELECT 1 FROM " + quote(parent.Name) + " AS x WHERE " + strings.Join(same, " AND ") + ")"
}

// referring is the condition of rows that refer to one.
func referring(fk schema.ForeignKey) string {
	set := make([]string, len(fk.Columns))
	for i, c := range fk.Columns {
		set[i] = "r." + quote(c) + " IS NOT NULL"
	}
	return strings.Join(set, " AND ")
}

// picked names rows of a table that a condition picks. Columns of the table go by r.
func picked(t *schema.Table, condition, what string) func(context.Context, migrate.Tx) string {
	if t == nil {
		return nil
	}
	return named(t, quote(t.Name), condition, what)
}

// named counts rows and names some by their key: "3 rows (id 7, 8, 9)". When it cannot be asked, nothing is said.
func named(t *schema.Table, from, condition, what string) func(context.Context, migrate.Tx) string {
	from += " AS r WHERE " + condition
	var key, shown []string
	if t.PrimaryKey != nil {
		for _, c := range t.PrimaryKey.Columns {
			key, shown = append(key, "r."+quote(c)), append(shown, "CAST(r."+quote(c)+" AS TEXT)")
		}
	}
	return func(ctx context.Context, tx migrate.Tx) string {
		var n int64
		if tx.QueryRowContext(ctx, "SELECT count(*) FROM "+from).Scan(&n) != nil || n == 0 {
			return ""
		}
		text := rowCount(n)
		if len(key) == 0 || rowkeys.Hidden(ctx) {
			return text + " " + what
		}
		found, err := tx.QueryContext(ctx, fmt.Sprintf("SELECT %s FROM %s ORDER BY %s LIMIT %d", strings.Join(shown, " || '/' || "), from, strings.Join(key, ", "), someRows))
		if err != nil {
			return text + " " + what
		}
		defer found.Close()
		var some []string
		for found.Next() {
			var k *string
			if found.Scan(&k) == nil && k != nil {
				some = append(some, *k)
			}
		}
		if found.Err() != nil || len(some) == 0 {
			return text + " " + what
		}
		more := ""
		if n > int64(len(some)) {
			more = " and more"
		}
		return text + " (" + strings.Join(t.PrimaryKey.Columns, "/") + " " + strings.Join(some, ", ") + more + ") " + what
	}
}

// askedBefore gives the stages their questions: each the stage that does what its op says.
func (p *planner) askedBefore(stages []migrate.Stage) {
	asked := map[int][]look{}
	for _, l := range p.looks {
		i := slices.IndexFunc(stages, func(st migrate.Stage) bool { return st.Cause == l.cause })
		if i < 0 {
			i = slices.IndexFunc(stages, func(st migrate.Stage) bool { return strings.Contains(st.Cause, l.cause) })
		}
		if i < 0 && l.ahead {
			i = len(stages) - 1
		}
		if i < 0 {
			continue
		}
		asked[i] = append(asked[i], l)
	}
	for i, looks := range asked {
		stages[i].Check = func(ctx context.Context, tx migrate.Tx) error {
			var all []error
			for _, l := range looks {
				if what := l.ask(ctx, tx); what != "" {
					all = append(all, &migrate.StatementError{Cause: l.cause, Err: errors.New(what)})
				}
			}
			return errors.Join(all...)
		}
	}
}
