package postgres

import (
	"context"
	"slices"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// The forms for tables that others are using: nobody is kept waiting for longer than a lock timeout. Where the plain form would build or
// check something under a lock that stops readers or writers, the work is done first under one that does not, and only its result is put
// in place under the strong one. That takes more than one transaction.

// online reports whether others may be using a table, and the author did not ask for the plain form.
func (p *planner) online(table, plain string) bool { return !p.quiet && !p.fresh[table] && plain == "" }

// Quiet implements [migrate.QuietPlanner].
func (p *planner) Quiet() { p.quiet = true }

// stage appends a stage of an op.
func (p *planner) stage(op migrate.Op, st migrate.Stage) {
	if p.pending && st.NoTx {
		p.pending = false // the commit before it has looked at all rows
	}
	st.Cause, st.Destroys = op.Describe(), op.Destroys()
	p.stages = append(p.stages, st)
}

// onlineIndex builds an index beside reads and writes (manual, CREATE INDEX, "Building Indexes Concurrently").
func (p *planner) onlineIndex(op migrate.Op, table string, x schema.Index) error {
	if p.isPartitioned(table) {
		return p.partitionedIndex(op, table, x, "", migrate.CreateIndex{Table: table, Index: x})
	}
	if p.version == 14 && p.minor >= 0 && p.minor < 4 {
		return &migrate.UnsupportedError{Dialect: dialect, Table: table, Object: x.Name, Reason: "an index that is built concurrently: before 14.4 it may lack rows (release notes of 14.4)",
			Hint: "upgrade the server to 14.4 or newer; or build it under a lock, with Plain and the reason in the op"}
	}
	sql, err := p.createIndex(table, x, true)
	if err != nil {
		return err
	}
	p.stage(op, migrate.Stage{
		NoTx: true, Statements: []migrate.Statement{statement(sql)}, Facts: p.scanned(p.locks(shareUpdateExclusive, table), table, true, false),
		Check: both(p.checkDuplicates(table, x), p.rehearse(table, x, sql)), Ready: p.indexReady(table, x), Failed: p.indexFailed(table, x), Left: p.indexLeft(table, x),
		Again: p.indexAgain(table, x), Parts: []migrate.Op{migrate.CreateIndex{Table: table, Index: x}},
	})
	return nil
}

func (p *planner) onlineDropIndex(op migrate.Op, table string, x schema.Index) {
	if p.isPartitioned(table) { // PostgreSQL drops it at once alone, which is quick
		p.add(op, p.locks(accessExclusive, table), p.dropIndex(table, x.Name))
		return
	}
	name := x.Name
	p.stage(op, migrate.Stage{
		NoTx: true, Statements: []migrate.Statement{statement("DROP INDEX CONCURRENTLY " + p.index(table, name))},
		Facts: p.locks(shareUpdateExclusive, table), Ready: p.indexGone(table, x.Name), Left: p.indexHalfGone(table, x.Name),
		Parts: []migrate.Op{migrate.DropIndex{Table: table, Index: x}},
		Again: &migrate.Again{State: "SELECT 'done' WHERE pg_catalog.to_regclass(" + text(p.index(table, name)) + ") IS NULL"},
	})
}

// onlineKey makes a unique or primary key constraint of an index that was built before.
func (p *planner) onlineKey(op migrate.Op, table, name, kind string, columns []string, nullsNotDistinct bool, d schema.Deferrable) error {
	x := schema.Index{Name: name, Unique: true, NullsNotDistinct: nullsNotDistinct}
	for _, c := range columns {
		x.Parts = append(x.Parts, schema.IndexPart{Column: c})
	}
	if !p.engine.traits().atomic { // which builds the index of a constraint beside writes anyway
		p.stage(op, migrate.Stage{Facts: p.locks("", table), Statements: []migrate.Statement{statement("ALTER TABLE " + p.name(table) + " ADD " + named(name) + kind + " (" + idents(columns) + ")")}})
		return nil
	}
	if p.isPartitioned(table) {
		if d != schema.NotDeferrable {
			return &migrate.UnsupportedError{Dialect: dialect, Table: table, Object: name, Reason: "a deferrable key of a partitioned table that others are using", Hint: "write Plain with the reason in the op, which locks it for as long as its index is built"}
		}
		return p.partitionedIndex(op, table, x, kind, op)
	}
	if err := p.onlineIndex(op, table, x); err != nil {
		return err
	}
	p.stage(op, migrate.Stage{
		Facts: p.locks(accessExclusive, table),
		Statements: []migrate.Statement{{
			SQL:     "ALTER TABLE " + p.name(table) + " ADD " + named(name) + kind + " USING INDEX " + ident(name) + deferrable(d),
			Comment: "the index is there, so the lock is short",
		}},
	})
	return nil
}

// onlineCheck adds a constraint for new rows, commits, and looks at the old rows under a lock that stops nobody. In one transaction the scan
// would hold the first lock, and a lock timeout would throw its work away. sweep, if there is any, fixes what was written before the first.
func (p *planner) onlineCheck(op migrate.Op, lock string, tables []string, name, definition, wrong, what string, part migrate.Op, sweep func() error) error {
	table := tables[0]
	p.stage(op, migrate.Stage{
		Commit: true, Facts: p.locks(lock, tables...), Check: p.checkRows(tables, wrong, what), Parts: []migrate.Op{part},
		Statements: []migrate.Statement{{SQL: "ALTER TABLE " + p.name(table) + " ADD " + definition + " NOT VALID", Comment: "for new rows only, so the lock is short"}},
	})
	if sweep != nil {
		if err := sweep(); err != nil {
			return err
		}
	}
	p.stage(op, migrate.Stage{
		Commit: true, Facts: p.scanned(p.locks(shareUpdateExclusive, table), table, true, false), Failed: p.offenders(table, wrong, what, name), Parts: nothing,
		Statements: []migrate.Statement{{SQL: "ALTER TABLE " + p.name(table) + " VALIDATE CONSTRAINT " + ident(name), Comment: "the old rows, while others read and write"}},
	})
	return nil
}

// onlineNotNull lets the server know from a check that no row is NULL, so that SET NOT NULL reads nothing (manual, ALTER TABLE). Since 18
// the constraint itself can be validated later.
func (p *planner) onlineNotNull(op migrate.Op, table, column string) error {
	if p.engine == Cockroach { // which looks at the rows online
		p.stage(op, migrate.Stage{Facts: p.locks("", table), Statements: []migrate.Statement{statement(p.alter(table) + "ALTER COLUMN " + ident(column) + " SET NOT NULL")}})
		return nil
	}
	wrong, what := ident(column)+" IS NULL", "hold NULL in "+column+"; give them a value first, with Fill or SQL"
	if p.version >= 18 {
		return p.onlineNotNull18(op, table, column, wrong, what)
	}
	name := p.spare(table, column, "is_not_null")
	if err := p.onlineCheck(op, accessExclusive, []string{table}, name, named(name)+"CHECK ("+ident(column)+" IS NOT NULL)", wrong, what,
		migrate.AddCheck{Table: table, Check: schema.Check{Name: name, Expr: ident(column) + " IS NOT NULL"}}, p.fills[table+"."+column]); err != nil {
		return err
	}
	alter := p.alter(table)
	p.stage(op, migrate.Stage{Facts: p.locks(accessExclusive, table), Statements: []migrate.Statement{
		{SQL: alter + "ALTER COLUMN " + ident(column) + " SET NOT NULL", Comment: "the check says so already, so nothing is read"},
		p.dropConstraint(table, name),
	}})
	return nil
}

// onlineNotNull18 leaves the name of the constraint to the server: the one that is expected may be that of another column, which had this
// name when it became NOT NULL and was renamed since.
func (p *planner) onlineNotNull18(op migrate.Op, table, column, wrong, what string) error {
	alter := p.alter(table)
	p.stage(op, migrate.Stage{
		Commit: true, Facts: p.locks(accessExclusive, table), Check: p.checkRows([]string{table}, wrong, what), Parts: p.notNull(table, column),
		Statements: []migrate.Statement{{SQL: alter + "ADD NOT NULL " + ident(column) + " NOT VALID", Comment: "for new rows only, so the lock is short"}},
	})
	if sweep := p.fills[table+"."+column]; sweep != nil {
		if err := sweep(); err != nil {
			return err
		}
	}
	p.stage(op, migrate.Stage{
		Commit: true, Facts: p.scanned(p.locks(shareUpdateExclusive, table), table, true, false), Failed: p.offenders(table, wrong, what, "its NOT NULL"), Parts: nothing,
		Statements: []migrate.Statement{{
			SQL: doBlock("BEGIN EXECUTE (SELECT pg_catalog.format(" + text(strings.ReplaceAll(alter, "%", "%%")+"VALIDATE CONSTRAINT %I") + ", c.conname) FROM pg_catalog.pg_constraint c" +
				" JOIN pg_catalog.pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]" +
				" WHERE c.conrelid = " + text(p.name(table)) + "::pg_catalog.regclass AND c.contype = 'n' AND a.attname = " + text(column) + "); END"),
			Comment: "the old rows, while others read and write; the server has named the constraint",
		}},
	})
	return nil
}

// onlineColumn adds a column whose default gives each row a value of its own: as a nullable one, whose default is for new rows alone, and
// which the old rows get in batches. At once the table would be rewritten (manual, ALTER TABLE, Notes). An identity numbers them from a
// sequence that goes when it has its own.
func (p *planner) onlineColumn(o migrate.AddColumn, c schema.Column) error {
	plain, sequence := c, ""
	plain.Nullable, plain.Identity, plain.Default, plain.DefaultExpr, plain.DefaultFor = true, false, nil, "", nil
	sql, err := p.column(o.Table, plain)
	if err != nil {
		return err
	}
	alter, column := p.alter(o.Table), "ALTER COLUMN "+ident(c.Name)+" "
	def := defaultOf(c)
	parts := []migrate.Op{migrate.AddColumn{Table: o.Table, Column: plain}}
	add := []migrate.Statement{{SQL: alter + "ADD COLUMN " + sql, Comment: "without a value for the old rows, so that the table is not rewritten"}}
	if c.Comment != "" {
		add = append(add, statement(p.commentColumn(o.Table, c)))
	}
	if c.Identity {
		ns, base := schema.SplitName(o.Table)
		sequence = schema.JoinName(ns, schema.DeriveName(base, []string{c.Name}, "numbers", func(n string) bool { return p.before.Table(schema.JoinName(ns, n)) != nil }))
		def = "pg_catalog.nextval(" + text(p.name(sequence)) + ")"
		add = append(add, statement("CREATE SEQUENCE "+p.name(sequence)),
			migrate.Statement{SQL: "GRANT USAGE ON SEQUENCE " + p.name(sequence) + " TO PUBLIC", Comment: "whoever may write the table needs it, and not for long"})
	}
	add = append(add, migrate.Statement{SQL: alter + column + "SET DEFAULT " + def, Comment: "for new rows"})
	if c.Identity {
		parts = append([]migrate.Op{p.byHand("CREATE SEQUENCE "+p.name(sequence), "DROP SEQUENCE "+p.name(sequence))}, parts...)
	}
	p.stage(o, migrate.Stage{Commit: true, Facts: p.locks(accessExclusive, o.Table), Statements: add, Parts: parts})
	p.adding = c
	defer func() { p.adding = schema.Column{} }()
	f := migrate.Fill{Table: o.Table, Column: c.Name, Expr: migrate.FillDefault}
	if err := p.fill(f, batchComment); err != nil {
		return err
	}
	if !c.Nullable || c.Identity {
		p.fills[o.Table+"."+c.Name] = func() error { return p.fill(f, sweepComment) }
		if err := p.onlineNotNull(o, o.Table, c.Name); err != nil {
			return err
		}
	}
	if c.Identity {
		p.stage(o, migrate.Stage{Facts: p.locks(accessExclusive, o.Table), Statements: []migrate.Statement{
			statement(alter + column + "DROP DEFAULT, " + column + "ADD GENERATED BY DEFAULT AS IDENTITY"),
			{SQL: "SELECT pg_catalog.setval(pg_catalog.pg_get_serial_sequence(" + text(p.name(o.Table)) + ", " + text(c.Name) + "), pg_catalog.nextval(" +
				text(p.name(sequence)) + "), false)", Comment: "the numbers go on where the sequence of the old rows ends"},
			statement("DROP SEQUENCE " + p.name(sequence)),
		}})
	}
	return nil
}

// both asks the one and then the other; either may be nil.
func both(a, b func(context.Context, migrate.Tx) error) func(context.Context, migrate.Tx) error {
	if a == nil || b == nil {
		if a == nil {
			return b
		}
		return a
	}
	return func(ctx context.Context, tx migrate.Tx) error {
		if err := a(ctx, tx); err != nil {
			return err
		}
		return b(ctx, tx)
	}
}

// nothing is what a stage amounts to that leaves nothing behind.
var nothing = []migrate.Op{}

// notNull is what the stage amounts to that makes a column NOT NULL for new rows.
func (p *planner) notNull(table, column string) []migrate.Op {
	t := p.before.Table(table)
	if t == nil || t.Column(column) == nil {
		return nothing // the column comes with the op, and goes with it
	}
	from, to := *t.Column(column), *t.Column(column)
	from.Nullable, to.Nullable = true, false
	return []migrate.Op{migrate.AlterColumn{Table: table, From: from, To: to}}
}

// byHand is what a stage amounts to that no op says.
func (p *planner) byHand(up, down string) migrate.Op {
	return migrate.SQL{Up: []string{up}, Down: []string{down}, Only: dialect}
}

// spare returns the name of a constraint that no other one of the table has.
func (p *planner) spare(table, column, suffix string) string {
	taken := func(name string) bool {
		t := p.before.Table(table)
		return t != nil && (slices.ContainsFunc(t.Checks, func(c schema.Check) bool { return c.Name == name }) ||
			slices.ContainsFunc(t.Uniques, func(c schema.Unique) bool { return c.Name == name }) ||
			slices.ContainsFunc(t.ForeignKeys, func(c schema.ForeignKey) bool { return c.Name == name }) || t.PrimaryKey != nil && t.PrimaryKey.Name == name)
	}
	return schema.DeriveName(table, []string{column}, suffix, taken)
}

// apartLocks ends a transaction where the next stage would lock another table that others use: two locks held together can deadlock with
// the application, and the first would be held while the second is waited for. Tables that swap names stay together, and so does what follows on renames of values of
// an enum: no row is to be left with a value that is there for the time of a swap, or that the next stage takes away.
func (p *planner) apartLocks() {
	if p.quiet {
		return
	}
	var held []string
	for i := range p.stages {
		st := &p.stages[i]
		if i > 0 && (p.stages[i-1].Commit || p.stages[i-1].NoTx || p.stages[i-1].Batch != nil || st.NoTx || st.Batch != nil) {
			held = nil
		}
		if st.NoTx || st.Lock != accessExclusive && st.Lock != shareRowExclusive && st.Lock != share {
			continue
		}
		other := slices.ContainsFunc(st.Tables, func(t string) bool { return !slices.Contains(held, t) })
		if len(held) > 0 && other && !(p.renames[i] && p.renames[i-1]) {
			at := i - 1
			for at >= 0 && p.respells[at] {
				at--
			}
			if at >= 0 {
				p.stages[at].Commit = true
			}
			held = nil
		}
		for _, t := range st.Tables {
			if !slices.Contains(held, t) {
				held = append(held, t)
			}
		}
	}
}
