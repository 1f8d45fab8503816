package postgres

import (
	"slices"
	"strings"

	"github.com/modelgen/modelgen/internal/sqllex"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// together is a run of stages that must not be seen half done: what goes in its first one is put back in its last one.
type together struct{ from, to int }

// CreateObject implements [migrate.ObjectPlanner].
func (p *planner) CreateObject(op migrate.Op, o schema.SQLObject) error {
	if err := p.has(o); err != nil {
		return err
	}
	if o.Kind == schema.PartitionKind {
		p.createPartition(op, o)
		return nil
	}
	back := slices.ContainsFunc(p.places(o), func(key string) bool { _, ok := p.away[key]; return ok })
	switch {
	case back:
	case o.Kind == schema.MaterializedViewKind && !p.quiet && slices.ContainsFunc(p.stages, strongLock):
		p.stages[len(p.stages)-1].Commit = true // else its locks would be held until all is filled
		fallthrough
	case o.Kind == schema.ViewKind, o.Kind == schema.MaterializedViewKind:
		p.fresh[o.Name] = true
	}
	p.add(op, p.objectLocks(o, false), p.makes(o)...)
	p.made[o.Key()] = true
	p.asks(o)
	if o.Kind == schema.SequenceKind && !p.ownerThere(o) {
		p.unowned = append(p.unowned, unowned{op, o})
	}
	for _, key := range p.places(o) {
		if from, ok := p.away[key]; ok {
			p.grouped = append(p.grouped, together{from, len(p.stages) - 1})
			delete(p.away, key)
		}
	}
	return nil
}

// ReplaceObject implements [migrate.ObjectPlanner].
func (p *planner) ReplaceObject(op migrate.Op, from, to schema.SQLObject) error {
	if err := p.has(to); err != nil {
		return err
	}
	switch to.Kind {
	case schema.MaterializedViewKind:
		p.replaceMaterialized(op, from, to)
		return nil
	case schema.PartitionKind:
		return p.alterPartition(op, from, to)
	}
	p.rewritesObject(from)
	statements, err := p.replaces(from, to)
	if err != nil {
		return err
	}
	facts := p.objectLocks(to, to.Kind == schema.ViewKind)
	if to.Kind == schema.DomainKind && slices.ContainsFunc(schema.Alteration(from, to), func(c schema.Clause) bool {
		return c.Text != "" && (c.Name == "CHECK" || c.Name == "NOT NULL")
	}) {
		tables := p.columnsOf(to)
		facts = p.locks(share, tables...)
		facts.Scans = len(facts.Tables) > 0
	}
	p.add(op, facts, statements...)
	if to.Kind == schema.SequenceKind && len(statements) > 0 {
		p.stages[len(p.stages)-1].Failed = outOfLimits(to)
	}
	if len(statements) > 0 && to.Kind != schema.ExtensionKind {
		p.asks(to)
	}
	return nil
}

// DropObject implements [migrate.ObjectPlanner].
func (p *planner) DropObject(op migrate.Op, o schema.SQLObject) error {
	if err := p.has(o); err != nil {
		return err
	}
	if why := p.kept[o.Key()]; why != "" {
		p.stages = append(p.stages, migrate.Stage{Cause: op.Describe(), Note: why, Parts: nothing})
		return nil
	}
	if o.Kind == schema.PartitionKind {
		p.dropsObject(o)
		p.dropPartition(op, o)
		return nil
	}
	gone := statement(drop(o))
	if o.Kind == schema.SequenceKind && !p.ownerThere(o) {
		gone = migrate.Statement{SQL: "DROP SEQUENCE IF EXISTS " + o.Quoted(), Comment: "it goes with the column that owns it"}
	}
	p.dropsObject(o)
	p.add(op, p.objectLocks(o, true), gone)
	p.drops[len(p.stages)-1] = true
	for _, key := range p.places(o) {
		p.away[key] = len(p.stages) - 1
	}
	return nil
}

// Keep implements [migrate.KeepingPlanner].
func (p *planner) Keep(o schema.SQLObject, why string) {
	if p.kept == nil {
		p.kept = map[string]string{}
	}
	p.kept[o.Key()] = why
}

// asks lets the stage of an object ask whether the server has what it needs.
func (p *planner) asks(o schema.SQLObject) {
	st := &p.stages[len(p.stages)-1]
	switch o.Kind {
	case schema.ExtensionKind:
		st.Check, st.CheckAlways = p.extensionThere(o), true
		p.extensions = append(p.extensions, o.Name)
	case schema.FunctionKind, schema.ProcedureKind:
		if ask := p.languageThere(o); ask != nil {
			st.Check, st.CheckAlways = ask, true
		}
	case schema.GrantKind, schema.PolicyKind:
		if ask := p.rolesThere(o); ask != nil {
			st.Check, st.CheckAlways = ask, true
		}
	}
}

// places returns the keys under which something that goes and what comes in its place are one.
func (p *planner) places(o schema.SQLObject) []string {
	keys := []string{o.Key()}
	if o.Kind.Relation() {
		keys = append(keys, "relation "+o.Name)
	}
	if bare, _, ok := strings.Cut(o.Name, "("); ok {
		keys = append(keys, "routine "+bare)
	}
	return keys
}

// has refuses what PostgreSQL lacks.
func (p *planner) has(o schema.SQLObject) error {
	if o.Kind == schema.VirtualTableKind {
		return &migrate.UnsupportedError{Dialect: dialect, Table: o.String(), Reason: "virtual tables", Hint: "put the statement into an SQL file for the database that has them alone: the name of the dialect stands before .sql"}
	}
	return nil
}

// makes returns the statements that create an object.
func (p *planner) makes(o schema.SQLObject) []migrate.Statement {
	all := []migrate.Statement{statement(o.Statement())}
	switch {
	case o.Kind == schema.ExtensionKind: // which may be there already, see extensionThere
		all = []migrate.Statement{statement(strings.Replace(o.Statement(), "CREATE EXTENSION ", "CREATE EXTENSION IF NOT EXISTS ", 1))}
	case o.Kind == schema.FunctionKind, o.Kind == schema.ProcedureKind:
		all = p.early(o, all[0])
	case o.Kind == schema.DomainKind:
		all = []migrate.Statement{statement(namedChecks(o))}
	case o.Kind == schema.SequenceKind && !p.ownerThere(o):
		without := o
		without.SQL = schema.SQLText(unownedSequence(string(o.SQL)))
		all = []migrate.Statement{statement(without.Statement())}
	case o.Kind == schema.TriggerKind && o.Head != "":
		all = append(all, triggerState(o))
	case o.Kind == schema.RowSecurityKind && o.SQL == "FORCE":
		all = append([]migrate.Statement{statement("ALTER TABLE " + o.Quoted() + " ENABLE ROW LEVEL SECURITY")}, all...)
	}
	return all
}

func triggerState(o schema.SQLObject) migrate.Statement {
	state := o.Head
	if state == "" {
		state = "ENABLE"
	}
	return statement("ALTER TABLE " + schema.QuoteName(o.Table) + " " + state + " TRIGGER " + o.Quoted())
}

// replaces returns the statements that change an object in its place.
func (p *planner) replaces(from, to schema.SQLObject) ([]migrate.Statement, error) {
	switch to.Kind {
	case schema.CommentKind:
		return []migrate.Statement{statement(to.Statement())}, nil
	case schema.RowSecurityKind:
		word := "NO FORCE"
		if to.SQL == "FORCE" {
			word = "FORCE"
		}
		return []migrate.Statement{statement("ALTER TABLE " + to.Quoted() + " " + word + " ROW LEVEL SECURITY")}, nil
	case schema.TriggerKind:
		var all []migrate.Statement
		same := schema.SameSQL(string(from.SQL), string(to.SQL))
		if !same {
			all = append(all, statement(orReplace(to.Statement())))
		}
		if to.Head != from.Head || !same && to.Head != "" { // to replace a trigger enables it
			all = append(all, triggerState(to))
		}
		return all, nil
	case schema.ViewKind:
		if !schema.ViewGrows(from, to) {
			return p.recreates(from, to), nil
		}
		return []migrate.Statement{statement(orReplace(to.Statement()))}, nil
	case schema.PolicyKind, schema.PublicationKind:
		if schema.Alters(from, to) != "" {
			return p.recreates(from, to), nil
		}
	case schema.FunctionKind, schema.ProcedureKind, schema.AggregateKind, schema.RuleKind:
		return p.early(to, statement(orReplace(to.Statement()))), nil
	}
	return p.alters(from, to)
}

// orReplace puts OR REPLACE behind the CREATE of a statement.
func orReplace(sql string) string {
	toks := sqllex.Code(sql, lexis)
	if len(toks) < 2 || !toks[0].Is("CREATE") || toks[1].Is("OR") {
		return sql
	}
	return sql[:toks[0].To] + " OR REPLACE" + sql[toks[0].To:]
}

// drop returns the statement that takes an object away.
func drop(o schema.SQLObject) string {
	switch o.Kind {
	case schema.ExclusionKind:
		return "ALTER TABLE " + schema.QuoteName(o.Table) + " DROP CONSTRAINT " + o.Quoted()
	case schema.CommentKind:
		return "COMMENT ON " + o.Target() + " IS NULL"
	case schema.GrantKind:
		role, _, _ := strings.Cut(o.Role(), " WITH ")
		if o.SQL == schema.NoPrivileges {
			kind, _, _, _ := grantParts(o)
			return "GRANT " + strings.Join(renderer{}.allPrivileges(kind), ", ") + " ON " + o.Target() + " TO " + role
		}
		return "REVOKE " + string(o.SQL) + " ON " + o.Target() + " FROM " + role
	case schema.RowSecurityKind:
		if o.SQL == "FORCE" {
			return "ALTER TABLE " + o.Quoted() + " NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY"
		}
		return "ALTER TABLE " + o.Quoted() + " DISABLE ROW LEVEL SECURITY"
	}
	return "DROP " + dropped(o)
}

// dropped names an object as DROP and ALTER do.
func dropped(o schema.SQLObject) string {
	word := strings.ToUpper(string(o.Kind))
	switch o.Kind {
	case schema.CompositeTypeKind, schema.RangeTypeKind:
		word = "TYPE"
	case schema.ExclusionKind:
		return "CONSTRAINT " + o.Quoted() + " ON " + schema.QuoteName(o.Table)
	case schema.PartitionKind:
		word = "TABLE"
	case schema.TriggerKind, schema.PolicyKind, schema.RuleKind:
		return word + " " + o.Quoted() + " ON " + schema.QuoteName(o.Table)
	}
	return word + " " + o.Quoted()
}

// objectLocks returns the locks on tables that a change of an object takes; drops and new names of triggers take more (manual, ALTER TRIGGER).
func (p *planner) objectLocks(o schema.SQLObject, goes bool) migrate.Facts {
	switch o.Kind {
	case schema.TriggerKind:
		if goes {
			return p.locks(accessExclusive, o.Table)
		}
		return p.locks(shareRowExclusive, o.Table)
	case schema.ExclusionKind: // its index is built under the lock
		return p.scanned(p.locks(accessExclusive, o.Table), o.Table, !goes, false)
	case schema.RuleKind, schema.PolicyKind, schema.PartitionKind:
		return p.locks(accessExclusive, o.Table)
	case schema.RowSecurityKind:
		return p.locks(accessExclusive, o.Name)
	case schema.ViewKind, schema.MaterializedViewKind: // queries through it wait
		if goes {
			return p.locks(accessExclusive, o.Name)
		}
	}
	return migrate.Facts{}
}

// keepTogether takes back the commits within the runs of stages that belong together, but for those around a stage that runs outside of any transaction, and those without which a
// new value of an enum could not be used.
func (p *planner) keepTogether() {
	for _, g := range p.grouped {
		run := p.stages[g.from : g.to+1]
		for i := range run[:len(run)-1] {
			if !p.committed[g.from+i] && !slices.ContainsFunc(run[i:i+2], func(st migrate.Stage) bool { return st.NoTx || st.Batch != nil }) {
				run[i].Commit = false
			}
		}
	}
}
