package dialecttest_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/postgres"
	"github.com/modelgen/modelgen/runtime/sqlite"
)

// TestCLIWrongDialect: the driver is that of one database, and the dialect that of another.
func TestCLIWrongDialect(t *testing.T) {
	runners(t, func(r *runner) {
		says := "the database is SQLite, but the dialect is postgres: give the migrations the dialect for SQLite, or open another database"
		r.dialect = postgres.Dialect{}
		if r.url != "" {
			says = "the database is PostgreSQL, but the dialect is sqlite: give the migrations the dialect for PostgreSQL, or open another database"
			r.dialect = sqlite.Dialect{}
		}
		r.db.SetMaxOpenConns(1) // whoever asks what it is has to wait for the connection
		set := migrate.NewSet("shop", chain(makes("one"), adds("one", "a"))...)
		for _, command := range []string{"status", "plan", "up", "up -to 0001", "to 0001", "down", "fake 0001", "check", "verify", "prune"} {
			r.prints(set, command, 2, "", "migrate: "+says+"\n")
		}
		_, err := r.migrator(set).Up(context.Background())
		var wrong *migrate.DialectError
		if !errors.As(err, &wrong) || wrong.Err == nil || !strings.Contains(err.Error(), says) {
			r.t.Errorf("got %v", err)
		}
	})
}
