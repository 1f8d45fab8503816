package migrate

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/modelgen/modelgen/runtime/schema"
)

// Set is all migrations of one application, under a name that separates it from other sets in the same database.
type Set struct {
	name   string
	all    []*Migration // parents before children, else in the order given
	index  map[string]int
	schema *schema.Schema // after all of them
	err    error

	once   sync.Once
	hashes []string
	digest string
}

// NewSet makes a set and checks it: names, parents, one head, and that the ops of each migration fit the schema that those before
// it leave. What is wrong is kept and returned by [Set.Err] and [New], so that a set can be a package variable.
func NewSet(name string, migrations ...*Migration) *Set {
	s := &Set{name: name, index: map[string]int{}, schema: &schema.Schema{}}
	s.err = s.build(migrations)
	return s
}

// Name gives the name of the set.
func (s *Set) Name() string { return s.name }

// Err says what is wrong with the set, or gives nil.
func (s *Set) Err() error { return s.err }

// Migrations gives the migrations, parents before children.
func (s *Set) Migrations() []*Migration { return slices.Clone(s.all) }

// Head gives the newest migration, which is no parent of another; nil when the set is empty.
func (s *Set) Head() *Migration {
	if len(s.all) == 0 {
		return nil
	}
	return s.all[len(s.all)-1]
}

// Schema gives a copy of the schema after all migrations.
func (s *Set) Schema() *schema.Schema { return s.schema.Clone() }

func (s *Set) build(migrations []*Migration) error {
	var errs []error
	if s.name == "" {
		errs = append(errs, errors.New("the set has no name"))
	}
	for i, m := range migrations {
		switch {
		case m == nil:
			errs = append(errs, fmt.Errorf("set %s: entry %d is nil", s.name, i+1))
		case m.Name == "":
			errs = append(errs, fmt.Errorf("set %s: entry %d has no name", s.name, i+1))
		case len(m.Name) > 200:
			errs = append(errs, fmt.Errorf("set %s: the name of %s is longer than 200 bytes", s.name, m.Name))
		default:
			if _, ok := s.index[m.Name]; ok {
				errs = append(errs, fmt.Errorf("set %s: two migrations are called %s", s.name, m.Name))
			}
			s.index[m.Name] = i
		}
	}
	if len(errs) > 0 {
		return errors.Join(errs...)
	}
	if err := s.order(migrations); err != nil {
		return err
	}
	for i, m := range s.all {
		s.index[m.Name] = i
		for n, op := range m.Ops {
			if op == nil {
				return fmt.Errorf("set %s: op %d of %s is nil", s.name, n+1, m.Name)
			}
			if err := op.Apply(s.schema); err != nil {
				return fmt.Errorf("set %s: op %d of %s does not fit: %w", s.name, n+1, m.Name, err)
			}
		}
	}
	return nil
}

// order sorts parents before children and finds heads that are too many.
func (s *Set) order(migrations []*Migration) error {
	const waiting, open, done = 0, 1, 2
	state := make(map[*Migration]int, len(migrations))
	inSet := make(map[*Migration]bool, len(migrations))
	hasChild := make(map[*Migration]bool, len(migrations))
	for _, m := range migrations {
		inSet[m] = true
	}
	var visit func(m *Migration) error
	visit = func(m *Migration) error {
		switch state[m] {
		case done:
			return nil
		case open:
			return fmt.Errorf("set %s: %s is among its own ancestors", s.name, m.Name)
		}
		state[m] = open
		for _, p := range m.Parents {
			if p == nil {
				return fmt.Errorf("set %s: %s has a parent that is nil", s.name, m.Name)
			}
			if !inSet[p] {
				return fmt.Errorf("set %s: %s has the parent %s, which is not in the list of the set; run modelgen generate to write the list anew", s.name, m.Name, p.Name)
			}
			hasChild[p] = true
			if err := visit(p); err != nil {
				return err
			}
		}
		state[m] = done
		s.all = append(s.all, m)
		return nil
	}
	for _, m := range migrations {
		if err := visit(m); err != nil {
			return err
		}
	}
	var heads []string
	for _, m := range s.all {
		if !hasChild[m] {
			heads = append(heads, m.Name)
		}
	}
	if len(heads) > 1 {
		return fmt.Errorf("set %s has %d heads: %s; two branches added a migration each; join them with modelgen merge, or put yours on top with modelgen rebase",
			s.name, len(heads), strings.Join(heads, ", "))
	}
	return nil
}

// hash gives the hash of the ops of migration i.
func (s *Set) hash(i int) string {
	s.fingerprint()
	return s.hashes[i]
}

// fingerprint gives the digest of all migrations with their hashes; it is computed once.
func (s *Set) fingerprint() string {
	s.once.Do(func() {
		var d digest
		s.hashes = make([]string, len(s.all))
		for i, m := range s.all {
			s.hashes[i] = HashOps(m.Ops)
			d = d.with(m.Name, s.hashes[i])
		}
		s.digest = d.String()
	})
	return s.digest
}

// schemaOf replays those migrations for which applied says yes.
func (s *Set) schemaOf(applied func(i int) bool) (*schema.Schema, error) {
	out := &schema.Schema{}
	for i, m := range s.all {
		if !applied(i) {
			continue
		}
		for _, op := range m.Ops {
			if err := op.Apply(out); err != nil {
				return nil, fmt.Errorf("%s does not fit what is applied: %w", m.Name, err)
			}
		}
	}
	return out, nil
}
