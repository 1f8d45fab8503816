package migrate

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// ErrClaimed says that another runner has taken a migration between reading the history and applying it. The migrator reads the
// history again and goes on; callers see it only when that happens over and over.
var ErrClaimed = errors.New("another runner has taken the migration")

// ErrLost says that the connection went away in the middle of a transaction, which the server then rolls back.
var ErrLost = errors.New("the connection was lost, so the server rolls back")

// ErrCommitLost says that the connection was lost in COMMIT, so that only the history knows whether it went through. The migrator looks
// there on a new connection; callers see it only when there is none to be had.
var ErrCommitLost = errors.New("the connection was lost in COMMIT; the history says whether it went through")

// LockedError says that another session was migrating the database for the whole time that was given to wait.
type LockedError struct {
	Waited time.Duration
	Holder string // who holds the lock, as far as the server tells; may be empty
}

// Error implements the error interface.
func (e *LockedError) Error() string {
	msg := fmt.Sprintf("another session is migrating this database; waited %s", e.Waited.Round(time.Millisecond))
	if e.Holder != "" {
		msg += " for " + e.Holder
	}
	return msg + "; nothing was done; run the command again when it is finished"
}

// RecordCause is the cause of a statement of the history, which no op is to blame for.
const RecordCause = "Record it in the history"

// StatementError is a statement that failed. Its text holds no value of a row.
type StatementError struct {
	Stage     int    // which of the stages handed over, from 0
	Cause     string // what the stage does
	Statement string // "" when it failed outside a statement, for instance in COMMIT
	Code      string // SQLSTATE or the result code of SQLite, "" when there is none
	Hint      string // what to do, "" when nobody knows
	Absent    bool   // the statement names a table, column or type that is not there
	Err       error
}

// Error implements the error interface.
func (e *StatementError) Error() string {
	msg := ErrorText(e.Err)
	if e.Statement != "" {
		msg += "\n  statement: " + oneLine(cut(e.Statement, 400))
	}
	if e.Hint != "" {
		msg += "\n  " + e.Hint
	}
	return msg
}

// Unwrap returns Err.
func (e *StatementError) Unwrap() error { return e.Err }

// MigrationError is a migration that failed, with what was applied before it.
type MigrationError struct {
	Set       string
	Migration string
	Back      bool     // on the way down
	Op        string   // what failed, see [Op.Describe]; "" when it was not one op
	Committed int      // stages of this migration that are committed; 0 is none, then nothing of it is in the database
	Stages    int      // of the migration
	Rows      int64    // of the stage that failed, which its batches are past; they are committed
	Done      []string // migrations that were applied, or undone, before it in this run
	Left      string   // what the stage that failed has left in the database, see [Stage.Left]; "" is nothing
	Again     string   // the command that goes on; "" is the same one
	Err       error
}

// Error implements the error interface.
func (e *MigrationError) Error() string {
	var b strings.Builder
	what := "applying"
	if e.Back {
		what = "undoing"
	}
	fmt.Fprintf(&b, "%s %s failed", what, e.Migration)
	if e.Op != "" {
		fmt.Fprintf(&b, " at: %s", e.Op)
	}
	fmt.Fprintf(&b, ": %s", ErrorText(e.Err))
	again := cmp.Or(e.Again, "the same command again")
	switch {
	case errors.Is(e.Err, ErrCommitLost):
		fmt.Fprintf(&b, "\n  run status to see whether this part was committed; running %s goes on from there", again)
	case e.Committed == 0 && e.Rows == 0 && e.Left == "":
		b.WriteString("\n  nothing of it was changed; fix what failed, then run " + again)
	default:
		fmt.Fprintf(&b, "\n  %d of its %d stages ", e.Committed, e.Stages)
		if e.Rows > 0 {
			fmt.Fprintf(&b, "and %d rows ", e.Rows)
		}
		b.WriteString("are done")
		if e.Left != "" {
			fmt.Fprintf(&b, ", and the one that failed has left %s", e.Left)
		}
		fmt.Fprintf(&b, "; running %s goes on after them", again)
		if !e.Back {
			b.WriteString(", down undoes them")
		}
	}
	if len(e.Done) > 0 {
		done := "applied"
		if e.Back {
			done = "undone"
		}
		fmt.Fprintf(&b, "; before it %s: %s", done, strings.Join(e.Done, ", "))
	}
	return b.String()
}

// Unwrap returns Err.
func (e *MigrationError) Unwrap() error { return e.Err }

// PendingError says that migrations are waiting to be applied.
type PendingError struct {
	Set     string
	Pending []string
	Waits   *DualWriteError // what an up would stop in front of with some of them still pending; nil when it applies them all
}

// Error implements the error interface.
func (e *PendingError) Error() string {
	if e.Waits != nil {
		return fmt.Sprintf("set %s: %d pending: %s; %s", e.Set, len(e.Pending), strings.Join(e.Pending, ", "), e.Waits)
	}
	return fmt.Sprintf("set %s: %d pending: %s; apply with up", e.Set, len(e.Pending), strings.Join(e.Pending, ", "))
}

// HistoryError says that history and set do not fit together, and what to do. Its text has one fact a line.
type HistoryError struct {
	Set      string
	Problems []string
	Next     string // the next command, or what to look at; several are in lines
}

// Error implements the error interface.
func (e *HistoryError) Error() string {
	var text strings.Builder
	text.WriteString("set " + e.Set + ": " + strings.Join(e.Problems, "\n  "))
	for next := range strings.Lines(e.Next) {
		text.WriteString("\n  next: " + strings.TrimSuffix(next, "\n"))
	}
	return text.String()
}

// InitialError says that a first migration cannot count as applied (Options.FakeInitial): tables that it makes are there, and are others than it makes.
// Nothing was recorded. Its text has one difference a line, and what to do about it below.
type InitialError struct {
	Set            string
	Migration      string
	Differences    []Difference
	There, Missing []string // where some of its tables are there and some are not, which
	Next           string   // the next command; several are in lines
}

// Error implements the error interface.
func (e *InitialError) Error() string {
	h := e.history()
	for _, d := range e.Differences {
		h.Problems = append(h.Problems, d.line(), "  "+d.Fix)
	}
	return h.Error()
}

// Unwrap returns the error without the differences, as a [HistoryError].
func (e *InitialError) Unwrap() error { return e.history() }

func (e *InitialError) history() *HistoryError {
	says := e.Migration + " cannot count as applied, its tables are there but differ"
	if len(e.Missing) > 0 {
		what := "tables"
		if slices.ContainsFunc(slices.Concat(e.There, e.Missing), func(name string) bool { return strings.Contains(name, " ") }) { // view open_orders
			what = "objects"
		}
		says = fmt.Sprintf("%s makes %s of which some are there (%s) and some are not (%s)", e.Migration, what, some(e.There), some(e.Missing))
	}
	return &HistoryError{e.Set, []string{says}, e.Next}
}

// UnknownTargetError says that no migration has the name, or that several begin with it.
type UnknownTargetError struct {
	Target string
	Near   []string // the ones that begin with it, or the nearest
	Many   bool     // several begin with it
	Set    string   // the set that the target names, when there is none of that name
	Sets   []string // those that there are
}

// Error implements the error interface.
func (e *UnknownTargetError) Error() string {
	if e.Many {
		return fmt.Sprintf("%q is the beginning of several migrations: %s; write more of the name", e.Target, strings.Join(e.Near, ", "))
	}
	if e.Set != "" {
		return fmt.Sprintf("%s: there is no set %q here; there is %s", e.Target, e.Set, strings.Join(e.Sets, ", "))
	}
	msg := fmt.Sprintf("there is no migration %q", e.Target)
	if len(e.Near) > 0 {
		msg += "; did you mean " + strings.Join(e.Near, " or ") + "?"
	}
	return msg
}

// PassedError says that more is applied than the migration that [Migrator.UpTo] was to end at. Nothing was changed.
type PassedError struct {
	Set     string
	Target  string   // as it was asked for
	Applied []string // what would have to be undone, the newest first
}

// Error implements the error interface.
func (e *PassedError) Error() string {
	return e.Target + " precedes what is applied: up only goes forward, to " + e.Target + " goes back"
}

// ErrorCode returns the SQLSTATE of an error, through the method that lib/pq and pgx both have, or "".
func ErrorCode(err error) string {
	var s interface{ SQLState() string }
	if errors.As(err, &s) {
		return s.SQLState()
	}
	return ""
}

func cut(s string, most int) string {
	r := []rune(s)
	if len(r) <= most {
		return s
	}
	return string(r[:most]) + " ..."
}

// UnsupportedError says that a dialect cannot have what an op asks for. Planners return it, and the generator reports it at the
// place in the models.
type UnsupportedError struct {
	Dialect string
	Table   string
	Object  string // column, constraint or index of the table; "" is the table itself
	Reason  string // what it cannot have: "an index with INCLUDE"
	Hint    string // what to write instead, "" when there is nothing
	Narrow  string // what to write for a dialect that can have it, which it calls DIALECT: "using.DIALECT:gin"; "" is nothing
}

// NameOther puts the first of the dialects that is another one into Narrow.
func (e *UnsupportedError) NameOther(dialects ...string) {
	for _, d := range dialects {
		if d != e.Dialect {
			e.Narrow = strings.Replace(e.Narrow, ".DIALECT", "."+d, 1)
			return
		}
	}
}

// Error implements the error interface.
func (e *UnsupportedError) Error() string {
	where := e.Table
	if e.Object != "" {
		where += "." + e.Object
	}
	msg := fmt.Sprintf("%s: %s cannot have %s", where, e.Dialect, e.Reason)
	if e.Hint != "" {
		msg += "; " + e.Hint
	}
	if e.Narrow != "" {
		msg += ", or write " + e.Narrow
	}
	return msg
}

// NoSchemaError says that the schema is not in the database in which the history, and the tables without a schema in their names, would be.
type NoSchemaError struct {
	Schema string
	Create string // the statement that creates it
}

// Error implements the error interface.
func (e *NoSchemaError) Error() string {
	return "there is no schema " + e.Schema + " for the history; create it first: " + e.Create
}
