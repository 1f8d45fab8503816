package postgres

import (
	"context"
	"fmt"
	"slices"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// The ops of distributed tables. On a server that is not Citus they change nothing, and say so.

// nowhere appends a stage that changes nothing here.
func (p *planner) nowhere(op migrate.Op) error {
	p.stages = append(p.stages, migrate.Stage{Cause: op.Describe(), Note: "nothing to do on " + p.engine.traits().product + ", only on Citus", Parts: nothing})
	return nil
}

// DistributeTable moves the rows beside reads and writes where it can; a table that nobody uses yet is distributed in the transaction.
func (p *planner) DistributeTable(o migrate.DistributeTable) error {
	if p.engine != Citus {
		return p.nowhere(o)
	}
	defer p.spreads(o.Table, spread{column: o.Column})
	if !p.online(o.Table, o.Plain) {
		f := p.scanned(p.locks(shareRowExclusive, o.Table), o.Table, true, true)
		p.add(o, f, p.distribute("create_distributed_table", o.Table, o.Column, o.ColocateWith), p.emptyShell(o.Table))
		p.still()
		return nil
	}
	t := p.before.Table(o.Table)
	switch {
	case p.cluster != nil && !p.cluster.concurrent:
		return refuseEngine(Citus, o.Table, "", "its rows distributed while others use it: "+p.cluster.why, "set that up; or say in Plain of the op why writers may wait while the rows are moved")
	case t != nil && t.PrimaryKey == nil:
		return refuseEngine(Citus, o.Table, "", "its rows distributed while others use it: it has no primary key, by which changes of them would be replicated",
			"give it one; or say in Plain of the op why writers may wait while the rows are moved")
	}
	var first tableKey
	var names []string
	for _, fk := range p.keysOf(o.Table) {
		parent := p.before.Table(fk.RefTable)
		if fk.of != o.Table || parent != nil && !parent.Options.Reference {
			if names = append(names, fk.Name+" of "+fk.of); len(names) == 1 {
				first = fk
			}
		}
	}
	if len(names) > 0 {
		return refuseEngine(Citus, first.of, first.Name, "this foreign key while "+o.Table+" is distributed beside writes (create_distributed_table_concurrently takes foreign keys to reference tables alone)",
			"say in Plain of DistributeTable why writers may wait while the rows are moved; or generate three times: with fk: taken out of the models for "+strings.Join(names, ", ")+
				"; then with distribute: on "+o.Table+" and on what the keys connect it with, where that is not a reference table; then with fk: back, which adds the keys NOT VALID and validates them")
	}
	p.stage(o, migrate.Stage{
		NoTx: true, Statements: []migrate.Statement{p.distribute("create_distributed_table_concurrently", o.Table, o.Column, o.ColocateWith)},
		Facts: p.scanned(p.locks(shareUpdateExclusive, o.Table), o.Table, true, false), Ready: p.distributed(o), Parts: []migrate.Op{o},
		Again: &migrate.Again{State: "SELECT 'done' FROM pg_catalog.pg_dist_partition WHERE logicalrelid = pg_catalog.to_regclass(" + text(p.name(o.Table)) + ") AND partmethod = 'h'"},
	})
	p.still()
	if t == nil {
		return nil // which Apply says
	}
	if comments := p.commentsBack(t); len(comments) > 0 {
		p.stage(o, migrate.Stage{Facts: p.locks(shareUpdateExclusive, o.Table), Statements: comments, Parts: nothing})
	}
	return nil
}

// commentsBack returns what gives a table and its columns the comments back that Citus does not copy to the one it makes of it.
func (p *planner) commentsBack(t *schema.Table) (all []migrate.Statement) {
	if t.Comment != "" {
		all = append(all, migrate.Statement{SQL: p.commentTable(t.Name, t.Comment), Comment: "the table was made again, without it"})
	}
	for _, c := range t.Columns {
		if c.Comment != "" {
			all = append(all, statement(p.commentColumn(t.Name, c)))
		}
	}
	return all
}

// distribute writes the call. Names are given as the server reads those of tables.
func (r renderer) distribute(function, table, column, with string) migrate.Statement {
	sql := "SELECT pg_catalog." + function + "(" + text(r.name(table)) + ", " + text(column)
	if with != "" {
		sql += ", colocate_with => " + text(r.name(with))
	}
	return statement(sql + ")")
}

// emptyShell takes the rows away that stay in the table on the coordinator, unseen, once they are on the nodes: VALIDATE CONSTRAINT and SET NOT NULL would find
// them again, as they were.
func (r renderer) emptyShell(table string) migrate.Statement {
	return migrate.Statement{SQL: "SELECT pg_catalog.truncate_local_data_after_distributing_table(" + text(r.name(table)) + "::pg_catalog.regclass)", Comment: "what stays on the coordinator, unseen, once the rows are on the nodes"}
}

// distributed reports whether an earlier try has distributed the table. What it left half done Citus itself takes away, before the next try.
func (p *planner) distributed(o migrate.DistributeTable) readyFunc {
	r := p.renderer
	return func(ctx context.Context, tx migrate.Tx) (bool, error) {
		k, err := r.lookSpread(ctx, tx, o.Table)
		switch {
		case err != nil || k == nil:
			return false, err
		case k.reference:
			return false, refused{fmt.Errorf("table %s is a reference table already, made by somebody else; SELECT undistribute_table(%s) first", o.Table, text(r.name(o.Table)))}
		case k.column != o.Column:
			return false, refused{fmt.Errorf("table %s is distributed by %s already, made by somebody else; SELECT alter_distributed_table(%s, distribution_column => %s) first", o.Table, k.column, text(r.name(o.Table)), text(o.Column))}
		}
		return true, nil
	}
}

// lookSpread returns how the server keeps a table; nil is as PostgreSQL does.
func (r renderer) lookSpread(ctx context.Context, tx migrate.Tx, table string) (*spread, error) {
	var rows string
	if err := tx.QueryRowContext(ctx, "SELECT "+clusterTables).Scan(&rows); err != nil {
		return nil, err
	}
	if k, ok := readCluster(rows)[r.namespace(table)+"."+lastName(table)]; ok {
		return &k, nil
	}
	return nil, nil
}

// ReferenceTable copies the table to all nodes, while writers wait.
func (p *planner) ReferenceTable(o migrate.ReferenceTable) error {
	if p.engine != Citus {
		return p.nowhere(o)
	}
	p.spreads(o.Table, spread{reference: true})
	p.add(o, p.scanned(p.locks(shareRowExclusive, o.Table), o.Table, true, false), statement("SELECT pg_catalog.create_reference_table("+text(p.name(o.Table))+")"), p.emptyShell(o.Table))
	p.still()
	return nil
}

// UndistributeTable takes the foreign keys of the table away first: with them Citus would bring back the tables at their other ends as well. Finish
// puts those back that the schema still has.
func (p *planner) UndistributeTable(o migrate.UndistributeTable) error {
	if p.engine != Citus {
		return p.nowhere(o)
	}
	t := p.before.Table(o.Table)
	if t == nil {
		return nil // which Apply says
	}
	for _, c := range t.Columns {
		if c.Identity {
			return refuseEngine(Citus, o.Table, c.Name, "an identity column in a table that is brought back to one node", "leave the table distributed; or make a new table, move the rows with SQL, and drop this one")
		}
	}
	var all []migrate.Statement
	tables := []string{o.Table}
	for _, fk := range p.keysOf(o.Table) {
		if slices.Contains(p.apartKeys, fk) {
			continue
		}
		all, tables = append(all, p.dropConstraint(fk.of, fk.Name)), append(tables, fk.of, fk.RefTable)
		p.apartKeys = append(p.apartKeys, fk)
	}
	all = append(all, statement("SELECT pg_catalog.undistribute_table("+text(p.name(o.Table))+")"))
	all = append(all, p.commentsBack(t)...)
	p.add(o, p.scanned(p.locks(accessExclusive, tables...), o.Table, true, true), all...)
	p.still()
	if p.cluster != nil {
		delete(p.cluster.tables, p.namespace(o.Table)+"."+lastName(o.Table))
	}
	return nil
}

// tableKey is a foreign key with its table.
type tableKey struct {
	of, Name, RefTable string
}

// keysOf returns the foreign keys of a table and those to it.
func (p *planner) keysOf(table string) (all []tableKey) {
	for _, t := range p.before.Tables {
		for _, fk := range t.ForeignKeys {
			if (t.Name == table || fk.RefTable == table) && fk.Name != "" {
				all = append(all, tableKey{t.Name, fk.Name, fk.RefTable})
			}
		}
	}
	return all
}

// keysBack puts the foreign keys back that were in the way, where the schema still has them.
func (p *planner) keysBack() {
	for _, k := range p.apartKeys {
		t := p.before.Table(k.of)
		if t == nil {
			continue
		}
		for _, fk := range t.ForeignKeys {
			if fk.Name == k.Name {
				p.stages = append(p.stages, migrate.Stage{Cause: "Undistribute table " + k.of + ": put foreign key " + k.Name + " back", Parts: nothing,
					Facts: p.scanned(p.locks(shareRowExclusive, k.of, k.RefTable), k.of, true, false), Statements: []migrate.Statement{p.addConstraint(k.of, p.foreignKey(fk))}})
			}
		}
	}
	p.apartKeys = nil
}

// spreads notes how a table is kept from here on.
func (p *planner) spreads(table string, k spread) {
	if p.cluster != nil {
		p.cluster.tables[p.namespace(table)+"."+lastName(table)] = k
	}
}

// spreadNew returns what distributes a new table, and what says that it is not done here.
func (p *planner) spreadNew(t *schema.Table, create *migrate.Statement) []migrate.Statement {
	o := t.Options
	switch {
	case !o.Spread():
		return nil
	case p.engine != Citus:
		create.Comment = strings.TrimSuffix("one table here; on Citus "+spreadWords(o), " ")
		return nil
	case o.Reference:
		p.spreads(t.Name, spread{reference: true})
		return []migrate.Statement{statement("SELECT pg_catalog.create_reference_table(" + text(p.name(t.Name)) + ")")}
	}
	p.spreads(t.Name, spread{column: o.Distribute})
	return []migrate.Statement{p.distribute("create_distributed_table", t.Name, o.Distribute, o.Colocate)}
}

func spreadWords(o schema.TableOptions) string {
	if o.Reference {
		return "a reference table"
	}
	return "distributed by " + o.Distribute
}
