package terminal

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"text/tabwriter"
)

// TestTableAsTabwriter: where there is room, and in a pipe, a table is what text/tabwriter makes of it.
func TestTableAsTabwriter(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for n := range 300 {
		var rows [][]Cell
		var want strings.Builder
		w := tabwriter.NewWriter(&want, 0, 8, 2, ' ', 0)
		for range 1 + r.IntN(6) {
			var texts []string
			for range 1 + r.IntN(4) {
				texts = append(texts, strings.Repeat("x", 1+r.IntN(9)))
			}
			rows = append(rows, Cells(texts...))
			fmt.Fprintln(w, strings.Join(texts, "\t"))
		}
		w.Flush()
		for _, width := range []int{0, 200} {
			if got := strings.Join(Table(rows, 0, width, false), "\n") + "\n"; got != want.String() {
				t.Fatalf("%d: got\n%swant\n%s", n, got, &want)
			}
		}
	}
}

// TestTableFolds: what is too wide goes on below, indented, and no cell is cut.
func TestTableFolds(t *testing.T) {
	rows := [][]Cell{
		{{Green, "applied"}, {"", "0001_initial"}, {Faint, "2026-11-28 10:00:00"}, {Faint, "4ms"}},
		{{Green, "applied"}, {"", "0002_customers_and_orders_and_order_items"}, {Faint, "2026-11-28 10:00:01"}, {Faint, "1.2s"}},
		{{Red, "running"}, {"", "0003_slug"}, {"", "since 2026-11-28 10:00:02"}, {"", "1 of 3 stages done, and 40% of the rows of the next"}},
		Cells("pending", "0004_\u8868\u306e\u540d\u524d"),
	}
	for width, want := range map[int]string{
		120: `
  applied  0001_initial                               2026-11-28 10:00:00        4ms
  applied  0002_customers_and_orders_and_order_items  2026-11-28 10:00:01        1.2s
  running  0003_slug                                  since 2026-11-28 10:00:02
      1 of 3 stages done, and 40% of the rows of the next
  pending  0004_表の名前`,
		50: `
  applied  0001_initial  2026-11-28 10:00:00  4ms
  applied
      0002_customers_and_orders_and_order_items
      2026-11-28 10:00:01  1.2s
  running  0003_slug  since 2026-11-28 10:00:02
      1 of 3 stages done, and 40% of the rows of
      the next
  pending  0004_表の名前`,
	} {
		if got := "\n" + strings.Join(Table(rows, 2, width, false), "\n"); got != want {
			t.Errorf("%d columns: got%s\nwant%s", width, got, want)
		}
	}
	for width := 1; width < 130; width++ {
		text := strings.Join(Table(rows, 2, width, false), "\n")
		for _, row := range rows {
			if !strings.Contains(text, row[1].Text) {
				t.Errorf("%d columns: %s is cut:\n%s", width, row[1].Text, text)
			}
		}
		for line := range strings.SplitSeq(text, "\n") {
			if n := Columns(line); n > width && width > 46 || strings.HasSuffix(line, " ") {
				t.Errorf("%d columns: %d in %q", width, n, line)
			}
		}
	}
	if got := Table(rows[:1], 0, 0, true)[0]; got != "\x1b[32mapplied\x1b[0m  0001_initial  \x1b[2m2026-11-28 10:00:00\x1b[0m  \x1b[2m4ms\x1b[0m" {
		t.Errorf("%q", got)
	}
}

// TestTableKeepsColumns: what fits of a row that is too wide stays in the columns of the others; below it there are none.
func TestTableKeepsColumns(t *testing.T) {
	rows := [][]Cell{
		Cells("17:10:22", "protected", "production", "protect", "ann@host"),
		Cells("17:20:55", "failed", "0002_note", "down", "ann@host", "approved f7d37f3708707189ccd9", "without backup: it was empty"),
		Cells("17:20:56", "undone", "0002_note", "down", "ann@host", "approved f7d37f3708707189ccd9"),
	}
	for width, want := range map[int]string{
		70: `
17:10:22  protected  production  protect  ann@host
17:20:55  failed     0002_note   down     ann@host
    approved f7d37f3708707189ccd9  without backup: it was empty
17:20:56  undone     0002_note   down     ann@host
    approved f7d37f3708707189ccd9`,
		34: `
17:10:22  protected  production
    protect  ann@host
17:20:55  failed     0002_note
    down  ann@host
    approved f7d37f3708707189ccd9
    without backup: it was empty
17:20:56  undone     0002_note
    down  ann@host
    approved f7d37f3708707189ccd9`,
	} {
		if got := "\n" + strings.Join(Table(rows, 0, width, false), "\n"); got != want {
			t.Errorf("%d columns: got%s\nwant%s", width, got, want)
		}
	}
}

func TestFold(t *testing.T) {
	for _, c := range []struct {
		text  string
		width int
		want  string
	}{
		{"", 4, ""},
		{"abcd", 4, "abcd"},
		{"abcde\nf", 4, "abcd|e|f"},
		{"\x1b[31mabcde\x1b[0mf", 4, "\x1b[31mabcd\x1b[0m|\x1b[31me\x1b[0mf"},
		{"\u8868\u306e\u540d", 5, "\u8868\u306e|\u540d"},
		{"a\xffb", 2, "a\xff|b"},
		{"ab", 0, "ab"},
	} {
		if got := strings.Join(Fold(c.text, c.width), "|"); got != c.want {
			t.Errorf("Fold(%q, %d) is %q, not %q", c.text, c.width, got, c.want)
		}
	}
}

func TestOneLine(t *testing.T) {
	for text, want := range map[string]string{"a b": "a b", "a  b": "a  b", "a\n  b\tc": "a b c", "a\x1b[2Jb": "a [2Jb", "a\x9bb": "a\x9bb", "a\u009bb": "a b"} {
		if got := OneLine(text); got != want {
			t.Errorf("OneLine(%q) is %q, not %q", text, got, want)
		}
	}
	if n := Columns("\u2705 \u26a1 \U0001f680"); n != 8 {
		t.Errorf("three pictures take %d columns", n)
	}
}
