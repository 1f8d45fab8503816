package migrate

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/modelgen/modelgen/runtime/schema"
)

// untouched are the fields of ops, and of what they hold, that name nothing in a schema and are no SQL over it.
var untouched = strings.Fields(`
	Plain NoDown Only Comment Was ValueWas Collate CollateFor OpClass Using:Index Nulls OnDelete OnUpdate Deferrable TypeFor Default
	Values:CreateEnum Values:DropEnum From:AlterEnum To:AlterEnum From:RenameEnumValue To:RenameEnumValue From:CommentTable To:CommentTable
	Name:Go Name:Backfill With Bound:TablePartition Rows:PartitionTable Rows:UnpartitionTable
	AlterColumn.To.Name AddDualWrite.Column.Name DropDualWrite.Column.Name`)

// Every op is taken from the planner, and each text in it is given a word of its own: an op or a field of one that Effects forgets is found.
func TestEffectsMentionEveryField(t *testing.T) {
	opType := reflect.TypeFor[Op]()
	n := 0
	for m := range reflect.TypeFor[Planner]().Methods() {
		if m.Type.NumIn() != 1 {
			continue
		}
		in := m.Type.In(0)
		if in == reflect.TypeFor[RowStep]() {
			in = reflect.TypeFor[Backfill[row]]()
		}
		if !in.Implements(opType) {
			continue
		}
		n++
		f := &filler{word: map[string]string{}}
		v := reflect.New(in).Elem()
		f.fill(v, in.Name())
		if in == reflect.TypeFor[Unwritten]() {
			v.SetString("table1.column2")
			f.word = map[string]string{"table": "table1", "column": "column2"}
		}
		e := v.Interface().(Op).Effects()
		said := fmt.Sprintf("%+v", e)
		for path, word := range f.word {
			if !strings.Contains(said, word) {
				t.Errorf("%s: what Effects returns does not mention %s, and untouched does not list it: %s", in.Name(), path, said)
			}
		}
		if !e.Unknown && len(e.Writes)+len(e.Makes)+len(e.Removes)+len(e.Renames) == 0 {
			t.Errorf("%s: Effects says that it changes nothing", in.Name())
		}
	}
	if n < 30 {
		t.Errorf("only %d ops were found", n)
	}
}

// TestEffectsHaveEveryDefinition: what an op holds of the definition of a table is in Old or in New, with the table.
func TestEffectsHaveEveryDefinition(t *testing.T) {
	opType := reflect.TypeFor[Op]()
	n := 0
	for m := range reflect.TypeFor[Planner]().Methods() {
		if m.Type.NumIn() != 1 || !m.Type.In(0).Implements(opType) || m.Type.In(0).Kind() != reflect.Struct {
			continue
		}
		in := m.Type.In(0)
		f := &filler{word: map[string]string{}}
		v := reflect.New(in).Elem()
		f.fill(v, in.Name())
		e := v.Interface().(Op).Effects()
		var have []any
		for _, d := range slices.Concat(e.Old, e.New) {
			if d.Table != f.word[in.Name()+".Table"] {
				t.Errorf("%s: the definition %+v is of table %q", in.Name(), d, d.Table)
			}
			set := 0
			for _, p := range reflect.ValueOf(d).Fields() {
				if p.Kind() == reflect.Pointer && !p.IsNil() {
					set++
					have = append(have, p.Elem().Interface())
				}
			}
			if o := d.Object(); o.Name != "" && !slices.Contains(slices.Concat(e.Makes, e.Removes, e.Writes), o) { // AlterColumn.To has none here
				t.Errorf("%s: it has a definition of %v, which it neither makes, removes nor writes", in.Name(), o)
			}
			if set != 1 {
				t.Errorf("%s: a definition is of %d objects", in.Name(), set)
			}
		}
		dual := slices.ContainsFunc(have, func(x any) bool { _, ok := x.(schema.DualWrite); return ok })
		for path, want := range held(v, in.Name()) {
			n++
			if !dual && !slices.ContainsFunc(have, func(x any) bool { return reflect.DeepEqual(x, want) }) {
				t.Errorf("%s: Old and New lack %s", in.Name(), path)
			}
		}
		if strings.HasSuffix(in.Name(), "DualWrite") && !dual {
			t.Errorf("%s: Old and New lack the dual write", in.Name())
		}
	}
	if n < 20 {
		t.Errorf("only %d definitions were found in ops", n)
	}
}

// held returns the definitions that a value holds, by their places in it: all that a [Definition] can have.
func held(v reflect.Value, path string) map[string]any {
	all := map[string]any{}
	for f, x := range v.Fields() {
		for x.Kind() == reflect.Slice && x.Len() > 0 {
			x = x.Index(0)
		}
		if x.Kind() == reflect.Interface && !x.IsNil() {
			x = x.Elem()
		}
		for d := range reflect.TypeFor[Definition]().Fields() {
			if d.Type.Kind() == reflect.Pointer && d.Type.Elem() == x.Type() {
				all[path+"."+f.Name] = x.Interface()
			}
		}
	}
	return all
}

// TestMergeKeepsEveryField: what one op does is in the effects of several.
func TestMergeKeepsEveryField(t *testing.T) {
	f := &filler{word: map[string]string{}}
	drop := reflect.New(reflect.TypeFor[DropTable]()).Elem()
	f.fill(drop, "DropTable")
	all := []Op{CreateTable(drop.Interface().(DropTable)), drop.Interface().(Op), RenameTable{"a", "b"}, Fill{Table: "t", Column: "c", Expr: "1"}, Go{Name: "g"},
		CreateView{Name: "v", Query: "SELECT 1"}}
	merged := reflect.ValueOf(Merge(all...))
	for i := range merged.NumField() {
		name := merged.Type().Field(i).Name
		if merged.Field(i).IsZero() {
			t.Errorf("Merge loses %s", name)
		}
		if n := 0; merged.Field(i).Kind() == reflect.Slice {
			for _, op := range all {
				n += reflect.ValueOf(op.Effects()).Field(i).Len()
			}
			if merged.Field(i).Len() != n {
				t.Errorf("Merge has %d of %s, the ops have %d", merged.Field(i).Len(), name, n)
			}
		}
	}
}

type row struct {
	ID int64 `db:"id"`
}

type filler struct{ word map[string]string }

func (f *filler) fill(v reflect.Value, path string) {
	owner, _, _ := strings.Cut(v.Type().Name(), "[")
	switch v.Kind() {
	case reflect.String:
		word := fmt.Sprintf("w%dw", len(f.word))
		f.word[path] = word
		v.SetString(word)
	case reflect.Struct:
		for i := range v.NumField() {
			field := v.Type().Field(i)
			if !field.IsExported() || slices.Contains(untouched, field.Name) || slices.Contains(untouched, field.Name+":"+owner) ||
				slices.Contains(untouched, path+"."+field.Name) {
				continue
			}
			f.fill(v.Field(i), path+"."+field.Name)
		}
		if ty, ok := v.Addr().Interface().(*schema.Type); ok {
			ty.Kind = schema.KindEnum
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		f.fill(v.Index(0), path)
	case reflect.Map:
		e := reflect.New(v.Type().Elem()).Elem()
		f.fill(e, path)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(reflect.ValueOf("postgres").Convert(v.Type().Key()), e)
	case reflect.Interface:
		switch v.Type() {
		case reflect.TypeFor[schema.ColumnDef]():
			c := reflect.New(reflect.TypeFor[schema.Column]()).Elem()
			f.fill(c, path)
			v.Set(c)
		case reflect.TypeFor[Op]():
			v.Set(reflect.ValueOf(CommentTable{Table: "w_of_op"}))
			f.word[path] = "w_of_op"
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		f.fill(v.Elem(), path)
	}
}

func TestEffectsIn(t *testing.T) {
	s := &schema.Schema{}
	for _, table := range []*schema.Table{
		{Name: "people", Columns: []schema.Column{{Name: "id"}, {Name: "phone"}, {Name: "Mobile"}}},
		{Name: "contacts", Columns: []schema.Column{{Name: "id"}, {Name: "person_id"}, {Name: "phone"}}},
		{Name: "billing.invoices", Columns: []schema.Column{{Name: "id"}, {Name: "total"}}},
	} {
		s.PutTable(table)
	}
	for _, c := range []struct {
		expr    string
		reads   string // columns
		unknown bool
	}{
		{"lower(phone)", "contacts.phone", false},
		{"'phone'", "", false},
		{"(SELECT p.phone FROM people p WHERE p.id = contacts.person_id)", "contacts.person_id people.id people.phone", false},
		{"(SELECT p.phone FROM people AS p WHERE p.id = person_id)", "contacts.person_id people.id people.phone", false},
		{`(SELECT "Mobile" FROM people)`, "people.Mobile", false},
		{"(SELECT max(total) FROM billing.invoices)", "billing.invoices.total", false},
		{"(SELECT count(*) FROM people)", "", false},
		{"(SELECT row_to_json(p) FROM people p)", "people.Mobile people.id people.phone", false},
		{"(SELECT x.phone FROM (SELECT * FROM people) x)", "contacts.phone people.Mobile people.id people.phone", false},
		{"slugify(phone)", "contacts.phone", true},
		{"(SELECT v.a FROM some_view v)", "", true},
		{"extract(year FROM phone)", "contacts.phone", false},
		{"phone IS DISTINCT FROM person_id", "contacts.person_id contacts.phone", false},
		{"(WITH w AS (SELECT phone FROM people) SELECT w.phone FROM w)", "contacts.phone people.phone", false},
		{"id * 2", "contacts.id", false},
		{"(SELECT a.phone FROM people a, billing.invoices b WHERE a.id = b.id)", "billing.invoices.id people.id people.phone", false},
		{"phone::text || CAST(id AS varchar(20))", "contacts.id contacts.phone", false},
		{"'not closed", "", true},
	} {
		e := Fill{Table: "contacts", Column: "phone", Expr: c.expr}.Effects().In(s)
		var got []string
		for _, o := range e.Reads {
			if o.Kind == ColumnObject {
				got = append(got, o.String())
			}
		}
		if strings.Join(got, " ") != c.reads || e.Unknown != c.unknown {
			t.Errorf("%s\n got %s, unknown %v\nwant %s, unknown %v", c.expr, strings.Join(got, " "), e.Unknown, c.reads, c.unknown)
		}
	}
}

func TestSubject(t *testing.T) {
	c := schema.Text("c").Def()
	for _, x := range []struct {
		op   Op
		want string
	}{
		{CreateTable{Table: "t", Columns: []schema.ColumnDef{c}}, "t"},
		{DropTable{Table: "t", Columns: []schema.ColumnDef{c}}, "t"},
		{RenameTable{"a", "b"}, "b"},
		{CommentTable{"t", "from", "to"}, "t"},
		{AddColumn{Table: "t", Column: c}, "t.c"},
		{DropColumn{Table: "t", Column: c}, "t.c"},
		{AlterColumn{Table: "t", From: c, To: c}, "t.c"},
		{RenameColumn{"t", "a", "b"}, "t.b"},
		{AddCheck{Table: "t", Check: schema.Check{Name: "k", Expr: "c > ''"}}, "t"},
		{DropIndex{Table: "t", Index: schema.Index{Name: "i", Parts: []schema.IndexPart{{Column: "c"}}}}, "t"},
		{RenameConstraint{"t", "a", "b"}, "t.b"},
		{RenameIndex{"t", "a", "b"}, "t.b"},
		{CreateEnum{"e", []string{"a"}}, "e"},
		{RenameEnum{"e", "f"}, "f"},
		{RenameEnumValue{"e", "a", "b"}, "e"},
		{AlterEnum{"e", nil, nil}, "e"},
		{CreateSchema{"s"}, "s"},
		{Fill{Table: "t", Column: "c", Expr: "1"}, "t.c"},
		{Unwritten("t.c"), "t.c"},
		{Go{Name: "g"}, ""},
	} {
		if got := x.op.Effects().Subject().String(); got != x.want {
			t.Errorf("%T is about %q, want %q", x.op, got, x.want)
		}
	}
}

// TestRemake: of every kind of object that a table or a database has, Verify knows the op that makes it again.
func TestRemake(t *testing.T) {
	s := &schema.Schema{Namespaces: []string{"n"}, Objects: []schema.Object{{Kind: "view", Name: "v"}}, SQLObjects: []schema.SQLObject{{Kind: schema.ViewKind, Name: "w", SQL: "SELECT 1"}},
		Enums: []*schema.Enum{{Name: "e", Values: []string{"a"}}}, Tables: []*schema.Table{{
			Name: "t", Columns: []schema.Column{{Name: "c", Type: schema.Type{Kind: schema.KindText}}}, PrimaryKey: &schema.PrimaryKey{Name: "p", Columns: []string{"c"}},
			Uniques: []schema.Unique{{Name: "u", Columns: []string{"c"}}}, Checks: []schema.Check{{Name: "k", Expr: "c > ''"}},
			ForeignKeys: []schema.ForeignKey{{Name: "f", Columns: []string{"c"}, RefTable: "t", RefColumns: []string{"c"}}},
			Indexes:     []schema.Index{{Name: "i", Parts: []schema.IndexPart{{Column: "c"}}}},
			DualWrites:  []schema.DualWrite{{Name: "w", From: "c", To: "d"}},
		}}}
	for _, kind := range schema.ObjectKinds() {
		o := schema.SQLObject{Kind: kind, Name: "x", SQL: "y"}
		switch kind {
		case schema.GrantKind:
			o.Name = "table t to r"
		case schema.ExtensionKind:
			o.SQL = "SCHEMA y"
		case schema.RowSecurityKind:
			o.SQL = "FORCE"
		}
		if slices.Contains(append(attachedKinds, schema.ExclusionKind, schema.PartitionKind), kind) {
			o.Table = "t"
		}
		s.PutSQLObject(o)
	}
	for _, in := range []reflect.Value{reflect.ValueOf(*s), reflect.ValueOf(*s.Tables[0])} {
		for field, v := range in.Fields() {
			if (v.Kind() == reflect.Slice || v.Kind() == reflect.Pointer) && v.IsZero() {
				t.Errorf("%s.%s: the schema of this test has none", in.Type(), field.Name)
			}
		}
	}
	for _, f := range schema.Facts(s) {
		if f.Attr != "" {
			continue
		}
		x := thing{kind: f.Kind, table: f.Table, name: f.Name}
		if f.Kind == string(schema.ExclusionKind) {
			x.kind = "constraint" // which it is to catalogs
		}
		switch f.Kind {
		case "table", "dual write", "schema", "object": // a table that is gone has lost rows; what has a name alone is told by other words
			continue
		case "enum":
			x.table, x.name = f.Name, ""
		}
		op := remake(x, s)
		if op == nil {
			t.Errorf("no op makes a %s again", f.Kind)
			continue
		}
		name := f.Name
		if _, to, ok := ObjectChange(op); ok {
			name = to.String()
			if !to.Equal(*x.sqlObject(s)) {
				t.Errorf("%s is made again by %T, which makes %v", f.Kind, op, to)
			}
		}
		if made := op.Effects().Makes; len(made) != 1 || made[0].Name != name {
			t.Errorf("%s %s is made again by %T, which makes %v", f.Kind, f.Name, op, made)
		}
	}
}
