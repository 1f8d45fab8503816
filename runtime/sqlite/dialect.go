package sqlite

import (
	"context"
	"database/sql"
	"strings"
	"time"

	migrate "github.com/modelgen/modelgen/runtime"
	_ "github.com/modelgen/modelgen/runtime/internal/emitted" // which modelgen loads: go mod vendor takes what is imported
	"github.com/modelgen/modelgen/runtime/schema"
)

// name is the word for the dialect in tags, flags and errors.
const name = "sqlite"

// Dialect is SQLite 3.35 and newer, through any driver of database/sql.
type Dialect struct{}

var (
	_ migrate.Dialect         = Dialect{}
	_ migrate.ReachingDialect = Dialect{}
)

// Name returns "sqlite".
func (Dialect) Name() string { return name }

// Unreachable implements [migrate.ReachingDialect].
func (Dialect) Unreachable(err error) string {
	switch { // each driver has the codes in a type of its own
	case strings.Contains(err.Error(), "unable to open database file"):
		return cannotOpen
	case strings.Contains(err.Error(), "file is not a database"):
		return notADB
	}
	return ""
}

// Planner returns a planner that needs no database. All versions of SQLite get the same statements.
func (Dialect) Planner(int) migrate.Planner { return &planner{} }

// Open begins a session on conn. It runs no statement.
func (Dialect) Open(_ context.Context, conn *sql.Conn, cfg migrate.SessionConfig) (migrate.Session, error) {
	if cfg.Notify == nil {
		cfg.Notify = func(migrate.Event) {}
	}
	return &session{conn: conn, cfg: cfg, wait: min(max(cfg.Retry, cfg.LockTimeout), time.Minute), seen: map[rowKey]progress{}}, nil
}

// narrowed adds what to write for a dialect that can have it.
func narrowed(err *migrate.UnsupportedError, narrow string) error {
	err.Narrow = narrow
	return err
}

func unsupported(table, object, reason, hint string) *migrate.UnsupportedError {
	return &migrate.UnsupportedError{Dialect: name, Table: table, Object: object, Reason: reason, Hint: hint}
}

// TypeName implements [migrate.TypeNamer].
func (Dialect) TypeName(t *schema.Table, c schema.Column) string {
	declared, err := ddl{t: t, s: &schema.Schema{}}.declared(c)
	if err != nil {
		return ""
	}
	return declared
}
