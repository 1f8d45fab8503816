package gen

import (
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/gen/finding"
	"github.com/modelgen/modelgen/gen/internal/bug"
	"github.com/modelgen/modelgen/gen/internal/dialects"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// refused is what dialects cannot have, in the order in which it was found.
type refused []refusal

// refusal is one of them. What a struct that several models embed asks for is refused once, for all their tables.
type refusal struct {
	pos  string   // file:line:col, "" without one
	on   []string // the objects, "products.stock"; none when the error is of another kind
	what string   // the rest of the message
}

func (r *Result) refusal(lines refused, err error) refused {
	var u *migrate.UnsupportedError
	if !errors.As(err, &u) {
		if line := (refusal{what: err.Error()}); !slices.ContainsFunc(lines, func(o refusal) bool { return o.what == line.what }) {
			lines = append(lines, line)
		}
		return lines
	}
	u.NameOther(append(dialects.Names(r.snap.Dialects), slices.Sorted(maps.Keys(r.targets))...)...)
	object := strings.TrimSuffix(u.Table+"."+u.Object, ".")
	p := r.objectPos(u.Table, u.Object, r.after)
	if !p.IsValid() {
		p = r.pos(object)
	}
	line := refusal{on: []string{object}, what: strings.TrimPrefix(err.Error(), object)}
	if p.IsValid() {
		line.pos = p.String()
	}
	for i, o := range lines {
		if o.what == line.what && (o.pos == line.pos && o.pos != "" || slices.Contains(o.on, object)) {
			if !slices.Contains(o.on, object) {
				lines[i].on = append(o.on, object)
			}
			return lines
		}
	}
	return append(lines, line)
}

func (r refused) problems() (out finding.Problems) {
	for _, line := range r {
		text := line.what
		if n := len(line.on); n > 0 {
			text = line.on[0] + text
			if n > 1 {
				text = strings.Join(line.on[:n-1], ", ") + " and " + line.on[n-1] + line.what
			}
		}
		if line.pos != "" {
			text = line.pos + ": " + text
		}
		out = append(out, text)
	}
	return out
}

// refusedOf returns all that a dialect refuses of an op: what it names is taken out of the op, which is then planned again.
func refusedOf(dialect migrate.Dialect, version int, s *schema.Schema, op migrate.Op) (all []error) {
	for range 1000 { // each time there is less of the op
		_, err := migrate.PlanOps(dialect.Planner(version), s.Clone(), []migrate.Op{op})
		if err == nil {
			return all
		}
		var u *migrate.UnsupportedError
		unsupported := errors.As(err, &u)
		if unsupported || len(all) == 0 { // else it is of what was taken out
			all = append(all, err)
		}
		if !unsupported || u.Object == "" {
			return all
		}
		less, ok := relieved(op, u.Object)
		if !ok {
			return all
		}
		op = less
	}
	return all
}

// relieved returns the op of a new table or column without what an object of it asks for beyond a plain column. ok is false when there is
// nothing to take out.
func relieved(op migrate.Op, object string) (less migrate.Op, ok bool) {
	switch o := op.(type) {
	case migrate.AddColumn:
		c, ok := plainer(o.Column.Def())
		o.Column = c
		return o, ok && c.Name == object
	case migrate.CreateTable:
		o.Columns = slices.Clone(o.Columns)
		for i, d := range o.Columns {
			if c := d.Def(); c.Name == object {
				plain, ok := plainer(c)
				o.Columns[i] = plain
				return o, ok
			}
		}
		n := len(o.Checks) + len(o.Uniques) + len(o.ForeignKeys) + len(o.Indexes)
		o.Checks = slices.DeleteFunc(slices.Clone(o.Checks), func(c schema.Check) bool { return c.Name == object })
		o.Uniques = slices.DeleteFunc(slices.Clone(o.Uniques), func(u schema.Unique) bool { return u.Name == object })
		o.ForeignKeys = slices.DeleteFunc(slices.Clone(o.ForeignKeys), func(f schema.ForeignKey) bool { return f.Name == object })
		o.Indexes = slices.DeleteFunc(slices.Clone(o.Indexes), func(x schema.Index) bool { return x.Name == object })
		return o, len(o.Checks)+len(o.Uniques)+len(o.ForeignKeys)+len(o.Indexes) < n
	}
	return op, false
}

// plainer returns a column with less that a dialect may refuse: first what is computed, then its type. ok is false when nothing is left.
func plainer(c schema.Column) (plain schema.Column, ok bool) {
	plain = schema.Column{Name: c.Name, Type: c.Type, TypeFor: c.TypeFor, Nullable: c.Nullable}
	if c.Default == nil && c.DefaultExpr == "" && len(c.DefaultFor) == 0 && c.Generated == "" && c.Collate == "" && !c.Identity {
		if c.Type.Kind == schema.KindText && len(c.TypeFor) == 0 {
			return plain, false
		}
		plain.Type, plain.TypeFor = schema.Type{Kind: schema.KindText}, nil
	}
	return plain, true
}

// refusals lets every dialect of the project plan the ops: what one cannot have is said here, not in production.
func (r *Result) refusals(cfg Config, ops []migrate.Op) error {
	if len(ops) == 0 {
		return nil
	}
	var lines refused
	for _, d := range r.snap.Dialects {
		_, err := r.plan(d)
		if err == nil {
			continue
		}
		name, version := dialects.Split(d)
		dialect := cfg.Targets[name]
		// Once more, op by op, for all of it and not the first only.
		found := false
		s := r.old().Clone()
		for _, op := range ops {
			for _, e := range refusedOf(dialect, version, s, op) {
				found = true
				lines = r.refusal(lines, e)
			}
			if err := op.Apply(s); err != nil {
				return bug.Error("the operations do not apply to the snapshot", err)
			}
		}
		if !found {
			lines = r.refusal(lines, err)
		}
	}
	if len(lines) > 0 {
		return lines.problems()
	}
	return nil
}
