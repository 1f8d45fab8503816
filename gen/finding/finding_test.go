package finding_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/modelgen/modelgen/gen/finding"
)

// TestLines: what a person reads of a finding, and what a line says of one.
func TestLines(t *testing.T) {
	for _, c := range []struct {
		f    finding.Finding
		line string
	}{
		{finding.Finding{Reason: "it is wrong"}, "it is wrong"},
		{finding.Finding{Place: "a.go:1:2", Reason: "it is wrong"}, "a.go:1:2: it is wrong"},
		{finding.Finding{Place: "a.go:1:2", Reason: "it is wrong", Fix: "run it"}, "a.go:1:2: it is wrong: run it"},
		{finding.Finding{Place: "a.go:1:2", Reason: "is it wrong?", Fix: "run it"}, "a.go:1:2: is it wrong? Run it"},
		{finding.Remedied("a.go:1:2", "it is wrong", "; ", "run it"), "a.go:1:2: it is wrong; run it"},
		{finding.Remedied("a.go:1:2", "it is wrong", "; ", "run it").ShownAt("b"), "b: it is wrong; run it"},
		{finding.SplitFix(finding.Finding{Reason: "one; two; run it"}, "; "), "one; two; run it"},
	} {
		if got := c.f.String(); got != c.line {
			t.Errorf("%q, not %q", got, c.line)
		}
	}
	if f := finding.SplitFix(finding.Finding{Reason: "one; two; run it"}, "; "); f.Reason != "one; two" || f.Fix != "run it" {
		t.Errorf("%+v", f)
	}
	for line, want := range map[string]finding.Finding{
		"migrations/a.go:1:2: it is wrong: see b.go:3": {Place: "migrations/a.go:1:2", Reason: "it is wrong: see b.go:3"},
		"migrations/snapshot.json: it is wrong":        {Place: "migrations/snapshot.json", Reason: "it is wrong"},
		"the model: it is wrong":                       {Reason: "the model: it is wrong"},
	} {
		if got := finding.Parse(line); got != want {
			t.Errorf("%s: %+v", line, got)
		}
	}
}

// TestOf: findings come back out of an error whole, and out of plain problems as far as their lines say.
func TestOf(t *testing.T) {
	list := finding.List{finding.Remedied("a.go:1:2", "it is wrong", "; ", "run it")}
	got, ok := finding.Of(fmt.Errorf("check: %w", list))
	if !ok || !slices.Equal(got, list) {
		t.Errorf("%+v, %v", got, ok)
	}
	p, ok := errors.AsType[finding.Problems](fmt.Errorf("check: %w", list))
	if !ok || p.Error() != "a.go:1:2: it is wrong; run it" {
		t.Errorf("%q, %v", p, ok)
	}
	if got, ok = finding.Of(finding.Problems{"a.go:1:2: it is wrong"}); !ok || len(got) != 1 || got[0].Place != "a.go:1:2" || got[0].File() != "a.go" {
		t.Errorf("%+v, %v", got, ok)
	}
	if got, ok = finding.Of(errors.New("no such file")); ok || got != nil {
		t.Errorf("%+v, %v", got, ok)
	}
}

// TestJSON: what check -json prints has these names and no others.
func TestJSON(t *testing.T) {
	f := finding.Remedied("a.go:1:2", "it is wrong", "; ", "run it").ShownAt("b")
	f.Migration, f.Edit, f.Note = "0001_initial", true, true
	data, err := json.Marshal(f)
	if want := `{"place":"a.go:1:2","reason":"it is wrong","fix":"run it","note":true}`; err != nil || string(data) != want {
		t.Errorf("%s, %v", data, err)
	}
}
