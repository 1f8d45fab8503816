package postgres

import (
	"context"
	"database/sql"
	"errors"
	"net"
	"os"
	"slices"
	"strings"
	"syscall"

	"github.com/modelgen/modelgen/internal/sqllex"
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
	duplicateFunction    = "42723"
	duplicateColumn      = "42701"
	duplicateSchema      = "42P06"
	undefinedObject      = "42704"
	undefinedFunction    = "42883"
	notSupported         = "0A000"
	undefinedColumn      = "42703"
	datatypeMismatch     = "42804"
	cannotCoerce         = "42846"
	undefinedTable       = "42P01"
	duplicateTable       = "42P07"
	diskFull             = "53100"
	objectInUse          = "55006"
	lockNotAvailable     = "55P03"
	queryCanceled        = "57014"
	internalError        = "XX000" // "tuple concurrently updated"
)

// lost reports whether an error took the connection with it: it is no answer of the server, or the server's last one.
func lost(err error) bool {
	switch code := migrate.ErrorCode(err); {
	case strings.HasPrefix(code, "08"), strings.HasPrefix(code, "57P"):
		return true
	case code != "":
		return false
	}
	return !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded) && !errors.As(err, new(refused))
}

var _ migrate.ReachingDialect = Dialect{}

// unreachable has what to do when a server refuses a connection, by its SQLSTATE.
var unreachable = sqllex.WordMap{
	{"28P01", "look at the user and the password of the connection string, or PGPASSWORD and ~/.pgpass where it has none"},
	{"28000", "look at the user of the connection string, and at what pg_hba.conf of the server lets in: address, database, encryption (sslmode)"},
	{"3D000", "create the database first, with createdb or CREATE DATABASE, or correct its name in the connection string"},
	{"42501", "give the role CONNECT on the database, or take another role"},
	{"53300", "the server takes no more connections: end some, or give the migrations a role with room (CONNECTION LIMIT, max_connections)"},
	{"57P03", "the server is starting, or recovering; run the command again when it is up"},
}

// Unreachable implements [migrate.ReachingDialect].
func (Dialect) Unreachable(err error) string {
	if next := unreachable.Text(migrate.ErrorCode(err)); next != "" {
		return next
	}
	var name *net.DNSError
	says := func(texts ...string) bool { // of the drivers: these have neither a code nor a type
		return slices.ContainsFunc(texts, func(text string) bool { return strings.Contains(err.Error(), text) })
	}
	switch {
	case says("SSL is not enabled on the server", "server refused TLS connection"):
		return "the server has no TLS: sslmode=disable in the connection string (postgres://user@host/name?sslmode=disable) or PGSSLMODE goes without, which is for a network that nobody else listens to"
	case says("in connection info string", "failed to parse as keyword/value", "failed to parse as DSN"):
		return "the connection string is neither a URL, as postgres://user@host:5432/name, nor words such as host=localhost dbname=name user=user"
	case errors.As(err, &name):
		return "look at the host of the connection string: no server has that name; in a URL the password has %40 for @, %2F for / and %3A for :"
	case errors.Is(err, syscall.ECONNREFUSED), errors.Is(err, os.ErrNotExist):
		return "look at host and port of the connection string, and whether the server runs: pg_isready asks it"
	case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, context.DeadlineExceeded):
		return "nothing answers at host and port of the connection string: is a firewall between, or the network down?"
	}
	return ""
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

var hints = sqllex.WordMap{
	{notNullViolation, "the column holds NULLs; give these rows a value first, with Fill or SQL, or give the new column a default"},
	{uniqueViolation, "rows that are there have the same values; find them with GROUP BY ... HAVING count(*) > 1, and correct them first"},
	{foreignKeyViolation, "rows refer to rows that are not there; correct them first"},
	{checkViolation, "rows that are there break the check; correct them first"},
	{failedTransaction, "a statement of the Go step failed and its error was not returned; return it"},
	{readOnlyTransaction, "the session is read-only: is it a standby, or is default_transaction_read_only set?"},
	{dependentObjects, "something that migrations do not know of depends on it; drop that by hand, or in an SQL op before"},
	{invalidSchemaName, "the schema is not there; add CreateSchema, or create it by hand"},
	{insufficientRights, "the role lacks the right; run migrations as the owner of the tables, with CREATE on their schemas"},
	{diskFull, "the server's disk is full"},
	{objectInUse, "constraint triggers have still to look at rows changed before; run SET CONSTRAINTS ALL IMMEDIATE, or do it in two migrations"},
	{queryCanceled, "the statement ran longer than the statement timeout, or somebody cancelled it"},
	{deadlockDetected, "the application takes the same locks in another order; run the command again"},
	{undefinedColumn, "the column is not there: was something changed by hand? compare with verify"},
	{undefinedTable, "the table is not there: was something changed by hand? compare with verify"},
	{undefinedObject, "it is not there: is an extension missing, which //modelgen:extension NAME beside the models declares, or was something changed by hand? compare with verify"},
	{undefinedFunction, "PostgreSQL has no such function or operator on the search_path; write names with their schema"},
	{"25001", "the statement cannot run in a transaction; say NoTx in its SQL op, which runs each statement by itself"},
	{"55P04", "a new value of an enum can be used only after the commit; do it in the next migration"},
	{duplicateTable, tableHint},
	{duplicateColumn, existsHint},
	{duplicateObject, existsHint},
	{duplicateSchema, existsHint},
	{"42P16", "the table's definition does not allow it"},
}

// handHints are of steps that a person wrote, and that give rows values or make things themselves.
var handHints = sqllex.WordMap{
	{notNullViolation, "a statement of the step gives a row no value in a column that needs one"},
	{uniqueViolation, "a statement of the step gives a row a value that another one has"},
	{foreignKeyViolation, "a statement of the step leaves rows that refer to none"},
	{checkViolation, "a row that a statement of the step writes breaks the check"},
	{dependentObjects, "something depends on it; drop that before, in the same step"},
	{invalidSchemaName, "the schema is not there: is it misspelled?"},
	{undefinedColumn, "no column is called so where the statement looks: is it misspelled?"},
	{undefinedTable, "no table is called so on the search_path: is it misspelled? write names with their schema"},
	{undefinedObject, "nothing is called so on the search_path: is it misspelled, or an extension missing?"},
	{duplicateTable, handExistsHint},
	{duplicateColumn, handExistsHint},
	{duplicateObject, handExistsHint},
	{duplicateSchema, handExistsHint},
	{"42P16", ""},
}

const handExistsHint = "it exists already: does an earlier step make it, or was it made by hand? fake records a migration that is in the database already"

// fillHints are of steps that give rows values.
var fillHints = sqllex.WordMap{
	{notNullViolation, "the step gives a row no value in a column that needs one; let its SQL give one, or leave the row out with Where"},
	{uniqueViolation, "the step gives a row a value that another one has"},
	{foreignKeyViolation, "the step gives a row a value that refers to no row"},
	{checkViolation, "the value that the step gives a row breaks the check"},
	{datatypeMismatch, "PostgreSQL does not make the value one of the column's type by itself; cast it in the expression"},
}

const (
	existsHint   = "it exists already: was something made by hand? compare with verify; fake records a migration that is in the database already"
	operatorHint = "a column has no operator for this kind of index: for numbers, text and UUIDs in a gist index declare the extension with //modelgen:extension btree_gist beside the models, and generate"
	tableHint    = "it exists already: was it made by hand, or by another tool? up -fake-initial records a first migration whose tables are there exactly as it makes them; " +
		"fake records any other, after a look with verify"
)

// hint says what to do about an error.
func (s *session) hint(ctx context.Context, err error, stage migrate.Stage) string {
	code := migrate.ErrorCode(err)
	if hint := s.citusHint(ctx, err, stage); hint != "" {
		return hint
	}
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
	case code == invalidText && strings.HasPrefix(stage.Cause, "Recreate enum "):
		return "rows still hold a value that the enum loses; give them another one first, with Fill or SQL"
	case code == notSupported && strings.HasPrefix(stage.Cause, "Alter column "):
		return s.usersOf(ctx, stage.Cause)
	case strings.HasPrefix(stage.Cause, "Alter column ") && strings.HasPrefix(code, "22"):
		return "a row holds a value that cannot become one of the new type; correct it first, or say in Using how"
	case strings.HasPrefix(stage.Cause, "Alter column ") && (code == cannotCoerce || code == datatypeMismatch):
		return "PostgreSQL does not make the new value by itself; say in Using how"
	case strings.HasPrefix(code, "22"):
		return "a row holds a value that cannot become what the step makes of it; correct the row first, or leave it out"
	}
	if hint, ok := handHints.Get(code); ok && stage.ByHand {
		return hint
	}
	switch {
	case (code == duplicateObject || code == duplicateFunction) && strings.HasPrefix(stage.Cause, "Create "):
		return tableHint // an adopted migration begins with enums and functions
	case code == undefinedObject && strings.HasPrefix(stage.Cause, "Add exclusion constraint "):
		return operatorHint
	}
	if hint, ok := fillHints.Get(code); ok && (stage.Batch != nil || strings.HasPrefix(stage.Cause, "Fill ") || strings.HasPrefix(stage.Cause, "Backfill ")) {
		return hint
	}
	return hints.Text(code)
}

// usersOf names what keeps a column from being altered: views, rules, policies and triggers whose SQL mentions it. The cause of the stage names the
// column.
func (s *session) usersOf(ctx context.Context, cause string) string {
	name, _, _ := strings.Cut(strings.TrimPrefix(cause, "Alter column "), ":")
	dot := strings.LastIndexByte(name, '.')
	if dot < 0 || s.broken {
		return ""
	}
	var users sql.NullString
	err := s.conn.QueryRowContext(ctx, `SELECT pg_catalog.string_agg(DISTINCT COALESCE(
 (SELECT CASE c.relkind WHEN 'v' THEN 'view ' WHEN 'm' THEN 'materialized view ' ELSE 'a rule of ' END || c.oid::pg_catalog.regclass::text FROM pg_catalog.pg_rewrite r JOIN pg_catalog.pg_class c ON c.oid = r.ev_class
  WHERE d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass AND r.oid = d.objid),
 (SELECT 'policy ' || p.polname FROM pg_catalog.pg_policy p WHERE d.classid = 'pg_catalog.pg_policy'::pg_catalog.regclass AND p.oid = d.objid),
 (SELECT 'trigger ' || t.tgname FROM pg_catalog.pg_trigger t WHERE d.classid = 'pg_catalog.pg_trigger'::pg_catalog.regclass AND t.oid = d.objid)), ', ')
 FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
 WHERE d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid = pg_catalog.to_regclass(`+text(s.name(name[:dot]))+`) AND a.attname = `+text(name[dot+1:])).Scan(&users)
	if err != nil || users.String == "" {
		return ""
	}
	return "the column is used by " + users.String + ": drop that before, in an SQL op, and make it again after"
}

// absent tells an error of naming what is not there.
func absent(err error) bool {
	switch migrate.ErrorCode(err) {
	case undefinedColumn, undefinedTable, undefinedObject:
		return true
	}
	return false
}
