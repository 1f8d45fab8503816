package optimizetest

import (
	"slices"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// try makes a random op and takes it if it fits.
func (m *maker) try() {
	if len(m.s.Tables) == 0 || len(m.s.Tables) < 5 && m.one(6) {
		m.add(m.table())
		return
	}
	t := m.any()
	rows := m.filled[t.Name]
	switch m.IntN(34) {
	case 0, 1, 2, 3:
		m.add(migrate.AddColumn{Table: t.Name, Column: m.definition(t, rows)})
	case 4, 5:
		m.add(migrate.DropColumn{Table: t.Name, Column: *pick(m, pointers(t.Columns))})
	case 6, 7, 8:
		m.add(migrate.RenameColumn{Table: t.Name, From: pick(m, t.Columns).Name, To: m.column(t)})
	case 9, 10, 11:
		m.alter(t, rows)
	case 12:
		if !m.one(3) {
			return
		}
		if m.add(migrate.DropTable(migrate.NewCreateTable(t.Clone()))) {
			delete(m.filled, t.Name)
		}
	case 13, 14:
		from, to := t.Name, m.relation("t")
		if ns, _ := schema.SplitName(from); ns != "" && m.one(2) || len(m.s.Namespaces) > 0 && m.one(6) {
			to = pick(m, m.s.Namespaces) + "." + to
		}
		if m.add(migrate.RenameTable{From: from, To: to}) {
			m.filled[to] = m.filled[from]
			delete(m.filled, from)
		}
	case 15:
		if !rows {
			m.add(migrate.AddUnique{Table: t.Name, Unique: schema.Unique{Name: m.relation("u"), Columns: []string{pick(m, t.Columns).Name}}})
		}
	case 16:
		m.add(migrate.AddCheck{Table: t.Name, Check: m.check(t)})
	case 17, 18:
		if f, ok := m.reference(t); ok && !rows {
			m.add(migrate.AddForeignKey{Table: t.Name, ForeignKey: f})
		}
	case 19, 20:
		m.add(migrate.CreateIndex{Table: t.Name, Index: m.index(t)})
	case 21, 22:
		m.dropObject(t)
	case 23:
		m.renameObject(t)
	case 24:
		if t.PrimaryKey != nil && m.one(3) && !t.Column(t.PrimaryKey.Columns[0]).Identity {
			m.add(migrate.DropPrimaryKey{Table: t.Name, PrimaryKey: *t.PrimaryKey})
		} else if t.PrimaryKey == nil && !rows {
			m.add(migrate.AddPrimaryKey{Table: t.Name, PrimaryKey: schema.PrimaryKey{Name: m.relation("pk"), Columns: []string{pick(m, t.Columns).Name}}})
		}
	case 25, 26:
		m.enum()
	case 27:
		if !m.Real {
			m.beside(t)
		}
	case 28, 29, 30, 31:
		if !m.Real {
			m.object(t)
		}
	default:
		if m.Data && m.one(3) {
			m.data(t)
		}
	}
}

func pointers[T any](list []T) []*T {
	var out []*T
	for i := range list {
		c := list[i]
		out = append(out, &c)
	}
	return out
}

// alter changes a column in a way that rows bear.
func (m *maker) alter(t *schema.Table, rows bool) {
	from := pick(m, t.Columns)
	if from.Generated != "" || from.Identity {
		return
	}
	to := from
	switch m.IntN(5) {
	case 0:
		to.Nullable = true
	case 1:
		if rows && from.Nullable {
			return
		}
		to.Nullable = false
	case 2:
		to.Default = nil
		if !from.Nullable || m.one(2) {
			to.Default = m.literal(from.Type)
		}
	case 3:
		if m.used(t, from.Name) || from.Default != nil && from.Type.Kind != schema.KindText && from.Type.Kind != schema.KindVarchar {
			return
		}
		to.Type = pick(m, []schema.Type{bigint, text, {Kind: schema.KindVarchar, Size: 40}, {Kind: schema.KindVarchar, Size: 80}})
		switch {
		case from.Type.Kind == schema.KindBoolean, from.Type.Kind == schema.KindEnum, to.Type == bigint && from.Type != integer:
			return
		}
	case 4:
		to.Default, to.Nullable = nil, true
	}
	if to.Equal(from) || to.Nullable && t.PrimaryKey != nil && slices.Contains(t.PrimaryKey.Columns, to.Name) {
		return
	}
	m.add(migrate.AlterColumn{Table: t.Name, From: from, To: to})
}

func (m *maker) dropObject(t *schema.Table) {
	switch n := m.IntN(5); {
	case n == 0 && len(t.Uniques) > 0:
		m.add(migrate.DropUnique{Table: t.Name, Unique: pick(m, t.Uniques)})
	case n == 1 && len(t.Checks) > 0:
		m.add(migrate.DropCheck{Table: t.Name, Check: pick(m, t.Checks)})
	case n >= 3 && len(t.ForeignKeys) > 0:
		m.add(migrate.DropForeignKey{Table: t.Name, ForeignKey: pick(m, t.ForeignKeys)})
	case len(t.Indexes) > 0:
		m.add(migrate.DropIndex{Table: t.Name, Index: pick(m, t.Indexes)})
	}
}

func (m *maker) renameObject(t *schema.Table) {
	switch n := m.IntN(4); {
	case n == 0 && len(t.Checks) > 0:
		m.add(migrate.RenameConstraint{Table: t.Name, From: pick(m, t.Checks).Name, To: m.constraint(t, "ck")})
	case n == 1 && len(t.ForeignKeys) > 0:
		m.add(migrate.RenameConstraint{Table: t.Name, From: pick(m, t.ForeignKeys).Name, To: m.constraint(t, "fk")})
	case n == 2 && len(t.Uniques) > 0:
		m.add(migrate.RenameConstraint{Table: t.Name, From: pick(m, t.Uniques).Name, To: m.relation("u")})
	case len(t.Indexes) > 0:
		m.add(migrate.RenameIndex{Table: t.Name, From: pick(m, t.Indexes).Name, To: m.relation("i")})
	}
}

func (m *maker) enum() {
	if len(m.s.Enums) == 0 || m.one(5) {
		if len(m.s.Enums) < 3 {
			m.add(migrate.CreateEnum{Name: m.relation("e"), Values: []string{"a", "b"}})
		}
		return
	}
	e := pick(m, m.s.Enums)
	fresh := func() string { return m.free("v", 6, func(v string) bool { return slices.Contains(e.Values, v) }) }
	switch m.IntN(5) {
	case 0:
		m.add(migrate.DropEnum{Name: e.Name, Values: slices.Clone(e.Values)})
	case 1:
		m.add(migrate.RenameEnum{From: e.Name, To: m.relation("e")})
	case 2:
		m.add(migrate.RenameEnumValue{Enum: e.Name, From: pick(m, e.Values), To: fresh()})
	default:
		to := slices.Insert(slices.Clone(e.Values), m.IntN(len(e.Values)+1), fresh())
		if v := m.unused(e); v != "" && m.one(3) {
			to = slices.DeleteFunc(slices.Clone(e.Values), func(x string) bool { return x == v })
		}
		m.add(migrate.AlterEnum{Name: e.Name, From: slices.Clone(e.Values), To: to})
	}
}

// unused returns a value that is no default, when no row can have it: rows have the first one, or a default.
func (m *maker) unused(e *schema.Enum) string {
	var left []string
	for _, v := range e.Values {
		used := false
		for _, t := range m.s.Tables {
			for _, c := range t.Columns {
				if c.Type.Kind == schema.KindEnum && c.Type.Name == e.Name && (m.filled[t.Name] || c.Default != nil && *c.Default == v) {
					used = true
				}
			}
		}
		if !used {
			left = append(left, v)
		}
	}
	if len(left) == 0 || len(e.Values) < 3 {
		return ""
	}
	return pick(m, left)
}

// partitions makes a table partitioned, or plain again.
func (m *maker) partitions(t *schema.Table) {
	if t.Options.Partition == "" {
		if len(t.DualWrites) == 0 && !slices.ContainsFunc(m.objects(schema.PartitionKind), func(x schema.SQLObject) bool { return x.Table == t.Name }) {
			name := m.relation("p")
			m.add(migrate.PartitionTable{Table: t.Name, By: "range (id)", Rows: name, Partitions: []migrate.TablePartition{{Name: name, Bound: "FOR VALUES FROM (MINVALUE) TO (MAXVALUE)"}}})
		}
		return
	}
	o := migrate.UnpartitionTable{Table: t.Name, By: t.Options.Partition}
	for _, x := range m.objects(schema.PartitionKind) {
		if x.Table == t.Name && x.Only == "" {
			o.Rows = x.Name
			o.Partitions = append(o.Partitions, migrate.TablePartition{Name: x.Name, Bound: string(x.SQL)})
		}
	}
	if o.Rows != "" {
		m.add(o)
	}
}

// beside makes what not every database has.
func (m *maker) beside(t *schema.Table) {
	switch m.IntN(7) {
	case 6:
		m.partitions(t)
	case 5:
		m.spread(t)
		t = m.s.Table(t.Name)
		to := t.Options
		to.Unlogged, to.Strict = m.one(2), m.one(3)
		if to != t.Options {
			m.add(migrate.SetTableOptions{Table: t.Name, From: t.Options, To: to})
		}
	case 0:
		m.add(migrate.CreateSchema{Name: m.free("s", 3, m.s.HasNamespace)})
	case 1:
		if len(m.s.Namespaces) > 0 {
			m.add(migrate.DropSchema{Name: pick(m, m.s.Namespaces)})
		}
	case 2:
		m.add(migrate.CommentTable{Table: t.Name, From: t.Comment, To: pick(m, []string{"", "one", "two"})})
	case 3:
		if c := m.plain(t); c != "" {
			m.add(migrate.AddCheck{Table: t.Name, Check: schema.Check{Name: m.constraint(t, "ck"), Expr: c + "::text <> 'a' OR " + t.Columns[0].Name + " IS NULL"}})
		}
	case 4:
		m.add(migrate.CreateIndex{Table: t.Name, Index: schema.Index{Name: m.relation("i"), Unique: true, Parts: []schema.IndexPart{{Expr: "abs(" + pick(m, t.Columns).Name + ")"}, {Column: "id"}}, Where: "id <> 7"}})
	}
}

// spread changes how a table is distributed.
func (m *maker) spread(t *schema.Table) {
	o := t.Options
	switch {
	case o.Spread():
		m.add(migrate.UndistributeTable{Table: t.Name, Column: o.Distribute, ColocateWith: o.Colocate, Reference: o.Reference})
	case m.one(2):
		m.add(migrate.ReferenceTable{Table: t.Name})
	default:
		with := ""
		for _, other := range m.s.Tables {
			if other.Name != t.Name && other.Options.Distribute != "" {
				with = other.Name
			}
		}
		m.add(migrate.DistributeTable{Table: t.Name, Column: t.Columns[0].Name, ColocateWith: with})
	}
}

func (m *maker) data(t *schema.Table) {
	switch m.IntN(5) {
	case 0:
		m.add(m.rows(t))
	case 1:
		if c := pick(m, t.Columns); c.Generated == "" && !c.Identity && c.Type.Kind != schema.KindEnum && c.Type.Kind != schema.KindBoolean && !m.used(t, c.Name) {
			m.add(migrate.Fill{Table: t.Name, Column: c.Name, Expr: pick(m, []string{"'7'", "'8'"})})
		}
	case 2:
		m.add(migrate.Go{Up: code, NoDown: "nothing was done"})
	case 3:
		m.add(m.rows(t))
	case 4:
		m.declared(t)
	}
}
