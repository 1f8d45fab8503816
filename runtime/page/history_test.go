package page

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/modelgen/modelgen/gen/optimize/optimizetest"
	"github.com/modelgen/modelgen/runtime/schema"
)

// TestStep applies random ops: a step ends as it would on a whole copy, and what it began with stays as it was.
func TestStep(t *testing.T) {
	text := func(s *schema.Schema) string {
		data, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	for seed := range uint64(300) {
		s, _ := optimizetest.Begin(seed, optimizetest.Options{Data: seed%3 == 0})
		for i, op := range optimizetest.List(seed, s, 30, optimizetest.Options{Data: seed%3 == 0}) {
			before, full := text(s), s.Clone()
			_ = op.Apply(full)
			next := step(s, ops(op))
			if text(s) != before {
				t.Fatalf("seed %d, op %d: %s changed what it was given", seed, i, op.Describe())
			}
			if got, want := text(next), text(full); got != want {
				t.Fatalf("seed %d, op %d: %s results in\n%s\nnot\n%s", seed, i, op.Describe(), got, want)
			}
			s = next
		}
	}
}

// TestHistory goes through random migrations: what the changes amount to is what the schemas say, and so is what lies between two of them.
func TestHistory(t *testing.T) {
	for seed := range uint64(60) {
		s, first := optimizetest.Begin(seed, optimizetest.Options{})
		var all []Migration
		list := append(first, optimizetest.List(seed, s, 40, optimizetest.Options{})...)
		for i := 0; i < len(list); i += 3 {
			m := Migration{Name: fmt.Sprintf("%04d_x", len(all)+1), Ops: ops(list[i:min(i+3, len(list))]...)}
			if i > 0 {
				m.Parents = []string{all[len(all)-1].Name}
			}
			all = append(all, m)
		}
		h := newHistory(all)
		says := func(s *schema.Schema) string {
			set := map[string]bool{}
			for _, t := range s.Tables {
				for _, o := range objectsOf(t) {
					set[t.Name+"/"+o.kind+"/"+o.name+"/"+o.only+"="+strings.TrimSpace(o.def+map[bool]string{true: " (" + o.only + ")"}[o.only != ""])] = true
				}
			}
			for _, o := range globals(s) {
				set["/"+o.kind+"/"+o.name+"/"+o.only+"="+strings.TrimSpace(o.def+map[bool]string{true: " (" + o.only + ")"}[o.only != ""])] = true
			}
			return fmt.Sprint(len(set), set)
		}
		told := func(at int) string {
			set := map[string]bool{}
			state := h.at(at)
			for i, e := range state {
				if e == nil {
					continue
				}
				table, only := "", ""
				if h.things[i].kind == kindTable {
					table = e.name
				} else if of := h.things[i].of; of >= 0 {
					table = state[of].name
				}
				if open := strings.LastIndex(e.def, "("); open >= 0 && (strings.HasSuffix(e.def, "(postgres)") || strings.HasSuffix(e.def, "(sqlite)")) && h.things[i].kind != kindColumn {
					only = e.def[open+1 : len(e.def)-1]
				}
				set[table+"/"+h.things[i].kind+"/"+e.name+"/"+only+"="+e.def] = true
			}
			return fmt.Sprint(len(set), set)
		}
		for i := range h.all {
			if got, want := told(i), says(h.after[i]); got != want {
				t.Fatalf("seed %d: after %s the changes say\n%s\nthe schema\n%s", seed, h.all[i].Name, got, want)
			}
		}
		for i := range h.all {
			if d := h.differences(h.at(i), h.at(i)); len(d) > 0 {
				t.Errorf("seed %d: %v differs from itself", seed, d)
			}
		}
	}
}

// TestLibrary: renames keep what something is, a merge changes nothing, and what a squash replaces is told by the squash.
func TestLibrary(t *testing.T) {
	h := newHistory(library().Migrations)
	for _, tt := range []struct{ from, to, want string }{
		{"0005", "0006", "~lendings: ~table lendings (was loans); ~foreign key loans_renewed_from_id_fkey | ~users: ~column full_name (was name)"},
		{"0004_book", "0005", "+book_author_notes: +table book_author_notes; +column id; +column body; +column book_id; +column author_id; +primary key book_author_notes_pkey; +foreign key book_author_notes_fkey | " +
			"+audit: +table audit; +column id; +column line; +primary key audit_pkey | +tags: +table tags; +column id; +column name; +primary key tags_pkey"},
		{"0004_notes", "0004_book", "-audit"}, {"0002", "0003_loans", ""}, {"0003_loans", "0003_squashed_0002_cards", ""}, {"0008", "0007", "~: -trigger touch on books; -view overdue"},
	} {
		c, err := h.between(tt.from, tt.to)
		if err != nil {
			t.Fatal(err)
		}
		var tables []string
		for _, d := range c.tables {
			var rows []string
			for _, r := range d.rows {
				row := string(r.glyph) + r.kind + " " + r.name
				if r.was != "" {
					row += " (was " + r.was + ")"
				}
				rows = append(rows, row)
			}
			tables = append(tables, string(d.glyph)+d.name+": "+strings.Join(rows, "; "))
		}
		got := strings.Join(tables, " | ")
		for part := range strings.SplitSeq(tt.want, " | ") {
			if !strings.Contains(got, part) || tt.want == "" && got != "" {
				t.Errorf("%s to %s: %s\nwant %s", tt.from, tt.to, got, tt.want)
			}
		}
	}
	for _, bad := range []string{"9", "000", ""} {
		if _, err := h.between("zero", bad); (err == nil) != (bad == "") {
			t.Errorf("%q: %v", bad, err)
		}
	}
	if got := h.all[h.heads()[0]].Name; got != "0008_view" || len(h.heads()) != 1 {
		t.Errorf("%v", h.heads())
	}
}

// TestDrawn: the drawing of a comparison has the tables that there are at its end, and those that it drops; the squash that stands for a point is named.
func TestDrawn(t *testing.T) {
	for _, tt := range []struct{ from, to, marks string }{
		{"0006", "0007", "audit dropped"}, // books altered
		{"0002", "0003_l", ""},
		{"0001", "0002", "cards added, lendings -, loans added, shelves added"},
		{"0004_notes", "0001", "audit dropped, loans dropped, shelves dropped, tags dropped"},
		{"0007", "zero", "books dropped, audit -"},
		{"0006", "", "audit dropped"},
	} {
		in := library()
		in.From, in.To = tt.from, tt.to
		p := New(in)
		var svg strings.Builder
		if err := p.SVG(&svg); err != nil {
			t.Fatal(err)
		}
		for want := range strings.SplitSeq(tt.marks, ", ") {
			name, word, ok := strings.Cut(want, " ")
			there := strings.Contains(svg.String(), ">"+name+"</text>")
			if ok && there != (word != "-") {
				t.Errorf("%s to %s: %s is drawn: %v", tt.from, tt.to, name, there)
			}
			if marked := regexp.MustCompile(`<g class="b h\d ` + word + `"[^>]*><rect[^>]*/><path[^>]*/><text[^>]*>` + name + `</text>`); ok && word != "-" && !marked.MatchString(svg.String()) {
				t.Errorf("%s to %s: %s is not %s", tt.from, tt.to, name, word)
			}
		}
	}
	in := library()
	in.From, in.To = "0002", "0004_notes"
	if p := New(in); !slices.Equal(p.compare.notes, []string{"0002_cards is replaced by 0003_squashed_0002_cards."}) || !strings.Contains(p.html(), "<p class=\"legend\">0002_cards is replaced by") {
		t.Errorf("%q", p.compare.notes)
	}
}

// TestGraph: what comes after a squash is drawn after it, beside what it stands for, of which a long line is folded; no line runs through a migration that
// it does not lead to.
func TestGraph(t *testing.T) {
	long := Input{Set: "long"}
	squash := Migration{Name: "0013_all"}
	for i := range 14 {
		m := Migration{Name: fmt.Sprintf("%04d_x", i)}
		if i > 0 {
			m.Parents = []string{long.Migrations[i-1].Name}
		}
		if long.Migrations = append(long.Migrations, m); i > 0 && i < 13 {
			squash.Replaces = append(squash.Replaces, m.Name)
		}
	}
	squash.Parents = []string{"0000_x"}
	long.Migrations = append(long.Migrations, squash)
	for _, tt := range []struct {
		in   Input
		want string // the nodes from above: lane, name, what they are based on
	}{
		{long, "0 0013_x < 0013_all; 0 0013_all < 0000_x; 1 0012_x < 0002_x+9; 1 0002_x+9 < 0001_x; 1 0001_x < 0000_x; 0 0000_x <"},
		{library(), "0 0008_view < 0007_drop; 0 0007_drop < 0006_rename; 0 0006_rename < 0005_merge; 0 0005_merge < 0004_notes 0004_book_shelf; 0 0004_notes < 0003_squashed_0002_cards; " +
			"1 0004_book_shelf < 0003_squashed_0002_cards; 0 0003_squashed_0002_cards < 0001_initial; 1 0003_loans < 0002_cards; 1 0002_cards < 0001_initial; 0 0001_initial <"},
	} {
		p := New(tt.in)
		nodes := p.graphNodes()
		arrange(nodes)
		name := func(n graphNode) string {
			text := p.history.all[n.at].Name
			if n.folded > 0 {
				text += fmt.Sprintf("+%d", n.folded)
			}
			return text
		}
		var all []string
		for row, n := range nodes {
			var text strings.Builder
			text.WriteString(fmt.Sprintf("%d %s <", n.lane, name(n)))
			for _, a := range n.above {
				text.WriteString(" " + name(nodes[a]))
				for between := row + 1; between < a; between++ {
					if nodes[between].lane == nodes[a].lane {
						t.Errorf("%s: the line from %s to %s runs through %s", tt.in.Set, name(n), name(nodes[a]), name(nodes[between]))
					}
				}
			}
			all = append(all, text.String())
		}
		if got := strings.Join(all, "; "); got != tt.want {
			t.Errorf("%s:\n%s\nwant\n%s", tt.in.Set, got, tt.want)
		}
	}
	if html := New(long).html(); !strings.Contains(html, ">10 migrations, replaced by 0013_all<") {
		t.Error("how many a squash stands for is not told")
	}
}

// TestTwoHeads: branches that have not met are shown side by side.
func TestTwoHeads(t *testing.T) {
	in := library()
	in.Migrations = in.Migrations[:5]
	p := New(in)
	if len(p.history.heads()) != 2 || p.schema.Table("audit") == nil || p.schema.Table("books").Column("shelf_id") == nil {
		t.Errorf("%v, %d tables", p.history.heads(), len(p.schema.Tables))
	}
	if html := p.html(); strings.Count(html, ">a head<") != 2 || !strings.Contains(html, "2 heads") {
		t.Error("the page does not tell the heads")
	}
}
