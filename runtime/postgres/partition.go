package postgres

import (
	"context"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// createPartition makes a partition of a table that others are using: as a table of its own that is attached, which stops nobody, where CREATE TABLE ... PARTITION OF
// would stop everybody (manual, 5.12.2.2 Partition Maintenance). A default partition is locked and read all the same.
func (p *planner) createPartition(op migrate.Op, o schema.SQLObject) {
	if c, _ := op.(migrate.CreatePartition); c.Detached {
		p.attachPartition(op, o)
		return
	}
	if !p.online(o.Table, "") {
		p.add(op, p.objectLocks(o, false), p.makes(o)...)
		p.fresh[o.Name] = true
		return
	}
	p.was.newTable(o.Name)
	_, by := schema.SplitBound(string(o.SQL))
	if by != "" {
		by = " PARTITION BY " + by
	}
	p.add(op, p.attachLocks(shareUpdateExclusive, o),
		migrate.Statement{SQL: "CREATE TABLE " + p.name(o.Name) + " (LIKE " + p.name(o.Table) + " INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING GENERATED INCLUDING STORAGE)" + by,
			Comment: "by itself, so that nobody waits"},
		p.attach(o))
	st := &p.stages[len(p.stages)-1]
	st.Check, st.CheckAlways = p.defaultRows(o), true
}

func (p *planner) attach(o schema.SQLObject) migrate.Statement {
	bound, _ := schema.SplitBound(string(o.SQL))
	return statement("ALTER TABLE " + p.name(o.Table) + " ATTACH PARTITION " + p.name(o.Name) + " " + bound)
}

// attachLocks are the locks under which a partition comes: with a default partition that one is read under a lock that stops all.
func (p *planner) attachLocks(lock string, o schema.SQLObject) migrate.Facts {
	if other := p.defaultPartition(o.Table); other != "" && other != o.Name && !o.DefaultPartition() {
		tables := []string{other}
		if lock == accessExclusive {
			tables = append(tables, o.Table)
		}
		return p.scanned(p.locks(accessExclusive, tables...), other, true, false)
	}
	return p.locks(lock, o.Table)
}

// defaultPartition returns the declared default partition of a table, "" for none.
func (p *planner) defaultPartition(table string) string {
	for _, o := range p.before.SQLObjects {
		if o.Table == table && o.DefaultPartition() {
			return o.Name
		}
	}
	return ""
}

// dropPartition takes a partition with its rows away: from a table that others are using it is detached first, while they read and write (manual, ALTER TABLE, DETACH
// PARTITION). With a default partition the server detaches under a lock alone.
func (p *planner) dropPartition(op migrate.Op, o schema.SQLObject) {
	drop := statement("DROP TABLE " + p.name(o.Name))
	stays, _ := op.(migrate.DropPartition)
	if !p.online(o.Table, "") || p.defaultPartition(o.Table) != "" {
		all := []migrate.Statement{drop}
		if t, _ := p.before.PartitionedTable(o); stays.Detached {
			all = []migrate.Statement{p.detach(o)}
		} else if t != nil && p.isReferred(t.Name) {
			all = []migrate.Statement{{SQL: p.detach(o).SQL, Comment: "foreign keys refer to its rows, and stand in the way of the drop"}, drop}
		}
		p.add(op, p.objectLocks(o, true), all...)
		return
	}
	r := p.renderer
	detach := p.detach(o).SQL
	there := "FROM pg_catalog.pg_inherits WHERE inhrelid = pg_catalog.to_regclass(" + text(r.name(o.Name)) + ") AND inhparent = pg_catalog.to_regclass(" + text(r.name(o.Table)) + ")"
	finish := doBlock("BEGIN IF EXISTS (SELECT " + there + " AND inhdetachpending) THEN EXECUTE " + text(detach+" FINALIZE") + "; END IF; END")
	p.stage(op, migrate.Stage{
		NoTx: true, Facts: p.locks(shareUpdateExclusive, o.Table), Statements: []migrate.Statement{statement(detach + " CONCURRENTLY")},
		Parts: []migrate.Op{migrate.SQL{Up: []string{detach}, Down: []string{finish, p.attach(o).SQL, dropBoundChecks(r.name(o.Name))}, Only: dialect}},
		Ready: func(ctx context.Context, tx migrate.Tx) (done bool, err error) {
			var attached, pending bool
			err = tx.QueryRowContext(ctx, "SELECT count(*) > 0, COALESCE(bool_or(inhdetachpending), false) "+there).Scan(&attached, &pending)
			if err == nil && pending { // an earlier try was interrupted
				_, err = tx.ExecContext(ctx, detach+" FINALIZE")
				return err == nil, err
			}
			return err == nil && !attached, err
		},
		Left: func(ctx context.Context, tx migrate.Tx) (what string, err error) {
			err = tx.QueryRowContext(ctx, "SELECT CASE WHEN pg_catalog.to_regclass("+text(r.name(o.Name))+") IS NOT NULL AND NOT EXISTS (SELECT "+there+" AND NOT inhdetachpending) THEN "+
				text("partition "+o.Name+", which is detached")+" ELSE '' END").Scan(&what)
			return what, err
		},
	})
	p.stages[len(p.stages)-1].Destroys = nil
	if stays.Detached {
		if t, key := p.before.PartitionedTable(o); t != nil {
			drop = migrate.Statement{SQL: r.dropLeftCheck(o, " PARTITION BY "+key), Comment: "the server has left a check of the bounds on it"}
		}
	}
	p.add(op, migrate.Facts{}, drop)
}
