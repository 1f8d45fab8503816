package fleet

import (
	"context"
	"database/sql"
	"fmt"
	"iter"
	"net/url"
	"strings"

	"github.com/modelgen/modelgen/internal/lazyregexp"
	migrate "github.com/modelgen/modelgen/runtime"
)

// URLs returns a target for each connection string, which is opened by a driver of database/sql. The name of a target is host, port and database, without
// user and password; [URL] gives it another one.
func URLs(driver string, dialect migrate.Dialect, urls ...string) List {
	var all List
	for i, u := range urls {
		name := place(u)
		if name == "" {
			name = fmt.Sprintf("target %d", i+1)
		}
		all = append(all, URL(name, driver, dialect, u))
	}
	return all
}

// URL returns a target of that name for a connection string.
func URL(name, driver string, dialect migrate.Dialect, address string) Target {
	server, _, _ := strings.Cut(place(address), "/")
	return Target{Name: name, Dialect: dialect, Server: server, Identity: identityOf(address), address: address, Open: func(context.Context) (*sql.DB, error) {
		db, err := sql.Open(driver, address)
		if err == nil {
			db.SetMaxOpenConns(1)
		}
		return db, err
	}}
}

// Databases returns a target for each row of a query in another database, which has two columns: the name of the tenant and its connection string.
func Databases(control *sql.DB, query, driver string, dialect migrate.Dialect, args ...any) Targets {
	return Func(func(ctx context.Context) iter.Seq2[Target, error] {
		return func(yield func(Target, error) bool) {
			all, err := databases(ctx, control, query, driver, dialect, args)
			if err != nil {
				yield(Target{}, fmt.Errorf("reading the list of targets: %w", err))
				return
			}
			for _, t := range all {
				if !yield(t, nil) {
					return
				}
			}
		}
	})
}

func databases(ctx context.Context, control *sql.DB, query, driver string, dialect migrate.Dialect, args []any) (all []Target, err error) {
	rows, err := control.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var name, address string
		if err := rows.Scan(&name, &address); err != nil {
			return nil, fmt.Errorf("row %d is not a name and a connection string", len(all)+1) // the reason may show the latter
		}
		all = append(all, URL(name, driver, dialect, address))
	}
	return all, rows.Err()
}

// pair finds the settings of a connection string that is no URL.
var pair = lazyregexp.New(`(?i)\b(host|port|dbname|database)\s*=\s*('[^']*'|[^\s']+)`)

// place returns where a connection string leads, without user and password: "db.example.com:5432/shop"; "" when that cannot be told.
func place(address string) string {
	if strings.Contains(address, "://") {
		u, err := url.Parse(address)
		if err != nil || u.Host == "" {
			return ""
		}
		return u.Host + u.Path
	}
	has := map[string]string{}
	for _, m := range pair.FindAllStringSubmatch(address, -1) {
		has[strings.ToLower(m[1])] = strings.Trim(m[2], "'")
	}
	name := has["host"]
	if has["port"] != "" {
		name += ":" + has["port"]
	}
	if db := has["dbname"] + has["database"]; db != "" {
		name += "/" + db
	}
	return name
}

// identityOf returns what two connection strings to the same database have in common: the place, and the schema that a search path asks for.
func identityOf(address string) string {
	at := place(address)
	if at == "" {
		return "address " + address
	}
	if u, err := url.Parse(address); err == nil && strings.Contains(address, "://") {
		q := u.Query()
		at += " " + q.Get("search_path") + " " + q.Get("options")
	} else if _, path, found := strings.Cut(address, "search_path="); found {
		at += " " + path
	}
	return "database " + at
}
