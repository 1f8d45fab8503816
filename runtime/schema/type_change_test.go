package schema

import (
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	gotoken "go/token"
	"math/bits"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files again")

// kindsOfSource returns the names of the kinds that type.go declares, in order.
func kindsOfSource(t *testing.T) []string {
	f, err := parser.ParseFile(gotoken.NewFileSet(), "type.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, d := range f.Decls {
		if g, ok := d.(*ast.GenDecl); ok && g.Tok == gotoken.CONST {
			for _, s := range g.Specs {
				for _, n := range s.(*ast.ValueSpec).Names {
					if strings.HasPrefix(n.Name, "Kind") {
						names = append(names, n.Name)
					}
				}
			}
		}
	}
	return names
}

// TestTypeChangeKinds holds the table to the kinds that there are: each pair is in one row at most, and each kind becomes text and comes from it.
func TestTypeChangeKinds(t *testing.T) {
	names := kindsOfSource(t)
	if names[0] != "KindInvalid" || len(names) < 20 {
		t.Fatalf("kinds of type.go: %v", names)
	}
	for i, name := range names[1:] {
		k := Kind(i + 1)
		if !everyKind.has(k) {
			t.Errorf("%s is missing in everyKind of type_family.go", name)
		}
		if _, ok := typeChangeOf(k, KindText); !ok && k != KindText {
			t.Errorf("%s: no row says how it becomes text", name)
		}
		if _, ok := typeChangeOf(KindText, k); !ok && k != KindText {
			t.Errorf("%s: no row says how it comes from text", name)
		}
		for j := range names[1:] {
			rows := 0
			for _, r := range typeChanges {
				if r.from.has(k) && r.to.has(Kind(j+1)) {
					rows++
				}
			}
			if rows > 1 {
				t.Errorf("%s to %s is in %d rows", name, names[j+1], rows)
			}
		}
	}
	if n := bits.OnesCount32(uint32(everyKind)); n != len(names)-1 {
		t.Errorf("everyKind has %d kinds, type.go %d", n, len(names)-1)
	}
}

// sampleTypes has each kind, with the limits that tell pairs apart.
var sampleTypes = strings.Split("boolean;smallint;integer;bigint;real;double precision;numeric;numeric(8,2);numeric(6,1);numeric(5,0);text;varchar;varchar(5);varchar(50);"+
	"char;char(5);bytea;date;time;time(3);timestamp;timestamp(3);timestamptz;timestamptz(3);interval;interval(3);uuid;json;jsonb;inet;cidr;enum(a);enum(b);citext;vector(3);vector(4);"+
	"integer[];bigint[];boolean[];text[];varchar(5)[]", ";")

// TestTypeChanges lists what becomes of each pair of types in testdata/type_changes.txt. TestTypeChangesOnPostgres and TestTypeChangesOnSQLite in
// runtime/dialecttest try it.
func TestTypeChanges(t *testing.T) {
	var all []Type
	seen := map[Kind]bool{}
	for _, text := range sampleTypes {
		typ, err := ParseType(text)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, typ)
		seen[typ.Kind] = true
	}
	for i, name := range kindsOfSource(t)[1:] {
		if !seen[Kind(i+1)] {
			t.Errorf("%s: no type of this kind is listed", name)
		}
	}
	var out strings.Builder
	cast := []string{"no cast", "unknown cast", "USING", "assigned"}
	for _, a := range all {
		fmt.Fprintf(&out, "%s\n", a)
		for _, b := range all {
			c := ChangeType(a, b)
			if c.Safe && (c.Loses != "" || c.MayFail || c.Cast != AssignmentCast) {
				t.Errorf("%s to %s is safe, and %+v", a, b, c)
			}
			if a == b && (c != TypeChange{Cast: AssignmentCast, Safe: true}) {
				t.Errorf("%s to itself: %+v", a, c)
			}
			if a == b || c.Cast == NoCast {
				continue
			}
			said := []string{cast[c.Cast]}
			for _, x := range []struct {
				is   bool
				text string
			}{{c.Safe, "safe"}, {c.MayFail, "may fail"}, {c.Rewrites, "rewrites"}, {c.ReadsZone, "reads the zone"}, {c.ZoneOnly, "zone only"}, {c.Loses != "", "loses: " + c.Loses}} {
				if x.is {
					said = append(said, x.text)
				}
			}
			fmt.Fprintf(&out, "\t%s: %s\n", b, strings.Join(said, ", "))
		}
	}
	const golden = "testdata/type_changes.txt"
	if *update {
		if err := os.WriteFile(golden, []byte(out.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	w, g := strings.Split(string(want), "\n"), strings.Split(out.String(), "\n")
	for i := range max(len(w), len(g)) {
		if i >= len(w) || i >= len(g) || w[i] != g[i] {
			t.Fatalf("%s:%d differs, got %q: read the difference after -update", golden, i+1, g[min(i, len(g)-1)])
		}
	}
}
