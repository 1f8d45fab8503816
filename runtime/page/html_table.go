package page

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// tableSections writes a section for each table.
func (p *Page) tableSections(w *writer) {
	w.p("<section id=\"tables\" aria-labelledby=\"h-tables\">\n<h2 id=\"h-tables\">Tables</h2>\n")
	if len(p.schema.Tables) > 0 {
		w.p("<p class=\"legend\">What has no migration beside it came with its table.</p>\n")
	} else {
		w.p("<p>There are none.</p>\n")
	}
	for i, t := range p.schema.Tables {
		p.table(w, i, t)
	}
	w.p("</section>\n")
}

func (p *Page) table(w *writer, i int, t *schema.Table) {
	id := anchor(t.Name)
	w.p("<section class=\"t\" id=\"t-%\">\n<h3>%</h3>\n", id, t.Name)
	var notes []string
	if place := p.in.Places[t.Name]; place != "" {
		notes = append(notes, place)
	}
	plain := *t
	plain.Comment = ""
	if words := tableWords(&plain); words != "" {
		notes = append(notes, words)
	}
	if len(notes) > 0 {
		w.p("<p class=\"place\">%</p>\n", strings.Join(notes, " \u00b7 "))
	}
	if t.Comment != "" {
		w.p("<p>%</p>\n", t.Comment)
	}
	w.p("<div class=\"near\" data-t=\"%\"></div>\n", i)
	p.columns(w, t)
	p.constraints(w, t)
	p.rows(w, t)
	p.references(w, i)
	p.standsOn(w, t)
	p.touched(w, t)
	w.p("</section>\n")
}

// columns writes the table of the columns. Where databases spell types in different ways each has a column.
func (p *Page) columns(w *writer, t *schema.Table) {
	types := make([][]string, len(t.Columns))
	several := false
	for i, c := range t.Columns {
		types[i] = p.types(t, c)
		for _, s := range types[i] {
			several = several || s != types[i][0]
		}
	}
	w.p("<div class=\"wide\"><table class=\"c%\"><thead><tr><th>Column", max(1, len(p.in.Databases)*bit(several)))
	if several {
		for _, d := range p.in.Databases {
			w.p("<th>%", d.Label())
		}
	} else {
		w.p("<th>Type")
	}
	w.p("<th>Null<th>Default<th>Key")
	if slices.ContainsFunc(t.Columns, func(c schema.Column) bool { return len(p.blamed(t.Name, key{kindColumn, c.Name, ""})) > 0 }) {
		w.p("<th>Migrations")
	}
	w.p("<tbody>\n")
	for i, c := range t.Columns {
		w.p("<tr><th>%", c.Name)
		if c.Comment != "" {
			w.p("<small>%</small>", c.Comment)
		}
		for k, typ := range types[i] {
			if k == 0 || several {
				w.p("<td>%", typ)
			}
		}
		w.cells(
			func(w *writer) { w.p("%", map[bool]markup{true: "NULL"}[c.Nullable]) },
			func(w *writer) {
				if def := defaultWords(c); def != "" {
					w.p("<code>%</code>", def)
				}
			},
			func(w *writer) { w.p("%", keysOf(t, c.Name)) },
			func(w *writer) { p.blame(w, t.Name, key{kindColumn, c.Name, ""}) })
		w.p("\n")
	}
	w.p("</table></div>\n")
}

// types returns the type of a column on each database; without databases it is that of the schema.
func (p *Page) types(t *schema.Table, c schema.Column) []string {
	var all []string
	for _, d := range p.in.Databases {
		own := c.TypeOn(d.Dialect.Name()).String()
		if namer, ok := d.Dialect.(migrate.TypeNamer); ok {
			own = cmp.Or(namer.TypeName(t, c), own)
		}
		if collate := cmp.Or(c.CollateFor[d.Dialect.Name()], c.Collate); collate != "" {
			own += " collate " + collate
		}
		all = append(all, own)
	}
	if len(all) == 0 {
		all = []string{c.Type.String()}
	}
	return all
}

// defaultWords says where values come from that no program gives.
func defaultWords(c schema.Column) string {
	var all []string
	switch {
	case c.Identity:
		all = append(all, "identity")
	case c.Generated != "":
		all = append(all, "generated ("+c.Generated+")")
	case c.Default != nil && c.Type.Literal() == schema.QuotedLiteral:
		all = append(all, "'"+strings.ReplaceAll(*c.Default, "'", "''")+"'")
	case c.Default != nil:
		all = append(all, *c.Default)
	case c.DefaultExpr != "":
		all = append(all, c.DefaultExpr)
	}
	for _, d := range slices.Sorted(maps.Keys(c.DefaultFor)) {
		all = append(all, d+": "+c.DefaultFor[d])
	}
	return strings.Join(all, "; ")
}

// born returns the migration in which a table came, -1 where that is not known.
func (p *Page) born(table string) int {
	if t, ok := p.history.now[table][key{kindTable, table, ""}]; ok && len(p.history.things[t.thing].events) > 0 {
		return p.history.things[t.thing].events[0]
	}
	return -1
}

// blamed returns the migrations that made and changed an object, none for one that came with its table and is as it was then, as most are.
func (p *Page) blamed(table string, k key) []int {
	e, ok := p.history.now[table][k]
	if !ok {
		return nil
	}
	events := p.history.things[e.thing].events
	if k.kind != kindTable && len(events) == 1 && events[0] == p.born(table) {
		return nil
	}
	return events
}

// blame writes these migrations. That in which the table came is no link: there would be one on many lines.
func (p *Page) blame(w *writer, table string, k key) {
	born := p.born(table)
	for n, i := range p.blamed(table, k) {
		if n > 0 {
			w.p(" ")
		}
		if i == born {
			w.p("%", p.history.label(i))
			continue
		}
		p.migrationLink(w, i)
	}
}

func (p *Page) migrationLink(w *writer, i int) {
	m := p.history.all[i]
	w.p("<a href=\"#m-%\">%</a>", anchor(m.Name), p.history.label(i))
}

// label is a short name of a migration: its number, where no other one has that.
func (h *history) label(i int) string {
	if h.labels == nil {
		h.labels = make([]string, len(h.all))
		seen := map[string]int{}
		for i, m := range h.all {
			h.labels[i] = m.Name
			if number, _, ok := strings.Cut(m.Name, "_"); ok && strings.Trim(number, "0123456789") == "" && number != "" {
				h.labels[i] = number
			}
			seen[h.labels[i]]++
		}
		for i, m := range h.all {
			if seen[h.labels[i]] > 1 {
				h.labels[i] = m.Name
			}
		}
	}
	return h.labels[i]
}

// constraints writes the constraints and indexes of a table.
func (p *Page) constraints(w *writer, t *schema.Table) {
	all := slices.DeleteFunc(objectsOf(t), func(o object) bool { return o.kind == kindTable || o.kind == kindColumn || o.kind == kindRow })
	if len(all) == 0 {
		return
	}
	w.p("<h4>Constraints and indexes</h4>\n<div class=\"wide\"><table class=\"k\"><thead><tr><th>Name<th>Kind<th>Definition")
	if slices.ContainsFunc(all, func(o object) bool { return len(p.blamed(t.Name, key{o.kind, o.name, o.only})) > 0 }) {
		w.p("<th>Migrations")
	}
	w.p("<tbody>\n")
	for _, o := range all {
		w.p("<tr><th>%<td>%", o.name, o.kind)
		if o.only != "" {
			w.p(" <span class=\"badge\">% only</span>", o.only)
		}
		if before, after, ok := strings.Cut(o.def, " refers to "); ok && o.kind == kindForeignKey {
			to, rest, _ := strings.Cut(after, " (")
			if p.schema.Table(to) != nil {
				w.p("<td>% refers to <a href=\"#t-%\">%</a> (%", before, anchor(to), to, rest)
			} else {
				w.p("<td>%", o.def)
			}
		} else {
			w.p("<td>%", o.def)
		}
		w.cells(func(w *writer) { p.blame(w, t.Name, key{o.kind, o.name, o.only}) })
		w.p("\n")
	}
	w.p("</table></div>\n")
}

// rows writes the rows that belong to the schema.
func (p *Page) rows(w *writer, t *schema.Table) {
	if len(t.Rows.Rows) == 0 {
		return
	}
	w.p("<h4>Declared rows</h4>\n<div class=\"wide\"><table class=\"k\"><thead><tr><th>%<th>Values<th>Migrations<tbody>\n", strings.Join(t.Rows.Key, ", "))
	for _, row := range t.Rows.Rows {
		w.p("<tr><th>%<td>%", t.Rows.Name(row), rowWords(t, row))
		w.cells(func(w *writer) { p.blame(w, t.Name, key{kindRow, t.Rows.Name(row), ""}) })
		w.p("\n")
	}
	w.p("</table></div>\n")
}

// references writes who refers to a table. What it refers to itself is among its constraints.
func (p *Page) references(w *writer, i int) {
	open := false
	for _, l := range p.diagram.lines {
		if l.to != i {
			continue
		}
		if !open {
			w.p("<h4>Referred to by</h4>\n<ul class=\"refs\">\n")
			open = true
		}
		name := p.diagram.tables[l.from].name
		words := strings.Join(l.key.Columns, ", ")
		if l.key.OnDelete != "" {
			words += ", on delete " + strings.ToLower(string(l.key.OnDelete))
		}
		if l.key.OnUpdate != "" {
			words += ", on update " + strings.ToLower(string(l.key.OnUpdate))
		}
		w.p("<li><a href=\"#t-%\">%</a> <small>%</small>\n", anchor(name), name, words)
	}
	if open {
		w.p("</ul>\n")
	}
}

// standsOn writes the triggers, policies and the like of a table.
func (p *Page) standsOn(w *writer, t *schema.Table) {
	open := false
	for _, o := range p.schema.SQLObjects {
		if o.Table != t.Name && !(o.Kind == schema.RowSecurityKind && o.Name == t.Name) {
			continue
		}
		if !open {
			w.p("<h4>On this table</h4>\n<ul class=\"refs\">\n")
			open = true
		}
		w.p("<li><a href=\"#o-%\">%</a>", anchor(objectID(o)), o.String())
		if o.Only != "" {
			w.p(" <span class=\"badge\">% only</span>", o.Only)
		}
		w.p("\n")
	}
	if open {
		w.p("</ul>\n")
	}
}

// touched writes the migrations that changed a table or something of it.
func (p *Page) touched(w *writer, t *schema.Table) {
	seen, linked := map[int]bool{}, map[int]bool{} // above
	born := p.born(t.Name)
	for k, e := range p.history.now[t.Name] {
		for _, i := range p.history.things[e.thing].events {
			seen[i] = true
			linked[i] = linked[i] || k.kind != kindTable && i != born
		}
	}
	for i, th := range p.history.things { // what is gone of it
		if e, ok := p.history.now[t.Name][key{kindTable, t.Name, ""}]; ok && th.of == e.thing && i != e.thing {
			for _, m := range th.events {
				seen[m] = true
			}
		}
	}
	if len(seen) == 0 {
		return
	}
	w.p("<p class=\"place\">Made and changed by ")
	for n, i := range slices.Sorted(maps.Keys(seen)) {
		if n > 0 {
			w.p(", ")
		}
		if linked[i] {
			w.p("%", p.history.label(i))
			continue
		}
		p.migrationLink(w, i)
	}
	w.p("</p>\n")
}

func objectID(o schema.SQLObject) string { return strings.Trim(o.String()+" "+o.Only, " ") }

func (p *Page) hasObjects() bool {
	return len(p.schema.SQLObjects)+len(p.schema.Enums)+len(p.schema.Objects) > 0
}

// objectSections writes what stands beside the tables.
func (p *Page) objectSections(w *writer) {
	if !p.hasObjects() {
		return
	}
	w.p("<section id=\"objects\" aria-labelledby=\"h-objects\">\n<h2 id=\"h-objects\">Views, functions and other objects</h2>\n")
	for _, e := range p.schema.Enums {
		w.p("<section class=\"o\" id=\"o-%\"><h3>enum %</h3>\n<p>%</p>\n<p class=\"place\">", anchor("enum "+e.Name), e.Name, strings.Join(e.Values, ", "))
		p.blame(w, "", key{kindEnum, e.Name, ""})
		w.p("</p></section>\n")
	}
	for _, o := range p.schema.SQLObjects {
		w.p("<section class=\"o\" id=\"o-%\"><h3>%", anchor(objectID(o)), o.String())
		if o.Only != "" {
			w.p(" <span class=\"badge\">% only</span>", o.Only)
		}
		w.p("</h3>\n")
		if p.schema.Table(o.Table) != nil {
			w.p("<p>On <a href=\"#t-%\">%</a></p>\n", anchor(o.Table), o.Table)
		}
		if sql := strings.TrimSpace(o.Head + "\n" + string(o.SQL)); sql != "" {
			w.p("<pre>%</pre>\n", sql)
		}
		w.p("<p class=\"place\">")
		p.blame(w, "", key{string(o.Kind), strings.TrimPrefix(o.String(), string(o.Kind)+" "), o.Only})
		w.p("</p></section>\n")
	}
	for _, o := range p.schema.Objects {
		w.p("<section class=\"o\"><h3>%", o.String())
		if o.Only != "" {
			w.p(" <span class=\"badge\">% only</span>", o.Only)
		}
		w.p("</h3><p>Made by a step that is written by hand.</p></section>\n")
	}
	w.p("</section>\n")
}
