package page

import "cmp"

// marks returns what a comparison says of tables, for the diagram; nil without one.
func (p *Page) marks() map[string]glyph {
	if p.compare == nil {
		return nil
	}
	marks := map[string]glyph{}
	for _, t := range p.compare.tables {
		if t.name != "" {
			marks[t.name] = t.glyph
		}
	}
	return marks
}

// comparison writes what differs between two points. The script writes the same for two points that are chosen in the page.
func (p *Page) comparison(w *writer) {
	if p.compare == nil {
		return
	}
	w.p("<section id=\"compare\" aria-labelledby=\"h-compare\">\n<h2 id=\"h-compare\">From % to %</h2>\n", cmp.Or(p.compare.from, "the empty database"), cmp.Or(p.compare.to, "the empty database"))
	for _, n := range p.compare.notes {
		w.p("<p class=\"legend\">%</p>\n", n)
	}
	w.p("<div class=\"diff\">\n")
	if len(p.compare.tables) == 0 {
		w.p("<p>Nothing differs.</p>\n")
	}
	p.differences(w, p.compare.tables)
	w.p("</div>\n</section>\n")
}

// differences writes what differs, table by table.
func (p *Page) differences(w *writer, all []tableDifference) {
	for _, t := range all {
		w.p("<h3 class=\"d %\"><b class=\"g\">%</b> %</h3>\n", markup(t.word()), t.sign(), cmp.Or(t.name, "beside the tables"))
		w.p("<div class=\"wide\"><table class=\"d\"><tbody>\n")
		for _, d := range t.rows {
			w.p("<tr class=\"%\"><td class=\"g\">%<td>%<th>%", markup(d.word()), d.sign(), d.kind, d.name)
			if d.was != "" {
				w.p(" <small>was %</small>", d.was)
			}
			w.p("<td>")
			d.definitions(w)
			w.p("\n")
		}
		w.p("</table></div>\n")
	}
}

// briefly writes the same in fewer tags, for what each of many migrations changes.
func (p *Page) briefly(w *writer, all []tableDifference) {
	w.p("<dl class=\"d\">\n")
	for _, t := range all {
		w.p("<dt class=\"%\">% %\n", markup(t.word()), t.sign(), cmp.Or(t.name, "beside the tables"))
		for _, d := range t.rows {
			w.p("<dd class=\"%\">% % <b>%</b> ", markup(d.word()), d.sign(), d.kind, d.name)
			if d.was != "" {
				w.p("<small>was %</small> ", d.was)
			}
			d.definitions(w)
			w.p("\n")
		}
	}
	w.p("</dl>\n")
}

// definitions writes what something was and what it is.
func (d difference) definitions(w *writer) {
	if d.old != "" && d.old != d.new {
		w.p("<del>%</del> ", d.old)
	}
	switch {
	case d.new == "":
	case d.old != "" && d.old != d.new || d.glyph == added:
		w.p("<ins>%</ins>", d.new)
	default:
		w.p("<code>%</code>", d.new)
	}
}
