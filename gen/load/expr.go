package load

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// expr returns the normal form of an expression over the columns of a row, as it stands in a tag of the scope.
func (m *model) expr(sc *scope, expr text) (string, bool) { return m.exprOf(sc, expr, m.checkColumns) }

// computed is expr for what computes a column, which may be the same value for all rows.
func (m *model) computed(sc *scope, expr text) (string, bool) {
	return m.exprOf(sc, expr, func(sql string) error { return CheckComputed(sql, m.names) })
}

func (m *model) exprOf(sc *scope, expr text, columns func(string) error) (string, bool) {
	sql, err := m.normalize(sc, expr.s)
	if quoted := schema.UnknownQuoted(m.prefixed(sc, expr.s), m.names); err == nil && len(quoted) > 0 && nearest(quoted[0], m.names, min(2, reach(quoted[0]))) == "" {
		err = fmt.Errorf(`there is no column "%s": a text stands in single quotes, '%[1]s'`, quoted[0])
	}
	if err == nil {
		err = columns(sql)
	}
	if err == nil {
		err = m.checkForm(sql)
	}
	if err != nil {
		m.l.failf(expr.pos, "expression %s: %s", expr.s, err)
	}
	return sql, err == nil
}

func (m *model) normalize(sc *scope, expr string) (string, error) {
	return schema.NormalizeExpr(schema.BindColumns(m.prefixed(sc, expr), m.names))
}

// prefixed returns the expression with the names of columns as they are in the table.
func (m *model) prefixed(sc *scope, expr string) string {
	if sc == nil || sc.prefix == "" {
		return expr
	}
	var locals []string
	for local, full := range sc.local {
		if local != full {
			locals = append(locals, local)
		}
	}
	slices.Sort(locals)
	// Two steps, for the new name of one may be the old name of another.
	for i, local := range locals {
		expr = schema.RenameInExpr(expr, local, stand(i))
	}
	for i, local := range locals {
		expr = schema.RenameInExpr(expr, stand(i), sc.local[local])
	}
	return expr
}

func stand(i int) string { return fmt.Sprintf("modelgen_stands_for_%d_", i) }

func (m *model) checkColumns(sql string) error { return CheckColumns(sql, m.names) }

// CheckComputed is [CheckColumns] for what computes a column, which needs no column to compute it from.
func CheckComputed(sql string, columns []string) error {
	if len(schema.ExprColumns(sql, columns))+len(schema.UnknownNames(sql, columns))+len(schema.MissingColumns(sql, columns...)) == 0 {
		return nil
	}
	return CheckColumns(sql, columns)
}

// CheckColumns refuses, in an expression of a table with these columns, names that are probably mistyped columns, and an expression without one. A name
// that is like no column can be something of the database's.
func CheckColumns(sql string, columns []string) error {
	unknown := schema.UnknownNames(sql, columns)
	for _, name := range unknown {
		if n := nearest(name, columns, min(2, reach(name))); n != "" {
			return fmt.Errorf("there is no column %s: did you mean %s?", name, n)
		}
	}
	if missing := schema.MissingColumns(sql, columns...); len(missing) > 0 {
		return fmt.Errorf("there is no column %s%s", missing[0], didYouMean(missing[0], columns))
	}
	if len(schema.ExprColumns(sql, columns)) > 0 {
		return nil
	}
	if len(unknown) > 0 {
		return fmt.Errorf("there is no column %s%s", unknown[0], didYouMean(unknown[0], columns))
	}
	return fmt.Errorf("it mentions no column: there is %s", some(columns))
}

// checkForm refuses what is no expression over one row.
func (m *model) checkForm(sql string) error {
	if why := schema.Incomplete(sql, m.names...); why != "" {
		return errors.New(why)
	}
	if what := schema.ManyRows(sql); what != "" {
		return fmt.Errorf("%s cannot stand here: it is computed for one row at a time", what)
	}
	return nil
}

// condition reads an expression that is true or false.
func (m *model) condition(sc *scope, expr text) (string, bool) {
	sql, ok := m.expr(sc, expr)
	if !ok || !slices.ContainsFunc(m.l.cfg.Dialects, func(c migrate.Capabilities) bool { return c.BooleanConditions }) {
		return sql, ok
	}
	for _, c := range m.columns {
		if sql == schema.QuoteColumn(c.Name) && !c.bad && c.Type.Kind != schema.KindBoolean && c.Type.Kind != schema.KindOther {
			m.l.failf(expr.pos, "expression %s: it is %s, and no condition", expr.s, c.Type)
			return sql, false
		}
	}
	return sql, true
}

// column returns the column that a name in a tag of the scope means.
func (m *model) column(sc *scope, name text) *column {
	for s := sc; s != nil && s.prefix != ""; s = s.outer {
		if full, ok := s.local[name.s]; ok {
			return m.byName[full]
		}
	}
	if c := m.byName[name.s]; c != nil {
		return c
	}
	if c := m.byLower[strings.ToLower(name.s)]; c != nil {
		m.l.failf(name.pos, "there is no column %s: did you mean %s?", name.s, c.Name)
		return nil
	}
	m.l.failf(name.pos, "there is no column %s%s", name.s, m.columnHint(name.s))
	return nil
}

// columnHint helps who wrote the name of a field where that of a column belongs.
func (m *model) columnHint(name string) string {
	for _, c := range m.columns {
		if c.field.Name() == name {
			return ": did you mean " + c.Name + "?"
		}
	}
	return didYouMean(name, m.names)
}

// columnList returns the names of the columns in a list; false when one of them is not there or there twice.
func (m *model) columnList(sc *scope, list []text) ([]string, bool) {
	var names []string
	ok := true
	for _, t := range list {
		c := m.column(sc, t)
		switch {
		case c == nil:
			ok = false
		case slices.Contains(names, c.Name):
			m.l.failf(t.pos, "column %s is there twice", c.Name)
			ok = false
		default:
			names = append(names, c.Name)
		}
	}
	return names, ok
}

// columnExprs reads the expressions of a column: default and generated.
func (m *model) columnExprs(c *column) {
	if c.bad {
		return
	}
	for _, o := range c.opts {
		if o.word == "default" {
			m.setDefault(c, o)
		}
	}
	if o, ok := c.opts.get("generated"); ok {
		if sql, ok := m.computed(c.scope, o.value); ok {
			for _, name := range schema.ExprColumns(sql, m.names) {
				other := m.byName[name]
				if other == c {
					m.l.failf(o.at.pos, "column %s is computed from itself", c.Name)
				} else if i := slices.IndexFunc(m.l.cfg.Dialects, func(d migrate.Capabilities) bool { return !d.ChainsGenerated }); i >= 0 && other.opts.has("generated") {
					m.l.failf(o.at.pos, "column %s is computed from %s, which is computed itself; %s cannot do that", c.Name, name, m.l.cfg.Dialects[i].Product)
				}
			}
			c.Generated = sql
		}
		for _, d := range c.opts {
			if d.word == "default" && d.dialect != "" {
				m.l.failf(d.at.pos, "default contradicts generated")
			}
		}
	}
}
