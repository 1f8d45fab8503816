package migrate_test

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
	"testing"

	migrate "github.com/modelgen/modelgen/runtime"
)

func TestRedact(t *testing.T) {
	for text, want := range map[string]string{
		"postgres://shop:secret@db/shop":                        "postgres://shop:***@db/shop",
		"postgres://shop:sec/ret@db/shop":                       "postgres://shop:***@db/shop",
		"postgresql://shop:sec ret@db/shop":                     "postgresql://shop:***@db/shop",
		`parse "postgres://shop:s'e\"c@ret#x?y@db/shop": wrong`: `parse "postgres://shop:***@db/shop": wrong`,
		"postgres://:secret@db/shop":                            "postgres://:***@db/shop",
		"postgres://sh/op:sec/ret@db/shop":                      "postgres://sh/op:***@db/shop",
		"postgres://db/shop: connection refused":                "postgres://db/shop: connection refused",
		"postgres://db:5432/shop":                               "postgres://db:5432/shop",
		"https://me:secret@example.com/x":                       "https://me:***@example.com/x",
		"mysql://shop:sec/ret@db/shop":                          "mysql://shop:***@db/shop",
		"cockroachdb+pgx://shop:sec ret@db/shop":                "cockroachdb+pgx://shop:***@db/shop",
		"http://localhost:80/x failed for me@example.com":       "http://localhost:80/x failed for me@example.com",
		"http://localhost:80 or mysql://shop:sec/r@t@db/shop":   "http://localhost:80 or mysql://shop:***@db/shop",
		"http://me:a@x mysql://shop:sec/ret@db http://h:1/b@c":  "http://me:***@x mysql://shop:***@c",
		"postgres://db/shop?user=shop&password=sec&ret":         "postgres://db/shop?user=shop&password=***",
		"host=db password=secret user=shop":                     "host=db password=*** user=shop",
		"host=db password='sec \\' ret' user=shop":              "host=db password=*** user=shop",
		"host=db password = sec\\ ret user=shop":                "host=db password = *** user=shop",
		"host=db password=sec'ret&x user=shop":                  "host=db password=*** user=shop",
		"host=db password=\"sec ret\" user=shop":                "host=db password=*** user=shop",
		"host=db password='sec ret":                             "host=db password=***",
		"sslpassword=secret passfile=/home/secret PGPASSWORD=x": "sslpassword=*** passfile=*** PGPASSWORD=***",
		"cannot parse `postgres://u:xxxxx@y`z@db`: bad (no)":    "cannot parse the connection string: bad (no)",
		`missing "=" after "secret" in connection info string`:  `missing "=" after "***" in connection info string`,
		"failed to connect to `user=u database=sec@db`: lookup secret": "failed to connect to `user=u database=***`: its password ends at the first @; " +
			"in the URL of a database, special characters of user and password are written as %2F and the like",
		`converting driver.Value type string ("x\"y") to a int`: `converting driver.Value type string ("***") to a int`,
		"the column password is not there; add one":             "the column password is not there; add one",
	} {
		if got := migrate.Redact(text); got != want {
			t.Errorf("%s\ngives %s\nwant  %s", text, got, want)
		}
	}
}

// TestErrorTextURL: net/url quotes the whole URL, and again the piece that it did not understand.
func TestErrorTextURL(t *testing.T) {
	for _, secret := range []string{"sec/ret", "sec#ret", "sec?ret", "sec ret", `sec"ret`, "sec%ret", "sec\\ret", "sec[ret", "s:e/c", "sec\nret"} {
		address := "postgres://shop:" + secret + "@db.example.com/shop"
		_, err := url.Parse(address)
		if err == nil {
			t.Errorf("%q can be parsed", address)
			continue
		}
		for _, err := range []error{err, fmt.Errorf("connecting: %w", err), errors.Join(errors.New("twice"), err), errors.New("driver: cannot parse `" + address + "`: " + errors.Unwrap(err).Error())} {
			text := migrate.ErrorText(err)
			for _, piece := range []string{"sec", "ret", "s:e", "db.example"} {
				if strings.Contains(text, piece) {
					t.Errorf("%q: %q is in %s", address, piece, text)
				}
			}
			if !strings.Contains(text, "parse") {
				t.Errorf("it does not say what is wrong: %s", text)
			}
		}
	}
	if got := migrate.ErrorText(&url.Error{Op: "Get", URL: "https://example.com", Err: errors.New("no route")}); got != `Get "https://example.com": no route` {
		t.Errorf("an error that is none of parsing: %s", got)
	}
}

// TestErrorTextHost: a password with a slash in it can end up as a part of the host.
func TestErrorTextHost(t *testing.T) {
	u, err := url.Parse("postgres://shop:sec:/ret@db/shop")
	if err != nil {
		t.Fatal(err)
	}
	_, err = net.Dial("tcp", u.Host+":5432")
	dns := &net.DNSError{Err: "no such host", Name: u.Host, Server: "127.0.0.1:53"}
	for _, err := range []error{err, dns, &net.OpError{Op: "dial", Net: "tcp", Err: dns}} {
		if text := migrate.ErrorText(err); strings.Contains(text, "sec") || !strings.Contains(text, "%2F") {
			t.Error(text)
		}
	}
	known := &net.DNSError{Err: "no such host", Name: "db.example.com"}
	if text := migrate.ErrorText(known); text != "lookup db.example.com: no such host" {
		t.Error(text)
	}
}

// state is an error of a server.
type state struct{ code, text string }

func (s state) Error() string    { return s.text }
func (s state) SQLState() string { return s.code }

// TestErrorTextValues: a data exception is replaced by a generic message, in whatever way the server or who passes it on writes it.
func TestErrorTextValues(t *testing.T) {
	bad := state{"22P02", `pq: ungültige Eingabesyntax für Typ integer: »ge"heim«`}
	long := state{"22001", `value "ge"heim" is too long`}
	for err, want := range map[error]string{
		bad:                            "a text is no value of the type (SQLSTATE 22P02)",
		fmt.Errorf("step 1: %w", bad):  "step 1: a text is no value of the type (SQLSTATE 22P02)",
		state{"22999", `"geheim"`}:     "a value does not fit (SQLSTATE 22999)",
		errors.Join(bad, long):         "a text is no value of the type (SQLSTATE 22P02)\na value is too long for its type (SQLSTATE 22001)",
		hidden{bad}:                    "a text is no value of the type (SQLSTATE 22P02)",
		state{"42P01", `no table "x"`}: `no table "x"`,
		&migrate.MigrationError{Migration: "0002", Err: &migrate.StatementError{Statement: "SELECT 1", Err: bad}}: "applying 0002 failed: a text is no value of the type (SQLSTATE 22P02)\n  statement: SELECT 1\n  nothing of it was changed; fix what failed, then run the same command again",
	} {
		if got := migrate.ErrorText(err); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	_, err := strconv.Atoi("geheim")
	if got := migrate.ErrorText(err); strings.Contains(got, "geheim") {
		t.Error(got)
	}
}

// hidden passes an error on in words of its own.
type hidden struct{ err error }

func (h hidden) Error() string { return `the value was "geheim"` }
func (h hidden) Unwrap() error { return h.err }
