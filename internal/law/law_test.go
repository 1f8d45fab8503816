package law

import (
	"context"
	"database/sql"
	"flag"
	"fmt"
	"net/url"
	"sync/atomic"
	"testing"

	_ "github.com/lib/pq"
	_ "modernc.org/sqlite"

	"github.com/modelgen/modelgen/internal/pgtest"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/postgres"
	"github.com/modelgen/modelgen/runtime/sqlite"
)

var (
	pairs = flag.Int("law.n", 20, "how many random pairs each database is held to the law with")
	first = flag.Uint64("law.seed", 1, "the seed of the first pair; a failure prints its own")
)

var number atomic.Int64

// onSQLite returns a database in memory: one connection, which is the database.
func onSQLite(context.Context) (*sql.DB, migrate.Dialect, func(), error) {
	db, err := sql.Open("sqlite", fmt.Sprintf("file:law%d?mode=memory&_pragma=foreign_keys(1)", number.Add(1)))
	if err != nil {
		return nil, nil, nil, err
	}
	db.SetMaxOpenConns(1)
	db.SetMaxIdleConns(1)
	return db, sqlite.Dialect{}, func() { db.Close() }, nil
}

// onPostgres returns a schema of its own in one database for all, which is faster than a database for each.
func onPostgres(base string) func(ctx context.Context) (*sql.DB, migrate.Dialect, func(), error) {
	return func(ctx context.Context) (*sql.DB, migrate.Dialect, func(), error) {
		name := fmt.Sprintf("law_%d", number.Add(1))
		u, err := url.Parse(base)
		if err != nil {
			return nil, nil, nil, err
		}
		q := u.Query()
		q.Set("search_path", name)
		u.RawQuery = q.Encode()
		db, err := sql.Open("postgres", u.String())
		if err != nil {
			return nil, nil, nil, err
		}
		db.SetMaxOpenConns(2)
		if _, err := db.ExecContext(ctx, "CREATE SCHEMA "+name); err != nil {
			db.Close()
			return nil, nil, nil, err
		}
		return db, postgres.Dialect{Schema: name}, func() {
			_, _ = db.Exec("DROP SCHEMA " + name + " CASCADE")
			db.Close()
		}, nil
	}
}

func TestLawSQLite(t *testing.T) {
	hold(t, Backend{"sqlite", sqlite.Dialect{}.Capabilities(), onSQLite}, 0)
}

func TestLawPostgres(t *testing.T) {
	base := pgtest.Database(t)
	db, err := sql.Open("postgres", base)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var version int
	if err := db.QueryRow("SELECT current_setting('server_version_num')::int / 10000").Scan(&version); err != nil {
		t.Fatal(err)
	}
	hold(t, Backend{"postgres", postgres.Dialect{}.Capabilities(), onPostgres(base)}, version)
}

func hold(t *testing.T, be Backend, version int) {
	const workers = 4 // they wait for the server and the disk, not for each other
	for w := range workers {
		t.Run(fmt.Sprint(w), func(t *testing.T) {
			t.Parallel()
			for i := w; i < *pairs; i += workers {
				seed := *first + uint64(i)
				if b := Check(context.Background(), be, NewPair(seed, be.Name, version)); b != nil {
					b = Shrink(context.Background(), be, b)
					t.Fatalf("%s: rerun with -law.seed=%d -law.n=1\n%s", be.Name, seed, b)
				}
			}
		})
	}
}
