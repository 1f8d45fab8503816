package migrate

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Backup says where a copy of the database goes before a run changes it.
type Backup struct {
	Dir string // an existing directory

	// URL is the connection string for pg_dump, as postgres://shop@db/shop, since a *sql.DB does not tell its own. "" leaves it to the
	// environment that PostgreSQL's programs read (PGHOST and so on). That it is the same database is made sure of. SQLite needs none.
	URL string

	// Name is put into the name of the file, between the set and the migration: which database it is of, where several have one directory. "" is none.
	Name string
}

// Archive is a copy of a database.
type Archive struct {
	File    string // its path
	Bytes   int64
	Restore string // what to do to have it back, in words or as a command
}

// BackupError says that the copy could not be made, so that nothing was changed.
type BackupError struct {
	Dir string
	Err error
}

// Error implements the error interface.
func (e *BackupError) Error() string {
	return "nothing was changed: the backup in " + e.Dir + " failed: " + ErrorText(e.Err)
}

// Unwrap returns Err.
func (e *BackupError) Unwrap() error { return e.Err }

// Archiver is a [Session] that can make a copy of its database.
type Archiver interface {
	// Archive writes the copy to a new file path plus an ending of its choice. What it leaves behind when it fails is no file. One that is there already
	// is left as it is, and the error is fs.ErrExist.
	Archive(ctx context.Context, path, url string) (*Archive, error)
}

// backup makes the copy that was asked for, or ends the run.
func (m *Migrator) backup(ctx context.Context, w *executor, moves []move) error {
	fail := func(err error) error {
		return &BackupError{Dir: m.opt.Backup.Dir, Err: err}
	}
	a, ok := w.s.(Archiver)
	if !ok {
		return fail(fmt.Errorf("the dialect %s makes no backups; make one in Options.BeforeRun", m.dialect.Name()))
	}
	if info, err := os.Stat(m.opt.Backup.Dir); err != nil {
		return fail(err)
	} else if !info.IsDir() {
		return fail(fmt.Errorf("it is no directory"))
	}
	label := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r == '_' || r == '-' || r == '.' {
			return r
		}
		return '-'
	}, strings.Join(slices.DeleteFunc([]string{m.set.name, m.opt.Backup.Name, "before", m.set.all[moves[0].at].Name}, func(s string) bool { return s == "" }), "-"))
	path := m.opt.Backup.Dir + string(os.PathSeparator) + time.Now().UTC().Format("20060102T150405.000Z") + "-" + label
	made, err := a.Archive(ctx, path, m.opt.Backup.URL)
	for n := 2; errors.Is(err, fs.ErrExist) && n < 1000; n++ { // of another database, in the same millisecond
		made, err = a.Archive(ctx, fmt.Sprintf("%s-%d", path, n), m.opt.Backup.URL)
	}
	if err != nil {
		return fail(err)
	}
	w.res.Backup = made
	if mark, ok := w.r.logged(m, m.set.name, LoggedBackup); ok {
		mark.Log.Backup, mark.Log.Bytes = made.File, made.Bytes
		if file, err := filepath.Abs(made.File); err == nil {
			mark.Log.Backup = file
		}
		if err := w.s.Transact(ctx, Work{After: []Mark{mark}}); err != nil {
			return fmt.Errorf("writing the log: %w; nothing was changed, and the backup is in %s", err, made.File)
		}
	}
	m.notify(Event{Kind: EventNote, Message: fmt.Sprintf("backup in %s, %d kB; to go back to it: %s", made.File, (made.Bytes+1023)/1024, made.Restore)})
	return nil
}
