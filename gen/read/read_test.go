package read_test

import (
	"context"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"strings"
	"testing"

	"github.com/modelgen/modelgen/gen/read"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

const head = "package migrations\n\nimport (\n\tmigrate \"github.com/modelgen/modelgen/runtime\"\n\ts \"github.com/modelgen/modelgen/runtime/schema\"\n)\n\n"

// one reads a single file, in which the names are those of head.
func one(t *testing.T, src string) read.Migration {
	t.Helper()
	all, err := read.Files([]read.File{{Name: "m.go", Src: []byte(head + src)}})
	if err != nil || len(all) != 1 {
		t.Fatal(len(all), err)
	}
	return all[0]
}

func ops(t *testing.T, list string) []read.Op {
	t.Helper()
	return one(t, "var M = &migrate.Migration{Name: \"0001_m\", Ops: []migrate.Op{\n"+list+"\n}}\n").Ops
}

// TestByHand reads what a person writes and the generator does not.
func TestByHand(t *testing.T) {
	text := "x"
	for _, c := range []struct {
		src  string
		want migrate.Op
	}{
		{`&migrate.DropTable{Table: "a"},`, migrate.DropTable{Table: "a"}},
		{`migrate.Unwritten("t.slug"),`, migrate.Unwritten("t.slug")},
		{`migrate.RenameTable{"a", "b"},`, migrate.RenameTable{From: "a", To: "b"}},
		{`migrate.SQL{Up: []string{"a" + "b", long, ("c")}},`, migrate.SQL{Up: []string{"ab", "SELECT 1\nFROM t", "c"}}},
		{`migrate.AddColumn{Table: "t", Column: s.Integer("n").Default(5 + 5)},`, migrate.AddColumn{Table: "t", Column: schema.Integer("n").Default(10)}},
		{`migrate.AddColumn{Table: "t", Column: s.Integer("n").Default(int32(-1))},`, migrate.AddColumn{Table: "t", Column: schema.Integer("n").Default(-1)}},
		{`migrate.AddColumn{Table: "t", Column: s.Numeric("n", 8, 2).Default(s.Decimal("1.0"))},`, migrate.AddColumn{Table: "t", Column: schema.Numeric("n", 8, 2).Default("1.0")}},
		{`migrate.AddColumn{Table: "t", Column: s.Column{Name: "n", Type: s.Type{Kind: 8}, Default: new("x")}},`,
			migrate.AddColumn{Table: "t", Column: schema.Column{Name: "n", Type: schema.Type{Kind: schema.KindText}, Default: &text}}},
		{`migrate.NewCreateTable(&s.Table{Name: "t", Columns: []s.Column{{Name: "a", Type: s.Type{Kind: 8}}}}),`,
			migrate.NewCreateTable(&schema.Table{Name: "t", Columns: []schema.Column{{Name: "a", Type: schema.Type{Kind: schema.KindText}}}})},
		{`migrate.Go{Up: up, NoDown: "x"},`, migrate.Go{Up: nobody, NoDown: "x"}},
		{`migrate.Go{Up: func(ctx context.Context, tx migrate.Tx) error { return nil }, Down: nil, Name: "y"},`, migrate.Go{Up: nobody, Name: "y"}},
	} {
		for _, form := range []string{"Ops: []migrate.Op{\n%s\n}", "OpsFunc: func() []migrate.Op {\nreturn []migrate.Op{\n%s\n}\n}"} {
			list := one(t, "const long = `SELECT 1\nFROM t`\n\nvar M = &migrate.Migration{Name: \"0001_m\", "+fmt.Sprintf(form, c.src)+"}\n").Ops
			if len(list) != 1 || list[0].Value == nil {
				t.Errorf("%s is opaque: %s", c.src, list[0].Why)
			} else if migrate.HashOps([]migrate.Op{list[0].Value}) != migrate.HashOps([]migrate.Op{c.want}) {
				t.Errorf("%s was read as %#v", c.src, list[0].Value)
			}
		}
	}
}

func nobody(context.Context, migrate.Tx) error { return nil }

// TestOpaque keeps what takes running code from being guessed at: the op before and behind it are read.
func TestOpaque(t *testing.T) {
	for _, src := range []string{
		"ops()", "variable", "migrate.Backfill[row]{Table: \"t\"}", "migrate.Nothing{}", "nil", "migrate.DropTable{Table: name}",
		"migrate.DropTable{Table: strings.ToUpper(\"a\")}", "migrate.DropTable{Tabel: \"a\"}", "migrate.AddColumn{Table: \"t\", Column: s.Colour(\"c\")}",
		"migrate.AddColumn{Table: \"t\", Column: s.SmallInt(\"c\").Default(40000)}", "migrate.AddColumn{Table: \"t\", Column: s.Text(\"c\").Defualt(\"a\")}",
		"migrate.SQL{Up: lines}", "migrate.SQL{Up: []string{1: \"a\"}}", "migrate.SQL{Up: lines, Schema: ops()}", "migrate.SQL{lines, nil}", "func() migrate.Op { return nil }()", "migrate.DropTable{1, 2}",
	} {
		list := ops(t, "migrate.CreateEnum{Name: \"a\"},\n"+src+",\nmigrate.CreateEnum{Name: \"b\"},")
		if len(list) != 3 || list[0].Value == nil || list[2].Value == nil {
			t.Fatalf("%s: the ops around it were not read: %+v", src, list)
		}
		op := list[1]
		rows := strings.HasPrefix(src, "migrate.Backfill") || strings.HasPrefix(src, "migrate.SQL{Up: ") && !strings.Contains(src, "Schema")
		if op.Value != nil || op.Why == "" || op.Source != src || op.Pos.Line != 10 || op.Rows != rows {
			t.Errorf("%s was read as %+v", src, op)
		}
	}
	for _, src := range []string{
		"Ops: ops()", "OpsFunc: ops", "OpsFunc: nil", "OpsFunc: ops, Ops: nil",
		"Ops: []migrate.Op{}, OpsFunc: func() []migrate.Op { return []migrate.Op{migrate.CreateEnum{Name: \"a\"}} }", "OpsFunc: func() []migrate.Op { return ops() }", "OpsFunc: func() []migrate.Op { return }",
		"OpsFunc: func() []migrate.Op { ops := []migrate.Op{migrate.CreateEnum{Name: \"a\"}}; return ops }",
		"OpsFunc: func() []migrate.Op { const name = \"a\"; return []migrate.Op{migrate.CreateEnum{Name: name}} }",
	} {
		m := one(t, "var M = &migrate.Migration{Name: \"0001_m\", "+src+"}\n")
		if !m.Opaque() || m.Exact || len(m.Values()) != 1 {
			t.Errorf("%s was read as %+v", src, m)
			continue
		}
		if err := m.Values()[0].(migrate.Go).Up(t.Context(), nil); err == nil {
			t.Errorf("%s: the function in the place of an opaque op can be run", src)
		}
	}
}

// TestOneOfOps: a field that is nil does not count when the other one is there, as for the program.
func TestOneOfOps(t *testing.T) {
	const list = `[]migrate.Op{
		//modelgen:allow MG201 here
		migrate.CreateEnum{Name: "a"},
	}`
	for _, src := range []string{"Ops: nil, OpsFunc: func() []migrate.Op { return " + list + "}", "OpsFunc: nil, Ops: " + list} {
		if m := one(t, "var M = &migrate.Migration{Name: \"0001_m\", "+src+"}\n"); len(m.Ops) != 1 || m.Ops[0].Value == nil || len(m.Ops[0].Allow) != 1 {
			t.Errorf("%s was read as %+v", src, m)
		}
	}
}

func TestAllow(t *testing.T) {
	const ops = `[]migrate.Op{
		//modelgen:allow MG201,MG202 small
		migrate.DropTable{
			Table: "a", //modelgen:allow MG203 within
		},
		migrate.DropTable{Table: "b"}, //modelgen:allow MG204 beside
		// Destroys c and its data.
		//modelgen:allow MG205
		migrate.DropTable{Table: "c"},
		migrate.DropTable{Table: "d"}, //modelgen:allowed MG206 another directive
	}`
	show := func(all []read.Allow) string {
		var words []string
		for _, a := range all {
			words = append(words, strings.Join(a.Codes, ",")+"="+a.Reason)
		}
		return strings.Join(words, " ")
	}
	for _, list := range []string{"Ops: " + ops, "OpsFunc: func() []migrate.Op {\n\t\treturn " + ops + "\n\t}"} {
		m := one(t, `// M is a migration.
//modelgen:allow MG101 nobody has used it
//modelgen:allow MG102
var M = &migrate.Migration{
	Name: "0001_m",
	`+list+`,
}
`)
		for i, want := range []string{"MG201,MG202=small MG203=within", "MG204=beside", "MG205=", ""} {
			if got := show(m.Ops[i].Allow); got != want {
				t.Errorf("op %d has %q, not %q", i, got, want)
			}
		}
		if got := show(m.Allow); got != "MG101=nobody has used it MG102=" {
			t.Errorf("the migration has %q", got)
		}
	}
}

// TestReplay gives each migration the schema of its ancestors, through a merge and through a squash.
func TestReplay(t *testing.T) {
	file := func(name, parents, more, ops string) read.File {
		return read.File{Name: name + ".go", Src: []byte(head + "var M" + name[:4] + " = &migrate.Migration{Name: \"" + name +
			"\", Parents: []*migrate.Migration{" + parents + "}, " + more + "Ops: []migrate.Op{" + ops + "}}\n")}
	}
	table := func(n string) string {
		return "migrate.CreateTable{Table: \"" + n + "\", Columns: []s.ColumnDef{s.Text(\"x\")}}"
	}
	all, err := read.Files([]read.File{
		file("0004_merge", "M0002, M0003", "", "migrate.DropTable{Table: \"b\", Columns: []s.ColumnDef{s.Text(\"x\")}}"),
		file("0001_a", "", "", table("a")), file("0002_b", "M0001", "", table("b")), file("0003_c", "M0001", "", table("c")),
		file("0005_all", "", `Replaces: []string{"0001_a", "0002_b", "0003_c", "0004_merge"}, `, table("a")+", "+table("c")),
		file("0006_d", "M0005", "", table("d")), file("0007_e", "M0006, other.M0001", "", "hand()"), file("0008_f", "M0007", "", table("f")),
	})
	if err != nil {
		t.Fatal(err)
	}
	var got strings.Builder
	for _, m := range all {
		got.WriteString(m.Name + ":")
		for _, tb := range m.Before.Tables {
			got.WriteString(" " + tb.Name)
		}
		if !m.Exact {
			got.WriteString(" and more")
		}
		got.WriteString("\n")
	}
	want := "0001_a:\n0002_b: a\n0003_c: a\n0004_merge: a b c\n0005_all:\n0006_d: a c\n0007_e: a c d and more\n0008_f: a c d and more\n"
	if got.String() != want {
		t.Errorf("got\n%swant\n%s", got.String(), want)
	}
}

// TestEveryConstructor holds the table of functions to what the schema package has.
func TestEveryConstructor(t *testing.T) {
	f, err := parser.ParseFile(token.NewFileSet(), "../../runtime/schema/columns.go", nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, d := range f.Decls {
		fn, ok := d.(*ast.FuncDecl)
		if !ok || fn.Recv != nil || !fn.Name.IsExported() {
			continue
		}
		n++
		args := map[string]string{"Varchar": `"c", 3`, "Char": `"c", 3`, "Numeric": `"c", 3, 1`, "EnumOf": `"c", "e"`, "Other": `"c", "citext"`,
			"Array": `s.Bytes("c")`, "Sized": `s.Time("c"), 3`}[fn.Name.Name]
		if args == "" {
			args = `"c"`
		}
		if op := ops(t, "migrate.AddColumn{Table: \"t\", Column: s."+fn.Name.Name+"("+args+")},")[0]; op.Value == nil {
			t.Errorf("%s is not read: %s", fn.Name.Name, op.Why)
		}
	}
	if n < 25 {
		t.Errorf("only %d constructors were found", n)
	}
}

func TestBadFile(t *testing.T) {
	if _, err := read.Files([]read.File{{Name: "m.go", Src: []byte("package p\n\nvar x = {")}}); err == nil || !strings.HasPrefix(err.Error(), "m.go:3:") {
		t.Errorf("the error is %v", err)
	}
	if all, err := read.Folder(t.TempDir()+"/none", ""); err != nil || len(all) != 0 {
		t.Errorf("a folder that is not there: %v, %v", all, err)
	}
	all, err := read.Folder("../../example/migrations", "")
	if err != nil || len(all) < 3 {
		t.Fatal(len(all), err)
	}
	for _, m := range all {
		if m.Opaque() || !m.Exact {
			t.Errorf("%s is not read as a whole", m.Name)
		}
	}
}
