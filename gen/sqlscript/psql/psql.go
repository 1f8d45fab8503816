// Package psql writes scripts that carry a database to its migrations with psql alone, for places where no program of ours may run. They keep the
// history as the migrator does, stage by stage, so that each of the two goes on where the other one stopped.
package psql

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/modelgen/modelgen/gen/sqlscript"
	migrate "github.com/modelgen/modelgen/runtime"
)

const (
	historyTable = "public.modelgen_history"
	newestServer = 18 // that plans were made for
)

// Server is what a script must know of a dialect whose shell is psql. A dialect that lacks it has another shell.
type Server interface {
	migrate.Dialect

	// LockKey returns the key of the advisory lock that a migrator takes; "" is the usual history table.
	LockKey(history string) int64

	// HistorySQL returns the statements that create the history table where it is missing, without the last semicolon; "" is the usual one.
	HistorySQL(history string) string

	// MarkSQL returns the statement that writes a change of the history, as sessions do; "" is the usual one.
	MarkSQL(history string, m migrate.Mark) string
}

// Write prints a script for psql that can be run any number of times. plan returns the same scripts for a server of another version. It returns an
// error, and prints nothing, when a migration runs Go code, or when the dialect has another shell.
func Write(w io.Writer, scripts []sqlscript.Script, plan func(version int) ([]sqlscript.Script, error)) error {
	if len(scripts) == 0 {
		return nil
	}
	server, ok := scripts[0].Target.(Server)
	if !ok {
		return fmt.Errorf("-idempotent is for PostgreSQL: the shell of %s runs every statement, whatever the history says; let the program run them: app migrate up",
			scripts[0].Target.Capabilities().Product)
	}
	for _, s := range scripts {
		for _, st := range s.Stages {
			if _, ok := st.SQL(); !ok {
				return fmt.Errorf("%s runs Go code (%s), which no script can; let the program run it: app migrate up", s.Migration, st.Cause)
			}
		}
	}
	until, err := sameUntil(server, scripts, plan)
	if err != nil {
		return err
	}
	write(w, server, scripts, until)
	return nil
}

// sameUntil returns the newest version of the server for which migrations of several transactions have the same stages as for that of the
// scripts; 0 is all. The history counts stages: the program, which plans for the server that it finds, has to count the same ones.
func sameUntil(server Server, scripts []sqlscript.Script, plan func(version int) ([]sqlscript.Script, error)) (int, error) {
	for version := versionOf(server, scripts[0].Dialect) + 1; version <= newestServer; version++ {
		others, err := plan(version)
		if err != nil {
			return 0, err
		}
		for i, s := range scripts {
			if sqlscript.Several(s.Stages) && !slices.EqualFunc(s.Stages, others[i].Stages, sameStage) {
				return version - 1, nil
			}
		}
	}
	return 0, nil
}

func sameStage(a, b migrate.Stage) bool {
	return a.NoTx == b.NoTx && a.Commit == b.Commit && slices.EqualFunc(a.Statements, b.Statements, func(x, y migrate.Statement) bool { return x.SQL == y.SQL })
}

// versionOf returns the version in the word of a dialect, or the oldest.
func versionOf(server Server, dialect string) int {
	_, version, _ := strings.Cut(dialect, "@")
	if n, err := strconv.Atoi(version); err == nil {
		return n
	}
	return server.Capabilities().Oldest
}

func write(w io.Writer, server Server, scripts []sqlscript.Script, until int) {
	from := versionOf(server, scripts[0].Dialect)
	versions, wrong := fmt.Sprintf("%d and newer", from), fmt.Sprintf("< %d", from)
	if until > 0 {
		versions, wrong = fmt.Sprintf("%d to %d", from, until), fmt.Sprintf("NOT BETWEEN %d AND %d", from, until)
	}
	fmt.Fprintf(w, guardHead, versions)
	raise := func(when, message string) { sqlscript.WriteStatements(w, server.Fail(message, when)) }
	raise("pg_catalog.current_setting('server_version_num')::integer / 10000 "+wrong,
		"this script is for PostgreSQL "+versions+", where the migrations have these stages; print it for this server: modelgen sql -idempotent -dialect "+server.Name()+"@VERSION")
	fmt.Fprintf(w, guardLock, server.LockKey(""))
	raise("", "another session is migrating this database; run the script again when it is done")
	fmt.Fprintf(w, "\\endif\n%s;\n%sSELECT NOT EXISTS (SELECT FROM %s WHERE \"set\" = %s) AS modelgen_empty \\gset\n",
		server.HistorySQL(""), guardStage, historyTable, text(scripts[0].Set))
	expands := map[string]bool{}
	for _, s := range scripts {
		for _, name := range s.Ends {
			expands[name] = true
		}
	}
	for _, s := range scripts {
		g := guard{w: w, s: s, server: server, raise: raise}
		g.print(scripts, expands)
	}
	fmt.Fprintf(w, "\nSELECT pg_catalog.pg_advisory_unlock(%d) AS modelgen_lock \\gset\n", server.LockKey(""))
}

const guardHead = `-- For psql, on PostgreSQL %s. It can be run again: what the history has is left out, and what stopped half way goes on.
\set ON_ERROR_STOP on
\set AUTOCOMMIT on
SET standard_conforming_strings = on;
SET client_min_messages = warning;
SET default_transaction_isolation = 'read committed';
SET timezone = 'UTC';
SET search_path = public, pg_temp;
`

const guardLock = `SELECT pg_catalog.pg_try_advisory_lock(%d) AS modelgen_lock \gset
\if :modelgen_lock
\else
`

// guardStage makes the function that reads a row: -1 is none, a high number a migration that is complete, else as many stages are done.
const guardStage = `CREATE OR REPLACE FUNCTION pg_temp.modelgen_stage(of_set text, migration text, of_hash text) RETURNS integer LANGUAGE plpgsql AS $modelgen$
DECLARE
  r record;
BEGIN
  SELECT * INTO r FROM ` + historyTable + ` h WHERE h."set" = of_set AND h.name = migration;
  CASE
    WHEN NOT FOUND THEN
      RETURN -1;
    WHEN r.hash IS DISTINCT FROM of_hash THEN
      RAISE EXCEPTION '% was changed since it was applied', migration USING HINT = 'undo the edit and write a new migration, then print this script again';
    WHEN r.state IN ('done', 'faked') THEN
      RETURN 1000000;
    WHEN r.state <> 'running' THEN
      RAISE EXCEPTION '% was being undone and stopped after % stages', migration, r.stage USING HINT = 'finish with: app migrate down';
    WHEN r.cursor LIKE '%"to":%' THEN
      RAISE EXCEPTION '% stopped in the middle of its rows, behind % stages', migration, r.stage USING HINT = 'finish with: app migrate up';
    ELSE
      RETURN r.stage;
  END CASE;
END
$modelgen$;
`
