package migrate

import (
	"log/slog"
	"time"
)

// Options change how a [Migrator] works. The zero value, and nil, are the defaults.
type Options struct {
	// History is the name of the history table; "" is modelgen_history. It is made in the dialect's default schema.
	History string

	// LockWait is the longest wait for another runner to finish; 0 is one minute, below 0 does not wait.
	LockWait time.Duration

	// LockTimeout is the longest wait of one statement for the lock of a table; 0 is two seconds. A stage that does not get its
	// lock is rolled back and tried again, so that it never holds up those who queue behind it for longer.
	LockTimeout time.Duration

	// StatementTimeout is the longest run of one statement; 0 is without limit.
	StatementTimeout time.Duration

	// Retry is how long a stage that does not get its lock is tried again; 0 is 15 minutes, below 0 does not try again.
	Retry time.Duration

	// OutOfOrder says what to do with a migration that is pending although one that comes after it is applied, as after the
	// merge of a branch. The default refuses.
	OutOfOrder Policy

	// Unknown says what to do when the database has migrations that this program does not know, as after going back to an older
	// version of the program. The default lets the program run and refuses to change the database.
	Unknown Policy

	// Edited says what to do with a migration whose ops have changed since they were applied. The default refuses.
	Edited Policy

	// Logger gets one record for each migration; nil logs nothing. Neither secrets nor values of rows are logged.
	Logger *slog.Logger

	// Progress is called for what happens during a run, from the goroutine that runs it; nil is called for nothing.
	Progress func(Event)
}

// Policy is what to do when history and program do not fit together.
type Policy int

// The policies.
const (
	Refuse Policy = iota // an error that names the migrations and the next command; nothing is changed
	Allow                // go on
)

func (o *Options) withDefaults() Options {
	var out Options
	if o != nil {
		out = *o
	}
	if out.History == "" {
		out.History = "modelgen_history"
	}
	out.LockWait = span(out.LockWait, time.Minute)
	out.LockTimeout = span(out.LockTimeout, 2*time.Second)
	out.StatementTimeout = max(out.StatementTimeout, 0)
	out.Retry = span(out.Retry, 15*time.Minute)
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
