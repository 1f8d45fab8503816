package migrate

import (
	"fmt"
	"time"
)

// Rehearsal is what [Migrator.Rehearse] found out. It holds numbers and names, and no value of a row; keys of rows only where they were asked for.
type Rehearsal struct {
	Set     string
	Pending []string // what was pending in the database, in order; with none nothing was copied
	Server  string   // what the copy is on: "PostgreSQL 15"; "" where the dialect has no versions

	Copy    string        // name of the database, or path of the file, in which it was rehearsed; "" when nothing was pending
	Kept    string        // how to get rid of the copy, which was kept, in words or as a command; "" is that it is gone
	Percent float64       // of the rows that were copied
	Rows    int64         // in the tables of the set on the copy, before anything was done
	Bytes   int64         // size of the copy, before anything was done
	Took    time.Duration // to make the copy

	Runs []RehearsedRun // up, down, up again, as far as it came

	Differences []Difference // between the database and its migrations before anything was done: drift, which is no failure of what is pending
	Blocked     []string     // what would fail now because of rows that are there, by the checks of the ops on the database itself
	Failures    []string     // what went wrong on the copy
	Faults      []string     // what a stage did and had not declared: a lock, or that it rewrites a table. It is a fault of modelgen
	NotTested   []string     // what this rehearsal says nothing of
	Removed     []string     // copies that interrupted rehearsals had left, and that are gone now
}

// Failed reports whether the migrations are not to be applied as they are.
func (r *Rehearsal) Failed() bool { return len(r.Blocked)+len(r.Failures)+len(r.Faults) > 0 }

// RehearsedRun is one way on the copy.
type RehearsedRun struct {
	Name       string   // "up", "down", "up again"
	Migrations []string // that were applied, or undone, in order
	Duration   time.Duration
	Stages     []RehearsedStage

	// Lost is what the way down took away, and what is not as it was before the way up although all of it was undone.
	Lost []RehearsedLoss

	Verified bool // the database was compared with its migrations behind it
}

// RehearsedStage is a stage as it went.
type RehearsedStage struct {
	Migration string
	Stage     string // its cause, see [Op.Describe]
	Duration  time.Duration

	Locks    []RehearsedLock // that were really held, the strongest of each table
	Declared Facts           // what the stage says of itself, see [Stage]
	Sampled  bool            // the locks were looked at every few milliseconds from outside, so that a shorter one may be missing

	Read      int64    // rows read in whole tables; below 0 is not known
	Written   int64    // rows written; below 0 is not known
	Bytes     int64    // of the write-ahead log of the server, that of others on it included; on SQLite by how much the file has grown. Below 0 is not known
	Rewritten []string // tables that were written again as a whole

	Estimate Estimate
}

// RehearsedLock is a lock of a table, and for how long.
type RehearsedLock struct {
	Table string
	Mode  string        // as PostgreSQL names it: "ACCESS EXCLUSIVE"
	Held  time.Duration // from before the stage that took it until it was given back, without what the measuring took
}

// Estimate is how long a stage takes with all rows of the database.
type Estimate struct {
	Low, High time.Duration // both 0 is not known
	Basis     string        // what it stands on, or why nothing is known
}

// Known reports whether there is one.
func (e Estimate) Known() bool { return e.High > 0 }

// RehearsedLoss is what a way down took away, or did not bring back.
type RehearsedLoss struct {
	Migration string // that was undone; "" is the whole way, up and down
	Table     string
	Column    string // "" is rows of the table
	Count     int64  // of rows, or of values that are not NULL; below 0 is not known
	Changed   bool   // as many values are there, and others
}

// String returns the loss in words, without the migration.
func (l RehearsedLoss) String() string {
	what := l.Table
	if l.Column != "" {
		what += "." + l.Column
	}
	noun := "row"
	if l.Column != "" {
		noun = "value"
	}
	switch {
	case l.Changed:
		return what + ": values are not what they were"
	case l.Count < 0:
		return what + ": how many is not known"
	}
	return fmt.Sprintf("%s: %s", what, counted(int(l.Count), noun))
}

// RehearsalError says that there was no rehearsal: the copy could not be made, or was refused. The database itself was not changed.
type RehearsalError struct {
	Err error
}

// Error implements the error interface.
func (e *RehearsalError) Error() string {
	return "nothing was rehearsed, and nothing was changed: " + ErrorText(e.Err)
}

// Unwrap returns Err.
func (e *RehearsalError) Unwrap() error { return e.Err }
