package pgtest

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Server is a throwaway PostgreSQL on a free loopback port, with its data in a temporary directory.
type Server struct {
	URL string // of its superuser, with a password made for it

	password string

	dir   string
	alive io.Closer     // the pipe that the keeper watches
	ended chan struct{} // closed when server and keeper are gone
	once  sync.Once
}

// keeper is the shell script that runs the server. It ends it, and removes its directory, as soon as its standard input ends: when
// Stop is called, or when this process is gone, by whatever signal. What fails by itself is left for Start to look at.
const keeper = `dir=$1; shift
exec 3<&0
"$@" </dev/null 3<&- &
server=$!
{ read -r line <&3; : >"$dir/stop"; kill -QUIT "$server"; } </dev/null &
reader=$!
exec 3<&-
wait "$server"
kill "$reader" 2>/dev/null
[ -e "$dir/stop" ] && rm -rf "$dir"
exit 0`

// startWait is far more than a start takes, for machines under load.
const startWait = 60 * time.Second

// Start starts a server. It runs as user postgres when the process runs as root, which PostgreSQL refuses. Nothing it holds is worth
// keeping: it does not wait for disks. Without Stop it ends with the process.
// It returns [ErrNotFound] when PostgreSQL is not installed.
func Start() (*Server, error) {
	bin, err := findBin()
	if err != nil {
		return nil, err
	}
	who, err := unprivileged()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp(baseDir(who), "modelgen-pg-")
	if err != nil {
		return nil, err
	}
	s, err := start(bin, dir, who)
	if err != nil {
		os.RemoveAll(dir)
		return nil, fmt.Errorf("start PostgreSQL for the tests, with the programs in %s: %w", bin, err)
	}
	return s, nil
}

// start has settings on top of those that all servers of tests have, each as name=value.
func start(bin, dir string, who *user, settings ...string) (*Server, error) {
	password := rand.Text()
	pwfile := filepath.Join(dir, "password")
	if err := os.WriteFile(pwfile, []byte(password+"\n"), 0o600); err != nil {
		return nil, err
	}
	for _, path := range []string{pwfile, dir} {
		if err := who.own(path); err != nil {
			return nil, err
		}
	}
	initdb := exec.Command(filepath.Join(bin, "initdb"), "--pgdata="+filepath.Join(dir, "data"), "--username=postgres", "--pwfile="+pwfile,
		"--auth=scram-sha-256", "--encoding=UTF8", "--no-locale", "--no-sync", "--no-instructions")
	initdb.Dir, initdb.Env = dir, cleanEnv()
	who.run(initdb)
	if out, err := initdb.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("initdb: %w: %s", err, tail(out))
	}
	for try := 1; ; try++ {
		s, err := launch(bin, dir, password, who, settings...)
		if err == nil || try == 5 || !errors.Is(err, errPortTaken) {
			return s, err
		}
	}
}

// errPortTaken is a race with another program for the port that was free a moment ago.
var errPortTaken = errors.New("the port was taken meanwhile")

func launch(bin, dir, password string, who *user, settings ...string) (*Server, error) {
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	logPath := filepath.Join(dir, "log")
	log, err := os.Create(logPath)
	if err != nil {
		return nil, err
	}
	defer log.Close()
	args := []string{"-c", keeper, "pgtest", dir, filepath.Join(bin, "postgres"), "-D", filepath.Join(dir, "data")}
	for _, setting := range append([]string{
		"port=" + strconv.Itoa(port), "listen_addresses=127.0.0.1", "unix_socket_directories=" + dir,
		"fsync=off", "synchronous_commit=off", "full_page_writes=off", "wal_level=minimal", "max_wal_senders=0",
		"max_connections=200", "max_prepared_transactions=20", "autovacuum=off", "checkpoint_timeout=1h", "max_wal_size=4GB",
		"dynamic_shared_memory_type=mmap", // /dev/shm is tiny in containers
		"timezone=UTC", "log_timezone=UTC",
	}, settings...) {
		args = append(args, "-c", setting)
	}
	cmd := exec.Command("/bin/sh", args...)
	cmd.Dir, cmd.Env = dir, cleanEnv()
	cmd.Stdout, cmd.Stderr = log, log // never those of the process: go test waits until they are closed
	who.run(cmd)
	detach(cmd)
	alive, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	s := &Server{password: password, dir: dir, alive: alive, ended: make(chan struct{})}
	go func() {
		_ = cmd.Wait() // why it ended stands in the log
		close(s.ended)
	}()
	s.URL = (&url.URL{
		Scheme: "postgres", User: url.UserPassword("postgres", password), Host: net.JoinHostPort("127.0.0.1", strconv.Itoa(port)),
		Path: "/postgres", RawQuery: "sslmode=disable",
	}).String()

	if err := s.awaitReady(); err != nil {
		out, _ := os.ReadFile(logPath)
		s.Stop()
		if bytes.Contains(out, []byte("Address already in use")) {
			return nil, errPortTaken
		}
		return nil, fmt.Errorf("%w: %s", err, tail(out))
	}
	return s, nil
}

// awaitReady waits for the server to say so in its lock file, as pg_ctl does.
func (s *Server) awaitReady() error {
	deadline := time.After(startWait)
	for {
		b, _ := os.ReadFile(filepath.Join(s.dir, "data", "postmaster.pid"))
		if lines := strings.Split(string(b), "\n"); len(lines) >= 8 && strings.TrimSpace(lines[7]) == "ready" {
			return nil
		}
		select {
		case <-s.ended:
			return errors.New("the server ended")
		case <-deadline:
			return fmt.Errorf("the server is not ready after %s", startWait)
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// Stop ends the server at once and removes its directory. It may be called more than once.
func (s *Server) Stop() {
	s.once.Do(func() {
		s.alive.Close()
		select {
		case <-s.ended:
		case <-time.After(30 * time.Second):
		}
	})
}

func freePort() (int, error) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// tail is the end of a program's output, where its reason stands.
func tail(out []byte) string {
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	return strings.Join(lines[max(0, len(lines)-8):], "\n")
}

// diskDir is where temporary files belong; another user may not get into one that belongs to root alone.
func diskDir(who *user) string {
	if who != nil {
		return "/tmp"
	}
	return os.TempDir()
}
