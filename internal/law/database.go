package law

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/internal/sqllex"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

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

// ownSchema is how the schemas of databases are called, see the test.
var ownSchema = regexp.MustCompile(`\blaw_[0-9]+\.`)

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
		for i := range facts { // a server writes the schema in front of functions
			facts[i] = ownSchema.ReplaceAllString(facts[i], "")
		}
		return err
	})
	return facts, err
}

// name quotes the name of a table; both dialects know SQL's own way. search_path finds it.
func name(n string) string { return sqllex.QuoteName(n) }

// fill puts rows into every table. References are not looked at meanwhile, as they may go round in circles.
func (d *database) fill(ctx context.Context, s *schema.Schema, values *data) error {
	off, on := "PRAGMA foreign_keys = OFF", "PRAGMA foreign_keys = ON"
	if d.dialect.Name() == "postgres" {
		off, on = "SET session_replication_role = replica", "RESET session_replication_role"
	}
	return d.conn(ctx, func(conn *sql.Conn) error {
		if _, err := conn.ExecContext(ctx, off); err != nil {
			return err
		}
		for _, t := range s.Tables {
			for _, row := range values.table(d.dialect.Name(), t) {
				var cols, vals []string
				for _, c := range slices.Sorted(maps.Keys(row)) {
					cols, vals = append(cols, name(c)), append(vals, row[c])
				}
				q := "INSERT INTO " + name(t.Name) + " (" + strings.Join(cols, ", ") + ") VALUES (" + strings.Join(vals, ", ") + ")"
				if _, err := conn.ExecContext(ctx, q); err != nil {
					return fmt.Errorf("%s: %w", q, err)
				}
			}
		}
		_, err := conn.ExecContext(ctx, on)
		return err
	})
}

// rows reads every column as text, in the order of the rows' numbers.
func (d *database) rows(ctx context.Context, s *schema.Schema) (content, error) {
	out := content{}
	err := d.conn(ctx, func(conn *sql.Conn) error {
		for _, t := range s.Tables {
			var cols []string
			for _, c := range t.Columns {
				cols = append(cols, "CAST("+name(c.Name)+" AS text)")
			}
			rows, err := conn.QueryContext(ctx, "SELECT "+strings.Join(cols, ", ")+" FROM "+name(t.Name)+" ORDER BY "+key)
			if err != nil {
				return err
			}
			defer rows.Close()
			out[t.Name] = map[string][]*string{}
			for rows.Next() {
				values, into := make([]*string, len(cols)), make([]any, len(cols))
				for i := range values {
					into[i] = &values[i]
				}
				if err := rows.Scan(into...); err != nil {
					return err
				}
				for i, c := range t.Columns {
					out[t.Name][c.Name] = append(out[t.Name][c.Name], values[i])
				}
			}
			if err := rows.Err(); err != nil {
				return err
			}
		}
		return nil
	})
	return out, err
}

// count counts the rows of a table that meet a condition.
func (d *database) count(ctx context.Context, table, where string) (n int, err error) {
	err = d.conn(ctx, func(conn *sql.Conn) error {
		return conn.QueryRowContext(ctx, "SELECT count(*) FROM "+name(table)+" WHERE "+where).Scan(&n)
	})
	return n, err
}

// empty deletes all rows of the tables that there are.
func (d *database) empty(ctx context.Context) error {
	list := "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT LIKE 'modelgen%'"
	off, on := "PRAGMA foreign_keys = OFF", "PRAGMA foreign_keys = ON"
	if d.dialect.Name() == "postgres" {
		list = "SELECT tablename FROM pg_catalog.pg_tables WHERE schemaname = current_schema() AND tablename NOT LIKE 'modelgen%'"
		off, on = "SET session_replication_role = replica", "RESET session_replication_role"
	}
	return d.conn(ctx, func(conn *sql.Conn) error {
		var names []string
		rows, err := conn.QueryContext(ctx, list)
		if err != nil {
			return err
		}
		for rows.Next() {
			var n string
			if err := rows.Scan(&n); err != nil {
				return err
			}
			names = append(names, "DELETE FROM "+name(n))
		}
		if err := rows.Err(); err != nil {
			return err
		}
		for _, q := range slices.Concat([]string{off}, names, []string{on}) {
			if _, err := conn.ExecContext(ctx, q); err != nil {
				return fmt.Errorf("%s: %w", q, err)
			}
		}
		return nil
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
