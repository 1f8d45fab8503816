package diff

import (
	"fmt"
	"slices"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

func (d *differ) ask(object, text string, choice ...Choice) {
	d.questions = append(d.questions, Question{object, text, choice})
}

// classify finds what could be a rename, then what else needs an answer.
func (d *differ) classify() {
	d.reverse()
	d.possibleTableRenames()
	d.tablesRenamedAway()
	asked := map[string]bool{} // new tables and columns that a question about a rename mentions
	for _, o := range d.open {
		asked[o] = true
	}
	for _, t := range d.new.Tables {
		if old := d.old.Table(d.pair2old[t.Name]); old != nil && !asked[t.Name] {
			d.possibleColumnRenames(t, old, asked)
			d.columnsRenamedAway(t, old, asked)
		}
	}
	d.wasGenerated = map[string]computed{}
	d.buildWant()
	d.askAboutEnums()
	for _, t := range d.new.Tables {
		if w := d.want.Table(t.Name); w != nil && d.pair2old[t.Name] != "" && !asked[t.Name] {
			keepDefaults(w, t)
			d.askAboutColumns(t, w, asked)
			d.askAboutValues(t, w)
			d.askAboutReferences(t, w, asked)
			d.askAboutRows(t, w)
		}
	}
	if len(d.questions) == 0 {
		d.compareObjects()
		d.deriveNames()
		d.checkRelations()
	}
}

// reverse fills the maps that lead from old to new.
func (d *differ) reverse() {
	d.old2new = map[string]string{}
	for n, o := range d.pair2old {
		d.old2new[o] = n
	}
	d.oldCol = map[string]map[string]string{}
	for t, cols := range d.cols {
		back := make(map[string]string, len(cols))
		for n, o := range cols {
			back[o] = n
		}
		d.oldCol[t] = back
	}
}

func (d *differ) possibleTableRenames() {
	for _, g := range d.gone {
		if slices.Contains(d.in.Answers.Drops, g) {
			continue
		}
		var choice []Choice
		var candidates []string
		for _, m := range d.made {
			if alike(d.old.Table(g), d.new.Table(m)) {
				candidates = append(candidates, m)
				choice = append(choice, Choice{"renamed", "-rename " + Quote(g+"="+m)})
			}
		}
		if len(candidates) == 0 {
			continue
		}
		choice = append(choice, Choice{"another table, and " + g + " goes with its rows", "-drop " + Quote(g)})
		d.ask(candidates[0], fmt.Sprintf("table %s is gone and %s: is it the same table under another name?", g, these(candidates, "is new", "are new")), choice...)
	}
}

// alike reports whether at least half of the columns have the same name and kind of type.
func alike(a, b *schema.Table) bool {
	same := 0
	for _, c := range a.Columns {
		if o := b.Column(c.Name); o != nil && schema.SameFamily(o.Type, c.Type) {
			same++
		}
	}
	return 2*same >= max(len(a.Columns), len(b.Columns))
}

func (d *differ) possibleColumnRenames(t, old *schema.Table, asked map[string]bool) {
	if len(d.cols[t.Name]) == 0 && len(old.Columns) > 0 && len(t.Columns) > 0 {
		d.ask(t.Name, fmt.Sprintf("table %s has no column in common with the model any more: is it another table?", t.Name),
			Choice{"another table, and the old one goes with its rows", "-drop " + Quote(t.Name)},
			Choice{"the same: say which column was which", "-rename " + Quote(t.Name+"."+old.Columns[0].Name+"="+t.Columns[0].Name)})
		for _, c := range t.Columns {
			asked[t.Name+"."+c.Name] = true
		}
		return
	}
	for _, c := range old.Columns {
		if d.oldCol[t.Name][c.Name] != "" || c.Generated != "" || d.isDropAnswered(t.Name, old.Name, c.Name) {
			continue
		}
		var choice []Choice
		var candidates, retyped []string
		for _, n := range t.Columns {
			if n.Generated != "" || !schema.SameFamily(n.Type, c.Type) || n.Identity != c.Identity || n.Name == c.Name {
				continue
			}
			switch {
			case d.cols[t.Name][n.Name] == "":
				candidates = append(candidates, n.Name)
				choice = append(choice, Choice{"renamed", "-rename " + Quote(t.Name+"."+c.Name+"="+n.Name)})
			case d.takesType(t, old, n):
				retyped = append(retyped, n.Name)
				choice = append(choice, Choice{"renamed, and the old " + n.Name + " goes with its values", "-rename " + Quote(t.Name+"."+c.Name+"="+n.Name)})
				d.mayMove(t, old, n.Name, asked)
			default:
				continue
			}
			asked[t.Name+"."+n.Name] = true
		}
		var happened []string
		if len(candidates) > 0 {
			happened = append(happened, these(candidates, "is new", "are new"))
		}
		if len(retyped) > 0 {
			happened = append(happened, these(retyped, "has its type now", "have its type now"))
		}
		if len(happened) == 0 {
			continue
		}
		choice = append(choice, Choice{"another column, and " + c.Name + " goes with its values", "-drop " + Quote(t.Name+"."+c.Name)})
		d.ask(t.Name+"."+append(candidates, retyped...)[0], fmt.Sprintf("column %s.%s is gone and %s: is it the same column under another name?",
			t.Name, c.Name, strings.Join(happened, ", and ")), choice...)
	}
}

// mayMove marks the columns that an old one may have become, should its name be that of another by now, and so on.
func (d *differ) mayMove(t, old *schema.Table, name string, asked map[string]bool) {
	for _, next := range t.Columns {
		retyped := d.takesType(t, old, next)
		if object := t.Name + "." + next.Name; !asked[object] && (retyped || d.cols[t.Name][next.Name] == "") &&
			schema.SameFamily(next.Type, old.Column(name).Type) {
			asked[object] = true
			if retyped {
				d.mayMove(t, old, next.Name, asked)
			}
		}
	}
}

// these says something of one name or of several.
func these(names []string, one, more string) string {
	last := len(names) - 1
	if last == 0 {
		return names[0] + " " + one
	}
	return strings.Join(names[:last], ", ") + " and " + names[last] + " " + more
}

// takesType reports whether a column that keeps its name gets a type of another kind: it may be another column under that name.
func (d *differ) takesType(t, old *schema.Table, n schema.Column) bool {
	o := old.Column(n.Name)
	if o == nil || d.cols[t.Name][n.Name] != n.Name || o.Generated != "" || schema.SameFamily(o.Type, n.Type) {
		return false
	}
	_, converted := d.convert(t.Name, n.Name)
	return !converted
}

// hasDefault reports whether new rows get a value on every dialect of the project without being given one.
func (d *differ) hasDefault(c schema.Column) bool {
	if c.Default != nil || c.DefaultExpr != "" {
		return true
	}
	for _, dialect := range d.in.Dialects {
		if c.DefaultFor[dialect.Name] == "" {
			return false
		}
	}
	return len(d.in.Dialects) > 0
}

// needsFill reports whether existing rows have no value for a column that must have one.
func (d *differ) needsFill(old *schema.Column, c schema.Column) bool {
	if c.Nullable || c.Generated != "" || c.Identity {
		return false
	}
	if old == nil {
		return !d.hasDefault(c) && !d.numbered(c)
	}
	return old.Nullable
}

// numbered reports whether rows that are there get a value on every dialect when the column is added, as it is a serial where it has no default.
func (d *differ) numbered(c schema.Column) bool {
	serial := false
	for _, dialect := range d.in.Dialects {
		here := dialect.Serials && schema.Serial(c.TypeOn(dialect.Name))
		if serial = serial || here; !here && c.DefaultFor[dialect.Name] == "" {
			return false
		}
	}
	return serial
}

// on reports whether the project targets a dialect that is so.
func (d *differ) on(is func(migrate.Capabilities) bool) bool {
	return slices.ContainsFunc(d.in.Dialects, is)
}

func nativeEnums(c migrate.Capabilities) bool   { return c.NativeEnums }
func enforcesTypes(c migrate.Capabilities) bool { return c.EnforcesTypes }

func (d *differ) askAboutColumns(t, w *schema.Table, asked map[string]bool) {
	for _, c := range t.Columns {
		object := t.Name + "." + c.Name
		if asked[object] {
			continue // whether it is new is not known yet
		}
		o := w.Column(c.Name)
		if o == nil {
			d.askAboutUnique(t, c)
		}
		if !d.filled[object] && d.needsFill(o, c) {
			_, given := d.fill(t.Name, c.Name)
			was := d.wasGenerated[object]
			switch {
			case given, was.expr != "" && !was.nullable:
			case o != nil && d.hasDefault(c):
			case o == nil:
				d.ask(object, fmt.Sprintf("column %s is new and NOT NULL: what do existing rows get?", object),
					Choice{"computed", "-fill " + Quote(object+"=SQL")}, Choice{"written by hand, in Go", "-fill " + Quote(object+"="+ByHand)},
					Choice{"a default, for new rows too: write default: into the tag", ""}, Choice{"nothing: make it nullable", ""})
			default:
				d.ask(object, fmt.Sprintf("column %s becomes NOT NULL: what do rows get that hold NULL?", object),
					Choice{"computed", "-fill " + Quote(object+"=SQL")}, Choice{"written by hand, in Go", "-fill " + Quote(object+"="+ByHand)},
					Choice{"nothing: keep it nullable", ""})
			}
		}
		if o != nil && o.Type != c.Type {
			d.askAboutType(object, t, *o, c)
		}
	}
}

func (d *differ) askAboutType(object string, t *schema.Table, o, c schema.Column) {
	if sql, ok := d.convert(t.Name, c.Name); ok || !lossy(o.Type, c.Type) {
		if ok && sql == "" && !castable(o.Type, c.Type) {
			d.fail(object, "-convert %s: no database casts %s to %s: say how, as in -convert %s=SQL", object, o.Type, c.Type, object)
		}
		return
	}
	what := "values that do not fit make the migration fail, and precision may be lost"
	if schema.SameFamily(o.Type, c.Type) {
		what = "values that do not fit make the migration fail"
	}
	if schema.ChangeType(o.Type, c.Type).Loses == schema.BlanksPastLimit && d.on(enforcesTypes) {
		what += ", and blanks past the new length are cut off"
	}
	choice := []Choice{{"convert as the database casts", "-convert " + Quote(object)}, {"convert by SQL", "-convert " + Quote(object+"=SQL")}}
	if zone := schema.KindTimestampTZ; schema.ChangeType(o.Type, c.Type).ReadsZone && d.on(enforcesTypes) {
		what = "PostgreSQL reads the old values in the time zone of the session, which is UTC in a migration"
		if o.Type.Kind == zone {
			what = "PostgreSQL writes the old values in the time zone of the session, which is UTC in a migration"
		}
		at := schema.QuoteColumn(c.Name) + " AT TIME ZONE '...'"
		choice = []Choice{{"UTC is meant", choice[0].Flag}, {"another time zone, as SQL: " + at, choice[1].Flag}}
	}
	if !castable(o.Type, c.Type) {
		what = "no database casts that"
		choice = []Choice{choice[1], {"another column, and the old " + c.Name + " goes with its values", "-drop " + Quote(object)}}
	}
	d.ask(object, fmt.Sprintf("column %s changes its type from %s to %s: %s", object, o.Type, c.Type, what), choice...)
}
