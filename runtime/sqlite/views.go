package sqlite

import (
	"context"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// ViewColumns implements [migrate.ViewSession]. A column that is computed has no type here: newer versions of SQLite name the affinity that they expect, which binds nothing.
func (s *session) ViewColumns(ctx context.Context, view string) (all []migrate.ViewColumn, err error) {
	rows, err := s.conn.QueryContext(ctx, "SELECT c.name, c.type FROM main.sqlite_master m, pragma_table_info(m.name, 'main') c WHERE m.type = 'view' AND m.name = "+text(view)+" COLLATE NOCASE ORDER BY c.cid")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var c migrate.ViewColumn
		if err := rows.Scan(&c.Name, &c.Type); err != nil {
			return nil, err
		}
		switch c.Type { // they may be the affinity of what is computed
		case "NUM", "INT", "BLOB":
			c.Type = ""
		}
		all = append(all, c)
	}
	return all, rows.Err()
}

// Reads implements [migrate.ViewSession]. Any column keeps any value, and drivers convert by the declared type: it is the same, or one of the same affinity that is
// not that of times and truth values.
func (s *session) Reads(c schema.Column, typ string) bool {
	ours := s.TypeOf(c)
	word := func(t string) string {
		w, _, _ := strings.Cut(strings.ToUpper(t), "(")
		return strings.TrimSpace(w)
	}
	if ours == "" || word(ours) == word(typ) {
		return true
	}
	from, to := typed(column{declared: typ}).Type, typed(column{declared: ours}).Type
	numbers := from.Kind.Number() && to.Kind.Number() && (from.Kind.Integer() || !to.Kind.Integer())
	return from.Kind == to.Kind || numbers || from.Kind == schema.KindText && affinityOf(typ) == "TEXT" && to.Kind != schema.KindBoolean && !c.Type.Kind.Number()
}

// TypeOf implements [migrate.ViewSession].
func (s *session) TypeOf(c schema.Column) string {
	declared, err := ddl{t: &schema.Table{}}.declared(c)
	if err != nil {
		return ""
	}
	return declared
}
