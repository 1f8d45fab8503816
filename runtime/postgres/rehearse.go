package postgres

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/internal/machine"
)

var _ migrate.Rehearser = (*session)(nil)

// place is a database as far as a copy has to know it.
type place struct {
	system   string // system_identifier of its server; "" where the role may not ask
	oid      int64
	name     string
	version  int // major one of its server
	super    bool
	creates  bool // the role may create databases
	role     string
	bytes    int64
	settings struct { // of pg_database, whose columns differ between versions
		Encoding  int     `json:"encoding"`
		Provider  string  `json:"datlocprovider"`
		Collate   string  `json:"datcollate"`
		CType     string  `json:"datctype"`
		ICULocale *string `json:"daticulocale"` // 15 and 16
		Locale    *string `json:"datlocale"`    // from 17 on
		ICURules  *string `json:"daticurules"`
	}
	encoding string
}

// querier is a database, a connection or a transaction.
type querier interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

func lookAt(ctx context.Context, q querier) (p place, err error) {
	var settings string
	err = q.QueryRowContext(ctx, `SELECT d.oid::bigint, d.datname::text, pg_catalog.current_setting('server_version_num')::int / 10000, r.rolsuper, r.rolcreatedb OR r.rolsuper, r.rolname::text,
 pg_catalog.pg_database_size(d.oid), pg_catalog.pg_encoding_to_char(d.encoding)::text, pg_catalog.to_jsonb(d)::text
 FROM pg_catalog.pg_database d, pg_catalog.pg_roles r WHERE d.datname = pg_catalog.current_database() AND r.rolname = current_user`).
		Scan(&p.oid, &p.name, &p.version, &p.super, &p.creates, &p.role, &p.bytes, &p.encoding, &settings)
	if err != nil {
		return p, err
	}
	if err := json.Unmarshal([]byte(settings), &p.settings); err != nil {
		return p, fmt.Errorf("reading pg_database: %w", err)
	}
	if q.QueryRowContext(ctx, "SELECT system_identifier::text FROM pg_catalog.pg_control_system()").Scan(&p.system) != nil {
		p.system = "" // the role may not
	}
	return p, nil
}

// same reports whether two places are the same database, or may be.
func (p place) same(o place) bool {
	return p.oid == o.oid && p.name == o.name && (p.system == o.system || p.system == "" || o.system == "")
}

// copier makes one copy.
type copier struct {
	s        *session
	c        migrate.CopyConfig
	from, to place
	db       *sql.DB
	pinned   *sql.Conn // of a database that was there before, to which the lock belongs; nil is none
	address  string    // connection string of the copy
	beside   bool      // it is a database of its own on the same server
	whole    bool      // with owners and grants
	programs programs
	snapshot string
	dir      string // for what pg_dump writes
	out      *migrate.DatabaseCopy
	undo     []func(context.Context) error // in the order in which it came to be
}

// CopyDatabase implements [migrate.Rehearser]: pg_dump and pg_restore carry over the schema, and all rows where all are asked for; the rows of the history and the
// part of others that was asked for come through the connections of the program.
func (s *session) CopyDatabase(ctx context.Context, c migrate.CopyConfig) (_ *migrate.DatabaseCopy, err error) {
	if s.cfg.Lease {
		return nil, errors.New("a rehearsal needs a direct connection, not a pooler in transaction mode: it keeps one snapshot and one lock for as long as it takes")
	}
	for _, address := range []string{c.URL, c.On} {
		if _, _, err := splitPassword(address, 0); err != nil {
			return nil, errors.New(strings.ReplaceAll(err.Error(), "of the backup", "of the rehearsal"))
		}
	}
	if err := s.readable(ctx); err != nil {
		return nil, err
	}
	w := &copier{s: s, c: c, beside: c.On == "", out: &migrate.DatabaseCopy{}}
	if w.programs, err = findPrograms(ctx, c.PgDump, s.version); err != nil {
		return nil, err
	}
	if w.from, err = lookAt(ctx, s.conn); err != nil {
		return nil, s.fail(ctx, err)
	}
	defer func() {
		if err != nil {
			w.close(ctx)
		}
	}()
	if err := w.target(ctx); err != nil {
		return nil, err
	}
	if w.dir, err = os.MkdirTemp("", "modelgen-rehearsal-dump-"); err != nil {
		return nil, err
	}
	defer os.RemoveAll(w.dir)
	if err := w.fill(ctx); err != nil {
		return nil, err
	}
	if err := w.db.QueryRowContext(ctx, "SELECT pg_catalog.pg_database_size(pg_catalog.current_database())").Scan(&w.out.Bytes); err != nil {
		return nil, err
	}
	w.out.DB, w.out.Name = w.db, w.to.name
	w.out.Close = func(ctx context.Context, keep bool) (string, error) {
		if !keep {
			return "", w.close(ctx)
		}
		return w.keep(ctx)
	}
	return w.out, nil
}

// close takes back what was made, the newest first.
func (w *copier) close(ctx context.Context) (err error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), closing)
	defer cancel()
	for _, f := range slices.Backward(w.undo) {
		err = errors.Join(err, f(ctx))
	}
	w.undo = nil
	return err
}

// fill carries the database over, as it is at one moment.
func (w *copier) fill(ctx context.Context) error {
	s := w.s
	defer s.rollback(ctx)
	if err := s.exec(ctx, "BEGIN;\nSET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY;\n"+exact("SET LOCAL")); err != nil {
		return err
	}
	if err := s.conn.QueryRowContext(ctx, "SELECT pg_catalog.pg_export_snapshot()").Scan(&w.snapshot); err != nil {
		return s.fail(ctx, err)
	}
	if err := w.compare(ctx); err != nil {
		return err
	}
	w.c.Notify("copying the schema into " + w.to.name)
	if err := w.dumpSchema(ctx); err != nil {
		return err
	}
	if err := w.restore(ctx, "pre-data"); err != nil {
		return err
	}
	if w.c.Percent == 100 {
		w.c.Notify("copying all rows")
		if err := w.pipeRows(ctx); err != nil {
			return err
		}
	} else if err := w.rows(ctx); err != nil {
		return err
	}
	if w.programs.version >= 18 && w.c.Percent < 100 {
		if err := w.restore(ctx, "data"); err != nil { // the statistics
			return err
		}
	}
	if err := w.restore(ctx, "post-data"); err != nil {
		return err
	}
	if w.c.Percent < 100 {
		if err := w.refresh(ctx); err != nil {
			return err
		}
	}
	if w.c.Percent > 0 {
		if _, err := w.db.ExecContext(ctx, "ANALYZE"); err != nil {
			return err
		}
	}
	return nil
}

// exact are settings with which values survive as texts; word is SET or SET LOCAL.
func exact(word string) string {
	var b strings.Builder
	for _, kv := range []string{"datestyle = 'ISO, MDY'", "intervalstyle = 'postgres'", "extra_float_digits = 1", "bytea_output = 'hex'", "xmloption = 'content'", "timezone = 'UTC'",
		"standard_conforming_strings = on", "client_min_messages = warning"} {
		b.WriteString(word + " " + kv + ";\n")
	}
	return b.String()
}

// compare makes sure that the target can hold what comes, and notes what it cannot.
func (w *copier) compare(ctx context.Context) error {
	note := func(format string, args ...any) {
		w.out.NotTested = append(w.out.NotTested, fmt.Sprintf(format, args...))
	}
	if w.to.version < w.from.version {
		return fmt.Errorf("the copy would be on PostgreSQL %d, older than the database's %d", w.to.version, w.from.version)
	}
	if w.to.version > w.from.version {
		note("the copy is on PostgreSQL %d, and the database on %d: locks and times may differ", w.to.version, w.from.version)
	}
	extensions, err := texts1(ctx, w.s.conn, "SELECT extname::text FROM pg_catalog.pg_extension ORDER BY 1")
	if err != nil {
		return w.s.fail(ctx, err)
	}
	there, err := texts1(ctx, w.db, "SELECT name::text FROM pg_catalog.pg_available_extensions")
	if err != nil {
		return err
	}
	var absent []string
	for _, x := range extensions {
		if !slices.Contains(there, x) {
			absent = append(absent, x)
		}
	}
	if len(absent) > 0 {
		return fmt.Errorf("the server of the copy has no extension %s; install it there, or name another server with -on (RehearseOptions.On)", strings.Join(absent, ", "))
	}
	roles, err := texts1(ctx, w.db, "SELECT rolname::text FROM pg_catalog.pg_roles")
	if err != nil {
		return err
	}
	const named = ` FROM pg_catalog.pg_shdepend d JOIN pg_catalog.pg_roles r ON r.oid = d.refobjid WHERE d.refclassid = 'pg_catalog.pg_authid'::pg_catalog.regclass
 AND d.dbid = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())`
	missing := func(condition string) ([]string, error) {
		all, err := texts1(ctx, w.s.conn, "SELECT DISTINCT r.rolname::text"+named+condition+" ORDER BY 1")
		return slices.DeleteFunc(all, func(r string) bool { return slices.Contains(roles, r) }), err
	}
	needed, err := missing(" AND d.deptype = 'r'") // a policy names them
	if err != nil {
		return w.s.fail(ctx, err)
	}
	if len(needed) > 0 {
		return fmt.Errorf("policies of the database are for %s, and the server of the copy has no such role; create it there, without rights: CREATE ROLE %s", strings.Join(needed, ", "), ident(needed[0]))
	}
	others, err := missing("")
	if err != nil {
		return w.s.fail(ctx, err)
	}
	switch {
	case len(others) > 0:
		note("owners and grants: the server of the copy has no role %s, so that everything there belongs to %s", strings.Join(others, ", "), w.to.role)
	case !w.to.super:
		note("owners and grants: %s is no superuser on the server of the copy, so that everything there belongs to it", w.to.role)
	default:
		w.whole = true
	}
	var objects, mappings int
	if err := w.s.conn.QueryRowContext(ctx, "SELECT (SELECT count(*) FROM pg_catalog.pg_largeobject_metadata), (SELECT count(*) FROM pg_catalog.pg_user_mappings)").Scan(&objects, &mappings); err != nil {
		return w.s.fail(ctx, err)
	}
	if objects > 0 && w.c.Percent < 100 {
		note("large objects: the copy has none")
	}
	if mappings > 0 {
		note("foreign tables: the copy has no user mappings, so that nothing of it reaches another server")
	}
	switch {
	case w.c.Percent == 0:
		note("what depends on rows: the copy has none; -rows 5%% or -rows all copies some (RehearseOptions.Percent)")
	case w.c.Percent < 100:
		note("rows that were not copied: of %v%% and those that they refer to, nothing can be said of what all of them share", w.c.Percent)
	}
	return nil
}

// room makes sure that a copy beside the database fits, where that can be known: the server is on this machine, and says where its files are.
func (w *copier) room(ctx context.Context) error {
	need := int64(float64(w.from.bytes) * w.c.Percent / 100 * 2)
	if need == 0 {
		return nil
	}
	var dir string
	var local bool
	err := w.s.conn.QueryRowContext(ctx, `SELECT pg_catalog.current_setting('data_directory'), pg_catalog.inet_server_addr() IS NULL OR pg_catalog.inet_server_addr() <<= '127.0.0.0/8' OR pg_catalog.inet_server_addr() = '::1'`).Scan(&dir, &local)
	known := false
	var free int64
	if err == nil && local {
		free, known = machine.Free(dir)
	}
	if !known {
		w.out.NotTested = append(w.out.NotTested, fmt.Sprintf("whether the server has room for the copy: with what is rewritten in it, it may take %s", machine.Text(need)))
		return nil
	}
	if free < need {
		return fmt.Errorf("the copy and what is rewritten in it may take %s, and the server has room for %s in %s; copy fewer rows with -rows (RehearseOptions.Percent), or name another server with -on (RehearseOptions.On)",
			machine.Text(need), machine.Text(free), dir)
	}
	return nil
}

// texts1 reads a column of texts.
func texts1(ctx context.Context, q querier, query string) ([]string, error) {
	rows, err := q.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []string
	for rows.Next() {
		var v string
		if err := rows.Scan(&v); err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, rows.Err()
}
