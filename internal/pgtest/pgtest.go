// Package pgtest gives tests a real PostgreSQL: the server that MODELGEN_TEST_POSTGRES names, or a throwaway one of its own.
//
// It speaks no wire protocol and imports no driver: databases are made with psql, and the caller opens them with the driver
// that is being tested. The server of its own lives as long as the process, however that ends.
package pgtest

import (
	"crypto/rand"
	"net/url"
	"os"
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

// Database makes an empty database for the test alone and returns its URL. It is dropped when the test is over, together with the
// connections that are still open.
func Database(t testing.TB) string {
	t.Helper()
	server := URL(t)
	if _, err := newPsql(server); err != nil {
		t.Fatal(err)
	}
	name := "test_" + strings.ToLower(rand.Text()[:16])
	if err := admin(server, createDatabase(name)); err != nil {
		t.Fatalf("create a database on the test server: %v", err)
	}
	t.Cleanup(func() {
		if err := admin(server, `DROP DATABASE IF EXISTS "`+name+`" WITH (FORCE)`); err != nil {
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
