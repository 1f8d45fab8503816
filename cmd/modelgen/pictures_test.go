package main

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestPictures holds the pictures of the README to what the command does: docs/pictures/question.svg is a session in a terminal, and docs/pictures/shop.svg is the
// drawing of the example. With -update both are written.
func TestPictures(t *testing.T) {
	dir, err := filepath.Abs("../../docs/pictures")
	if err != nil {
		t.Fatal(err)
	}
	t.Run("question", func(t *testing.T) { picture(t, filepath.Join(dir, "question.svg"), questionPicture(t)) })
	t.Run("shop", func(t *testing.T) {
		var out, problems bytes.Buffer
		if code := run(t.Context(), env{dir: "../../example", stdout: &out, stderr: &problems}, []string{"show", "-format", "svg", "migrations"}); code != 0 {
			t.Fatalf("show: exit %d\n%s", code, &problems)
		}
		picture(t, filepath.Join(dir, "shop.svg"), out.String())
	})
}

func picture(t *testing.T, file, now string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(now), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := xml.Unmarshal([]byte(now), new(struct{})); err != nil {
		t.Fatal(err)
	}
	was, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(was) != now {
		t.Errorf("%s is not what the command does now: go test ./cmd/modelgen -run TestPictures -update", file)
	}
}

// questionPicture is a session: a field is renamed, generate asks, and the answer is given.
func questionPicture(t *testing.T) string {
	dir := t.TempDir()
	s := &scenario{t: t, dir: dir}
	s.write("go.mod", lightModule(t, newModule(t)))
	s.write("go.sum", newModule(t).sum)
	models := func(field string) {
		s.write("models/models.go", []byte("package models\n\ntype Product struct {\n\t_ struct{} `table:\"products\"`\n\n\tID int64 `db:\"id,pk,identity\"`\n\t"+field+"\n}\n"))
	}
	const was, is = "Name  string `db:\"name,size:100\"`", "Title string `db:\"title,size:100\"`"
	modelgen := func(want int, args ...string) []string {
		var out bytes.Buffer
		e := env{called: "go tool modelgen", stdout: &out, stderr: &out}
		if code := run(t.Context(), e, append([]string{"generate", "-out", "../migrations", "-dialects", "postgres"}, args...)); code != want {
			t.Fatalf("generate %v: exit %d\n%s", args, code, &out)
		}
		return strings.Split(strings.TrimRight(strings.ReplaceAll(out.String(), " -out ../migrations -dialects postgres", ""), "\n"), "\n")
	}
	models(was)
	t.Chdir(filepath.Join(dir, "models")) // where the reader is
	modelgen(0)
	models(is)
	lines := []string{"-\t" + was, "+\t" + is, "", "$ go generate ./..."}
	lines = append(append(lines, modelgen(1)...), "", "$ go tool modelgen -rename products.name=title")
	lines = append(append(lines, modelgen(0, "-rename", "products.name=title")[:1]...), "", "$ tail -11 migrations/0002_rename_product_name_to_title.go")
	src, err := os.ReadFile(filepath.Join(dir, "migrations", "0002_rename_product_name_to_title.go"))
	if err != nil {
		t.Fatal(err)
	}
	all := strings.Split(strings.TrimRight(string(src), "\n"), "\n")
	return terminalPicture("A field is renamed; modelgen asks whether it is the same column, and writes the migration", append(lines, all[len(all)-11:]...))
}

// terminalPicture draws lines as a terminal shows them, light or dark as the reader's page is.
func terminalPicture(title string, lines []string) string {
	const char, high, pad = 7.3, 18, 16
	width := 0
	for i, l := range lines {
		lines[i] = strings.ReplaceAll(l, "\t", "  ")
		width = max(width, len([]rune(lines[i])))
	}
	w, h := int(float64(width)*char)+2*pad, len(lines)*high+2*pad
	var b strings.Builder
	fmt.Fprintf(&b, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" role=\"img\" aria-label=\"%s\">\n", w, h, w, h, title)
	b.WriteString(`<style>svg{--bg:#f6f8fa;--ink:#1f2328;--edge:#d0d7de;--in:#0550ae;--ok:#1a7f37;--no:#cf222e}
@media (prefers-color-scheme:dark){svg{--bg:#151b23;--ink:#e6edf3;--edge:#3d444d;--in:#79c0ff;--ok:#3fb950;--no:#ff7b72}}
rect{fill:var(--bg);stroke:var(--edge)}text{font:12px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;fill:var(--ink);white-space:pre}
.in{fill:var(--in);font-weight:bold}.ok{fill:var(--ok)}.no{fill:var(--no)}</style>
`)
	fmt.Fprintf(&b, "<rect x=\".5\" y=\".5\" width=\"%d\" height=\"%d\" rx=\"8\"/>\n", w-1, h-1)
	for i, l := range lines {
		class := ""
		switch {
		case strings.HasPrefix(l, "$ "):
			class = ` class="in"`
		case strings.HasPrefix(l, "+"):
			class = ` class="ok"`
		case strings.HasPrefix(l, "-"):
			class = ` class="no"`
		}
		if l == "" {
			continue
		}
		var text bytes.Buffer
		_ = xml.EscapeText(&text, []byte(l))
		fmt.Fprintf(&b, "<text x=\"%d\" y=\"%d\"%s xml:space=\"preserve\">%s</text>\n", pad, pad+high*i+13, class, &text)
	}
	b.WriteString("</svg>\n")
	return b.String()
}
