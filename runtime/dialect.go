package migrate

import (
	"context"
	"database/sql"
	"strings"
	"time"

	"github.com/modelgen/modelgen/runtime/schema"
)

// ReachingDialect is a [Dialect] that knows why a connection could not be made.
type ReachingDialect interface {
	// Unreachable returns what to do about the error, without a value of the connection string; "" is not known.
	Unreachable(err error) string
}

// Dialect is one kind of database. Its package holds no state: a Dialect is a small value such as postgres.Dialect{}.
type Dialect interface {
	// Name is the word for the dialect in tags and flags: "postgres", "sqlite".
	Name() string

	// Capabilities returns what the dialect can do and what it insists on, for packages that know no dialect by its name.
	Capabilities() Capabilities

	// Planner returns a planner for printing SQL without a database, for a server of that version:
	// the major one for PostgreSQL, 0 for the oldest that is supported.
	Planner(version int) Planner

	// Fail returns statements for a script, which fail with the message when the SQL condition when is true; "" is always.
	Fail(message, when string) []Statement

	// Open begins a session on conn, which the caller pins for as long as the session lives. It looks at the server as little
	// as it can: nothing is read that the fast path of [Migrator.Up], with nothing pending, does not need.
	Open(ctx context.Context, conn *sql.Conn, cfg SessionConfig) (Session, error)
}

// SessionConfig is what a session must know of the [Options].
type SessionConfig struct {
	History          string        // name of the history table
	LockTimeout      time.Duration // longest wait for a lock of one statement
	StatementTimeout time.Duration // longest run of one statement; 0 is without limit
	StrongLock       time.Duration // see [Options.StrongLock]
	Retry            time.Duration // how long stages that could not get a lock are tried again
	Lease            bool          // the lock is a row with an end, see [LockLease]
	Beside           *sql.DB       // for a look from outside at what the session waits for, and rows that are read ahead; nil is none
	Notify           func(Event)   // never nil
	EndsAtUnlock     bool          // nothing but Close is asked of the session after Unlock, which may restore the settings with it
}

// Session is a dialect at work on one pinned connection. It is used by one goroutine.
type Session interface {
	Locker
	HistoryStore
	Executor
	Inspector

	// Planner returns a planner for the server of the session. Call it after Lock.
	Planner() Planner

	// Close ends the session and restores every setting of the connection that it changed. It does not close the connection. Its context does not end with
	// the run: where there is something to restore, Close waits for the server for as long as it sees fit, some seconds.
	Close(ctx context.Context) error
}

// ForeseeingSession is a [Session] whose server refuses what others of its kind take, so that all of a run is planned before any of it is done.
type ForeseeingSession interface {
	// Foresees reports whether the server is such.
	Foresees() bool
}

// Locker keeps out other runners.
type Locker interface {
	// Lock waits until no other session migrates this database, at most for wait, then makes sure that the server can be used.
	// A dialect whose transactions lock the whole database does nothing here.
	// It returns a [*LockedError] that names the holder, as far as the server tells, when the time is over.
	Lock(ctx context.Context, wait time.Duration) error

	// Unlock gives back what Lock took. It is called on every path, with a context that is not cancelled.
	Unlock(ctx context.Context) error
}

// HistoryStore keeps the history table. Its rows are written by an [Executor], in the transactions of what they record.
type HistoryStore interface {
	// Newest reads the newest history row of the set: Name, Hash, Digest and State, and Set. It is one small query and takes no lock. Without a history table,
	// or without a row of the set, it returns nil.
	Newest(ctx context.Context, set string) (*Record, error)

	// Bootstrap creates the history table, or brings an older one to the newest form. Without need it changes nothing.
	Bootstrap(ctx context.Context) error

	// History reads all rows of the set, in the order in which they were begun. Without a history table it returns none.
	History(ctx context.Context, set string) ([]Record, error)
}

// BriefHistory is a [HistoryStore] that can say less of many rows in less time.
type BriefHistory interface {
	// Brief reads the name and the hash of all rows of the set, in any order, with the state [StateDone]: no more is asked for before most
	// runs. ok is false where only [HistoryStore.History] tells all: a row is not complete, or keeps a cursor. It is called after Bootstrap.
	Brief(ctx context.Context, set string) (rows []Record, ok bool, err error)
}

// Executor runs the stages of migrations.
type Executor interface {
	// Transact runs all work in one transaction and commits it. On any error everything is rolled back.
	// It returns [ErrClaimed] when another runner has taken the migration meanwhile, [ErrCommitLost] when it cannot be known whether the
	// commit went through, and a [*StatementError] when a statement fails. Several pieces of work are migrations that begin and end in it.
	Transact(ctx context.Context, work ...Work) error

	// Step runs one stage with NoTx, then writes the marks. It finds out by itself how far an earlier try came.
	Step(ctx context.Context, stage Stage, after []Mark) error

	// Batch runs the next piece of a stage with Batch, of so many rows at most or those that the piece before has read ahead, in one transaction that also moves the cursor of the history
	// row. The record of mark says where the row stands: State, Stage, and Cursor as the BatchResult before gave it, "" at the beginning. When rows
	// are locked by others it tries again, with fewer rows, as long as stages are tried again. It returns the errors of Transact.
	Batch(ctx context.Context, stage Stage, mark Mark, size int) (BatchResult, error)
}

// Inspector describes what is in the database.
type Inspector interface {
	// Catalog describes all tables of s as they are in the database: one fact a line, in a form that two catalogs can be
	// compared by. Tables that migrations did not make are left out; what was added by hand to those they made is in it.
	Catalog(ctx context.Context, s *schema.Schema) ([]string, error)

	// Expected returns the catalog of a database made from s alone. It builds one where nobody sees it, and leaves nothing behind.
	Expected(ctx context.Context, s *schema.Schema) ([]string, error)
}

// ObjectSession is a [Session] that can look for what steps written by hand declare.
type ObjectSession interface {
	// Objects reports of each object whether it is in the database. One of a kind that the dialect does not have counts as there.
	Objects(ctx context.Context, objects []schema.Object) ([]bool, error)
}

// ObjectLister is a [Session] that can list what is in the database beside what its catalog describes.
type ObjectLister interface {
	// ListObjects lists tables, views, functions and the like of the schemas of s, without what belongs to the history or to the server: "view
	// sales". Tables that s has may be in it.
	ListObjects(ctx context.Context, s *schema.Schema) ([]string, error)
}

// ScanObjects reads rows of kinds and names for an [ObjectLister], leaves out the history with all that is called after it, and closes rows.
func ScanObjects(rows *sql.Rows, history string) ([]string, error) {
	defer rows.Close()
	_, history = schema.SplitName(history)
	var all []string
	for rows.Next() {
		var kind, name string
		if err := rows.Scan(&kind, &name); err != nil {
			return nil, err
		}
		_, base := schema.SplitName(name)
		if name != history && base != history && !strings.HasPrefix(base, history+"_") && !strings.HasPrefix(name, history+"_") {
			all = append(all, kind+" "+name)
		}
	}
	return all, rows.Err()
}

// Versioned is a [Session] whose catalogs can be compared within one version of the server only.
type Versioned interface {
	// Version returns the server with its version, as "PostgreSQL 15".
	Version(ctx context.Context) (string, error)
}

// SayingSession is a [Session] some of whose facts are not built by Expected, but said, as they are of the server and not of the tables: how a cluster keeps them. They are those of
// the database that is compared, wherever the rest is built.
type SayingSession interface {
	// Said returns these facts of a schema. It asks the server nothing that Catalog has not asked for.
	Said(want *schema.Schema) []string
}

// TypeNamer is a [Dialect] that says how it spells the type of a column, for whoever shows a schema.
type TypeNamer interface {
	// TypeName returns the type of a column of a table as a statement of the database has it; "" is one that the database cannot hold.
	TypeName(t *schema.Table, c schema.Column) string
}
