package migrate

import (
	"encoding/hex"
	"fmt"
	"slices"
	"sync"
)

// Fingerprint states what the names and the hashes of all migrations come to, as modelgen writes it below the list; it changes the set and returns it.
//
// With it a program that has nothing to do orders, replays and hashes nothing: [New], [Migrator.Up], [Migrator.Check] and [Migrator.Status] compare it with the newest row
// of the history, and the ops of the newest migration with that row. As soon as they differ, something is pending or a method does more, all is computed. An edit of an older
// migration that is applied is therefore seen at the next migration; at once by modelgen check, by migratetest, and with [Options.Rehash], which the verbs of package cli set.
// A wrong one is an error of [Set.CheckFingerprint] and costs time, nothing else.
func (s *Set) Fingerprint(sum string) *Set {
	if b, err := hex.DecodeString(sum); err != nil || len(b) != len(digest{}) {
		if s.misuse == nil {
			s.misuse = fmt.Errorf("set %s: the fingerprint %q is not 32 hexadecimal digits; run go generate to rewrite the list", s.name, sum)
		}
		return s
	}
	s.listed = sum
	return s
}

// CheckFingerprint returns an error when the set has a fingerprint that is not that of its migrations.
func (s *Set) CheckFingerprint() error {
	if err := s.Err(); err != nil {
		return err
	}
	for _, m := range s.joined {
		if err := m.CheckFingerprint(); err != nil {
			return err
		}
	}
	if s.listed != "" && s.listed != s.fingerprint(s.name) {
		return fmt.Errorf("set %s: the list of the migrations has another fingerprint than they have: one was edited since modelgen wrote it, or a merge left it behind; go tool modelgen check says which, and what to run", s.name)
	}
	return nil
}

// FingerprintOf returns what [Set.Fingerprint] takes, of the names of migrations and their hashes (see [HashOps]), without those that another one of them replaces.
func FingerprintOf(hashes map[string]string) string {
	var d digest
	for name, hash := range hashes {
		d = d.with(name, hash)
	}
	return d.String()
}

// stated returns the fingerprint of a member without computing it, "" when that is not known.
func (s *Set) stated(member string) string {
	if s.joined == nil {
		return s.listed
	}
	if i := slices.Index(s.members, member); i >= 0 && i < len(s.joined) {
		return s.joined[i].listed
	}
	return ""
}

// allStated reports whether every member has a fingerprint.
func (s *Set) allStated() bool {
	return !slices.ContainsFunc(s.members, func(m string) bool { return s.stated(m) == "" })
}

// isNewest reports whether a row is that of a migration of the set as it is now.
func (s *Set) isNewest(r *Record) bool {
	for _, m := range s.joined {
		if m.name == r.Set {
			return m.isNewest(r)
		}
	}
	for _, m := range slices.Backward(s.given) {
		if m != nil && m.Name == r.Name {
			ops, err := m.ops()
			return err == nil && HashOps(ops) == r.Hash
		}
	}
	return false
}

// fingerprint returns the digest of all migrations of one member with their hashes. Those that another one replaces do not count.
func (s *Set) fingerprint(member string) string {
	s.compute()
	return s.digests[member]
}

// hashAhead begins what compute does, beside what comes next.
func (s *Set) hashAhead() {
	go func() {
		defer func() { _ = recover() }() // compute panics again where the hashes are asked for
		s.compute()
	}()
}

func (s *Set) compute() {
	_ = s.arranged()
	s.hashing.Do(func() {
		defer func() { s.unhashed = recover() }()
		s.hashes, s.sums = make([]string, len(s.all)), make([]digest, len(s.all))
		var parts []func()
		size := max(hashedTogether, (len(s.all)+1)/2)
		for from := 0; from < len(s.all); from += size {
			parts = append(parts, func() { s.hashPart(from, min(from+size, len(s.all))) })
		}
		atOnce(parts...)
		digests := map[string]digest{}
		for i, n := range s.all {
			if len(n.by) == 0 {
				digests[n.set] = digests[n.set].and(s.sums[i])
			}
		}
		s.digests = map[string]string{}
		for _, m := range s.sets() {
			s.digests[m] = digests[m].String()
		}
	})
	if s.unhashed != nil {
		panic(s.unhashed)
	}
}

// hashedTogether is how many migrations are hashed in less time than it takes to begin that twice.
const hashedTogether = 100

func (s *Set) hashPart(from, to int) {
	var buf []byte
	for i, n := range s.all[from:to] {
		s.hashes[from+i], buf = hashOps(buf, n.Ops)
		s.sums[from+i] = digestOf(n.Name, s.hashes[from+i])
	}
}

// atOnce calls functions beside each other, where there are processors for that. It panics when one of them does, as a call of it would.
func atOnce(all ...func()) {
	var wait sync.WaitGroup
	panics := make([]any, len(all))
	for i, f := range all {
		run := func() {
			defer func() { panics[i] = recover() }()
			f()
		}
		if i == len(all)-1 {
			run()
			break
		}
		wait.Go(run)
	}
	wait.Wait()
	for _, p := range panics {
		if p != nil {
			panic(p)
		}
	}
}
