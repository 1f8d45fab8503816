package migrate

import (
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"sync"

	"github.com/modelgen/modelgen/runtime/schema"
)

// Set is all migrations of one application, under a name that separates it from other sets in the same database.
type Set struct {
	name    string
	members []string // names of the sets whose migrations it is to apply: its own, or those of the sets that were joined
	all     []node   // parents before children; those of other sets that it needs are among them
	at      map[*Migration]int
	index   map[key]int
	schema  *schema.Schema // after all of them
	allow   []string       // see Allow
	views   []ViewStruct   // see Views
	err     error

	pkgs    map[string]string // the packages in which the members were made
	modules sync.Map          // the modules of packages that were asked for
	once    sync.Once
	hashes  []string
	digests map[string]string // by member
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

// NewSet makes a set and checks it: names, parents, one head, and that the ops of each migration fit the schema that those before
// it leave. What is wrong is kept and returned by [Set.Err] and [New], so that a set can be a package variable.
//
// A parent may belong to another set. It is then applied first, with all that comes before it, and recorded under its own set.
func NewSet(name string, migrations ...*Migration) *Set {
	s := &Set{name: name, members: []string{name}, pkgs: map[string]string{name: caller()}}
	s.err = s.build(migrations)
	s.own(migrations)
	return s
}

// Join makes one set of several that share a database, so that one run applies all of them in the order of their dependencies. The name
// of a migration is then "shop/0002_stock" where it is asked for or shown; each keeps its history.
// What is wrong with one of them is what is wrong with the whole.
func Join(sets ...*Set) *Set {
	s := &Set{pkgs: map[string]string{}}
	var errs []error
	var all []*Migration
	owner := map[*Migration]string{}
	for _, m := range sets {
		switch {
		case m == nil:
			errs = append(errs, errors.New("migrate.Join: a set is nil"))
			continue
		case m.err != nil:
			errs = append(errs, m.err)
		case slices.Contains(s.members, m.name):
			errs = append(errs, fmt.Errorf("two sets are called %s", m.name))
		}
		s.members, s.allow = append(s.members, m.name), append(s.allow, m.allow...)
		s.views = append(s.views, m.views...)
		s.pkgs[m.name] = m.pkgs[m.name]
		for _, n := range m.all {
			if n.own {
				owner[n.Migration] = n.set
				all = append(all, n.Migration)
			}
		}
	}
	s.name = strings.Join(s.members, "+")
	if s.err = errors.Join(errs...); s.err == nil {
		s.err = s.arrange(all, owner)
	}
	return s
}

// Name returns the name of the set.
func (s *Set) Name() string { return s.name }

// Err says what is wrong with the set, or returns nil.
func (s *Set) Err() error { return s.err }

// Migrations returns the migrations, parents before children.
func (s *Set) Migrations() []*Migration {
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
	for _, n := range slices.Backward(s.all) {
		if n.own {
			return n.Migration
		}
	}
	return nil
}

// Schema returns a copy of the schema after all migrations.
func (s *Set) Schema() *schema.Schema { return s.schema.Clone() }

// build checks what can be said of each migration alone, then arranges them.
func (s *Set) build(migrations []*Migration) error {
	var errs []error
	if s.name == "" {
		errs = append(errs, errors.New("the set has no name"))
	}
	if strings.ContainsAny(s.name, "/\x00") {
		errs = append(errs, fmt.Errorf("set %s: the name of a set has no slash", s.name))
	}
	names := map[string]bool{}
	owner := map[*Migration]string{}
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
		for n, op := range m.Ops {
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

// hash returns the hash of the ops of migration i.
func (s *Set) hash(i int) string {
	s.compute()
	return s.hashes[i]
}

// fingerprint returns the digest of all migrations of one member with their hashes. Those that another one replaces do not count.
func (s *Set) fingerprint(member string) string {
	s.compute()
	return s.digests[member]
}

func (s *Set) compute() {
	s.once.Do(func() {
		digests := map[string]digest{}
		s.hashes = make([]string, len(s.all))
		for i, n := range s.all {
			s.hashes[i] = HashOps(n.Ops)
			if len(n.by) == 0 {
				digests[n.set] = digests[n.set].with(n.Name, s.hashes[i])
			}
		}
		s.digests = map[string]string{}
		for _, m := range s.sets() {
			s.digests[m] = digests[m].String()
		}
	})
}

// label returns the name of migration i as people write it: with its set when that is not clear.
func (s *Set) label(i int) string { return s.labelOf(s.all[i].set, s.all[i].Name) }

func (s *Set) labelOf(set, name string) string {
	if len(s.members) == 1 && set == s.name {
		return name
	}
	return set + "/" + name
}
