package diff

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// relation is something whose name is one of the relations of a schema: tables, indexes, the indexes of keys and unique constraints, and on
// PostgreSQL the sequences that number columns share one space of names (manual, CREATE TABLE and CREATE INDEX).
type relation struct {
	name  string // without its schema
	table string
	kind  string // "index", "the sequence"
	made  bool   // it is new
}

// what says what it is: "index notes_at_idx of notes".
func (r relation) what() string {
	if r.kind == "table" {
		return "table " + r.table
	}
	return r.kind + " " + r.name + " of " + r.table
}

// relations returns those of a table on the dialect. Some know the names of keys and unique constraints only as words in the text of the table.
// What the dialect has not is passed over, as a copy of the table without it costs much more.
func relations(t *schema.Table, dialect migrate.Capabilities) []relation {
	_, base := schema.SplitName(t.Name)
	all := []relation{{name: base, table: t.Name, kind: "table"}}
	of := func(kind, name string) {
		all = append(all, relation{name: name, table: t.Name, kind: kind})
	}
	for i := range t.Indexes {
		if x := &t.Indexes[i]; !schema.Elsewhere(x.Only, dialect.Name) {
			of("index", x.Name)
		}
	}
	if dialect.KeysAreRelations {
		if t.PrimaryKey != nil {
			of("the primary key", t.PrimaryKey.Name)
		}
		for i := range t.Uniques {
			if u := &t.Uniques[i]; !schema.Elsewhere(u.Only, dialect.Name) {
				of("unique constraint", u.Name)
			}
		}
		for i := range t.Columns {
			c := &t.Columns[i]
			serial := schema.Serial(c.TypeOn(dialect.Name))
			if c.Identity && !serial || dialect.Serials && serial {
				of("the sequence", schema.SequenceName(base, c.Name))
			}
		}
	}
	return all
}

// checkRelations refuses names that two relations of one schema have. Objects keep the names that they have in the database, so a new one can take
// the name that was once derived for another.
func (d *differ) checkRelations() {
	said := map[string]bool{}
	for _, dialect := range d.in.Dialects {
		owners := map[string]relation{}
		for _, t := range d.new.Tables {
			ns, _ := schema.SplitName(t.Name)
			old := d.old.Table(d.pair2old[t.Name])
			var had []relation
			if old != nil {
				had = relations(old, dialect)
			}
			for _, r := range append(relations(t, dialect), d.keptSequences(t, old, had)...) {
				r.made = !r.wasIn(t, had)
				key := ns + "." + r.name
				if dialect.IgnoresCase {
					key = strings.ToLower(key)
				}
				before, taken := owners[key]
				if !taken {
					owners[key] = r
					continue
				}
				if before.what() == r.what() || r.isSequence() && before.isSequence() {
					continue // the database gives the later one another name
				}
				numbered := r.isSequence() && r.made || before.isSequence() && before.made
				if numbered && !(r.made && before.made) {
					continue // the database gives the new sequence another name
				}
				if before.made && !r.made {
					before, r = r, before
				}
				msg := fmt.Sprintf("%s cannot have that name, it is taken by %s: tables, indexes, keys and sequences of a schema share one space of names; "+
					"give one of them another (name:... in the tag of an index or a key)", r.what(), before.what())
				if !said[msg] {
					d.fail(r.table, "%s", msg)
				}
				said[msg] = true
			}
		}
	}
}

func (r relation) isSequence() bool { return r.kind == "the sequence" }

// keptSequences returns the sequences of a table that have the names of when it, or a column, had another name: no rename reaches them. had are the
// relations of what it was.
func (d *differ) keptSequences(t, old *schema.Table, had []relation) []relation {
	var kept []relation
	for _, r := range had {
		_, base := schema.SplitName(old.Name)
		if r.isSequence() && slices.ContainsFunc(old.Columns, func(c schema.Column) bool {
			return d.oldCol[t.Name][c.Name] != "" && schema.SequenceName(base, c.Name) == r.name
		}) {
			kept = append(kept, r)
		}
	}
	return kept
}

// wasIn reports whether the table t had a relation of that name among those of what it was.
func (r relation) wasIn(t *schema.Table, had []relation) bool {
	_, base := schema.SplitName(t.Name)
	for i, h := range had {
		if h.name == r.name && (i > 0 || r.name == base) { // the first is the table itself
			return true
		}
	}
	return false
}

// clearNames gives indexes and keys that get another name a temporary one where a table is about to take theirs.
func (d *differ) clearNames() {
	for _, from := range slices.Sorted(maps.Keys(d.old2new)) {
		to := d.old2new[from]
		ns, base := schema.SplitName(to)
		if from == to {
			continue
		}
		for _, t := range d.cur.Tables {
			td := d.drop[d.old2new[t.Name]]
			if own, _ := schema.SplitName(t.Name); own != ns || td == nil {
				continue
			}
			for i, r := range td.indexRenames {
				if r.From == base {
					td.indexRenames[i].From = temporary(base)
					d.emit(migrate.RenameIndex{Table: t.Name, From: base, To: temporary(base)})
				}
			}
			for i, r := range td.renames {
				if r.From == base && d.hasIndex(t.Name, base) {
					td.renames[i].From = temporary(base)
					d.emit(migrate.RenameConstraint{Table: t.Name, From: base, To: temporary(base)})
				}
			}
		}
	}
}
