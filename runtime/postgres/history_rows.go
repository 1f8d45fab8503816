package postgres

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
)

// insert adds the rows of migrations that begin. A history of an earlier version may have no column for the module, which is then not known.
func insert(table string, records ...migrate.Record) string {
	const started = "pg_catalog.clock_timestamp()"
	columns, values := rowValues(records)
	rows := make([]string, len(records))
	for i := range records {
		row := make([]string, len(values), len(values)+1)
		for k := range values {
			row[k] = values[k][i]
		}
		rows[i] = "(" + strings.Join(append(row, started), ", ") + ")"
	}
	return "INSERT INTO " + table + " (" + columns + ", started) VALUES " + strings.Join(rows, ", ")
}

// rowValues returns the columns that a record fills, and the values of each.
func rowValues(records []migrate.Record) (columns string, values [][]string) {
	columns = `"set", name, hash, digest, state, stage, cursor, tool`
	of := []func(migrate.Record) string{
		func(r migrate.Record) string { return safe(r.Set) }, func(r migrate.Record) string { return safe(r.Name) },
		func(r migrate.Record) string { return safe(r.Hash) }, func(r migrate.Record) string { return safe(r.Digest) },
		func(r migrate.Record) string { return safe(string(r.State)) }, func(r migrate.Record) string { return strconv.Itoa(r.Stage) },
		func(r migrate.Record) string { return safeOrNull(r.Cursor) }, func(r migrate.Record) string { return safe(r.Tool) },
	}
	if slices.ContainsFunc(records, func(r migrate.Record) bool { return r.Module != "" }) {
		columns += ", module"
		of = append(of, func(r migrate.Record) string { return safeOrNull(r.Module) })
	}
	for _, value := range of {
		all := make([]string, len(records))
		for i, r := range records {
			all[i] = value(r)
		}
		values = append(values, all)
	}
	return columns, values
}

// done adds the rows of migrations that have begun and ended in the transaction, which is as long as all of them have taken. What is the same in all rows stands there once: a
// new connection takes as long to read the expressions of ten rows as to make a table.
func (s *session) done(all []migrate.Work) string {
	records := make([]migrate.Record, len(all))
	for i, work := range all {
		records[i] = work.Before[0].Record
		records[i].State = work.After[0].Record.State
	}
	columns, values := rowValues(records)
	one := make([]string, len(values))
	var names []string
	rows := make([][]string, len(all))
	for i, v := range values {
		if one[i] = v[0]; !slices.ContainsFunc(v, func(other string) bool { return other != v[0] }) {
			continue
		}
		one[i] = "v" + strconv.Itoa(i)
		names = append(names, one[i])
		for k := range rows {
			rows[k] = append(rows[k], v[k])
		}
	}
	sql := "INSERT INTO " + s.table() + " (" + columns + ", started, finished, duration_ms) "
	row := strings.Join(one, ", ") + ", " + s.times(len(all))
	if len(names) == 0 {
		return sql + "VALUES (" + row + ")"
	}
	lists := make([]string, len(rows))
	for k, v := range rows {
		lists[k] = "(" + strings.Join(v, ", ") + ")"
	}
	return sql + "SELECT " + row + " FROM (VALUES " + strings.Join(lists, ", ") + ") AS r(" + strings.Join(names, ", ") + ")"
}

// times returns when one of n migrations of a transaction began and ended, of which each has its part, and how many milliseconds that is. PostgreSQL has these functions
// behind the operators, of which it has a great many, and to look through them takes it longer than to add the rows.
func (s *session) times(n int) string {
	const now, began = "pg_catalog.clock_timestamp()", "pg_catalog.transaction_timestamp()"
	took := "(" + now + " - " + began + ")"
	if !s.engine.traits().plain {
		return fmt.Sprintf("%s, %s + %s / %d, (EXTRACT(epoch FROM %s) * 1000 / %d)::bigint", began, began, took, n, took, n)
	}
	took = "pg_catalog.timestamptz_mi(" + now + ", " + began + ")"
	finished := now
	if n > 1 {
		finished = fmt.Sprintf("pg_catalog.timestamptz_pl_interval(%s, pg_catalog.interval_div(%s, %d))", began, took, n)
	}
	return fmt.Sprintf("%s, %s, pg_catalog.date_part('epoch', pg_catalog.interval_div(%s, %d / 1000.0))", began, finished, took, n)
}

// beginAll claims all migrations of a transaction in one statement: a statement for each row takes longer than a small migration. What each
// row says in the end is there from the beginning, since nobody sees it before the commit.
func (s *session) beginAll(all []migrate.Work) string {
	var rows []migrate.Record
	for _, work := range all {
		for _, m := range append(work.Before[:len(work.Before):len(work.Before)], work.After...) {
			if m.Kind == migrate.MarkBegin {
				rows = append(rows, m.Record)
			}
		}
	}
	return insert(s.table(), rows...)
}

// finishAll completes them. How long each one took is not known where they are one string: each has its part. The rows are those of one set nearly always, and
// a list of names takes the server half as long as a join with values.
func (s *session) finishAll(all []migrate.Work) string {
	type group struct {
		set   string
		state migrate.State
	}
	var groups []group
	names := map[group][]string{}
	for _, work := range all {
		for _, m := range work.After {
			if m.Kind == migrate.MarkFinish {
				g := group{m.Record.Set, m.Record.State}
				if names[g] == nil {
					groups = append(groups, g)
				}
				names[g] = append(names[g], safe(m.Record.Name))
			}
		}
	}
	const took = "(pg_catalog.clock_timestamp() - started)"
	n := strconv.Itoa(len(all))
	updates := make([]string, len(groups))
	for i, g := range groups {
		updates[i] = "UPDATE " + s.table() + " SET state = " + safe(string(g.state)) + ", finished = started + " + took + " / " + n + ", duration_ms = (EXTRACT(epoch FROM " + took + ") * 1000 / " + n +
			`)::bigint, cursor = NULL, error = NULL WHERE "set" = ` + safe(g.set) + " AND name IN (" + strings.Join(names[g], ", ") + ")"
	}
	return strings.Join(updates, "\n;\n")
}
