package dialecttest_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"os"
	"strconv"
)

// faultConnector opens SQLite through a driver that looks at each statement first.
type faultConnector struct {
	dsn  string
	look func(query string, exec bool) (skip bool, err error)
}

func (c faultConnector) Connect(context.Context) (driver.Conn, error) {
	conn, err := c.Driver().Open(c.dsn)
	if err != nil {
		return nil, err
	}
	return faultConn{conn, c.look}, nil
}

func (c faultConnector) Driver() driver.Driver {
	db, err := sql.Open("sqlite", "")
	if err != nil {
		panic(err) // it is imported
	}
	return db.Driver()
}

type faultConn struct {
	driver.Conn
	look func(query string, exec bool) (skip bool, err error)
}

func (c faultConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	if skip, err := c.look(query, true); skip || err != nil {
		return driver.ResultNoRows, err
	}
	return c.Conn.(driver.ExecerContext).ExecContext(ctx, query, args)
}

func (c faultConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	if _, err := c.look(query, false); err != nil {
		return nil, err
	}
	return c.Conn.(driver.QueryerContext).QueryContext(ctx, query, args)
}

// faultKiller is SQLite whose process is killed before statement k. Statements that only read are not counted: what is in the file
// is the same before and after them.
func faultKiller(dsn, k string) driver.Connector {
	at, err := strconv.Atoi(k)
	n := 0
	return faultConnector{dsn, func(_ string, exec bool) (bool, error) {
		if !exec {
			return false, nil
		}
		if n++; err == nil && n > at {
			if self, err := os.FindProcess(os.Getpid()); err == nil {
				_ = self.Kill()
			}
			select {} // the signal is on its way
		}
		return false, nil
	}}
}
