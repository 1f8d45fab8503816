// Command example is a shop that carries its own migrations:
//
//	go run ./example migrate up
//	go run ./example add Tea 450
//	go run ./example list
//
// It keeps its data in the SQLite file shop.db, or in PostgreSQL when DATABASE_URL says so.
package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/signal"
	"strconv"
	"text/tabwriter"

	_ "github.com/lib/pq"
	_ "modernc.org/sqlite"

	"github.com/modelgen/modelgen/example/migrations"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/cli"
	"github.com/modelgen/modelgen/runtime/postgres"
	"github.com/modelgen/modelgen/runtime/sqlite"
)

const usage = `usage: example COMMAND

  migrate VERB    look at the schema of the database and change it: status, plan, up, ...
  add NAME CENTS  add a product
  list            list the products

The database is the SQLite file shop.db, or DATABASE_URL=postgres://...
`

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	code := run(ctx, os.Args[1:])
	stop()
	os.Exit(code)
}

func run(ctx context.Context, args []string) int {
	if len(args) == 0 {
		fmt.Fprint(os.Stderr, usage)
		return 2
	}
	db, dialect, err := open(os.Getenv("DATABASE_URL"))
	if err != nil {
		fmt.Fprintln(os.Stderr, "example:", err)
		return 2
	}
	defer db.Close()
	switch {
	case args[0] == "migrate":
		return cli.Run(ctx, db, dialect, migrations.All, args[1:])
	case args[0] == "list" && len(args) == 1:
		if err = ready(ctx, db, dialect); err == nil {
			err = list(ctx, db, os.Stdout)
		}
	case args[0] == "add" && len(args) == 3:
		if err = ready(ctx, db, dialect); err == nil {
			err = add(ctx, db, args[1], args[2])
		}
	default:
		fmt.Fprint(os.Stderr, usage)
		return 2
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "example:", err)
		return 1
	}
	return 0
}

// open opens the database; the migrations take it as it is.
func open(address string) (*sql.DB, migrate.Dialect, error) {
	if address == "" {
		db, err := sql.Open("sqlite", "file:shop.db?_pragma=foreign_keys(1)&_pragma=busy_timeout(5000)")
		return db, sqlite.Dialect{}, err
	}
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "postgres" && u.Scheme != "postgresql" {
		// Neither the reason nor the driver's message: both show the password.
		return nil, nil, errors.New("DATABASE_URL must be like postgres://user:password@host:5432/database")
	}
	db, err := sql.Open("postgres", address)
	return db, postgres.Dialect{}, err
}

// ready looks whether the database is what this program was written for. Otherwise the first query would fail, with a reason that tells
// nobody what to do.
func ready(ctx context.Context, db *sql.DB, dialect migrate.Dialect) error {
	m, err := migrate.New(db, dialect, migrations.All, nil)
	if err != nil {
		return err
	}
	return m.Check(ctx)
}

func add(ctx context.Context, db *sql.DB, name, price string) error {
	cents, err := strconv.ParseInt(price, 10, 64)
	if err != nil {
		return fmt.Errorf("the price is in cents, a whole number, not %q", price)
	}
	_, err = db.ExecContext(ctx, "INSERT INTO products (name, price_cents) VALUES ($1, $2)", name, cents)
	return err
}

func list(ctx context.Context, db *sql.DB, out io.Writer) error {
	rows, err := db.QueryContext(ctx, "SELECT id, name, price_cents, stock FROM products ORDER BY id")
	if err != nil {
		return err
	}
	defer rows.Close()
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "id\tprice\tstock\t  name")
	for rows.Next() {
		var id, cents, stock int64
		var name string
		if err := rows.Scan(&id, &name, &cents, &stock); err != nil {
			return err
		}
		fmt.Fprintf(w, "%d\t%d.%02d\t%d\t  %s\n", id, cents/100, cents%100, stock, name)
	}
	return errors.Join(rows.Err(), w.Flush())
}
