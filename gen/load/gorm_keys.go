package load

import (
	"go/token"
	"go/types"
	"reflect"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/gen/load/internal/gormschema"
	"github.com/modelgen/modelgen/runtime/schema"
)

// gormKeys makes the foreign keys of a model's table.
func (m *model) gormKeys() {
	l := m.l
	if !l.mapper.keys {
		return
	}
	for _, c := range l.gorm.Constraints(m.schema) {
		pos := l.relationPos(c.Relation, "CONSTRAINT")
		if l.relationSkipped(c.Relation) {
			continue
		}
		key, ok := l.gormReference(m, c, pos)
		if !ok || slices.ContainsFunc(m.table.ForeignKeys, key.Equal) {
			continue
		}
		m.place("fk", len(m.table.ForeignKeys), pos)
		m.table.ForeignKeys = append(m.table.ForeignKeys, key)
	}
}

// owner returns the model that has the field of a relation, nil when it is none of those given.
func (l *loader) owner(r *gormschema.Relation) *model {
	s := r.Schema
	if s.Named == nil { // a join table: the field is that of the struct which asks for it
		s = r.Field.Owner
	}
	if s.Named == nil {
		return nil
	}
	return l.byType[s.Named.Obj()]
}

// relationPos returns the place of a key of the tag of a relation.
func (l *loader) relationPos(r *gormschema.Relation, key string) token.Pos {
	if m := l.owner(r); m != nil {
		return m.keyPos(r.Field, key)
	}
	for _, f := range slices.Backward(r.Field.Path) {
		if l.field(f) != nil {
			return f.Pos()
		}
	}
	return token.NoPos
}

// relationSkipped reports whether modelgen:"-" says that the field of a relation is nothing of ours.
func (l *loader) relationSkipped(r *gormschema.Relation) bool {
	m := l.owner(r)
	return m != nil && m.tags[r.Field.Pos].skip
}

// gormReference makes a foreign key of the table of m.
func (l *loader) gormReference(m *model, c *gormschema.Constraint, pos token.Pos) (schema.ForeignKey, bool) {
	key := schema.ForeignKey{Name: c.Name, RefTable: strings.TrimPrefix(c.RefTable.Table, "public.")}
	if !m.gormNamed("foreign key", gormName{c.Name, ""}, pos) {
		return key, false
	}
	for i, f := range c.Columns {
		if m.byName[f.DBName] == nil {
			l.failf(pos, "the foreign key %s is over %s, which is no column of table %s", c.Name, f.Name, m.table.Name)
			return key, false
		}
		key.Columns, key.RefColumns = append(key.Columns, f.DBName), append(key.RefColumns, c.Refs[i].DBName)
	}
	var ok [2]bool
	key.OnDelete, ok[0] = l.gormAction(c.OnDelete, pos)
	key.OnUpdate, ok[1] = l.gormAction(c.OnUpdate, pos)
	if !ok[0] || !ok[1] {
		return key, false
	}
	return key, l.referable(key, pos, "constraint:- in the gorm tag of the relation says that there is none")
}

// referable reports whether the table that a foreign key refers to is known, and notes that it cannot be made.
func (l *loader) referable(key schema.ForeignKey, pos token.Pos, remedy string) bool {
	ref := l.schema.Table(key.RefTable)
	if ref == nil && l.given != nil {
		var err error
		if ref, _, err = l.otherTable(key.RefTable); err != nil {
			return false
		}
	}
	if ref == nil {
		return false // the model has a problem, which is said there
	}
	for _, name := range key.RefColumns {
		if ref.Column(name) == nil {
			return false
		}
	}
	if slices.ContainsFunc(l.dialects(), func(d string) bool { return !unique(ref, d, key.RefColumns) }) {
		l.failf(pos, "the foreign key %s refers to %s, which is neither the primary key nor unique: no database makes it; %s", key.Name, columnsOf(ref, key.RefColumns), remedy)
		return false
	}
	return true
}

// gormAction reads what a reference does.
func (l *loader) gormAction(s string, pos token.Pos) (schema.Action, bool) {
	if s == "" {
		return schema.NoAction, true
	}
	text := strings.ToLower(strings.Join(strings.Fields(s), " "))
	a, ok := actions[text]
	if !ok {
		l.failf(pos, "constraint: unknown action %s%s", s, didYouMean(text, []string{"cascade", "restrict", "set null", "set default", "no action"}))
	}
	return a, ok
}

// gormJoins finds the join tables of many2many, before columns are read: a struct with the name of one is the join table.
func (l *loader) gormJoins() {
	made := map[string]*model{}
	for _, m := range slices.Clone(l.models) {
		for _, r := range m.schema.Joins() {
			pos := m.keyPos(r.Field, "MANY2MANY")
			if t, _ := m.fieldTag(r.Field.Pos); t == "-" {
				continue
			}
			name := strings.TrimPrefix(r.Join.Table, "public.")
			low := strings.ToLower(name)
			if other := l.tables[low]; other != nil && made[low] == nil {
				other.schema.UseAsJoin(l.gorm, r)
				continue
			}
			if before := made[low]; before != nil {
				if !reflect.DeepEqual(sortedColumns(before.schema), sortedColumns(r.Join)) {
					l.failf(pos, "join table %s is there twice with other columns, also at %s", name, l.shortPos(before.pos))
				}
				before.schema = r.Join // gorm makes the one that it meets last
				continue
			}
			if err := checkTableName(name); err != nil {
				l.failf(pos, "many2many: %s", err)
				continue
			}
			j := &model{
				l: l, src: m.src, obj: m.obj, pos: pos, schema: r.Join, table: &schema.Table{Name: name},
				byName: map[string]*column{}, byLower: map[string]*column{}, groups: map[string]*group{},
			}
			j.mapped = j.readGorm
			l.tables[low], made[low] = j, j
			l.places[place{object: name}] = pos
			l.gormJoined = append(l.gormJoined, j)
		}
	}
}

func sortedColumns(s *gormschema.Schema) []string {
	return slices.Sorted(slices.Values(s.DBNames))
}

// gormProblems notes what gorm refuses.
func (l *loader) gormProblems() {
	for _, p := range l.gorm.Problems {
		l.mappedProblem(p.Path, p.At, p.Pos, p.Msg)
	}
}

// mappedProblem notes a problem at a field, or at pos where there is none.
func (l *loader) mappedProblem(path []*types.Var, at int, pos token.Pos, msg string) {
	for _, m := range l.models {
		if len(path) == 0 || m.tags == nil {
			continue
		}
		if _, ok := m.tags[path[len(path)-1]]; ok {
			pos = m.fieldPos(path, at)
			break
		}
	}
	if !pos.IsValid() {
		for _, f := range slices.Backward(path) {
			if l.field(f) != nil {
				pos = f.Pos()
				break
			}
		}
	}
	if !pos.IsValid() && l.given != nil {
		l.partial = true // in another package, where it is said
		return
	}
	l.failf(pos, "%s", msg)
}
