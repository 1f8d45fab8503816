package sqlfiles

import (
	"fmt"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/runtime/schema"
)

// Into adds what the files declare to the schema of the models, and returns what does not fit it.
func (r *Result) Into(s *schema.Schema) (problems Problems) {
	fail := func(o Object, format string, args ...any) {
		problems = append(problems, Problem{o.Pos, fmt.Sprintf(format, args...)})
	}
	for _, e := range r.Enums {
		if s.Enum(e.Name) != nil {
			problems = append(problems, Problem{r.places["enum "+e.Name], fmt.Sprintf("enum %s is declared by the models too", e.Name)})
			continue
		}
		s.PutEnum(e)
	}
	add := func(ns string) {
		if ns != "" && !slices.Contains(s.Namespaces, ns) {
			s.Namespaces = append(s.Namespaces, ns)
		}
	}
	for _, ns := range r.Namespaces {
		add(ns)
	}
	for _, o := range r.Objects {
		switch {
		case o.Kind.Relation() && s.Table(o.Name) != nil:
			fail(o, "%s has the name of the table of a model", o)
			continue
		case o.Kind != schema.CommentKind && o.Kind != schema.GrantKind:
			bare, _, _ := strings.Cut(o.Name, "(")
			ns, _ := schema.SplitName(bare)
			add(ns)
		}
		s.SQLObjects = append(s.SQLObjects, o.SQLObject)
	}
	slices.Sort(s.Namespaces)
	s.SortSQLObjects()
	return problems
}
