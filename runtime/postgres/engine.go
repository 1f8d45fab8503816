package postgres

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/internal/lazyregexp"
	migrate "github.com/modelgen/modelgen/runtime"
)

// Engine is what a server is that speaks the protocol of PostgreSQL. What it can do follows from it and from its version, never from a guess.
type Engine string

// The engines.
const (
	PostgreSQL Engine = "postgres"
	Citus      Engine = "citus"       // PostgreSQL with the extension citus in the database
	Cockroach  Engine = "cockroachdb" // by its documentation (26.1), see docs/guide/citus.md
	Yugabyte   Engine = "yugabytedb"  // by its documentation (2025.x)
	Unknown    Engine = "unknown"     // whatever it is: nothing but plain tables
)

// traits are what the engines differ in. The sources are in docs/guide/citus.md.
type traits struct {
	engine  Engine
	product string
	atomic  bool // DDL is part of its transaction; else each statement is a stage of its own, whose state is read back
	session bool // it has advisory locks that lock; else the lock is the lease
	plain   bool // it has the settings and the catalogs of PostgreSQL
}

var engines = []traits{
	{engine: PostgreSQL, product: "PostgreSQL", atomic: true, session: true, plain: true},
	{engine: Citus, product: "Citus", atomic: true, session: true, plain: true},
	{engine: Cockroach, product: "CockroachDB"},
	{engine: Yugabyte, product: "YugabyteDB", plain: true},
	{engine: Unknown, product: "an engine that is not known"},
}

func (e Engine) traits() traits {
	if e == "" {
		e = PostgreSQL
	}
	for _, t := range engines {
		if t.engine == e {
			return t
		}
	}
	return traits{}
}

// WithEngine implements [migrate.EngineDialect]. The names are those of the constants.
func (d Dialect) WithEngine(name string) (migrate.Dialect, error) {
	if err := checkEngine(Engine(name)); err != nil {
		return nil, err
	}
	d.Engine = Engine(name)
	return d, nil
}

func checkEngine(e Engine) error {
	if e.traits() == (traits{}) {
		return fmt.Errorf("no engine is called %q: it is one of %s", string(e), strings.Join(engineNames(), ", "))
	}
	return nil
}

// engineNames are the words for [Dialect.Engine], in the order in which they are told.
func engineNames() (names []string) {
	for _, t := range engines {
		names = append(names, string(t.engine))
	}
	return names
}

// versionText finds PostgreSQL's own version in what version() returns.
var versionText = lazyregexp.New(`^PostgreSQL (\d+)`)

// derived are words in the version() of servers that were made from PostgreSQL, or call themselves so, and change the schema in ways of their own.
var derived = []string{"Redshift", "Greenplum", "Cloudberry", "RisingWave", "Materialize", "Spanner", "CrateDB", "QuestDB", "openGauss", "GaussDB", "Yellowbrick", "DSQL", "PolarDB-X", "Vertica"}

// engineOf reads what the server says of itself: version(), server_version_num, and whether it has the extension citus, "" without it. shown is what to
// call one that is not known.
func engineOf(version string, number int, citus string) (e Engine, shown string) {
	m := versionText.FindStringSubmatch(version)
	switch {
	case strings.HasPrefix(version, "CockroachDB"):
		return Cockroach, ""
	case m != nil && strings.Contains(version, "-YB-"):
		return Yugabyte, ""
	case m == nil || slices.ContainsFunc(derived, func(w string) bool { return strings.Contains(version, w) }) || number > 0 && m[1] != fmt.Sprint(number/10000) && number >= 100000:
		shown, _, _ = strings.Cut(version, ",")
		if len(shown) > 100 {
			shown = shown[:100]
		}
		return Unknown, shown
	case citus != "":
		return Citus, ""
	}
	return PostgreSQL, ""
}

// settle takes the engine that the server shows, or the one that was named. Naming another one than it shows is refused where that is known
// to be wrong: who says PostgreSQL of CockroachDB would have a lock that locks nothing.
func (s *session) settle(v server) error {
	found, shown := engineOf(v.text, v.version, v.citus)
	said := s.dialect.Engine
	switch {
	case said == "" || said == found:
	case found == Unknown, found == Citus && said == PostgreSQL, said == Unknown:
		found = said
	default:
		return refused{fmt.Errorf("the server is %s, and -engine (postgres.Dialect.Engine) says %s; leave it out", found.traits().product, said.traits().product)}
	}
	s.engine, s.shown = found, shown
	return nil
}

// lookPlain asks a server only what any that speaks the protocol can answer, when the question for PostgreSQL failed.
func (s *session) lookPlain(ctx context.Context, cause error) error {
	if migrate.ErrorCode(cause) == "" || s.broken || ctx.Err() != nil {
		return cause
	}
	var v server
	if err := s.conn.QueryRowContext(ctx, "SELECT version(), COALESCE(current_schema(), '')").Scan(&v.text, &v.schema); err != nil {
		return cause
	}
	if e, _ := engineOf(v.text, 0, ""); e == PostgreSQL {
		return cause
	}
	v.schema.Valid = v.schema.String != ""
	v.version, v.beside = oldest*10000, -1 // not asked
	return s.accept(v)
}

// refuseEngine is the error of what an engine cannot do.
func refuseEngine(e Engine, table, object, reason, hint string) error {
	return &migrate.UnsupportedError{Dialect: e.traits().product, Table: table, Object: object, Reason: reason, Hint: hint}
}
