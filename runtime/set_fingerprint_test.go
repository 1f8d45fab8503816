package migrate

import (
	"database/sql"
	"strings"
	"testing"

	"github.com/modelgen/modelgen/runtime/schema"
)

func TestFingerprint(t *testing.T) {
	first := &Migration{Name: "0001_a", Ops: []Op{CreateTable{Table: "a", Columns: []schema.ColumnDef{schema.Text("x")}}}}
	second := &Migration{Name: "0002_b", Parents: []*Migration{first}, Ops: []Op{AddColumn{Table: "a", Column: schema.Text("y")}}}
	squash := &Migration{Name: "0003_s", Replaces: []string{"0001_a", "0002_b"}, Ops: []Op{CreateTable{Table: "a", Columns: []schema.ColumnDef{schema.Text("x"), schema.Text("y")}}}}
	misfit := &Migration{Name: "0002_c", Parents: []*Migration{first}, Ops: []Op{DropColumn{Table: "a", Column: schema.Text("z")}}}
	of := func(all ...*Migration) string {
		hashes := map[string]string{}
		for _, m := range all {
			hashes[m.Name] = HashOps(m.Ops)
		}
		return FingerprintOf(hashes)
	}
	for _, c := range []struct {
		name  string
		set   *Set
		err   string // of New
		check string // of CheckFingerprint, where it is another one
	}{
		{"right", NewSet("app", first, second).Fingerprint(of(first, second)), "", ""},
		{"what is replaced does not count", NewSet("app", first, second, squash).Fingerprint(of(squash)), "", ""},
		{"none", NewSet("app", first, second), "", ""},
		{"of fewer", NewSet("app", first, second).Fingerprint(of(first)), "", "go tool modelgen check"},
		{"no digest", NewSet("app", first).Fingerprint("12"), `the fingerprint "12" is not 32 hexadecimal digits`, ""},
		{"misfit without one", NewSet("app", first, misfit), "does not fit", ""},
		{"misfit with one is found when it matters", NewSet("app", first, misfit).Fingerprint(of(first, misfit)), "", "does not fit"},
		{"joined", Join(NewSet("app", first, second).Fingerprint(of(first))), "", "go tool modelgen check"},
		{"joined, one without", Join(NewSet("app", first).Fingerprint(of(first)), NewSet("more", misfit)), "does not fit", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := New(new(sql.DB), struct{ Dialect }{}, c.set, nil)
			says(t, err, c.err)
			if c.check == "" {
				c.check = c.err
			}
			says(t, c.set.CheckFingerprint(), c.check)
		})
	}
}

func says(t *testing.T, err error, want string) {
	t.Helper()
	if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
		t.Errorf("got %v, want %q", err, want)
	}
}
