package postgres

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// Expected makes everything of want in scratch schemas, one for each schema there is in it, in a transaction that is rolled back.
// The schemas are found first, so that expressions mean the scratch tables and types; functions made by hand are still found.
func (s *session) Expected(ctx context.Context, want *schema.Schema) ([]string, error) {
	if err := s.ready(ctx); errors.Is(err, errStandby) {
		return nil, errors.New("the server is a standby in recovery, in which the result of the migrations cannot be built; " + elsewhere)
	} else if err != nil {
		return nil, err
	}
	return s.repeat(ctx, func() ([]string, error) { return s.expected(ctx, want) })
}

// elsewhere is the way out where nothing can be built.
const elsewhere = "compare with one that is built in another database of the same major version, where the role may create schemas: verify -expected URL (Options.Expected)"

func (s *session) expected(ctx context.Context, want *schema.Schema) ([]string, error) {
	spaces, err := s.scratch(want)
	if err != nil {
		return nil, err
	}
	r := s.renderer
	r.moved, r.engine, r.cluster = map[string]string{}, PostgreSQL, nil // how a table is distributed is not built, but said
	alone := ""
	if s.engine == Citus {
		alone = "SET LOCAL citus.enable_ddl_propagation = off; SET LOCAL citus.enable_metadata_sync = off;\n"
	}
	script := []string{"BEGIN;\n" + s.own() + alone + "SET LOCAL search_path = " + s.path(spaces[0].name, s.schema), printed, "SET LOCAL check_function_bodies = off"}
	if s.engine == PostgreSQL {
		script = append(script, s.noEventTriggers())
	}
	for _, x := range spaces {
		r.moved[x.of] = x.name
		script = append(script, "CREATE SCHEMA "+ident(x.name))
	}
	script = append(script, extensions(want)...)
	statements, err := build(r, built(want))
	if err != nil {
		return nil, err
	}
	script = append(script, statements...)

	defer s.rollback(ctx)
	if err := s.exec(ctx, strings.Join(script, "\n;\n")); err != nil {
		return nil, s.scratchError(ctx, script, err)
	}
	lines, err := s.catalog(ctx, r, built(want))
	if err != nil {
		return nil, err
	}
	if lines, err = s.mapBack(ctx, spaces, lines); err != nil {
		return nil, err
	}
	lines = append(lines, s.Said(want)...)
	for _, o := range want.SQLObjects {
		if unbuilt(o) {
			lines = append(lines, s.saidFact(o))
		}
	}
	slices.Sort(lines)
	return lines, nil
}

// noEventTriggers keeps event triggers from firing for scratch tables, which are rolled back, where the role may say so: they write logs elsewhere, or refuse what is not theirs (manual, Event
// Triggers; session_replication_role). Those that are ENABLE ALWAYS fire all the same.
func (s *session) noEventTriggers() string {
	may := "pg_catalog.has_parameter_privilege('session_replication_role', 'SET')"
	if s.version < 15 {
		may = "(SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user)"
	}
	return "SELECT pg_catalog.set_config('session_replication_role', 'replica', true) WHERE EXISTS (SELECT FROM pg_catalog.pg_event_trigger WHERE evtenabled = 'O') AND " + may
}

// space is a scratch schema and the one it stands for.
type space struct{ name, of string }

// scratch invents the scratch schemas; that of the default schema is the first.
func (s *session) scratch(want *schema.Schema) ([]space, error) {
	var suffix [8]byte
	if _, err := rand.Read(suffix[:]); err != nil {
		return nil, err
	}
	all := []string{s.schema}
	add := func(name string) {
		if ns := s.namespace(name); !slices.Contains(all, ns) {
			all = append(all, ns)
		}
	}
	for _, t := range want.Tables {
		add(t.Name)
	}
	for _, e := range want.Enums {
		add(e.Name)
	}
	for _, o := range want.SQLObjects {
		if !unbuilt(o) && o.Kind != schema.PublicationKind {
			bare, _, _ := strings.Cut(o.Name, "(")
			add(bare)
		}
	}
	var spaces []space
	for i, ns := range all {
		spaces = append(spaces, space{fmt.Sprintf("modelgen_%x_%03d", suffix, i), ns})
	}
	return spaces, nil
}

// build writes the statements that make everything of s: indexes and foreign keys last, as they may go in circles.
func build(r renderer, s *schema.Schema) ([]string, error) {
	p := newPlanner(r)
	names := r.scratchNames(s)
	var all []string
	take := func(err error) error {
		for _, stage := range p.stages {
			for _, st := range stage.Statements {
				all = append(all, names.move(st.SQL))
			}
		}
		p.stages = nil
		return err
	}
	for _, e := range s.Enums {
		if err := take(p.CreateEnum(migrate.CreateEnum{Name: e.Name, Values: e.Values})); err != nil {
			return nil, err
		}
	}
	for _, i := range scratchOrder(s) {
		if i >= len(s.Tables) {
			all = append(all, names.object(p, s.SQLObjects[i-len(s.Tables)])...)
			continue
		}
		bare := s.Tables[i].Clone()
		bare.ForeignKeys, bare.Indexes = nil, nil
		if err := take(p.CreateTable(migrate.NewCreateTable(bare))); err != nil {
			return nil, err
		}
	}
	for _, o := range s.SQLObjects {
		if o.Kind == schema.SequenceKind {
			for _, st := range owned(o) {
				all = append(all, names.move(st.SQL))
			}
		}
	}
	for _, t := range s.Tables {
		for _, x := range t.Indexes {
			sql, err := p.createIndex(t.Name, x, false)
			if err != nil {
				return nil, err
			}
			all = append(all, names.move(sql))
		}
	}
	for _, t := range s.Tables {
		for _, fk := range t.ForeignKeys {
			if err := take(p.AddForeignKey(migrate.AddForeignKey{Table: t.Name, ForeignKey: fk})); err != nil {
				return nil, err
			}
		}
	}
	for _, t := range s.Tables {
		for _, w := range t.DualWrites {
			for _, st := range p.dualTrigger(migrate.NewAddDualWrite(t.Name, w), t) {
				all = append(all, st.SQL)
			}
		}
	}
	return all, nil
}

// scratchError finds the statement that failed, by running them one by one.
func (s *session) scratchError(ctx context.Context, script []string, err error) error {
	s.rollback(ctx)
	for _, sql := range script {
		if s.broken || ctx.Err() != nil {
			break
		}
		if e := s.exec(ctx, sql); e != nil {
			hint := s.hint(ctx, e, migrate.Stage{})
			if strings.HasPrefix(sql, "CREATE SCHEMA") {
				hint = s.scratchHint(ctx, e)
			}
			err = &migrate.StatementError{Cause: "Make the schema as the migrations say it is", Statement: sql, Code: migrate.ErrorCode(e), Hint: hint, Err: e}
			break
		}
	}
	return err
}

// scratchHint says what is missing for a scratch schema.
func (s *session) scratchHint(ctx context.Context, err error) string {
	if migrate.ErrorCode(err) == readOnlyTransaction {
		return "the sessions of this role are read-only; " + elsewhere
	}
	s.rollback(ctx)
	var database, role string
	if s.conn.QueryRowContext(ctx, "SELECT pg_catalog.quote_ident(pg_catalog.current_database()), pg_catalog.quote_ident(current_user)").Scan(&database, &role) != nil {
		database, role = "DATABASE", "ROLE"
	}
	return "comparing needs the right to create a schema, which is rolled back: GRANT CREATE ON DATABASE " + database + " TO " + role + "; or " + elsewhere
}

// mapBack gives scratch schemas the names of those they stand for, quoted as the server does it.
func (s *session) mapBack(ctx context.Context, spaces []space, lines []string) ([]string, error) {
	var calls []string
	for i, x := range spaces {
		calls = append(calls, fmt.Sprintf("(%d, pg_catalog.quote_ident(%s))", i, text(x.of)))
	}
	quoted, err := s.texts(ctx, "SELECT q FROM (VALUES "+strings.Join(calls, ", ")+") AS v(i, q) ORDER BY i")
	if err != nil {
		return nil, err
	}
	var pairs []string
	for i, x := range spaces {
		pairs = append(pairs, x.name, quoted[i])
	}
	back := strings.NewReplacer(pairs...)
	for i := range lines {
		lines[i] = back.Replace(lines[i])
	}
	slices.Sort(lines)
	return lines, nil
}
