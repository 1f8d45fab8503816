package migrate

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/modelgen/modelgen/runtime/schema"
)

// chain returns a set of migrations without ops: "b<a" has the parent a, "m<a,b" two, and "s=a,b" replaces two.
func chain(t *testing.T, name string, list ...string) *Set {
	t.Helper()
	s := NewSet(name, line(list...)...)
	if err := s.Err(); err != nil {
		t.Fatal(err)
	}
	return s
}

func line(list ...string) (all []*Migration) {
	byName := map[string]*Migration{}
	for _, text := range list {
		text, replaces, squash := strings.Cut(text, "=")
		name, parents, child := strings.Cut(text, "<")
		m := &Migration{Name: name}
		if squash {
			m.Replaces = strings.Split(replaces, ",")
		}
		if child {
			for p := range strings.SplitSeq(parents, ",") {
				m.Parents = append(m.Parents, byName[p])
			}
		}
		byName[name], all = m, append(all, m)
	}
	return all
}

// TestFind: a target is named whole, or by a beginning that only one has.
func TestFind(t *testing.T) {
	s := chain(t, "shop", "0001_initial", "0002_stock<0001_initial", "0003_stock_note<0002_stock", "0003_stock<0003_stock_note")
	for _, c := range []struct {
		word string
		want string // the name, or what the error is about
	}{
		{"zero", "zero"},
		{"shop/zero", "zero of shop"},
		{"0002", "0002_stock"},
		{"0002_stock", "0002_stock"},
		{"shop/0001", "0001_initial"},
		{"0003_stock", "0003_stock"}, // whole, although another one begins so
		{"0003", "many: 0003_stock_note 0003_stock"},
		{"0002_stok", "unknown: 0002_stock 0003_stock"},
		{"note", "unknown: 0003_stock_note"},
		{"", "unknown: 0003_stock"},
		{"other/0001", "unknown in other: 0001_initial"},
	} {
		found, err := s.find(c.word)
		got := ""
		unknown, ok := errors.AsType[*UnknownTargetError](err)
		switch {
		case ok:
			got = "unknown"
			if unknown.Many {
				got = "many"
			}
			if unknown.Set != "" {
				got += " in " + unknown.Set
			}
			got += ": " + strings.Join(unknown.Near, " ")
		case err != nil:
			t.Errorf("%q: %v", c.word, err)
		case found.at >= 0:
			got = s.all[found.at].Name
		default:
			got = zero
			if found.set != "" {
				got += " of " + found.set
			}
		}
		if got != c.want {
			t.Errorf("%q finds %q, not %q", c.word, got, c.want)
		}
	}
	if _, err := s.migration(zero); err == nil {
		t.Error("zero is taken for a migration")
	}
}

// TestOrder: parents come before children, and what is replaced before the one that replaces it; else it is as given.
func TestOrder(t *testing.T) {
	all := line("a", "b<a", "c<a", "m<b,c", "s=a,b")
	slices.Reverse(all)
	s := NewSet("shop", all...)
	if err := s.Err(); err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, n := range s.all {
		names = append(names, n.Name)
	}
	if got := strings.Join(names, " "); got != "a b s c m" {
		t.Errorf("the order is %s", got)
	}
	for i, n := range s.all {
		for _, b := range n.before {
			if b >= i {
				t.Errorf("%s stands before %s, which it needs", n.Name, s.all[b].Name)
			}
		}
	}
}

// TestSetErrors: what is wrong with a graph is said with the names.
func TestSetErrors(t *testing.T) {
	loop := line("a", "b<a")
	loop[0].Parents = []*Migration{loop[1]}
	itself := line("a")
	itself[0].Replaces = []string{"a"}
	for _, c := range []struct {
		all  []*Migration
		want string
	}{
		{loop, "is among its own ancestors"},
		{itself, "a replaces itself"},
		{line("a", "b<a", "c<a"), "has 2 heads: b, c"},
		{line("a", "b<a", "c<b", "s<b=a,c"), "leaves out one that lies between them"},
		{line("a", "b<a")[1:], "b has the parent a, which is not in the list of the set"},
		{[]*Migration{{Name: "a", Parents: []*Migration{nil}}}, "a has a parent that is nil"},
		{[]*Migration{{Name: "a", Ops: []Op{nil}}}, "op 1 of a is nil"},
		{[]*Migration{{Name: "a", Ops: []Op{DropColumn{Table: "t"}}}}, "a: op 1: DropColumn has no Column"},
		{[]*Migration{{Name: "a", Ops: []Op{AlterColumn{Table: "t", From: schema.Text("x")}}}}, "a: op 1: AlterColumn has no To"},
		{[]*Migration{{Name: "a", Ops: []Op{CreateTable{Table: "t", Columns: []schema.ColumnDef{nil}}}}}, "a: op 1: CreateTable: entry 1 of Columns is nil"},
		{[]*Migration{{Name: "a", Ops: []Op{DropColumn{Table: "t", Column: schema.Text("x")}}}}, "op 1 of a does not fit"},
	} {
		if err := NewSet("shop", c.all...).Err(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("want %q in: %v", c.want, err)
		}
	}
}
