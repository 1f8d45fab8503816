package cli

import (
	"context"
	"database/sql"
	"database/sql/driver"
)

// second opens another database with the driver of the first.
func (c *call) second(url string) (*sql.DB, error) {
	d := c.DB.Driver()
	if opens, ok := d.(driver.DriverContext); ok {
		connector, err := opens.OpenConnector(url)
		if err != nil {
			return nil, err
		}
		return sql.OpenDB(connector), nil
	}
	return sql.OpenDB(connector{d, url}), nil
}

// connector is what database/sql makes of a driver that has none of its own.
type connector struct {
	driver driver.Driver
	url    string
}

func (c connector) Connect(context.Context) (driver.Conn, error) { return c.driver.Open(c.url) }
func (c connector) Driver() driver.Driver                        { return c.driver }
