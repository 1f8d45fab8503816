package load

import (
	"go/token"
	"go/types"
	"maps"
	"strings"

	"github.com/modelgen/modelgen/runtime/schema"
)

// join is a join table that a field with many2many: asks for.
type join struct {
	table string
	from  *model
	to    *types.TypeName
	pos   token.Pos
}

// readMany reads a field with many2many:table, which is no column.
func (m *model) readMany(f *types.Var, opts options, pos token.Pos, sc *scope) {
	o, _ := opts.get("many2many")
	elem := f.Type()
	s, ok := types.Unalias(elem).Underlying().(*types.Slice)
	var n *types.Named
	if ok {
		n, ok = types.Unalias(deref(s.Elem())).(*types.Named)
	}
	switch {
	case invalid(f.Type()):
	case ok && m.l.given != nil && n.Obj().Pkg() != m.obj.Pkg():
		m.l.partial = true
	case len(opts) > 1:
		m.l.failf(pos, "a field with many2many is no column and takes no other option")
	case !ok || m.l.byType[n.Obj()] == nil:
		m.l.failf(o.at.pos, "many2many needs a slice of a model, but %s is %s", f.Name(), m.typeString(f.Type()))
	case sc.outer != nil:
		m.l.failf(o.at.pos, "many2many belongs on the model itself, not in an embedded struct")
	default:
		if err := checkTableName(o.value.s); err != nil {
			m.l.failf(o.value.pos, "many2many: %s", err)
			return
		}
		m.l.joins = append(m.l.joins, join{o.value.s, m, n.Obj(), o.at.pos})
	}
}

// joinTables makes the join tables. Both sides may ask for the same one.
func (l *loader) joinTables() {
	made := map[string]join{}
	for _, j := range l.joins {
		to := l.byType[j.to]
		low := strings.ToLower(j.table)
		if before, ok := made[low]; ok {
			if before.from.obj != j.to || before.to != j.from.obj || before.table != j.table {
				l.failf(j.pos, "join table %s is there twice, also at %s", j.table, l.shortPos(before.pos))
			}
			continue
		}
		if other := l.tables[low]; other != nil {
			l.failf(j.pos, "table %s is the table of the model %s: skip the field with %s:\"-\", or give the join table another name", j.table, other.obj.Name(), l.cfg.Tag)
			continue
		}
		made[low] = j
		from, okFrom := j.from.joinColumn(j.pos)
		ref, okTo := to.joinColumn(j.pos)
		if !okFrom || !okTo {
			continue
		}
		if from.Name == ref.Name {
			from.Name, ref.Name = "from_"+from.Name, "to_"+ref.Name
		}
		for _, c := range []schema.Column{from, ref} {
			if err := schema.CheckName(c.Name); err != nil {
				l.failf(j.pos, "many2many: %s", err)
			}
		}
		t := &schema.Table{
			Name:       j.table,
			Columns:    []schema.Column{from, ref},
			PrimaryKey: &schema.PrimaryKey{Columns: []string{from.Name, ref.Name}},
			ForeignKeys: []schema.ForeignKey{
				{Columns: []string{from.Name}, RefTable: j.from.table.Name, RefColumns: j.from.table.PrimaryKey.Columns, OnDelete: schema.Cascade},
				{Columns: []string{ref.Name}, RefTable: to.table.Name, RefColumns: to.table.PrimaryKey.Columns, OnDelete: schema.Cascade},
			},
			Indexes: []schema.Index{{Parts: []schema.IndexPart{{Column: ref.Name}}}},
		}
		l.schema.PutTable(t)
		for _, p := range []place{{object: j.table}, {object: j.table, name: from.Name}, {object: j.table, name: ref.Name}, {"pk", j.table, "", 0}, {"fk", j.table, "", 0}, {"fk", j.table, "", 1}, {"index", j.table, "", 0}} {
			l.places[p] = j.pos
		}
	}
}

// joinColumn returns the column of a join table that refers to the model.
func (m *model) joinColumn(pos token.Pos) (schema.Column, bool) {
	if m.table.PrimaryKey == nil || len(m.table.PrimaryKey.Columns) != 1 {
		m.l.failf(pos, "many2many needs models with a primary key of one column, which %s has not; write the join table as a model", m.obj.Name())
		return schema.Column{}, false
	}
	key := m.table.Column(m.table.PrimaryKey.Columns[0])
	if key == nil || key.Type.Kind == schema.KindInvalid {
		return schema.Column{}, false
	}
	typeFor := maps.Clone(key.TypeFor)
	maps.DeleteFunc(typeFor, func(dialect, _ string) bool { return schema.Serial(key.TypeOn(dialect)) })
	return schema.Column{Name: snakeCase(m.obj.Name()) + "_id", Type: key.Type.Plain(), TypeFor: typeFor}, true
}
