package migrate

import (
	"context"
	"database/sql"
)

// Tx is where data steps read and write: the transaction of their migration. *sql.Conn, *sql.Tx and *sql.DB have its methods,
// and so do the interfaces of sqlc and sqlx; it has no Commit, since the migration commits together with its history row.
type Tx interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	PrepareContext(ctx context.Context, query string) (*sql.Stmt, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}
