package lint_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/modelgen/modelgen/gen/lint"
	migrate "github.com/modelgen/modelgen/runtime"
)

func TestSilence(t *testing.T) {
	drop := migrate.DropColumn{Table: "items", Column: column("label")}
	allow := func(reason string, codes ...string) []lint.Allow { return []lint.Allow{{Codes: codes, Reason: reason}} }
	for _, c := range []struct {
		name       string
		op, all    []lint.Allow
		settings   lint.Settings
		want, note string
	}{
		{name: "nothing", want: "MG101 MG301"},
		{name: "one", op: allow("unused", "MG101"), want: "MG301"},
		{name: "both", op: allow("unused", "MG101", "MG301"), want: ""},
		{name: "migration", all: allow("unused", "MG101"), want: "MG301"},
		{name: "no reason", op: allow("", "MG101"), want: "MG101 MG301 MG901"},
		{name: "unknown", op: allow("unused", "MG199"), want: "MG101 MG301 MG902"},
		{name: "needless", op: allow("unused", "MG102"), want: "MG101 MG301 MG903"},
		{name: "off", settings: lint.Settings{"MG101": lint.Off}, want: "MG301"},
		{name: "raised", settings: lint.Settings{"MG301": lint.Error}, want: "MG301 MG101"},
	} {
		if c.settings == nil {
			c.settings = lint.Settings{}
		}
		c.settings["MG217"], c.settings["MG319"] = lint.Off, lint.Off
		got := lint.Lint(lint.Input{Before: before(), Exact: true, Targets: targets(), Ops: []lint.Op{{Value: drop, Allow: c.op}}, Allow: c.all, Settings: c.settings})
		list := codes(got)
		if c.name != "raised" {
			slices.Sort(list)
		}
		if strings.Join(list, " ") != c.want {
			t.Errorf("%s: %v, not %s", c.name, list, c.want)
		}
		for _, f := range got {
			if s, ok := c.settings[f.Code]; ok && f.Severity != s {
				t.Errorf("%s: %s is a %s", c.name, f.Code, f.Severity)
			}
		}
	}
}

// TestOpaque keeps what is not known from being guessed at: an op that does not fit may be right, and a column may be filled.
func TestOpaque(t *testing.T) {
	in := lint.Input{Before: before(), Targets: targets(), Ops: []lint.Op{
		{}, {Value: migrate.DropTable{Table: "elsewhere"}},
		{Value: migrate.AlterColumn{Table: "items", From: column("label"), To: nullable(column("label"), false)}},
	}}
	if got := codes(lint.Lint(in)); slices.Contains(got, "MG407") || slices.Contains(got, "MG402") || slices.Contains(got, "MG406") {
		t.Errorf("found %v", got)
	}
	in.Ops, in.Exact = in.Ops[1:], true
	if got := codes(lint.Lint(in)); !slices.Contains(got, "MG407") || !slices.Contains(got, "MG402") {
		t.Errorf("found %v", got)
	}
}

// TestOpaqueBefore: every check passes over an op that is not known, before and behind its own.
func TestOpaqueBefore(t *testing.T) {
	unknown := lint.Op{}
	for _, c := range slices.Concat(dataCases, lockCases, deployCases, rightCases, nameCases, handCases) {
		for _, op := range slices.Concat(c.hit, c.miss) {
			lint.Lint(lint.Input{Before: before(), Targets: targets(), Ops: []lint.Op{unknown, {Value: op}, unknown}})
		}
	}
}

// TestFirstMigration is silent, whatever the tables hold.
func TestFirstMigration(t *testing.T) {
	i, s := items(), shops()
	var loud []string
	for _, f := range look(lint.Input{}, migrate.NewCreateTable(&s), migrate.NewCreateTable(&i)) {
		if f.Severity > lint.Note && f.Code != "MG407" {
			loud = append(loud, f.Code)
		}
	}
	if loud != nil {
		t.Errorf("found %v", loud)
	}
}
