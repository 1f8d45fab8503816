// Package pgtest gives tests a real PostgreSQL: the server that MODELGEN_TEST_POSTGRES names, or a throwaway one of its own.
//
// It speaks no wire protocol and imports no driver: databases are made with psql, and the caller opens them with the driver
// that is being tested. The server of its own lives as long as the process, however that ends.
package pgtest

import (
	"cmp"
	"crypto/rand"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// Env is the environment variable that names a running server: a postgres:// URL of a role that may create databases.
const Env = "MODELGEN_TEST_POSTGRES"

// URL returns the postgres:// URL of a superuser on a server that all tests of the process share. Without [Env] it starts one,
// which stops when the process ends. A test that cannot have one fails; with -short it is skipped.
func URL(t testing.TB) string {
	t.Helper()
	if v := os.Getenv(Env); v != "" {
		return v
	}
	if testing.Short() {
		t.Skip("needs PostgreSQL, which -short leaves out unless " + Env + " names a server")
	}
	s, err := shared()
	if err != nil {
		t.Fatal(err)
	}
	return s.URL
}

// shared starts the server of the process. It is never stopped here: the end of the process does that, see [Start].
var shared = sync.OnceValues(Start)

// Database makes an empty database for the test alone and gives its URL. It is dropped when the test is over, together with the
// connections that are still open.
func Database(t testing.TB) string {
	t.Helper()
	server := URL(t)
	client, err := newPsql(server)
	if err != nil {
		t.Fatal(err)
	}
	name := "test_" + strings.ToLower(rand.Text()[:16])
	if err := client.run(createDatabase(name)); err != nil {
		t.Fatalf("create a database on the test server: %v", err)
	}
	t.Cleanup(func() {
		if err := client.run(`DROP DATABASE IF EXISTS "` + name + `" WITH (FORCE)`); err != nil {
			t.Errorf("drop the database of the test: %v", err)
		}
	})
	out, err := url.Parse(server)
	if err != nil {
		t.Fatal(err) // newPsql has read it already
	}
	out.Path = "/" + name
	return out.String()
}

// createDatabase is a script for psql. Copying the files of template0 is a good deal faster than writing them through the log, which
// is what newer servers do unless told otherwise; older ones do not know the word.
func createDatabase(name string) string {
	return `SELECT CASE WHEN current_setting('server_version_num')::int >= 150000 THEN 'STRATEGY = FILE_COPY' ELSE '' END AS strategy \gset
CREATE DATABASE "` + name + `" TEMPLATE template0 ENCODING 'UTF8' :strategy;`
}

// psql runs scripts on a server.
type psql struct {
	path     string
	server   string // URL without password, since arguments can be seen by all users of the machine
	password string
}

func newPsql(server string) (*psql, error) {
	u, err := url.Parse(server)
	if err != nil || u.Scheme != "postgres" && u.Scheme != "postgresql" {
		return nil, fmt.Errorf("%s must be a URL, such as postgres://postgres@127.0.0.1:5432/postgres?sslmode=disable", Env)
	}
	p := &psql{}
	if u.User != nil {
		p.password, _ = u.User.Password()
		u.User = url.User(u.User.Username())
	}
	if u.Path == "" || u.Path == "/" {
		u.Path = "/postgres"
	}
	p.server = u.String()
	if p.path, err = findPsql(); err != nil {
		return nil, err
	}
	return p, nil
}

// HasClient reports whether psql, with which databases are made, is on the machine.
func HasClient() bool {
	_, err := findPsql()
	return err == nil
}

// findPsql looks beside initdb first: the psql on the PATH of Debian is a wrapper in Perl, which takes longer to start. One of another
// version does as well.
func findPsql() (string, error) {
	for _, find := range []func() (string, error){findBin, findInstalled} {
		if bin, err := find(); err == nil {
			path := filepath.Join(bin, "psql")
			if _, err := os.Stat(path); err == nil {
				return path, nil
			}
		}
	}
	path, err := exec.LookPath("psql")
	if err != nil {
		return "", fmt.Errorf("psql is needed to make databases on the test server and was not found: install the client programs of PostgreSQL (Debian and Ubuntu: postgresql-client, Homebrew: libpq)")
	}
	return path, nil
}

func (p *psql) run(script string) error {
	cmd := exec.Command(p.path, "--no-psqlrc", "--quiet", "--no-password", "--set=ON_ERROR_STOP=1", p.server)
	cmd.Env = append(cleanEnv(), "PGPASSWORD="+cmp.Or(p.password, os.Getenv("PGPASSWORD")), "PGOPTIONS=-c client_min_messages=warning")
	cmd.Stdin = strings.NewReader(script + "\n")
	out, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("psql: %w: %s", err, strings.TrimSpace(string(out)))
	}
	return nil
}

// cleanEnv is the environment without what would steer PostgreSQL's programs elsewhere, in one language.
func cleanEnv() []string {
	env := []string{"LC_ALL=C", "TZ=UTC"}
	for _, kv := range os.Environ() {
		if !strings.HasPrefix(kv, "PG") && !strings.HasPrefix(kv, "LC_") && !strings.HasPrefix(kv, "LANG") && !strings.HasPrefix(kv, "TZ=") {
			env = append(env, kv)
		}
	}
	return env
}
