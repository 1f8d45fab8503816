package load

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
)

// TestWordsAreDocumented: docs/models.md has every tag of a table, and every option of a tag.
func TestWordsAreDocumented(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "models.md"))
	if err != nil {
		t.Fatal(err)
	}
	words := slices.Collect(maps.Keys(columnWords))
	for tag, options := range tableWords {
		words = slices.Concat(words, []string{tag}, slices.Collect(maps.Keys(options)))
	}
	slices.Sort(words)
	for _, w := range slices.Compact(words) {
		if !regexp.MustCompile("`[^`\\n]*\\b" + regexp.QuoteMeta(w) + "\\b[^`\\n]*`").Match(page) {
			t.Errorf("docs/models.md lacks %s", w)
		}
	}
}
