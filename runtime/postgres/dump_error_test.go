package postgres

import (
	"errors"
	"strings"
	"testing"
)

// TestDumpError: what pg_dump prints becomes one line with the next step, and neither a query nor a password comes through.
func TestDumpError(t *testing.T) {
	for _, c := range []struct{ out, want string }{
		{"pg_dump: error: aborting because of server version mismatch\npg_dump: detail: server version: 18.1; pg_dump version: 15.20 (Debian)\n",
			"pg_dump: aborting because of server version mismatch; server version: 18.1; pg_dump version: 15.20 (Debian); install PostgreSQL's client programs of the server's version or newer, first on the PATH"},
		{"pg_dump: error: connection to server at \"db\" (10.0.0.1), port 5432 failed: FATAL:  password authentication failed for user \"shop\"\nconnection to server at \"db\" (10.0.0.1), port 5432 failed: FATAL:  password authentication failed for user \"shop\"\n",
			"pg_dump: connection to server at \"db\" (10.0.0.1), port 5432 failed: FATAL:  password authentication failed for user \"shop\"; pg_dump connects with Options.Backup.URL: look at its user and password"},
		{"pg_dump: error: query failed: ERROR:  permission denied for table secrets\npg_dump: detail: Query was: LOCK TABLE public.secrets IN ACCESS SHARE MODE\n",
			"pg_dump: query failed: ERROR:  permission denied for table secrets; the role of Options.Backup.URL has to be able to read all tables: GRANT pg_read_all_data TO it, or name another one"},
		{"pg_dump: error: connection to server at \"db\", port 5432 failed: fe_sendauth: no password supplied\n",
			"pg_dump: connection to server at \"db\", port 5432 failed: fe_sendauth: no password supplied; pg_dump connects with Options.Backup.URL: give it the password, or have it in ~/.pgpass"},
		{"", "pg_dump: signal: killed"},
		{"sh: password=geheim is no program\n", "pg_dump: sh: password=*** is no program: signal: killed"},
	} {
		got := dumpError(t.Context(), errors.New("signal: killed"), []byte(c.out), "Options.Backup.URL", "postgres://db/shop").Error()
		if got != c.want || strings.Contains(got, "\n") {
			t.Errorf("%q\ngot  %s\nwant %s", c.out, got, c.want)
		}
	}
}
