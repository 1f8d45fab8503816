package load

import (
	"fmt"
	"go/token"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/runtime/schema"
)

// foreignKey is a reference as a tag has it. References are resolved when all tables are known.
type foreignKey struct {
	sc         *scope
	seq        int // order in the source
	pos        token.Pos
	name       string
	columns    []string
	target     text
	refs       []text // nil when the tag names none
	opts       options
	deferrable schema.Deferrable
}

// columnKey notes fk: on a column.
func (m *model) columnKey(c *column, o option) {
	f := foreignKey{sc: c.scope, seq: m.next(), pos: o.at.pos, columns: []string{c.Name}, target: o.value, opts: c.opts, deferrable: c.deferrable(m.l, true)}
	if m.cutRefs(&f) {
		m.fks = append(m.fks, f)
	}
}

// tableKey notes an fk tag: (a,b) Model(x,y).
func (m *model) tableKey(t tableTag) {
	spec := t.list[0]
	end := closing(spec.s)
	if end < 0 {
		end = strings.IndexByte(spec.s, ' ')
	}
	if end <= 0 || end == len(spec.s) {
		m.l.failf(spec.pos, "fk is written (a,b) Model or (a,b) Model(x,y), not %s", spec.s)
		return
	}
	inner, _ := inBrackets(spec.sub(0, end))
	list, err := splitTop(inner)
	if err != nil {
		m.l.fail(spec.pos, err)
		return
	}
	f := foreignKey{sc: t.sc, seq: m.next(), pos: t.pos, name: t.name, target: spec.sub(end, len(spec.s)), opts: t.opts, deferrable: m.deferrableTag(t.opts)}
	if !m.cutRefs(&f) {
		return
	}
	m.later = append(m.later, func() {
		if names, ok := m.columnList(t.sc, list); ok {
			f.columns = names
			m.fks = append(m.fks, f)
		}
	})
}

func (m *model) next() int {
	m.seq++
	return m.seq
}

// cutRefs takes the columns in brackets off the target.
func (m *model) cutRefs(f *foreignKey) bool {
	open := strings.IndexByte(f.target.s, '(')
	if open < 0 {
		return true
	}
	inner, ok := inBrackets(f.target.sub(open, len(f.target.s)))
	list, err := splitTop(inner)
	if !ok || err != nil || len(list) == 0 {
		m.l.failf(f.target.pos, "fk: %s is written Model or Model(column)", f.target.s)
		return false
	}
	f.target, f.refs = f.target.sub(0, open), list
	return true
}

// foreignKeys resolves the references of the model.
func (m *model) foreignKeys() {
	slices.SortStableFunc(m.fks, func(a, b foreignKey) int { return a.seq - b.seq })
	for _, f := range m.fks {
		key, err := m.resolveKey(f)
		if err != nil {
			if at, ok := err.(*posError); !ok || at.err != nil {
				m.l.fail(f.pos, err)
			}
			continue
		}
		if i := slices.IndexFunc(m.table.ForeignKeys, key.Equal); i >= 0 {
			m.l.failf(f.pos, "the same reference is there twice, also at %s", m.l.shortPos(m.l.places[place{"fk", m.table.Name, "", i}]))
			continue
		}
		m.place("fk", len(m.table.ForeignKeys), f.pos)
		m.table.ForeignKeys = append(m.table.ForeignKeys, key)
	}
}

func (m *model) resolveKey(f foreignKey) (schema.ForeignKey, error) {
	key := schema.ForeignKey{Name: f.name, Columns: f.columns, Deferrable: f.deferrable}
	ref, refs, err := m.target(f.sc, f.target)
	if err != nil {
		return key, wrapFK(err)
	}
	for _, t := range f.refs {
		refs = append(refs, t.s)
	}
	if refs == nil {
		if ref.PrimaryKey == nil {
			return key, fmt.Errorf("fk: %s has no primary key: name the column, as in fk:%s.column", ref.Name, ref.Name)
		}
		refs = ref.PrimaryKey.Columns
	}
	key.RefTable, key.RefColumns = ref.Name, refs
	if len(refs) != len(key.Columns) {
		if len(f.refs) == 0 && len(key.Columns) == 1 {
			return key, fmt.Errorf("fk: the primary key of %s has %d columns (%s): write a tag on a blank field, `fk:\"(...) %s\"`", ref.Name, len(refs), strings.Join(refs, ", "), f.target.s)
		}
		return key, fmt.Errorf("fk: %d columns cannot refer to %d of %s (%s)", len(key.Columns), len(refs), ref.Name, strings.Join(refs, ", "))
	}
	for i, name := range refs {
		to := ref.Column(name)
		if to == nil {
			return key, fmt.Errorf("fk: %s has no column %s%s", ref.Name, name, didYouMean(name, ref.ColumnNames()))
		}
		from := m.table.Column(key.Columns[i])
		if from == nil || from.Type.Kind == schema.KindInvalid || to.Type.Kind == schema.KindInvalid {
			return key, &posError{} // said already
		}
		if c := m.byName[from.Name]; isInteger(from.Type.Plain()) && isInteger(to.Type.Plain()) && c != nil && c.opts.has("type") {
			continue // databases compare integers of two sizes: written out, it is meant
		}
		if !sameFamily(from.Type, to.Type) {
			return key, fmt.Errorf("fk: %s refers to %s: %s.%s is %s, but %s.%s is %s", from.Type, to.Type, m.table.Name, from.Name, from.Type, ref.Name, to.Name, to.Type)
		}
	}
	if slices.ContainsFunc(m.l.dialects(), func(d string) bool { return !unique(ref, d, refs) }) {
		return key, fmt.Errorf("fk: %s is neither the primary key nor unique (a deferrable unique does not count): give it unique, or refer to another column", columnsOf(ref, refs))
	}
	if key.OnDelete, err = m.action(f, "ondelete"); err == nil {
		key.OnUpdate, err = m.action(f, "onupdate")
	}
	return key, err
}

func wrapFK(err error) error {
	if _, ok := err.(*posError); ok {
		return err
	}
	return fmt.Errorf("fk: %w", err)
}

func columnsOf(t *schema.Table, columns []string) string {
	if len(columns) == 1 {
		return t.Name + "." + columns[0]
	}
	return t.Name + " (" + strings.Join(columns, ", ") + ")"
}

// sameFamily reports whether values of the two types can be compared by a foreign key.
func sameFamily(a, b schema.Type) bool {
	family := func(t schema.Type) schema.Type {
		t = t.Plain()
		switch t.Kind {
		case schema.KindVarchar, schema.KindChar:
			return schema.Type{Kind: schema.KindText, Array: t.Array}
		case schema.KindEnum, schema.KindOther:
			return schema.Type{Kind: t.Kind, Name: t.Name, Array: t.Array}
		}
		return schema.Type{Kind: t.Kind, Array: t.Array}
	}
	return family(a) == family(b)
}

// unique reports whether the database knows that the columns are unique.
func unique(t *schema.Table, dialect string, columns []string) bool {
	want := slices.Sorted(slices.Values(columns))
	same := func(other []string) bool {
		return len(other) == len(want) && slices.Equal(slices.Sorted(slices.Values(other)), want)
	}
	return t.PrimaryKey != nil && same(t.PrimaryKey.Columns) ||
		slices.ContainsFunc(t.Uniques, func(u schema.Unique) bool {
			return u.Deferrable == "" && !schema.Elsewhere(u.Only, dialect) && same(u.Columns)
		}) ||
		slices.ContainsFunc(t.Indexes, func(x schema.Index) bool {
			return x.Unique && x.Where == "" && !schema.Elsewhere(x.Only, dialect) && len(x.Parts) == len(x.Columns()) && same(x.Columns())
		})
}

var actions = map[string]schema.Action{
	"cascade": schema.Cascade, "restrict": schema.Restrict, "set null": schema.SetNull, "set default": schema.SetDefault, "no action": schema.NoAction,
}

// action reads ondelete: or onupdate:.
func (m *model) action(f foreignKey, word string) (schema.Action, error) {
	o, ok := f.opts.get(word)
	if !ok {
		return schema.NoAction, nil
	}
	text := strings.ToLower(strings.Join(strings.Fields(o.value.s), " "))
	a, ok := actions[text]
	if !ok {
		return a, o.value.errorf("%s: unknown action %s%s", word, o.value.s, didYouMean(text, []string{"cascade", "restrict", "set null", "set default", "no action"}))
	}
	for _, name := range f.columns {
		c := m.table.Column(name)
		switch {
		case m.byName[name] != nil && m.byName[name].opts.has("notnull"): // it is meant: the row that is referred to stays
		case a == schema.SetNull && !c.Nullable:
			return a, o.value.errorf("%s:set null, but column %s is NOT NULL: make the field a pointer, or write notnull when deleting is to fail", word, name)
		case a == schema.SetDefault && !c.Nullable && c.Default == nil && c.DefaultExpr == "" && len(c.DefaultFor) == 0:
			return a, o.value.errorf("%s:set default, but column %s is NOT NULL and has no default: give it one, or write notnull when deleting is to fail", word, name)
		}
	}
	return a, nil
}
