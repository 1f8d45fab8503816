package sqlfiles

import (
	"fmt"
	"slices"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// Into adds what the files declare to the schema of the models, and returns what does not fit it. byHand is what steps of the migrations that are written by
// hand make: what the files declare may stand on it, and it becomes no part of the schema.
func (r *Result) Into(s *schema.Schema, byHand ...schema.Object) (problems Problems) {
	if problems = r.Add(s); len(problems) > 0 {
		return problems
	}
	return r.Check(s, byHand...)
}

// Add is the first half of [Result.Into]: it adds what the files declare, and returns what cannot be added.
func (r *Result) Add(s *schema.Schema) (problems Problems) {
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
	models := slices.Clone(s.SQLObjects)
	for i := range r.Objects {
		if msg := r.onlyRoutine(&r.Objects[i]); msg != "" {
			fail(r.Objects[i], "%s", msg)
		}
	}
	for _, o := range r.Objects {
		switch {
		case (o.Kind.Relation() || share(o.Kind, schema.DomainKind)) && s.Table(o.Name) != nil:
			fail(o, "%s has the name of the table of a model", o)
			continue
		case slices.ContainsFunc(models, func(x schema.SQLObject) bool {
			return x.Kind == o.Kind && x.Name == o.Name && x.Table == o.Table && schema.Meet(x.Only, o.Only)
		}):
			fail(o, "%s is declared by the models too", o)
			continue
		case share(o.Kind, schema.DomainKind) && s.Enum(o.Name) != nil:
			fail(o, "%s has the name of an enum; types, and the rows of tables and views, share their names", o)
			continue
		case o.Kind != schema.CommentKind && o.Kind != schema.GrantKind:
			bare, _, _ := strings.Cut(o.Name, "(")
			ns, _ := schema.SplitName(bare)
			add(ns)
			if x, ok := migrate.ObjectOp(nil, &o.SQLObject).(migrate.CreateExtension); ok && x.Schema != "public" {
				add(x.Schema)
			}
		}
		s.SQLObjects = append(s.SQLObjects, o.SQLObject)
	}
	slices.Sort(s.Namespaces)
	s.SortSQLObjects()
	return problems
}

// Check is the second half of [Result.Into], which takes longer and changes nothing: it returns what stands on something that is not there.
func (r *Result) Check(s *schema.Schema, byHand ...schema.Object) Problems {
	with := *s
	with.Objects = slices.Concat(s.Objects, byHand) // where names are looked up
	return r.check(&with)
}

// onlyRoutine completes a comment or a grant on a routine that is named without its arguments.
func (r *Result) onlyRoutine(o *Object) string {
	if o.Kind != schema.CommentKind && o.Kind != schema.GrantKind {
		return ""
	}
	kind, rest, _ := strings.Cut(o.Name, " ")
	name, role, _ := strings.Cut(rest, " to ")
	if k := schema.ObjectKind(kind); !k.Routine() || strings.Contains(name, "(") {
		return ""
	}
	var all []string
	for _, x := range r.Objects {
		if bare, _, _ := strings.Cut(x.Name, "("); string(x.Kind) == kind && bare == strings.ReplaceAll(name, `"`, "") {
			all = append(all, x.Name)
		}
	}
	switch len(all) {
	case 0:
		return "" // which is told where all targets are looked for
	case 1:
		_, args, _ := strings.Cut(all[0], "(")
		o.Name = kind + " " + name + "(" + args
		if role != "" {
			o.Name += " to " + role
		}
		return ""
	}
	return fmt.Sprintf("%s: there are several of that name, write the types of its arguments too: %s", o, strings.Join(all, ", "))
}
