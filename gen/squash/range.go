package squash

import (
	"fmt"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/gen/finding"
	"github.com/modelgen/modelgen/gen/migrations"
)

// members returns the migrations of a range, parents first, and the variables of the parents that lie outside.
func (q *squasher) members(text string) (members []int, parents []string, err error) {
	from, to, isRange := strings.Cut(text, "..")
	if !isRange {
		from, to = "", text
	}
	last, err := q.at(to, text)
	if err != nil {
		return nil, nil, err
	}
	members = q.graph.Before(last)
	if from != "" {
		first, err := q.at(from, text)
		if err != nil {
			return nil, nil, err
		}
		if !slices.Contains(members, first) {
			return nil, nil, fmt.Errorf("%s does not come before %s; write FROM..TO, the older one first", q.all[first].Name, q.all[last].Name)
		}
		old := q.graph.Before(first)
		old = old[:len(old)-1]
		members = slices.DeleteFunc(members, func(i int) bool {
			return i != first && !slices.Contains(q.graph.Before(i), first)
		})
		for _, i := range members {
			for _, p := range q.graph.Parents(i) {
				if !slices.Contains(members, p) && !slices.Contains(old, p) {
					return nil, nil, finding.Problems{fmt.Sprintf("%s: %s joins %s, which does not come after %s; begin the range before the branches part",
						q.all[i].Pos, q.all[i].Name, q.all[p].Name, q.all[first].Name)}
				}
			}
		}
		for _, p := range q.graph.Parents(first) {
			parents = append(parents, q.all[p].Var)
		}
	}
	if len(members) < 2 {
		return nil, nil, finding.Problems{fmt.Sprintf("there is nothing to squash: %s is one migration", q.all[last].Name)}
	}
	return members, parents, nil
}

// at finds a migration that a range names.
func (q *squasher) at(word, text string) (int, error) {
	if word == "" {
		return 0, fmt.Errorf("%q is no range: it is FROM..TO, ..TO or TO", text)
	}
	m, err := migrations.Find(q.all, word)
	if err != nil {
		return 0, err
	}
	i := q.graph.ByVar[m.Var]
	if s := q.graph.Outermost(i); s != i {
		return 0, finding.Problems{fmt.Sprintf("%s: %s is squashed already, into %s; name that one", m.Pos, m.Name, q.all[s].Name)}
	}
	return i, nil
}
