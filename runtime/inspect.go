package migrate

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path"

	"github.com/modelgen/modelgen/runtime/schema"
)

// InspectionFormat is the number of the form that [Inspection] has as JSON.
const InspectionFormat = 1

// Inspection is what a database holds, in the words of models: modelgen adopt reads it, be it from a connection of its own or from the JSON
// that the verb inspect of a program prints.
type Inspection struct {
	Format  int            `json:"modelgenInspection"` // [InspectionFormat]
	Dialect string         `json:"dialect"`
	Version int            `json:"version"` // of the server, as [Dialect.Planner] takes it: 15; 0 for SQLite
	Schema  *schema.Schema `json:"schema"`  // every constraint and index with the name that it has; on SQLite "" where it has none

	// Unexpressed is what models have no words for, sorted by Object: views, functions and triggers, which SQL files can declare, and what nothing can.
	Unexpressed []Unexpressed `json:"unexpressed,omitempty"`
	// Histories are those of other migration tools that were found. Their tables are not in Schema.
	Histories []ForeignHistory `json:"histories,omitempty"`
}

// Unexpressed is a part of a database that models cannot say.
type Unexpressed struct {
	Object string `json:"object"`          // kind and name: "view sales", "table users: storage parameter"
	Why    string `json:"why"`             // and what happens to it, in one line: nothing
	SQL    string `json:"sql,omitempty"`   // the statement that makes it, where the database can tell
	Allow  string `json:"allow,omitempty"` // what lets verify pass over it, see [Set.Allow]; "" when verify does not look at it
	Owner  string `json:"owner,omitempty"` // the extension or virtual table that it belongs to: nothing is to be done about it
}

// ForeignHistory is what another migration tool has written down of a database.
type ForeignHistory struct {
	Tool     string   `json:"tool"`               // "goose", "golang-migrate", "dbmate", "rails", "atlas", "bun", "sql-migrate", "django", "flyway", ...
	Table    string   `json:"table"`              // qualified when it is not in the first schema
	Version  string   `json:"version,omitempty"`  // the newest one applied, in the words of the tool; "" when none is
	Applied  []string `json:"applied,omitempty"`  // all that are applied, where the tool keeps a row for each, in the order of versions
	Baseline string   `json:"baseline,omitempty"` // up to which versions count as applied without a row, "" without one
	Problem  string   `json:"problem,omitempty"`  // why it must not be adopted as it is, in the tool's own word: dirty, failed, locked; "" when all is well

	// Unreadable says that the role may not read the table: nothing else is known then.
	Unreadable bool `json:"unreadable,omitempty"`
}

// OwnHistory is the tool of a [ForeignHistory] that modelgen itself has written: the database is managed already. What is applied is written set/migration, in the order in which it was.
const OwnHistory = "modelgen"

// InspectOptions say what an [Inspection] covers.
type InspectOptions struct {
	Schemas []string // PostgreSQL schemas to read; none means public
	Ignore  []string // tables to leave out, such as history tables under names of their own; path.Match patterns
	History string   // the history table of ours, which is none of the application; "" is the default name
}

// SchemaInspector is a [Dialect] that can describe a whole database. Nothing is changed, and no lock is taken that anybody waits for.
type SchemaInspector interface {
	// InspectSchema reads the database with a number of queries that does not depend on the number of tables.
	InspectSchema(ctx context.Context, db *sql.DB, opt InspectOptions) (*Inspection, error)
}

// Inspect describes the database, as [SchemaInspector] does. It changes nothing. It returns [errors.ErrUnsupported] for a dialect that cannot.
// A database of another kind is a [DialectError].
func Inspect(ctx context.Context, db *sql.DB, dialect Dialect, opt InspectOptions) (in *Inspection, err error) {
	d, ok := dialect.(SchemaInspector)
	if !ok {
		return nil, fmt.Errorf("inspect on %s: %w", dialect.Name(), errors.ErrUnsupported)
	}
	for _, p := range opt.Ignore {
		if _, err := path.Match(p, ""); err != nil {
			return nil, fmt.Errorf("inspect: the pattern %q of tables to leave out cannot be read: %w", p, err)
		}
	}
	m := &Migrator{db: db, dialect: dialect}
	conn, err := m.connect(ctx, db)
	if err != nil {
		return nil, m.unreachable(err)
	}
	_ = conn.Close() // back to the pool, which the dialect takes it from
	defer m.explain(ctx, &err)
	if in, err = d.InspectSchema(ctx, db, opt); err != nil {
		return nil, fmt.Errorf("inspect: %w", redacted{err})
	}
	in.Format, in.Dialect = InspectionFormat, dialect.Name()
	return in, nil
}
