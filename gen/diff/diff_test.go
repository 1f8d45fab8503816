package diff_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/modelgen/modelgen/gen/diff"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/postgres"
	"github.com/modelgen/modelgen/runtime/schema"
	"github.com/modelgen/modelgen/runtime/sqlite"
)

// step is one comparison of two small schemas and all that comes of it.
type step struct {
	name     string
	old, new *schema.Schema // old as models too: the names that it leaves out are found by a comparison with nothing
	hints    []diff.Hint
	answers  diff.Answers
	dialects []string
	ordered  bool   // the order of the objects of a table has a meaning: equal names of theirs are numbered
	want     string // a line for each op, "?" before questions, "stale", "used" and "error" before the others
}

// on returns what the dialects are capable of; none stands for both.
func on(names []string) []migrate.Capabilities {
	var all []migrate.Capabilities
	for _, d := range []migrate.Dialect{postgres.Dialect{}, sqlite.Dialect{}} {
		if len(names) == 0 || slices.Contains(names, d.Name()) {
			all = append(all, d.Capabilities())
		}
	}
	return all
}

func of(parts ...any) *schema.Schema {
	s := &schema.Schema{}
	for _, p := range parts {
		switch p := p.(type) {
		case *schema.Table:
			s.PutTable(p)
		case *schema.Enum:
			s.PutEnum(p)
		case schema.SQLObject:
			s.PutSQLObject(p)
		}
	}
	return s
}

func enum(name string, values ...string) *schema.Enum {
	return &schema.Enum{Name: name, Values: values}
}

// was gives a column, a table or an enum the hint that it had another name.
func was[T schema.Column | *schema.Table | *schema.Enum](name string, of T) T {
	switch p := any(of).(type) {
	case schema.Column:
		p.Was = name
		return any(p).(T)
	case *schema.Table:
		p.Was = name
	case *schema.Enum:
		p.Was = name
	}
	return of
}

func table(name string, parts ...any) *schema.Table {
	t := &schema.Table{Name: name}
	for _, p := range parts {
		switch p := p.(type) {
		case schema.ColumnDef:
			t.Columns = append(t.Columns, p.Def())
		case schema.PrimaryKey:
			t.PrimaryKey = &p
		case schema.Unique:
			t.Uniques = append(t.Uniques, p)
		case schema.Check:
			t.Checks = append(t.Checks, p)
		case schema.ForeignKey:
			t.ForeignKeys = append(t.ForeignKeys, p)
		case schema.Index:
			t.Indexes = append(t.Indexes, p)
		case string:
			t.Comment = p
		default:
			panic(fmt.Sprintf("a table has no %T", p))
		}
	}
	return t
}

func id() schema.ColumnDef                   { return schema.BigInt("id").Identity() }
func pk(columns ...string) schema.PrimaryKey { return schema.PrimaryKey{Columns: columns} }
func unique(columns ...string) schema.Unique { return schema.Unique{Columns: columns} }
func check(expr string) schema.Check         { return schema.Check{Expr: expr} }
func index(columns ...string) schema.Index {
	x := schema.Index{}
	for _, c := range columns {
		x.Parts = append(x.Parts, schema.IndexPart{Column: c})
	}
	return x
}

func fk(column, table string) schema.ForeignKey {
	return schema.ForeignKey{Columns: []string{column}, RefTable: table, RefColumns: []string{"id"}}
}

// settled returns a schema as a snapshot has it after its first migration.
func settled(t *testing.T, s *schema.Schema) *schema.Schema {
	t.Helper()
	res, err := diff.Diff(diff.Input{Old: &schema.Schema{}, New: s})
	if err != nil || len(res.Questions) > 0 {
		t.Fatalf("the old schema is not one that models can have: %v %v", err, res)
	}
	return res.Schema
}

// text says what came of a comparison, a line for each thing.
func text(res *diff.Result, err error) string {
	var b strings.Builder
	var errs diff.Errors
	if errors.As(err, &errs) {
		lines := make([]string, len(errs))
		for i, e := range errs {
			lines[i] = "error " + e.Error() + "\n"
		}
		slices.Sort(lines) // those about answers come in the order of the answers
		return strings.Join(lines, "")
	} else if err != nil {
		return "error " + err.Error() + "\n"
	}
	if len(res.Questions) == 0 {
		for _, op := range res.Ops {
			fmt.Fprintln(&b, op.Describe())
		}
	}
	for _, q := range res.Questions {
		fmt.Fprintf(&b, "? %s: %s\n", q.Object, q.Text)
		for _, c := range q.Choice {
			fmt.Fprintf(&b, "?   %s\n", strings.TrimSuffix(c.Means+": "+c.Flag, ": "))
		}
	}
	for _, s := range res.Stale {
		fmt.Fprintln(&b, "stale", s)
	}
	for _, u := range res.Used {
		fmt.Fprintln(&b, "used", u)
	}
	return b.String()
}

// run holds steps to what is wanted of them, and to what is true of every comparison.
func run(t *testing.T, steps []step) {
	for _, s := range steps {
		t.Run(s.name, func(t *testing.T) {
			old := settled(t, s.old)
			in := diff.Input{Old: old, New: s.new, Hints: s.hints, Answers: s.answers, Dialects: on(s.dialects)}
			before := dump(old) + dump(s.new)
			res, err := diff.Diff(in)
			got := text(res, err)
			if want := strings.ReplaceAll(strings.TrimPrefix(s.want, "\n"), "\t", ""); got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
			if dump(old)+dump(s.new) != before {
				t.Error("the comparison changed what it compares")
			}
			shuffled(t, s, in, got)
			if err == nil && len(res.Questions) == 0 {
				leads(t, in, res)
			} else if err == nil {
				answered(t, in, res)
			}
		})
	}
}

// shuffled compares again with everything in another order that has no meaning.
func shuffled(t *testing.T, s step, in diff.Input, want string) {
	t.Helper()
	for seed := range uint64(8) {
		r := rand.New(rand.NewPCG(seed, 1))
		again := in
		again.New = in.New.Clone()
		for _, t := range again.New.Tables {
			if !s.ordered {
				shuffle(r, t.Uniques)
				shuffle(r, t.Checks)
				shuffle(r, t.ForeignKeys)
				shuffle(r, t.Indexes)
			}
		}
		again.Hints = shuffle(r, slices.Clone(in.Hints))
		again.Dialects = shuffle(r, slices.Clone(in.Dialects))
		again.Answers = diff.Answers{
			Renames: shuffle(r, slices.Clone(in.Answers.Renames)), Drops: shuffle(r, slices.Clone(in.Answers.Drops)),
			Fills: shuffle(r, slices.Clone(in.Answers.Fills)), Converts: shuffle(r, slices.Clone(in.Answers.Converts)),
			ConvertBacks: shuffle(r, slices.Clone(in.Answers.ConvertBacks)),
		}
		if got := text(diff.Diff(again)); got != want {
			t.Errorf("in another order it gives\n%s\nnot\n%s", got, want)
		}
	}
}

func shuffle[T any](r *rand.Rand, list []T) []T {
	r.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	return list
}

// answered takes each of the answers that are offered, one question after the other, until there is none left.
func answered(t *testing.T, in diff.Input, res *diff.Result) {
	t.Helper()
	for _, c := range res.Questions[0].Choice {
		flag, value, ok := strings.Cut(c.Flag, " ")
		if !ok {
			continue // a change of the model
		}
		if quoted, ok := strings.CutPrefix(value, "'"); ok {
			value = strings.ReplaceAll(strings.TrimSuffix(quoted, "'"), `'\''`, "'")
		}
		value = strings.Replace(value, "=SQL", "=nullif(1, 1)", 1)
		next := in
		a := &next.Answers
		list := map[string]*[]string{"-rename": &a.Renames, "-drop": &a.Drops, "-fill": &a.Fills, "-convert": &a.Converts}[flag]
		*list = append(slices.Clone(*list), value)
		switch res, err := diff.Diff(next); {
		case err != nil:
			t.Errorf("answered with %+v: %v", *a, err)
		case len(res.Questions) == 0:
			leads(t, next, res)
		case slices.ContainsFunc(res.Questions, func(q diff.Question) bool { return slices.Contains(q.Choice, c) }):
			t.Errorf("the answer %s is asked for again", c.Flag)
		default:
			answered(t, next, res)
		}
	}
}

// leads makes sure that the ops lead from old to new and back, and that nothing is left to do after them.
func leads(t *testing.T, in diff.Input, res *diff.Result) {
	t.Helper()
	s := in.Old.Clone()
	apply := func(ops []migrate.Op) {
		for _, op := range ops {
			if err := op.Apply(s); err != nil {
				t.Fatalf("%s: %v", op.Describe(), err)
			}
		}
	}
	apply(res.Ops)
	for i, op := range res.Ops {
		if o, ok := op.(migrate.AlterColumn); ok && o.Using != "" && o.UsingBack == "" {
			o.UsingBack = "NULL" // without it there is no way back, which is not what is looked at here
			res.Ops[i] = o
		}
	}
	if got, want := dump(s), dump(res.Schema); got != want {
		t.Errorf("the ops lead to\n%s\nand not to\n%s", got, want)
	}
	again, err := diff.Diff(diff.Input{Old: res.Schema, New: in.New, Hints: in.Hints, Dialects: in.Dialects})
	if err != nil || len(again.Ops) > 0 || len(again.Questions) > 0 {
		t.Errorf("compared once more there is still something: %s", text(again, err))
	}
	back, err := migrate.Invert(res.Ops)
	if err != nil {
		t.Fatal(err)
	}
	apply(back)
	if got, want := dump(s), dump(in.Old); got != want {
		t.Errorf("the way back leads to\n%s\nand not to\n%s", got, want)
	}
}

// dump returns all of a schema but hints, as text; columns by name, since a column that comes back comes last.
func dump(s *schema.Schema) string {
	var b strings.Builder
	s = s.Clone()
	fmt.Fprintln(&b, s.Namespaces)
	for _, e := range s.Enums {
		fmt.Fprintf(&b, "%s %q\n", e.Name, e.Values)
	}
	for _, t := range s.Tables {
		fmt.Fprintf(&b, "%s %q\n", t.Name, t.Comment)
		slices.SortFunc(t.Columns, func(x, y schema.Column) int { return strings.Compare(x.Name, y.Name) })
		for _, c := range t.Columns {
			fmt.Fprintf(&b, "  %s %s %q\n", c.Name, c.Describe(), c.Comment)
		}
		t.Sort()
		if t.PrimaryKey != nil {
			fmt.Fprintf(&b, "  %+v\n", *t.PrimaryKey)
		}
		fmt.Fprintf(&b, "  %+v\n  %+v\n  %+v\n  %+v\n", t.Uniques, t.Checks, t.ForeignKeys, t.Indexes)
	}
	return b.String()
}
