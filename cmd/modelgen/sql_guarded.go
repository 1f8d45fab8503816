package main

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/modelgen/modelgen/gen"
	"github.com/modelgen/modelgen/gen/sqlscript"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/postgres"
)

const (
	historyTable = "public.modelgen_history"
	newestServer = 18 // that plans were made for
)

// sameUntil returns the newest version of the server for which migrations of several transactions have the same stages as for that of the
// scripts; 0 is all. The history counts stages: the program, which plans for the server that it finds, has to count the same ones.
func sameUntil(cfg gen.Config, which string, scripts []sqlscript.Script) (int, error) {
	if len(scripts) == 0 || capabilities(scripts[0].Dialect).Name != psql {
		return 0, nil
	}
	for version := serverOf(scripts[0].Dialect) + 1; version <= newestServer; version++ {
		others, err := sqlscript.Plan(cfg, which, psql+"@"+strconv.Itoa(version))
		if err != nil {
			return 0, err
		}
		for i, s := range scripts {
			if several(s.Stages) && !slices.EqualFunc(s.Stages, others[i].Stages, sameStage) {
				return version - 1, nil
			}
		}
	}
	return 0, nil
}

func sameStage(a, b migrate.Stage) bool {
	return a.NoTx == b.NoTx && a.Commit == b.Commit && slices.EqualFunc(a.Statements, b.Statements, func(x, y migrate.Statement) bool { return x.SQL == y.SQL })
}

// serverOf returns the version in the word of a dialect, or the oldest.
func serverOf(dialect string) int {
	_, version, _ := strings.Cut(dialect, "@")
	if n, err := strconv.Atoi(version); err == nil {
		return n
	}
	return postgres.Dialect{}.Capabilities().Oldest
}

// guarded prints a script for psql that can be run any number of times. It keeps the history as the migrator does, stage by stage, so that
// each of the two goes on where the other one stopped.
func guarded(w io.Writer, scripts []sqlscript.Script, until int) error {
	for _, s := range scripts {
		if c := capabilities(s.Dialect); c.Name != psql {
			return fmt.Errorf("-idempotent is for PostgreSQL: the shell of %s runs every statement, whatever the history says; let the program run them: app migrate up", c.Product)
		}
		for _, st := range s.Stages {
			if _, ok := st.SQL(); !ok {
				return fmt.Errorf("%s runs Go code (%s), which no script can; let the program run it: app migrate up", s.Migration, st.Cause)
			}
		}
	}
	if len(scripts) == 0 {
		return nil
	}
	from := serverOf(scripts[0].Dialect)
	versions, wrong := fmt.Sprintf("%d and newer", from), fmt.Sprintf("< %d", from)
	if until > 0 {
		versions, wrong = fmt.Sprintf("%d to %d", from, until), fmt.Sprintf("NOT BETWEEN %d AND %d", from, until)
	}
	fmt.Fprintf(w, guardHead, versions)
	raise := func(when, message string) { statements(w, fail(scripts[0].Dialect, message, when)) }
	raise("pg_catalog.current_setting('server_version_num')::integer / 10000 "+wrong,
		"this script is for PostgreSQL "+versions+", where the migrations have these stages; print it for this server: modelgen sql -idempotent -dialect postgres@VERSION")
	fmt.Fprintf(w, guardLock, postgres.Dialect{}.LockKey(""))
	raise("", "another session is migrating this database; run the script again when it is done")
	fmt.Fprintf(w, "\\endif\n%s;\n%sSELECT NOT EXISTS (SELECT FROM %s WHERE \"set\" = %s) AS modelgen_empty \\gset\n",
		postgres.Dialect{}.HistorySQL(""), guardStage, historyTable, text(scripts[0].Set))
	expands := map[string]bool{}
	for _, s := range scripts {
		for _, name := range s.Ends {
			expands[name] = true
		}
	}
	for _, s := range scripts {
		g := guard{w: w, s: s, raise: raise}
		g.print(scripts, expands)
	}
	fmt.Fprintf(w, "\nSELECT pg_catalog.pg_advisory_unlock(%d) AS modelgen_lock \\gset\n", postgres.Dialect{}.LockKey(""))
	return nil
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

// guard prints one migration.
type guard struct {
	w     io.Writer
	s     sqlscript.Script
	raise func(when, message string)
}

func (g guard) printf(format string, args ...any) { fmt.Fprintf(g.w, format, args...) }

func (g guard) print(scripts []sqlscript.Script, expands map[string]bool) {
	set, name := text(g.s.Set), text(g.s.Migration)
	g.printf("\n-- %s\nSELECT pg_temp.modelgen_stage(%s, %s, %s) AS modelgen_stage \\gset\n", g.s.Migration, set, name, text(g.s.Hash))
	if expands[g.s.Migration] {
		g.printf("\\unset %s\n", expanded(scripts, g.s.Migration))
	}
	g.printf("SELECT :modelgen_stage < 0 AS modelgen_begin, :modelgen_stage < 1000000 AS modelgen_todo \\gset\n\\if :modelgen_todo\n")
	g.parents(scripts)
	g.ends(scripts)
	if len(g.s.Replaces) > 0 {
		g.printf("SELECT :modelgen_stage < 0 AND %s AS modelgen_adopt \\gset\n\\if :modelgen_adopt\n-- what it stands for is there\n", whole(g.s.Set, g.s.Replaces))
		g.printf("INSERT INTO %s (\"set\", name, hash, digest, state, started, finished, duration_ms, tool) VALUES (%s, %s, %s, '', 'done', %s, %[5]s, 0, 'psql');\n\\else\n",
			historyTable, set, name, text(g.s.Hash), "pg_catalog.clock_timestamp()")
		g.raise(fmt.Sprintf("NOT EXISTS (SELECT FROM %s WHERE \"set\" = %s AND name = %s) AND EXISTS (SELECT FROM %[1]s WHERE \"set\" = %[2]s AND name IN %[4]s)",
			historyTable, set, name, list(everyName(g.s.Replaces))),
			g.s.Migration+" stands for migrations of which this database has some, and not all; apply the rest of them first, with the program that has them: app migrate up")
	}
	groups := migrate.Transactions(g.s.Stages)
	if len(groups) == 0 {
		groups = [][]migrate.Stage{nil} // the history is written all the same
	}
	done := 0
	for i, group := range groups {
		done += len(group)
		g.group(group, max(done, 1), i == 0, i == len(groups)-1)
	}
	if expands[g.s.Migration] {
		g.printf("\\set %s 1\n", expanded(scripts, g.s.Migration))
	}
	if len(g.s.Replaces) > 0 {
		g.printf("\\endif\n")
	}
	g.printf("\\endif\n")
}

// group prints the stages of one transaction; end is how many stages are done behind it.
func (g guard) group(group []migrate.Stage, end int, first, last bool) {
	g.printf("SELECT :modelgen_stage < %d AS modelgen_todo \\gset\n\\if :modelgen_todo\n", end)
	noTx := len(group) > 0 && group[0].NoTx
	if !noTx {
		g.printf("BEGIN;\n")
	}
	if first {
		g.printf("\\if :modelgen_begin\nINSERT INTO %s (\"set\", name, hash, digest, state, started, tool) VALUES (%s, %s, %s, '', 'running', pg_catalog.clock_timestamp(), 'psql');\n\\endif\n",
			historyTable, text(g.s.Set), text(g.s.Migration), text(g.s.Hash))
	}
	for _, st := range group {
		g.printf("-- %s%s\n", st.Cause, facts(st))
		all, _ := st.SQL()
		if st.Again == nil {
			statements(g.w, all)
			continue
		}
		g.printf("SELECT (state = 'left') IS TRUE AS modelgen_left, (state = 'done') IS NOT TRUE AS modelgen_todo FROM (SELECT (%s) AS state) AS earlier \\gset\n", st.Again.State)
		if st.Again.Clear.SQL != "" {
			g.printf("\\if :modelgen_left\n%s\n\\endif\n", ended(st.Again.Clear.SQL))
		}
		g.printf("\\if :modelgen_todo\n")
		statements(g.w, all)
		g.printf("\\endif\n")
	}
	members := everyRow(g.s.Replaces)
	if noTx && last && len(members) > 0 {
		g.printf("BEGIN;\n")
	}
	row := fmt.Sprintf("WHERE \"set\" = %s AND name = %s", text(g.s.Set), text(g.s.Migration))
	if last {
		g.printf("UPDATE %s SET state = 'done', finished = pg_catalog.clock_timestamp(), duration_ms = (EXTRACT(epoch FROM pg_catalog.clock_timestamp() - started) * 1000)::bigint, error = NULL %s;\n",
			historyTable, row)
		for _, m := range members { // as the migrator does, for programs of the previous release
			g.printf("INSERT INTO %s (\"set\", name, hash, digest, state, started, finished, duration_ms, tool) VALUES (%s, %s, %s, '', 'faked', pg_catalog.clock_timestamp(), pg_catalog.clock_timestamp(), 0, 'psql');\n",
				historyTable, text(g.s.Set), text(m.Name), text(m.Hash))
		}
	} else {
		g.printf("UPDATE %s SET stage = %d, error = NULL %s;\n", historyTable, end, row)
	}
	if !noTx || last && len(members) > 0 {
		g.printf("COMMIT;\n")
	}
	g.printf("\\endif\n")
}

// parents makes sure of those that are not in the script.
func (g guard) parents(scripts []sqlscript.Script) {
	for _, p := range g.s.Parents {
		if slices.ContainsFunc(scripts, func(s sqlscript.Script) bool { return s.Migration == p.Name || slices.Contains(p.By, s.Migration) }) {
			continue
		}
		g.raise("NOT ("+there(g.s.Set, p)+")", g.s.Migration+" comes after "+p.Name+", which is not applied; begin the script there: modelgen sql -idempotent "+p.Name+".."+g.s.Migration)
	}
}

// ends stops in front of the end of a dual write that this script has begun, unless the database was empty.
func (g guard) ends(scripts []sqlscript.Script) {
	for _, name := range g.s.Ends {
		if !slices.ContainsFunc(scripts, func(s sqlscript.Script) bool { return s.Migration == name }) {
			continue
		}
		g.printf("\\if :{?%s}\n\\if :modelgen_empty\n\\else\n", expanded(scripts, name))
		g.raise("", g.s.Migration+" waits: "+name+" has just begun a dual write, and programs that know only one of its columns may still be running; everything before it is applied; "+
			"run this again when all programs that run are newer than "+name)
		g.printf("\\endif\n\\endif\n")
	}
}

// expanded is the variable that tells that a migration was run by this script.
func expanded(scripts []sqlscript.Script, name string) string {
	return fmt.Sprintf("modelgen_expanded_%d", slices.IndexFunc(scripts, func(s sqlscript.Script) bool { return s.Migration == name }))
}

// there is a condition: a migration is applied, or all that it stands for, or one that stands for it.
func there(set string, r sqlscript.Row) string {
	names := append([]string{r.Name}, r.By...)
	sql := fmt.Sprintf("EXISTS (SELECT FROM %s WHERE \"set\" = %s AND name IN %s AND state IN ('done', 'faked'))", historyTable, text(set), list(names))
	if len(r.Replaces) > 0 {
		sql = "(" + sql + " OR " + whole(set, r.Replaces) + ")"
	}
	return sql
}

// whole is a condition: all of them are applied.
func whole(set string, rows []sqlscript.Row) string {
	var plain, all []string
	for _, r := range rows {
		if len(r.Replaces) == 0 {
			plain = append(plain, r.Name)
			continue
		}
		r.By = nil
		all = append(all, there(set, r))
	}
	if len(plain) > 0 {
		all = append(all, fmt.Sprintf("(SELECT count(*) = %d FROM %s WHERE \"set\" = %s AND name IN %s AND state IN ('done', 'faked'))", len(plain), historyTable, text(set), list(plain)))
	}
	return strings.Join(all, " AND ")
}

// everyName returns their names, and those of what they stand for.
func everyName(rows []sqlscript.Row) (names []string) {
	for _, r := range rows {
		names = append(append(names, r.Name), everyName(r.Replaces)...)
	}
	return names
}

// everyRow returns those whose hash is known, each once.
func everyRow(rows []sqlscript.Row) (all []sqlscript.Row) {
	for _, r := range rows {
		for _, x := range append([]sqlscript.Row{r}, everyRow(r.Replaces)...) {
			if x.Hash != "" && !slices.ContainsFunc(all, func(o sqlscript.Row) bool { return o.Name == x.Name }) {
				all = append(all, x)
			}
		}
	}
	return all
}

func list(names []string) string {
	all := make([]string, len(names))
	for i, n := range names {
		all[i] = text(n)
	}
	return "(" + strings.Join(all, ", ") + ")"
}
