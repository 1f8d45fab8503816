package adopt

import (
	"github.com/modelgen/modelgen/gen/diff"
	"github.com/modelgen/modelgen/runtime/schema"
)

// omitNames finds the objects whose name is the one that a new table gives them: their tags say none. Where the database has no name, as on
// SQLite, the derived one is taken.
func (w *writer) omitNames() {
	w.omit = map[named]bool{}
	diff.DeriveNames(w.s)
	for _, t := range w.s.Tables {
		w.eachName(t, func(kind string, name *string) { w.omit[named{t.Name, kind, *name}] = true })
	}
	for again := true; again; {
		again = false
		bare := w.s.Clone()
		for i, t := range bare.Tables {
			var kept []string
			w.eachName(w.s.Tables[i], func(_ string, name *string) { kept = append(kept, *name) })
			at := 0
			w.eachName(t, func(kind string, name *string) {
				if w.omit[named{t.Name, kind, kept[at]}] {
					*name = ""
				}
				at++
			})
		}
		diff.DeriveNames(bare)
		for i, t := range bare.Tables {
			var got []string
			w.eachName(t, func(_ string, name *string) { got = append(got, *name) })
			at := 0
			w.eachName(w.s.Tables[i], func(kind string, name *string) {
				n := named{t.Name, kind, *name}
				if got[at] != *name && w.omit[n] {
					w.omit[n], again = false, true
				}
				at++
			})
		}
	}
}

// eachName calls f for the name of everything in a table that can have one.
func (w *writer) eachName(t *schema.Table, f func(kind string, name *string)) {
	if t.PrimaryKey != nil {
		f("pk", &t.PrimaryKey.Name)
	}
	for i := range t.Uniques {
		f("unique", &t.Uniques[i].Name)
	}
	for i := range t.Checks {
		f("check", &t.Checks[i].Name)
	}
	for i := range t.ForeignKeys {
		f("fk", &t.ForeignKeys[i].Name)
	}
	for i := range t.Indexes {
		f("index", &t.Indexes[i].Name)
	}
}
