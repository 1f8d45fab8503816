package dialecttest_test

import (
	"strings"
	"testing"

	migrate "github.com/modelgen/modelgen/runtime"
)

// madeBySQL reports whether a fact has no op of its own: verify says that it is made again as sql prints it.
func madeBySQL(fact string) bool {
	return strings.HasPrefix(fact, "trigger ") || // of a dual write
		strings.HasPrefix(fact, "table parents comment ") || // the table is there, and differs
		fact == "check items mood in ('sad', 'glad')" || fact == "check items mood in ('glad', 'sad')" // the values of an enum that is no type
}

// TestVerifyRepairsEveryFact: of a table that is there and lacks all that any field of a schema can say, each line says by which statement or op it
// comes back. A kind of fact that Verify does not know is named.
func TestVerifyRepairsEveryFact(t *testing.T) {
	runners(t, func(r *runner) {
		s := r.everySchema()
		first := &migrate.Migration{Name: "0001_first"}
		for _, n := range s.Namespaces {
			first.Ops = append(first.Ops, migrate.CreateSchema{Name: n})
		}
		for _, e := range s.Enums {
			first.Ops = append(first.Ops, migrate.CreateEnum{Name: e.Name, Values: e.Values})
		}
		for _, name := range []string{"parents", "items"} {
			table := s.Table(name)
			first.Ops = append(first.Ops, migrate.NewCreateTable(table))
			for _, d := range table.DualWrites {
				first.Ops = append(first.Ops, migrate.NewAddDualWrite(name, d))
			}
			if _, err := r.db.ExecContext(t.Context(), "CREATE TABLE "+name+" (only_one integer)"); err != nil {
				r.t.Fatal(err)
			}
		}
		m := r.migrator(migrate.NewSet("shop", first))
		if _, err := m.Fake(t.Context(), "0001"); err != nil {
			r.t.Fatal(err)
		}
		diff, err := m.Verify(t.Context())
		if err != nil {
			r.t.Fatal(err)
		}
		missing := 0
		for _, d := range diff {
			if !d.Missing || madeBySQL(d.Fact) {
				continue
			}
			missing++
			made := strings.HasPrefix(d.Fix, "make it again by hand: ") || strings.Contains(d.Fix, "or with two migrations: ")
			used := strings.HasPrefix(d.Fact, "column ") && strings.HasPrefix(d.Fix, "make it again by hand") // with what is over it
			if !made && !used {
				r.t.Errorf("%s\n\tis not made again by: %s\n\tsay how in verify_remedy.go; a new kind of line is in kindsOfFacts in verify.go as well", d.Fact, d.Fix)
			}
		}
		if missing < 20 {
			r.t.Errorf("only %d facts are missing: %v", missing, diff)
		}
	})
}
