package load

import (
	"slices"
	"strings"

	"github.com/modelgen/modelgen/runtime/schema"
)

// distribution reads the words of a table tag that say how Citus keeps the table.
func (m *model) distribution(opts options) {
	o := &m.table.Options
	o.Distribute, o.Colocate, o.Reference = strings.TrimSpace(opts.value("distribute")), strings.TrimSpace(opts.value("colocate")), opts.has("reference")
	switch {
	case o.Distribute != "" && o.Reference:
		m.l.failf(opts.pos("reference", m.pos), "a table is distributed, or a reference table, of which every node has all rows: not both")
	case o.Colocate != "" && o.Distribute == "":
		m.l.failf(opts.pos("colocate", m.pos), "colocate says beside which rows those of a distributed table are: write distribute:COLUMN too")
	case o.Colocate == m.table.Name && o.Colocate != "":
		m.l.failf(opts.pos("colocate", m.pos), "colocate names another table than the one it is on")
	case o.Distribute != "":
		m.later = append(m.later, func() {
			if len(m.names) > 0 && !slices.Contains(m.names, o.Distribute) {
				m.l.failf(opts.pos("distribute", m.pos), "distribute: %s has no column %s; it has %s", m.table.Name, o.Distribute, strings.Join(m.names, ", "))
			}
		})
	}
	if o.Colocate != "" && o.Distribute != "" {
		m.l.apart = append(m.l.apart, func() { m.colocated(opts) })
	}
}

// colocated looks at the table that colocate names, once all tables are known.
func (m *model) colocated(opts options) {
	pos, with := opts.pos("colocate", m.pos), m.l.schema.Table(m.table.Options.Colocate)
	switch {
	case with == nil:
		m.l.failf(pos, "colocate: there is no table %s", m.table.Options.Colocate)
		return
	case with.Options.Distribute == "":
		m.l.failf(pos, "colocate: %s is not distributed itself; write distribute:COLUMN in its tag", with.Name)
		return
	}
	for seen := []string{m.table.Name}; with != nil && with.Options.Colocate != ""; with = m.l.schema.Table(with.Options.Colocate) {
		if slices.Contains(seen, with.Name) {
			m.l.failf(pos, "colocate: %s are each beside the other; leave it out of one of them", strings.Join(seen, ", "))
			return
		}
		seen = append(seen, with.Name)
	}
	with = m.l.schema.Table(m.table.Options.Colocate)
	own, other := m.table.Column(m.table.Options.Distribute), with.Column(with.Options.Distribute)
	if own != nil && other != nil && own.Type != other.Type {
		m.l.failf(pos, "colocate: %s.%s is %s, and %s.%s is %s; only equal types are on the same node", m.table.Name, own.Name, schema.Type.String(own.Type), with.Name, other.Name, schema.Type.String(other.Type))
	}
}
