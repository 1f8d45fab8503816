package page

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

var (
	update = flag.Bool("update", false, "write the golden files")
	out    = flag.String("out", "", "write pages to look at into this directory")
)

// evil are texts that try to leave the place where they are written.
var evil = []string{
	`</script><script>hacked=1</script>`, `"><img src=x onerror=hacked=2>`, `' onload='hacked=3`, `<!--`, `]]></svg><svg onload=hacked=4>`,
	"a\u202eb", "new\nline", `{{.}}%s`, `&lt;b&gt;`, `</style><style>*{display:none}`, "日本語の長い名前のテーブル и кириллица", `javascript:hacked=5`, `-->`, `\u003cscript>`,
}

// hostile adds tables and a migration to an input in which every text is one of those.
func hostile(in Input) Input {
	var all []Op
	for i, e := range evil {
		t := table(e, []schema.ColumnDef{
			schema.Column{Name: e + "c", Type: schema.Type{Kind: schema.KindOther, Name: e}, Comment: e, Default: &evil[i]},
			schema.Column{Name: e + "d", Type: schema.Type{Kind: schema.KindText}, DefaultExpr: e, Collate: e},
		})
		t.Comment = e
		t.Columns = append(t.Columns, schema.BigInt("to").Null())
		t.ForeignKeys = []schema.ForeignKey{{Name: e + "f", Columns: []string{"to"}, RefTable: evil[i/2], RefColumns: []string{"id"}}}
		t.Checks = []schema.Check{{Name: e + "k", Expr: e}}
		t.Indexes = []schema.Index{{Name: e + "x", Parts: []schema.IndexPart{{Expr: e}}, Where: e}}
		all = append(all, Op{Value: t}, Op{Value: migrate.CreateEnum{Name: e + "e", Values: []string{e}}},
			Op{Value: migrate.CreateView{Name: e + "v", Query: e}}, Op{Says: e})
	}
	newest := in.Migrations[len(in.Migrations)-2]
	in.Migrations = append(slices.Clone(in.Migrations), Migration{Name: "0009_" + evil[0], Parents: []string{newest.Name, evil[1]}, Ops: all, Place: evil[2], State: evil[3], When: evil[4],
		Findings: []Finding{{Severity: evil[0], Code: evil[1], Message: evil[2], Safe: evil[3], Place: evil[4]}}})
	in.Set += evil[0]
	in.Schema = New(in).schema
	for _, op := range all {
		if t, ok := op.Value.(migrate.CreateTable); ok {
			in.Schema.PutTable(t.Definition()) // no migration makes those whose names hold a dot or an end of line
		}
	}
	in.Places = map[string]string{evil[0]: evil[1]}
	return in
}

// TestHostile: whatever names, comments and statements hold, the page has its own elements alone, and the drawing is XML.
func TestHostile(t *testing.T) {
	in := hostile(library())
	in.From = "0002"
	p := New(in)
	if p.err != nil {
		t.Fatal(p.err)
	}
	html := p.html()
	known := strings.Fields("!doctype html head meta title link style body a header div h1 h2 h3 h4 p nav ul li dl dt dd main section article svg defs marker circle path g rect text tspan table thead tbody tr th td code small span b details summary pre footer script del ins")
	_, body, _ := strings.Cut(html, "</style>\n</head>")
	body = body[:strings.LastIndex(body, "<script>")] + "</body></html>"
	attribute := regexp.MustCompile(`\s([a-zA-Z][\w:-]*)(?:="[^"<]*")?`)
	for _, tag := range regexp.MustCompile(`<(/?)([^\s>]*)([^>]*)>`).FindAllStringSubmatch(body, -1) {
		if !slices.Contains(known, tag[2]) {
			t.Errorf("an element that the page does not have: %.100q", tag[0])
		}
		rest := attribute.ReplaceAllString(strings.TrimSuffix(tag[3], "/"), "")
		if strings.TrimSpace(rest) != "" {
			t.Errorf("not only attributes: %.200q has %.100q", tag[0], rest)
		}
		for _, a := range attribute.FindAllStringSubmatch(tag[3], -1) {
			if strings.HasPrefix(a[1], "on") || a[1] == "style" || a[1] == "src" {
				t.Errorf("the attribute %s in %.100q", a[1], tag[0])
			}
		}
	}
	if strings.Contains(html, "\u202e") {
		t.Error("a character that turns the direction of writing is in the page")
	}
	if n := strings.Count(html, "<script"); n != 2 {
		t.Errorf("%d scripts", n)
	}
	var data pageData
	_, raw, _ := strings.Cut(html, `id="data">`)
	raw, _, _ = strings.Cut(raw, "</script>")
	if err := json.Unmarshal([]byte(raw), &data); err != nil || !slices.Contains(data.S, evil[0]) {
		t.Errorf("data of the script: %v", err)
	}
	for _, href := range regexp.MustCompile(`href="([^"]*)"`).FindAllStringSubmatch(html, -1) {
		if !regexp.MustCompile(`^(#[\w.~-]+|data:,)$`).MatchString(href[1]) {
			t.Errorf("the address %q", href[1])
		}
	}
	var svg, dot bytes.Buffer
	if err := errors.Join(p.SVG(&svg), p.DOT(&dot)); err != nil {
		t.Fatal(err)
	}
	for d := xml.NewDecoder(&svg); ; {
		tok, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatalf("the drawing is no XML: %v", err)
		}
		if s, ok := tok.(xml.StartElement); ok && !slices.Contains(known, s.Name.Local) && s.Name.Local != "desc" {
			t.Errorf("the drawing has the element %s", s.Name.Local)
		}
	}
	for line := range strings.Lines(dot.String()) {
		if strings.Count(strings.NewReplacer(`\\`, "", `\"`, "").Replace(line), `"`)%2 != 0 {
			t.Errorf("unbalanced quotes: %s", line)
		}
	}
}

// TestLinks: every address in the page is that of an element, no id is there twice, and nothing is loaded from anywhere.
func TestLinks(t *testing.T) {
	for _, in := range []Input{library(), hostile(library()), large(40, 10), {Set: "empty"}} {
		html := New(in).html()
		ids := map[string]int{}
		for _, m := range regexp.MustCompile(` id="([^"]*)"`).FindAllStringSubmatch(html, -1) {
			if ids[m[1]]++; ids[m[1]] > 1 {
				t.Errorf("%s: the id %s is there twice", in.Set, m[1])
			}
		}
		_, body, _ := strings.Cut(html, "</head>")
		body = body[:strings.LastIndex(body, "<script>")]
		for _, m := range regexp.MustCompile(`(?:href="#|aria-labelledby="|url\(#)([^"\s)]*)`).FindAllStringSubmatch(body, -1) {
			if ids[m[1]] == 0 {
				t.Errorf("%s: #%s leads nowhere", in.Set, m[1])
			}
		}
		if m := regexp.MustCompile(`(?:href|src|action)="(?:https?:)?//[^"]*`).FindString(body); m != "" {
			t.Errorf("%s: the page loads %s", in.Set, m)
		}
	}
}

// TestPermutation: the order in which tables and migrations come changes nothing.
func TestPermutation(t *testing.T) {
	for _, in := range []Input{library(), large(80, 30)} {
		want := New(in)
		in.Schema = want.schema
		for seed := range uint64(4) {
			r := rand.New(rand.NewPCG(seed, 3))
			again := in
			again.Migrations = slices.Clone(in.Migrations)
			r.Shuffle(len(again.Migrations), func(i, j int) {
				again.Migrations[i], again.Migrations[j] = again.Migrations[j], again.Migrations[i]
			})
			s := in.Schema.Clone()
			r.Shuffle(len(s.Tables), func(i, j int) { s.Tables[i], s.Tables[j] = s.Tables[j], s.Tables[i] })
			for _, x := range s.Tables {
				r.Shuffle(len(x.ForeignKeys), func(i, j int) { x.ForeignKeys[i], x.ForeignKeys[j] = x.ForeignKeys[j], x.ForeignKeys[i] })
			}
			again.Schema = s
			if got := New(again).html(); got != want.html() {
				t.Errorf("%s, seed %d: another page", in.Set, seed)
			}
		}
	}
}

// TestGolden compares the page, the drawing and the graph of the library with the files in testdata.
func TestGolden(t *testing.T) {
	in := library()
	in.From, in.To = "0003_l", "0007"
	p := New(in)
	var svg, dot bytes.Buffer
	if err := errors.Join(p.SVG(&svg), p.DOT(&dot)); err != nil {
		t.Fatal(err)
	}
	html := p.html()
	html = regexp.MustCompile(`(?s)<style>.*?</style>`).ReplaceAllString(html, "<style></style>")
	html = regexp.MustCompile(`(?s)\n<script>.*</script>`).ReplaceAllString(html, "\n<script></script>")
	html = regexp.MustCompile(`sha256-[^']*`).ReplaceAllString(html, "sha256-")
	for name, got := range map[string]string{"library.html": html, "library.svg": svg.String(), "library.dot": dot.String()} {
		path := filepath.Join("testdata", name)
		if *update {
			if err := os.WriteFile(path, []byte(got), 0o666); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("%s is not what is recorded; go test ./runtime/page -update writes it\n%s", name, firstDifference(got, string(want)))
		}
	}
}

func firstDifference(got, want string) string {
	a, b := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return "got  " + a[i] + "\nwant " + b[i]
		}
	}
	return "one is longer"
}

// TestSize: a page opens at once, however long the history is. The bounds are those of pages that people attach to a change.
func TestSize(t *testing.T) {
	for _, tt := range []struct{ tables, migrations, raw, packed int }{
		{5, 3, 90 << 10, 26 << 10},
		{100, 50, 560 << 10, 80 << 10},
		{300, 100, 1000 << 10, 160 << 10},
		{300, 1000, 1450 << 10, 180 << 10},
	} {
		html := New(large(tt.tables, tt.migrations)).html()
		var packed bytes.Buffer
		w := gzip.NewWriter(&packed)
		if _, err := io.WriteString(w, html); err != nil {
			t.Fatal(err)
		}
		w.Close()
		t.Logf("%d tables, %d migrations: %d KB, packed %d KB", tt.tables, tt.migrations, len(html)>>10, packed.Len()>>10)
		if len(html) > tt.raw || packed.Len() > tt.packed {
			t.Errorf("%d tables, %d migrations: %d bytes, packed %d; the bounds are %d and %d", tt.tables, tt.migrations, len(html), packed.Len(), tt.raw, tt.packed)
		}
	}
}

// TestLook writes the pages that whoever changes how they look has to look at: go test ./runtime/page -run TestLook -out DIR.
func TestLook(t *testing.T) {
	if *out == "" {
		return
	}
	for name, in := range map[string]Input{"library": library(), "large": large(300, 1000), "medium": large(60, 40), "hostile": hostile(library())} {
		p := New(in)
		if _, err := p.WriteFile(filepath.Join(*out, name)); err != nil {
			t.Fatal(err)
		}
		var svg bytes.Buffer
		if err := p.SVG(&svg); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(*out, name+".svg"), svg.Bytes(), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

func BenchmarkPage300(b *testing.B) {
	in := large(300, 1000)
	for b.Loop() {
		_ = New(in).html()
	}
}
