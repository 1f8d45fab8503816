package migrations

import (
	"slices"

	"github.com/modelgen/modelgen/gen/read"
	"github.com/modelgen/modelgen/gen/snapshot"
	migrate "github.com/modelgen/modelgen/runtime"
)

// The snapshot records a hash of each migration, as a checksum file does (atlas.sum): a database refuses a migration whose ops are not those that
// it has applied, and check has no database. A command records what it writes. What is recorded already it leaves alone, so that an edit is found
// however many commands run after it; modelgen hash alone records one.

// Records returns what a snapshot is to record of all migrations. sides are the earlier records: one, or two in the middle of a merge. Names that
// only those have are kept unless they are dropped: the file of that migration is missing, which is for check to say.
func Records(all []read.Migration, dropped map[string]bool, sides ...map[string]string) map[string]string {
	out := map[string]string{}
	replaced := map[string]bool{}
	for _, m := range all {
		for _, name := range m.Replaces {
			replaced[name] = true
		}
	}
	for _, side := range slices.Backward(sides) {
		for name, hash := range side {
			if !dropped[name] && !replaced[name] {
				out[name] = hash
			}
		}
	}
	for _, m := range all {
		var before []string
		for _, side := range sides {
			if hash, ok := side[m.Name]; ok {
				before = append(before, hash)
			}
		}
		now := recordOf(m)
		switch {
		case len(before) == 0, slices.Contains(before, snapshot.Open), slices.Contains(before, now):
			out[m.Name] = now
		default:
			out[m.Name] = before[0]
		}
	}
	return out
}

// recordOf returns what is recorded of a migration when it is written. One that a person is to complete is open: what is written into it is no edit.
func recordOf(m read.Migration) string {
	if len(m.Ops) == 0 && len(m.Parents) < 2 && len(m.Replaces) == 0 || slices.ContainsFunc(m.Ops, func(op read.Op) bool { return isUnwritten(op.Value) }) {
		return snapshot.Open
	}
	return m.Hash()
}

// RecordOfOps returns what is recorded of a new migration with those ops and that hash.
func RecordOfOps(ops []migrate.Op, hash string) string {
	if slices.ContainsFunc(ops, isUnwritten) {
		return snapshot.Open
	}
	return hash
}

func isUnwritten(op migrate.Op) bool {
	_, ok := op.(migrate.Unwritten)
	return ok
}
