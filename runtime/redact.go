package migrate

import (
	"net"
	"net/url"
	"strings"

	"github.com/modelgen/modelgen/internal/lazyregexp"
	"github.com/modelgen/modelgen/internal/sqllex"
)

var (
	// The password of a database's URL may hold anything when somebody forgot to escape it, so it ends at the last @ of the line. Addresses of the
	// web have it escaped, and stand in lines with other text.
	databaseURL  = lazyregexp.New(`(?i)\b([a-z][a-z0-9+.-]*://(?:[^\s:/@]*:|[^\s:@]*:\S)).*@`)
	webURL       = lazyregexp.New(`(?i)^https?://`)
	otherURL     = lazyregexp.New(`(://[^\s:/@'"]*):[^\s/'"]*@`)
	wordPassword = lazyregexp.New(`(?i)\b((?:pg|ssl)?password|passwd|(?:pg)?passfile|pwd)(\s*=\s*)('(?:[^'\\]|\\[\s\S])*'?|"(?:[^"\\]|\\[\s\S])*"?|(?:[^\s\\]|\\[\s\S])+)`)

	// What parsers say: they quote what they could not read, which may be a piece of a password or the value of a row.
	unread      = lazyregexp.New("(?s)cannot parse `.*`")
	unreadPiece = lazyregexp.New(`((?:invalid port |invalid URL escape |invalid character |missing "=" after |parsing (?:time )?|converting driver\.Value type \S+ \())"(?:[^"\\]|\\.)*"`)
	strayName   = lazyregexp.New("(?s)(`user=[^`]* database=)[^`]*@.*") // then the host is a piece of the password, too
	quoted      = lazyregexp.New(` ?"(?:[^"\\]|\\.)*"`)
)

// Redact takes passwords out of a text: of URLs and of key=value connection strings. It takes more rather than less, as what is wrong
// with a connection string may be its password.
func Redact(text string) string {
	text = unread.ReplaceAllString(text, "cannot parse the connection string")
	text = unreadPiece.ReplaceAllString(text, `$1"***"`)
	text = strayName.ReplaceAllString(text, "$1***`: its password ends at the first @; "+escapeHint)
	text = databaseURL.ReplaceAllStringFunc(text, redactURL)
	text = otherURL.ReplaceAllString(text, "$1:***@")
	return wordPassword.ReplaceAllString(text, "$1$2***")
}

// redactURL takes the password out of the beginning of a URL, up to the last @ of the line.
func redactURL(match string) string {
	scheme, rest, _ := strings.Cut(match, "://")
	if webURL.MatchString(match) {
		return scheme + "://" + databaseURL.ReplaceAllStringFunc(rest, redactURL)
	}
	user, _, _ := strings.Cut(rest, ":")
	return scheme + "://" + user + ":***@"
}

// ErrorText returns the text of an error without passwords and without values of rows. Those are in the messages of PostgreSQL's data
// exceptions, and in what net/url says of a URL that it cannot parse is the whole of it: both are replaced by a generic message.
func ErrorText(err error) string {
	text := err.Error()
	for e := range tree(err) {
		if safe := safeText(e); safe == "" {
			continue
		} else if raw := e.Error(); strings.Contains(text, raw) {
			text = strings.ReplaceAll(text, raw, safe)
		} else if !strings.Contains(text, safe) { // said in another way, which is not known
			text = safe
		}
	}
	return Redact(text)
}

// tree goes over an error and all that it wraps.
func tree(err error) func(yield func(error) bool) {
	return func(yield func(error) bool) { visit(err, yield) }
}

func visit(err error, yield func(error) bool) bool {
	if err == nil {
		return true
	}
	if !yield(err) {
		return false
	}
	switch w := err.(type) {
	case interface{ Unwrap() error }:
		return visit(w.Unwrap(), yield)
	case interface{ Unwrap() []error }:
		for _, e := range w.Unwrap() {
			if !visit(e, yield) {
				return false
			}
		}
	}
	return true
}

const escapeHint = "in the URL of a database, special characters of user and password are written as %2F and the like"

// safeText returns the words for an error whose own may hold a secret, else "".
func safeText(err error) string {
	switch e := err.(type) {
	case *url.Error:
		if e.Op != "parse" {
			return ""
		}
		why := strings.TrimPrefix(quoted.ReplaceAllString(e.Err.Error(), ""), "net/url: ")
		return "a URL cannot be parsed: " + why + "; " + escapeHint
	case *net.DNSError:
		if strings.ContainsAny(e.Name, ":@/?# ") { // no host has them: it is a piece of a password
			return "looking up a host: " + e.Err + "; " + escapeHint
		}
	case *net.AddrError:
		return "the address of the host is wrong: " + e.Err + "; " + escapeHint
	case interface{ SQLState() string }:
		code := e.SQLState()
		if !strings.HasPrefix(code, "22") {
			return ""
		}
		words, ok := dataExceptions.Get(code)
		if !ok {
			words = "a value does not fit"
		}
		return words + " (SQLSTATE " + code + ")"
	}
	return ""
}

// dataExceptions are those of PostgreSQL that migrations meet (manual, appendix A, class 22). The server's own messages hold values of rows, and
// are in the language of its lc_messages.
var dataExceptions = sqllex.WordMap{
	{"22000", "a value does not fit"},
	{"22001", "a value is too long for its type"},
	{"22003", "a number is out of the range of its type"},
	{"22004", "a NULL where there must be a value"},
	{"22007", "a text is no date or time"},
	{"22008", "a date or time is out of range"},
	{"22012", "division by zero"},
	{"22018", "a text is no value of the type"},
	{"22021", "a text holds bytes that are not of its encoding"},
	{"22023", "a parameter has a value that it cannot have"},
	{"22025", "an escape sequence is wrong"},
	{"22026", "a string of bits has another length than its type"},
	{"22030", "a JSON object has a key twice"},
	{"22032", "a text is no JSON"},
	{"2200M", "a text is no XML document"},
	{"2200N", "a text is no XML content"},
	{"2201B", "a regular expression is wrong"},
	{"22P02", "a text is no value of the type"},
	{"22P03", "a binary value is none of the type"},
	{"22P04", "the data of a COPY are not of its format"},
	{"22P05", "a character is not in the encoding"},
}
