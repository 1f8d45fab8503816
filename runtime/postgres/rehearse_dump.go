package postgres

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/modelgen/modelgen/internal/lazyregexp"
	migrate "github.com/modelgen/modelgen/runtime"
)

// programs are PostgreSQL's own, of one version.
type programs struct {
	dump, restore string
	version       int
}

// findPrograms returns those that carry a database of a server of that version over.
func findPrograms(ctx context.Context, dump string, server int) (p programs, err error) {
	const install = "install PostgreSQL's client programs of version %d or newer, or say where they are with -pg-dump PATH (RehearseOptions.PgDump)"
	find := func(name string) (string, error) {
		if dump != "" {
			name = filepath.Join(filepath.Dir(dump), strings.Replace(filepath.Base(dump), "pg_dump", name, 1))
		}
		path, err := exec.LookPath(name)
		if err != nil {
			return "", fmt.Errorf("there is no %s; "+install, map[bool]string{true: name + " on the PATH", false: name}[dump == ""], server)
		}
		return path, nil
	}
	if p.dump, err = find("pg_dump"); err != nil {
		return p, err
	}
	if p.restore, err = find("pg_restore"); err != nil {
		return p, err
	}
	for _, path := range []string{p.dump, p.restore} {
		v := programVersion(ctx, path)
		switch {
		case v == 0:
			return p, fmt.Errorf("%s does not say its version; "+install, path, server)
		case v < server:
			return p, fmt.Errorf("%s is of version %d, and the server of version %d, which it cannot dump; "+install, path, v, server, server)
		}
		p.version = v
	}
	return p, nil
}

// dumpArgs are the arguments of pg_dump for everything but rows. Before 18 it does not dump statistics.
func dumpArgs(version int, snapshot, file string) []string {
	what := []string{"--schema-only"}
	if version >= 18 {
		what = []string{"--no-data", "--statistics"}
	}
	return append(what, "--format=custom", "--no-password", "--lock-wait-timeout=60000", "--no-subscriptions", "--no-security-labels", "--snapshot="+snapshot, "--file="+file)
}

// command is a program with a connection: the password is in its environment.
func (w *copier) command(ctx context.Context, program, address, database string, args ...string) (*exec.Cmd, error) {
	shown, env, err := splitPassword(address, w.programs.version)
	if err != nil {
		return nil, err
	}
	if shown == "" {
		shown = "dbname=" + quoteConn(database)
	}
	cmd := exec.CommandContext(ctx, program, append(args, "--dbname="+shown)...)
	cmd.Env = append(os.Environ(), env...)
	return cmd, nil
}

func (w *copier) dumpSchema(ctx context.Context) error {
	cmd, err := w.command(ctx, w.programs.dump, w.c.URL, w.from.name, dumpArgs(w.programs.version, w.snapshot, w.file())...)
	if err != nil {
		return err
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		return dumpError(ctx, err, out, "RehearseOptions.URL", w.c.URL)
	}
	list, err := exec.CommandContext(ctx, w.programs.restore, "--list", w.file()).Output()
	if err != nil {
		return fmt.Errorf("pg_restore --list: %w", err)
	}
	kept, events := restorable(string(list), w.to.super, w.beside)
	if events {
		w.out.NotTested = append(w.out.NotTested, "event triggers: only a superuser can make them on the copy")
	}
	return os.WriteFile(w.list(), []byte(kept), 0o600)
}

func (w *copier) file() string { return filepath.Join(w.dir, "schema.dump") }
func (w *copier) list() string { return filepath.Join(w.dir, "schema.list") }

// entry is a line of the table of contents of a dump, and stays one that could not be taken back in a database that was there before.
var (
	entry = lazyregexp.New(`^\d+; \d+ \d+ (USER MAPPING|SUBSCRIPTION|EVENT TRIGGER) `)
	stays = lazyregexp.New(`^\d+; \d+ \d+ (DEFAULT ACL |(ACL|COMMENT) - SCHEMA public )`)
)

// restorable leaves out of a table of contents what would reach other servers, what the role cannot make, and what would stay in a database that is not the
// rehearsal's own; events says that there are event triggers among it.
func restorable(list string, super, own bool) (kept string, events bool) {
	var b strings.Builder
	for line := range strings.Lines(list) {
		if m := entry.FindStringSubmatch(line); m != nil && (m[1] != "EVENT TRIGGER" || !super) {
			events = events || m[1] == "EVENT TRIGGER"
			continue
		}
		if own || !stays.MatchString(line) {
			b.WriteString(line)
		}
	}
	return b.String(), events
}

// restore carries over a section of the dump. It is not told to stop at an error: what a newer program sets and an older server does not know is none.
func (w *copier) restore(ctx context.Context, section string) error {
	cmd, err := w.command(ctx, w.programs.restore, w.address, w.to.name, append([]string{"--section=" + section, "--use-list=" + w.list()}, w.owners()...)...)
	if err != nil {
		return err
	}
	cmd.Args = append(cmd.Args, w.file())
	out, err := cmd.CombinedOutput()
	return restoreError(ctx, err, out)
}

func (w *copier) owners() []string {
	args := []string{"--no-password", "--no-subscriptions", "--no-security-labels"}
	if !w.whole {
		args = append(args, "--no-owner", "--no-privileges")
	}
	if !w.beside {
		args = append(args, "--no-tablespaces")
	}
	return args
}

// restoreError finds what is an error in what pg_restore printed. Lines behind it may hold values of rows, and are left out.
func restoreError(ctx context.Context, err error, out []byte) error {
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	told := 0
	for line := range strings.Lines(string(out)) {
		_, what, ok := strings.Cut(strings.TrimSpace(line), "error: ")
		switch {
		case !ok:
		case strings.Contains(what, `parameter "transaction_timeout"`):
			told++
		case strings.Contains(what, "COPY failed for table"):
			what, _, _ = strings.Cut(what, ": ")
			return fmt.Errorf("pg_restore: %s", migrate.Redact(what))
		default:
			return fmt.Errorf("pg_restore: %s", migrate.Redact(what))
		}
	}
	var exit *exec.ExitError
	if told > 0 && errors.As(err, &exit) && exit.ExitCode() == 1 {
		return nil
	}
	return fmt.Errorf("pg_restore: %w", err)
}

// pipeRows lets pg_dump and pg_restore carry over all rows, without a file between them.
func (w *copier) pipeRows(ctx context.Context) error {
	dump, err := w.command(ctx, w.programs.dump, w.c.URL, w.from.name, "--data-only", "--format=custom", "--no-password", "--lock-wait-timeout=60000", "--snapshot="+w.snapshot)
	if err != nil {
		return err
	}
	restore, err := w.command(ctx, w.programs.restore, w.address, w.to.name, "--data-only", "--no-password")
	if err != nil {
		return err
	}
	var dumped, restored bytes.Buffer
	read, write, err := os.Pipe()
	if err != nil {
		return err
	}
	dump.Stdout, dump.Stderr = write, &dumped
	restore.Stdin, restore.Stdout, restore.Stderr = read, &restored, &restored
	err = restore.Start()
	_ = read.Close() // pg_restore has it: when that ends, pg_dump is told
	if err != nil {
		return errors.Join(err, write.Close())
	}
	failed := dump.Run()
	_ = write.Close()
	ended := restore.Wait()
	if err := restoreError(ctx, ended, restored.Bytes()); err != nil && (failed == nil || dumped.Len() == 0) { // else it had nothing to read
		return err
	}
	if failed != nil {
		return dumpError(ctx, failed, dumped.Bytes(), "RehearseOptions.URL", w.c.URL)
	}
	return nil
}
