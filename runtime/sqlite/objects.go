package sqlite

import (
	"context"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// Objects implements [migrate.ObjectSession]. SQLite has views, triggers, indexes, tables and columns; all other kinds count as there.
func (s *session) Objects(ctx context.Context, objects []schema.Object) ([]bool, error) {
	there := make([]bool, len(objects))
	err := s.patient(ctx, func() error {
		for i, o := range objects {
			query := "SELECT count(*) FROM sqlite_master WHERE name = ? COLLATE NOCASE"
			_, name := schema.NameParts(o.Name)
			_, table := schema.NameParts(o.Table)
			args := []any{name}
			switch o.Kind {
			case "view":
				query += " AND type = 'view'"
			case "table":
				query += " AND type = 'table'"
			case "virtual table":
				query += " AND type = 'table' AND sql LIKE 'CREATE VIRTUAL %'"
			case "trigger", "index":
				query += " AND type = '" + o.Kind + "'"
				if table != "" {
					query, args = query+" AND tbl_name = ? COLLATE NOCASE", append(args, table)
				}
			case "column":
				query, args = "SELECT count(*) FROM pragma_table_xinfo(?) WHERE name = ? COLLATE NOCASE", []any{table, name}
			default:
				there[i] = true
				continue
			}
			var n int
			if err := s.conn.QueryRowContext(ctx, query, args...).Scan(&n); err != nil {
				return err
			}
			there[i] = n > 0
		}
		return nil
	})
	return there, err
}

// ListObjects implements [migrate.ObjectLister].
func (s *session) ListObjects(ctx context.Context, _ *schema.Schema) ([]string, error) {
	rows, err := s.conn.QueryContext(ctx, `SELECT type, name FROM sqlite_master WHERE type IN ('table', 'view', 'trigger') AND name NOT LIKE 'sqlite\_%' ESCAPE '\'`)
	if err != nil {
		return nil, err
	}
	return migrate.ScanObjects(rows, s.cfg.History)
}

// CountRows implements [migrate.RowSession].
func (s *session) CountRows(ctx context.Context, queries []string) (counts []int64, err error) {
	err = s.patient(ctx, func() error {
		counts = nil
		for _, q := range queries {
			var n int64
			if err := s.conn.QueryRowContext(ctx, q).Scan(&n); err != nil {
				return err
			}
			counts = append(counts, n)
		}
		return nil
	})
	return counts, err
}
