package postgres

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	migrate "github.com/modelgen/modelgen/runtime"
)

func TestUnpack(t *testing.T) {
	row := func(values ...string) string { return strings.Join(values, valueEnd) }
	full := row("7", "0001_a", "h", "d", "running", "2", `{"rows":1}`, "1767323045123456", "-1000000", "app", "v1", "57014", "example.com/shop")
	bare := row("8", "0002_b", "", "", "done", "0", "", "", "", "", "", "", "")
	for _, c := range []struct {
		name, text string
		n          int
		want       []migrate.Record // nil is not to be read so
	}{
		{name: "two rows", n: 2, text: full + rowEnd + bare, want: []migrate.Record{
			{ID: 7, Set: "shop", Name: "0001_a", Hash: "h", Digest: "d", State: migrate.StateRunning, Stage: 2, Cursor: `{"rows":1}`, Started: time.Date(2026, 1, 2, 3, 4, 5, 123456000, time.UTC),
				Finished: time.Date(1969, 12, 31, 23, 59, 59, 0, time.UTC), By: "app", Tool: "v1", Error: "57014", Module: "example.com/shop"},
			{ID: 8, Set: "shop", Name: "0002_b", State: migrate.StateDone},
		}},
		{name: "the end of a value in a value", n: 1, text: strings.Replace(full, "app", "a"+valueEnd+"p", 1)},
		{name: "the end of a row in a value", n: 1, text: strings.Replace(full, "app", "a"+rowEnd+"p", 1)},
		{name: "a whole row in a value", n: 1, text: strings.Replace(full, "app", rowEnd+bare, 1)},
		{name: "a value that makes up for another one", n: 2, text: strings.Replace(full, "app", "a"+valueEnd+"p", 1) + rowEnd + row("8", "0002_b", "", "", "done", "0", "", "", "", "", "", "")},
		{name: "fewer rows than there are", n: 3, text: full + rowEnd + bare},
		{name: "no number", n: 1, text: "x" + full},
		{name: "no stage", n: 1, text: strings.Replace(full, valueEnd+"2"+valueEnd, valueEnd+valueEnd, 1)},
		{name: "no time", n: 1, text: strings.Replace(full, "1767323045123456", "infinity", 1)},
		{name: "a text without rows", n: 0, text: bare},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, ok := unpack("shop", c.n, c.text)
			if ok != (c.want != nil) || ok && !slices.EqualFunc(got, c.want, func(a, b migrate.Record) bool { return reflect.DeepEqual(a, b) }) {
				t.Errorf("unpack returned %v and %+v", ok, got)
			}
		})
	}
	if got, ok := unpack("shop", 0, ""); !ok || got != nil {
		t.Errorf("no rows are %v and %v", ok, got)
	}
}
