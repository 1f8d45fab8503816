package sqlite

import (
	"context"
	"slices"
	"strconv"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// given notes the values that an op writes into columns of the rows that are there.
func (p *planner) given(op migrate.Op) {
	switch o := op.(type) {
	case migrate.AddColumn:
		c := o.Column.Def()
		d := p.on(o.Table)
		declared, err := d.declared(c)
		def := ""
		if err == nil {
			def, _, err = d.defaultOf(c, declared)
		}
		if p.gets.Add(o.Table, c, def); err != nil {
			p.gets.Forget(o.Table, c.Name)
		}
	case migrate.Fill:
		expr, err := p.on(o.Table).filling(o)
		changed := p.refills[o.Table]
		if found, ok := p.untouchedButFilled(); ok && found[o.Table] != nil && p.before.Table(o.Table) != nil {
			for _, c := range p.before.Table(o.Table).Columns {
				if found[o.Table].Column(c.Name) == nil {
					changed = append(changed, c.Name)
				}
			}
		}
		if p.gets.Fill(o, expr, quote(o.Column), changed); err != nil {
			p.gets.Forget(o.Table, o.Column)
		}
		if p.refills == nil {
			p.refills = map[string][]string{}
		}
		p.refills[o.Table] = append(p.refills[o.Table], o.Column)
	case migrate.RenameTable:
		p.gets.Forget(o.From)
		p.gets.Forget(o.To)
		if columns := p.refills[o.From]; len(columns) > 0 {
			p.refills[o.To] = columns
		}
	case migrate.RenameColumn:
		p.gets.Forget(o.Table)
	case migrate.DropColumn:
		p.gets.Forget(o.Table, o.Column.Def().Name)
	case migrate.AlterColumn:
		if from, to := o.From.Def(), o.To.Def(); from.Type != to.Type || from.Collate != to.Collate || o.Using != "" {
			p.gets.Forget(o.Table, to.Name)
		}
	}
}

// untouchedButFilled is untouched without what fills do.
func (p *planner) untouchedButFilled() (map[string]*schema.Table, bool) {
	start := p.start
	if start == nil {
		start = p.before
	}
	return untouched(start, slices.DeleteFunc(slices.Clone(p.steps), func(s step) bool {
		_, isFill := s.op.(migrate.Fill)
		return isFill
	}))
}

// filledOrphans names rows to which the steps before a foreign key will give a value that leads nowhere. nil is that this is not known.
func (p *planner) filledOrphans(o migrate.AddForeignKey) func(context.Context, migrate.Tx) string {
	found, ok := p.untouchedButFilled()
	t, fk := found[o.Table], o.ForeignKey
	parent := found[fk.RefTable]
	if !ok || t == nil || parent == nil && p.before.Table(fk.RefTable) == nil ||
		parent != nil && (!hasAll(parent, fk.RefColumns) || slices.ContainsFunc(p.refills[fk.RefTable], func(c string) bool { return slices.Contains(fk.RefColumns, c) })) {
		return nil
	}
	var values []string
	fk.Columns = slices.Clone(fk.Columns)
	for i, c := range fk.Columns {
		sql, known := p.gets.Of(o.Table, c)
		switch {
		case known:
			fk.Columns[i] = "modelgen_" + strconv.Itoa(i+1)
			values = append(values, sql+" AS "+fk.Columns[i])
		case t.Column(c) == nil || slices.Contains(p.refills[o.Table], c):
			return nil
		}
	}
	if len(values) == 0 {
		return nil
	}
	from := "(SELECT " + quote(t.Name) + ".*, " + strings.Join(values, ", ") + " FROM " + quote(t.Name) + ")"
	if parent == nil { // it is made by an op before, and empty
		return named(t, from, referring(fk), "would refer to rows of "+fk.RefTable+", which is made without any; fill it first, or leave them without a value")
	}
	return named(t, from, orphaned(parent, fk), "would refer to rows of "+fk.RefTable+" that are not there; insert those first, or fill in others")
}
