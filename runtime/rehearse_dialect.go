package migrate

import (
	"context"
	"database/sql"
)

// Rehearser is a [Session] that can copy its database, and measure what it does itself.
type Rehearser interface {
	// CopyDatabase makes a copy that nobody else uses. The session stays open until the copy is closed. What an interrupted call has left is taken away
	// first, if nobody is using it. It returns an error, and leaves nothing behind, when the copy cannot be made or would not fit.
	CopyDatabase(ctx context.Context, c CopyConfig) (*DatabaseCopy, error)

	// Measure looks at the session, in its transaction if it is in one. It changes nothing.
	Measure(ctx context.Context) (*Measurement, error)

	// SampleLocks looks at the locks of the session from outside, every few milliseconds, until stop is called, which returns them with how long each
	// was seen, the strongest of each table. A dialect without locks of tables returns none.
	SampleLocks(ctx context.Context) (stop func() []RehearsedLock)

	// Checksum returns an expression that aggregates the values of a column, which is quoted, to a text that other values would most likely change; "" is none.
	Checksum(column string) string
}

// CopyConfig is what a copy is to be, see [RehearseOptions].
type CopyConfig struct {
	Percent float64
	URL, On string
	PgDump  string
	Open    func(ctx context.Context, name string) (*sql.DB, error) // never nil; name is a connection string, or the path of a file
	Notify  func(message string)                                    // what is being done, for people; never nil
}

// DatabaseCopy is a copy of a database.
type DatabaseCopy struct {
	DB        *sql.DB
	Name      string // of the database, or the path of the file
	Bytes     int64
	NotTested []string // what is not in the copy, or not as in the database
	Removed   []string // what interrupted calls had left

	// Close closes DB and takes the copy away; when it is kept, it returns how to do that later, in words or as a command.
	Close func(ctx context.Context, keep bool) (how string, err error)
}

// Measurement is a look at a session.
type Measurement struct {
	Locks   []TableLock             // that it holds
	Tables  map[string]TableStorage // all tables and views of the database, without those of the history and the server, by what identifies them under any name
	Read    int64                   // rows read in whole tables in this transaction; below 0 is not known
	Written int64                   // rows written in this transaction, or on this connection; only differences count. Below 0 is not known
	Bytes   int64                   // a position in the log of the server, or the size of the file; only differences count
}

// TableLock is a lock of a table that is held.
type TableLock struct {
	ID   string // key of Measurement.Tables
	Mode string // as in [Facts]
}

// TableStorage says where the rows of a table are.
type TableStorage struct {
	Name string // as in [Facts]
	Root string // the table that it is a partition of, and that one of another; "" is none
	File string // changes when the table is written again as a whole; "" has none
}
