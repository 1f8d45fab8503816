package page

import (
	_ "embed"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/runtime/page/internal/layout"
)

var (
	//go:embed diagram.css
	diagramCSS string
	//go:embed diagram_colors.css
	diagramColors string // of a drawing that is a file; in the page they are those of the page
)

// hues is how many colours there are for groups, see diagram.css.
const hues = 6

// file returns the drawing as a file of its own.
func (d *diagram) file(set string, marks map[string]glyph) string {
	w := new(writer)
	w.p(`<svg xmlns="http://www.w3.org/2000/svg" class="er" viewBox="0 0 % %" width="%" height="%" role="img" aria-labelledby="er-title er-desc"%>
`, d.sheet.W, d.sheet.H, d.sheet.W, d.sheet.H, unstyled)
	w.p("<title id=\"er-title\">Tables of %</title>\n<desc id=\"er-desc\">%</desc>\n", set, d.describe())
	w.p("<style>%</style>\n", markup("\n"+diagramColors+diagramCSS))
	w.p("<rect class=\"ground\" fill=\"none\" width=\"%\" height=\"%\"/>\n", d.sheet.W, d.sheet.H)
	d.draw(w, marks, false)
	w.p("</svg>\n")
	return w.String()
}

// describe says in words what the drawing shows.
func (d *diagram) describe() string {
	return count(len(d.tables), "table", "tables") + " and " + count(len(d.lines), "foreign key", "foreign keys") + "."
}

// inline writes the drawing as a part of the page, in which each table is a link to its section.
func (d *diagram) inline(w *writer, marks map[string]glyph) {
	w.p("<svg id=\"er\" class=\"er\" viewBox=\"0 0 % %\" width=\"%\" height=\"%\" role=\"group\" aria-labelledby=\"er-title\"%>\n<title id=\"er-title\">Diagram: %</title>\n",
		d.sheet.W, d.sheet.H, d.sheet.W, d.sheet.H, unstyled, d.describe())
	d.draw(w, marks, true)
	w.p("</svg>\n")
}

// unstyled is what a drawing looks like where styles are not allowed, with fill="none" on what would else be black: servers of artifacts do that.
const unstyled markup = ` font-family="monospace" font-size="12"`

// markers are the ends of lines: how many rows there are of the table at that end.
const markers markup = `<defs>
<marker id="m-many" class="m" fill="none" stroke="gray" viewBox="0 0 24 16" markerWidth="24" markerHeight="16" refX="23" refY="8" orient="auto-start-reverse" markerUnits="userSpaceOnUse"><circle cx="7" cy="8" r="3.5"/><path d="M11 8L23 2M11 8L23 14M11 8H23"/></marker>
<marker id="m-lone" class="m" fill="none" stroke="gray" viewBox="0 0 24 16" markerWidth="24" markerHeight="16" refX="23" refY="8" orient="auto-start-reverse" markerUnits="userSpaceOnUse"><circle cx="9" cy="8" r="3.5"/><path d="M15.5 3V13"/></marker>
<marker id="m-one" class="m" fill="none" stroke="gray" viewBox="0 0 24 16" markerWidth="24" markerHeight="16" refX="23" refY="8" orient="auto-start-reverse" markerUnits="userSpaceOnUse"><path d="M12 3V13M15.5 3V13"/></marker>
</defs>
`

// draw writes frames, lines and tables.
func (d *diagram) draw(w *writer, marks map[string]glyph, links bool) {
	w.p(markers)
	hue := map[string]int{}
	for _, f := range d.sheet.Frames {
		hue[f.Name] = 0
	}
	names := slices.Sorted(maps.Keys(hue))
	for i, n := range names {
		hue[n] = i % hues
	}
	if len(d.sheet.Frames) > 1 {
		w.p("<g class=\"frames\">\n")
		for _, f := range d.sheet.Frames {
			w.p("<rect class=\"h%\" fill=\"none\" stroke=\"gray\" x=\"%\" y=\"%\" width=\"%\" height=\"%\" rx=\"12\"/><text x=\"%\" y=\"%\">%</text>\n", hue[f.Name], f.X, f.Y, f.W, f.H, f.X+18, f.Y+29, short(f.Name))
		}
		w.p("</g>\n")
	}
	w.p("<g class=\"lines\" fill=\"none\" stroke=\"gray\" aria-hidden=\"true\">\n")
	for i, l := range d.lines {
		if l.route == nil {
			continue
		}
		from, to := markup("many"), markup("one")
		if l.one {
			from = "lone"
		}
		if l.optional {
			to = "lone"
		}
		if links {
			w.p("<path data-l=\"%\" ", i)
		} else {
			w.p("<path ")
		}
		w.p("d=\"%\" marker-start=\"url(#m-%)\" marker-end=\"url(#m-%)\"/>\n", rounded(l.route), from, to)
	}
	w.p("</g>\n<g class=\"boxes\">\n")
	for i, b := range d.tables {
		d.box(w, i, b, hue[b.group], marks[b.name], links)
	}
	w.p("</g>\n")
	if links && len(d.sheet.Frames) > 1 { // for a look from afar
		w.p("<g aria-hidden=\"true\">\n")
		for _, f := range d.sheet.Frames {
			name := short(f.Name)
			size := max(14, min(90, f.W*9/10/max(4, width(name, 12)/7), f.H/3)) // as large as there is room
			w.p("<text class=\"fl\" display=\"none\" x=\"%\" y=\"%\" font-size=\"%\">%</text>\n", f.X+f.W/2, f.Y+f.H/2+size/3, size*3/2, name)
		}
		w.p("</g>\n")
	}
}

func (d *diagram) box(w *writer, i int, b *box, hue int, mark glyph, links bool) {
	at := d.sheet.At[i]
	class := fmt.Sprintf("b h%d", hue)
	if mark != 0 {
		class += " " + mark.word()
	}
	if links {
		w.p("<a href=\"#t-%\" id=\"b%\" class=\"%\" transform=\"translate(% %)\" aria-label=\"%\">", anchor(b.name), i, class, at.X, at.Y, b.labels)
	} else {
		w.p("<g class=\"%\" transform=\"translate(% %)\">", class, at.X, at.Y)
	}
	if short(b.name) != b.name {
		w.p("<title>%</title>", b.name)
	}
	w.p("<rect class=\"bx\" fill=\"none\" stroke=\"gray\" width=\"%\" height=\"%\" rx=\"6\"/><path class=\"bh\" fill=\"none\" d=\"M1 %V6Q1 1 6 1H%Q% 1 % 6V%Z\"/><text class=\"bn\" x=\"10\" y=\"18\">%</text>",
		b.w, b.h, headHeight, b.w-6, b.w-1, b.w-1, headHeight, short(b.name))
	switch {
	case mark != 0:
		w.p("<text class=\"bm\" x=\"%\" y=\"19\">%</text>", b.w-10, mark.sign())
	case b.into > 0:
		w.p("<text class=\"bi\" x=\"%\" y=\"18\">\u2190%</text>", b.w-10, b.into)
	}
	y := headHeight + 13
	for _, r := range b.rows {
		if r.key != "" {
			w.p("<text class=\"bk\" x=\"10\" y=\"%\">%</text>", y, r.key)
		}
		w.p("<text x=\"%\" y=\"%\">", gutter, y)
		if short(r.name) != r.name {
			w.p("<title>%</title>", r.name)
		}
		w.p("%</text><text class=\"%\" x=\"%\" y=\"%\">%</text>", short(r.name), map[bool]markup{true: "bc", false: "bt"}[len(r.chips) > 0], b.w-10, y, r.right())
		y += rowHeight
	}
	if b.more > 0 {
		w.p("<text class=\"bt s\" x=\"%\" y=\"%\">+ %</text>", gutter, y, count(b.more, "column", "columns"))
	}
	if links {
		w.p("</a>\n")
	} else {
		w.p("</g>\n")
	}
}

// rounded returns the path along corners that are rounded off.
func rounded(points []layout.Point) string {
	var b strings.Builder
	fmt.Fprintf(&b, "M%d %d", points[0].X, points[0].Y)
	for i := 1; i < len(points); i++ {
		q := points[i]
		if i+1 == len(points) {
			along(&b, points[i-1], q)
			break
		}
		r := min(6, distance(points[i-1], q)/2, distance(q, points[i+1])/2)
		along(&b, points[i-1], towards(q, points[i-1], r))
		out := towards(q, points[i+1], r)
		fmt.Fprintf(&b, "Q%d %d %d %d", q.X, q.Y, out.X, out.Y)
	}
	return b.String()
}

func along(b *strings.Builder, a, q layout.Point) {
	if a.Y == q.Y {
		fmt.Fprintf(b, "H%d", q.X)
		return
	}
	fmt.Fprintf(b, "V%d", q.Y)
}

func distance(a, b layout.Point) int { return abs(a.X-b.X) + abs(a.Y-b.Y) }

func abs(n int) int { return max(n, -n) }

// towards returns the point that lies r from a on the way to b.
func towards(a, b layout.Point, r int) layout.Point {
	sign := func(n int) int { return min(1, max(-1, n)) }
	return layout.Point{X: a.X + sign(b.X-a.X)*r, Y: a.Y + sign(b.Y-a.Y)*r}
}
