package postgres

import (
	"context"
	"fmt"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
)

// dumpAdvice has what to do about an error of pg_dump, by words of it.
var dumpAdvice = []struct{ says, next string }{
	{"server version mismatch", "install PostgreSQL's client programs of the server's version or newer, first on the PATH"},
	{"snapshot", "the URL of $url names another database than the program has"},
	{"password authentication failed", "pg_dump connects with $url: look at its user and password"},
	{"no password supplied", "pg_dump connects with $url: give it the password, or have it in ~/.pgpass"},
	{"no pg_hba.conf entry", "pg_dump connects with $url: look at its address and sslmode, and at pg_hba.conf of the server"},
	{"permission denied", "the role of $url has to be able to read all tables: GRANT pg_read_all_data TO it, or name another one"},
	{"connection to server", "pg_dump connects with $url: look at its host and port"},
	{"could not translate host name", "pg_dump connects with $url: look at its host"},
	{"No space left on device", "make room, or name a directory with more"},
}

// dumpError is the error of pg_dump in one line, with what to do next. option is where its URL comes from, address what it is.
func dumpError(ctx context.Context, err error, out []byte, option, address string) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	text := migrate.Redact(string(out))
	var said []string
	for line := range strings.Lines(text) { // hints, and the query that failed, are for who runs it by hand
		line = strings.TrimPrefix(strings.TrimSpace(line), "pg_dump: ")
		for _, kind := range []string{"error: ", "detail: "} {
			if what, ok := strings.CutPrefix(line, kind); ok && !strings.HasPrefix(what, "Query was: ") {
				said = append(said, what)
			}
		}
	}
	msg := strings.Join(said, "; ")
	if msg == "" {
		if msg, _, _ = strings.Cut(strings.TrimSpace(text), "\n"); msg != "" {
			msg += ": "
		}
		msg += err.Error()
	}
	for _, a := range dumpAdvice {
		if strings.Contains(text, a.says) {
			msg += "; " + strings.ReplaceAll(a.next, "$url", option)
			break
		}
	}
	if address == "" {
		msg += "; the connection came from the environment (PGHOST, PGUSER, ...): name it in " + option
	}
	return fmt.Errorf("pg_dump: %s", msg)
}
