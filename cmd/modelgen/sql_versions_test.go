package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// addColumn is an op that makes one transaction on every dialect.
func addColumn(name string) string {
	return `		migrate.AddColumn{Table: "products", Column: schema.Text("` + name + `").Null()},`
}

// mergedProject has two migrations of the same number, and one that joins them.
func mergedProject(t *testing.T) sqlProject {
	p := newSQLProject(t)
	p.migration("0001_initial", createProducts)
	p.migration("0002_caption", addColumn("caption"), "0001_initial")
	p.migration("0002_label", addColumn("label"), "0001_initial")
	p.migration("0003_merge", "", "0002_caption", "0002_label")
	p.migration("0004_weight", addColumn("weight"), "0003_merge")
	return p
}

// TestSQLFlagsApart: flags of which one would be without effect are refused, all at once.
func TestSQLFlagsApart(t *testing.T) {
	p := mergedProject(t)
	for _, x := range []struct {
		flags string
		words []string
	}{
		{"-idempotent -back", []string{"-idempotent and -back", "app migrate down"}},
		{"-idempotent -json", []string{"-idempotent and -json"}},
		{"-format goose -back -json -idempotent", []string{"-idempotent and -back", "-idempotent and -json", "-idempotent and -format", "-format and -back", "-format and -json", "name their directory with -o"}},
		{"-o out", []string{"-o names the directory for the files of -format"}},
	} {
		out, problems := p.modelgen(2, append([]string{"sql"}, strings.Fields(x.flags)...)...)
		for _, w := range x.words {
			if !strings.Contains(problems, w) {
				t.Errorf("%s says\n%s\nwithout %q", x.flags, problems, w)
			}
		}
		if out != "" {
			t.Errorf("%s prints %s", x.flags, out)
		}
	}
}

// TestSQLAbsolute: a directory that is named from the root is that one, wherever the command runs.
func TestSQLAbsolute(t *testing.T) {
	p := mergedProject(t)
	out := t.TempDir()
	p.modelgen(0, "sql", "-format", "goose", "-o", out)
	if _, err := os.Stat(filepath.Join(out, "0001_initial.sql")); err != nil {
		t.Error(err)
	}
}
