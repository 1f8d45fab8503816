package main

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestPerformancePage holds the rows of the page to what is measured: another name or another limit is written by measuring again.
func TestPerformancePage(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "performance.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, begun := strings.Cut(string(text), costsBegin+costsHead)
	table, _, ended := strings.Cut(rest, costsEnd)
	if !begun || !ended {
		t.Fatal("docs/performance.md has no table that was written by make bench BENCH=costs")
	}
	var got, want []string
	for line := range strings.Lines(table) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), " | ")
		if len(cells) != 7 {
			t.Fatalf("a row of %d cells: %q", len(cells), line)
		}
		got = append(got, strings.TrimSpace(cells[0])+" / "+cells[1]+" / "+cells[5])
		if cells[2] == "" || cells[3] == "" || cells[4] == "" {
			t.Errorf("a row without figures: %q", line)
		}
	}
	for _, row := range allCosts() {
		cells := strings.Split(strings.Trim(strings.TrimSpace(row.line(pair{took: 1, bare: 1, rate: strings.Contains(row.shall, "rows a second")})), "|"), " | ")
		want = append(want, strings.TrimSpace(cells[0])+" / "+cells[1]+" / "+cells[5])
	}
	if !slices.Equal(got, want) {
		t.Errorf("docs/performance.md has %q\nmeasured is %q; run make bench BENCH=costs BENCHFLAGS='-page docs/performance.md'", got, want)
	}
}

func TestWriteCosts(t *testing.T) {
	rows := allCosts()
	first, second, third := rows[0].line(pair{took: 1, bare: 2}), rows[1].line(pair{took: 3, bare: 4}), rows[2].line(pair{took: 5, bare: 6})
	page := filepath.Join(t.TempDir(), "page.md")
	if err := os.WriteFile(page, []byte("before\n"+costsBegin+costsHead+third+"| gone | x | 1 | 1 | 1 | | |\n"+rows[0].line(pair{took: 7, bare: 8})+costsEnd+"\nafter\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := writeCosts(page, []string{first, second}); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(page); err != nil || string(got) != "before\n"+costsBegin+costsHead+first+second+third+costsEnd+"\nafter\n" {
		t.Errorf("%q, %v", got, err)
	}
	if err := os.WriteFile(page, []byte("nothing\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := writeCosts(page, []string{first}); err == nil {
		t.Error("a page without a place for the table was written")
	}
}

// TestBareGoesOn: the bare loop leaves out what it has done, as what it is compared with does.
func TestBareGoesOn(t *testing.T) {
	d := onSQLite(t.TempDir())
	err := d.with(t.Context(), func(db *sql.DB) error {
		for _, n := range []int{3, 5} {
			if err := bare(t.Context(), db, d.dialect, steps(n)); err != nil {
				return err
			}
		}
		return bareLook(context.Background(), db, steps(5))
	})
	if err != nil {
		t.Fatal(err)
	}
}
