package migrate

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/modelgen/modelgen/runtime/schema"
)

// RowsSQL is how a dialect writes what is in [Rows].
type RowsSQL struct {
	Name  func(table string) string
	Ident func(column string) string
	Value func(c schema.Column, v any) (string, error) // a constant of the type of the column
	Same  func(c schema.Column, value string) string   // the column has the value, NULL included
	Lock  string                                       // what a query ends with that keeps its rows as they are, "" where a transaction that writes is alone
}

// RowStatement changes one row.
type RowStatement struct {
	Lock   string     // a query that keeps the row as it is, or ""
	Before []RowCheck // looked at before
	SQL    string     // INSERT ... WHERE NOT EXISTS, UPDATE or DELETE
	Known  string     // a query that counts the rows with its key
	There  string     // a query that counts the rows that are as an insert is to make them, or as an update or delete is to find them
	Insert bool
	Refuse string // what to say when the statement finds another row than it should
}

// NothingRun is what stages of a [Rows] without statements say.
const NothingRun = "nothing is run: the schema no longer has these rows, or values of them"

// RowCheck is a query that counts what must not be there.
type RowCheck struct {
	Count  string
	Refuse string
}

// Statements returns what the op does, row by row, on a table of the schema s.
func (o Rows) Statements(s *schema.Schema, w RowsSQL) ([]RowStatement, error) {
	t := s.Table(o.Table)
	if t == nil {
		return nil, nil // which Apply reports
	}
	table := w.Name(o.Table)
	var problems []error
	told := map[string]bool{}
	// each writes something for each column of a row, in the order of the table.
	each := func(values Values, write func(c schema.Column, value string) string) (all []string) {
		for _, c := range t.Columns {
			v, ok := values[c.Name]
			if !ok {
				continue
			}
			sql, err := w.Value(c, v)
			if err != nil && !told[err.Error()] {
				told[err.Error()] = true
				problems = append(problems, err)
			}
			all = append(all, write(c, sql))
		}
		return all
	}
	same := func(values ...Values) string {
		all := Values{}
		for _, v := range values {
			maps.Copy(all, v)
		}
		return strings.Join(each(all, func(c schema.Column, value string) string {
			if slices.Contains(o.Key, c.Name) { // which is never NULL, and has an index
				return w.Ident(c.Name) + " = " + value
			}
			return w.Same(c, value)
		}), " AND ")
	}
	keyOf := func(values Values) string {
		key := Values{}
		for _, c := range o.Key {
			key[c] = values[c]
		}
		return same(key)
	}
	refusal := func(part string, i int, why string) string {
		return fmt.Sprintf("%s of %s, which is known by %s, %s", rowName(part, i), o.Table, strings.Join(o.Key, ", "), why)
	}
	const changed = "is not there with the old values that the migration names: somebody has changed it; nothing was written over: make it what the migration expects, or change the step, and run it again"
	count := "SELECT count(*) FROM " + table + " WHERE "
	var all []RowStatement
	for i, r := range o.Delete {
		st := RowStatement{SQL: "DELETE FROM " + table + " WHERE " + same(r), Known: count + keyOf(r), There: count + same(r), Refuse: refusal("Delete", i, changed)}
		for _, q := range o.referring(s, w, keyOf(r)) {
			q.Refuse = refusal("Delete", i, q.Refuse)
			st.Before = append(st.Before, q)
		}
		if w.Lock != "" && len(st.Before) > 0 {
			st.Lock = "SELECT 1 FROM " + table + " WHERE " + keyOf(r) + w.Lock
		}
		all = append(all, st)
	}
	for i, u := range o.Update {
		if len(u.To) == 0 {
			continue // what is there is about to go
		}
		set := each(u.To, func(c schema.Column, value string) string { return w.Ident(c.Name) + " = " + value })
		was := maps.Clone(u.From)
		maps.DeleteFunc(was, func(c string, _ any) bool { _, ok := u.To[c]; return !ok })
		found := same(u.Key, was)
		all = append(all, RowStatement{SQL: "UPDATE " + table + " SET " + strings.Join(set, ", ") + " WHERE " + found, Known: count + keyOf(u.Key), There: count + found, Refuse: refusal("Update", i, changed)})
	}
	for i, r := range o.Insert {
		columns := each(r, func(c schema.Column, _ string) string { return w.Ident(c.Name) })
		values := each(r, func(_ schema.Column, value string) string { return value })
		all = append(all, RowStatement{
			SQL:   "INSERT INTO " + table + " (" + strings.Join(columns, ", ") + ") SELECT " + strings.Join(values, ", ") + " WHERE NOT EXISTS (SELECT 1 FROM " + table + " WHERE " + keyOf(r) + ")",
			Known: count + keyOf(r), There: count + same(r), Insert: true,
			Refuse: refusal("Insert", i, "is there already with other values than the migration names; nothing was written over: make them the same, or change the step, and run it again"),
		})
	}
	return all, errors.Join(problems...)
}

// referring counts the rows that would go or lose a value with a row that is deleted.
func (o Rows) referring(s *schema.Schema, w RowsSQL, key string) (all []RowCheck) {
	for _, other := range s.Tables {
		for _, fk := range other.ForeignKeys {
			if fk.RefTable != o.Table || !slices.Contains([]schema.Action{schema.Cascade, schema.SetNull, schema.SetDefault}, fk.OnDelete) {
				continue
			}
			var mine, theirs, to []string
			for i, c := range fk.Columns {
				mine, theirs = append(mine, "modelgen_other."+w.Ident(c)), append(theirs, w.Ident(fk.RefColumns[i])+" AS modelgen_ref"+strconv.Itoa(i))
				to = append(to, mine[i]+" = modelgen_gone.modelgen_ref"+strconv.Itoa(i))
			}
			all = append(all, RowCheck{
				Count: "SELECT count(*) FROM " + w.Name(other.Name) + " AS modelgen_other, (SELECT " + strings.Join(theirs, ", ") + " FROM " + w.Name(o.Table) + " WHERE " + key + ") AS modelgen_gone WHERE " + strings.Join(to, " AND "),
				Refuse: fmt.Sprintf("is one to which rows of %s refer (%s), and foreign key %s would change or delete them; nothing was deleted: change what they refer to first",
					other.Name, strings.Join(fk.Columns, ", "), fk.Name),
			})
		}
	}
	return all
}

// RunRows carries out the statements. Its error for rows that are not as the op says is a [StatementError], without their values.
func RunRows(ctx context.Context, tx Tx, all []RowStatement) error {
	for _, st := range all {
		if st.Lock != "" {
			if _, err := tx.ExecContext(ctx, st.Lock); err != nil {
				return err
			}
		}
		for _, c := range st.Before {
			var n int64
			if err := tx.QueryRowContext(ctx, c.Count).Scan(&n); err != nil {
				return err
			}
			if n > 0 {
				return &StatementError{Err: errors.New(c.Refuse)}
			}
		}
		done, err := tx.ExecContext(ctx, st.SQL)
		if err != nil {
			return err
		}
		n, err := done.RowsAffected()
		if err != nil {
			return err
		}
		if n == 0 && st.Insert {
			if err := tx.QueryRowContext(ctx, st.There).Scan(&n); err != nil {
				return err
			}
		}
		if n != 1 {
			return &StatementError{Err: errors.New(st.Refuse)}
		}
	}
	return nil
}

// ValueText returns a constant of [Values] as the text of a literal. ok is false for what is none: nil, times, slices, numbers that are not finite.
func ValueText(v any) (text string, ok bool) {
	switch r := reflect.ValueOf(v); r.Kind() {
	case reflect.String:
		return r.String(), true
	case reflect.Bool:
		return strconv.FormatBool(r.Bool()), true
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return strconv.FormatInt(r.Int(), 10), true
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return strconv.FormatUint(r.Uint(), 10), true
	case reflect.Float32, reflect.Float64:
		f := r.Float()
		return strconv.FormatFloat(f, 'g', -1, r.Type().Bits()), !math.IsNaN(f) && !math.IsInf(f, 0)
	}
	return "", false
}

// valueProblem says why a column cannot have a constant, or "".
func valueProblem(c schema.Column, v any) string {
	switch {
	case c.Generated != "":
		return "is one that the database computes; leave it out"
	case c.Identity:
		return "is one that the database numbers, and would give to another row; leave it out, and let Key be something else"
	case v == nil && !c.Nullable:
		return "is NULL, and the column is NOT NULL"
	case v == nil:
		return ""
	}
	if _, ok := ValueText(v); !ok {
		return fmt.Sprintf("is a %T; it takes strings, booleans, finite numbers and nil", v)
	}
	kind := reflect.TypeOf(v).Kind()
	switch literal := c.Type.Literal(); {
	case literal == schema.BoolLiteral && kind != reflect.Bool:
		return fmt.Sprintf("is a %T, and the column is %s", v, c.Type)
	case literal != schema.BoolLiteral && kind == reflect.Bool, literal != schema.BoolLiteral && literal != schema.NumberLiteral && kind != reflect.String:
		return fmt.Sprintf("is a %T, and the column is %s; write it as a string", v, c.Type)
	}
	return ""
}
