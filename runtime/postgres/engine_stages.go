package postgres

import (
	"context"
	"fmt"
	"strings"

	"github.com/modelgen/modelgen/internal/lazyregexp"
	migrate "github.com/modelgen/modelgen/runtime"
)

// On an engine whose DDL is not part of a transaction each statement is a stage. A crash between a statement and the mark behind it leaves in doubt
// whether it is done: the catalog says.

// apartStatements makes a stage of each statement that changes the schema.
func (p *planner) apartStatements() {
	if p.engine.traits().atomic {
		return
	}
	var all []migrate.Stage
	for _, st := range p.stages {
		if st.ByHand || st.Batch != nil || st.Run != nil || len(st.Statements) == 0 {
			all = append(all, st)
			continue
		}
		for i, x := range st.Statements {
			x.SQL = withoutConcurrently.ReplaceAllString(x.SQL, "$1")
			one := migrate.Stage{Cause: st.Cause, Statements: []migrate.Statement{x}, NoTx: true, Facts: st.Facts, Ready: p.isDone(x.SQL), Check: st.Check}
			one.Lock = "" // DDL waits for nobody, or for all, but not by the locks of PostgreSQL
			if i > 0 {
				one.Check, one.Destroys = nil, nil
			}
			if len(st.Statements) == 1 {
				one.Parts = st.Parts
			}
			all = append(all, one)
		}
	}
	p.stages = all
}

// withoutConcurrently finds the word that these engines need not: they build indexes beside writes anyway.
var withoutConcurrently = lazyregexp.New(`^((?:CREATE(?: UNIQUE)?|DROP) INDEX) CONCURRENTLY`)

const (
	quotedName = `((?:"(?:[^"]|"")+"\.)?"(?:[^"]|"")+")`
	quotedPart = `"((?:[^"]|"")+)"`
)

// done are the questions to the catalog whether a statement has been carried out, by how it begins. $1 is the first name, quoted, $2 and $3 are texts. What is not
// here does the same again when it is run twice: SET DEFAULT, COMMENT, CREATE SCHEMA IF NOT EXISTS.
var done = []struct {
	statement *lazyregexp.Regexp
	question  string
}{
	{lazyregexp.New(`^CREATE (?:UNLOGGED )?TABLE ` + quotedName), "to_regclass('$1') IS NOT NULL"},
	{lazyregexp.New(`^DROP TABLE ` + quotedName), "to_regclass('$1') IS NULL"},
	{lazyregexp.New(`^CREATE SEQUENCE ` + quotedName), "to_regclass('$1') IS NOT NULL"},
	{lazyregexp.New(`^DROP (?:SEQUENCE|INDEX) (?:IF EXISTS )?` + quotedName), "to_regclass('$1') IS NULL"},
	{lazyregexp.New(`^ALTER TABLE ` + quotedName + ` RENAME TO ` + quotedPart), "to_regclass('$1') IS NULL"},
	{lazyregexp.New(`^ALTER INDEX ` + quotedName + ` RENAME TO ` + quotedPart), "to_regclass('$1') IS NULL"},
	{lazyregexp.New(`^ALTER TABLE ` + quotedName + ` ADD COLUMN ` + quotedPart), hasColumn + ")"},
	{lazyregexp.New(`^ALTER TABLE ` + quotedName + ` DROP COLUMN ` + quotedPart), "NOT " + hasColumn + ")"},
	{lazyregexp.New(`^ALTER TABLE ` + quotedName + ` RENAME COLUMN ` + quotedPart), "NOT " + hasColumn + ")"},
	{lazyregexp.New(`^ALTER TABLE ` + quotedName + ` ALTER COLUMN ` + quotedPart + ` SET NOT NULL`), hasColumn + " AND a.attnotnull)"},
	{lazyregexp.New(`^ALTER TABLE ` + quotedName + ` ALTER COLUMN ` + quotedPart + ` DROP NOT NULL`), hasColumn + " AND NOT a.attnotnull)"},
	{lazyregexp.New(`^ALTER TABLE ` + quotedName + ` ADD CONSTRAINT ` + quotedPart), hasConstraint + ")"},
	{lazyregexp.New(`^ALTER TABLE ` + quotedName + ` VALIDATE CONSTRAINT ` + quotedPart), hasConstraint + " AND c.convalidated)"},
	{lazyregexp.New(`^ALTER TABLE ` + quotedName + ` DROP CONSTRAINT ` + quotedPart), "NOT " + hasConstraint + ")"},
	{lazyregexp.New(`^ALTER TABLE ` + quotedName + ` RENAME CONSTRAINT ` + quotedPart), "NOT " + hasConstraint + ")"},
	{lazyregexp.New(`^CREATE TYPE ` + quotedName), "to_regtype('$1') IS NOT NULL"},
	{lazyregexp.New(`^DROP TYPE ` + quotedName), "to_regtype('$1') IS NULL"},
	{lazyregexp.New(`^ALTER TYPE ` + quotedName + ` RENAME TO ` + quotedPart), "to_regtype('$1') IS NULL"},
	{lazyregexp.New(`^ALTER TYPE ` + quotedName + ` ADD VALUE '((?:[^']|'')*)'`), "EXISTS (SELECT 1 FROM pg_enum e WHERE e.enumtypid = to_regtype('$1') AND e.enumlabel = '$2')"},
	{lazyregexp.New(`^ALTER TYPE ` + quotedName + ` RENAME VALUE '((?:[^']|'')*)'`), "NOT EXISTS (SELECT 1 FROM pg_enum e WHERE e.enumtypid = to_regtype('$1') AND e.enumlabel = '$2')"},
}

const (
	hasColumn     = "EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = to_regclass('$1') AND NOT a.attisdropped AND a.attname = '$2'"
	hasConstraint = "EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conrelid = to_regclass('$1') AND c.conname = '$2'"
)

// createdIndex finds the name of an index, and its table.
var createdIndex = lazyregexp.New(`^CREATE (?:UNIQUE )?INDEX ` + quotedPart + ` ON ` + quotedName)

// doneQuery returns the question whether a statement has been carried out, "" for one that may run twice.
func doneQuery(sql string) string {
	for _, d := range done {
		if m := d.statement.FindStringSubmatch(sql); m != nil {
			q := strings.ReplaceAll(d.question, "$1", strings.ReplaceAll(m[1], "'", "''"))
			if len(m) > 2 {
				part := m[2]
				if !strings.HasPrefix(sql, "ALTER TYPE") || strings.Contains(sql, " RENAME TO ") {
					part = strings.ReplaceAll(strings.ReplaceAll(part, `""`, `"`), "'", "''")
				}
				q = strings.ReplaceAll(q, "$2", part)
			}
			return "SELECT " + q
		}
	}
	return ""
}

// isDone asks the catalog whether an earlier try has carried out a statement, and takes away an index whose build failed.
func (p *planner) isDone(sql string) readyFunc {
	if m := createdIndex.FindStringSubmatch(sql); m != nil {
		name := strings.ReplaceAll(m[1], `""`, `"`)
		table := m[2]
		index := ident(name)
		if dot := strings.LastIndex(table, `"."`); dot >= 0 {
			index = table[:dot+2] + index
		}
		return func(ctx context.Context, tx migrate.Tx) (bool, error) {
			var state string
			err := tx.QueryRowContext(ctx, "SELECT COALESCE((SELECT CASE WHEN x.indisvalid THEN 'done' ELSE 'left' END FROM pg_index x WHERE x.indexrelid = to_regclass("+text(index)+")), '')").Scan(&state)
			if err == nil && state == "left" {
				_, err = tx.ExecContext(ctx, "DROP INDEX IF EXISTS "+index)
			}
			return state == "done", err
		}
	}
	query := doneQuery(sql)
	if query == "" {
		return nil
	}
	return func(ctx context.Context, tx migrate.Tx) (yes bool, err error) {
		err = tx.QueryRowContext(ctx, query).Scan(&yes)
		return yes, err
	}
}

// stillMine makes sure of the lease before what no transaction holds it for.
func (s *session) stillMine(ctx context.Context) error {
	if !s.leased() {
		return nil
	}
	err := s.exec(ctx, s.renew())
	if migrate.ErrorCode(err) == divisionByZero {
		return errLeaseLost
	}
	if err != nil {
		return fmt.Errorf("renewing the lease of migrations: %w", err)
	}
	return nil
}
