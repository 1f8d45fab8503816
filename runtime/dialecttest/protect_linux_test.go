package dialecttest_test

import (
	"strings"
	"testing"

	"github.com/modelgen/modelgen/internal/ptytest"
	"github.com/modelgen/modelgen/runtime/cli"
)

// TestProtectTerminal: a person at a terminal is asked for the name of the database, and nobody else is.
func TestProtectTerminal(t *testing.T) {
	runners(t, func(r *runner) {
		two, _ := shopOfThree()
		r.runs(two, "protect", "-name", "production")
		r.up(two, "0001_a, 0002_b")
		run := func(typed string, args ...string) (int, string) {
			slave, types, written := ptytest.OpenTyped(r.t, 200)
			types(typed)
			status := cli.Command{DB: r.db, Dialect: r.dialect, Set: two, Stdin: slave, Stdout: slave, Stderr: slave}.Run(r.t.Context(), args)
			return status, written()
		}
		if status, out := run("staging\n", "down"); status != 1 || !strings.Contains(out, `"staging" is not the name of this database; nothing was changed`) {
			r.t.Errorf("another name: %d %s", status, out)
		}
		if status, out := run("\n", "down"); status != 1 || !strings.Contains(out, "nothing was changed: no name was typed") {
			r.t.Errorf("no name: %d %s", status, out)
		}
		if status, out := run("production\n", "down"); status != 0 || !strings.Contains(out, "undo 0002_b") || !strings.Contains(out, "type the name of the database to do it now: ") {
			r.t.Errorf("the name: %d %s", status, out)
		}
		if status, out := run("production\n", "down", "-json"); status != 1 || strings.Contains(out, "type the name") || !strings.Contains(out, `"hash": "`) {
			r.t.Errorf("-json asks nobody: %d %s", status, out)
		}
		if status, out := run("staging\n", "unprotect"); status != 1 || !strings.Contains(out, "this is production (protected); type its name") {
			r.t.Errorf("unprotect, another name: %d %s", status, out)
		}
		if status, out := run("production\n", "unprotect"); status != 0 {
			r.t.Errorf("unprotect: %d %s", status, out)
		}
	})
}
