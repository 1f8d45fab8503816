package optimize_test

import (
	"flag"
	"slices"
	"strings"
	"testing"

	"github.com/modelgen/modelgen/gen/optimize"
	"github.com/modelgen/modelgen/gen/optimize/optimizetest"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

var (
	lists = flag.Int("optimize.n", 500, "how many random lists are optimised")
	first = flag.Uint64("optimize.seed", 1, "the seed of the first list; a failure prints its own")
)

// TestRandomLists holds random lists to what the package promises. Half of them begin with nothing.
func TestRandomLists(t *testing.T) {
	if testing.Short() {
		*lists /= 10
	}
	long, short := 0, 0
	for i := range *lists {
		seed := *first + uint64(i)
		before := &schema.Schema{}
		if seed%2 == 0 {
			before, _ = optimizetest.Begin(seed, optimizetest.Options{Data: seed%3 == 0})
		}
		list := optimizetest.List(seed, before, 4+int(seed%37), optimizetest.Options{Data: seed%3 == 0})
		if why := broken(before, list); why != "" {
			list = shrunk(before, list)
			t.Fatalf("seed %d: %s\nbefore: %s\n%sgives\n%s", seed, broken(before, list), facts(before), listed(list), listed(optimize.From(before, list)))
		}
		long, short = long+len(list), short+len(optimize.From(before, list))
	}
	t.Logf("%d lists: %d ops became %d", *lists, long, short)
}

// shrunk leaves ops out for as long as what is left fits and is still broken.
func shrunk(before *schema.Schema, list []migrate.Op) []migrate.Op {
	for again := true; again; {
		again = false
		for size := max(1, len(list)/2); size > 0; size /= 2 {
			for i := 0; i+size <= len(list); i++ {
				less := append(append([]migrate.Op{}, list[:i]...), list[i+size:]...)
				if _, err := apply(before, less); err == nil && broken(before, less) != "" {
					list, again = less, true
					i--
				}
			}
		}
	}
	return list
}

func apply(before *schema.Schema, list []migrate.Op) (*schema.Schema, error) {
	s := before.Clone()
	for _, op := range list {
		if err := op.Apply(s); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// broken says which promise is broken. The rules are asked without the replay that would catch their mistakes.
func broken(before *schema.Schema, list []migrate.Op) string {
	end, err := apply(before, list)
	if err != nil {
		return "the list does not fit: " + err.Error()
	}
	hash := migrate.HashOps(list)
	got := optimize.Rules(list)
	switch after, err := apply(before, got); {
	case migrate.HashOps(list) != hash:
		return "the list was changed"
	case len(got) > len(list):
		return "it is longer"
	case err != nil:
		return "the result does not fit: " + err.Error()
	case facts(after) != facts(end):
		return "another schema: " + facts(after) + "\ninstead of " + facts(end)
	}
	if again := optimize.Rules(got); migrate.HashOps(again) != migrate.HashOps(got) {
		return "once more gives another list"
	}
	if other := optimize.From(before, list); migrate.HashOps(other) != migrate.HashOps(got) {
		return "the same list gives another one"
	}
	if data(list) != data(got) {
		return "the steps over data are others, or in another order"
	}
	_, errBefore := migrate.Invert(list)
	back, errAfter := migrate.Invert(got)
	if errBefore == nil {
		if errAfter != nil {
			return "it cannot be undone any more: " + errAfter.Error()
		}
		undone, err := apply(end, back)
		if err != nil {
			return "what undoes it does not fit: " + err.Error()
		}
		if names(undone) != names(before) {
			return "undone is not what was before: " + names(undone) + "\ninstead of " + names(before)
		}
	}
	return ""
}

// data returns the steps over data of a list, in their order.
func data(list []migrate.Op) string {
	var steps []migrate.Op
	for _, op := range list {
		switch op.(type) {
		case migrate.SQL, migrate.Go, migrate.Fill, migrate.Unwritten:
			steps = append(steps, op)
		}
	}
	return migrate.HashOps(steps)
}

// names returns the facts of a schema without the order of columns, which a dropped column that comes back changes, and without the names that the columns
// of a view keep when those of its table get others: they stay when those come back.
func names(s *schema.Schema) string {
	s = s.Clone()
	for _, t := range s.Tables {
		sortColumns(t.Columns)
	}
	for i, o := range s.SQLObjects {
		words := strings.Fields(string(o.SQL))
		for j := 1; j+1 < len(words); j++ {
			if words[j] == "AS" && strings.TrimSuffix(words[j+1], ",") == words[j-1] {
				words = slices.Delete(words, j-1, j+1)
			}
		}
		s.SQLObjects[i].SQL = schema.SQLText(strings.Join(words, " "))
	}
	return facts(s)
}
