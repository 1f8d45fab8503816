package optimizetest

import (
	"fmt"
	"slices"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// object makes an op of what stands beside the tables. What something stands on is left alone, as a database does.
func (m *maker) object(t *schema.Table) {
	if len(m.s.SQLObjects) == 0 || len(m.s.SQLObjects) < 8 && m.one(2) {
		if o, ok := m.newObject(t, pick(m, schema.ObjectKinds())); ok {
			m.add(migrate.ObjectOp(nil, &o))
		}
		return
	}
	o := pick(m, m.s.SQLObjects)
	switch {
	case m.one(3):
		to := m.changed(o)
		if to.Equal(o) {
			return
		}
		if from := o; canChange(o.Kind) {
			m.add(migrate.ObjectOp(&from, &to))
		}
	case m.stoodOn(o):
	case m.one(2):
		m.add(migrate.ObjectOp(&o, nil))
	case canRename(o.Kind):
		name := m.relation("o")
		if o.Kind.Routine() {
			_, args, _ := strings.Cut(o.Name, "(")
			name += "(" + args
		}
		to := o.Renamed(name)
		m.add(migrate.ObjectOp(&o, &to))
	}
}

// stoodOn reports whether another object needs this one.
func (m *maker) stoodOn(o schema.SQLObject) bool {
	names := m.s.Names()
	return slices.ContainsFunc(m.s.SQLObjects, func(x schema.SQLObject) bool {
		return !x.Same(o) && slices.ContainsFunc(names.Needs(x), func(n schema.Need) bool { return n.Object != nil && n.Object.Same(o) })
	})
}

func canChange(k schema.ObjectKind) bool {
	switch k {
	case schema.RangeTypeKind, schema.ViewIndexKind, schema.ExclusionKind, schema.EventTriggerKind, schema.StatisticsKind, schema.GrantKind:
		return false
	}
	return true
}

func canRename(k schema.ObjectKind) bool {
	switch k {
	case schema.ExtensionKind, schema.CommentKind, schema.GrantKind, schema.RowSecurityKind:
		return false
	}
	return true
}

// newObject makes a random object of a kind over a table.
func (m *maker) newObject(t *schema.Table, k schema.ObjectKind) (schema.SQLObject, bool) {
	name, column := m.relation("o"), pick(m, t.Columns).Name
	o := schema.SQLObject{Kind: k, Name: name}
	sql := func(format string, args ...any) { o.SQL = schema.SQLText(fmt.Sprintf(format, args...)) }
	table := func() { o.Table = t.Name }
	switch k {
	case schema.ExtensionKind:
		o.Name = pick(m, []string{"citext", "hstore", "pg_trgm"})
	case schema.DomainKind:
		sql("CREATE DOMAIN %s AS text", name)
	case schema.CompositeTypeKind:
		sql("CREATE TYPE %s AS (a integer, b integer)", name)
	case schema.RangeTypeKind:
		sql("CREATE TYPE %s AS RANGE (SUBTYPE = integer)", name)
	case schema.SequenceKind:
		sql("CREATE SEQUENCE %s", name)
	case schema.FunctionKind:
		o.Name = name + "(integer)"
		sql("CREATE FUNCTION %s(a integer) RETURNS bigint LANGUAGE sql AS 'SELECT count(%s) FROM %s'", name, column, t.Name)
	case schema.ProcedureKind:
		o.Name = name + "()"
		sql("CREATE PROCEDURE %s() LANGUAGE sql AS 'DELETE FROM %s'", name, t.Name)
	case schema.AggregateKind:
		o.Name = name + "(integer)"
		sql("CREATE AGGREGATE %s(integer) (SFUNC = int4larger, STYPE = integer)", name)
	case schema.VirtualTableKind:
		sql("CREATE VIRTUAL TABLE %s USING fts5(a, content = '%s')", name, t.Name)
	case schema.PartitionKind:
		table()
		sql("FOR VALUES FROM (%d) TO (%d)", m.next, m.next+1)
		m.next++
	case schema.ViewKind, schema.MaterializedViewKind:
		sql("SELECT %s FROM %s", column, t.Name)
		if views := m.objects(schema.ViewKind); len(views) > 0 && m.one(3) {
			sql("SELECT * FROM %s", pick(m, views).Name)
		}
	case schema.ViewIndexKind:
		views := m.objects(schema.MaterializedViewKind)
		if len(views) == 0 {
			return o, false
		}
		o.Table = pick(m, views).Name
		sql("CREATE INDEX %s ON %s (%s)", name, o.Table, column)
	case schema.ExclusionKind:
		table()
		sql("EXCLUDE USING btree (%s WITH =)", column)
	case schema.RuleKind:
		table()
		sql("CREATE RULE %s AS ON DELETE TO %s DO INSTEAD NOTHING", name, t.Name)
	case schema.TriggerKind:
		table()
		sql("CREATE TRIGGER %s AFTER UPDATE OF %s ON %s EXECUTE FUNCTION suppress_redundant_updates_trigger()", name, column, t.Name)
	case schema.EventTriggerKind:
		if !m.one(4) {
			return o, false
		}
		sql("CREATE EVENT TRIGGER %s ON sql_drop EXECUTE FUNCTION dropped()", name)
	case schema.PolicyKind:
		table()
		sql("CREATE POLICY %s ON %s USING (%s IS NOT NULL)", name, t.Name, column)
	case schema.RowSecurityKind:
		o.Name = t.Name
		sql("%s", pick(m, []string{"ENABLE", "FORCE"}))
	case schema.StatisticsKind:
		sql("CREATE STATISTICS %s ON id, %s FROM %s", name, column, t.Name)
	case schema.PublicationKind:
		sql("CREATE PUBLICATION %s FOR TABLE %s", name, t.Name)
	case schema.CommentKind, schema.GrantKind:
		on := "table " + t.Name
		if views := m.objects(schema.ViewKind); len(views) > 0 && m.one(2) {
			on = "view " + pick(m, views).Name
		}
		if o.Name = on; k == schema.GrantKind {
			o.Name = strings.Replace(on, "view ", "table ", 1) + " to reporting"
		}
		sql("%s", pick(m, []string{"SELECT", "INSERT, SELECT"}))
	}
	return o, m.s.SQLObject(o) == nil
}

// changed returns the object with other text, such as a database takes in its place.
func (m *maker) changed(o schema.SQLObject) schema.SQLObject {
	text := string(o.SQL)
	end := func(list ...string) {
		for _, w := range list {
			text = strings.TrimSuffix(text, w)
		}
		text += pick(m, append(list, ""))
	}
	switch o.Kind {
	case schema.ExtensionKind:
		text = pick(m, []string{"", "VERSION '1.5'", "VERSION '1.6'"})
	case schema.VirtualTableKind:
		if short, has := strings.CutSuffix(text, ", prefix = '2')"); has {
			text = short + ")"
		} else {
			text = strings.TrimSuffix(text, ")") + ", prefix = '2')"
		}
	case schema.PartitionKind:
		text = fmt.Sprintf("FOR VALUES FROM (%d) TO (%d)", m.next, m.next+1)
		m.next++
	case schema.DomainKind:
		end(" DEFAULT 'a'", " DEFAULT 'b'")
	case schema.CompositeTypeKind:
		head, _, _ := strings.Cut(text, " AS ")
		text = head + " AS " + pick(m, []string{"(a integer, b integer)", "(a integer)", "(a integer, b integer, c text)"})
	case schema.SequenceKind:
		end(" INCREMENT BY 2", " INCREMENT BY 3")
	case schema.FunctionKind, schema.ProcedureKind:
		end(" SECURITY DEFINER", " PARALLEL SAFE")
	case schema.AggregateKind:
		text = strings.NewReplacer("int4larger", "int4smaller", "int4smaller", "int4larger").Replace(text)
	case schema.ViewKind, schema.MaterializedViewKind:
		end(" WHERE 1 = 1", " WHERE 2 = 2")
	case schema.RuleKind:
		text = strings.NewReplacer("ON DELETE", "ON UPDATE", "ON UPDATE", "ON DELETE").Replace(text)
	case schema.TriggerKind:
		o.Head = pick(m, []string{"", "DISABLE", "ENABLE ALWAYS"})
	case schema.PolicyKind:
		if i := strings.Index(text, "IS "); i > 0 {
			text = text[:i] + pick(m, []string{"IS NOT NULL)", "IS NULL)"})
		}
	case schema.RowSecurityKind:
		text = pick(m, []string{"ENABLE", "FORCE"})
	case schema.PublicationKind:
		end(" WITH (publish = 'insert')", " WITH (publish = 'update')")
	case schema.CommentKind:
		text = pick(m, []string{"one", "two"})
	}
	o.SQL = schema.SQLText(text)
	return o
}

// objects returns the objects of a kind.
func (m *maker) objects(k schema.ObjectKind) (all []schema.SQLObject) {
	for _, o := range m.s.SQLObjects {
		if o.Kind == k {
			all = append(all, o)
		}
	}
	return all
}

// holds reports whether an object needs what an op takes away, which a database would refuse.
func (m *maker) holds(op migrate.Op) bool {
	if len(m.s.SQLObjects) == 0 {
		return false
	}
	removed := op.Effects().Removes
	goes := func(n schema.Need) bool {
		return slices.ContainsFunc(removed, func(o migrate.Object) bool {
			switch o.Kind {
			case migrate.TableObject:
				return n.Table == o.Name
			case migrate.ColumnObject:
				return n.Table == o.Table && n.Column == o.Name
			case migrate.EnumObject:
				return n.Enum == o.Name
			}
			return false
		})
	}
	names := m.s.Names()
	return len(removed) > 0 && slices.ContainsFunc(m.s.SQLObjects, func(x schema.SQLObject) bool { return slices.ContainsFunc(names.Needs(x), goes) })
}
