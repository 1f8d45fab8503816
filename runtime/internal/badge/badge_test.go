package badge

import (
	"os"
	"strings"
	"testing"

	migrate "github.com/modelgen/modelgen/runtime"
)

func lock(name string, scans, rewrites bool, tables ...string) migrate.Stage {
	return migrate.Stage{Facts: migrate.Facts{Lock: name, Tables: tables, Scans: scans, Rewrites: rewrites}}
}

// TestOf: each lock once, with all its tables; none for a table that is made, and the larger word of two.
func TestOf(t *testing.T) {
	stages := []migrate.Stage{
		lock("ACCESS EXCLUSIVE", true, true, "orders"), lock("SHARE UPDATE EXCLUSIVE", true, false, "lines", "new"), lock("ACCESS EXCLUSIVE", false, false, "lines", "orders"),
		lock("ACCESS EXCLUSIVE", true, true, "public.new"), {},
	}
	var got []string
	for _, b := range Of(stages, func(table string) bool { return table == "new" }) {
		got = append(got, string(b.Level)+" "+b.Words)
	}
	want := "warning lock ACCESS EXCLUSIVE on orders, lines; note lock SHARE UPDATE EXCLUSIVE on lines; error rewrites orders; warning reads all of lines"
	if s := strings.Join(got, "; "); s != want {
		t.Errorf("%s\nwant %s", s, want)
	}
}

// TestSum: a transaction counts once for each kind, and a lock that others do not notice not at all.
func TestSum(t *testing.T) {
	none := func(string) bool { return false }
	var s Sum
	s.Add(nil)
	if s.String() != "1 transaction" {
		t.Error(s.String())
	}
	s.Add(Of([]migrate.Stage{lock("SHARE UPDATE EXCLUSIVE", true, false, "a")}, none))
	for range 2 {
		s.Add(append(Of([]migrate.Stage{lock("EXCLUSIVE", false, true, "a"), lock("SHARE", false, true, "b")}, none), OfLoss("a.x"), OfLoss("a.y")))
	}
	if want := "4 transactions: 2 stop writers, 1 reads all of a table, 2 rewrite a table, 2 destroy data"; s.String() != want {
		t.Errorf("%s, want %s", &s, want)
	}
}

// TestDocumented: the table of badges in the docs has the words that are printed.
func TestDocumented(t *testing.T) {
	text, err := os.ReadFile("../../../docs/running.md")
	if err != nil {
		t.Fatal(err)
	}
	badges := Of([]migrate.Stage{lock("ACCESS EXCLUSIVE", true, false, "orders"), lock(weak[3], false, true, "orders")}, func(string) bool { return false })
	colours := map[Level]string{Note: "cyan", Warning: "yellow", Error: "red"}
	for _, b := range append(badges, OfLoss("orders.note")) {
		if row := "\n| `" + b.Words + "` | " + colours[b.Level] + " | "; !strings.Contains(string(text), row) {
			t.Errorf("docs/running.md has no row %q", row)
		}
	}
	for _, w := range weak {
		if !strings.Contains(string(text), w) {
			t.Errorf("docs/running.md does not name %s", w)
		}
	}
}
