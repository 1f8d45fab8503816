package law

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/modelgen/modelgen/gen/diff"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// compare compares as a person would who says yes: what goes is dropped, what needs a value gets one, what is converted may be.
func (r *run) compare(old, new *schema.Schema) (*diff.Result, error) {
	res, _, err := r.answered(old, new)
	return res, err
}

// answered is compare, with what was answered.
func (r *run) answered(old, new *schema.Schema) (*diff.Result, diff.Input, error) {
	in := diff.Input{Old: old, New: new, Dialects: []migrate.Capabilities{r.be.Can}}
	r.computed = computing{}
	r.beforehand(&in.Answers, old, new)
	var asked []string
	for range 30 {
		res, err := diff.Diff(in)
		if err != nil {
			return nil, in, fmt.Errorf("%w, answered %+v (%v)", err, in.Answers, asked)
		}
		if len(res.Questions) == 0 {
			return res, in, nil
		}
		if slices.ContainsFunc(res.Questions, func(q diff.Question) bool { return r.sayRename(&in.Answers, old, q) }) {
			continue // what comes from where decides on other answers
		}
		for _, q := range res.Questions {
			asked = append(asked, q.Text)
			if len(q.Choice) == 0 {
				return nil, in, fmt.Errorf("question without an answer: %s", q.Text)
			}
			if err := r.say(&in.Answers, old, new, q); err != nil {
				return nil, in, err
			}
		}
	}
	return nil, in, errors.New("the questions do not end")
}

// sayRename answers what has another name, or says that it has not.
func (r *run) sayRename(a *diff.Answers, old *schema.Schema, q diff.Question) bool {
	for _, stays := range []bool{false, true} {
		for _, c := range q.Choice {
			flag, value := split(c.Flag)
			from, to, _ := strings.Cut(value, "=")
			if flag == "-rename" && (!stays && (respelled(old, value) || r.was(from, to)) || stays && staysSame(value)) {
				a.Renames = append(a.Renames, value)
				return true
			}
		}
	}
	return false
}

func (r *run) say(a *diff.Answers, old, new *schema.Schema, q diff.Question) error {
	for _, c := range q.Choice {
		switch flag, value := split(c.Flag); flag {
		case "-drop":
			a.Drops = append(a.Drops, value)
			return nil
		case "-fill", "-convert":
			object, sql, _ := strings.Cut(value, "=")
			if new.Enum(object) != nil {
				a.Converts = append(a.Converts, object)
				return nil
			}
			i := strings.LastIndexByte(object, '.')
			t := new.Table(object[:i])
			column := *t.Column(object[i+1:])
			if answer := r.compute(a, old, new, t, column, flag); answer != "" {
				if flag == "-fill" {
					a.Fills = append(a.Fills, object+"="+answer)
				} else {
					a.Converts = append(a.Converts, object+"="+answer)
				}
				return nil
			}
			switch {
			case flag == "-fill":
				a.Fills = append(a.Fills, object+"="+r.fillingOf(a, old, new, t, column))
			case sql == "" && !castless(q.Text): // the choice is there, but not the cast
				a.Converts = append(a.Converts, object)
			case sql == "":
				continue
			default:
				a.Converts = append(a.Converts, object+"="+r.fillingOf(a, old, new, t, column))
				if o := r.columnBefore(a, old, t, column); o != nil && r.dice(place{t.Name, column.Name}).IntN(2) == 0 {
					a.ConvertBacks = append(a.ConvertBacks, object+"="+filling(r.be.Name, *o, o.Type, valuesIn(old, r.tableBefore(a, old, t), *o), false))
				}
			}
			return nil
		}
	}
	return fmt.Errorf("no answer to %s: %v", q.Text, q.Choice)
}

// compute answers by SQL whose values this test knows, or by "".
func (r *run) compute(a *diff.Answers, old, new *schema.Schema, t *schema.Table, c schema.Column, flag string) string {
	if r.dice(place{t.Name, c.Name}).IntN(3) == 0 {
		return ""
	}
	if flag == "-fill" {
		return r.fillFrom(a, old, new, t, c)
	}
	if o := r.columnBefore(a, old, t, c); o != nil {
		return r.convertBy(a, old, new, t, c, *o)
	}
	return ""
}

// columnBefore returns what a column was, or nil where that cannot be told.
func (r *run) columnBefore(a *diff.Answers, old *schema.Schema, t *schema.Table, c schema.Column) *schema.Column {
	was := r.tableBefore(a, old, t)
	switch {
	case was == nil:
		return nil
	case c.Was != "":
		return was.Column(c.Was)
	case r.truth.Table(t.Name).Column(c.Name).Was != "" || r.columnRenamedAway(t.Name, c.Name):
		return nil
	}
	return was.Column(c.Name)
}

// columnAfter returns what a column becomes, or nil where it goes or that cannot be told.
func (r *run) columnAfter(a *diff.Answers, old, new *schema.Schema, was place) *schema.Column {
	for _, t := range new.Tables {
		if before := r.tableBefore(a, old, t); before == nil || before.Name != was.table {
			continue
		}
		for i, c := range t.Columns {
			if o := r.columnBefore(a, old, t, c); o != nil && o.Name == was.column {
				return &t.Columns[i]
			}
		}
	}
	return nil
}

// staysSame reports whether a rename says that a thing stays what it is.
func staysSame(value string) bool {
	for i := range value {
		if from, to := value[:i], value[i:]; strings.HasPrefix(to, "=") && (from == to[1:] || strings.HasSuffix(from, "."+to[1:])) {
			return true
		}
	}
	return false
}

// respelled reports whether a rename is that of a value to what a change has made of it.
func respelled(old *schema.Schema, value string) bool {
	var values []string
	for _, e := range old.Enums {
		values = append(values, e.Values...)
	}
	for _, t := range old.Tables {
		for _, k := range t.Checks {
			_, v := listOf(k.Expr)
			values = append(values, v...)
		}
	}
	for _, v := range values {
		for _, from := range []string{v, strconv.Quote(v)} {
			for _, to := range []string{v + again, strconv.Quote(v + again)} {
				if strings.HasSuffix(value, "."+from+"="+to) {
					return true
				}
			}
		}
	}
	return false
}

// castless reports whether a question is about a type that only the database knows, and no text.
func castless(question string) bool {
	if strings.Contains(question, "[] to ") && (strings.Contains(question, "from text[]") || strings.Contains(question, "from varchar")) {
		return true // the texts of an array are none of numbers
	}
	plain := strings.Contains(question, " text:") || strings.Contains(question, "char(") || strings.Contains(question, "from text ")
	return strings.Contains(question, "macaddr") && (!plain || strings.Contains(question, "[]"))
}

// was reports whether a change has renamed a table or a column so.
func (r *run) was(from, to string) bool {
	if t := r.truth.Table(to); t != nil {
		return t.Was == from
	}
	i := strings.LastIndexByte(from, '.')
	if i < 0 || r.truth.Table(from[:i]) == nil {
		return false
	}
	c := r.truth.Table(from[:i]).Column(to)
	return c != nil && c.Was == from[i+1:]
}

// split takes a flag apart as a shell would.
func split(s string) (flag, value string) {
	flag, value, _ = strings.Cut(s, " ")
	if inner, ok := strings.CutPrefix(value, "'"); ok {
		value = strings.ReplaceAll(strings.TrimSuffix(inner, "'"), `'\''`, "'")
	}
	return flag, value
}

// fillingOf returns the answer to what a column holds where it has no value: where it refers to rows, or is referred to, the number of its own.
func (r *run) fillingOf(a *diff.Answers, old, new *schema.Schema, t *schema.Table, c schema.Column) string {
	linked := links(new, t.Name, c.Name)
	as := c.Type
	for _, l := range linked {
		t, hint := new.Table(l.table), r.truth.Table(l.table)
		c := *t.Column(l.column)
		from, column := l.table, l.column
		if hint.Was != "" && (t.Was != "" || slices.Contains(a.Renames, hint.Was+"="+from)) {
			from = hint.Was
		}
		if was := hint.Column(column).Was; was != "" && (c.Was != "" || slices.Contains(a.Renames, l.table+"."+was+"="+column)) {
			column = was
		}
		types := []schema.Type{c.Type}
		if was := old.Table(from); was != nil && was.Column(column) != nil {
			types = append(types, was.Column(column).Type)
			for _, tied := range links(old, from, column) { // whose rows are such that they can become what it will be
				if will := r.columnAfter(a, old, new, tied); will != nil && will.Generated == "" {
					types = append(types, will.Type)
				}
			}
		}
		for _, x := range types {
			if narrow(x) < narrow(as) {
				as = x
			}
		}
	}
	return filling(r.be.Name, c, as, valuesIn(new, t, c), len(linked) > 1)
}

// valuesIn returns the values that an enum or a list allows.
func valuesIn(s *schema.Schema, t *schema.Table, c schema.Column) []string {
	for _, k := range t.Checks {
		if column, v := listOf(k.Expr); column == c.Name {
			return v
		}
	}
	if c.Type.Kind == schema.KindEnum {
		return s.Enum(c.Type.Name).Values
	}
	return nil
}
