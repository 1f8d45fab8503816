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
		with := slices.IndexFunc(toks, func(k sqllex.Token) bool { return k.Is("WITH") })
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
		sql += " WHERE (" + strings.TrimSuffix(strings.TrimPrefix(where, "("), ")") + ")"
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
