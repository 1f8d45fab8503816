package everyop

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	migrate "github.com/modelgen/modelgen/runtime"
)

func TestNames(t *testing.T) {
	names := Names()
	if len(names) < 30 || !slices.Contains(names, "Backfill") || !slices.Contains(names, "CreateTable") {
		t.Errorf("the ops are %v", names)
	}
	type row struct{ ID int64 }
	if n := Name(migrate.Backfill[row]{}); n != "Backfill" {
		t.Errorf("a backfill is called %s", n)
	}
}

func TestMissing(t *testing.T) {
	excused := map[string]string{}
	for _, name := range Names() {
		excused[name] = "a reason"
	}
	delete(excused, "DropTable")
	delete(excused, "AddCheck")
	excused["NoOp"] = "a reason"
	got := Missing("here", []migrate.Op{migrate.CreateTable{}, migrate.SQL{Schema: []migrate.Op{migrate.AddCheck{}}}}, excused)
	want := []string{"here lacks DropTable", "here has CreateTable: it is excused in vain", "here excuses NoOp, which is no op",
		"here has SQL: it is excused in vain"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestDocs: docs/guide/migrations.md has every op.
func TestDocs(t *testing.T) {
	const page = "docs/guide/migrations.md"
	root := os.DirFS(filepath.Join("..", ".."))
	text, err := fs.ReadFile(root, page)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range Names() {
		if !regexp.MustCompile("`" + name + "`").Match(text) {
			t.Errorf("%s lacks `%s`", page, name)
		}
	}
}
