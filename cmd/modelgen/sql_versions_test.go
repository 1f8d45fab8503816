package main

import (
	"os"
	"path/filepath"
	"slices"
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

// TestExportedVersions: each file has a version of its own, in the order of the graph, whichever migrations are asked for.
func TestExportedVersions(t *testing.T) {
	p := mergedProject(t)
	all := []string{"0001_initial.sql", "0002_caption.sql", "0003_label.sql", "0004_merge.sql", "0005_weight.sql"}
	if got := p.exported("goose", "postgres"); !slices.Equal(got, all) {
		t.Errorf("the files are %s", got)
	}
	if got := p.exported("goose", "postgres", "0004"); !slices.Equal(got, all[4:]) {
		t.Errorf("the files of the last one are %s", got)
	}
	if got := p.exported("golang-migrate", "postgres", "0002_label.."); !slices.Equal(got, []string{
		"0003_label.down.sql", "0003_label.up.sql", "0004_merge.down.sql", "0004_merge.up.sql", "0005_weight.down.sql", "0005_weight.up.sql",
	}) {
		t.Errorf("the files of a range are %s", got)
	}
}

// TestExportedBeside refuses to write beside files with which a runner would do something twice, or in another order.
func TestExportedBeside(t *testing.T) {
	p := mergedProject(t)
	p.write("out/0002_label.sql", "-- from before the merge\n")
	p.write("out/README.md", "not of a runner\n")
	p.write("out/0009_by_hand.sql", "SELECT 1;\n")
	_, problems := p.modelgen(2, "sql", "-format", "goose", "-o", "out")
	for _, w := range []string{"0002_label.sql is there, and 0002_caption.sql would have the same version", "nothing was written"} {
		if !strings.Contains(problems, w) {
			t.Errorf("it says %s, without %q", problems, w)
		}
	}
	if _, err := os.Stat(filepath.Join(p.dir, "out", "0001_initial.sql")); err == nil {
		t.Error("a file was written")
	}
	if err := os.Rename(filepath.Join(p.dir, "out", "0002_label.sql"), filepath.Join(p.dir, "out", "0007_label.sql")); err != nil {
		t.Fatal(err)
	}
	_, problems = p.modelgen(2, "sql", "-format", "goose", "-o", "out")
	if !strings.Contains(problems, "0007_label.sql is there, and would be run a second time as a part of 0003_label.sql") {
		t.Errorf("it says %s", problems)
	}
	if err := os.Remove(filepath.Join(p.dir, "out", "0007_label.sql")); err != nil {
		t.Fatal(err)
	}
	p.modelgen(0, "sql", "-format", "goose", "-o", "out")
	p.modelgen(0, "sql", "-format", "goose", "-o", "out")
}

// TestExportedSquash: what a squash stands for is left out, and beside its files the squash is not written.
func TestExportedSquash(t *testing.T) {
	p := newSQLProject(t)
	p.migration("0001_initial", createProducts)
	p.migration("0002_caption", addColumn("caption"), "0001_initial")
	p.migration("0003_weight", addColumn("weight"), "0002_caption")
	p.exported("goose", "postgres")
	p.migration("0002_squashed", strings.ReplaceAll(createProducts, `schema.Text("name").Null()`, `schema.Text("name").Null(), schema.Text("caption").Null()`),
		"replaces", "0001_initial", "0002_caption")
	_, problems := p.modelgen(2, "sql", "-format", "goose", "-o", "goose-postgres")
	for _, w := range []string{
		"0001_initial.sql is there, and would be run a second time as a part of 0002_squashed, which stands for 0001_initial",
		"0002_caption.sql is there, and 0002_squashed.sql would have the same version", "modelgen sql -format goose FROM..",
	} {
		if !strings.Contains(problems, w) {
			t.Errorf("it says\n%s\nwithout %q", problems, w)
		}
	}
	if got := p.exported("goose", "postgres", "0003.."); !slices.Equal(got, []string{"0003_weight.sql"}) {
		t.Errorf("the files behind it are %s", got)
	}
	if _, problems := p.modelgen(2, "sql", "-format", "goose", "-o", "new", "0001"); !strings.Contains(problems, "0001_initial has another one in its place") {
		t.Errorf("it says %s", problems)
	}
	if got, _ := p.modelgen(0, "sql", "-format", "goose", "-o", "new"); got != "0002_squashed.sql\n0003_weight.sql\n" {
		t.Errorf("the files of an empty directory are %s", got)
	}
}

// TestAtlasSum compares with what Atlas 0.32 wrote for these files.
func TestAtlasSum(t *testing.T) {
	const want = `h1:MeFxuyxhwnCHsFdE3Z3zzlAryOl4GUc7buIYg2tUCXY=
0001_a.sql h1:ndFmMWAm0tBcEWQUr4V0vGRgeODMaSK0kELHmCV+5EM=
0002_b.sql h1:rxMBpcIka3DQiBo7andxk6jXtvopj6MCB+eY5pn9r+g=
`
	if got := sumOf(map[string]string{"0002_b.sql": "-- atlas:txmode none\n\nSELECT 1;\n", "0001_a.sql": "CREATE TABLE a (id int);\n"}); got != want {
		t.Errorf("the sum is\n%s", got)
	}

	p := mergedProject(t)
	p.exported("atlas", "postgres", "..0002_label")
	p.write("atlas-postgres/0009_by_hand.sql", "SELECT 1;\n")
	_, problems := p.modelgen(2, "sql", "-format", "atlas", "-o", "atlas-postgres")
	if !strings.Contains(problems, "atlas.sum does not fit the files beside it") || !strings.Contains(problems, "atlas migrate hash") {
		t.Errorf("it says %s", problems)
	}
	if err := os.Remove(filepath.Join(p.dir, "atlas-postgres", atlasSumName)); err != nil {
		t.Fatal(err)
	}
	p.exported("atlas", "postgres")
	sum, err := os.ReadFile(filepath.Join(p.dir, "atlas-postgres", atlasSumName))
	if err != nil || strings.Count(string(sum), "\n") != 7 || !strings.Contains(string(sum), "\n0009_by_hand.sql h1:") {
		t.Errorf("the sum is\n%s%v", sum, err)
	}
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
