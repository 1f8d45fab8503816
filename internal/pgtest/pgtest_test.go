package pgtest

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestMain lets the test program play the process that is killed.
func TestMain(m *testing.M) {
	if os.Getenv("PGTEST_CHILD") == "1" {
		s, err := Start()
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		fmt.Println(s.URL, s.dir)
		select {}
	}
	os.Exit(m.Run())
}

func TestStartStop(t *testing.T) {
	s := startOwn(t)
	client, err := newPsql(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	if err := client.run("SELECT 1/(current_setting('is_superuser') = 'on')::int"); err != nil {
		t.Errorf("the role of the URL is no superuser: %v", err)
	}
	s.Stop()
	s.Stop()
	gone(t, s.URL, s.dir)
}

// A process that is killed has no chance to stop its server.
func TestEndsWithItsProcess(t *testing.T) {
	startOwn(t).Stop() // fails or skips as the others do
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "PGTEST_CHILD=1")
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Wait()
	defer cmd.Process.Kill()
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil && err != io.EOF {
		t.Fatal(err)
	}
	where := strings.Fields(line)
	if len(where) != 2 {
		t.Fatalf("the child said %q", line)
	}
	cmd.Process.Kill()
	gone(t, where[0], where[1])
}

func TestDatabase(t *testing.T) {
	URL(t)
	var dropped string
	t.Run("own", func(t *testing.T) {
		a, b := Database(t), Database(t)
		if a == b {
			t.Fatalf("two databases with one name: %s", a)
		}
		client, err := newPsql(a)
		if err != nil {
			t.Fatal(err)
		}
		if err := client.run("CREATE TABLE t (id int)"); err != nil {
			t.Fatal(err)
		}
		dropped = a
	})
	client, err := newPsql(dropped)
	if err != nil {
		t.Fatal(err)
	}
	if err := client.run("SELECT 1"); err == nil || !strings.Contains(err.Error(), "does not exist") {
		t.Errorf("the database is there after its test: %v", err)
	}
}

// TestSession: a psql stays open from one script to the next. What ends it, an error or the server, is no concern of those that follow.
func TestSession(t *testing.T) {
	server := Database(t)
	pid := func() string {
		t.Helper()
		idle.Lock()
		defer idle.Unlock()
		if n := len(idle.of[server]); n != 1 {
			t.Fatalf("%d sessions are idle, not one", n)
		}
		return fmt.Sprint(idle.of[server][0].cmd.Process.Pid)
	}
	run := func(script string) {
		t.Helper()
		if err := admin(server, script); err != nil {
			t.Fatal(err)
		}
	}
	run("SELECT 1; CREATE TABLE t (id int);")
	first := pid()
	run("DROP TABLE t;")
	if again := pid(); again != first {
		t.Errorf("another psql was started, %s and not %s", again, first)
	}
	if err := admin(server, "SELECT 1; DROP TABLE t; CREATE TABLE u ();"); err == nil || !strings.Contains(err.Error(), `table "t" does not exist`) {
		t.Errorf("got error %v, want what psql says", err)
	}
	run("CREATE TABLE u ();") // it is not there: what follows an error is not run
	client, err := newPsql(server)
	if err != nil {
		t.Fatal(err)
	}
	if err := client.run("SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid();"); err != nil {
		t.Fatal(err)
	}
	run("DROP TABLE u;")
}

func TestNewPsql(t *testing.T) {
	URL(t) // without a server there need not be a psql
	p, err := newPsql("postgres://u:s3cret@h:1?sslmode=disable")
	if err != nil {
		t.Fatal(err)
	}
	if p.server != "postgres://u@h:1/postgres?sslmode=disable" || p.password != "s3cret" {
		t.Errorf("got %q with password %q", p.server, p.password)
	}
	for _, bad := range []string{"host=h user=u password=s3cret", "http://h", "postgres://u:s3cret@h:x"} {
		if _, err := newPsql(bad); err == nil || strings.Contains(err.Error(), "s3cret") || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: got error %v, want one line without the password", bad, err)
		}
	}
}

func TestNewestFirst(t *testing.T) {
	root := t.TempDir()
	for _, v := range []string{"9.6", "15", "beta", "100"} {
		if err := os.MkdirAll(filepath.Join(root, "pg@"+v, "bin"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	var got []string
	for _, dir := range newestFirst([]string{root + "/none-*/bin", root + "/pg@*/bin"}) {
		rel, _ := filepath.Rel(root, dir)
		got = append(got, filepath.ToSlash(rel))
	}
	if want := []string{"pg@100/bin", "pg@15/bin", "pg@9.6/bin"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// startOwn starts a server even if the environment names one, unless the machine has none.
func startOwn(t *testing.T) *Server {
	t.Helper()
	if testing.Short() {
		t.Skip("starts PostgreSQL, which -short leaves out")
	}
	if _, err := findBin(); err != nil && os.Getenv(Env) != "" {
		t.Skip("there is no server to start on this machine, only the one of " + Env)
	}
	s, err := Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Stop)
	return s
}

func gone(t *testing.T, server, dir string) {
	t.Helper()
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	var alive string
	for range 200 {
		alive = ""
		if c, err := net.Dial("tcp", u.Host); err == nil {
			c.Close()
			alive = "it still listens at " + u.Host
		} else if _, err := os.Stat(dir); err == nil {
			alive = "its directory is still there"
		}
		if alive == "" {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Error("the server is not gone: " + alive)
}
