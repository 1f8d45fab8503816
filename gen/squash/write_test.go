package squash

import (
	"slices"
	"strings"
	"testing"

	migrate "github.com/modelgen/modelgen/runtime"
)

// TestWritten: steps over data are copied as their files have them; rows that were joined are not, and what was written above them is kept.
func TestWritten(t *testing.T) {
	rows := func(ids ...int) migrate.Rows {
		o := migrate.Rows{Table: "t", Key: []string{"id"}}
		for _, id := range ids {
			o.Insert = append(o.Insert, migrate.Values{"id": id})
		}
		return o
	}
	sql := migrate.SQL{Up: []string{"SELECT 1"}}
	steps := written{{op: rows(1), text: "r1", comments: []string{"// one"}}, {op: rows(2), text: "r2", comments: []string{"// two"}}, {op: rows(3), text: "r3", comments: []string{"// three"}},
		{op: sql, text: "sql", comments: []string{"// sql"}}, {op: rows(4), text: "r4"}}
	for _, c := range []struct {
		name string
		ops  []migrate.Op
		want []string
	}{
		{"as they are", []migrate.Op{rows(1), rows(2), rows(3), sql, rows(4)}, []string{"// one r1", "// two r2", "// three r3", "// sql sql", "r4"}},
		{"the first two", []migrate.Op{rows(1, 2), rows(3), sql, rows(4)}, []string{"// one // two", "// three r3", "// sql sql", "r4"}},
		{"the last two", []migrate.Op{rows(1), rows(2, 3), sql, rows(4)}, []string{"// one r1", "// two // three", "// sql sql", "r4"}},
		{"all", []migrate.Op{rows(1, 2, 3), sql, rows(4)}, []string{"// one // two // three", "// sql sql", "r4"}},
		{"to nothing", []migrate.Op{sql, rows(4)}, []string{"// sql sql", "r4"}},
		{"one too many", []migrate.Op{sql, sql}, []string{"// sql sql", "none"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := slices.Clone(steps)
			for i := range c.ops {
				s, comments, ok := w.next(c.ops[i:])
				got := slices.Clone(comments)
				switch {
				case !ok:
					got = append(got, "none")
				case s != nil:
					got = append(got, s.text)
				}
				if text := strings.Join(got, " "); text != c.want[i] {
					t.Errorf("step %d is %q, want %q", i+1, text, c.want[i])
				}
			}
		})
	}
}
