// Package samedriver opens a database with the driver of another one, which a *sql.DB does not tell by its name.
package samedriver

import (
	"context"
	"database/sql"
	"database/sql/driver"
)

// Open opens the database of a connection string, or of the path of a file, with the driver of db. It connects to nothing.
func Open(db *sql.DB, name string) (*sql.DB, error) {
	d := db.Driver()
	if opens, ok := d.(driver.DriverContext); ok {
		connector, err := opens.OpenConnector(name)
		if err != nil {
			return nil, err
		}
		return sql.OpenDB(connector), nil
	}
	return sql.OpenDB(plain{d, name}), nil
}

// plain is what database/sql makes of a driver that has no connector of its own.
type plain struct {
	driver driver.Driver
	name   string
}

func (c plain) Connect(context.Context) (driver.Conn, error) { return c.driver.Open(c.name) }
func (c plain) Driver() driver.Driver                        { return c.driver }
