package revise

import (
	"cmp"
	"fmt"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/gen/finding"
	"github.com/modelgen/modelgen/gen/migrations"
	"github.com/modelgen/modelgen/gen/snapshot"
)

// settings brings the settings of the two sides of a snapshot together. What one side alone has changed is taken; what both say, and each otherwise,
// is for a person to settle.
func (b *branches) settings() (*snapshot.Snapshot, error) {
	out := *b.Sides[0]
	if len(b.Sides) == 1 {
		return &out, nil
	}
	ours, theirs := b.Sides[0], b.Sides[1]
	var lines []string
	pick := func(what string, of func(*snapshot.Snapshot) string, take func()) {
		mine, other := of(ours), of(theirs)
		switch {
		case mine == other || b.Base != nil && of(b.Base) == other:
		case b.Base != nil && of(b.Base) == mine:
			take()
		default:
			lines = append(lines, fmt.Sprintf("%s: the two sides differ in %s: %s and %s; nothing was written: write what shall hold into both sides, then run the command again",
				filepath.ToSlash(filepath.Join(b.Shown, snapshot.Name)), what, mine, other))
		}
	}
	pick("set", func(s *snapshot.Snapshot) string { return s.Set }, func() { out.Set = theirs.Set })
	pick("dialects", func(s *snapshot.Snapshot) string { return strings.Join(s.Dialects, ",") }, func() { out.Dialects = theirs.Dialects })
	pick("tag", func(s *snapshot.Snapshot) string { return orWord(s.Tag, "db") }, func() { out.Tag = theirs.Tag })
	pick("guard", func(s *snapshot.Snapshot) string { return orWord(s.Guard, "build") }, func() { out.Guard = theirs.Guard })
	pick("comments", func(s *snapshot.Snapshot) string { return fmt.Sprint(s.Comments) }, func() { out.Comments = theirs.Comments })
	pick("what verify allows", func(s *snapshot.Snapshot) string { return strings.Join(s.Allow, ", ") }, func() { out.Allow = theirs.Allow })
	if len(lines) > 0 {
		return nil, finding.Problems(lines)
	}
	out.Views = views(ours.Views, theirs.Views, b.Base)
	out.Models = nil
	before := b.modelsBefore()
	for _, m := range slices.Concat(ours.Models, theirs.Models) {
		both := slices.Contains(ours.Models, m) && slices.Contains(theirs.Models, m)
		if (both || !slices.Contains(before, m)) && !slices.Contains(out.Models, m) { // else one side has taken it away
			out.Models = append(out.Models, m)
		}
	}
	slices.Sort(out.Models)
	return &out, nil
}

// views joins the structs of views of two sides: what one side alone has added, changed or taken away holds. Of one that both have changed it is ours: the guard
// does not compile then, and the next generate records what the struct is.
func views(ours, theirs []snapshot.View, base *snapshot.Snapshot) (all []snapshot.View) {
	find := func(in []snapshot.View, v snapshot.View) *snapshot.View {
		i := slices.IndexFunc(in, func(x snapshot.View) bool { return x.View == v.View && x.Struct == v.Struct })
		if i < 0 {
			return nil
		}
		return &in[i]
	}
	var before []snapshot.View
	if base != nil {
		before = base.Views
	}
	for _, v := range ours {
		was, other := find(before, v), find(theirs, v)
		switch unchanged := was != nil && reflect.DeepEqual(*was, v); {
		case unchanged && other == nil:
		case unchanged:
			all = append(all, *other)
		default:
			all = append(all, v)
		}
	}
	for _, v := range theirs {
		if was := find(before, v); find(ours, v) == nil && (was == nil || !reflect.DeepEqual(*was, v)) {
			all = append(all, v)
		}
	}
	slices.SortFunc(all, func(a, b snapshot.View) int {
		return cmp.Or(strings.Compare(a.View, b.View), strings.Compare(a.Struct, b.Struct))
	})
	return all
}

func orWord(s, word string) string {
	if s == "" {
		return word
	}
	return s
}

// modelsBefore returns the packages that the snapshot had where the branches part: as git has written it down, else as the header of the newest
// migration that both have says.
func (b *branches) modelsBefore() (models []string) {
	if b.Base != nil {
		return b.Base.Models
	}
	h := migrations.Heads(b.All)
	if len(h) < 2 {
		return nil
	}
	common, _ := split(b.All, h)
	for _, m := range slices.Backward(common) {
		for line := range strings.Lines(string(b.Sources[m.File])) {
			if list, ok := strings.CutPrefix(strings.TrimSpace(line), "// Created by modelgen from "); ok {
				return strings.Split(strings.TrimSuffix(list, ". It is yours to edit."), ", ")
			}
			if strings.HasPrefix(line, "package ") {
				break
			}
		}
	}
	return nil
}
