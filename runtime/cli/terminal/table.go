package terminal

import (
	"strings"
	"unicode/utf8"
)

// Cell is a text of a table, and how it looks.
type Cell struct {
	Style Style // "" is plain
	Text  string
}

// Cells returns texts as cells without a style.
func Cells(texts ...string) (all []Cell) {
	for _, t := range texts {
		all = append(all, Cell{"", t})
	}
	return all
}

// Table returns rows as texts without the end of their last line. Columns are as wide as the longest of their cells that others follow, in rows that
// follow each other, as those of text/tabwriter with two spaces between them. A row that is wider than width goes on in lines below it, which are
// indented further: no cell is ever cut, as names are there to be told apart and to be copied. A width of 0 is no limit; on says whether there are colours.
func Table(rows [][]Cell, indent, width int, on bool) []string {
	const gap = 2
	widths := make([][]int, len(rows)) // of each cell that another one follows, with the gap
	for i, row := range rows {
		for j := range max(len(row)-1, 0) {
			w := Columns(row[j].Text) + gap
			if i > 0 && j < len(widths[i-1]) {
				w = max(w, widths[i-1][j])
			}
			widths[i] = append(widths[i], w)
		}
	}
	for i := len(rows) - 2; i >= 0; i-- {
		for j := range widths[i] {
			if j < len(widths[i+1]) {
				widths[i][j] = max(widths[i][j], widths[i+1][j])
			}
		}
	}
	out := make([]string, len(rows))
	for i, row := range rows {
		out[i] = tableRow(row, widths[i], indent, width, on)
	}
	return out
}

// tableRow writes one row, whose cells but the last have those widths.
func tableRow(row []Cell, widths []int, indent, width int, on bool) string {
	for n := len(row); n > 0 && row[n-1].Text == ""; n-- { // nothing is behind the text of a line
		row = row[:n-1]
	}
	fits := indent
	for j, c := range row {
		if j < len(row)-1 {
			fits += widths[j]
		} else {
			fits += Columns(c.Text)
		}
	}
	var b strings.Builder
	b.WriteString(strings.Repeat(" ", indent))
	at, pad, folded := indent, 0, false
	for j, c := range row {
		n := Columns(c.Text)
		if at+pad+n > width && width > 0 { // closer to the one before it, where it fits then
			pad = min(pad, 2)
		}
		switch further := min(indent+4, max(width/2, 0)); {
		case width <= 0 || fits <= width || at+pad+n <= width:
			b.WriteString(strings.Repeat(" ", pad))
			at += pad
			writeCell(&b, c, on)
		case j > 0 && further+n <= width:
			b.WriteString("\n" + strings.Repeat(" ", further))
			at, folded = further, true
			writeCell(&b, c, on)
		default: // wrapped at its words, from a line of its own
			if j > 0 {
				b.WriteString("\n" + strings.Repeat(" ", further))
			} else {
				further = indent
			}
			lines := strings.Split(Wrap(c.Text, max(width-further, 1), 0), "\n")
			for k, line := range lines {
				if k > 0 {
					b.WriteString("\n" + strings.Repeat(" ", further))
				}
				writeCell(&b, Cell{c.Style, line}, on)
			}
			at, n, folded = further, Columns(lines[len(lines)-1]), true
		}
		at += n
		if j < len(widths) {
			if pad = widths[j] - n; folded {
				pad = 2
			}
			pad = max(pad, 2)
		}
	}
	return b.String()
}

func writeCell(b *strings.Builder, c Cell, on bool) {
	b.WriteString(Paint(on && c.Style != "", c.Style, c.Text))
}

// Fold breaks the lines of a text where they reach the width, be it within a word: for what must not be wider. Escape sequences of colours take no room;
// they end with the line that they stand in.
func Fold(text string, width int) []string {
	var out []string
	for line := range strings.SplitSeq(text, "\n") {
		out = append(out, foldLine(line, max(width, 2))...)
	}
	return out
}

func foldLine(line string, width int) (out []string) {
	var b strings.Builder
	at, style := 0, ""
	for len(line) > 0 {
		if end := strings.IndexByte(line, 'm'); strings.HasPrefix(line, "\x1b[") && end > 0 {
			style = line[:end+1]
			b.WriteString(style)
			line = line[end+1:]
			continue
		}
		r, size := utf8.DecodeRuneInString(line)
		n := columns(r)
		if at+n > width {
			if style == reset {
				style = ""
			}
			end := ""
			if style != "" {
				end = reset
			}
			out = append(out, b.String()+end)
			b.Reset()
			b.WriteString(style)
			at = 0
		}
		b.WriteString(line[:size])
		at += n
		line = line[size:]
	}
	return append(out, b.String())
}
