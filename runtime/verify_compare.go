package migrate

import (
	"slices"
	"strings"
)

// differ returns the facts that only one of two catalogs has. A constraint that has no name in the database is the one of the migrations that
// says the same: where a dialect has such, nothing can address it by a name.
func differ(got, expected []string) []Difference {
	count := map[string]int{}
	for _, f := range got {
		count[f]++
	}
	var missing, unexpected []string
	for _, f := range expected {
		if count[f] > 0 {
			count[f]--
		} else {
			missing = append(missing, f)
		}
	}
	for _, f := range got {
		if count[f] > 0 {
			count[f]--
			unexpected = append(unexpected, f)
		}
	}
	for _, bare := range slices.Clone(unexpected) {
		i := slices.IndexFunc(missing, func(f string) bool { return unnamed(f) == bare && unnamed(bare) == "" })
		if i >= 0 {
			missing = slices.Delete(missing, i, i+1)
			at := slices.Index(unexpected, bare)
			unexpected = slices.Delete(unexpected, at, at+1)
		}
	}
	var diff []Difference
	for _, f := range missing {
		diff = append(diff, Difference{Missing: true, Fact: f})
	}
	for _, f := range unexpected {
		diff = append(diff, Difference{Fact: f})
	}
	return diff
}

// unnamed returns the fact of a constraint without its name, "" for what is none or has none.
func unnamed(fact string) string {
	open := strings.LastIndex(fact, " [")
	if open < 0 || !strings.HasSuffix(fact, "]") {
		return ""
	}
	for _, kind := range []string{"foreign key ", "check ", "unique index "} { // those of SQLite
		if strings.HasPrefix(fact, kind) {
			return fact[:open]
		}
	}
	return ""
}

// indexForConstraint returns what to do where the database has a unique index in place of a unique constraint of the migrations, or the other way
// round, "" for another difference.
func indexForConstraint(d Difference, diff []Difference) string {
	constraint, index := func(f string) (string, bool) {
		name, rest, ok := strings.Cut(strings.TrimPrefix(f, "constraint "), " ")
		return name, ok && strings.HasPrefix(f, "constraint ") && strings.HasPrefix(rest, "UNIQUE")
	}, func(f string) (string, bool) {
		name, rest, ok := strings.Cut(strings.TrimPrefix(f, "index "), " ")
		return name, ok && strings.HasPrefix(f, "index ") && strings.HasPrefix(rest, "CREATE UNIQUE INDEX")
	}
	for _, other := range diff {
		missing, unexpected := d, other
		if other.Missing {
			missing, unexpected = other, d
		}
		if d.Missing == other.Missing {
			continue
		}
		c, isConstraint := constraint(missing.Fact)
		x, isIndex := index(unexpected.Fact)
		if isConstraint && isIndex && c == x {
			return "the database has a unique index and no constraint: a tag on a blank field that asks for that has using:btree, as unique:\"a,b,using:btree\" (docs/models.md); " +
				"or make it one by hand: ALTER TABLE ... ADD CONSTRAINT ... UNIQUE USING INDEX ..."
		}
		c, isConstraint = constraint(unexpected.Fact)
		x, isIndex = index(missing.Fact)
		if isConstraint && isIndex && c == x {
			return "the database has a unique constraint and no mere index: take using:btree out of the tag, generate, and record that migration with fake"
		}
	}
	return ""
}
