package export

import (
	"context"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/modelgen/modelgen/gen/sqlscript"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/postgres"
)

// script is a migration that makes one transaction.
func script(name string, replaces ...string) sqlscript.Script {
	s := sqlscript.Script{
		Migration: name, Dialect: "postgres@14", Target: postgres.Dialect{},
		Stages: []migrate.Stage{{Cause: "Do " + name, Statements: []migrate.Statement{{SQL: "SELECT '" + name + "'"}}}},
		Undo:   []migrate.Stage{{Cause: "Undo " + name, Statements: []migrate.Statement{{SQL: "SELECT 'not " + name + "'"}}}},
	}
	for _, r := range replaces {
		s.Replaces = append(s.Replaces, sqlscript.Row{Name: r})
	}
	return s
}

func scripts(names ...string) (all []sqlscript.Script) {
	for _, n := range names {
		all = append(all, script(n))
	}
	return all
}

// merged has two migrations of the same number, and one that joins them.
var merged = scripts("0001_initial", "0002_caption", "0002_label", "0003_merge", "0004_weight")

func names(t *testing.T, dir fs.FS, all, chosen []sqlscript.Script, format string) []string {
	t.Helper()
	files, err := Files(dir, all, chosen, format)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, f := range files {
		out = append(out, f.Name)
	}
	return out
}

// refuses wants an error with the words.
func refuses(t *testing.T, dir fs.FS, all, chosen []sqlscript.Script, format string, words ...string) {
	t.Helper()
	files, err := Files(dir, all, chosen, format)
	if err == nil || files != nil {
		t.Fatalf("it returns %v, %v", files, err)
	}
	for _, w := range append(words, "nothing was written") {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("it says\n%v\nwithout %q", err, w)
		}
	}
}

// Each file has a version of its own, in the order of the graph, whichever migrations are asked for.
func TestVersions(t *testing.T) {
	empty := fstest.MapFS{}
	all := []string{"0001_initial.sql", "0002_caption.sql", "0003_label.sql", "0004_merge.sql", "0005_weight.sql"}
	if got := names(t, empty, merged, merged, "goose"); !slices.Equal(got, all) {
		t.Errorf("the files are %s", got)
	}
	if got := names(t, empty, merged, merged[4:], "goose"); !slices.Equal(got, all[4:]) {
		t.Errorf("the files of the last one are %s", got)
	}
	if got := names(t, empty, merged, merged[2:], "golang-migrate"); !slices.Equal(got, []string{
		"0003_label.up.sql", "0003_label.down.sql", "0004_merge.up.sql", "0004_merge.down.sql", "0005_weight.up.sql", "0005_weight.down.sql",
	}) {
		t.Errorf("the files of a range are %s", got)
	}
}

// A migration of several transactions has as many versions of golang-migrate, and what comes behind it moves on.
func TestPartsTakeVersions(t *testing.T) {
	all := scripts("0001_initial", "0002_index", "0003_last")
	all[1].Stages = append(all[1].Stages, migrate.Stage{Cause: "Create index", NoTx: true, Statements: []migrate.Statement{{SQL: "CREATE INDEX CONCURRENTLY i ON a (b)"}}})
	got := names(t, fstest.MapFS{}, all, all, "golang-migrate")
	if want := []string{
		"0001_initial.up.sql", "0001_initial.down.sql", "0002_index_part1.up.sql", "0002_index_part1.down.sql", "0003_index_part2.up.sql", "0003_index_part2.down.sql",
		"0004_last.up.sql", "0004_last.down.sql",
	}; !slices.Equal(got, want) {
		t.Errorf("the files are %s", got)
	}
}

// Beside files with which a runner would do something twice, or in another order, nothing is written.
func TestBeside(t *testing.T) {
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	dir := fstest.MapFS{"0002_label.sql": file("-- from before the merge\n"), "README.md": file("not of a runner\n"), "0009_by_hand.sql": file("SELECT 1;\n")}
	refuses(t, dir, merged, merged, "goose", "0002_label.sql is there, and 0002_caption.sql would have the same version")
	dir = fstest.MapFS{"0007_label.sql": file("-- from before the merge\n")}
	refuses(t, dir, merged, merged, "goose", "0007_label.sql is there, and would be run a second time as a part of 0003_label.sql")

	files, err := Files(fstest.MapFS{}, merged, merged, "goose")
	if err != nil {
		t.Fatal(err)
	}
	dir = fstest.MapFS{"0009_by_hand.sql": file("SELECT 1;\n")}
	for _, f := range files {
		dir[f.Name] = file(strings.ReplaceAll(f.Text, "\n", "\r\n"))
	}
	names(t, dir, merged, merged, "goose") // the same again is no reason to stop, however its lines end
	dir[files[0].Name] = file("SELECT 2;\n")
	refuses(t, dir, merged, merged, "goose", "0001_initial.sql is there already with another content")
}

// What a squash stands for is left out, and beside its files the squash is not written.
func TestSquash(t *testing.T) {
	plain := scripts("0001_initial", "0002_caption", "0003_weight")
	files, err := Files(fstest.MapFS{}, plain, plain, "goose")
	if err != nil {
		t.Fatal(err)
	}
	dir := fstest.MapFS{}
	for _, f := range files {
		dir[f.Name] = &fstest.MapFile{Data: []byte(f.Text)}
	}
	all := []sqlscript.Script{script("0002_squashed", "0001_initial", "0002_caption"), plain[2]}
	refuses(t, dir, all, all, "goose",
		"0001_initial.sql is there, and would be run a second time as a part of 0002_squashed, which stands for 0001_initial",
		"0002_caption.sql is there, and 0002_squashed.sql would have the same version", "modelgen sql -format goose FROM..")
	if got := names(t, dir, all, all[1:], "goose"); !slices.Equal(got, []string{"0003_weight.sql"}) {
		t.Errorf("the files behind it are %s", got)
	}
	refuses(t, fstest.MapFS{}, all, plain[:1], "goose", "0001_initial has another one in its place")
}

// What runs Go code is refused by name, on the way back too.
func TestGoCode(t *testing.T) {
	s := script("0001_rows")
	s.Undo = []migrate.Stage{{Cause: "Run unfill", Run: func(context.Context, migrate.Tx) error { return nil }}}
	refuses(t, fstest.MapFS{}, []sqlscript.Script{s}, []sqlscript.Script{s}, "goose", "0001_rows runs Go code (Run unfill), which cannot be written as SQL")
}

func TestNoSuchFormat(t *testing.T) {
	if _, err := Files(fstest.MapFS{}, merged, merged, "flyway"); err == nil || !strings.Contains(err.Error(), "there are goose, golang-migrate and atlas") {
		t.Errorf("it says %v", err)
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

	dir := fstest.MapFS{}
	files, err := Files(dir, merged, merged[:3], "atlas")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		dir[f.Name] = &fstest.MapFile{Data: []byte(f.Text)}
	}
	dir["0009_by_hand.sql"] = &fstest.MapFile{Data: []byte("SELECT 1;\n")}
	refuses(t, dir, merged, merged, "atlas", "atlas.sum does not fit the files beside it", "atlas migrate hash")
	delete(dir, atlasSumName)
	if files, err = Files(dir, merged, merged, "atlas"); err != nil {
		t.Fatal(err)
	}
	sum := files[len(files)-1]
	if sum.Name != atlasSumName || strings.Count(sum.Text, "\n") != 7 || !strings.Contains(sum.Text, "\n0009_by_hand.sql h1:") {
		t.Errorf("the sum is\n%s", sum.Text)
	}
}
