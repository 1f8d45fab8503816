package postgres

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"strconv"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
)

var _ migrate.Archiver = (*session)(nil)

// Archive lets pg_dump write the whole database in its custom format. It works on a snapshot that this session exports, so that it is
// the same database: no other one knows the snapshot.
func (s *session) Archive(ctx context.Context, path, address string) (a *migrate.Archive, err error) {
	if _, _, err := splitPassword(address, 0); err != nil {
		return nil, err
	}
	if err := s.ready(ctx); err != nil {
		return nil, err
	}
	program, err := exec.LookPath("pg_dump")
	if err != nil {
		return nil, errors.New("there is no pg_dump on the PATH; install PostgreSQL's client programs, or make the backup in Options.BeforeRun")
	}
	shown, env, err := splitPassword(address, programVersion(ctx, program))
	if err != nil {
		return nil, err
	}
	defer s.rollback(ctx)
	if err := s.exec(ctx, "BEGIN;\n"+s.own()+"SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY;\nSET LOCAL idle_in_transaction_session_timeout = 0"); err != nil {
		return nil, err
	}
	var snapshot, database string
	if err := s.conn.QueryRowContext(ctx, "SELECT pg_catalog.pg_export_snapshot(), pg_catalog.current_database()::text").Scan(&snapshot, &database); err != nil {
		return nil, s.fail(ctx, err)
	}
	file := path + ".dump"
	f, err := os.OpenFile(file, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o666) // pg_dump would write over another backup
	if err != nil {
		return nil, err
	}
	if err := f.Close(); err != nil {
		return nil, err
	}
	args := []string{"--format=custom", "--no-password", "--lock-wait-timeout=60000", "--snapshot=" + snapshot, "--file=" + file}
	if shown == "" {
		shown = "dbname=" + quoteConn(database)
	}
	cmd := exec.CommandContext(ctx, program, append(args, "--dbname="+shown)...)
	cmd.Env = append(os.Environ(), env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		_ = os.Remove(file)
		return nil, dumpError(ctx, err, out, "Options.Backup.URL", address)
	}
	info, err := os.Stat(file)
	if err != nil {
		return nil, err
	}
	return &migrate.Archive{File: file, Bytes: info.Size(), Restore: "stop the program, make an empty database, then pg_restore --exit-on-error --dbname=THE_NEW_DATABASE " + file}, nil
}

// programVersion returns the major version of a program of PostgreSQL, 0 when it does not say.
func programVersion(ctx context.Context, program string) int {
	out, err := exec.CommandContext(ctx, program, "--version").Output()
	if err != nil {
		return 0
	}
	_, after, _ := strings.Cut(string(out), "(PostgreSQL) ")
	n, _ := strconv.Atoi(after[:len(after)-len(strings.TrimLeft(after, "0123456789"))])
	return n
}

// quoteConn writes a value of a connection string (manual 34.1.1).
func quoteConn(v string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(v) + "'"
}
