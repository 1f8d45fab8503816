package load

import (
	"go/token"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/internal/sqllex"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// exclusion reads exclude:"room_id with =,during with &&,using:gist,where:NOT cancelled".
func (m *model) exclusion(t tableTag) {
	using := t.opts.value("using")
	if using == "" {
		using = "gist"
	}
	var parts, columns []string
	for _, x := range t.list {
		toks := sqllex.Code(x.s, sqllex.Any)
		with := len(toks) - 1 // the last: timestamp with time zone has one too
		for with >= 0 && !toks[with].Is("WITH") {
			with--
		}
		if with < 1 || with+1 >= len(toks) {
			m.l.failf(x.pos, "exclude: a column or (expression) and its operator are expected: room_id with =")
			return
		}
		expr := strings.TrimSpace(x.s[:toks[with].From])
		if len(toks[:with]) >= 1 && (toks[0].Kind == sqllex.Word || toks[0].Kind == sqllex.Quoted) && (with == 1 || toks[1].Text != "(") {
			c := toks[0].Value()
			if !slices.Contains(m.names, c) {
				m.l.failf(x.pos, "exclude: %s has no column %s; it has %s", m.table.Name, c, strings.Join(m.names, ", "))
				return
			}
			columns = append(columns, c)
		}
		parts = append(parts, expr+" WITH "+strings.TrimSpace(x.s[toks[with].To:]))
	}
	sql := "EXCLUDE USING " + using + " (" + strings.Join(parts, ", ") + ")"
	if where := t.opts.value("where"); where != "" {
		sql += " WHERE (" + withoutBrackets(where) + ")"
	}
	switch v := t.opts.value("deferrable"); {
	case !t.opts.has("deferrable"):
	case v == "", v == "immediate":
		sql += " DEFERRABLE"
	case v == "deferred":
		sql += " DEFERRABLE INITIALLY DEFERRED"
	default:
		m.l.failf(t.opts.pos("deferrable", t.pos), "deferrable:%s: it is deferrable, deferrable:immediate or deferrable:deferred", v)
	}
	name := t.name
	if name == "" {
		name = schema.DeriveName(m.table.Name, columns, "excl", func(n string) bool {
			return slices.ContainsFunc(m.l.others, func(o schema.SQLObject) bool { return o.Name == n })
		})
	}
	m.l.object(schema.SQLObject{Kind: schema.ExclusionKind, Name: name, Table: m.table.Name, SQL: schema.SQLText(sql), Only: t.only, Was: t.opts.value("was")}, t.pos)
}

// withoutBrackets returns an expression without the brackets around all of it.
func withoutBrackets(expr string) string {
	toks := sqllex.Code(expr, sqllex.Any)
	depth := 0
	for i, t := range toks {
		switch t.Text {
		case "(":
			depth++
		case ")":
			depth--
		}
		if depth == 0 && (i == 0 || i+1 < len(toks)) {
			return expr
		}
	}
	if len(toks) < 2 || depth != 0 {
		return expr
	}
	return strings.TrimSpace(expr[toks[0].To:toks[len(toks)-1].From])
}

// object adds an object that a tag declares, for the dialects that have its kind.
func (l *loader) object(o schema.SQLObject, pos token.Pos) {
	var own []migrate.Capabilities
	for _, d := range l.cfg.Dialects {
		if slices.Contains(d.Objects, o.Kind) && !schema.Elsewhere(o.Only, d.Name) {
			own = append(own, d)
		}
	}
	switch {
	case len(own) == 0 && o.Kind == schema.RowSecurityKind:
		l.failf(pos, "no database of the project has %s; take it away", o.Kind)
		return
	case len(own) == 0:
		l.failf(pos, "no database of the project has an %s; take it away", o.Kind)
		return
	case len(own) == 1 && len(l.cfg.Dialects) > 1:
		o.Only = own[0].Name
	}
	l.others = append(l.others, o)
	l.places[place{object: o.String()}] = pos
}
