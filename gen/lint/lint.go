package lint

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/gen/scratch"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// Lint returns the findings of a migration in the order of its ops, the worst of an op first. It changes nothing that it is given.
func Lint(in Input) []Finding {
	p := newPass(in)
	for i := range in.Ops {
		p.at(i)
	}
	p.silence()
	slices.SortStableFunc(p.found, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.Op, b.Op), cmp.Compare(b.Severity, a.Severity), strings.Compare(a.Code, b.Code))
	})
	return p.found
}

// pass is one look at a migration, op by op.
type pass struct {
	in         Input
	check      *Check
	i          int                       // index of the op
	op         migrate.Op                // the op, or one of those that its SQL stands for; set by look
	e          *migrate.Effects          // those of op, see effects
	hand       bool                      // op is what SQL written by hand says of the schema
	s          *schema.Schema            // what op finds
	first      *schema.Schema            // what the migration finds
	named      *schema.Schema            // the same, under the names that tables, columns and enums have where op stands
	last       *schema.Schema            // what it leaves, see after
	fresh      map[string]bool           // tables made in this migration: nobody reads them, and they hold what the migration puts there
	added      map[string]bool           // columns added in this migration to other tables: "products.slug"
	filled     map[string]bool           // columns that ops before gave values
	contracted map[string]bool           // columns that were written both until this migration
	gone       map[migrate.Object]string // what ops before removed or renamed, with what they did
	laid       map[string][]laidAt       // by table, see laidLater
	unread     bool                      // an op before did what is not known: SQL, Go code, an opaque op
	stages     []planned
	ofOp       map[int][]int // places in stages by op, see own
	errs       []refusal     // of targets that cannot plan the ops
	sql        []statement
	found      []Finding
}

func newPass(in Input) *pass {
	if in.Before == nil {
		in.Before = &schema.Schema{}
	}
	in.Ops = slices.Clone(in.Ops)
	for i, op := range in.Ops {
		if op.Value == nil && op.Rows != nil {
			in.Ops[i].Value = op.Rows.op()
		}
	}
	p := &pass{in: in, first: in.Before, s: scratch.Copy(in.Before, values(in.Ops)...), named: scratch.Copy(in.Before, values(in.Ops)...), fresh: map[string]bool{}, added: map[string]bool{}, filled: map[string]bool{}, contracted: map[string]bool{}, gone: map[migrate.Object]string{}}
	for _, op := range in.Ops {
		if o, ok := op.Value.(migrate.DropDualWrite); ok { // no program reads the one any more, and the other one has a value everywhere
			for _, c := range []string{o.From, o.To, o.Column.Def().Name} {
				p.contracted[o.Table+"."+c], p.filled[o.Table+"."+c] = true, true
			}
		}
	}
	p.plan()
	return p
}

// at runs all checks on the op, and applies it.
func (p *pass) at(i int) {
	p.i, p.hand, p.sql = i, false, nil
	p.look(p.in.Ops[i].Value)
	if p.op == nil {
		p.unread = true
		return
	}
	sql, byHand := p.op.(migrate.SQL)
	if byHand {
		for n, up := range sql.Up {
			p.sql = append(p.sql, split(up, n)...)
		}
		for _, st := range p.sql {
			if name, ok := st.match("CREATE [UNLOGGED|TEMP|TEMPORARY] TABLE [IF] [NOT] [EXISTS] *"); ok && p.s.Table(name[0]) == nil {
				p.fresh[name[0]] = true
			}
		}
	}
	p.runAll()
	if !byHand {
		p.apply(p.op, p.effects())
		return
	}
	p.sql = nil
	if sql.TakesOver() { // it is there already
		for _, op := range sql.Schema {
			p.apply(op, op.Effects())
		}
		return
	}
	for _, op := range sql.Schema {
		p.hand = true
		p.look(op)
		p.runAll()
		p.apply(op, p.effects())
	}
	p.unread = true
}

// look makes an op the one that is looked at.
func (p *pass) look(op migrate.Op) { p.op, p.e = op, nil }

// effects returns those of the op that is looked at, worked out once for all checks, which change nothing in them.
func (p *pass) effects() migrate.Effects {
	if p.e == nil {
		e := p.op.Effects()
		p.e = &e
	}
	return *p.e
}

func (p *pass) runAll() {
	for _, p.check = range all {
		if p.check.run != nil && p.severity(p.check) != Off {
			p.check.run(p)
		}
	}
}

// apply goes on to the schema that the op after op, which has the effects e, finds.
func (p *pass) apply(op migrate.Op, e migrate.Effects) {
	if err := op.Apply(p.s); err != nil {
		if p.in.Exact {
			p.check = &mg407
			p.report("%v", err)
		}
		return
	}
	p.remember(e)
	followed(p.named, op, e)
	for _, o := range e.Makes {
		switch {
		case o.Kind == migrate.TableObject:
			p.fresh[o.Name] = true
		case o.Kind == migrate.ColumnObject && !slices.Contains(e.Makes, migrate.Object{Kind: migrate.TableObject, Name: o.Table}):
			p.added[o.String()] = true
		}
	}
	for _, r := range e.Renames {
		switch r.From.Kind {
		case migrate.TableObject:
			move(p.fresh, r.From.Name, r.To)
			for _, m := range []map[string]bool{p.added, p.filled} {
				for name := range maps.Clone(m) {
					if c, ok := strings.CutPrefix(name, r.From.Name+"."); ok {
						move(m, name, r.To+"."+c)
					}
				}
			}
		case migrate.ColumnObject:
			to := r.From
			to.Name = r.To
			move(p.added, r.From.String(), to.String())
			move(p.filled, r.From.String(), to.String())
		}
	}
	switch o := op.(type) {
	case migrate.AlterColumn: // it gives no value to a row that has none
	case backfill:
		for _, c := range o.fills(p.s) {
			p.filled[o.Table+"."+c] = true
		}
	default:
		if _, later := op.(migrate.Unwritten); e.Unknown && !later {
			p.unread = true
		}
		for _, o := range e.Writes {
			if e.Rows && o.Kind == migrate.ColumnObject {
				p.filled[o.String()] = true
			}
		}
	}
}

// laid returns the definitions that an op makes, or changes, in tables that are there; none of a step written by hand, which is looked at op by op.
func laid(op migrate.Op) []migrate.Definition {
	switch op.(type) {
	case nil, migrate.CreateTable:
		return nil
	}
	e := op.Effects()
	if e.Unknown {
		return nil
	}
	return slices.DeleteFunc(e.New, func(d migrate.Definition) bool {
		return slices.Contains(e.Makes, migrate.Object{Kind: migrate.TableObject, Name: d.Table})
	})
}

// laidLater returns what [laid] does of the ops behind the one that is looked at, for one table. It is worked out once: there may be a foreign key for each of
// many tables.
func (p *pass) laidLater(table string) (all []migrate.Definition) {
	if p.laid == nil {
		p.laid = map[string][]laidAt{}
		for i, op := range p.in.Ops {
			for _, d := range laid(op.Value) {
				p.laid[d.Table] = append(p.laid[d.Table], laidAt{i, d})
			}
		}
	}
	for _, d := range p.laid[table] {
		if d.op > p.i {
			all = append(all, d.Definition)
		}
	}
	return all
}

// laidAt is a definition with the index of the op that makes it.
type laidAt struct {
	op int
	migrate.Definition
}

func move(m map[string]bool, from, to string) {
	if m[from] {
		delete(m, from)
		m[to] = true
	}
}

func (p *pass) severity(c *Check) Severity {
	if s, ok := p.in.Settings[c.Code]; ok {
		return s
	}
	return c.Severity
}

// report notes a finding of the check at work, with its own way out.
func (p *pass) report(format string, args ...any) {
	p.reportAs(p.check.Severity, p.check.Safe, format, args...)
}

// reportAs notes one with another severity, which the settings override, and another way out.
func (p *pass) reportAs(s Severity, safe, format string, args ...any) {
	if set, ok := p.in.Settings[p.check.Code]; ok {
		s = set
	}
	f := Finding{Code: p.check.Code, Severity: s, Op: p.i, Message: fmt.Sprintf(format, args...), Safe: safe}
	if s != Off && !slices.Contains(p.found, f) {
		p.found = append(p.found, f)
	}
}

// used reports whether others may be using the table: it is not made in this migration.
func (p *pass) used(table string) bool { return !p.fresh[table] }

// target returns the target of that dialect.
func (p *pass) target(dialect string) (Target, bool) {
	i := slices.IndexFunc(p.in.Targets, func(t Target) bool { return t.Dialect.Name == dialect })
	if i < 0 {
		return Target{}, false
	}
	return p.in.Targets[i], true
}

// hasDefault reports whether every target gives new rows a value for the column.
func (p *pass) hasDefault(c schema.Column) bool {
	if c.Default != nil || c.DefaultExpr != "" || c.Identity || c.Generated != "" {
		return true
	}
	given := len(c.DefaultFor) > 0
	for _, t := range p.in.Targets {
		serial := t.Dialect.Serials && schema.Serial(c.TypeOn(t.Dialect.Name))
		if c.DefaultFor[t.Dialect.Name] == "" && !serial {
			return false
		}
		given = given || serial
	}
	return len(p.in.Targets) > 0 && given
}

// later returns the known ops behind the one that is looked at.
func (p *pass) later() []migrate.Op {
	var ops []migrate.Op
	for _, o := range p.in.Ops[p.i+1:] {
		if o.Value != nil {
			ops = append(ops, o.Value)
		}
	}
	return ops
}
