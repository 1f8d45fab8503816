package page

import (
	"fmt"
	"strings"

	"github.com/modelgen/modelgen/runtime/schema"
)

// dot returns the tables as a graph in the language of Graphviz (https://graphviz.org/doc/info/lang.html): records with a port for each column, groups as clusters.
func dot(set string, s *schema.Schema, d *diagram) string {
	var b strings.Builder
	fmt.Fprintf(&b, "digraph %s {\n", quoted(set))
	b.WriteString("  graph [rankdir=LR, fontname=\"Helvetica\", nodesep=0.4, ranksep=1];\n  node [shape=plain, fontname=\"Helvetica\", fontsize=11];\n  edge [dir=both, fontname=\"Helvetica\"];\n")
	groups := map[string][]int{}
	var names []string
	for i, t := range d.tables {
		if groups[t.group] == nil {
			names = append(names, t.group)
		}
		groups[t.group] = append(groups[t.group], i)
	}
	for n, g := range names {
		indent := "  "
		if len(names) > 1 {
			fmt.Fprintf(&b, "  subgraph cluster_%d {\n    label=%s;\n", n, quoted(g))
			indent = "    "
		}
		for _, i := range groups[g] {
			fmt.Fprintf(&b, "%s%s [label=<%s>];\n", indent, quoted(s.Tables[i].Name), dotTable(s.Tables[i]))
		}
		if len(names) > 1 {
			b.WriteString("  }\n")
		}
	}
	for _, l := range d.lines {
		from, to := "crowodot", "teetee"
		if l.one {
			from = "teeodot"
		}
		if l.optional {
			to = "teeodot"
		}
		fmt.Fprintf(&b, "  %s:%s -> %s:%s [arrowtail=%s, arrowhead=%s, tooltip=%s];\n", quoted(d.tables[l.from].name), port(s.Tables[l.from], l.key.Columns),
			quoted(d.tables[l.to].name), port(s.Tables[l.to], l.key.RefColumns), from, to, quoted(l.key.Name))
	}
	b.WriteString("}\n")
	return b.String()
}

// dotTable is the label of a table: a table in Graphviz' likeness of HTML.
func dotTable(t *schema.Table) string {
	w := new(writer)
	w.p(`<TABLE BORDER="0" CELLBORDER="1" CELLSPACING="0" CELLPADDING="4"><TR><TD BGCOLOR="#dbe9fb" COLSPAN="2"><B>%</B></TD></TR>`, t.Name)
	for i, c := range t.Columns {
		name, typ := c.Name, typeWords(c)
		if key := keyOf(t, c.Name); key != "" {
			name = key + " " + name
		}
		if c.Nullable {
			typ += "?"
		}
		w.p(`<TR><TD ALIGN="LEFT" PORT="c%">%</TD><TD ALIGN="LEFT">%</TD></TR>`, i, name, typ)
	}
	w.p("</TABLE>")
	return w.String()
}

// port is the place of the first of some columns in the label of a table.
func port(t *schema.Table, columns []string) string {
	for i, c := range t.Columns {
		if len(columns) > 0 && c.Name == columns[0] {
			return fmt.Sprintf("c%d", i)
		}
	}
	return "c0"
}

// quoted returns a text as an ID of the language.
func quoted(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(visible(s)) + `"`
}
