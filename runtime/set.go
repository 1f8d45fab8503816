package migrate

import (
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/modelgen/modelgen/runtime/schema"
)

// Set is all migrations of one application, under a name that separates it from other sets in the same database.
//
// What it takes to make one does not depend on what the migrations do: they are put in order, replayed and hashed when something first asks for
// that, see [Set.Fingerprint].
type Set struct {
	name    string
	members []string // names of the sets whose migrations it is to apply: its own, or those of the sets that were joined
	given   []*Migration
	order   int          // among all sets that were made of migrations
	joined  []*Set       // instead of given
	listed  string       // see Fingerprint
	allow   []string     // see Allow
	views   []ViewStruct // see Views
	misuse  error        // of what it was made with, known without a look at the migrations

	ordering sync.Once // guards what arrange finds
	all      []node    // parents before children; those of other sets that it needs are among them
	at       map[*Migration]int
	index    map[key]int
	disorder error

	replaying sync.Once
	schema    *schema.Schema // after all of them
	misfit    error
	behind    atomic.Pointer[replayed]

	caller  [1]uintptr // where it was made
	modules sync.Map   // the modules of packages that were asked for
	hashing sync.Once
	hashes  []string
	sums    []digest          // of one migration each
	digests map[string]string // by member

	unhashed any // what hashing panicked with
}

// node is a migration in its place in a set.
type node struct {
	*Migration
	set     string // whose history it is in
	own     bool   // it is to be applied, not only needed
	before  []int  // what must come before it: its parents, and what the order of a squash adds
	members []int  // the migrations it replaces, and those that they replace
	gone    []string
	by      []int // the migrations that replace it
}

// key is a migration in the history.
type key struct{ set, name string }

// NewSet makes a set of migrations. What is wrong with it is returned by [Set.Err] and [New], so that a set can be a package variable: names,
// parents, more than one head, and ops of a migration that do not fit the schema which those before it leave.
//
// A parent may belong to another set. It is then applied first, with all that comes before it, and recorded under its own set.
func NewSet(name string, migrations ...*Migration) *Set {
	s := &Set{name: name, members: []string{name}, given: migrations}
	s.madeAt()
	s.made()
	return s
}

// Join makes one set of several that share a database, so that one run applies all of them in the order of their dependencies. The name
// of a migration is then "shop/0002_stock" where it is asked for or shown; each keeps its history.
// What is wrong with one of them is what is wrong with the whole.
func Join(sets ...*Set) *Set {
	s := &Set{}
	var errs []error
	for _, m := range sets {
		switch {
		case m == nil:
			errs = append(errs, errors.New("migrate.Join: a set is nil"))
			continue
		case slices.Contains(s.members, m.name):
			errs = append(errs, fmt.Errorf("two sets are called %s", m.name))
		}
		s.members, s.allow, s.joined = append(s.members, m.name), append(s.allow, m.allow...), append(s.joined, m)
		s.views = append(s.views, m.views...)
	}
	s.name = strings.Join(s.members, "+")
	s.misuse = errors.Join(errs...)
	return s
}

// Name returns the name of the set.
func (s *Set) Name() string { return s.name }

// Err says what is wrong with the set, or returns nil. It replays all migrations when it is first called.
func (s *Set) Err() error { return s.errBehind(-1) }

// errBehind is Err, and keeps the schema behind migration at for [Set.schemaBehind] if it is first called.
func (s *Set) errBehind(at int) error {
	if err := s.arranged(); err != nil {
		return err
	}
	s.replaying.Do(func() {
		var errs []error
		for _, m := range s.joined {
			errs = append(errs, m.Err())
		}
		if s.misfit = errors.Join(errs...); s.misfit == nil {
			s.misfit = s.fit(at)
		}
	})
	return s.misfit
}

// arranged puts the migrations in order when it is first called, and says what is wrong with the order.
func (s *Set) arranged() error {
	if s.misuse != nil {
		return s.misuse
	}
	s.ordering.Do(func() { s.disorder = s.build() })
	return s.disorder
}

// Migrations returns the migrations, parents before children.
func (s *Set) Migrations() []*Migration {
	_ = s.arranged()
	var all []*Migration
	for _, n := range s.all {
		if n.own {
			all = append(all, n.Migration)
		}
	}
	return all
}

// Named returns the migrations, and those of other sets that they need, parents before children, each by the name that [Status] has for it: of a set that was
// joined, or is another one, with the name of the set before it, "shop/0002_stock".
func (s *Set) Named() iter.Seq2[string, *Migration] {
	return func(yield func(string, *Migration) bool) {
		for i, n := range s.all {
			if !yield(s.label(i), n.Migration) {
				return
			}
		}
	}
}

// Head returns the newest migration, which is no parent of another; nil when the set is empty.
func (s *Set) Head() *Migration {
	_ = s.arranged()
	for _, n := range slices.Backward(s.all) {
		if n.own {
			return n.Migration
		}
	}
	return nil
}

// none reports whether no migration was given.
func (s *Set) none() bool {
	return len(s.given) == 0 && !slices.ContainsFunc(s.joined, func(m *Set) bool { return !m.none() })
}

// Schema returns a copy of the schema after all migrations.
func (s *Set) Schema() *schema.Schema {
	_ = s.Err()
	return s.schema.Clone()
}

// build checks what can be said of each migration alone, then arranges them.
func (s *Set) build() error {
	if s.joined != nil {
		return s.buildJoined()
	}
	migrations := s.given
	var errs []error
	if s.name == "" {
		errs = append(errs, errors.New("the set has no name"))
	}
	if strings.ContainsAny(s.name, "/\x00") {
		errs = append(errs, fmt.Errorf("set %s: the name of a set has no slash", s.name))
	}
	names := make(map[string]bool, len(migrations))
	owner := make(map[*Migration]string, len(migrations))
	for i, m := range migrations {
		switch {
		case m == nil:
			errs = append(errs, fmt.Errorf("set %s: entry %d is nil", s.name, i+1))
			continue
		case m.Name == "":
			errs = append(errs, fmt.Errorf("set %s: entry %d has no name", s.name, i+1))
		case len(m.Name) > 200:
			errs = append(errs, fmt.Errorf("set %s: the name of %s is longer than 200 bytes", s.name, m.Name))
		case m.Name == zero:
			errs = append(errs, fmt.Errorf("set %s: no migration can be called %s, which stands for none", s.name, zero))
		case names[m.Name]:
			errs = append(errs, fmt.Errorf("set %s: two migrations are called %s", s.name, m.Name))
		}
		ops, err := m.ops()
		if err != nil {
			errs = append(errs, fmt.Errorf("set %s: %s: %w", s.name, m.Name, err))
		}
		for n, op := range ops {
			if op == nil {
				continue // see fit
			}
			if err := columnsGiven(op); err != nil {
				errs = append(errs, fmt.Errorf("set %s: %s: op %d: %w", s.name, m.Name, n+1, err))
			}
		}
		names[m.Name] = true
		owner[m] = s.name
	}
	if len(errs) > 0 {
		return errors.Join(errs...)
	}
	return s.arrange(migrations, owner)
}

// buildJoined arranges the migrations of the sets that were joined.
func (s *Set) buildJoined() error {
	var errs []error
	var all []*Migration
	owner := map[*Migration]string{}
	for _, m := range s.joined {
		errs = append(errs, m.arranged())
		for _, n := range m.all {
			if n.own {
				owner[n.Migration] = n.set
				all = append(all, n.Migration)
			}
		}
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	return s.arrange(all, owner)
}

// hash returns the hash of the ops of migration i.
func (s *Set) hash(i int) string {
	s.compute()
	return s.hashes[i]
}

// sum returns the part of migration i in a digest.
func (s *Set) sum(i int) digest {
	s.compute()
	return s.sums[i]
}

// label returns the name of migration i as people write it: with its set when that is not clear.
func (s *Set) label(i int) string { return s.labelOf(s.all[i].set, s.all[i].Name) }

func (s *Set) labelOf(set, name string) string {
	if len(s.members) == 1 && set == s.name {
		return name
	}
	return set + "/" + name
}
