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
	w.p("<section id=\"compare\" aria-labelledby=\"h-compare\">\n<h2 id=\"h-compare\">From % to %</h2>\n<div class=\"diff\">\n", cmp.Or(p.compare.from, "the empty database"), cmp.Or(p.compare.to, "the empty database"))
	if len(p.compare.tables) == 0 {
		w.p("<p>Nothing differs.</p>\n")
	}
	p.differences(w, p.compare.tables, "h3")
	w.p("</div>\n</section>\n")
}

// differences writes what differs, table by table. The element of the names is h3 or h4.
func (p *Page) differences(w *writer, all []tableDifference, heading markup) {
	for _, t := range all {
		name := t.name
		if name == "" {
			name = "beside the tables"
		}
		if heading == "h3" {
			w.p("<h3 class=\"d %\"><b class=\"g\">%</b> %</h3>\n", markup(t.word()), t.sign(), name)
		} else {
			w.p("<h4 class=\"d %\"><b class=\"g\">%</b> %</h4>\n", markup(t.word()), t.sign(), name)
		}
		w.p("<div class=\"wide\"><table class=\"d\"><tbody>\n")
		for _, d := range t.rows {
			w.p("<tr class=\"%\"><td class=\"g\">%<td>%<th>%", markup(d.word()), d.sign(), d.kind, d.name)
			if d.was != "" {
				w.p(" <small>was %</small>", d.was)
			}
			w.p("<td>")
			if d.old != "" && d.old != d.new {
				w.p("<del>%</del> ", d.old)
			}
			if d.new != "" {
				if d.old != "" && d.old != d.new || d.glyph == added {
					w.p("<ins>%</ins>", d.new)
				} else {
					w.p("<code>%</code>", d.new)
				}
			}
			w.p("\n")
		}
		w.p("</table></div>\n")
	}
}
