package everyop

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// silent are the functions that may have a switch over some ops without a default, with the reason why a new op is none of their business, or is
// treated with care.
var silent = map[string]string{
	"gen/optimize.merge":                      "two ops that it does not know are not joined, unless the one undoes the other",
	"gen/optimize.mergeColumn":                "two ops that it does not know are not joined",
	"gen/optimize.mergeEnum":                  "two ops that it does not know are not joined",
	"gen/optimize/optimizetest.maker.forgets": "an op that forgets values of rows in another way fails the random lists",
	"gen/migrations.fragments":                "what the first lists leave out is called by the last one, which reads the effects",
	"runtime.destroying":                      "each op says in Destroys what it drops; these are those that write over or cut values of what stays",
	"runtime.opFor":                           "TestOpForNarrowsEveryDefinition fails for an op with a definition that it does not narrow",
}

// TestSwitches: outside of the dialects a new op is passed over by nothing that has a list of ops.
func TestSwitches(t *testing.T) {
	all, err := Switches(os.DirFS(filepath.Join("..", "..")))
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 10 {
		t.Fatalf("only %d switches over ops were found", len(all))
	}
	all = slices.DeleteFunc(all, func(s TypeSwitch) bool { // of theirs the compiler asks for each op
		return strings.HasPrefix(s.Func, "runtime/postgres.") || strings.HasPrefix(s.Func, "runtime/sqlite.")
	})
	for _, p := range Silent(all, silent) {
		t.Error(p)
	}
}

func TestSilent(t *testing.T) {
	file := func(body string) string {
		return "package p\n\nimport migrate \"github.com/modelgen/modelgen/runtime\"\n\nfunc (z *Z) f(op migrate.Op) error {\n\tswitch op := op.(type) {\n" + body + "\t}\n\treturn nil\n}\n"
	}
	const three = "\tcase migrate.AddColumn, *migrate.DropTable, migrate.AddCheck, migrate.DropColumn:\n\t\treturn nil\n"
	var all strings.Builder
	for _, name := range Names() {
		if name == "Backfill" {
			name += "[int]"
		}
		all.WriteString("\tcase migrate." + name + ":\n")
	}
	for _, c := range []struct {
		name, body string
		found      bool
	}{
		{"a list", three, true},
		{"a silent default", three + "\tdefault:\n\t\treturn nil\n", true},
		{"an error", three + "\tdefault:\n\t\treturn fmt.Errorf(\"%T\", op)\n", false},
		{"a panic", three + "\tdefault:\n\t\tif z != nil {\n\t\t\tpanic(op)\n\t\t}\n", false},
		{"the effects", three + "\tdefault:\n\t\tz.add(op.Effects())\n", false},
		{"all", all.String(), false},
		{"an assertion", "\tcase migrate.AddColumn:\n\tcase migrate.DropColumn, int:\n", false},
		{"something else", "\tcase int:\n\tcase string:\n\tcase bool:\n", false},
	} {
		switches, err := Switches(fstest.MapFS{"gen/x/a.go": {Data: []byte(file(c.body))}, "gen/x/a_test.go": {Data: []byte(file(three))}, "gen/x/testdata/b.go": {Data: []byte("no Go")}})
		if err != nil {
			t.Fatal(err)
		}
		got := Silent(switches, nil)
		if len(got) > 0 != c.found || c.found && !strings.HasPrefix(got[0], "gen/x/a.go:6: the switch over ops in gen/x.Z.f has 3 of ") {
			t.Errorf("%s: %q", c.name, got)
		}
		if got := Silent(switches, map[string]string{"gen/x.Z.f": "a reason"}); len(got) > 0 == c.found {
			t.Errorf("%s, excused: %q", c.name, got)
		}
	}
}
