package migrate

import (
	"maps"
	"slices"

	"github.com/modelgen/modelgen/runtime/schema"
)

// Invert returns the ops that undo ops, in the order in which they must run.
// It returns an [*IrreversibleError] for the first op, from the end, that cannot be undone.
//
// What declared rows had in a column that went, or that got another type, comes back with them: such a column is NOT NULL again when they have it, and what cannot be
// converted back makes room before the conversion. A row that was deleted behind that comes back with what it had before, until then.
func Invert(ops []Op) ([]Op, error) {
	var back []Op
	required := requiredAgain(ops)
	for i := len(ops) - 1; i >= 0; i-- {
		switch o := ops[i].(type) {
		case DropColumn:
			if o.FillBack != "" {
				back = append(back, o.fillBack()...)
				continue
			}
			if slices.ContainsFunc(required, func(r requiring) bool { return r.drop == i }) {
				back = append(back, AddColumn{o.Table, nullable(o.Column)})
				continue
			}
		case Rows:
			if op, changed := makesRoom(ops, i, o); changed {
				back = append(back, op)
				continue
			}
		}
		op, err := ops[i].Inverse()
		if err != nil {
			return nil, err
		}
		if op != nil {
			back = append(back, op)
		}
		for _, r := range required {
			if r.rows == i {
				back = append(back, r.alter)
			}
		}
	}
	return back, nil
}

// requiring is the drop of a column that no row can be without, and the first step before it that knows what declared rows had in it.
type requiring struct {
	drop, rows int
	alter      AlterColumn // which makes it NOT NULL
}

// requiredAgain returns the drops that are undone in three steps: the column comes back, the declared rows get their values, and it is NOT NULL.
func requiredAgain(ops []Op) (all []requiring) {
	for i, op := range ops {
		drop, ok := op.(DropColumn)
		if !ok || drop.FillBack != "" {
			continue
		}
		c := drop.Column.Def()
		if c.Nullable || c.Default != nil || c.DefaultExpr != "" || len(c.DefaultFor) > 0 || c.Generated != "" || c.Identity || c.Serial() {
			continue
		}
		for j, before := range ops[:i] {
			if o, ok := before.(Rows); ok && o.Table == drop.Table && o.forgets(c.Name) {
				all = append(all, requiring{i, j, AlterColumn{Table: drop.Table, From: nullable(c), To: c}})
				break
			}
		}
	}
	return all
}

func nullable(d schema.ColumnDef) schema.Column {
	c := d.Def()
	c.Nullable = true
	return c
}

// forgets reports whether the op says what rows have in a column that is about to go or to get another type.
func (o Rows) forgets(column string) bool {
	return o.Declared && slices.ContainsFunc(o.Update, func(u RowUpdate) bool {
		_, from := u.From[column]
		_, to := u.To[column]
		return from && !to
	})
}

// makesRoom returns the inverse of rows that get values behind what computes them, such that they have at once what they had before that, where nothing else leads there: behind a
// fill, which is not undone; and behind a conversion to text or to a larger number, as nothing may convert the new values back. What they had is written behind the conversion back anyway.
func makesRoom(ops []Op, at int, o Rows) (Op, bool) {
	if !o.Declared {
		return nil, false
	}
	was := map[string]map[string]Values{}     // by column, and the row's key
	deleted := map[string]map[string]Values{} // the same, of columns that a deleted row cannot be without
	for i, op := range ops[:at] {
		column, text, null := "", false, true
		var converted *schema.Column
		switch c := op.(type) {
		case AlterColumn:
			from, to := c.From.Def(), c.To.Def()
			text = isText(to.Type) && !isText(from.Type)
			if c.Table == o.Table && from.Type != to.Type && len(o.Delete) > 0 {
				converted = &to
			}
			if c.Table == o.Table && c.UsingBack == "" && (text || widens(from.Type, to.Type)) {
				column, null = to.Name, to.Nullable
			}
		case Fill:
			if c.Table == o.Table && !slices.ContainsFunc(ops[:at], func(op Op) bool {
				a, ok := op.(AlterColumn)
				return ok && a.Table == c.Table && a.From.Def().Name == c.Column
			}) {
				column = c.Column
			}
		}
		keep := func(in map[string]map[string]Values, column string, fits func(v any) bool) {
			for _, before := range ops[:i] {
				f, ok := before.(Rows)
				if !ok || f.Table != o.Table || !f.forgets(column) {
					continue
				}
				for _, u := range f.Update {
					v, ok := u.From[column]
					if words, is := ValueText(v); text && is {
						v = words
					}
					if !ok || !fits(v) {
						continue
					}
					if in[column] == nil {
						in[column] = map[string]Values{}
					}
					in[column][nameOf(u.Key)] = Values{column: v}
				}
			}
		}
		if column != "" {
			keep(was, column, func(v any) bool { return v != nil || null })
		}
		if converted != nil {
			keep(deleted, converted.Name, func(v any) bool { return valueProblem(*converted, v) == "" })
		}
	}
	for column, rows := range was {
		if deleted[column] == nil && len(o.Delete) > 0 {
			deleted[column] = rows
		}
	}
	if len(was)+len(deleted) == 0 {
		return nil, false
	}
	inverse, err := o.Inverse()
	back, ok := inverse.(Rows)
	if err != nil || !ok {
		return nil, false
	}
	changed := false
	for i, row := range back.Insert[:len(o.Delete)] {
		for column, values := range deleted {
			v, known := values[nameOf(keyOf(row, o.Key))]
			if _, has := row[column]; has || !known {
				continue
			}
			row = maps.Clone(row)
			row[column] = v[column]
			changed = true
		}
		back.Insert[i] = row
	}
	for i, u := range back.Update {
		for column, values := range was {
			v, known := values[nameOf(u.Key)]
			is, from := u.From[column]
			if _, to := u.To[column]; !known || !from || to || is == v[column] {
				continue
			}
			u.To = maps.Clone(u.To)
			if u.To == nil {
				u.To = Values{}
			}
			u.To[column] = v[column]
			changed = true
		}
		back.Update[i] = u
	}
	return back, changed
}

// widens reports whether each whole number of a type is one of another type.
func widens(from, to schema.Type) bool {
	whole := []schema.Kind{schema.KindSmallInt, schema.KindInteger, schema.KindBigInt}
	i, j := slices.Index(whole, from.Kind), slices.Index(whole, to.Kind)
	return i >= 0 && j > i && !from.Array && !to.Array
}

// nameOf returns what a row is called by its key.
func nameOf(key Values) string {
	t := schema.TableRows{Key: slices.Sorted(maps.Keys(key))}
	return t.Name(key.row())
}

func isText(t schema.Type) bool { return !t.Array && t.Kind.Text() }
