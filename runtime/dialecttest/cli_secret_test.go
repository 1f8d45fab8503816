package dialecttest_test

import (
	"database/sql"
	"net/url"
	"strings"
	"testing"

	"github.com/modelgen/modelgen/internal/pgtest"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/postgres"
)

// TestCLITellsNoPassword: a password that is wrong, or that makes the connection string one that nobody can read, is printed by no verb,
// not even a piece of it.
func TestCLITellsNoPassword(t *testing.T) {
	t.Parallel()
	server, err := url.Parse(pgtest.Database(t))
	if err != nil {
		t.Fatal(err)
	}
	const secret = `s3c/r3t s3c#r3t"s3c'r3t@s3c?r3t`
	wrong := *server
	wrong.User = url.UserPassword(server.User.Username(), secret)
	quote := strings.NewReplacer(`\`, `\\`, `'`, `\'`)
	pairs := "host=" + server.Hostname() + " port=" + server.Port() + " user=" + server.User.Username() + " dbname=" + server.Path[1:] +
		" sslmode=disable password='" + quote.Replace(secret) + "'"
	for name, c := range map[string]struct{ address, says string }{
		"wrong":                {wrong.String(), "authentication failed"},
		"wrong in pairs":       {pairs, "authentication failed"},
		"unreachable":          {"postgres://shop:s3c%2Fr3t@127.0.0.1:1/shop?sslmode=disable", "refused"},
		"unreachable in pairs": {"host=127.0.0.1 port=1 user=shop dbname=shop sslmode=disable password='s3c r3t'", "refused"},
		"slash":                {"postgres://shop:s3c/r3t@127.0.0.1:1/shop?sslmode=disable", ""},
		"space":                {"postgres://shop:s3c r3t@127.0.0.1:1/shop?sslmode=disable", ""},
		"quote":                {`postgres://shop:s3c"r3t@127.0.0.1:1/shop?sslmode=disable`, ""},
		"apostrophe":           {"postgres://shop:s3c'r3t@127.0.0.1:1/shop?sslmode=disable", ""},
		"hash":                 {"postgres://shop:s3c#r3t@127.0.0.1:1/shop?sslmode=disable", ""},
		"question":             {"postgres://shop:s3c?r3t@127.0.0.1:1/shop?sslmode=disable", ""},
		"percent":              {"postgres://shop:s3c%r3t@127.0.0.1:1/shop?sslmode=disable", ""},
		"at":                   {"postgres://shop:s3c@r3t@127.0.0.1:1/shop?sslmode=disable", ""},
		"a word":               {"shop", "the connection string is neither a URL, as postgres://user@host:5432/name"},
		"no such host":         {"postgres://shop:x@nowhere.invalid/shop", "no server has that name; in a URL the password has %40 for @"},
		"colon and slash":      {"postgres://shop:s3c:/r3t@127.0.0.1:1/shop?sslmode=disable", ""},
		"port":                 {"postgres://shop:s3cr3t@127.0.0.1:port/shop?sslmode=disable", ""},
		"two words":            {"host=127.0.0.1 port=1 sslmode=disable password=s3c r3t", ""},
		"no TLS":               {strings.Replace(server.String(), "sslmode=disable", "sslmode=require", 1), "the server has no TLS: sslmode=disable"},
		"open quote":           {"host=127.0.0.1 port=1 sslmode=disable password='s3cr3t", ""},
	} {
		for _, driver := range []string{"postgres", "pgx"} {
			t.Run(name+" "+driver, func(t *testing.T) {
				t.Parallel()
				db, err := sql.Open(driver, c.address)
				if err != nil {
					t.Fatal(err)
				}
				defer db.Close()
				r := &runner{t: t, db: db, dialect: postgres.Dialect{}}
				for _, args := range []string{"up", "status", "check", "up -to 0001 -json", "status -json"} {
					status, out, problems := r.command(migrate.NewSet("shop", chain(makes("one"))...), strings.Fields(args)...)
					if status != 2 || !strings.Contains(problems, "cannot reach the database: ") || !strings.Contains(problems, c.says) {
						t.Errorf("%s: exit status %d: %s", args, status, problems)
					}
					for _, piece := range []string{"s3c", "r3t"} {
						if strings.Contains(out+problems, piece) {
							t.Errorf("%s prints a piece of the password: %s%s", args, out, problems)
						}
					}
				}
			})
		}
	}
}

// TestCLITellsNoValue: neither the quotes in a value nor the language of the server lets it through.
func TestCLITellsNoValue(t *testing.T) {
	pgRunners(t, func(r *runner) {
		ops := chain(makes("one"),
			migrate.SQL{Up: []string{`SELECT CAST('"ge"heim' || id AS integer) FROM one`}, NoDown: "nothing was changed"})
		r.to(migrate.NewSet("shop", ops...), "0001_a", "0001_a")
		r.exec("INSERT INTO one (id) VALUES (4711)")
		status, out, problems := r.command(migrate.NewSet("shop", ops...), "up")
		if status != 1 || out != "" || strings.Contains(problems, "4711") || !strings.Contains(problems, "a text is no value of the type (SQLSTATE 22P02)\n  statement: SELECT CAST(") {
			r.t.Errorf("exit status %d: %s", status, problems)
		}
		ops[1].Ops = []migrate.Op{migrate.SQL{Up: []string{
			`DO $$ BEGIN RAISE EXCEPTION 'ungültige Eingabesyntax für Typ integer: »%«', (SELECT id FROM one) USING ERRCODE = '22P02'; END $$`}, NoDown: "nothing was changed"}}
		status, out, problems = r.command(migrate.NewSet("shop", ops...), "up")
		if status != 1 || out != "" || strings.Contains(problems, "4711") || !strings.Contains(problems, "a text is no value of the type (SQLSTATE 22P02)\n") {
			r.t.Errorf("exit status %d: %s", status, problems)
		}
	})
}
