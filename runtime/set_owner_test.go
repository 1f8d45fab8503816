package migrate_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	migrate "github.com/modelgen/modelgen/runtime"
)

// TestSetOwner: a parent of another set is applied with the first set that was made of it, whichever is looked at first.
func TestSetOwner(t *testing.T) {
	named := func(name string, parents ...*migrate.Migration) *migrate.Migration {
		return &migrate.Migration{Name: name, Parents: parents}
	}
	needs := func(s *migrate.Set, want string) {
		t.Helper()
		var got []string
		if err := s.Err(); err != nil {
			got = append(got, err.Error())
		}
		for name := range s.Named() {
			got = append(got, name)
		}
		if all := strings.Join(got, ", "); all != want {
			t.Errorf("%s\nwant %s", all, want)
		}
	}
	missing := "set %s: 0002 has the parent %s, which is not in the list of the set; run go generate to rewrite the list"

	a := named("0001")
	first, second := migrate.NewSet("first", a), migrate.NewSet("second", a)
	third := migrate.NewSet("third", named("0002", a))
	needs(third, "first/0001, 0002")
	needs(second, "0001")
	needs(first, "0001")

	late := named("0001_late")
	early := migrate.NewSet("early", named("0002", late))
	migrate.NewSet("late", late)
	needs(early, fmt.Sprintf(missing, "early", "0001_late"))
	needs(migrate.NewSet("later", named("0002", late)), "late/0001_late, 0002")

	copied := *late
	needs(migrate.NewSet("of a copy", named("0002", &copied)), fmt.Sprintf(missing, "of a copy", "0001_late"))
	needs(migrate.NewSet("of none", named("0002", named("alone"))), fmt.Sprintf(missing, "of none", "alone"))
}

// TestSetOwnerOfMany: many sets are made by several goroutines, and none of them is forgotten.
func TestSetOwnerOfMany(t *testing.T) {
	var wait sync.WaitGroup
	for n := range 4 {
		wait.Go(func() {
			for i := range 40 {
				m := &migrate.Migration{Name: "0001"}
				name := fmt.Sprintf("owner_%d_%d", n, i)
				migrate.NewSet(name, m)
				s := migrate.NewSet("needs", &migrate.Migration{Name: "0002", Parents: []*migrate.Migration{m}})
				if err := s.Err(); err != nil {
					t.Error(err)
				}
				for got := range s.Named() {
					if got != name+"/0001" {
						t.Errorf("%s, not of %s", got, name)
					}
					break
				}
			}
		})
	}
	wait.Wait()
}
