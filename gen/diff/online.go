package diff

import (
	"fmt"
	"slices"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// A rename, or a change of type, that programs of two versions survive takes two migrations. The first one expands the table: the column gets
// a shadow column, which a dual write keeps equal, with constraints and indexes of its own. From then on the snapshot has a column more than the
// models, and the dual write lasts. The second one contracts: the old column goes, and the shadow column gets its name, if it has another.
//
// Each of the two is an ordinary comparison, with a schema between the snapshot and the models.

// shadowSuffix ends the names of columns, constraints and indexes whose final name is still taken.
const shadowSuffix = "_modelgen_new"

// Diff compares in.Old with in.New. It returns [Errors] when hints or answers name what is not there or contradict each other;
// what needs an answer is in the result as a question.
func Diff(in Input) (*Result, error) {
	prepare := keepDualWrites
	if in.Answers.Contract {
		prepare = contract
	}
	dual, errs := prepare(&in)
	if len(errs) > 0 {
		return nil, errs
	}
	res, d, err := compare(in, dual)
	if err != nil || len(res.Questions) > 0 {
		return res, err
	}
	if in.Answers.Online {
		return expand(in, res, d)
	}
	if in.Answers.Contract {
		res.Used = []string{"-contract"}
		for flag := range d.used {
			if !dual.made[flag] {
				res.Used = append(res.Used, flag)
			}
		}
		slices.Sort(res.Used)
	}
	for _, t := range res.Schema.Tables {
		for _, w := range t.DualWrites {
			res.DualWritten = append(res.DualWritten, t.Name+"."+w.Column.Name)
		}
	}
	return res, nil
}

// dualWrites is what a comparison knows of columns that are dual-written.
type dualWrites struct {
	filled map[string]bool // columns that a dual write has filled, as table.column
	made   map[string]bool // answers that nobody gave
}

// keepDualWrites returns the models the dual writes of the snapshot: they stay as they are until -contract. in.New is replaced.
func keepDualWrites(in *Input) (dualWrites, Errors) {
	var errs Errors
	for _, old := range in.Old.Tables {
		for i, w := range old.DualWrites {
			if i == 0 {
				in.New = in.New.Clone()
			}
			object := old.Name + "." + w.Column.Name
			fail := func(format string, args ...any) {
				errs = append(errs, &Error{Object: object, Msg: fmt.Sprintf(format, args...) + " while " + w.From + " is on its way to be " + w.To +
					": finish that first, with modelgen generate -contract, when no program is running that knows only " + w.From})
			}
			t := in.New.Table(old.Name)
			if t == nil {
				fail("table %s goes, or gets another name,", old.Name)
				continue
			}
			c := t.Column(w.Column.Name)
			if c == nil {
				fail("column %s goes, or gets another name,", object)
				continue
			}
			if !c.Equal(w.Column) {
				fail("column %s changes to %s", object, c.Describe())
				continue
			}
			mine := takeObjects(t, w.Column.Name).renamed(w.Column.Name, w.To)
			if !mine.say(objectsOf(old, w.To)) {
				fail("a constraint or an index of column %s changes", object)
				continue
			}
			was := c.Was
			replace(t, w.Column.Name, *old.Column(w.To))
			t.Column(w.To).Was = was
			if t.Column(w.From) != nil {
				fail("column %s.%s is there again", old.Name, w.From)
				continue
			}
			t.Columns = append(t.Columns, *old.Column(w.From))
			objectsOf(old, w.From, w.To).putInto(t)
			t.DualWrites = append(t.DualWrites, w)
		}
	}
	if len(errs) == 0 && in.Answers.Contract {
		errs = append(errs, &Error{Object: "", Msg: "-contract: nothing is on its way"})
	}
	return dualWrites{}, errs
}

// contract answers for dual writes: what the columns were goes, and they get their final name. in.Old and in.Answers are replaced.
func contract(in *Input) (dualWrites, Errors) {
	f := dualWrites{filled: map[string]bool{}, made: map[string]bool{}}
	in.New = in.New.Clone()
	in.Answers.Drops, in.Answers.Renames = slices.Clone(in.Answers.Drops), slices.Clone(in.Answers.Renames)
	for _, old := range in.Old.Tables {
		for _, w := range old.DualWrites {
			t := in.New.Table(old.Name)
			if t == nil || t.Column(w.Column.Name) == nil {
				return f, Errors{{Object: old.Name + "." + w.Column.Name, Msg: fmt.Sprintf("the models have no %s.%s any more, which %s.%s is on its way to be: "+
					"finish that first, with the model as it was, then change it", old.Name, w.Column.Name, old.Name, w.From)}}
			}
			drop := old.Name + "." + w.From
			in.Answers.Drops = append(in.Answers.Drops, drop)
			f.made["-drop "+Quote(drop)] = true
			if w.To != w.Column.Name {
				rename := old.Name + "." + w.To + "=" + w.Column.Name
				in.Answers.Renames = append(in.Answers.Renames, rename)
				f.made["-rename "+Quote(rename)] = true
			}
			f.filled[old.Name+"."+w.Column.Name] = true
			finalNames(t, w.Column.Name, objectsOf(old, w.To).renamed(w.To, w.Column.Name))
		}
	}
	if len(f.made) == 0 {
		return f, Errors{{Object: "", Msg: "-contract: nothing is on its way"}}
	}
	return f, nil
}

// expand replaces what renames and retypes columns by what both can work with.
func expand(in Input, first *Result, d *differ) (*Result, error) {
	in.New, in.Answers.Online = first.Schema.Clone(), false
	in.Answers.Renames, in.Answers.Converts = slices.Clone(in.Answers.Renames), slices.Clone(in.Answers.Converts)
	was, shared := map[string]string{}, map[string]string{}
	for _, t := range in.New.Tables {
		old := d.old.Table(d.pair2old[t.Name])
		if old == nil {
			continue
		}
		for _, c := range slices.Clone(t.Columns) {
			o := old.Column(d.cols[t.Name][c.Name])
			if o == nil || old.DualWriteOf(o.Name) != nil || o.Name == c.Name && (sameType(*o, c) || !schema.ChangeType(o.Type, c.Type).Rewrites && len(o.TypeFor)+len(c.TypeFor) == 0) {
				continue
			}
			to := c.Name
			if o.Name == c.Name {
				to = cut(c.Name, shadowSuffix)
			}
			w, err := d.dualWrite(old, t, *o, c, to)
			if err != nil {
				d.fail(t.Name+"."+c.Name, "-online: %v", err)
				continue
			}
			before := d.surviving(old, t.Name, objectsOf(old, o.Name)).names()
			for _, name := range append(objectsOf(t, c.Name).names(), before...) { // those that go keep the old column apart as well
				if other := shared[t.Name+"."+name]; other != "" && other != c.Name {
					d.fail(t.Name+"."+c.Name, "-online: %s is over %s and %s, and both are to be on their way at once: change one, finish it, then change the other", name, other, c.Name)
				}
				shared[t.Name+"."+name] = c.Name
			}
			was[t.Name+"."+to] = c.Was
			d.addShadow(in.New, old, t, *o, c, w)
			in.Answers.Renames = slices.DeleteFunc(in.Answers.Renames, func(flag string) bool {
				return slices.ContainsFunc(d.renameAnswers, func(r rename) bool { return r.flag == flag && r.table != "" && r.from == o.Name && r.to == c.Name })
			})
			for _, answers := range []*[]string{&in.Answers.Converts, &in.Answers.ConvertBacks} {
				if a, ok := d.about(*answers, t.Name, c.Name); ok {
					*answers = slices.DeleteFunc(slices.Clone(*answers), func(x string) bool { return x == a })
				}
			}
		}
	}
	if len(d.errs) > 0 {
		return nil, d.errs
	}
	if d.clashes(in.New); len(d.errs) > 0 {
		return nil, d.errs
	}
	if len(was) == 0 {
		return nil, Errors{{Object: "", Msg: "-online: no column is renamed, and none changes its type in a way that rewrites the table"}}
	}
	made := d.settled(in.New, &in.Answers)
	res, _, err := compare(in, dualWrites{})
	if err != nil || len(res.Questions) > 0 {
		return res, err
	}
	res.Used = slices.DeleteFunc(res.Used, func(flag string) bool { return made[flag] })
	for _, t := range res.Schema.Tables {
		for i := range t.Columns {
			if hint, ok := was[t.Name+"."+t.Columns[i].Name]; ok {
				t.Columns[i].Was = hint
			}
		}
		for _, w := range t.DualWrites {
			res.DualWritten = append(res.DualWritten, t.Name+"."+w.Column.Name)
		}
	}
	for _, flag := range append(first.Used, "-online") {
		if !slices.Contains(res.Used, flag) {
			res.Used = append(res.Used, flag)
		}
	}
	slices.Sort(res.Used)
	return res, nil
}

// settled answers for everything that goes: after the first comparison nothing of it is a question any more, whatever shadow columns there are.
func (d *differ) settled(between *schema.Schema, a *Answers) (made map[string]bool) {
	made = map[string]bool{}
	a.Drops, a.Renames = slices.Clone(a.Drops), slices.Clone(a.Renames)
	for _, t := range between.Tables {
		for _, w := range t.DualWrites { // the old column is the one of its name, though its shadow is like it
			same := t.Name + "." + w.From + "=" + w.From
			a.Renames = append(a.Renames, same)
			made["-rename "+Quote(same)] = true
		}
	}
	drop := func(object string) {
		if !slices.Contains(a.Drops, object) {
			a.Drops = append(a.Drops, object)
			made["-drop "+Quote(object)] = true
		}
	}
	for _, t := range d.gone {
		drop(t)
	}
	for _, old := range d.old.Tables {
		n := d.old2new[old.Name]
		for _, c := range old.Columns {
			if n != "" && d.oldCol[n][c.Name] == "" && !d.isReplaced(n, c.Name) { // a -drop of those would lose what fills the new ones
				drop(n + "." + c.Name)
			}
		}
	}
	return made
}

// isReplaced reports whether the old column comes again under the models' name for it, because its expression comes, goes or changes.
func (d *differ) isReplaced(table, old string) bool {
	for _, c := range d.new.Table(table).Columns {
		if was, replaced := d.wasGenerated[table+"."+c.Name]; replaced && was.name == old {
			return true
		}
	}
	return false
}

// dualWrite returns what keeps o of the old table and its shadow column to equal, or says why nothing can.
func (d *differ) dualWrite(old, t *schema.Table, o, c schema.Column, to string) (schema.DualWrite, error) {
	later := func(format string, args ...any) error {
		return fmt.Errorf(format+": do that in a migration of its own, before or after", args...)
	}
	no := func(format string, args ...any) error {
		return fmt.Errorf(format+", which two columns cannot share; without -online it is done at once", args...)
	}
	switch {
	case to == c.Name && t.Column(o.Name) != nil:
		return schema.DualWrite{}, later("another column gets the name %s as well", o.Name)
	case to != c.Name && (t.Column(to) != nil || old.Column(to) != nil):
		return schema.DualWrite{}, fmt.Errorf("the table has a column %s, and the name is needed for a while", to)
	case old.Name != t.Name:
		return schema.DualWrite{}, later("table %s gets another name as well", old.Name)
	case o.Nullable && !c.Nullable:
		return schema.DualWrite{}, later("it becomes NOT NULL as well")
	case o.Identity || c.Identity:
		return schema.DualWrite{}, no("it is numbered by the database")
	case o.Generated != "" || c.Generated != "":
		return schema.DualWrite{}, no("it is computed")
	case old.PrimaryKey != nil && slices.Contains(old.PrimaryKey.Columns, o.Name), t.PrimaryKey != nil && slices.Contains(t.PrimaryKey.Columns, c.Name):
		return schema.DualWrite{}, no("it is in the primary key")
	case !old.PrimaryKey.Equal(t.PrimaryKey):
		return schema.DualWrite{}, later("the primary key of %s changes as well", t.Name)
	case len(d.fills[t.Name]) > 0 && slices.ContainsFunc(d.fills[t.Name], func(f migrate.Fill) bool { return f.Column == c.Name }):
		return schema.DualWrite{}, later("its values get other names as well")
	}
	if to != c.Name { // until the end its name is that of the old column, with values of the old type
		for _, r := range d.readers(d.scene()) {
			if r.Has(t.Name, c.Name) && !(r.table == t.Name && r.column == c.Name) {
				return schema.DualWrite{}, later("%s %s.%s=%s reads it", r.flag, r.table, r.column, r.sql)
			}
		}
	}
	before, after := d.surviving(old, t.Name, objectsOf(old, o.Name)).renamed(o.Name, c.Name), objectsOf(t, c.Name)
	if was, is := (&objects{keys: before.keys}), (&objects{keys: after.keys}); !was.say(is) {
		return schema.DualWrite{}, later("a foreign key of it changes as well")
	}
	for _, x := range old.Columns {
		if x.Generated != "" && len(schema.ExprColumns(x.Generated, []string{o.Name})) > 0 {
			return schema.DualWrite{}, no("%s is computed from it", x.Name)
		}
	}
	for _, x := range t.Columns {
		if x.Generated != "" && len(schema.ExprColumns(x.Generated, []string{c.Name})) > 0 {
			return schema.DualWrite{}, no("%s is computed from it", x.Name)
		}
	}
	for _, other := range d.old.Tables {
		for _, fk := range other.ForeignKeys {
			if fk.RefTable == old.Name && slices.Contains(fk.RefColumns, o.Name) {
				return schema.DualWrite{}, no("foreign key %s of %s refers to it", fk.Name, other.Name)
			}
		}
	}
	_, base := schema.SplitName(t.Name)
	between := []string{o.Name}
	if to == c.Name {
		between = append(between, to)
	}
	w := schema.DualWrite{
		Name: schema.DeriveName(base, between, "both", nil), From: o.Name, To: to,
		Up: schema.QuoteColumn(o.Name), Down: schema.QuoteColumn(to), Column: c,
	}
	w.Column.Was, w.Column.ValueWas = "", nil
	if sameType(o, c) {
		return w, nil
	}
	sql, given := d.convert(t.Name, c.Name)
	up, err := d.castTo(o, c)
	if given && sql != "" {
		if up, err = schema.NormalizeExpr(schema.RenameInExpr(sql, c.Name, o.Name)); err != nil {
			return w, err
		}
	}
	if err != nil {
		return w, fmt.Errorf("%w: say how, as in -convert %s=SQL", err, Quote(t.Name+"."+c.Name))
	}
	back := c
	back.Name = to
	down, err := d.castTo(back, o)
	sqlBack, givenBack := d.convertBack(t.Name, c.Name)
	switch {
	case givenBack && strings.TrimSpace(sqlBack) != "":
		if down, err = schema.NormalizeExpr(schema.RenameInExpr(sqlBack, c.Name, to)); err != nil {
			return w, err
		}
	case given && sql != "" && !schema.IsCast(sql, c.Name):
		return w, fmt.Errorf("its values are computed with %s: say how programs of the previous release get back what they know, as in -convert-back %s=SQL; without -online it is done at once",
			sql, Quote(t.Name+"."+c.Name))
	}
	if err != nil {
		return w, fmt.Errorf("%w: what new programs write could not be read by the old ones; without -online it is done at once", err)
	}
	if what := d.cuts(c.Type, o.Type); what != "" && !given {
		return w, fmt.Errorf("while both columns are written, programs of the previous release see %s as %s, and %s (the new column keeps it): if they may see it so, answer -convert %s; "+
			"without -online it is done at once", t.Name+"."+c.Name, o.Type, what, Quote(t.Name+"."+c.Name))
	}
	w.Up, w.Down = up, down
	return w, nil
}

// castTo returns the SQL that makes a value of one column one of another, in the words of all dialects of the project.
func (d *differ) castTo(from, to schema.Column) (string, error) {
	canonical := len(d.in.Dialects) > 0 && !d.on(func(c migrate.Capabilities) bool { return !c.CanonicalTypes })
	plain := func(c schema.Column) bool {
		if number(c.Type) || isText(c.Type) {
			return len(c.TypeFor) == 0
		}
		return canonical && c.Type.Known() && c.Type.Kind != schema.KindEnum && len(c.TypeFor) == 0
	}
	truth := (from.Type.Kind == schema.KindBoolean) != (to.Type.Kind == schema.KindBoolean) // PostgreSQL casts it from and to integer alone
	if !plain(from) || !plain(to) || truth || !castable(from.Type, to.Type) {
		return "", fmt.Errorf("no cast from %s to %s is the same in every database", from.Type, to.Type)
	}
	column := schema.QuoteColumn(from.Name)
	if isText(to.Type) && isText(from.Type) {
		return column, nil // assigning refuses what is too long, a cast would cut it
	}
	if isText(to.Type) {
		return "CAST(" + column + " AS text)", nil
	}
	if from.Type.Kind == schema.KindChar && !from.Type.Array {
		column = "CAST(" + column + " AS text)" // without the blanks at its end, which most types do not read
	}
	return "CAST(" + column + " AS " + to.Type.String() + ")", nil
}

func sameType(a, b schema.Column) bool {
	return a.Type == b.Type && len(a.TypeFor) == 0 && len(b.TypeFor) == 0 || a.Type == b.Type && fmt.Sprint(a.TypeFor) == fmt.Sprint(b.TypeFor)
}

// addShadow puts both columns into the table between, with constraints and indexes of each.
func (d *differ) addShadow(s *schema.Schema, old, t *schema.Table, o, c schema.Column, w schema.DualWrite) {
	fresh, stays := c, o
	fresh.Name, fresh.Was, fresh.ValueWas = w.To, "", nil
	for _, x := range []*schema.Column{&fresh, &stays} {
		x.Nullable, x.Default, x.DefaultExpr, x.DefaultFor = true, nil, "", nil
	}
	mine, theirs := takeObjects(t, c.Name).renamed(c.Name, w.To), d.surviving(old, t.Name, objectsOf(old, o.Name))
	if w.To == c.Name {
		mine.derived(takeObjects(d.in.New.Table(t.Name).Clone(), c.Name))
	}
	replace(t, c.Name, fresh)
	t.Columns = append(t.Columns, stays)
	mine.putInto(t)
	theirs.putInto(t)
	t.DualWrites = append(t.DualWrites, w)
	t.Sort()
}

// surviving leaves out what is over columns that go, and lets foreign keys follow the tables that they refer to.
func (d *differ) surviving(old *schema.Table, table string, o *objects) *objects {
	var gone []string
	for _, c := range old.Columns {
		if d.oldCol[table][c.Name] == "" {
			gone = append(gone, c.Name)
		}
	}
	t := &schema.Table{Name: table}
	o.putInto(t)
	takeObjects(t, gone...)
	out := &objects{uniques: t.Uniques, checks: t.Checks, indexes: t.Indexes}
	for _, fk := range t.ForeignKeys {
		to := d.old2new[fk.RefTable]
		there := to != ""
		for i, c := range fk.RefColumns {
			fk.RefColumns[i] = d.oldCol[to][c]
			there = there && fk.RefColumns[i] != ""
		}
		if fk.RefTable = to; there {
			out.keys = append(out.keys, fk)
		}
	}
	return out
}

// clashes gives constraints and indexes of shadow columns another name for the time in which the old ones still have theirs.
func (d *differ) clashes(s *schema.Schema) {
	type owner struct{ table, name string }
	kept := map[owner]bool{}
	for _, t := range s.Tables {
		for _, w := range t.DualWrites {
			if d.old.Table(t.Name).DualWriteOf(w.From) == nil {
				for _, name := range objectsOf(t, w.From).names() {
					kept[owner{t.Name, name}] = true
				}
			}
		}
	}
	taken := func(table, name string) bool {
		ns, _ := schema.SplitName(table)
		for k := range kept {
			if own, _ := schema.SplitName(k.table); own == ns && k.name == name {
				return true
			}
		}
		return false
	}
	for _, t := range s.Tables {
		var from, to []string
		for _, w := range t.DualWrites {
			from, to = append(from, w.From), append(to, w.To)
		}
		old := takeObjects(t, from...)
		shadow := takeObjects(t, to...)
		rest := (&objects{t.Uniques, t.Checks, t.ForeignKeys, t.Indexes}).names()
		if t.PrimaryKey != nil {
			rest = append(rest, t.PrimaryKey.Name)
		}
		for _, name := range rest {
			if name != "" && taken(t.Name, name) {
				d.fail(t.Name, "-online: %s of %s takes the name of a constraint or an index of a column that is to be on its way: do that in a migration of its own, before or after", name, t.Name)
			}
		}
		shadow.rename(func(name string) string {
			if name != "" && taken(t.Name, name) {
				return cut(name, shadowSuffix)
			}
			return name
		})
		shadow.putInto(t)
		old.putInto(t)
	}
}

// replace puts another column in the place of one.
func replace(t *schema.Table, name string, by schema.Column) {
	for i := range t.Columns {
		if t.Columns[i].Name == name {
			t.Columns[i] = by
		}
	}
}

// cut puts an end to a name, which loses what would be too long.
func cut(name, end string) string {
	for len(name)+len(end) > schema.MaxName {
		r := []rune(name)
		name = string(r[:len(r)-1])
	}
	return name + end
}

// endDualWrites stops what the new schema has no more, when constraints and indexes of the old columns have gone. What follows on a table must
// be one transaction: what a program writes while only one of the columns is written would be lost with it.
func (d *differ) endDualWrites() {
	for _, old := range d.old.Tables {
		t := d.new.Table(old.Name)
		for _, w := range old.DualWrites {
			if t != nil && slices.ContainsFunc(t.DualWrites, w.Equal) {
				continue
			}
			cur := d.cur.Table(old.Name)
			final := w.Column
			final.Name = w.To
			if w.To == w.Column.Name && t.Column(w.To) != nil && sameType(final, *t.Column(w.To)) && !cur.Column(w.To).Equal(final) {
				d.emit(migrate.AlterColumn{Table: old.Name, From: *cur.Column(w.To), To: final}) // before nobody looks after it any more
			}
			d.emit(migrate.DropDualWrite(migrate.NewAddDualWrite(old.Name, w)))
			if d.oldCol[old.Name][w.From] != "" || d.bug != nil {
				continue
			}
			d.emit(d.columnDrop(old.Name, t.Name, *cur.Column(w.From)))
			if d.oldCol[old.Name][w.To] != w.Column.Name || w.To == w.Column.Name {
				continue
			}
			d.emit(migrate.RenameColumn{Table: old.Name, From: w.To, To: w.Column.Name})
			delete(d.oldCol[old.Name], w.To)
			d.oldCol[old.Name][w.Column.Name] = w.Column.Name
			if from := *d.cur.Table(old.Name).Column(w.Column.Name); d.bug == nil {
				to := w.Column
				to.Nullable = true
				if !from.Equal(to) {
					d.emit(migrate.AlterColumn{Table: old.Name, From: from, To: to}) // the default
				}
			}
		}
	}
}

// beginDualWrites comes when the shadow columns are there, before the columns lose what only one of the two programs respects.
func (d *differ) beginDualWrites() {
	for _, t := range d.new.Tables {
		for _, w := range t.DualWrites {
			if cur := d.cur.Table(t.Name); cur != nil && !slices.ContainsFunc(cur.DualWrites, w.Equal) {
				d.emit(migrate.NewAddDualWrite(t.Name, w))
			}
		}
	}
}

// isShadow reports whether a name is one for the time of a dual write.
func isShadow(name string) bool { return strings.HasSuffix(name, shadowSuffix) }
