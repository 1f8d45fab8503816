package law

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// howMany rows each table gets. Keys count from 1, so that every reference can be met.
const howMany = 5

type database struct {
	db      *sql.DB
	dialect migrate.Dialect
	m       *migrate.Migrator
	remove  func()
}

func open(ctx context.Context, be Backend, set *migrate.Set) (*database, error) {
	db, dialect, remove, err := be.Open(ctx)
	if err != nil {
		return nil, err
	}
	m, err := migrate.New(db, dialect, set, nil)
	if err != nil {
		remove()
		return nil, err
	}
	return &database{db, dialect, m, remove}, nil
}

func (d *database) close() { d.remove() }

// session lends a session of the dialect.
func (d *database) session(ctx context.Context, use func(migrate.Session) error) error {
	conn, err := d.db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	s, err := d.dialect.Open(ctx, conn, migrate.SessionConfig{History: "modelgen_history", Notify: func(migrate.Event) {}})
	if err != nil {
		return err
	}
	if err := use(s); err != nil {
		return err
	}
	return s.Close(ctx)
}

func (d *database) catalog(ctx context.Context, s *schema.Schema) (facts []string, err error) {
	err = d.session(ctx, func(session migrate.Session) error {
		facts, err = session.Catalog(ctx, s)
		return err
	})
	return facts, err
}

// name quotes the name of a table; both dialects know SQL's own way. search_path finds it.
func name(n string) string { return `"` + strings.ReplaceAll(n, `"`, `""`) + `"` }

// fill puts rows into every table, those that are referred to first.
func (d *database) fill(ctx context.Context, s *schema.Schema) error {
	return d.conn(ctx, func(conn *sql.Conn) error {
		for _, t := range inOrder(s) {
			for row := 1; row <= howMany; row++ {
				var cols, vals []string
				for i, c := range plainColumns(t) {
					cols = append(cols, name(c.Name))
					vals = append(vals, value(c, i, row))
				}
				q := "INSERT INTO " + name(t.Name) + " (" + strings.Join(cols, ", ") + ") VALUES (" + strings.Join(vals, ", ") + ")"
				if _, err := conn.ExecContext(ctx, q); err != nil {
					return fmt.Errorf("%s: %w", q, err)
				}
			}
		}
		return nil
	})
}

// inOrder gives the tables so that those that are referred to come first; in a cycle the order does not matter, as rows only refer
// backwards or to nothing.
func inOrder(s *schema.Schema) []*schema.Table {
	var out []*schema.Table
	seen := map[string]bool{}
	var visit func(t *schema.Table)
	visit = func(t *schema.Table) {
		if seen[t.Name] {
			return
		}
		seen[t.Name] = true
		for _, fk := range t.ForeignKeys {
			visit(s.Table(fk.RefTable))
		}
		out = append(out, t)
	}
	for _, t := range s.Tables {
		visit(t)
	}
	return out
}

// value gives the SQL of a value that meets every key and check that a change may add: row numbers in all integers, other texts in all rows.
func value(c schema.Column, i, row int) string {
	if c.Nullable && (row+i)%4 == 0 && c.Name != "id" {
		return "NULL"
	}
	switch c.Type.Kind {
	case schema.KindBigInt, schema.KindInteger, schema.KindSmallInt:
		return fmt.Sprint(row)
	case schema.KindNumeric:
		return fmt.Sprintf("%d.25", row)
	case schema.KindDouble:
		return fmt.Sprintf("%d.5", row)
	case schema.KindBoolean:
		return map[bool]string{true: "TRUE", false: "FALSE"}[row%2 == 0]
	case schema.KindTimestampTZ:
		return fmt.Sprintf("'2024-01-%02d 10:00:00'", row)
	case schema.KindDate:
		return fmt.Sprintf("'2024-02-%02d'", row)
	case schema.KindBytes:
		return fmt.Sprintf("'b%d'", row)
	case schema.KindUUID:
		return fmt.Sprintf("'00000000-0000-0000-0000-%012d'", row)
	case schema.KindJSONB:
		return fmt.Sprintf(`'{"a": %d}'`, row)
	case schema.KindEnum:
		return map[bool]string{true: "'first'", false: "'second'"}[row%2 == 0]
	}
	return fmt.Sprintf("'it''s %d'", row)
}

// value4 gives SQL that makes a value for rows that have none, another one for each, by their key.
func value4(dialect string, t *schema.Table, column string) string {
	c := t.Column(column)
	switch c.Type.Kind {
	case schema.KindBigInt, schema.KindInteger, schema.KindSmallInt, schema.KindNumeric, schema.KindDouble:
		return "id"
	case schema.KindText, schema.KindVarchar:
		return "'filled ' || id"
	case schema.KindUUID:
		return "CAST('00000000-0000-0000-0001-00000000000' || id AS " + map[bool]string{true: "uuid", false: "text"}[dialect == "postgres"] + ")" // SQLite would make a number of it
	}
	v := *c
	v.Nullable = false
	return value(v, 0, 1)
}

// rows reads every column as text, in the order of the keys.
func (d *database) rows(ctx context.Context, s *schema.Schema) (map[string]map[string][]string, error) {
	out := map[string]map[string][]string{}
	err := d.conn(ctx, func(conn *sql.Conn) error {
		for _, t := range s.Tables {
			out[t.Name] = map[string][]string{}
			for _, c := range t.Columns {
				vals, err := column(ctx, conn, "SELECT CAST("+name(c.Name)+" AS text) FROM "+name(t.Name)+" ORDER BY id")
				if err != nil {
					return err
				}
				out[t.Name][c.Name] = vals
			}
		}
		return nil
	})
	return out, err
}

func column(ctx context.Context, conn *sql.Conn, q string) ([]string, error) {
	rows, err := conn.QueryContext(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", q, err)
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var v sql.NullString
		if err := rows.Scan(&v); err != nil {
			return nil, err
		}
		if !v.Valid {
			v.String = "NULL"
		}
		out = append(out, v.String)
	}
	return out, rows.Err()
}

// empty deletes all rows, those that refer first.
func (d *database) empty(ctx context.Context, s *schema.Schema) error {
	return d.conn(ctx, func(conn *sql.Conn) error {
		order := inOrder(s)
		slices.Reverse(order)
		for range len(order) { // in a cycle the first tries fail
			var last error
			for _, t := range order {
				if _, err := conn.ExecContext(ctx, "DELETE FROM "+name(t.Name)); err != nil {
					last = err
				}
			}
			if last == nil {
				return nil
			}
		}
		return fmt.Errorf("the rows cannot be deleted")
	})
}

func (d *database) conn(ctx context.Context, use func(*sql.Conn) error) error {
	conn, err := d.db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	return use(conn)
}

// lines says what two catalogs differ in.
func lines(want, got []string) string {
	var b strings.Builder
	for _, w := range want {
		if !slices.Contains(got, w) {
			b.WriteString("- " + w + "\n")
		}
	}
	for _, g := range got {
		if !slices.Contains(want, g) {
			b.WriteString("+ " + g + "\n")
		}
	}
	return b.String()
}
