package pgtest

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Pooler starts PgBouncer in transaction mode for the test alone, with at most conns connections to the server, and returns the URL of the database behind it.
// Where PgBouncer is not installed the test is skipped, and says that nothing was tried.
func Pooler(t testing.TB, database string, conns int) string {
	t.Helper()
	program, err := exec.LookPath("pgbouncer")
	if err != nil {
		program = "/usr/sbin/pgbouncer" // where Debian has it, outside the PATH of most users
		if _, err := os.Stat(program); err != nil {
			t.Skip("nothing was tried through a pooler, as there is no PgBouncer: install the package pgbouncer")
		}
	}
	address, err := url.Parse(database)
	if err != nil {
		t.Fatal(err)
	}
	for try := 1; ; try++ {
		port, err := pooler(t, program, address, conns)
		if err == nil {
			address.Host = net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
			return address.String()
		}
		if try == 3 { // another program may have taken the port
			t.Fatalf("start PgBouncer: %v", err)
		}
	}
}

func pooler(t testing.TB, program string, address *url.URL, conns int) (int, error) {
	t.Helper()
	who, err := unprivileged()
	if err != nil {
		return 0, err
	}
	port, err := freePort()
	if err != nil {
		return 0, err
	}
	dir, err := os.MkdirTemp(baseDir(who), "modelgen-pgbouncer-")
	if err != nil {
		return 0, err
	}
	password, _ := address.User.Password()
	server := address.Port()
	if server == "" {
		server = "5432"
	}
	ini, logPath := filepath.Join(dir, "ini"), filepath.Join(dir, "log")
	text := fmt.Sprintf("[databases]\n* = host=%s port=%s user=%s password=%s\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = %d\nunix_socket_dir =\n"+
		"auth_type = any\npool_mode = transaction\ndefault_pool_size = %d\nignore_startup_parameters = extra_float_digits\nquery_wait_timeout = 30\n",
		address.Hostname(), server, address.User.Username(), password, port, conns)
	if err := os.WriteFile(ini, []byte(text), 0o600); err != nil {
		return 0, err
	}
	for _, path := range []string{ini, dir} {
		if err := who.own(path); err != nil {
			return 0, err
		}
	}
	log, err := os.Create(logPath)
	if err != nil {
		return 0, err
	}
	defer log.Close()
	// A shell has what it runs in the background ignore SIGQUIT, and PgBouncer before 1.23 leaves it at that; SIGTERM ends it at once. Later ones take SIGQUIT.
	both := strings.Replace(keeper, `kill -QUIT "$server"`, `kill -QUIT "$server"; kill -TERM "$server"`, 1)
	cmd := exec.Command("/bin/sh", "-c", both, "pgtest", dir, program, ini)
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = dir, cleanEnv(), log, log
	who.run(cmd)
	detach(cmd)
	alive, err := cmd.StdinPipe()
	if err != nil {
		return 0, err
	}
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	s := &Server{dir: dir, alive: alive, ended: make(chan struct{})}
	go func() {
		_ = cmd.Wait() // why it ended stands in the log
		close(s.ended)
	}()
	if err := s.answers(port); err != nil {
		out, _ := os.ReadFile(logPath)
		s.Stop()
		os.RemoveAll(dir)
		return 0, fmt.Errorf("%w: %s", err, tail(out))
	}
	t.Cleanup(s.Stop)
	return port, nil
}

// answers waits until somebody listens at the port.
func (s *Server) answers(port int) error {
	deadline := time.After(startWait)
	for {
		conn, err := net.Dial("tcp4", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
		if err == nil {
			return conn.Close()
		}
		select {
		case <-s.ended:
			return errors.New("it ended")
		case <-deadline:
			return err
		case <-time.After(10 * time.Millisecond):
		}
	}
}
