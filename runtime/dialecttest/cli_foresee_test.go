package dialecttest_test

import (
	"fmt"
	"strings"
	"testing"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// foreseen is a table with rows that some constraints would refuse, and a parent.
func foreseen(r *runner, then ...migrate.Op) *migrate.Set {
	r.t.Helper()
	first := []migrate.Op{
		migrate.CreateTable{Table: "owners", Columns: []schema.ColumnDef{schema.BigInt("id")}, PrimaryKey: schema.PrimaryKey{Name: "owners_pkey", Columns: []string{"id"}}},
		migrate.CreateTable{
			Table: "pets", Columns: []schema.ColumnDef{schema.BigInt("id"), schema.BigInt("owner_id").Null(), schema.Text("name").Null(), schema.Text("slug").Null(), schema.Text("touched").Null()},
			PrimaryKey: schema.PrimaryKey{Name: "pets_pkey", Columns: []string{"id"}},
		},
	}
	r.up(migrate.NewSet("shop", faultChain(first)...), "0001_step")
	r.exec("INSERT INTO owners VALUES (1)",
		"INSERT INTO pets (id, owner_id, name) VALUES (1, 1, 'Tom'), (2, 7, 'Tom'), (3, NULL, NULL), (4, 8, 'Kim')")
	return migrate.NewSet("shop", faultChain(first, then)...)
}

// TestPlanForesees: plan looks for what is bound to make a migration fail, as up does before it begins, and changes nothing.
func TestPlanForesees(t *testing.T) {
	t.Parallel()
	unique := migrate.AddUnique{Table: "pets", Unique: schema.Unique{Name: "pets_name_key", Columns: []string{"name"}}}
	notNull := migrate.AlterColumn{Table: "pets", From: schema.Text("name").Null(), To: schema.Text("name")}
	keeperOf := func(table string) migrate.Op {
		return migrate.AddForeignKey{Table: "pets", ForeignKey: schema.ForeignKey{Name: "pets_keeper_id_fkey", Columns: []string{"keeper_id"}, RefTable: table, RefColumns: []string{"id"}}}
	}
	newKey, keeper := migrate.AddColumn{Table: "pets", Column: schema.BigInt("keeper_id").Null()}, keeperOf("owners")
	ownerKey := migrate.AddForeignKey{Table: "pets", ForeignKey: schema.ForeignKey{Name: "pets_owner_id_fkey", Columns: []string{"owner_id"}, RefTable: "owners", RefColumns: []string{"id"}}}
	for _, c := range []struct {
		name string
		ops  []migrate.Op
		want []string // in what would be refused; none is nothing
	}{
		{"duplicates", []migrate.Op{unique}, []string{"2 rows (id 1, 2) share their (name) with another one"}},
		{"duplicates of an index", []migrate.Op{migrate.CreateIndex{Table: "pets", Index: schema.Index{Name: "pets_name_idx", Unique: true,
			Parts: []schema.IndexPart{{Column: "name"}}}}}, []string{"2 rows (id 1, 2) share their (name)"}},
		{"duplicates where there are none", []migrate.Op{migrate.CreateIndex{Table: "pets", Index: schema.Index{Name: "pets_name_idx", Unique: true,
			Parts: []schema.IndexPart{{Column: "name"}}, Where: "id > 1"}}}, nil},
		{"orphans", []migrate.Op{migrate.AddForeignKey{Table: "pets", ForeignKey: schema.ForeignKey{Name: "pets_owner_id_fkey", Columns: []string{"owner_id"},
			RefTable: "owners", RefColumns: []string{"id"}}}}, []string{"2 rows (id 2, 4) refer to rows of owners that are not there"}},
		{"NULLs", []migrate.Op{notNull}, []string{"1 row (id 3) hold NULL in name"}},
		{"a check", []migrate.Op{migrate.AddCheck{Table: "pets", Check: schema.Check{Name: "pets_id_check", Expr: "id < 3"}}}, []string{"2 rows (id 3, 4) break the check id < 3"}},
		{"a column without a value", []migrate.Op{migrate.AddColumn{Table: "pets", Column: schema.Integer("legs")}}, []string{"4 rows (id 1, 2, 3, 4) of pets would have no value in column legs, which is NOT NULL and has no default"}},
		{"a column with a value", []migrate.Op{migrate.AddColumn{Table: "pets", Column: schema.Integer("legs").DefaultExpr("1 + 3")}}, nil},
		{"two at once", []migrate.Op{unique, notNull}, []string{"share their (name)", "hold NULL in name"}},
		{"filled before", []migrate.Op{migrate.Fill{Table: "pets", Column: "name", Expr: "'none'"}, notNull}, nil},
		{"of a column that is new", []migrate.Op{migrate.AddColumn{Table: "pets", Column: schema.Text("code").Null()},
			migrate.AddUnique{Table: "pets", Unique: schema.Unique{Name: "pets_code_key", Columns: []string{"code"}}}}, nil},
		{"duplicates in a table that is renamed", []migrate.Op{migrate.RenameTable{From: "pets", To: "animals"},
			migrate.AddUnique{Table: "animals", Unique: schema.Unique{Name: "animals_name_key", Columns: []string{"name"}}}}, []string{"2 rows (id 1, 2) share their (name) with another one"}},
		{"orphans of tables that are renamed", []migrate.Op{migrate.RenameTable{From: "pets", To: "animals"}, migrate.RenameTable{From: "owners", To: "people"},
			migrate.AddForeignKey{Table: "animals", ForeignKey: schema.ForeignKey{Name: "animals_owner_id_fkey", Columns: []string{"owner_id"},
				RefTable: "people", RefColumns: []string{"id"}}}}, []string{"2 rows (id 2, 4) refer to rows of people that are not there"}},
		{"NULLs beside a column that goes", []migrate.Op{migrate.DropColumn{Table: "pets", Column: schema.Text("touched").Null()}, notNull}, []string{"1 row (id 3) hold NULL in name"}},
		{"tables that trade names", []migrate.Op{migrate.RenameTable{From: "pets", To: "x"}, migrate.RenameTable{From: "owners", To: "pets"}, migrate.RenameTable{From: "x", To: "owners"},
			migrate.AddCheck{Table: "pets", Check: schema.Check{Name: "pets_id_check", Expr: "id < 3"}}}, nil},
		{"a column that is dropped and comes again", []migrate.Op{migrate.DropColumn{Table: "pets", Column: schema.Text("name").Null()},
			migrate.AddColumn{Table: "pets", Column: schema.Text("name").Null()}, unique}, nil},
		{"a foreign key that is filled before", []migrate.Op{migrate.Fill{Table: "pets", Column: "owner_id", Expr: "1", Where: "owner_id > 1"},
			migrate.AddForeignKey{Table: "pets", ForeignKey: schema.ForeignKey{Name: "pets_owner_id_fkey", Columns: []string{"owner_id"},
				RefTable: "owners", RefColumns: []string{"id"}}}}, nil},
		{"a foreign key of a new column that is filled", []migrate.Op{newKey, migrate.Fill{Table: "pets", Column: "keeper_id", Expr: "7"}, keeper}, []string{
			"4 rows (id 1, 2, 3, 4) would refer to rows of owners that are not there; insert those first, or fill in others"}},
		{"one that is filled with a row that is there", []migrate.Op{newKey, migrate.Fill{Table: "pets", Column: "keeper_id", Expr: "1"}, keeper}, nil},
		{"one that is filled from another column", []migrate.Op{newKey, migrate.Fill{Table: "pets", Column: "keeper_id", Expr: "owner_id"}, keeper}, []string{"2 rows (id 2, 4) would refer to rows of owners"}},
		{"one that has a default", []migrate.Op{migrate.AddColumn{Table: "pets", Column: schema.BigInt("keeper_id").Null().Default(9)}, keeper}, []string{"4 rows (id 1, 2, 3, 4) would refer to rows of owners"}},
		{"one whose empty rows are filled", []migrate.Op{migrate.Fill{Table: "pets", Column: "owner_id", Expr: "COALESCE(NULL, 9)"}, ownerKey}, []string{"3 rows (id 2, 3, 4) would refer to rows of owners"}},
		{"one that is filled twice", []migrate.Op{newKey, migrate.Fill{Table: "pets", Column: "keeper_id", Expr: "1"}, migrate.Fill{Table: "pets", Column: "keeper_id", Expr: "9"}, keeper}, nil},
		{"one that is filled where", []migrate.Op{newKey, migrate.Fill{Table: "pets", Column: "keeper_id", Expr: "9", Where: "id > 100"}, keeper}, nil},
		{"one that is filled by a query", []migrate.Op{newKey, migrate.Fill{Table: "pets", Column: "keeper_id", Expr: "(SELECT min(o.id) FROM owners o)"}, keeper}, nil},
		{"one that refers to a new table", []migrate.Op{newKey, migrate.Fill{Table: "pets", Column: "keeper_id", Expr: "1"},
			migrate.CreateTable{Table: "keepers", Columns: []schema.ColumnDef{schema.BigInt("id")}, PrimaryKey: schema.PrimaryKey{Name: "keepers_pkey", Columns: []string{"id"}}}, keeperOf("keepers")},
			[]string{"4 rows (id 1, 2, 3, 4) would refer to rows of keepers, which is made without any"}},
		{"one that refers to the same table", []migrate.Op{newKey, migrate.Fill{Table: "pets", Column: "keeper_id", Expr: "id + 1"}, keeperOf("pets")}, []string{"1 row (id 4) would refer to rows of pets"}},
		{"one that is filled and renamed", []migrate.Op{migrate.RenameTable{From: "owners", To: "people"}, newKey, migrate.Fill{Table: "pets", Column: "keeper_id", Expr: "7"}, keeperOf("people")}, []string{
			"4 rows (id 1, 2, 3, 4) would refer to rows of people that are not there"}},
		{"nothing wrong", []migrate.Op{migrate.AddUnique{Table: "pets", Unique: schema.Unique{Name: "pets_id_key", Columns: []string{"id", "name"}}}}, nil},
	} {
		t.Run(strings.ReplaceAll(c.name, " ", "_"), func(t *testing.T) {
			runners(t, func(r *runner) {
				set := foreseen(r, c.ops...)
				status, out, problems := r.command(set, "plan")
				if status != 0 || problems != "" {
					r.t.Fatalf("exit status %d: %s", status, problems)
				}
				if n := strings.Count(out, "would be refused: "); n != len(c.want) {
					r.t.Errorf("%d would be refused, not %d:\n%s", n, len(c.want), out)
				}
				for _, w := range c.want {
					if !strings.Contains(out, w) {
						r.t.Errorf("it does not say %q:\n%s", w, out)
					}
				}
				if !strings.Contains(out, "-- pets: 4 rows") {
					r.t.Errorf("it does not say how large the table is:\n%s", out)
				}
				r.history("shop/0001_step done")
				if status, _, _ := r.command(set, "up"); (status == 0) != (len(c.want) == 0) {
					r.t.Errorf("up: exit status %d", status)
				}
			})
		})
	}
}

// TestPlanTriggers: plan names the triggers that a fill fires, by their columns, and none of those that it does not.
func TestPlanTriggers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		op   migrate.Op
		want []string
	}{
		{"fill", migrate.Fill{Table: "pets", Column: "slug", Expr: "lower(name)"}, []string{"pets_any", "pets_slug"}},
		{"fill of another column", migrate.Fill{Table: "pets", Column: "touched", Expr: "'now'"}, []string{"pets_any"}},
		{"backfill", migrate.Backfill[petAt0002]{Table: "pets", Row: func(*petAt0002) error { return nil }}, []string{"pets_any", "pets_slug"}},
		{"no fill", migrate.AddColumn{Table: "pets", Column: schema.Text("code").Null()}, nil},
	} {
		t.Run(strings.ReplaceAll(c.name, " ", "_"), func(t *testing.T) {
			runners(t, func(r *runner) {
				set := foreseen(r, c.op)
				if r.dialect.Name() == "sqlite" {
					r.exec("CREATE TRIGGER pets_any AFTER UPDATE ON pets BEGIN SELECT 1; END",
						"CREATE TRIGGER pets_slug BEFORE UPDATE OF slug, id ON pets BEGIN SELECT 1; END",
						"CREATE TRIGGER pets_insert AFTER INSERT ON pets BEGIN UPDATE owners SET id = id; END")
				} else {
					r.exec("CREATE FUNCTION pets_touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
						"CREATE TRIGGER pets_any AFTER UPDATE ON pets FOR EACH STATEMENT EXECUTE FUNCTION pets_touch()",
						"CREATE TRIGGER pets_slug BEFORE UPDATE OF slug, id ON pets FOR EACH ROW EXECUTE FUNCTION pets_touch()",
						"CREATE TRIGGER pets_insert AFTER INSERT ON pets FOR EACH ROW EXECUTE FUNCTION pets_touch()",
						"CREATE TRIGGER pets_off BEFORE UPDATE ON pets FOR EACH ROW EXECUTE FUNCTION pets_touch()", "ALTER TABLE pets DISABLE TRIGGER pets_off")
				}
				_, out, _ := r.command(set, "plan")
				if n := strings.Count(out, " fires the trigger "); n != len(c.want) {
					r.t.Errorf("%d triggers:\n%s", n, out)
				}
				for _, w := range c.want {
					if !strings.Contains(out, "filling pets fires the trigger "+w+" (") {
						r.t.Errorf("it does not name %s:\n%s", w, out)
					}
				}
				_, out, _ = r.command(set, "plan", "-json")
				if n := strings.Count(out, `"trigger": `); n != len(c.want) || !strings.Contains(out, `"rows": 4`) {
					r.t.Errorf("%d triggers in JSON:\n%s", n, out)
				}
			})
		})
	}
}

// petAt0002 is a row of pets.
type petAt0002 struct {
	ID   int64   `db:"id"`
	Slug *string `db:"slug"`
}

// TestPlanTransactions: where a transaction begins and ends can be seen, and batches are said once.
func TestPlanTransactions(t *testing.T) {
	runners(t, func(r *runner) {
		set := foreseen(r, migrate.AddColumn{Table: "pets", Column: schema.Text("code").Null()}, migrate.Fill{Table: "pets", Column: "code", Expr: "name"},
			migrate.CreateIndex{Table: "pets", Index: schema.Index{Name: "pets_code_idx", Parts: []schema.IndexPart{{Column: "code"}}}})
		_, out, _ := r.command(set, "plan")
		var shape []string
		for line := range strings.Lines(out) {
			if strings.HasPrefix(line, "  ") && !strings.HasPrefix(line, "   ") && !strings.HasPrefix(line, "  --") {
				shape = append(shape, strings.Fields(line)[0])
			}
		}
		want := "[BEGIN; Add COMMIT; Fill Create]"
		if r.dialect.Name() == "sqlite" {
			want = "[BEGIN; Add COMMIT; Fill BEGIN; Create COMMIT;]"
		}
		if fmt.Sprint(shape) != want || strings.Count(out, "each in its own transaction") != 1 {
			r.t.Errorf("%s, not %s:\n%s", shape, want, out)
		}
	})
}
