package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"

	_ "github.com/lib/pq"

	"github.com/modelgen/modelgen/internal/pgtest"
)

// pgServer is the server that the environment names, or one that ends with this process.
type pgServer struct {
	url   *url.URL
	admin *sql.DB
	made  int // databases
}

func connect() (*pgServer, error) {
	address := os.Getenv(pgtest.Env)
	if address == "" {
		s, err := pgtest.Start()
		if err != nil {
			return nil, err
		}
		address = s.URL
	}
	u, err := url.Parse(address)
	if err != nil {
		return nil, fmt.Errorf("%s is no URL", pgtest.Env) // the reason would show the password
	}
	admin, err := sql.Open("postgres", address)
	return &pgServer{url: u, admin: admin}, err
}

func (s *pgServer) close() { _ = s.admin.Close() } // nothing was written that could be lost

// pgDatabase is a database made for a measurement.
type pgDatabase struct {
	server *pgServer
	name   string
}

// create makes an empty database, or a copy of one that nobody is connected to.
func (s *pgServer) create(ctx context.Context, template string) (*pgDatabase, error) {
	s.made++
	d := &pgDatabase{s, fmt.Sprintf("bench_%d_%d", os.Getpid(), s.made)}
	sql := "CREATE DATABASE " + d.name
	if template != "" {
		sql += " TEMPLATE " + template
		var version int
		if err := s.admin.QueryRowContext(ctx, "SELECT current_setting('server_version_num')::int").Scan(&version); err != nil {
			return nil, err
		}
		if version >= 150000 {
			sql += " STRATEGY FILE_COPY" // else all of it goes through the log
		}
	}
	_, err := s.admin.ExecContext(ctx, sql)
	return d, err
}

// drop works also when ctx of the measurement is over.
func (d *pgDatabase) drop() error {
	_, err := d.server.admin.Exec("DROP DATABASE " + d.name + " WITH (FORCE)")
	return err
}

// open opens it under an application name, which pg_stat_activity shows; "" has none.
func (d *pgDatabase) open(application string) (*sql.DB, error) {
	return sql.Open("postgres", d.address(application))
}

func (d *pgDatabase) address(application string) string {
	u := *d.server.url
	u.Path = "/" + d.name
	if application != "" {
		q := u.Query()
		q.Set("application_name", application)
		u.RawQuery = q.Encode()
	}
	return u.String()
}

// with hands it to f and closes all connections after it.
func (d *pgDatabase) with(f func(*sql.DB) error) error {
	db, err := d.open("")
	if err != nil {
		return err
	}
	return errors.Join(f(db), db.Close())
}

// session hands one connection to f.
func (d *pgDatabase) session(ctx context.Context, application string, f func(*sql.Conn) error) error {
	db, err := d.open(application)
	if err != nil {
		return err
	}
	conn, err := db.Conn(ctx)
	if err == nil {
		err = errors.Join(f(conn), conn.Close())
	}
	return errors.Join(err, db.Close())
}
