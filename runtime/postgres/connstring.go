package postgres

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"
)

var errSecret = errors.New("the connection string of the backup has an sslpassword, which pg_dump takes on its command line only, where everybody on the machine sees it; use a key without one")

// splitPassword takes the password out of a connection string and puts it into the environment: what a program is called with can be
// seen by everybody on the machine. What it cannot read for sure it refuses. The forms are those of libpq (manual 34.1.1).
func splitPassword(address string) (without string, env []string, err error) {
	for _, scheme := range []string{"postgres://", "postgresql://"} {
		if rest, ok := strings.CutPrefix(address, scheme); ok {
			without, env, err = splitURL(rest)
			return scheme + without, env, err
		}
	}
	if strings.Contains(address, "=") {
		return splitPairs(address)
	}
	if strings.ContainsAny(address, ":@/") {
		return "", nil, errors.New("the connection string of the backup is neither of the form host=... dbname=... nor a postgres:// URL")
	}
	return address, nil, nil // nothing, or the name of a database
}

func splitURL(rest string) (without string, env []string, err error) {
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
		default:
			kept = append(kept, pair)
		}
	}
	if asks && len(kept) > 0 {
		without += "?" + strings.Join(kept, "&")
	}
	return without, env, nil
}

var hosts = regexp.MustCompile(`^(\[[^\]]*\]|[^\[\]:,]*)(:[0-9]*)?$`)

// hostsOnly tells whether what stands before the path is hosts with numbers as ports.
func hostsOnly(place string) bool {
	place, _, _ = strings.Cut(place, "/")
	for h := range strings.SplitSeq(place, ",") {
		if !hosts.MatchString(h) {
			return false
		}
	}
	return true
}

var connKey = regexp.MustCompile(`^[a-z_]+$`)

func splitPairs(address string) (without string, env []string, err error) {
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
		default:
			kept = append(kept, key+"="+quoteConn(value))
		}
	}
	return strings.Join(kept, " "), env, nil
}

const blanks = " \t\n\r\v\f"

func trim(s string) string { return strings.TrimLeft(s, blanks) }

// connValue reads a value, with or without quotes, and gives what follows it.
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
