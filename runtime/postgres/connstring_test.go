package postgres

import (
	"strings"
	"testing"
)

// TestSplitPassword: what goes to the command line of pg_dump has no password in it, or there is nothing to go there.
func TestSplitPassword(t *testing.T) {
	for _, c := range []struct{ address, without, password string }{
		{"", "", ""},
		{"shop", "shop", ""},
		{"postgres://shop@db/shop", "postgres://shop@db/shop", ""},
		{"postgres://shop:secret@db/shop?sslmode=disable", "postgres://shop@db/shop?sslmode=disable", "secret"},
		{"postgresql://shop:sec%2Fret%40@db:5432/shop", "postgresql://shop@db:5432/shop", "sec/ret@"},
		{"postgres://shop:sec#re t'\"?@db/shop", "postgres://shop@db/shop", "sec#re t'\"?"},
		{"postgres://shop:secret@one:5432,two:5433/shop?target_session_attrs=any", "postgres://shop@one:5432,two:5433/shop?target_session_attrs=any", "secret"},
		{"postgres://[::1]:5432/shop?user=shop&password=sec%26ret&sslmode=disable", "postgres://[::1]:5432/shop?user=shop&sslmode=disable", "sec&ret"},
		{"postgres:///shop?host=/run/pg&pass%77ord=secret", "postgres:///shop?host=/run/pg", "secret"},
		{"host=db password=secret user=shop", "host='db' user='shop'", "secret"},
		{"host=db password='se\\'c ret' user=shop", "host='db' user='shop'", "se'c ret"},
		{"host=db password = sec\\ ret'x user = 'sh op'", "host='db' user='sh op'", "sec ret'x"},
		{"password=secret", "", "secret"},
		// What libpq does not take is left out: parameters of drivers, settings of the session, what is newer than pg_dump.
		{"postgres://shop@db/shop?sslmode=require&default_query_exec_mode=exec&pool_max_conns=9&statement_cache_capacity=10&search_path=a%2Cb&TimeZone=UTC", "postgres://shop@db/shop?sslmode=require", ""},
		{"postgres://shop@db/shop?binary_parameters=yes", "postgres://shop@db/shop", ""},
		{"postgres://shop@db/shop?sslnegotiation=direct&application_name=a%20b&options=-c%20geqo%3Doff", "postgres://shop@db/shop?application_name=a%20b&options=-c%20geqo%3Doff", ""},
		{"host=db user=shop TimeZone=UTC app.tenant=7 statement_timeout=0 disable_prepared_binary_result=yes", "host='db' user='shop'", ""},
	} {
		without, env, err := splitPassword(c.address, 15)
		if password := strings.TrimPrefix(strings.Join(env, " "), "PGPASSWORD="); err != nil || without != c.without || password != c.password {
			t.Errorf("%s\ngives %s and %q, %v\nwant  %s and %q", c.address, without, password, err, c.without, c.password)
		}
	}
	for _, address := range []string{
		"postgres://shop:sec/ret@db/shop",
		"postgres://shop:sec@ret@db/shop",
		"postgres://shop:sec%ret@db/shop",
		"postgres://shop:sec/ret",
		"postgres://db/shop?password",
		"postgres://shop@db/shop?sslpassword=secret",
		"pgx://shop:secret@db/shop",
		"pgx://shop:secret@db/shop?sslmode=disable",
		"host=db sslpassword=secret",
		"postgres://shop@db/shop?sslinline=true&sslcert=sec",
		"host=db sslinline=true sslcert=sec",
		"host=db password=sec ret user=shop",
		"host=db password='secret",
	} {
		without, env, err := splitPassword(address, 15)
		if err == nil {
			t.Errorf("%s is taken for %s and %q", address, without, env)
		} else if strings.Contains(err.Error(), "sec") || strings.Contains(err.Error(), "ret") && !strings.Contains(err.Error(), "sslpassword") {
			t.Errorf("%s: %v", address, err)
		}
	}
}
