package lint

import (
	"slices"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

var mg413 = Check{
	Code: "MG413", Title: "a step reads what an op before it dropped or renamed", Severity: Error,
	Breaks: "the step fails, and a drop before it is committed by then: the values are gone, and running the same command again cannot succeed",
	When:   "always; what SQL reads is taken from its text",
	Safe:   "put the drop behind the step that reads it; use the new name of what is renamed",
	run: func(p *pass) {
		if p.hand || len(p.gone) == 0 {
			return
		}
		e := p.effects()
		if sql, ok := p.op.(migrate.SQL); ok {
			e.SQL = nil // not what is for the way back
			for _, up := range sql.Up {
				e.SQL = append(e.SQL, migrate.CarriedSQL{Text: up})
			}
		} else if !e.Rows {
			return // Apply refuses what it finds no more
		}
		e.Reads = nil
		reads := e.In(p.withGone()).Reads
		var table string // which is gone with all its columns
		for _, o := range reads {
			what, gone := p.gone[o]
			if !gone || p.there(o) || table != "" && o.Table == table || p.makesAgain(o) {
				continue
			}
			if o.Kind == migrate.TableObject {
				table = o.Name
			}
			p.report("it reads %s, which an op before it %s", o, what)
		}
	},
}

// there reports whether the schema has the object, again or still.
func (p *pass) there(o migrate.Object) bool {
	if o.Kind == migrate.TableObject {
		return p.s.Table(o.Name) != nil
	}
	t := p.s.Table(o.Table)
	return t != nil && t.Column(o.Name) != nil
}

// makesAgain reports whether SQL written by hand, up to the op that is looked at, makes a thing of that name: a view in place of the table, say.
func (p *pass) makesAgain(o migrate.Object) bool {
	table := o.Table
	if o.Kind == migrate.TableObject {
		table = o.Name
	}
	return slices.ContainsFunc(values(p.in.Ops[:p.i+1]), func(op migrate.Op) bool {
		sql, ok := op.(migrate.SQL)
		return ok && slices.ContainsFunc(sql.Up, func(up string) bool {
			return slices.ContainsFunc(split(up, 0), func(s statement) bool {
				for _, pattern := range []string{"CREATE [OR] [REPLACE] [UNLOGGED|TEMP|TEMPORARY|MATERIALIZED] TABLE|VIEW [IF] [NOT] [EXISTS] *", "ALTER TABLE [IF] [EXISTS] [ONLY] *"} {
					if name, ok := s.match(pattern); ok && strings.EqualFold(name[0], table) && (strings.HasPrefix(pattern, "CREATE") || s.has("ADD") || s.has("RENAME")) {
						return true
					}
				}
				return false
			})
		})
	})
}

// withGone returns the schema with all that ops of this migration have dropped, or given another name.
func (p *pass) withGone() *schema.Schema {
	s := p.s.Clone()
	for o := range p.gone {
		name := o.Table
		if o.Kind == migrate.TableObject {
			name = o.Name
		}
		t := s.Table(name)
		if t == nil {
			t = &schema.Table{Name: name}
			s.PutTable(t)
		}
		if o.Kind == migrate.ColumnObject && t.Column(o.Name) == nil {
			t.Columns = append(t.Columns, schema.Column{Name: o.Name})
		}
	}
	return s
}

// remember keeps what an op with the effects e removes and renames.
func (p *pass) remember(e migrate.Effects) {
	keep := func(o migrate.Object, what string) {
		if o.Kind == migrate.TableObject || o.Kind == migrate.ColumnObject {
			p.gone[o] = what
		}
	}
	for _, o := range e.Removes {
		keep(o, "dropped")
	}
	for _, r := range e.Renames {
		keep(r.From, "renamed to "+r.To)
	}
}
