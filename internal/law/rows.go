package law

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/modelgen/modelgen/runtime/schema"
)

// content is what tables hold: the values of each column as text, in the order of the rows' numbers; none is NULL.
type content map[string]map[string][]*string

// kept compares every value with what it was before.
func (r *run) kept(ctx context.Context, d *database, before content) error {
	after, err := d.rows(ctx, r.b)
	if err != nil {
		return err
	}
	for _, t := range r.b.Tables {
		from := r.data.descent[t.Name]
		old := r.a.Table(from.table)
		if old == nil {
			continue
		}
		if a, b := len(before[old.Name][key]), len(after[t.Name][key]); a != b {
			return fmt.Errorf("%s had %d rows, now %d", t.Name, a, b)
		}
		for _, c := range t.Columns {
			col := from.cols[c.Name]
			if err := r.keptColumn(old, t, c, col, before, after); err != nil {
				return err
			}
			if c.Generated == "" {
				continue
			}
			wrong, err := d.count(ctx, t.Name, name(c.Name)+map[bool]string{true: " IS DISTINCT FROM ", false: " IS NOT "}[d.dialect.Name() == "postgres"]+"("+c.Generated+")")
			if err != nil || wrong > 0 {
				return fmt.Errorf("%s.%s is not what is computed, in %d rows, %v", t.Name, c.Name, wrong, err)
			}
		}
	}
	return nil
}

func (r *run) keptColumn(old, t *schema.Table, c schema.Column, col *column, before, after content) error {
	was, is := before[old.Name][col.origin], after[t.Name][c.Name]
	fail := func(row int, what string) error {
		return fmt.Errorf("%s.%s %s in row %d: held %s, now %s", t.Name, c.Name, what, row+1, show(was), show(is))
	}
	x, answered := r.computed[place{t.Name, c.Name}]
	if answered && !x.how.converts() && col.remade {
		answered = false // SQL has given every row a value before the fill, which is for those without
	}
	if col.origin == "" {
		for i, v := range is {
			switch {
			case answered && (v == nil || *v != x.value(before, after, i, nil)):
				return fail(i, "is not "+strconv.Quote(x.value(before, after, i, nil))+", as computed from "+x.from.table+"."+x.from.column)
			case answered:
			case c.Generated != "" || c.Identity:
			case v == nil && !c.Nullable, v == nil && c.Default != nil && !col.filled:
				return fail(i, "is new and has no value")
			case c.Default != nil && !col.filled && !r.isDefault(c, *v):
				return fail(i, "is new and has not its default")
			}
		}
		return nil
	}
	o := old.Column(col.origin)
	if o.Generated != "" || c.Generated != "" || col.remade && !answered {
		return nil
	}
	for i := range was {
		switch {
		case answered && x.how.converts() && was[i] != nil:
			if want := x.value(before, after, i, was[i]); is[i] == nil || !same(c.Type, c.Type, want, *is[i]) {
				return fail(i, "is not "+want+", as converted")
			}
		case answered && !x.how.converts() && was[i] == nil:
			if want := x.value(before, after, i, nil); is[i] == nil || *is[i] != want {
				return fail(i, "is not "+strconv.Quote(want)+", as computed from "+x.from.table+"."+x.from.column)
			}
		case was[i] == nil && c.Nullable && is[i] != nil:
			return fail(i, "held no value")
		case was[i] == nil && c.Nullable:
		case was[i] == nil && is[i] == nil:
			return fail(i, "is not filled")
		case was[i] == nil && col.filled && !col.keyed && c.Default != nil && !r.isDefault(c, *is[i]) && len(r.data.valuesOf(t, c)) == 0:
			return fail(i, "is not filled with its default")
		case was[i] == nil:
		case is[i] == nil, !same(o.Type, c.Type, col.becomes(*was[i]), *is[i]) && !o.Type.Array && !c.Type.Array:
			return fail(i, "changed")
		}
	}
	return nil
}

// isDefault reports whether a value is the literal default of its column.
func (r *run) isDefault(c schema.Column, v string) bool {
	if c.Type.Array || c.Type.Kind == schema.KindBytes && r.be.Name == "sqlite" {
		return true
	}
	def := *c.Default
	if c.Type.Kind == schema.KindBytes {
		def = `\x` + def
	}
	return same(c.Type, c.Type, def, v)
}

// valuesOf returns the values that an enum or a list allows.
func (d *data) valuesOf(t *schema.Table, c schema.Column) []string {
	return valuesIn(d.b, t, c)
}

// restored compares the values of columns that were there all the time, after going down, with what they were at first.
func (r *run) restored(ctx context.Context, d *database, before content) error {
	after, err := d.rows(ctx, r.a)
	if err != nil {
		return err
	}
	for _, t := range r.b.Tables {
		from := r.data.descent[t.Name]
		old := r.a.Table(from.table)
		if old == nil {
			continue
		}
		for _, c := range t.Columns {
			col := from.cols[c.Name]
			x, answered := r.computed[place{t.Name, c.Name}]
			if col.origin == "" || col.remade && !(answered && x.back) || c.Generated != "" || len(col.rewrite) > 0 {
				continue
			}
			o := old.Column(col.origin)
			was, is := before[old.Name][o.Name], after[old.Name][o.Name]
			if len(was) != len(is) {
				return fmt.Errorf("%s had %d rows, now %d", old.Name, len(was), len(is))
			}
			for i := range was {
				if o.Generated == "" && was[i] != nil && (is[i] == nil || !same(o.Type, c.Type, *was[i], *is[i]) && !o.Type.Array && !c.Type.Array) {
					return fmt.Errorf("%s.%s held %s, now %s", old.Name, o.Name, show(was), show(is))
				}
			}
		}
	}
	return nil
}

func show(values []*string) string {
	var out []string
	for _, v := range values {
		if v == nil {
			out = append(out, "NULL")
		} else {
			out = append(out, fmt.Sprintf("%q", *v))
		}
	}
	return fmt.Sprint(slices.Clip(out))
}
