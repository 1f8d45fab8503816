package sqlite

import (
	"errors"
	"reflect"
	"slices"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
)

// Result codes (https://www.sqlite.org/rescode.html).
const (
	codeBusy     = 5
	codeLocked   = 6
	codeReadOnly = 8
	codeCorrupt  = 11
	codeFull     = 13
	codeCantOpen = 14
	codeConstr   = 19
	codeMismatch = 20
	codeNotADB   = 26

	codeCheck      = 275
	codeForeignKey = 787
	codeNotNull    = 1299
	codePrimaryKey = 1555
	codeUnique     = 2067
	codeRowID      = 2579
)

// resultCode returns the result code of an error, the extended one where the driver tells it. Drivers have a method Code, as modernc.org/sqlite, a
// method ExtendedCode, as github.com/ncruces/go-sqlite3, or fields of these names, as github.com/mattn/go-sqlite3.
func resultCode(err error) (int, bool) {
	var c interface{ Code() int }
	if errors.As(err, &c) {
		return c.Code(), true
	}
	for ; err != nil; err = errors.Unwrap(err) {
		v := reflect.ValueOf(err)
		if v.Kind() == reflect.Pointer && v.IsNil() || !strings.Contains(reflect.Indirect(v).Type().PkgPath(), "sqlite") {
			continue // others have codes of their own
		}
		for _, name := range []string{"ExtendedCode", "Code"} {
			if n := integer(v, name); n > 0 {
				return n, true
			}
		}
	}
	return 0, false
}

// integer returns what a method or field of the name holds, 0 when it is no integer.
func integer(v reflect.Value, name string) int {
	x := reflect.Value{}
	if m := v.MethodByName(name); m.IsValid() && m.Type().NumIn() == 0 && m.Type().NumOut() == 1 {
		x = m.Call(nil)[0]
	} else if s := reflect.Indirect(v); s.Kind() == reflect.Struct {
		x = s.FieldByName(name)
	}
	switch {
	case !x.IsValid():
		return 0
	case x.CanInt():
		return int(x.Int())
	case x.CanUint():
		return int(x.Uint())
	}
	return 0
}

// isResult reports whether an error has one of the codes. What a driver that tells no code says is recognised by the text of SQLite, which is the same
// with all of them; so is what one says that tells the primary code alone, where an extended one is asked for.
func isResult(err error, text string, codes ...int) bool {
	n, ok := resultCode(err)
	says := strings.Contains(err.Error(), text)
	if !ok {
		return says
	}
	return slices.ContainsFunc(codes, func(code int) bool {
		return n == code || code <= 0xff && n&0xff == code || n == code&0xff && says
	})
}

// hints say what to do about errors of which that is known. Those without codes are all SQLITE_ERROR for SQLite.
var hints = []struct {
	codes []int
	text  string
	hint  string
}{
	{[]int{codeNotNull}, "NOT NULL constraint failed", "a row would hold NULL; fill the column before it becomes NOT NULL"},
	{[]int{codeUnique, codePrimaryKey, codeRowID}, "UNIQUE constraint failed",
		"rows hold the same values; find them with GROUP BY over these columns HAVING count(*) > 1, and change them first"},
	{[]int{codeCheck}, "CHECK constraint failed", "rows break the check; find them with WHERE NOT (the expression of the check), and change them first"},
	{[]int{codeForeignKey}, "FOREIGN KEY constraint failed", "a row refers to one that is not there"},
	{[]int{codeMismatch}, "datatype mismatch", "a value is no integer, which an integer primary key needs"},
	{[]int{codeReadOnly}, "readonly database", "the database, or its directory, cannot be written"},
	{[]int{codeFull}, "disk is full", "make room; a rebuild needs the size of the table once more"},
	{[]int{codeNotADB}, "file is not a database", notADB},
	{[]int{codeCorrupt}, "disk image is malformed", "the file is damaged: keep a copy of it, look with PRAGMA integrity_check, and restore a backup, or rescue what can be read with .recover of the sqlite3 shell"},
	{[]int{codeCantOpen}, "unable to open database file", cannotOpen},
	{nil, "error in view", "the view no longer fits; drop it in an SQL op before, and create it again after"},
	{nil, "error in trigger", "the trigger no longer fits; drop it in an SQL op before, and create it again after"},
	{nil, "error in index", "the index was made by hand and uses the column; drop it first"},
	{nil, "unknown datatype for", "the table is STRICT, and takes INTEGER, REAL, TEXT, BLOB and ANY alone: give the column one of them, as type.sqlite:INTEGER"},
}

const (
	notADB     = "look at the path of the database: the file there is none of SQLite; or it is an encrypted one, and the connection string lacks its key"
	cannotOpen = "look at the path of the database: its directory must be there, and the program may read and write in it"
)

// ofFile adds what to do to an error of the file as a whole, which any statement may meet first, also one that only reads.
func ofFile(err error) error {
	var known *migrate.StatementError
	if errors.As(err, &known) || !isResult(err, "file is not a database", codeNotADB) && !isResult(err, "disk image is malformed", codeCorrupt) && !isResult(err, "unable to open database file", codeCantOpen) {
		return err
	}
	return &migrate.StatementError{Code: errorCode(err), Hint: hint(err), Err: err}
}

// hint says what to do about errors of which that is known.
func hint(err error) string {
	msg := err.Error()
	if strings.Contains(msg, "already exists") && strings.Contains(msg, "table ") {
		return "was it made by hand, or by another tool? up -fake-initial records a first migration whose tables are there exactly as it makes them; " +
			"fake records any other, after a look with verify"
	}
	for _, h := range hints {
		if h.codes == nil && strings.Contains(msg, h.text) || h.codes != nil && isResult(err, h.text, h.codes...) {
			return h.hint
		}
	}
	return ""
}
