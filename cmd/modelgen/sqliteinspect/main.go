// Sqliteinspect prints the description of an SQLite database that modelgen adopt reads. The command is built without a driver of SQLite, which
// is large: it runs this program in the module of the user when that has one, and else in a module that is thrown away.
package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"strings"

	_ "modernc.org/sqlite"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/sqlite"
)

// driver is the name that the driver above has.
const driver = "sqlite"

func main() {
	if err := run(os.Args[1], os.Args[2:]); err != nil {
		fmt.Fprintln(os.Stderr, "inspect: "+strings.TrimPrefix(err.Error(), "inspect: ")) // by which the caller tells it from what the go command says
		os.Exit(1)
	}
}

func run(file string, ignore []string) error {
	if _, err := os.Stat(file); err != nil {
		return err
	}
	u := url.URL{Scheme: "file", Opaque: (&url.URL{Path: strings.ReplaceAll(file, `\`, "/")}).EscapedPath(), RawQuery: "mode=ro"}
	db, err := sql.Open(driver, u.String())
	if err != nil {
		return err
	}
	defer db.Close()
	in, err := migrate.Inspect(context.Background(), db, sqlite.Dialect{}, migrate.InspectOptions{Ignore: ignore})
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(in)
}
