package migrate

import (
	"context"
	"database/sql"
	"log/slog"
	"time"
)

// Options change how a [Migrator] works. The zero value, and nil, are the defaults. What a duration of 0 or below means:
//
//	field             0                           below 0
//	LockWait          one minute                  fail at once
//	LockTimeout       50 milliseconds             without limit
//	StatementTimeout  without limit               without limit
//	StrongLock        one minute, see there       without limit
//	Retry             15 minutes                  does not try again
//	ReplicaLag        replicas are not looked at  replicas are not looked at
//
// A [Policy] of 0 is [PolicyRefuse], a [LockMode] of 0 is [LockSession]; a function, a pointer or a logger that is nil is not used.
type Options struct {
	// History is the name of the history table; "" is [DefaultHistory]. It is made in the dialect's default schema.
	History string

	// LockWait is the longest wait for another runner to finish; 0 is one minute, negative: fail at once.
	LockWait time.Duration

	// LockTimeout is the longest wait of one statement for the lock of a table; 0 is 50 milliseconds. A stage that does not get its
	// lock is rolled back and tried again, so that it never holds up those who queue behind it for longer. Stages whose locks keep nobody
	// from reading or writing the table wait for rows of others for two seconds, or for LockTimeout if that is longer.
	LockTimeout time.Duration

	// StatementTimeout is the longest run of one statement; 0 is without limit.
	StatementTimeout time.Duration

	// StrongLock is the longest run of one statement under a lock that stops those who read or write the table, beside the wait for the lock. 0 is
	// one minute for statements that neither read nor write the whole table, which take no time but when something is wrong, and no limit for
	// others, for Go functions, and for what was written by hand. More than 0 is for all of them; below 0 is no limit. It is for PostgreSQL.
	StrongLock time.Duration

	// Retry is how long a stage that does not get its lock is tried again; 0 is 15 minutes, below 0 does not try again.
	Retry time.Duration

	// OutOfOrder says what to do with a migration that is pending although one that comes after it is applied, by its parents: it was put
	// in between, or its row of the history is gone. The branches that a merge joins may come in either order. The default refuses.
	OutOfOrder Policy

	// Unknown says what to do when the database has migrations that this program does not know, as after going back to an older
	// version of the program. The default lets the program run and refuses to change the database.
	Unknown Policy

	// Edited says what to do with a migration whose ops have changed since they were applied. The default refuses.
	Edited Policy

	// Rehash computes the hashes of all migrations wherever they are compared with the history, also where the set has a fingerprint that says the same,
	// see [Set.Fingerprint]. The time for it grows with the number of migrations: about 10 milliseconds for 1,000. The default computes them when something is to be done.
	Rehash bool

	// Contract lets migrations that end a dual write go on in the program that has begun it: no program is running any more that knows only
	// the old column. The default waits for the next release, see [Result.Waits].
	Contract bool

	// FakeInitial lets a first migration count as applied when the database has all of its tables and columns, as when modelgen comes to
	// a database that something else made. They are compared before it is believed; what differs is an error. Indexes and constraints
	// that differ are only reported, as [EventNote].
	FakeInitial bool

	// Throttle is called before each batch of a [Fill] or [Backfill] and returns when it may begin, so that the application keeps its share
	// of the database. An error of it ends the run, which can be gone on with later. nil does not wait.
	Throttle func(ctx context.Context) error

	// ReplicaLag is how far behind a replica of PostgreSQL may be for the next batch to begin: batches wait until the slowest has caught up,
	// however long that takes. So does a stage that writes a table again, or builds an index concurrently, before it begins; others write too little
	// to wait for. 0 does not look. The role needs pg_monitor for it.
	ReplicaLag time.Duration

	// Lock says how runners keep out of each other's way. The default is a lock of the database session.
	Lock LockMode

	// BeforeRun is called once in a run, before it changes anything and after it has the lock, with all that it is about to do, be that
	// forward or back. An error of it ends the run. It is not called when there is nothing to do, nor for what is only recorded. The run
	// keeps its connection meanwhile: with MaxOpenConns(1) a function that uses the database would wait for ever, and so in AfterRun and Throttle.
	BeforeRun func(ctx context.Context, plan *Plan) error

	// AfterRun is called once at the end of a run that changed something and came to its end, while it has the lock still. An error of it
	// is that of the run; what was applied stays.
	AfterRun func(ctx context.Context, result *Result) error

	// Deprecated: use BeforeRun, which is called in its place where both are set.
	BeforeUp func(ctx context.Context, plan *Plan) error

	// Deprecated: use AfterRun, which is called in its place where both are set.
	AfterUp func(ctx context.Context, result *Result) error

	// Expect is the name that the database must have been given by [Migrator.Protect], as "staging": a run, and Check, of a database that has another
	// name, or none, or is a copy, returns a [*NotMarkedError]. It costs small queries of the catalog and of the mark, three at most. "" is any database.
	Expect string

	// Approve is consent to one plan on one protected database: its hash, as [Plan] and a [*ConsentError] have it. On a protected database consent is needed for what may
	// lose something: going back, recording what was not run, taking rows out of the history, what destroys data, what ends a dual write, and what
	// a [Policy] allows. When the plan, the starting point or the database is another one, the run is refused. "" is no consent.
	Approve string

	// WithoutBackup says why a plan that destroys data in a protected database goes without a backup; the log keeps it. "" needs Backup, or a backup of a run in the last hour.
	WithoutBackup string

	// Confirm is called when consent is needed and Approve is empty, with what needs it, and returns the name of the database that a person has typed; "" is no. The
	// run keeps the lock meanwhile. nil has nobody to ask.
	Confirm func(ctx context.Context, needed *ConsentError) (name string, err error)

	// Backup makes a copy of the database before a run changes anything, and ends the run when it cannot; nil makes none.
	Backup *Backup

	// Expected is a database in which [Migrator.Verify] builds what it compares with: for a standby, or for a role that may create nothing. It is of the
	// same kind and major version, and has the functions and types made by hand that the tables use. Nothing is left behind in it. nil is the
	// database itself.
	Expected *sql.DB

	// Logger gets one record for each migration; nil logs nothing. Neither secrets nor values of rows are logged.
	Logger *slog.Logger

	// Progress is called for what happens during a run, never by two goroutines at once; nil is called for nothing.
	Progress func(Event)
}

// Policy is what to do when history and program do not fit together.
type Policy int

// The policies.
const (
	PolicyRefuse Policy = iota // an error that names the migrations and the next command; nothing is changed
	PolicyAllow                // go on
)

// LockMode is how runners keep out of each other's way.
type LockMode int

// The modes.
const (
	// LockSession is a lock that the database itself gives back when the connection ends: an advisory lock on PostgreSQL, the lock of a
	// transaction that writes on SQLite.
	LockSession LockMode = iota

	// LockLease is a row that says who may migrate and until when, for PostgreSQL behind a pooler that gives a client another connection
	// for each transaction, as PgBouncer's pool_mode=transaction. Every transaction makes sure of it. A runner that was killed keeps
	// others out for 30 seconds. What cannot run in a transaction is refused: it needs a direct connection. On SQLite it is LockSession.
	LockLease
)

// DefaultHistory is the name of the history table where nothing else is said.
const DefaultHistory = "modelgen_history"

func (o *Options) withDefaults() Options {
	var out Options
	if o != nil {
		out = *o
	}
	if out.History == "" {
		out.History = DefaultHistory
	}
	out.LockWait = span(out.LockWait, time.Minute)
	out.LockTimeout = span(out.LockTimeout, 50*time.Millisecond)
	out.StatementTimeout = max(out.StatementTimeout, 0)
	out.Retry = span(out.Retry, 15*time.Minute)
	if out.BeforeRun == nil {
		out.BeforeRun = out.BeforeUp
	}
	if out.AfterRun == nil {
		out.AfterRun = out.AfterUp
	}
	if out.Logger == nil {
		out.Logger = slog.New(slog.DiscardHandler)
	}
	return out
}

func span(d, standard time.Duration) time.Duration {
	switch {
	case d == 0:
		return standard
	case d < 0:
		return 0
	}
	return d
}
