package load

import (
	"slices"
	"strings"

	"github.com/modelgen/modelgen/runtime/schema"
)

// tableOptions reads the words of a table tag that say how the database keeps the table.
func (m *model) tableOptions(opts options) {
	o := &m.table.Options
	o.Unlogged, o.Strict, o.WithoutRowid = opts.has("unlogged"), opts.has("strict"), opts.has("withoutrowid")
	if opts.has("with") {
		value := strings.TrimSpace(opts.value("with"))
		inner, ok := strings.CutPrefix(value, "(")
		inner, closed := strings.CutSuffix(inner, ")")
		if !ok || !closed {
			m.l.failf(opts.pos("with", m.pos), "with takes storage parameters in brackets: with:(fillfactor=70)")
		}
		var all []string
		for p := range strings.SplitSeq(inner, ",") {
			name, v, has := strings.Cut(p, "=")
			name, v = strings.ToLower(strings.TrimSpace(name)), strings.TrimSpace(v)
			if name == "" || has && v == "" {
				m.l.failf(opts.pos("with", m.pos), "with: %q is no storage parameter: with:(fillfactor=70)", strings.TrimSpace(p))
				return
			}
			if !has {
				v = "true"
			}
			all = append(all, name+"="+v)
		}
		slices.Sort(all)
		o.With = strings.Join(all, ", ")
	}
	if opts.has("partition") {
		kind, key, ok := strings.Cut(strings.TrimSpace(opts.value("partition")), "(")
		kind = strings.ToLower(strings.TrimSpace(kind))
		key, closed := strings.CutSuffix(strings.TrimSpace(key), ")")
		if !ok || !closed || !slices.Contains([]string{"range", "list", "hash"}, kind) || strings.TrimSpace(key) == "" {
			m.l.failf(opts.pos("partition", m.pos), "partition takes range, list or hash with the columns of the key: partition:range(created_at)")
			return
		}
		var columns []string
		for c := range strings.SplitSeq(key, ",") {
			columns = append(columns, strings.TrimSpace(c))
		}
		o.Partition = kind + " (" + strings.Join(columns, ", ") + ")"
		m.later = append(m.later, func() {
			for _, c := range columns {
				if plainName(c) && !slices.Contains(m.names, c) && len(m.names) > 0 {
					m.l.failf(opts.pos("partition", m.pos), "partition: %s has no column %s; it has %s", m.table.Name, c, strings.Join(m.names, ", "))
				}
			}
		})
	}
	m.distribution(opts)
	if opts.has("rls") {
		word := "ENABLE"
		switch v := opts.value("rls"); v {
		case "", "enable":
		case "force":
			word = "FORCE"
		default:
			m.l.failf(opts.pos("rls", m.pos), "rls:%s: it is rls, or rls:force for the owner of the table too", v)
		}
		m.l.object(schema.SQLObject{Kind: schema.RowSecurityKind, Name: m.table.Name, SQL: schema.SQLText(word)}, opts.pos("rls", m.pos))
	}
}

func plainName(s string) bool {
	return strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == ""
}
