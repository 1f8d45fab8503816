package dialecttest_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// verified has one of everything that can differ.
func verified() *migrate.Set {
	first := &migrate.Migration{Name: "0001_items", Ops: []migrate.Op{
		migrate.CreateEnum{Name: "state", Values: []string{"new", "sold"}},
		migrate.CreateTable{
			Table: "owners", Columns: []schema.ColumnDef{schema.BigInt("id")}, PrimaryKey: schema.PrimaryKey{Name: "owners_pkey", Columns: []string{"id"}},
		},
		migrate.CreateTable{
			Table: "items",
			Columns: []schema.ColumnDef{
				schema.BigInt("id"), schema.Text("name"), schema.Integer("price").Default(1), schema.Varchar("code", 20).Null(), schema.BigInt("owner_id").Null(),
				schema.EnumOf("state", "state").Null(),
			},
			PrimaryKey:  schema.PrimaryKey{Name: "items_pkey", Columns: []string{"id"}},
			Uniques:     []schema.Unique{{Name: "items_code_key", Columns: []string{"code"}}},
			Checks:      []schema.Check{{Name: "items_price_check", Expr: "price > 0"}},
			ForeignKeys: []schema.ForeignKey{{Name: "items_owner_id_fkey", Columns: []string{"owner_id"}, RefTable: "owners", RefColumns: []string{"id"}}},
			Indexes:     []schema.Index{{Name: "items_name_idx", Parts: []schema.IndexPart{{Column: "name"}}}},
		},
	}}
	second := &migrate.Migration{Name: "0002_note", Parents: []*migrate.Migration{first}, Ops: []migrate.Op{
		migrate.AddColumn{Table: "items", Column: schema.Text("note").Null()},
	}}
	return migrate.NewSet("shop", first, second)
}

var update = flag.Bool("update", false, "rewrite the files that the tests compare with")

// compared holds a text to be that of a file in testdata.
func compared(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), got); d != "" {
		t.Errorf("%s (-want +got):\n%s", file, d)
	}
}

// toRun finds the statements in what there is to do.
var toRun = regexp.MustCompile(`by hand: (.*?)(?: \(it is from sql \w+\))?$`)

// TestVerifyRemedies changes the database by hand in many ways, and compares what there is to do about it with testdata/verify_*.txt. Where
// that is a statement it is run, and nothing differs any more.
func TestVerifyRemedies(t *testing.T) {
	t.Parallel()
	type change struct{ name, do, back string } // back where what is to be done is no statement
	always := []change{
		{"column added", "ALTER TABLE items ADD COLUMN extra integer", ""},
		{"column gone", "ALTER TABLE items DROP COLUMN note", ""},
		{"index added", "CREATE INDEX items_extra_idx ON items (price)", "DROP INDEX items_extra_idx"},
		{"index gone", "DROP INDEX items_name_idx", ""},
		{"column and its index gone", "DROP INDEX items_name_idx ;; ALTER TABLE items DROP COLUMN note", ""},
		{"column of another type", "ALTER TABLE items DROP COLUMN note ;; ALTER TABLE items ADD COLUMN note integer", "ALTER TABLE items DROP COLUMN note ;; ALTER TABLE items ADD COLUMN note text"},
		{"column with another default", "ALTER TABLE items DROP COLUMN note ;; ALTER TABLE items ADD COLUMN note text DEFAULT 'none' NOT NULL",
			"ALTER TABLE items DROP COLUMN note ;; ALTER TABLE items ADD COLUMN note text"},
	}
	of := map[string][]change{
		"sqlite": {
			{"trigger added", "CREATE TRIGGER t_log AFTER INSERT ON items BEGIN DELETE FROM owners; END", "DROP TRIGGER t_log"},
			{"constraints gone", "PRAGMA writable_schema = on ;; UPDATE sqlite_master SET sql = replace(replace(sql, 'CONSTRAINT \"items_price_check\" CHECK (price > 0)', 'CHECK (price > 1)'), 'CONSTRAINT \"items_code_key\" ', '') WHERE name = 'items' ;; PRAGMA writable_schema = reset",
				"PRAGMA writable_schema = on ;; UPDATE sqlite_master SET sql = replace(replace(sql, 'CHECK (price > 1)', 'CONSTRAINT \"items_price_check\" CHECK (price > 0)'), 'UNIQUE (\"code\")', 'CONSTRAINT \"items_code_key\" UNIQUE (\"code\")') WHERE name = 'items' ;; PRAGMA writable_schema = reset"},
			{"table gone", "DROP TABLE items", ""},
		},
		"postgres": {
			{"nullability and default", "ALTER TABLE items ALTER COLUMN name DROP NOT NULL, ALTER COLUMN price DROP DEFAULT", "ALTER TABLE items ALTER COLUMN name SET NOT NULL, ALTER COLUMN price SET DEFAULT 1"},
			{"type", "ALTER TABLE items ALTER COLUMN code TYPE varchar(30)", "ALTER TABLE items ALTER COLUMN code TYPE varchar(20)"},
			{"unique constraint gone", "ALTER TABLE items DROP CONSTRAINT items_code_key", ""},
			{"check gone", "ALTER TABLE items DROP CONSTRAINT items_price_check", ""},
			{"check changed", "ALTER TABLE items DROP CONSTRAINT items_price_check, ADD CONSTRAINT items_price_check CHECK (price > 1)",
				"ALTER TABLE items DROP CONSTRAINT items_price_check, ADD CONSTRAINT items_price_check CHECK (price > 0)"},
			{"foreign key gone", "ALTER TABLE items DROP CONSTRAINT items_owner_id_fkey", ""},
			{"primary key gone", "ALTER TABLE items DROP CONSTRAINT items_pkey", ""},
			{"constraint added", "ALTER TABLE items ADD CONSTRAINT by_hand CHECK (price < 100)", "ALTER TABLE items DROP CONSTRAINT by_hand"},
			{"trigger added", "CREATE TRIGGER t_log BEFORE UPDATE ON items FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()", "DROP TRIGGER t_log ON items"},
			{"comment added", "COMMENT ON TABLE items IS 'goods'", "COMMENT ON TABLE items IS NULL"},
			{"enum value added", "ALTER TYPE state ADD VALUE 'lost'", "ALTER TABLE items DROP COLUMN state ;; DROP TYPE state ;; CREATE TYPE state AS ENUM ('new', 'sold') ;; ALTER TABLE items ADD COLUMN state state"},
			{"enum value gone", "ALTER TABLE items DROP COLUMN state ;; DROP TYPE state ;; CREATE TYPE state AS ENUM ('new') ;; ALTER TABLE items ADD COLUMN state state", ""},
			{"enum in another order", "ALTER TABLE items DROP COLUMN state ;; DROP TYPE state ;; CREATE TYPE state AS ENUM ('sold', 'new') ;; ALTER TABLE items ADD COLUMN state state",
				"ALTER TABLE items DROP COLUMN state ;; DROP TYPE state ;; CREATE TYPE state AS ENUM ('new', 'sold') ;; ALTER TABLE items ADD COLUMN state state"},
			{"enum gone", "ALTER TABLE items DROP COLUMN state ;; DROP TYPE state", ""},
			{"table gone", "DROP TABLE items", ""},
		},
	}
	runners(t, func(r *runner) {
		r.t.Helper()
		set := verified()
		r.up(set, "0001_items, 0002_note")
		m := r.migrator(set)
		var got strings.Builder
		for _, c := range append(always[:len(always):len(always)], of[r.dialect.Name()]...) {
			r.exec(strings.Split(c.do, " ;; ")...)
			diff, err := m.Verify(r.t.Context())
			if err != nil || len(diff) == 0 {
				r.t.Fatal(c.name, diff, err)
			}
			fmt.Fprintf(&got, "# %s\n", c.name)
			for _, d := range diff {
				fmt.Fprintf(&got, "%s %s\n    %s\n", map[bool]string{true: "-", false: "+"}[d.Missing], d.Fact, d.Fix)
			}
			if c.name == "table gone" {
				continue // the last one
			}
			// What is missing comes back in the order of the kinds: columns before what stands on them.
			for _, kind := range []string{"enum", "column", ""} {
				for _, d := range diff {
					if s := toRun.FindStringSubmatch(d.Fix); s != nil && c.back == "" && strings.HasPrefix(d.Fact, kind) && (kind != "" || !strings.HasPrefix(d.Fact, "enum") && !strings.HasPrefix(d.Fact, "column")) {
						r.exec(strings.Split(s[1], "; ")...)
					}
				}
			}
			if c.back != "" {
				r.exec(strings.Split(c.back, " ;; ")...)
			}
			if diff, err = m.Verify(r.t.Context()); err != nil || len(diff) > 0 {
				r.t.Fatalf("%s: done what is to be done, and still: %v %v", c.name, diff, err)
			}
		}
		compared(r.t, "verify_"+r.dialect.Name()+".txt", got.String())
	})
}
