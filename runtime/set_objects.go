package migrate

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/runtime/schema"
)

// declare returns the objects that are there after a step that makes some and drops others. One that is dropped without having been declared is
// no error: it may have been made before anybody declared.
func declare(there []schema.Object, makes, drops []string, only string) ([]schema.Object, error) {
	if len(makes)+len(drops) == 0 {
		return there, nil
	}
	there = slices.Clone(there)
	for _, text := range drops {
		o, err := schema.ParseObject(text)
		if err != nil {
			return nil, fmt.Errorf("in Drops: %w", err)
		}
		there = slices.DeleteFunc(there, func(x schema.Object) bool { return x.Same(o) && (only == "" || x.Only == only) })
	}
	for _, text := range makes {
		o, err := schema.ParseObject(text)
		if err != nil {
			return nil, fmt.Errorf("in Objects: %w", err)
		}
		o.Only = only
		if slices.ContainsFunc(there, func(x schema.Object) bool { return x.Same(o) && schema.Meet(x.Only, only) }) {
			return nil, fmt.Errorf("in Objects: %s is declared by an earlier step; take it out where a statement only replaces it, and write Drops where one drops it", o)
		}
		there = append(there, o)
	}
	return there, nil
}

// declared returns what a step declares as the effects of an op have it.
func declared(texts []string) (all []Object) {
	for _, text := range texts {
		all = append(all, Object{Kind: HandObject, Name: text})
	}
	return all
}

// Allow lets Verify pass over things of the database that the migrations do not make: triggers, policies, rules, indexes, constraints and columns that
// somebody else has put on their tables, and that a table has row security, or is unlogged or partitioned. Each is written as in [SQL] with its table, "trigger audit on issues",
// "column users.legacy", "unlogged table sessions", "not valid constraint users_age_check on users", "identity always users.id", "covering constraint users_pkey on users", "virtual column orders.total", "constraint unnamed on
// links" of those in SQLite that have no name; * stands for any part of a name: "trigger audit_* on *". It changes the set and returns it.
func (s *Set) Allow(patterns ...string) *Set {
	for _, p := range patterns {
		norm, err := pattern(p)
		if err != nil && s.misuse == nil {
			s.misuse = fmt.Errorf("set %s: %w", s.name, err)
		}
		s.allow = append(s.allow, norm)
	}
	return s
}

// pattern checks what Allow takes and brings it into the form in which things are compared with it.
func pattern(p string) (string, error) {
	const star = "modelgen_star"
	o, err := schema.ParseObject(strings.ReplaceAll(p, "*", star))
	if err == nil && !slices.Contains([]string{"trigger", "policy", "rule", "row security", "index", "constraint", "column", "unlogged table", "partitioned table",
		"identity always", "sequence options", "not valid constraint", "deferrable constraint", "covering constraint", "virtual column"}, o.Kind) {
		err = fmt.Errorf("verify looks at no %s; a trigger, a policy, a rule, an index, a constraint or a column on a table of the migrations can be allowed, and that it has row security, or is an unlogged or a partitioned table, "+
			"a not valid constraint, a deferrable or a covering constraint (of a primary key), that a column is identity always, and its sequence options, and a virtual column (that is computed)", o.Kind)
	}
	if err != nil {
		return "", fmt.Errorf("allow %q: %w", p, err)
	}
	return strings.ToLower(strings.ReplaceAll(o.String(), star, "*")), nil
}

// unnamedConstraint is what a constraint of SQLite without a name is called where it is allowed: "constraint unnamed on orders".
const unnamedConstraint = "unnamed"

// object returns what a fact of a catalog is about as an object; ok is false for what cannot be one.
func (x thing) object() (o schema.Object, ok bool) {
	if slices.Contains([]string{"unique index", "check", "foreign key"}, x.kind) && x.name == "" && x.table != "" {
		x.kind, x.name = "constraint", unnamedConstraint
	}
	o = schema.Object{Kind: x.kind, Name: schema.QuoteName(x.name), Table: schema.QuoteName(x.table)}
	switch x.kind {
	case "unlogged table", "partitioned table", string(schema.RowSecurityKind):
		return schema.Object{Kind: x.kind, Name: o.Table}, x.table != ""
	case "trigger", "policy", "rule", "column", "index", "constraint", "identity always", "sequence options", "not valid constraint", "deferrable constraint", "covering constraint", "virtual column":
	case "unique index":
		o.Kind = "index"
	case "unique", "check", "foreign key", "primary key":
		o.Kind = "constraint"
	default:
		return o, false
	}
	return o, x.name != "" && x.table != ""
}

// wanted reports whether something that is in the database, and not in the schema, is declared by a step or allowed.
func (s *Set) wanted(fact string, want *schema.Schema) bool {
	x, _ := about(fact, want)
	o, ok := x.object()
	if !ok {
		return false
	}
	if slices.ContainsFunc(want.Objects, o.Same) || x.kind == string(schema.RowSecurityKind) && heldByPolicy(x.table, want) {
		return true
	}
	full := strings.ToLower(o.String())
	short, _, _ := strings.Cut(full, " on ")
	return slices.ContainsFunc(s.allow, func(p string) bool {
		whole, _ := path.Match(p, full)
		bare, _ := path.Match(p, short)
		return whole || bare && o.Kind == "index"
	})
}

// declaredBy returns the migration whose step declares an object, "" when none does.
func (h *history) declaredBy(o schema.Object, dialect string) (found string) {
	for i, n := range h.set.all {
		if !h.counts(i) {
			continue
		}
		for _, op := range n.Ops {
			var texts []string
			switch op := op.(type) {
			case SQL:
				if !schema.Elsewhere(op.Only, dialect) {
					texts = op.Objects
				}
			case Go:
				texts = op.Objects
			}
			for _, text := range texts {
				if d, err := schema.ParseObject(text); err == nil && d.Kind == o.Kind && d.Name == o.Name {
					found = h.set.label(i)
				}
			}
		}
	}
	return found
}
