package sqlite

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/internal/machine"
)

var _ migrate.Rehearser = (*session)(nil)

const (
	tempPrefix = "modelgen-rehearsal-" // of directories of copies
	copyName   = "copy.db"
	markEnding = ".rehearsal" // of the file beside a copy that says whose it is
)

// besideEndings are those of the files that SQLite keeps beside a database.
var besideEndings = []string{"-wal", "-shm", "-journal"}

// CopyDatabase implements [migrate.Rehearser] with VACUUM INTO.
func (s *session) CopyDatabase(ctx context.Context, c migrate.CopyConfig) (_ *migrate.DatabaseCopy, err error) {
	parent, file := os.TempDir(), ""
	if err := checkOn(c.On); err != nil {
		return nil, err
	}
	if c.On != "" {
		info, err := os.Stat(c.On)
		switch {
		case err == nil && info.IsDir():
			parent = c.On
		case err == nil || errors.Is(err, os.ErrNotExist):
			parent, file = filepath.Dir(c.On), c.On
		default:
			return nil, err
		}
	}
	if info, err := os.Stat(parent); err != nil || !info.IsDir() {
		return nil, fmt.Errorf("the copy cannot be made in %s: there is no such directory", parent)
	}
	out := &migrate.DatabaseCopy{Removed: sweep(parent)}
	if file != "" {
		removed, err := clearFile(file)
		if err != nil {
			return nil, err
		}
		out.Removed = append(out.Removed, removed...)
	}
	if err := s.fits(ctx, parent); err != nil {
		return nil, err
	}
	held := func() {} // gives the mark back, at the end
	remove := func() error {
		defer held()
		return errors.Join(removeCopy(file), os.Remove(file+markEnding))
	}
	if file == "" {
		dir, err := os.MkdirTemp(parent, tempPrefix)
		if err != nil {
			return nil, err
		}
		file = filepath.Join(dir, copyName)
		remove = func() error {
			defer held()
			return os.RemoveAll(dir)
		}
	}
	out.Name = file
	if held, err = own(file + markEnding); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			_ = remove()
		}
	}()
	c.Notify("copying the database into " + file)
	if _, err := s.conn.ExecContext(ctx, "VACUUM INTO ?", file); err != nil {
		return nil, statementError("VACUUM INTO", err)
	}
	if info, err := os.Stat(file); err == nil {
		out.Bytes = info.Size()
	}
	if out.DB, err = c.Open(ctx, file); err != nil {
		return nil, fmt.Errorf("opening the copy: %w", err)
	}
	out.DB.SetMaxOpenConns(1) // what is set on the connection stays
	out.DB.SetMaxIdleConns(1)
	if err := s.sameSettings(ctx, out); err != nil {
		_ = out.DB.Close()
		return nil, err
	}
	out.Close = func(_ context.Context, keep bool) (string, error) {
		err := out.DB.Close()
		if keep {
			defer held()
			return "delete " + file, errors.Join(err, os.Remove(file+markEnding))
		}
		return "", errors.Join(err, remove())
	}
	return out, nil
}

// checkOn refuses what is no path of a copy: VACUUM INTO takes a URI or :memory: for another place, and a file with one of these endings is taken for a part of the
// database beside it.
func checkOn(on string) error {
	if strings.HasPrefix(on, "file:") || strings.Contains(on, "://") || on == ":memory:" {
		return errors.New("-on (RehearseOptions.On) is a directory or the path of a new file, not a connection string")
	}
	for _, ending := range besideEndings {
		if strings.HasSuffix(on, ending) {
			return fmt.Errorf("the copy cannot be made in %s: a file that ends with %s belongs to the database beside it; name another one", on, ending)
		}
	}
	return nil
}

// sameSettings sets on the copy what the application has set on its connection and a file does not hold, and makes sure that it is the copy.
func (s *session) sameSettings(ctx context.Context, c *migrate.DatabaseCopy) error {
	var opened string
	if err := c.DB.QueryRowContext(ctx, "SELECT file FROM pragma_database_list WHERE name = 'main'").Scan(&opened); err != nil {
		return fmt.Errorf("opening the copy: %w", err)
	}
	a, errA := os.Stat(opened)
	b, errB := os.Stat(c.Name)
	if errA != nil || errB != nil || !os.SameFile(a, b) {
		return errors.New("what was opened is not the copy, but another database; RehearseOptions.Open is to open the file that it is given")
	}
	for _, name := range []string{"foreign_keys", "recursive_triggers"} {
		var on int
		if err := s.conn.QueryRowContext(ctx, "PRAGMA "+name).Scan(&on); err != nil {
			return err
		}
		if _, err := c.DB.ExecContext(ctx, "PRAGMA "+name+" = "+strconv.Itoa(on)); err != nil {
			return err
		}
	}
	var mode string
	if err := s.conn.QueryRowContext(ctx, "PRAGMA main.journal_mode").Scan(&mode); err != nil || mode != "wal" {
		return err
	}
	return c.DB.QueryRowContext(ctx, "PRAGMA main.journal_mode = wal").Scan(&mode)
}

// fits returns an error when there is no room for the copy. What is rebuilt there needs the same again.
func (s *session) fits(ctx context.Context, dir string) error {
	var bytes int64
	if err := s.conn.QueryRowContext(ctx, "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size").Scan(&bytes); err != nil {
		return err
	}
	if free, ok := machine.Free(dir); ok && free < 2*bytes {
		return fmt.Errorf("the copy and what is rebuilt in it may take %s, and %s has room for %s; name a directory with more, with -on (RehearseOptions.On)", machine.Text(2*bytes), dir, machine.Text(free))
	}
	return nil
}

// removeCopy removes a database with the files beside it. None is no error.
func removeCopy(file string) (err error) {
	for _, ending := range append([]string{""}, besideEndings...) {
		if e := os.Remove(file + ending); e != nil && !errors.Is(e, os.ErrNotExist) {
			err = errors.Join(err, e)
		}
	}
	return err
}

// Measure implements [migrate.Rehearser]. A table that is made again has another first page.
func (s *session) Measure(ctx context.Context) (*migrate.Measurement, error) {
	m := &migrate.Measurement{Tables: map[string]migrate.TableStorage{}, Read: -1}
	var moves int
	err := s.conn.QueryRowContext(ctx, "SELECT total_changes(), page_count * page_size, auto_vacuum FROM pragma_page_count, pragma_page_size, pragma_auto_vacuum").Scan(&m.Written, &m.Bytes, &moves)
	if err != nil {
		return nil, err
	}
	rows, err := s.conn.QueryContext(ctx, "SELECT name, rootpage FROM main.sqlite_master WHERE type = 'table'")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var name, page string
		if err := rows.Scan(&name, &page); err != nil {
			return nil, err
		}
		if moves != 0 || page == "0" { // pages move in an auto_vacuum database (fileformat2.html, 1.7); a virtual table has none
			page = ""
		}
		if name != s.cfg.History && !strings.HasPrefix(name, s.cfg.History+"_") {
			m.Tables[name] = migrate.TableStorage{Name: name, File: page}
		}
	}
	return m, rows.Err()
}

// SampleLocks implements [migrate.Rehearser]: SQLite locks no tables.
func (s *session) SampleLocks(context.Context) func() []migrate.RehearsedLock {
	return func() []migrate.RehearsedLock { return nil }
}

// Checksum implements [migrate.Rehearser]: SQLite has no function for one.
func (s *session) Checksum(string) string { return "" }
