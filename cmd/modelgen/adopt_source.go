package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	_ "github.com/lib/pq" // the driver with which adopt reads a PostgreSQL database

	migrate "github.com/modelgen/modelgen/runtime"
)

// connectionWords begins the other form of an address of PostgreSQL: host=localhost dbname=shop.
var connectionWords = regexp.MustCompile(`^(host|hostaddr|port|dbname|user|password|passfile|service|sslmode|search_path|application_name)\s*=`)

// inspected describes the database that an operand names.
func inspected(ctx context.Context, e env, what string, opt migrate.InspectOptions) (*migrate.Inspection, error) {
	switch scheme, rest, found := strings.Cut(what, ":"); {
	case found && (scheme == "postgres" || scheme == "postgresql"), connectionWords.MatchString(what):
		db, err := sql.Open("postgres", what)
		if err != nil {
			return nil, fmt.Errorf("the address of the database cannot be read: %s", migrate.Redact(err.Error()))
		}
		defer db.Close()
		in, err := migrate.Inspect(ctx, db, targets["postgres"], opt)
		if err != nil {
			return nil, fmt.Errorf("%w; nothing was written", err)
		}
		return in, nil
	case found && scheme == "sqlite":
		return inspectSQLite(ctx, e, strings.TrimPrefix(rest, "//"), opt.Ignore)
	case found && strings.HasPrefix(rest, "//"):
		return nil, fmt.Errorf("%s: databases are postgres://... and sqlite:FILE; for another driver let the program print it with the verb inspect, then modelgen adopt FILE", scheme)
	}
	path := what
	if !filepath.IsAbs(path) {
		path = filepath.Join(e.dir, path)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		if i := strings.LastIndexByte(what, '@'); i >= 0 { // an address without postgres:// has the password before it
			what = "***" + what[i:]
		}
		if e, ok := errors.AsType[*fs.PathError](err); ok {
			err = e.Err // without the path, which is what was given
		}
		return nil, fmt.Errorf("%s is no database (postgres://..., sqlite:FILE) and no file with the output of the program's verb inspect: %w; nothing was written", what, err)
	}
	return readInspection(data, what)
}

func readInspection(data []byte, from string) (*migrate.Inspection, error) {
	in := &migrate.Inspection{}
	if err := json.Unmarshal(data, in); err != nil || in.Schema == nil {
		return nil, fmt.Errorf("%s is not what the verb inspect prints; nothing was written", from)
	}
	if targets[in.Dialect] == nil {
		return nil, fmt.Errorf("%s describes a database of %q, which this version does not know; nothing was written", from, in.Dialect)
	}
	return in, nil
}

// commaList returns the names of a list with commas or blanks between them. One in double quotes may have these in it.
func commaList(s string) (names []string) {
	quoted := false
	for _, name := range strings.FieldsFunc(s, func(r rune) bool {
		quoted = quoted != (r == '"')
		return !quoted && (r == ',' || r == ' ')
	}) {
		names = append(names, strings.ReplaceAll(name, `"`, ""))
	}
	return names
}
