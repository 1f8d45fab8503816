package page

import (
	"cmp"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"slices"
	"strings"
)

var (
	//go:embed page.css
	pageCSS string
	//go:embed page.js
	pageJS string
)

// policy is what a browser lets the page do: to use its own style and its own script, and nothing else.
func policy(style, script string) string {
	hash := func(s string) string {
		sum := sha256.Sum256([]byte(s))
		return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
	}
	return "default-src 'none'; style-src " + hash(style) + "; script-src " + hash(script) + "; img-src data:; base-uri 'none'; form-action 'none'"
}

// html returns the whole page.
func (p *Page) html() string {
	w := new(writer)
	style, script := "\n"+pageCSS+diagramCSS, "\n"+pageJS
	w.p("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta http-equiv=\"Content-Security-Policy\" content=\"%\">\n", markup(policy(style, script)))
	w.p("<meta name=\"referrer\" content=\"no-referrer\">\n<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n")
	w.p("<title>%: tables and migrations</title>\n<link rel=\"icon\" href=\"data:,\">\n<style>%</style>\n</head>\n<body>\n", p.in.Set, markup(style))
	w.p("<a class=\"skip\" href=\"#list\">To the list of tables</a>\n")
	p.header(w)
	w.p("<div class=\"cols\">\n")
	p.list(w)
	w.p("<main id=\"main\">\n")
	p.comparison(w)
	p.drawing(w)
	p.tableSections(w)
	p.objectSections(w)
	p.timeline(w)
	w.p("</main>\n</div>\n<footer>Written by modelgen. All of the page is in this file: it loads nothing and sends nothing.</footer>\n")
	w.p("<script type=\"application/json\" id=\"data\">%</script>\n<script>%</script>\n</body>\n</html>\n", markup(p.data()), markup(script))
	return w.String()
}

func (p *Page) header(w *writer) {
	columns := 0
	for _, t := range p.schema.Tables {
		columns += len(t.Columns)
	}
	sum := []string{count(len(p.schema.Tables), "table", "tables"), count(columns, "column", "columns"), count(len(p.diagram.lines), "foreign key", "foreign keys")}
	if n := len(p.schema.SQLObjects) + len(p.schema.Enums); n > 0 {
		sum = append(sum, count(n, "other object", "other objects"))
	}
	sum = append(sum, count(len(p.history.all), "migration", "migrations"))
	if n := len(p.history.heads()); n > 1 {
		sum = append(sum, count(n, "head", "heads"))
	}
	var labels []string
	for _, d := range p.in.Databases {
		labels = append(labels, d.Label())
	}
	if len(labels) > 0 {
		sum = append(sum, strings.Join(labels, " and "))
	}
	w.p("<header>\n<div class=\"brand\"><h1>%</h1><p class=\"sum\">%</p></div>\n<nav aria-label=\"Parts of the page\"><a href=\"#diagram\">Diagram</a><a href=\"#tables\">Tables</a>", p.in.Set, strings.Join(sum, " \u00b7 "))
	if p.hasObjects() {
		w.p("<a href=\"#objects\">Objects</a>")
	}
	w.p("<a href=\"#migrations\">Migrations</a></nav>\n<div id=\"tools\"></div>\n</header>\n")
}

// list is the list of all tables, by groups.
func (p *Page) list(w *writer) {
	w.p("<nav id=\"list\" tabindex=\"-1\" aria-label=\"Tables\">\n<div id=\"find\"></div>\n")
	groups := map[string][]int{}
	var names []string
	for i, b := range p.diagram.tables {
		if groups[b.group] == nil {
			names = append(names, b.group)
		}
		groups[b.group] = append(groups[b.group], i)
	}
	slices.Sort(names)
	marks := p.marks()
	for _, g := range names {
		w.p("<h2>%</h2>\n", cmp.Or(g, "Tables"))
		w.p("<ul>\n")
		for _, i := range groups[g] {
			b := p.diagram.tables[i]
			w.p("<li><a href=\"#t-%\">%</a>", anchor(b.name), b.name)
			if m := marks[b.name]; m != 0 {
				w.p("<b class=\"g %\" title=\"%\">%</b>", markup(m.word()), m.word(), m.sign())
			}
			w.p("\n")
		}
		w.p("</ul>\n")
	}
	w.p("</nav>\n")
}

func (p *Page) drawing(w *writer) {
	w.p("<section id=\"diagram\" aria-labelledby=\"h-diagram\">\n<h2 id=\"h-diagram\">Diagram</h2>\n")
	if len(p.schema.Tables) == 0 {
		w.p("<p>There are no tables.</p>\n</section>\n")
		return
	}
	w.p("<p class=\"legend\">Lines run from a foreign key to what it refers to. <b>PK</b> primary key, <b>FK</b> foreign key, <b>U</b> unique, <b>?</b> may be NULL. ")
	if len(p.diagram.sheet.Frames) > 1 {
		w.p("References to another group are the names behind \u2192, and \u2190 counts who refers to a table. ")
	}
	if p.diagram.keys {
		w.p("Only keys are drawn; the sections below have all columns.")
	}
	w.p("</p>\n<div id=\"canvas\" class=\"canvas\" tabindex=\"0\" role=\"region\" aria-label=\"Diagram of the tables; the list of tables has the same as text\">\n")
	p.diagram.inline(w, p.marks())
	w.p("</div>\n</section>\n")
}
