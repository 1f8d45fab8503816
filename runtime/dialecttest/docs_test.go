package dialecttest_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestDocsNameTests: every test that the table for Django's users names is there.
func TestDocsNameTests(t *testing.T) {
	doc, err := os.ReadFile("../../docs/running.md")
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("*_test.go")
	if err != nil {
		t.Fatal(err)
	}
	var code strings.Builder
	for _, f := range files {
		src, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		code.Write(src)
	}
	rows := regexp.MustCompile(`(?m)^\|.*\| (Test\w+) \|$`).FindAllStringSubmatch(string(doc), -1)
	if len(rows) < 25 {
		t.Fatalf("only %d rows of the table name a test", len(rows))
	}
	for _, r := range rows {
		if !strings.Contains(code.String(), "\nfunc "+r[1]+"(") {
			t.Errorf("there is no test %s", r[1])
		}
	}
}
