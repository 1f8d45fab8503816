package migrate

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// DialectError says that the database is not of the kind that the dialect is for. Nothing was changed.
type DialectError struct {
	Dialect  string // its name
	Database string // what the database is: "PostgreSQL", "SQLite"
	Err      error  // what the first statement met
}

// Error implements the error interface.
func (e *DialectError) Error() string {
	return fmt.Sprintf("the database is %s, but the dialect is %s: give the migrations the dialect for %[1]s, or open another database", e.Database, e.Dialect)
}

// Unwrap returns Err.
func (e *DialectError) Unwrap() error { return e.Err }

// explain finds out, once something has failed, whether the database is of another kind than the dialect. While all goes well that costs nothing.
func (m *Migrator) explain(ctx context.Context, err *error) {
	var session redacted // what a session met; all else is known better
	if *err == nil || ctx.Err() != nil || !errors.As(*err, &session) || errors.Is(*err, errUnreachable) {
		return
	}
	if m.worker != nil { // there may be no second connection
		m.worker.Release(ctx)
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	own := m.dialect.Capabilities()
	if m.answers(ctx, own.Probe) {
		return
	}
	for _, p := range products {
		if p.name != own.Product && m.answers(ctx, p.probe) {
			*err = &DialectError{own.Name, p.name, *err}
			return
		}
	}
}

// products are databases that have a name in a message when a program has opened the wrong one, each with a query that no other one answers. A
// dialect works without a line here.
var products = []struct{ name, probe string }{
	{"PostgreSQL", "SELECT pg_catalog.version()"},
	{"SQLite", "SELECT sqlite_version()"},
}

// answers reports whether the database returns a row for the query.
func (m *Migrator) answers(ctx context.Context, query string) bool {
	var row any
	return m.db.QueryRowContext(ctx, query).Scan(&row) == nil
}
