package sqlite

import (
	"context"
	"strconv"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
)

var _ migrate.Looker = (*session)(nil)

// Look implements [migrate.Looker].
func (s *session) Look(ctx context.Context, f func(context.Context, migrate.Tx) error) error {
	return s.patient(ctx, func() (err error) {
		if _, err := s.conn.ExecContext(ctx, "BEGIN"); err != nil {
			return err
		}
		defer func() {
			if _, e := s.conn.ExecContext(context.WithoutCancel(ctx), "ROLLBACK"); err == nil {
				err = e
			}
		}()
		return f(ctx, s.conn)
	})
}

// few is the size of a database, in bytes, up to which the rows of a table are counted: that takes a moment.
const few = 64 << 20

// Survey implements [migrate.Looker]. In a large database the number of rows is that of the last ANALYZE.
func (s *session) Survey(ctx context.Context, tables []string) (all []migrate.TableSurvey, err error) {
	err = s.Look(ctx, func(ctx context.Context, tx migrate.Tx) error {
		all = nil
		var bytes int64
		if err := tx.QueryRowContext(ctx, "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size").Scan(&bytes); err != nil {
			return err
		}
		for _, name := range tables {
			objs, err := objects(ctx, tx, "main", name)
			if err != nil {
				return err
			}
			t := migrate.TableSurvey{Table: name, Rows: -1}
			there := false
			for _, o := range objs {
				switch o.kind {
				case "table":
					there = true
				case "trigger":
					if g, ok := onUpdate(o); ok {
						t.Triggers = append(t.Triggers, g)
					}
				}
			}
			if !there {
				continue
			}
			if bytes <= few {
				if err := tx.QueryRowContext(ctx, "SELECT count(*) FROM main."+quote(name)).Scan(&t.Rows); err != nil {
					return err
				}
				t.Exact = true
			} else {
				t.Rows = analysed(ctx, tx, name)
			}
			all = append(all, t)
		}
		return nil
	})
	return all, err
}

// analysed returns the number of rows that ANALYZE found, -1 when it was never run (fileformat2.html, 2.6.3).
func analysed(ctx context.Context, tx migrate.Tx, table string) int64 {
	var stat string
	if tx.QueryRowContext(ctx, "SELECT stat FROM main.sqlite_stat1 WHERE tbl = ? COLLATE NOCASE ORDER BY idx IS NOT NULL LIMIT 1", table).Scan(&stat) != nil {
		return -1
	}
	first, _, _ := strings.Cut(stat, " ")
	n, err := strconv.ParseInt(first, 10, 64)
	if err != nil {
		return -1
	}
	return n
}

// onUpdate reads the head of a trigger (lang_createtrigger.html): ok when UPDATE fires it.
func onUpdate(o object) (g migrate.Trigger, ok bool) {
	g = migrate.Trigger{Name: o.name, Each: true, Does: "BEFORE UPDATE"} // which is what it is when nothing is said
	toks := scan(o.sql)
	for i, k := range toks {
		switch {
		case k.is("AFTER"):
			g.Does = "AFTER UPDATE"
		case k.is("INSERT", "DELETE", "ON", "BEGIN"):
			return g, false
		case k.is("UPDATE"):
			if i+1 < len(toks) && toks[i+1].is("OF") {
				for _, c := range toks[i+2:] {
					if c.is("ON") {
						break
					}
					if c.kind == wordToken || c.kind == quotedToken {
						g.Columns = append(g.Columns, c.text)
					}
				}
			}
			return g, true
		}
	}
	return g, false
}
