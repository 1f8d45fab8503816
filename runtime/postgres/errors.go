package postgres

import (
	"context"
	"errors"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
)

// The SQLSTATEs that are acted upon (manual, appendix A).
const (
	divisionByZero       = "22012"
	invalidText          = "22P02"
	notNullViolation     = "23502"
	foreignKeyViolation  = "23503"
	uniqueViolation      = "23505"
	checkViolation       = "23514"
	failedTransaction    = "25P02"
	readOnlyTransaction  = "25006"
	dependentObjects     = "2BP01"
	invalidSchemaName    = "3F000"
	serializationFailure = "40001"
	deadlockDetected     = "40P01"
	insufficientRights   = "42501"
	duplicateObject      = "42710"
	undefinedColumn      = "42703"
	undefinedTable       = "42P01"
	duplicateTable       = "42P07"
	diskFull             = "53100"
	objectInUse          = "55006"
	lockNotAvailable     = "55P03"
	queryCanceled        = "57014"
	internalError        = "XX000" // "tuple concurrently updated"
)

// lost tells whether an error took the connection with it: it is no answer of the server, or the server's last one.
func lost(err error) bool {
	switch code := migrate.ErrorCode(err); {
	case strings.HasPrefix(code, "08"), strings.HasPrefix(code, "57P"):
		return true
	case code != "":
		return false
	}
	return !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded) && !errors.As(err, new(refused))
}

// refused is an error of this package, not of the connection.
type refused struct{ error }

// reason says in words why a transaction is tried again.
func reason(err error) string {
	switch migrate.ErrorCode(err) {
	case deadlockDetected:
		return "a deadlock with another session"
	case serializationFailure:
		return "another session changed the same rows"
	}
	return "a lock was not free in time"
}

var hints = map[string]string{
	notNullViolation:    "the column holds NULLs; give these rows a value first, with Fill or SQL, or give the new column a default",
	uniqueViolation:     "rows that are there have the same values; find them with GROUP BY ... HAVING count(*) > 1, and correct them first",
	foreignKeyViolation: "rows refer to rows that are not there; correct them first",
	checkViolation:      "rows that are there break the check; correct them first",
	failedTransaction:   "a statement of the Go step failed and its error was not returned; return it",
	readOnlyTransaction: "the session is read-only: is it a standby, or is default_transaction_read_only set?",
	dependentObjects:    "something that migrations do not know of depends on it; drop that by hand, or in an SQL op before",
	invalidSchemaName:   "the schema is not there; add CreateSchema, or create it by hand",
	insufficientRights:  "the role lacks the right; run migrations as the owner of the tables, with CREATE on their schemas",
	diskFull:            "the server's disk is full",
	objectInUse:         "constraint triggers have still to look at rows changed before; run SET CONSTRAINTS ALL IMMEDIATE, or do it in two migrations",
	queryCanceled:       "the statement ran longer than the statement timeout, or somebody cancelled it",
	deadlockDetected:    "the application takes the same locks in another order; run the command again",
	undefinedColumn:     "the column is not there: was something changed by hand? compare with verify",
	undefinedTable:      "the table is not there: was something changed by hand? compare with verify",
	"42704":             "it is not there: was something changed by hand? compare with verify",
	"42883":             "PostgreSQL has no such function or operator on the search_path; write names with their schema",
	"42846":             "PostgreSQL has no such cast; say in Using how to make the new value",
	"42804":             "PostgreSQL does not make this value by itself; say in Using how",
	"55P04":             "a new value of an enum can be used only after the commit; do it in the next migration",
	duplicateTable:      tableHint,
	"42701":             existsHint,
	duplicateObject:     existsHint,
	"42P06":             existsHint,
	"42P16":             "the table's definition does not allow it",
	"0A000":             "PostgreSQL cannot alter a column that a view, a rule, a policy or a generated column uses; drop that first and make it again after",
}

const (
	existsHint = "it exists already: was something made by hand? compare with verify; fake records a migration that is in the database already"
	tableHint  = "it exists already: was it made by hand, or by another tool? up -fake-initial records a first migration whose tables are there exactly as it makes them; " +
		"fake records any other, after a look with verify"
)

// hint says what to do about an error.
func (s *session) hint(ctx context.Context, err error, stage migrate.Stage) string {
	code := migrate.ErrorCode(err)
	if hint := s.situation(ctx, err, stage); hint != "" {
		return hint
	}
	switch {
	case code == lockNotAvailable:
		hint := "the lock was not free in all the time that was given to try; run the command again when the database is quieter"
		if who := s.blockers(ctx, stage.Tables); who != "" {
			hint += "; in the way: " + who
		}
		return hint
	case code == notNullViolation && strings.HasPrefix(stage.Cause, "Add column "):
		return migrate.NoValueHint
	case code == invalidText && strings.HasPrefix(stage.Cause, "Make enum "):
		return "rows still hold a value that the enum loses; give them another one first, with Fill or SQL"
	case strings.HasPrefix(code, "22"):
		return "a row holds a value that cannot become one of the new type; correct it first, or say in Using how"
	}
	return hints[code]
}
