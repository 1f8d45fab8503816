package fleet

import (
	"context"
	"database/sql"
	"fmt"
	"iter"

	migrate "github.com/modelgen/modelgen/runtime"
)

// SchemaTargets are schemas of one database. See [Schemas].
type SchemaTargets struct {
	db      *sql.DB
	dialect migrate.Dialect
	query   string
	args    []any
}

// Schemas returns a target for each schema that a query names, in its only column: one for each tenant. The name of the target is that of the schema. The
// dialect is one of databases with schemas, a [migrate.SchemaDialect]; its own schema plays no part, so say in the query where the list is.
func Schemas(db *sql.DB, dialect migrate.Dialect, query string, args ...any) *SchemaTargets {
	return &SchemaTargets{db: db, dialect: dialect, query: query, args: args}
}

// Each implements [Targets].
func (s *SchemaTargets) Each(ctx context.Context) iter.Seq2[Target, error] {
	return func(yield func(Target, error) bool) {
		names, err := column(ctx, s.db, s.query, s.args)
		if err != nil {
			yield(Target{}, err)
			return
		}
		for _, name := range names {
			t, err := s.Target(name)
			if !yield(t, err) || err != nil {
				return
			}
		}
	}
}

// Target returns the target of a schema.
func (s *SchemaTargets) Target(name string) (Target, error) {
	if s.db == nil {
		return Target{}, fmt.Errorf("fleet.Schemas: the *sql.DB is nil")
	}
	d, ok := s.dialect.(migrate.SchemaDialect)
	if !ok {
		return Target{}, fmt.Errorf("fleet.Schemas: %T has no schemas beside each other", s.dialect)
	}
	return Target{Name: name, DB: s.db, Dialect: d.In(name), Schema: name, Identity: fmt.Sprintf("schema %s of %p", name, s.db)}, nil
}

// column reads the texts of a query with one column, to the end: the connection is free then.
func column(ctx context.Context, db *sql.DB, query string, args []any) (all []string, err error) {
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("reading the list of targets: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var name sql.NullString
		if err := rows.Scan(&name); err != nil {
			return nil, fmt.Errorf("reading the list of targets, whose query has one column, the name of a schema: %w", err)
		}
		if name.String == "" {
			return nil, fmt.Errorf("reading the list of targets: row %d has no name of a schema; leave such rows out in the query", len(all)+1)
		}
		all = append(all, name.String)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("reading the list of targets: %w", err)
	}
	return all, nil
}
