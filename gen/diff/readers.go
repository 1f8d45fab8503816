package diff

import (
	"slices"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// reader is SQL that computes the values of a column from others: an answer, or what a generated column was computed with.
type reader struct {
	table, column string // in new names
	flag, sql     string // flag is "" when nobody gave it as an answer
	byHand        bool   // a person will write it
	schema.References
}

// aside is what goes, but only after values have been computed from it, while something new takes its name: meanwhile it has another one.
type aside struct {
	table, column string // in old names; column "" for a table
	to            string
}

// findLate decides what is dropped last, because values are computed from it, or may be. A name in an answer means what the new schema calls so; where
// that is a column or a table without any values yet, it means the old one.
func (d *differ) findLate() {
	if len(d.in.Answers.Fills)+len(d.in.Answers.Converts)+len(d.in.Answers.ConvertBacks) == 0 {
		return
	}
	scene := d.scene()
	readers := d.readers(scene)
	if len(readers) == 0 {
		return
	}
	for _, name := range d.gone {
		// A table that was there under another name is what its name means now.
		renamed := d.pair2old[name] != ""
		taken := d.new.Table(name) != nil || d.new.Enum(name) != nil
		// What computes values can fail on them: what is dropped before that is gone, and the migration cannot be undone.
		if !taken || slices.ContainsFunc(readers, func(r reader) bool { return r.Unknown || !renamed && slices.Contains(r.Tables, name) }) {
			d.lateTables = append(d.lateTables, name)
			if taken {
				d.asides = append(d.asides, aside{name, "", cut(name, migrate.OutOfTheWay)})
			}
		}
	}
	for _, t := range d.new.Tables {
		if old := d.old.Table(d.pair2old[t.Name]); old != nil {
			d.findLateColumns(t, old, readers)
		}
	}
}

func (d *differ) findLateColumns(t, old *schema.Table, readers []reader) {
	late := func(c schema.Column) {
		name := c.Name
		if slices.ContainsFunc(t.Columns, func(n schema.Column) bool { return strings.EqualFold(n.Name, c.Name) }) {
			name = cut(c.Name, migrate.OutOfTheWay)
			d.asides = append(d.asides, aside{old.Name, c.Name, name})
		}
		d.late[t.Name] = append(d.late[t.Name], name)
	}
	goes := func(c schema.Column) bool { return d.oldCol[t.Name][c.Name] == "" }
	for _, c := range old.Columns {
		if goes(c) && (d.isReadLate(t, c, readers) || d.canWait(t, old, c) || d.columnDrop(old.Name, t.Name, c).FillBack != "") { // what that reads may be new
			late(c)
			for _, base := range old.Columns { // which cannot go before it
				if goes(base) && !d.isReadLate(t, base, readers) && len(schema.ExprColumns(c.Generated, []string{base.Name})) > 0 && !slices.Contains(d.late[t.Name], base.Name) {
					late(base)
				}
			}
		}
	}
}

// canWait reports whether the old column c, which goes, is in no way of anything new.
func (d *differ) canWait(t, old *schema.Table, c schema.Column) bool {
	return old.DualWriteOf(c.Name) == nil && !slices.ContainsFunc(t.Columns, func(n schema.Column) bool { return sameName(n.Name, c.Name) })
}

// isReadLate reports whether the old column c, which goes, is read by an answer, or may be.
func (d *differ) isReadLate(t *schema.Table, c schema.Column, readers []reader) bool {
	if _, replaced := d.wasGenerated[t.Name+"."+c.Name]; replaced {
		return false // the new one says the same, or is what its name means
	}
	taken := ""
	for _, n := range t.Columns {
		if strings.EqualFold(n.Name, c.Name) {
			taken = n.Name
		}
	}
	name := c.Name
	if taken != "" {
		name = taken
	}
	isLate := false
	for _, r := range readers {
		reads, own := r.Has(t.Name, name), r.table == t.Name && r.column == taken
		switch {
		case d.old.Table(d.pair2old[t.Name]).DualWriteOf(c.Name) != nil:
			if reads && taken == "" {
				d.fail(r.table+"."+r.column, "%s %s.%s=%s: %s is about to go, and what takes its place has its values: use the new name", r.flag, r.table, r.column, r.sql, c.Name)
			}
		case r.Unknown, reads && taken == "", reads && own && d.cols[t.Name][taken] == "":
			isLate = true
		case !reads || d.cols[t.Name][taken] != "": // the name is that of a column that was there under another one
		case d.holds(t, taken):
			d.fail(r.table+"."+r.column, "%s %s.%s=%s: %s.%s is the name of a column that goes and of another one that comes with values of its own: which of them is meant "+
				"cannot be known; make it two migrations", r.flag, r.table, r.column, r.sql, t.Name, taken)
		default:
			isLate = true
		}
	}
	return isLate
}

// holds reports whether a column that is new has values in the rows that are there.
func (d *differ) holds(t *schema.Table, name string) bool {
	c := t.Column(name)
	_, given := d.about(d.in.Answers.Fills, t.Name, name)
	return given || d.hasDefault(*c) || c.Identity || c.Generated != "" || slices.ContainsFunc(t.DualWrites, func(w schema.DualWrite) bool { return w.To == name })
}

// scene returns the schema in which the names of answers are looked up: the new one, with what goes unless its name is taken. Of a table whose name
// is taken by a new one it has the columns of both.
func (d *differ) scene() *schema.Schema {
	s := d.new.Clone()
	add := func(t *schema.Table, columns []schema.Column) {
		for _, c := range columns {
			if !slices.ContainsFunc(t.Columns, func(n schema.Column) bool { return strings.EqualFold(n.Name, c.Name) }) {
				t.Columns = append(t.Columns, c)
			}
		}
	}
	for _, name := range d.gone {
		old := d.old.Table(name)
		switch t := s.Table(name); {
		case t == nil:
			s.PutTable(old.Clone())
		case d.pair2old[name] == "":
			add(t, old.Columns)
		}
	}
	for _, t := range s.Tables {
		if old := d.old.Table(d.pair2old[t.Name]); old != nil {
			var goes []schema.Column
			for _, c := range old.Columns {
				if d.oldCol[t.Name][c.Name] == "" {
					goes = append(goes, c)
				}
			}
			add(t, goes)
		}
	}
	return s
}

// readers returns all that computes values from others, and refuses what names something that there is not.
func (d *differ) readers(scene *schema.Schema) (all []reader) {
	for _, t := range d.new.Tables {
		if d.pair2old[t.Name] == "" {
			continue
		}
		for _, c := range t.Columns {
			fill, _ := d.about(d.in.Answers.Fills, t.Name, c.Name)
			convert, _ := d.about(d.in.Answers.Converts, t.Name, c.Name)
			back, _ := d.about(d.in.Answers.ConvertBacks, t.Name, c.Name)
			for _, a := range []struct{ flag, answer string }{{"-fill", fill}, {"-convert", convert}, {"-convert-back", back}} {
				_, sql, _ := strings.Cut(a.answer, "=")
				if sql = strings.TrimSpace(sql); sql == "" {
					continue
				}
				r := reader{table: t.Name, column: c.Name, flag: a.flag, sql: sql, byHand: sql == ByHand && a.flag == "-fill"}
				if r.byHand {
					r.Unknown = true
				} else {
					r.References = scene.References(t.Name, schema.BindColumns(sql, t.ColumnNames()))
				}
				for _, m := range r.Missing {
					d.missing(r, m)
				}
				all = append(all, r)
			}
		}
	}
	return all
}

// missing refuses a column that a table does not have.
func (d *differ) missing(r reader, m schema.ColumnRef) {
	hint := ""
	if from := d.pair2old[m.Table]; from != "" && slices.Contains(d.gone, m.Table) && d.old.Table(m.Table).Column(m.Column) != nil {
		hint = "; the table of that name that has it is dropped, and " + from + " takes its name: make it two migrations"
	} else if n := d.oldCol[m.Table][m.Column]; n != "" {
		hint = "; it is called " + n + " now"
	} else if t := d.new.Table(m.Table); t != nil {
		hint = near(m.Column, t.ColumnNames())
	}
	d.fail(r.table+"."+r.column, "%s %s.%s=%s: %s has no column %s%s", r.flag, r.table, r.column, r.sql, m.Table, m.Column, hint)
}
