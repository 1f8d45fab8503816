package sqlite

import (
	"context"
	"os"

	migrate "github.com/modelgen/modelgen/runtime"
)

var _ migrate.Archiver = (*session)(nil)

// Archive copies the database into a new file with VACUUM INTO, which reads one state of it whoever writes meanwhile.
func (s *session) Archive(ctx context.Context, path, _ string) (*migrate.Archive, error) {
	file := path + ".db"
	f, err := os.OpenFile(file, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o666) // VACUUM INTO takes a file that is empty
	if err != nil {
		return nil, err
	}
	if err := f.Close(); err != nil {
		return nil, err
	}
	a, err := s.archive(ctx, file)
	if err != nil {
		_ = os.Remove(file)
		return nil, err
	}
	return a, nil
}

func (s *session) archive(ctx context.Context, file string) (*migrate.Archive, error) {
	if _, err := s.conn.ExecContext(ctx, "VACUUM INTO ?", file); err != nil {
		return nil, statementError("VACUUM INTO", err)
	}
	f, err := os.OpenFile(file, os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if err := f.Sync(); err != nil { // SQLite does not: it would be gone in a power cut
		return nil, err
	}
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	return &migrate.Archive{File: file, Bytes: info.Size(), Restore: "stop the program, delete the -wal and -shm files beside the database, and copy " + file + " over it"}, nil
}
