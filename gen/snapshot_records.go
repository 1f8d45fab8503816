package gen

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/gen/finding"
	"github.com/modelgen/modelgen/gen/read"
	"github.com/modelgen/modelgen/gen/snapshot"
	migrate "github.com/modelgen/modelgen/runtime"
)

// The snapshot records a hash of each migration, as a checksum file does (atlas.sum): a database refuses a migration whose ops are not those that
// it has applied, and check has no database. A command records what it writes. What is recorded already it leaves alone, so that an edit is found
// however many commands run after it; [Hash] alone records one.

// records returns what a snapshot is to record of all migrations. sides are the records of before: one, or two in the middle of a merge. Names that
// only those have are kept unless they are dropped: the file of that migration is missing, which is for check to say.
func records(all []read.Migration, dropped map[string]bool, sides ...map[string]string) map[string]string {
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

func isUnwritten(op migrate.Op) bool {
	_, ok := op.(migrate.Unwritten)
	return ok
}

// record adds the new migration to what the snapshot records, and what it does not record yet. The second is known to be no difference, as in a
// project whose snapshot is older than its records, and so are other import paths of the same models.
func (r *Result) record() error {
	before, models := r.snap.Migrations, r.snap.Models
	r.snap.Migrations = maps.Clone(before)
	if r.moved {
		r.snap.Models = r.recorded
	}
	if r.Migration != "" {
		if r.snap.Migrations == nil {
			r.snap.Migrations = map[string]string{}
		}
		r.snap.Migrations[r.Migration] = migrate.HashOps(r.Ops)
		if slices.ContainsFunc(r.Ops, isUnwritten) {
			r.snap.Migrations[r.Migration] = snapshot.Open
		}
	}
	without, err := r.snap.Encode()
	if err != nil {
		return err
	}
	missing := func(m found) bool {
		hash, ok := before[m.Name]
		return m.Name != r.Migration && (!ok || hash == snapshot.Open)
	}
	r.snap.Models = models
	if len(r.folder.files) > 0 && slices.ContainsFunc(r.folder.migrations, missing) {
		var files []read.File
		for _, f := range r.folder.files {
			files = append(files, read.File{Name: f.name, Src: f.src})
		}
		if all, err := read.Files(files); err == nil { // else it was said
			r.snap.Migrations = records(all, nil, r.snap.Migrations)
		}
	}
	with, err := r.snap.Encode()
	if err != nil {
		return err
	}
	r.catchesUp = r.folder.snapBytes != nil && string(without) == string(read.Unix(r.folder.snapBytes)) && string(with) != string(without)
	return r.addSnapshot(with)
}

func (r *Result) addSnapshot(data []byte) error {
	r.add(filepath.Join(r.folder.dir, snapshot.Name), data, r.folder.snapBytes)
	return nil
}

// CatchesUp reports whether a file is a snapshot that only records more migrations than it did: that is no difference for anybody who looks.
func (r *Result) CatchesUp(f File) bool { return r.catchesUp && filepath.Base(f.Path) == snapshot.Name }

// change is a migration that is not as it is recorded.
type change struct {
	read.Migration
	finding finding.Finding
}

// editedSince compares the migrations with what the snapshot records of them. A snapshot that is older than the records has none to compare with.
func (b *branches) editedSince() (changed []change, others []finding.Finding) {
	recorded := b.sides[0].Migrations
	there, replaced, files := map[string]bool{}, map[string]bool{}, map[string]int{}
	for _, m := range b.all {
		there[m.Name] = true
		files[m.File]++
		for _, name := range m.Replaces {
			replaced[name] = true
		}
	}
	shown := filepath.ToSlash(filepath.Join(b.shown, snapshot.Name))
	h := heads(b.all)
	whole := len(h) == 1 && h[0].Name == b.sides[0].HeadName() // else there is more to say of what is new
	var gone []string
	for _, name := range slices.Sorted(maps.Keys(recorded)) {
		if !there[name] && !replaced[name] {
			gone = append(gone, name)
		}
	}
	for _, m := range b.all {
		hash, known := recorded[m.Name]
		now := m.Hash()
		as := -1
		if !known {
			as = slices.IndexFunc(gone, func(name string) bool { return recorded[name] == now })
		}
		f := finding.Finding{Place: m.Pos.String()}
		switch {
		case as >= 0:
			was := gone[as]
			gone = slices.Delete(gone, as, as+1)
			f.Reason = fmt.Sprintf("%s has the name %s now: a database that has it knows it as %s, and refuses this one", was, m.Name, was)
			f.Fix = "give it its name back, that of its file included; where no database has it, modelgen hash " + was + " " + m.Name + " records the change"
		case files[m.File] == 1 && m.Name != "" && m.File != m.Name+".go":
			f.Reason = fmt.Sprintf("the file %s has the migration %s: the name of a migration is that of its file", m.File, m.Name)
			f.Fix = "give the file back its name, as databases know the migration as " + m.Name
			if known && hash != now && hash != snapshot.Open {
				f.Fix += "; it was edited, too"
			}
		case !known && len(recorded) > 0 && whole:
			f.Reason = fmt.Sprintf("the snapshot records no hash of %s, so that an edit of it would pass unseen", m.Name)
			f.Fix = "run go generate"
		case known && hash != snapshot.Open && hash != now:
			f.Reason = m.Name + " was edited since it was written: a database that has it refuses this one"
			f.Fix = "undo the edit and write a new migration; where no database has it, modelgen hash " + m.Name + " records the edit"
			f.Edit = true
			changed = append(changed, change{m, f})
			continue
		default:
			continue
		}
		others = append(others, f)
	}
	for _, name := range gone {
		if name == b.sides[0].HeadName() {
			continue // that the newest is gone is said elsewhere
		}
		others = append(others, finding.Finding{Place: shown, Reason: fmt.Sprintf("the snapshot records %s, which is not there", name),
			Fix: "restore its file from version control; where no database has it, modelgen hash " + name + " forgets it"})
	}
	return changed, others
}

// misfitsOfEdits puts what no longer fits behind an edit to the edit: the migration that does not fit is not to blame.
func misfitsOfEdits(all []read.Migration, changed []change, misfits []finding.Finding) (out []finding.Finding) {
	said := make([][]string, len(changed))
	for _, f := range misfits {
		i := slices.IndexFunc(all, func(m read.Migration) bool { return m.Name == f.Migration && f.Migration != "" })
		blamed := -1
		if i >= 0 && !slices.ContainsFunc(changed, func(e change) bool { return e.Var == all[i].Var }) {
			need := ancestors(all, all[i].Var)
			for k, e := range changed { // the nearest
				if need[e.Var] {
					blamed = k
				}
			}
		}
		if blamed < 0 {
			out = append(out, f)
			continue
		}
		said[blamed] = append(said[blamed], fmt.Sprintf("%s (%s)", f.Reason, f.Place))
	}
	for i, lines := range said {
		if len(lines) > 0 {
			changed[i].finding.Reason += ", and " + strings.Join(lines, ", and ")
		}
	}
	return out
}

// Hash records migrations as they are, edits included, and forgets those of which only the record is there; without names it is the newest one.
// applied says what a database is known to have, which cannot be edited.
func Hash(cfg Config, words []string, applied *Applied) (*Result, error) {
	b, err := readBranches(cfg)
	if err != nil {
		return nil, err
	}
	has, err := applied.of(b.sides[0].Set, b.all)
	if err != nil {
		return nil, err
	}
	if len(b.sides) > 1 {
		return nil, finding.Problems{fmt.Sprintf("%s is in the middle of a merge: settle that first, with modelgen merge or modelgen rebase", filepath.ToSlash(filepath.Join(b.shown, snapshot.Name)))}
	}
	snap := *b.sides[0]
	h := heads(b.all)
	if len(words) == 0 {
		if len(h) != 1 {
			return nil, finding.Problems{fmt.Sprintf("there are %d newest migrations: %s; name what is to be recorded", len(h), strings.Join(names(h), ", "))}
		}
		words = []string{h[0].Name}
	}
	dropped := map[string]bool{}
	before := maps.Clone(snap.Migrations)
	for _, word := range words {
		if _, known := before[word]; known && !slices.Contains(names(b.all), word) {
			dropped[word] = true
			continue
		}
		m, err := find(b.all, word)
		if err != nil {
			return nil, err
		}
		if hash, known := before[m.Name]; known && hash != m.Hash() && slices.Contains(has, m.Name) {
			return nil, finding.Problems{fmt.Sprintf("%s: %s is applied to a database, which refuses the edit: undo it and write a new migration", m.Pos, m.Name)}
		}
		delete(before, m.Name)
	}
	r := &Result{folder: &folder{dir: b.dir, pkg: b.pkg, snap: &snap, snapBytes: b.snap}}
	snap.Migrations = records(b.all, dropped, before)
	data, err := snap.Encode()
	if err != nil {
		return nil, err
	}
	return r, r.addSnapshot(data)
}
