package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/internal/lazyregexp"
)

// What a step written by hand leaves behind on the connection: pragmas, attached databases, temporary tables and triggers. Most of it is not
// undone by a rollback. It is put back behind the step, before the history is written, also when the step fails.

// pragmas are those of a connection that can be read back (SQLite's page "PRAGMA Statements"). What is kept in the file is not among them, and
// journal_mode only as far as it is not WAL, which is.
var pragmas = []string{
	"query_only", "foreign_keys", "defer_foreign_keys", "recursive_triggers", "ignore_check_constraints", "writable_schema", "legacy_alter_table", "trusted_schema",
	"reverse_unordered_selects", "read_uncommitted", "cell_size_check", "automatic_index", "synchronous", "cache_size", "cache_spill", "temp_store", "locking_mode",
	"secure_delete", "fullfsync", "checkpoint_fullfsync", "full_column_names", "short_column_names", "count_changes", "empty_result_callbacks", "busy_timeout",
	"wal_autocheckpoint", "journal_size_limit", "mmap_size", "threads", "analysis_limit", "journal_mode",
}

// outside are the pragmas that change nothing inside a transaction. To switch defer_foreign_keys off there would even forget which rows are still to
// be checked; the end of the transaction switches it off by itself.
var outside = []string{"foreign_keys", "defer_foreign_keys", "synchronous", "temp_store", "locking_mode", "journal_mode"}

// like stands for the pragma case_sensitive_like, which cannot be read.
const like = "case_sensitive_like"

// standing is what a connection has.
type standing struct {
	pragmas  map[string]string
	attached []string
	temp     []string // statements that drop them
}

func (s *session) standing(ctx context.Context) (st *standing, err error) {
	err = s.patient(ctx, func() error { // whoever writes at that moment keeps others from reading, without WAL
		st, err = s.stands(ctx)
		return err
	})
	return st, err
}

func (s *session) stands(ctx context.Context) (*standing, error) {
	st := &standing{pragmas: map[string]string{}}
	for _, name := range pragmas {
		var v sql.NullString
		switch err := s.conn.QueryRowContext(ctx, "PRAGMA "+name).Scan(&v); {
		case errors.Is(err, sql.ErrNoRows): // this build does not have it
		case err != nil:
			return nil, err
		case v.Valid:
			st.pragmas[name] = v.String
		}
	}
	var folds bool
	if err := s.conn.QueryRowContext(ctx, "SELECT 'a' LIKE 'A'").Scan(&folds); err != nil {
		return nil, err
	}
	st.pragmas[like] = map[bool]string{true: "0", false: "1"}[folds]
	var err error
	if st.attached, err = s.names(ctx, "SELECT name FROM pragma_database_list WHERE name NOT IN ('main', 'temp')"); err != nil {
		return nil, err
	}
	st.temp, err = s.names(ctx, `SELECT 'DROP ' || type || ' IF EXISTS temp."' || replace(name, '"', '""') || '"' FROM sqlite_temp_master WHERE type IN ('trigger', 'view', 'table') AND name NOT LIKE 'sqlite\_%' ESCAPE '\' ORDER BY type = 'table'`)
	return st, err
}

func (s *session) names(ctx context.Context, query string) (all []string, err error) {
	rows, err := s.conn.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var v string
		if err := rows.Scan(&v); err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, rows.Err()
}

// putBack makes the connection stand as it did. Inside a transaction it leaves out what can only be done outside; open leaves temporary tables.
func (s *session) putBack(ctx context.Context, was *standing, inside, open bool) error {
	ctx = context.WithoutCancel(ctx)
	is, err := s.standing(ctx)
	if err != nil {
		return err
	}
	var errs []error
	do := func(q string) {
		if _, err := s.conn.ExecContext(ctx, q); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", q, err))
		}
	}
	for _, name := range append(pragmas[:len(pragmas):len(pragmas)], like) {
		a, b := was.pragmas[name], is.pragmas[name]
		if a == b || a == "" || inside && slices.Contains(outside, name) || name == "journal_mode" && (a == "wal" || b == "wal") {
			continue
		}
		do("PRAGMA " + name + " = " + a)
	}
	if !open {
		for _, q := range is.temp {
			if !slices.Contains(was.temp, q) {
				do(q)
			}
		}
	}
	if !inside {
		for _, name := range is.attached {
			if !slices.Contains(was.attached, name) {
				do("DETACH " + quote(name))
			}
		}
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("putting back what a step written by hand left on the connection: %w", err)
	}
	return nil
}

// setting finds statements that set something for the rest of the connection.
var setting = lazyregexp.New(`(?is)^(?:\s+|--[^\n]*\n|/\*.*?\*/)*(?:ATTACH\b|DETACH\b|PRAGMA\s+(?:\w+\s*\.\s*)?(\w+)\s*[=(])`)

func setsSomething(q string) bool {
	m := setting.FindStringSubmatch(q)
	return m != nil && (m[1] == "" || slices.Contains(pragmas, strings.ToLower(m[1])) || strings.EqualFold(m[1], like))
}
