package postgres

import (
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/modelgen/modelgen/internal/lazyregexp"
	"github.com/modelgen/modelgen/internal/sqllex"
)

var errSecret = errors.New("the connection string of the backup has an sslpassword, which pg_dump takes on its command line only, where everybody on the machine sees it; use a key without one")

var errInline = errors.New("the connection string of the backup has sslinline, the certificate itself in the place of a file, which pg_dump does not take; give Options.Backup.URL files")

// parameters are what libpq takes in a connection string (manual, 34.1.2), with the version that they are new in; 0 is older than 14. Drivers take more:
// parameters of their own, and settings of the session, which pg_dump sets as it needs them.
var parameters = []struct {
	since int
	names *sqllex.WordSet
}{
	{0, sqllex.Set(`host hostaddr port dbname user passfile channel_binding connect_timeout client_encoding options application_name fallback_application_name keepalives keepalives_idle
		keepalives_interval keepalives_count tcp_user_timeout replication gssencmode sslmode requiressl sslcompression sslcert sslkey sslrootcert sslcrl sslcrldir sslsni requirepeer
		ssl_min_protocol_version ssl_max_protocol_version krbsrvname gsslib service target_session_attrs`)},
	{16, sqllex.Set("require_auth sslcertmode load_balance_hosts")},
	{17, sqllex.Set("gssdelegation sslnegotiation")},
	{18, sqllex.Set("servicefile min_protocol_version max_protocol_version sslkeylogfile scram_client_key scram_server_key oauth_issuer oauth_client_id oauth_client_secret oauth_scope")},
}

// forLibpq reports whether libpq of that version takes a parameter. Newer ones count as known where no version is known.
func forLibpq(key string, version int) bool {
	for _, p := range parameters {
		if p.names.Has(key) {
			return version == 0 || p.since <= version
		}
	}
	return false
}

// splitPassword takes the password out of a connection string and puts it into the environment: what a program is called with can be
// seen by everybody on the machine. It leaves out what libpq of that version does not take, see parameters; 0 is any. What it cannot read for sure it
// refuses. The forms are those of libpq (manual 34.1.1).
func splitPassword(address string, version int) (without string, env []string, err error) {
	for _, scheme := range []string{"postgres://", "postgresql://"} {
		if rest, ok := strings.CutPrefix(address, scheme); ok {
			without, env, err = splitURL(rest, version)
			return scheme + without, env, err
		}
	}
	if strings.Contains(address, "=") {
		return splitPairs(address, version)
	}
	if strings.ContainsAny(address, ":@/") {
		return "", nil, errors.New("the connection string of the backup is neither of the form host=... dbname=... nor a postgres:// URL")
	}
	return address, nil, nil // nothing, or the name of a database
}

func splitURL(rest string, version int) (without string, env []string, err error) {
	wrong := errors.New("the URL of the backup cannot be read for sure; write the special characters of user and password as %2F and the like")
	if i := strings.IndexAny(rest, "@/"); i >= 0 && rest[i] == '@' {
		user, password, ok := strings.Cut(rest[:i], ":")
		if ok {
			if password, err = url.PathUnescape(password); err != nil {
				return "", nil, wrong
			}
			env = append(env, "PGPASSWORD="+password)
		}
		without, rest = user+"@", rest[i+1:]
	}
	place, query, asks := strings.Cut(rest, "?")
	if strings.ContainsAny(place, "@#") || !hostsOnly(place) { // the rest of a password
		return "", nil, wrong
	}
	without += place
	var kept []string
	for pair := range strings.SplitSeq(query, "&") {
		k, v, ok := strings.Cut(pair, "=")
		key, err := url.PathUnescape(k)
		value, errValue := url.PathUnescape(v)
		switch {
		case pair == "":
		case err != nil || errValue != nil || !ok:
			return "", nil, wrong
		case key == "password":
			env = append(env, "PGPASSWORD="+value)
		case key == "sslpassword":
			return "", nil, errSecret
		case key == "sslinline":
			return "", nil, errInline
		case forLibpq(key, version):
			kept = append(kept, pair)
		}
	}
	if asks && len(kept) > 0 {
		without += "?" + strings.Join(kept, "&")
	}
	return without, env, nil
}

var hosts = lazyregexp.New(`^(\[[^\]]*\]|[^\[\]:,]*)(:[0-9]*)?$`)

// hostsOnly reports whether what stands before the path is hosts with numbers as ports.
func hostsOnly(place string) bool {
	place, _, _ = strings.Cut(place, "/")
	for h := range strings.SplitSeq(place, ",") {
		if !hosts.MatchString(h) {
			return false
		}
	}
	return true
}

var connKey = lazyregexp.New(`^[A-Za-z_][A-Za-z0-9_.]*$`)

func splitPairs(address string, version int) (without string, env []string, err error) {
	var kept []string
	for rest := trim(address); rest != ""; rest = trim(rest) {
		key, after, ok := strings.Cut(rest, "=")
		key = strings.TrimRight(key, blanks)
		if !ok || !connKey.MatchString(key) {
			return "", nil, errors.New("the connection string of the backup cannot be read: a value with spaces stands in single quotes, and a quote in it behind a backslash")
		}
		value, end, err := connValue(trim(after))
		if err != nil {
			return "", nil, err
		}
		switch rest = end; key {
		case "password":
			env = append(env, "PGPASSWORD="+value)
		case "sslpassword":
			return "", nil, errSecret
		case "sslinline":
			return "", nil, errInline
		default:
			if forLibpq(key, version) {
				kept = append(kept, key+"="+quoteConn(value))
			}
		}
	}
	return strings.Join(kept, " "), env, nil
}

const blanks = " \t\n\r\v\f"

func trim(s string) string { return strings.TrimLeft(s, blanks) }

// connValue reads a value, with or without quotes, and returns what follows it.
func connValue(s string) (value, rest string, err error) {
	quoted := strings.HasPrefix(s, "'")
	if quoted {
		s = s[1:]
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\' && i+1 < len(s):
			i++
			b.WriteByte(s[i])
		case quoted && c == '\'':
			return b.String(), s[i+1:], nil
		case !quoted && strings.IndexByte(blanks, c) >= 0:
			return b.String(), s[i:], nil
		default:
			b.WriteByte(c)
		}
	}
	if quoted {
		return "", "", fmt.Errorf("the connection string of the backup has a quote that does not end")
	}
	return b.String(), "", nil
}
