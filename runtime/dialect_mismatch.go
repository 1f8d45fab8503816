package migrate

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// DialectError says that the database is not of the kind that the dialect is for. Nothing was changed.
type DialectError struct {
	Dialect  string // its name
	Database string // what the database is: "PostgreSQL", "SQLite"
	Err      error  // what the first statement met
}

func (e *DialectError) Error() string {
	return fmt.Sprintf("the database is %s, but the dialect is %s: give the migrations the dialect for %[1]s, or open another database", e.Database, e.Dialect)
}

func (e *DialectError) Unwrap() error { return e.Err }

// explain finds out, once something has failed, whether the database is of another kind than the dialect. While all goes well that costs nothing.
func (m *Migrator) explain(ctx context.Context, err *error) {
	var session redacted // what a session met; all else is known better
	if *err == nil || ctx.Err() != nil || !errors.As(*err, &session) || errors.Is(*err, errUnreachable) {
		return
	}
	if is := m.kind(ctx); is != "" && is != m.dialect.Capabilities().Product {
		*err = &DialectError{m.dialect.Name(), is, *err}
	}
}

// kind asks the database what it is; "" is something else.
func (m *Migrator) kind(ctx context.Context) string {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	var version string
	if err := m.db.QueryRowContext(ctx, "SELECT version()").Scan(&version); err == nil {
		if strings.HasPrefix(version, "PostgreSQL") {
			return "PostgreSQL"
		}
		return ""
	}
	if err := m.db.QueryRowContext(ctx, "SELECT sqlite_version()").Scan(&version); err == nil {
		return "SQLite"
	}
	return ""
}
