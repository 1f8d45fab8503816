package migrate

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
)

// Worker carries many databases to one set, one after the other, as a fleet of tenants has them; package fleet is built on it. From one database to the
// next it keeps what they have in common: the connection and its settings, where they are schemas of one database (see [SchemaDialect]), and what is to
// be done from where (see [StraightSession]). It is used by one goroutine at a time.
type Worker struct {
	set    *Set
	opt    *Options
	pinned *pinned
	routes map[string]*route // by the digest of the newest row of the history
	guess  guess
}

// pinned is a session that goes on in another schema.
type pinned struct {
	db   *sql.DB
	conn *sql.Conn
	s    SchemaSession
	now  *Event
	m    *Migrator // whose turn it is
}

// SchemaDialect is a [Dialect] of databases in which tables of the same names stand side by side, each in a schema (namespace) of their own: one for
// each tenant.
type SchemaDialect interface {
	Dialect

	// In returns the dialect whose tables without a schema, and whose history, are in that schema.
	In(schema string) Dialect

	// SchemaName returns the schema of the dialect.
	SchemaName() string

	// HasSchema reports whether the schema of the dialect is there.
	HasSchema(ctx context.Context, db *sql.DB) (bool, error)

	// CreateSchema creates the schema of the dialect where it is not there yet.
	CreateSchema(ctx context.Context, db *sql.DB) error
}

// SchemaSession is a [Session] that can go on in another schema of the same database.
type SchemaSession interface {
	Session

	// Enter goes on with a dialect of the same kind and another schema. What is known of the server and set on the connection stays; nothing that is
	// known of the schema before does, nor the search path that leads there. It reports false where the session cannot go on: a step written by hand has
	// run on its connection, or that is lost.
	Enter(d Dialect) bool

	// PlannerIn returns what Planner does, for another schema.
	PlannerIn(schema string) Planner
}

// NewWorker returns a worker with these options for each of its migrators. opt may be nil. It returns the error of the set, see [Set.Err].
func NewWorker(set *Set, opt *Options) (*Worker, error) {
	if set == nil {
		return nil, errors.New("migrate.NewWorker: the set is nil")
	}
	if err := set.Err(); err != nil {
		return nil, err
	}
	return &Worker{set: set, opt: opt, routes: map[string]*route{}}, nil
}

// Migrator returns the migrator of the next database. That of the one before is not used any more. A connection to it stays pinned from its first use
// on, until [Worker.Release], where the next one may be another schema of the same database.
func (w *Worker) Migrator(db *sql.DB, dialect Dialect) (*Migrator, error) {
	m, err := New(db, dialect, w.set, w.opt)
	if err == nil {
		m.worker = w
	}
	return m, err
}

// Release gives the pinned connection back, with the settings that it had. It is called before a database is closed, and at the end.
func (w *Worker) Release(ctx context.Context) {
	p := w.pinned
	if p == nil {
		return
	}
	w.pinned = nil
	closeSession(ctx, p.s, p.conn)
}

// closeSession ends a session and gives its connection back to the pool, or closes it when its settings are not what the application left.
func closeSession(ctx context.Context, s Session, conn *sql.Conn) {
	if err := s.Close(context.WithoutCancel(ctx)); err != nil {
		_ = conn.Raw(func(any) error { return driver.ErrBadConn })
	}
	_ = conn.Close()
}

// enter returns the pinned session, in the schema of m, when it can go on there.
func (w *Worker) enter(ctx context.Context, m *Migrator, db *sql.DB) (*pinned, bool) {
	p := w.pinned
	if p == nil || db != m.db {
		return nil, false
	}
	if p.db != db || !p.s.Enter(m.dialect) {
		w.Release(ctx)
		return nil, false
	}
	p.m, *p.now = m, Event{}
	return p, true
}

// pin keeps a session for the next schemas, if it is of a kind that can go there.
func (w *Worker) pin(m *Migrator, db *sql.DB, conn *sql.Conn, s Session, now *Event) *pinned {
	schemas, ok := s.(SchemaSession)
	if _, dialect := m.dialect.(SchemaDialect); !ok || !dialect || db != m.db || w.pinned != nil {
		return nil
	}
	w.pinned = &pinned{db: db, conn: conn, s: schemas, now: now, m: m}
	return w.pinned
}
