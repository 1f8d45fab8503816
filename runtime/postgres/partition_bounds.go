package postgres

import (
	"context"
	"errors"
	"slices"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// A partition gets other bounds, or comes back as the table that it has been meanwhile. PostgreSQL cannot alter bounds (manual, ALTER TABLE, ATTACH PARTITION): the partition is
// detached and attached in one transaction, in which nothing is read, since a check that says the same is validated before.

// alterPartition gives a partition other bounds.
func (p *planner) alterPartition(op migrate.Op, from, to schema.SQLObject) error {
	t, _ := p.before.PartitionedTable(to)
	if t == nil {
		return nil // which Apply says
	}
	if err := p.canLeaveKeys(t); err != nil {
		return err
	}
	var all []migrate.Statement
	others := p.referring(t.Name)
	for _, fk := range others {
		all = append(all, p.dropConstraint(fk.table, fk.key.Name))
	}
	all = append(all, p.detach(from), p.attach(to))
	all[len(all)-1].Comment = "in the same transaction, so that no row is ever missing"
	check, err := p.within(op, to)
	if err != nil {
		return err
	}
	if check != "" {
		all[len(all)-1].Comment += "; the check says that its rows are within the bounds, so that none is read"
		all = append(all, p.dropConstraint(to.Name, check))
	}
	for _, fk := range others {
		all = append(all, migrate.Statement{SQL: "ALTER TABLE " + p.name(fk.table) + " ADD " + p.foreignKey(fk.key) + " NOT VALID"})
	}
	facts := p.attachLocks(accessExclusive, to)
	for _, fk := range others {
		facts.Tables = append(facts.Tables, p.locks(accessExclusive, fk.table).Tables...)
	}
	if check == "" {
		facts = p.scanned(facts, to.Name, true, false)
	}
	p.stage(op, migrate.Stage{Facts: facts, Statements: all, Check: p.defaultRows(to), CheckAlways: true, Parts: []migrate.Op{op}})
	p.validateLater(op, others)
	return nil
}

// attachPartition attaches a table that has been a partition before.
func (p *planner) attachPartition(op migrate.Op, o schema.SQLObject) {
	check, _ := p.within(op, o)
	all := []migrate.Statement{p.attach(o)}
	facts := p.attachLocks(shareUpdateExclusive, o)
	if check != "" {
		all[0].Comment = "the check says that its rows are within the bounds, so that none is read"
		all = append(all, p.dropConstraint(o.Name, check))
	} else {
		facts = p.scanned(facts, o.Name, true, false)
	}
	all = append(all, migrate.Statement{SQL: dropBoundChecks(p.name(o.Name)), Comment: "what DETACH ... CONCURRENTLY has left on it"})
	p.stage(op, migrate.Stage{Facts: facts, Statements: all, Check: p.defaultRows(o), CheckAlways: true, Parts: []migrate.Op{op}})
}

// within lets the server know from a check that all rows of a partition are within bounds, and returns its name; "" where nobody uses the table, or where the bounds have no
// words as a check.
func (p *planner) within(op migrate.Op, o schema.SQLObject) (name string, err error) {
	t, _ := p.before.PartitionedTable(o)
	if t == nil || !p.online(o.Table, "") {
		return "", nil
	}
	expr, ok := p.before.PartitionCheck(o)
	if !ok || expr == "" {
		return "", nil
	}
	name = schema.DeriveName(o.Name, nil, "bound", func(name string) bool {
		return slices.ContainsFunc(t.Checks, func(c schema.Check) bool { return c.Name == name })
	})
	add := "ALTER TABLE " + p.name(o.Name) + " ADD " + named(name) + "CHECK (" + expr + ")"
	n, wrong, what := len(p.stages), "NOT COALESCE("+expr+", true)", "outside of "+string(o.SQL)+"; move them to where they belong, or choose other bounds"
	err = p.onlineCheck(op, accessExclusive, []string{o.Name}, name, named(name)+"CHECK ("+expr+")", wrong, what,
		p.byHand(add+" NOT VALID", "ALTER TABLE "+p.name(o.Name)+" DROP CONSTRAINT IF EXISTS "+ident(name)), nil)
	if err != nil || p.unknowable(expr, t.Name, o.Name) {
		return name, err
	}
	from, key := p.name(p.was.table(o.Name)), p.keyOf(t.Name)
	p.stages[n].Check = func(ctx context.Context, tx migrate.Tx) error {
		var there bool
		if err := tx.QueryRowContext(ctx, "SELECT pg_catalog.to_regclass("+text(from)+") IS NOT NULL").Scan(&there); err != nil {
			return err
		}
		if !there {
			return refused{errors.New("there is no table " + o.Name + " to attach to " + o.Table + " with " + string(o.SQL))}
		}
		if rows := list(ctx, tx, "FROM "+from+" AS r WHERE "+wrong, key); rows != "" {
			return refused{errors.New(rows + " " + what)}
		}
		return nil
	}
	return name, nil
}

func (p *planner) detach(o schema.SQLObject) migrate.Statement {
	return statement("ALTER TABLE " + p.name(o.Table) + " DETACH PARTITION " + p.name(o.Name))
}

// defaultRows looks for rows of the default partition that belong into a partition that comes, which the server refuses.
func (p *planner) defaultRows(o schema.SQLObject) func(context.Context, migrate.Tx) error {
	other := p.defaultPartition(o.Table)
	if other == "" || other == o.Name {
		return nil
	}
	expr, ok := p.before.PartitionCheck(o)
	if !ok || expr == "" {
		return nil
	}
	return p.checkRows([]string{other}, expr, "of the default partition "+other+" within "+string(o.SQL)+", the bounds of "+o.Name+"; detach that partition, move them, and attach it again")
}

// dropBoundChecks drops the checks of a partition that say what its bounds say, in the words of the server.
func dropBoundChecks(partition string) string {
	return doBlock(`DECLARE c record; BEGIN
 FOR c IN SELECT conname FROM pg_catalog.pg_constraint WHERE conrelid = ` + regclass(partition) + ` AND contype = 'c' AND coninhcount = 0
  AND pg_catalog.pg_get_constraintdef(oid) = 'CHECK (' || pg_catalog.pg_get_partition_constraintdef(conrelid) || ')' LOOP
  EXECUTE pg_catalog.format(` + text("ALTER TABLE "+escapeFormat(partition)+" DROP CONSTRAINT %I") + `, c.conname);
 END LOOP; END`)
}

// dropLeftCheck drops the check of the bounds that DETACH ... CONCURRENTLY has left on a table: which one it is says an empty partition of the same bounds.
func (r renderer) dropLeftCheck(o schema.SQLObject, by string) string {
	bound, _ := schema.SplitBound(string(o.SQL))
	return doBlock(`DECLARE c record; BEGIN
 CREATE TEMP TABLE modelgen_bounds (LIKE ` + r.name(o.Table) + `)` + by + `;
 CREATE TEMP TABLE modelgen_bound PARTITION OF modelgen_bounds ` + bound + `;
 FOR c IN SELECT conname FROM pg_catalog.pg_constraint WHERE conrelid = ` + regclass(r.name(o.Name)) + ` AND contype = 'c' AND coninhcount = 0
  AND pg_catalog.pg_get_constraintdef(oid) = 'CHECK (' || pg_catalog.pg_get_partition_constraintdef('pg_temp.modelgen_bound'::pg_catalog.regclass) || ')' LOOP
  EXECUTE pg_catalog.format(` + text("ALTER TABLE "+escapeFormat(r.name(o.Name))+" DROP CONSTRAINT %I") + `, c.conname);
 END LOOP;
 DROP TABLE modelgen_bounds; END`)
}
