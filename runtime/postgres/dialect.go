package postgres

import (
	"context"
	"database/sql"
	"fmt"

	migrate "github.com/modelgen/modelgen/runtime"
	_ "github.com/modelgen/modelgen/runtime/internal/emitted" // which modelgen loads: go mod vendor takes what is imported
	"github.com/modelgen/modelgen/runtime/schema"
)

const (
	dialect = "postgres" // the word in tags, flags and maps such as TypeFor
	oldest  = 14         // major version; lib/pq asks for the same
)

var _ migrate.Dialect = Dialect{}

// Dialect is PostgreSQL.
type Dialect struct {
	// Schema holds the tables whose names carry none, and the history. "" is public, and then it is an error when the connection's
	// search_path begins with another schema: one of the two is not what was meant.
	Schema string

	// Engine says what the server is, where it does not show that by itself: a server that is not known is refused for all but plain tables.
	// "" is what it shows. For SQL that is printed without a database it is the engine that the SQL is for.
	Engine Engine
}

// Name returns "postgres".
func (Dialect) Name() string { return dialect }

// Planner returns a planner for a server of that major version, or of a version as server_version_num says it (140003 is 14.3); 0 is the oldest that is
// supported, 14.
func (d Dialect) Planner(version int) migrate.Planner { return newPlanner(d.renderer(version)) }

// Open begins a session. It sends nothing to the server.
func (d Dialect) Open(_ context.Context, conn *sql.Conn, cfg migrate.SessionConfig) (migrate.Session, error) {
	if d.Schema != "" {
		if err := schema.CheckName(d.Schema); err != nil {
			return nil, fmt.Errorf("postgres.Dialect.Schema: %w", err)
		}
	}
	if err := checkEngine(d.Engine); err != nil {
		return nil, fmt.Errorf("postgres.Dialect.Engine: %w", err)
	}
	if cfg.History == "" {
		cfg.History = migrate.DefaultHistory
	}
	if cfg.Notify == nil {
		cfg.Notify = func(migrate.Event) {}
	}
	return &session{conn: conn, cfg: cfg, dialect: d, renderer: d.renderer(0)}, nil
}

func (d Dialect) renderer(version int) renderer {
	r := renderer{schema: d.Schema, version: version, minor: -1, engine: d.Engine}
	r.number(version)
	if r.schema == "" {
		r.schema = "public"
	}
	if r.version == 0 {
		r.version = oldest
	}
	return r
}

// number takes a version apart.
func (r *renderer) number(version int) {
	if version >= 10000 {
		r.version, r.minor = version/10000, version%10000
	}
}

// TypeName implements [migrate.TypeNamer].
func (Dialect) TypeName(_ *schema.Table, c schema.Column) string {
	if c.TypeFor[dialect] == "" && c.Type.Kind == schema.KindEnum {
		name := c.Type.Name
		if c.Type.Array {
			name += "[]"
		}
		return name
	}
	return renderer{}.columnType(c)
}
