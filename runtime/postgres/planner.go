package postgres

import (
	"errors"
	"fmt"
	"slices"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/internal/rowvalues"
	"github.com/modelgen/modelgen/runtime/schema"
)

// Table locks, as PostgreSQL names them.
const (
	accessExclusive      = "ACCESS EXCLUSIVE"       // stops everybody
	shareRowExclusive    = "SHARE ROW EXCLUSIVE"    // stops writers
	share                = "SHARE"                  // stops writers
	shareUpdateExclusive = "SHARE UPDATE EXCLUSIVE" // stops other changes of the table
	rowExclusive         = "ROW EXCLUSIVE"          // stops nobody who reads or writes
)

// planner makes one stage of each op, or several where others are using the table, see online.go.
type planner struct {
	renderer
	before     *schema.Schema
	stages     []migrate.Stage
	fresh      map[string]bool         // tables made in this migration: nobody else can be kept waiting for them
	values     []addedValues           // to enums, see enum_values.go
	committed  map[int]bool            // stages whose values are used behind them
	dirty      bool                    // an earlier op changes rows of any table, or may
	filled     map[string][]string     // tables, with the columns of them in which an earlier op changes values
	gets       rowvalues.Values        // what earlier ops give columns
	was        lineage                 // what things were called before the migration
	fills      map[string]func() error // columns, as table.column, with what fills those rows again that have no value
	reads      map[string][]string     // the same columns, with the tables that the fill of them reads
	added      map[string]bool         // columns that this migration adds, as table.column
	quiet      bool                    // nobody else is using the database
	renames    map[int]bool            // stages that rename tables
	respells   map[int]bool            // stages that rename values of an enum
	types      bool                    // an earlier op makes or changes a type of values
	away       map[string]int          // objects that an earlier op drops, with its stage
	grouped    []together              // stages that must be seen as one
	leaving    leaving                 // see dependents.go
	made       map[string]bool         // objects that this migration makes
	begun      bool                    // it has seen the schema before the first op
	declared   []declaration           // objects, unique indexes and foreign keys that there are before it
	extensions []string                // that are there or made before
	kept       map[string]string       // objects that stay where an op drops them, with the reason, see [planner.Keep]
	drops      map[int]bool            // stages that drop objects
	named      map[string]string       // objects that have another name than before the migration, with that
	unowned    []unowned               // sequences whose owner is not there yet
	unchecked  []schema.SQLObject      // routines whose bodies were not looked at when they were created
	later      []migrate.Stage         // done when all else is
	apartKeys  []tableKey              // foreign keys that are out of the way of undistributed tables
	adding     schema.Column           // by the op that is planned, in several stages
	pending    bool                    // rows were changed, and deferred constraints may wait to look at them
}

// declaration is what messages name so: "foreign key orders_user of orders".
type declaration struct{ kind, name, of string }

func (d declaration) text() string {
	if d.of != "" {
		return d.kind + d.name + " of " + d.of
	}
	return d.kind + d.name
}

// declarations returns what there is before the migration by these names, which few migrations ask for.
func (p *planner) declarations() map[string]bool {
	all := make(map[string]bool, len(p.declared))
	for _, d := range p.declared {
		all[d.text()] = true
	}
	return all
}

func newPlanner(r renderer) *planner {
	return &planner{renderer: r, before: &schema.Schema{}, away: map[string]int{}, committed: map[int]bool{}, drops: map[int]bool{}, named: map[string]string{}, made: map[string]bool{}, fresh: map[string]bool{}, renames: map[int]bool{}, respells: map[int]bool{}, was: lineage{map[string]string{}, map[string]map[string]string{}}, added: map[string]bool{}, filled: map[string][]string{}, fills: map[string]func() error{}, reads: map[string][]string{}}
}

// Dialect implements [migrate.Planner].
func (p *planner) Dialect() string { return dialect }

func (p *planner) Before(s *schema.Schema) {
	p.before = s
	if !p.begun {
		p.begun = true
		p.declared = slices.Grow(p.declared, len(s.SQLObjects)+2*len(s.Tables))
		for _, o := range s.SQLObjects {
			p.declared = append(p.declared, declaration{o.String(), "", ""})
			if o.Kind == schema.ExtensionKind {
				p.extensions = append(p.extensions, o.Name)
			}
		}
		for _, t := range s.Tables { // as checkPartitionable asks for them
			for _, name := range indexNames(t) {
				p.declared = append(p.declared, declaration{"unique index ", name, ""})
			}
			for _, fk := range t.ForeignKeys {
				p.declared = append(p.declared, declaration{"foreign key ", fk.Name, t.Name})
			}
		}
	}
	p.owned()
}

func (p *planner) Finish() ([]migrate.Stage, error) {
	p.keysBack()
	p.valuesFirst()
	p.commitValues()
	p.checkBodies()
	p.finishLater()
	p.apartLocks()
	p.keepTogether()
	p.askDependents()
	p.apartStatements()
	return p.stages, p.longNames()
}

// longNames refuses names that the server would cut without a word: ops have checked all but those of what PostgreSQL alone has.
func (p *planner) longNames() error {
	check := func(t *schema.Table, what, name string) error {
		if len(name) > schema.MaxName {
			return fmt.Errorf("%s of table %s: %w", what, t.Name, schema.CheckName(name))
		}
		return nil
	}
	var errs []error
	for _, t := range p.before.Tables {
		for _, x := range t.Indexes {
			errs = append(errs, check(t, "index", x.Name))
		}
		for _, u := range t.Uniques {
			errs = append(errs, check(t, "unique constraint", u.Name))
		}
		for _, c := range t.Checks {
			errs = append(errs, check(t, "check", c.Name))
		}
	}
	return errors.Join(errs...)
}

// add appends a stage that changes tables. Without statements there is nothing to do here.
func (p *planner) add(op migrate.Op, facts migrate.Facts, statements ...migrate.Statement) {
	if len(statements) == 0 {
		return
	}
	if p.pending {
		p.pending = false
		statements = append([]migrate.Statement{{
			SQL:     "SET CONSTRAINTS ALL IMMEDIATE",
			Comment: "a table cannot be altered while deferred constraints have still to look at rows changed before",
		}}, statements...)
	}
	facts.Destroys = op.Destroys()
	p.stages = append(p.stages, migrate.Stage{Cause: op.Describe(), Statements: statements, Facts: facts})
}

// touched notes that a stage changes rows, or may, which deferred constraints may have to look at.
func (p *planner) touched() {
	for _, t := range p.before.Tables {
		deferred := slices.ContainsFunc(t.Uniques, func(u schema.Unique) bool { return u.Deferrable == schema.InitiallyDeferred }) ||
			slices.ContainsFunc(t.ForeignKeys, func(f schema.ForeignKey) bool { return f.Deferrable == schema.InitiallyDeferred })
		p.pending = p.pending || deferred
	}
}

// locks returns the facts of a lock on tables. Those made in the same migration do not count.
func (p *planner) locks(lock string, tables ...string) migrate.Facts {
	var f migrate.Facts
	for _, t := range tables {
		if !p.fresh[t] && !slices.Contains(f.Tables, t) {
			f.Lock, f.Tables = lock, append(f.Tables, t)
		}
	}
	return f
}

// scanned adds that the first of the tables is read as a whole, rewritten that it is rewritten.
func (p *planner) scanned(f migrate.Facts, table string, scans, rewrites bool) migrate.Facts {
	if !p.fresh[table] {
		f.Scans, f.Rewrites = scans || rewrites, rewrites
	}
	return f
}

// parents returns the tables that foreign keys of the table refer to.
func parents(keys []schema.ForeignKey) []string {
	var tables []string
	for _, fk := range keys {
		tables = append(tables, fk.RefTable)
	}
	return tables
}

func statement(sql string) migrate.Statement { return migrate.Statement{SQL: sql} }
