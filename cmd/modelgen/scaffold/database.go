package scaffold

import (
	"fmt"
	"slices"
	"strings"
)

// The databases that a program can be for.
const (
	SQLite   = "sqlite"
	Postgres = "postgres"
	Both     = "both"
)

// Databases are the values of -database.
var Databases = []string{SQLite, Postgres, Both}

// Driver is a driver of database/sql.
type Driver struct {
	Name     string   // as -driver has it
	Database string   // SQLite or Postgres
	Import   string   // the package that a program imports for it
	Open     string   // its name for sql.Open
	Pragmas  string   // what follows the file of SQLite in its data source name
	Modules  []string // what a go.mod requires for it; the first one is the driver's own
	Remark   string   // what a person who chooses should know
}

// Drivers are the drivers that init knows. The first one of a database is its default.
var Drivers = []Driver{
	{Name: "lib/pq", Database: Postgres, Import: "github.com/lib/pq", Open: "postgres", Modules: []string{"github.com/lib/pq"}, Remark: "small, the standard library's interface alone"},
	{Name: "pgx", Database: Postgres, Import: "github.com/jackc/pgx/v5/stdlib", Open: "pgx", Modules: []string{"github.com/jackc/pgx/v5", "github.com/jackc/puddle/v2"}, Remark: "with an interface of its own, too"},
	{Name: "modernc", Database: SQLite, Import: "modernc.org/sqlite", Open: "sqlite", Pragmas: "?_pragma=foreign_keys(1)&_pragma=busy_timeout(5000)", Modules: []string{"modernc.org/sqlite"}, Remark: "Go alone, no C compiler"},
	{Name: "mattn", Database: SQLite, Import: "github.com/mattn/go-sqlite3", Open: "sqlite3", Pragmas: "?_foreign_keys=on&_busy_timeout=5000", Modules: []string{"github.com/mattn/go-sqlite3"}, Remark: "SQLite itself, by cgo: needs a C compiler"},
}

// DriversOf returns the drivers of a database, those of both for [Both].
func DriversOf(database string) (all []Driver) {
	for _, d := range Drivers {
		if d.Database == database || database == Both {
			all = append(all, d)
		}
	}
	return all
}

// DriverNames returns the names of drivers.
func DriverNames(all []Driver) (names []string) {
	for _, d := range all {
		names = append(names, d.Name)
	}
	return names
}

// FindDriver returns the driver of a name, which may also be the path of its module or of its package.
func FindDriver(name string) (Driver, error) {
	for _, d := range Drivers {
		if short := strings.TrimPrefix(d.Modules[0], "github.com/"); slices.Contains([]string{d.Name, d.Import, d.Modules[0], short, short[strings.Index(short, "/")+1:]}, name) {
			return d, nil
		}
	}
	return Driver{}, fmt.Errorf("there is no driver %q; there are %s for %s and %s for %s", name, strings.Join(DriverNames(DriversOf(Postgres)), ", "), Postgres,
		strings.Join(DriverNames(DriversOf(SQLite)), ", "), SQLite)
}
