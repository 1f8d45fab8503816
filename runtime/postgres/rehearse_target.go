package postgres

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	migrate "github.com/modelgen/modelgen/runtime"
)

const (
	copyPrefix = "modelgen_rehearsal_"     // of databases beside the one that is copied
	copyMark   = "modelgen rehearsal of "  // begins the comment on a copy
	keptMark   = "kept modelgen rehearsal" // begins that of one that is kept
	closing    = time.Minute               // how long taking a copy away may take
)

// target makes or finds the database that becomes the copy, and marks it.
func (w *copier) target(ctx context.Context) error {
	if w.beside {
		return w.create(ctx)
	}
	w.address = w.c.On
	if err := w.open(ctx, "the database of -on (RehearseOptions.On)"); err != nil {
		return err
	}
	if w.to.same(w.from) {
		return fmt.Errorf("the database %s of -on is the one that is to be copied; name another one, which is empty", w.to.name)
	}
	conn, err := w.db.Conn(ctx)
	if err != nil {
		return err
	}
	w.pinned = conn
	w.undo = append(w.undo, func(context.Context) error { return conn.Close() })
	free, err := hold(ctx, conn, w.to.name)
	if err != nil {
		return err
	}
	if !free {
		return fmt.Errorf("another rehearsal is using the database %s", w.to.name)
	}
	mark, err := comment(ctx, w.db, w.to.name)
	if err != nil {
		return err
	}
	left, err := contents(ctx, w.db)
	if err != nil {
		return err
	}
	ours := strings.HasPrefix(mark, copyMark) || strings.HasPrefix(mark, keptMark)
	marked := 0
	if left != "" {
		table := w.s.protectionTable()
		if err := w.db.QueryRowContext(ctx, "SELECT count(*) FROM pg_catalog.pg_class WHERE oid = pg_catalog.to_regclass("+safe(table)+")").Scan(&marked); err != nil {
			return err
		}
		if marked > 0 {
			if err := w.db.QueryRowContext(ctx, "SELECT count(*) FROM "+table).Scan(&marked); err != nil {
				return err
			}
		}
	}
	switch {
	case marked > 0:
		return fmt.Errorf("the database %s of -on is protected, and is not used for a rehearsal; name another one, which is empty", w.to.name)
	case ours && left != "":
		if err := empty(ctx, w.db); err != nil {
			return fmt.Errorf("emptying the database %s, which a rehearsal has used before: %w", w.to.name, err)
		}
		w.out.Removed = append(w.out.Removed, "what a rehearsal had left in "+w.to.name)
	case left != "":
		return fmt.Errorf("the database %s of -on is not empty (%s), and no rehearsal has filled it; name one that is empty", w.to.name, left)
	}
	if err := w.mark(ctx, w.db, copyMark); err != nil {
		return err
	}
	w.undo = append(w.undo, func(ctx context.Context) error {
		if err := empty(ctx, conn); err != nil {
			return err
		}
		_, err := conn.ExecContext(ctx, "COMMENT ON DATABASE "+ident(w.to.name)+" IS NULL")
		return err
	})
	return nil
}

// create makes a database beside the one that is copied, and opens it.
func (w *copier) create(ctx context.Context) error {
	if w.s.standby {
		return errors.New("the database is a standby, beside which nothing can be made; name an empty database on another server with -on URL (RehearseOptions.On)")
	}
	if !w.from.creates {
		return fmt.Errorf("the role %s may not create a database (it needs CREATEDB); name an empty database with -on URL (RehearseOptions.On)", w.from.role)
	}
	if err := w.sweep(ctx); err != nil {
		return err
	}
	if err := w.room(ctx); err != nil {
		return err
	}
	name := fmt.Sprintf("%s%d_%s", copyPrefix, w.from.oid, strings.ToLower(rand.Text()[:8]))
	if _, err := hold(ctx, w.s.conn, name); err != nil { // before it is there: the next one knows that somebody is at it
		return w.s.fail(ctx, err)
	}
	w.undo = append(w.undo, func(ctx context.Context) error {
		_, err := w.s.conn.ExecContext(ctx, "SELECT pg_catalog.pg_advisory_unlock("+fmt.Sprint(copyKey(name))+")")
		return err
	})
	if err := w.s.exec(ctx, w.createSQL(name)); err != nil {
		if migrate.ErrorCode(err) == insufficientRights {
			return fmt.Errorf("the role %s may not create a database like this one: %w; name an empty database with -on URL (RehearseOptions.On)", w.from.role, err)
		}
		return fmt.Errorf("creating a database for the copy: %w", err)
	}
	w.undo = append(w.undo, func(ctx context.Context) error {
		_, err := w.s.conn.ExecContext(ctx, "DROP DATABASE IF EXISTS "+ident(name)+" WITH (FORCE)")
		return err
	})
	w.to.name = name
	if err := w.mark(ctx, w.s.conn, copyMark); err != nil {
		return err
	}
	w.address = withDatabase(w.c.URL, name)
	if err := w.open(ctx, "the new database "+name); err != nil {
		return err
	}
	if w.to.name != name || w.to.same(w.from) {
		return fmt.Errorf("what was opened is the database %s, not the new one %s; the URL of the rehearsal, or RehearseOptions.Open, leads elsewhere", w.to.name, name)
	}
	return nil
}

// createSQL makes a database of the same encoding and locale (manual, CREATE DATABASE).
func (w *copier) createSQL(name string) string {
	d := w.from.settings
	q := "CREATE DATABASE " + ident(name) + " TEMPLATE template0 ENCODING " + text(w.from.encoding) + " LC_COLLATE " + text(d.Collate) + " LC_CTYPE " + text(d.CType)
	locale := d.Locale
	if locale == nil {
		locale = d.ICULocale
	}
	switch {
	case d.Provider == "i" && locale != nil:
		q += " LOCALE_PROVIDER icu ICU_LOCALE " + text(*locale)
		if d.ICURules != nil {
			q += " ICU_RULES " + text(*d.ICURules)
		}
	case d.Provider == "b" && locale != nil:
		q += " LOCALE_PROVIDER builtin BUILTIN_LOCALE " + text(*locale)
	}
	return q
}

// open opens the copy and looks at it.
func (w *copier) open(ctx context.Context, what string) error {
	db, err := w.c.Open(ctx, w.address)
	if err == nil {
		w.undo = append(w.undo, func(context.Context) error { return db.Close() })
		w.db = db
		if w.to, err = lookAt(ctx, db); err == nil {
			return nil
		}
	}
	return fmt.Errorf("opening %s: %w", what, err)
}

// mark says in a comment what the database is, for people and for the next rehearsal.
func (w *copier) mark(ctx context.Context, q querier, begin string) error {
	host, _ := os.Hostname()
	note := fmt.Sprintf("%s%s (%d), begun %s by process %d on %s; it may be dropped", begin, w.from.name, w.from.oid, time.Now().UTC().Format("2006-01-02T15:04:05Z"), os.Getpid(), host)
	if _, err := q.ExecContext(ctx, "COMMENT ON DATABASE "+ident(w.to.name)+" IS "+safe(note)); err != nil {
		return fmt.Errorf("marking the database %s as a copy, for which the role has to own it: %w", w.to.name, err)
	}
	return nil
}

// keep leaves the copy where it is.
func (w *copier) keep(ctx context.Context) (string, error) {
	err := w.mark(ctx, w.db, keptMark+" of ")
	if w.pinned != nil {
		_, _ = w.pinned.ExecContext(ctx, fmt.Sprintf("SELECT pg_catalog.pg_advisory_unlock(%d)", copyKey(w.to.name)))
		_ = w.pinned.Close()
	}
	_ = w.db.Close()
	if w.beside {
		_, _ = w.s.conn.ExecContext(ctx, "SELECT pg_catalog.pg_advisory_unlock("+fmt.Sprint(copyKey(w.to.name))+")")
	}
	if w.beside {
		return "DROP DATABASE " + ident(w.to.name), err
	}
	return "drop the database " + w.to.name + ", or rehearse in it again", err
}

// copyKey is the advisory lock of who makes and uses a copy: it is free once that one is gone, on whatever machine it was.
func copyKey(name string) int64 { return lockKey("rehearsal\n" + name) }

func hold(ctx context.Context, q querier, name string) (got bool, err error) {
	err = q.QueryRowContext(ctx, fmt.Sprintf("SELECT pg_catalog.pg_try_advisory_lock(%d)", copyKey(name))).Scan(&got)
	return got, err
}

// comment reads the comment on a database.
func comment(ctx context.Context, q querier, name string) (mark string, err error) {
	err = q.QueryRowContext(ctx, "SELECT COALESCE(pg_catalog.shobj_description(oid, 'pg_database'), '') FROM pg_catalog.pg_database WHERE datname = "+safe(name)).Scan(&mark)
	return mark, err
}

// sweep drops copies of this database whose makers are gone.
func (w *copier) sweep(ctx context.Context) error {
	begins := fmt.Sprintf("%s%d_", copyPrefix, w.from.oid)
	names, err := texts1(ctx, w.s.conn, "SELECT datname::text FROM pg_catalog.pg_database WHERE pg_catalog.starts_with(datname::text, "+text(begins)+") AND pg_catalog.pg_has_role(datdba, 'MEMBER') ORDER BY 1")
	if err != nil {
		return w.s.fail(ctx, err)
	}
	for _, name := range names {
		mark, err := comment(ctx, w.s.conn, name)
		if err != nil || strings.HasPrefix(mark, keptMark) || mark != "" && !strings.HasPrefix(mark, copyMark) {
			continue
		}
		free, err := hold(ctx, w.s.conn, name)
		if err != nil {
			return w.s.fail(ctx, err)
		}
		if !free {
			continue
		}
		if mark != "" || w.isEmpty(ctx, name) { // one without a mark was made and not marked yet
			if _, err := w.s.conn.ExecContext(ctx, "DROP DATABASE IF EXISTS "+ident(name)+" WITH (FORCE)"); err == nil {
				w.out.Removed = append(w.out.Removed, name)
			}
		}
		if _, err := w.s.conn.ExecContext(ctx, fmt.Sprintf("SELECT pg_catalog.pg_advisory_unlock(%d)", copyKey(name))); err != nil {
			return w.s.fail(ctx, err)
		}
	}
	return nil
}

func (w *copier) isEmpty(ctx context.Context, name string) bool {
	db, err := w.c.Open(ctx, withDatabase(w.c.URL, name))
	if err != nil {
		return false
	}
	defer db.Close()
	var at string
	if db.QueryRowContext(ctx, "SELECT pg_catalog.current_database()::text").Scan(&at) != nil || at != name {
		return false
	}
	left, err := contents(ctx, db)
	return err == nil && left == ""
}

var _ querier = (*sql.Conn)(nil)

// withDatabase returns a connection string, which [splitPassword] has found to be one, with another database.
func withDatabase(address, name string) string {
	for _, scheme := range []string{"postgres://", "postgresql://"} {
		rest, ok := strings.CutPrefix(address, scheme)
		if !ok {
			continue
		}
		user := ""
		if i := strings.IndexAny(rest, "@/"); i >= 0 && rest[i] == '@' {
			user, rest = rest[:i+1], rest[i+1:]
		}
		place, query, _ := strings.Cut(rest, "?")
		hosts, _, _ := strings.Cut(place, "/")
		var kept []string
		for pair := range strings.SplitSeq(query, "&") {
			if k, _, _ := strings.Cut(pair, "="); pair != "" && k != "dbname" {
				kept = append(kept, pair)
			}
		}
		out := scheme + user + hosts + "/" + name
		if len(kept) > 0 {
			out += "?" + strings.Join(kept, "&")
		}
		return out
	}
	if !strings.Contains(address, "=") { // nothing, or the name of a database
		return "dbname=" + quoteConn(name)
	}
	return address + " dbname=" + quoteConn(name)
}
