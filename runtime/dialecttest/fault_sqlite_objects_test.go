package dialecttest_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
	"github.com/modelgen/modelgen/runtime/sqlite"
)

// faultLiteObjectsSet rebuilds tables under views, triggers of them and of others, and a full-text index of their rows, and changes these too.
func faultLiteObjectsSet() *migrate.Set {
	made := func(kind schema.ObjectKind, name, table, sql string) migrate.Op {
		return migrate.ObjectOp(nil, &schema.SQLObject{Kind: kind, Name: name, Table: table, SQL: schema.SQLText(sql)})
	}
	undo := func(ops ...migrate.Op) (all []migrate.Op) {
		for _, op := range slices.Backward(ops) {
			back, err := op.Inverse()
			if err != nil {
				panic(err)
			}
			all = append(all, back)
		}
		return all
	}
	pets := faultTable("pets", schema.BigInt("owner_id"), schema.Text("kind").Null())
	pets.ForeignKeys = []schema.ForeignKey{liteFK("pets_owner_id_fkey", "owner_id", "people", schema.Cascade)}
	grown := made(schema.ViewKind, "grown", "", "SELECT id, name, age FROM people WHERE age > 17")
	names := made(schema.ViewKind, "names", "", "SELECT name FROM grown")
	through := made(schema.TriggerKind, "grown_named", "grown", "CREATE TRIGGER grown_named INSTEAD OF UPDATE ON grown BEGIN UPDATE people SET name = new.name WHERE id = old.id; END")
	const noted = "CREATE TRIGGER people_noted AFTER UPDATE OF age ON people BEGIN INSERT INTO log (what) VALUES ('age of ' || old.id); END"
	const found = "CREATE VIRTUAL TABLE found USING fts5(name, content='people', content_rowid='id')"
	later := []migrate.Op{
		made(schema.ViewKind, "grown", "", "SELECT id, name, years FROM people WHERE years > 20"),
		made(schema.ViewKind, "names", "", "SELECT name, years FROM grown"),
	}
	return migrate.NewSet("objects", faultChain(
		[]migrate.Op{
			migrate.CreateTable{Table: "people", Columns: []schema.ColumnDef{schema.BigInt("id").Identity(), schema.Text("name"), schema.Integer("age").Null()},
				PrimaryKey: schema.PrimaryKey{Name: "people_pkey", Columns: []string{"id"}}},
			pets, faultTable("log", schema.Text("what")),
			made(schema.VirtualTableKind, "found", "", found), grown, names, through,
			made(schema.TriggerKind, "people_noted", "people", noted),
			made(schema.TriggerKind, "people_found", "people", "CREATE TRIGGER people_found AFTER INSERT ON people BEGIN INSERT INTO found (rowid, name) VALUES (new.id, new.name); END"),
			made(schema.TriggerKind, "pets_seen", "pets", "CREATE TRIGGER pets_seen AFTER INSERT ON pets BEGIN UPDATE people SET name = name || '' WHERE id = new.owner_id; END"),
			faultSQL("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200) INSERT INTO people (id, name, age) SELECT i, 'name ' || i || ' ' || hex(zeroblob(200)), i FROM n",
				"INSERT INTO pets (id, owner_id) SELECT id, id FROM people"),
		},
		slices.Concat(
			[]migrate.Op{migrate.Fill{Table: "people", Column: "age", Expr: "1"}},
			undo(grown, names, through),
			[]migrate.Op{
				liteAlter("people", schema.Integer("age").Null(), schema.Integer("age").Default(1)),
				migrate.AddCheck{Table: "people", Check: schema.Check{Name: "people_age_check", Expr: "age > 0"}},
				migrate.RenameColumn{Table: "people", From: "age", To: "years"},
			}, later),
		[]migrate.Op{
			migrate.ReplaceTrigger{Name: "people_noted", Table: "people", From: "CREATE TRIGGER people_noted AFTER UPDATE OF years ON people BEGIN INSERT INTO log (what) VALUES ('age of ' || old.id); END",
				To: "CREATE TRIGGER people_noted AFTER UPDATE OF years ON people WHEN new.years > 0 BEGIN INSERT INTO log (what) VALUES ('years of ' || old.id); END"},
			migrate.ReplaceVirtualTable{Name: "found", From: found, To: "CREATE VIRTUAL TABLE found USING fts5(name, content='people', content_rowid='id', tokenize='porter')"},
			liteAlter("pets", schema.Text("kind").Null(), schema.Text("kind").Default("cat").Null()),
			migrate.AddCheck{Table: "pets", Check: schema.Check{Name: "pets_kind_check", Expr: "kind <> ''"}},
			migrate.DropTrigger{Name: "pets_seen", Table: "pets", SQL: "CREATE TRIGGER pets_seen AFTER INSERT ON pets BEGIN UPDATE people SET name = name || '' WHERE id = new.owner_id; END"},
			migrate.RenameTable{From: "pets", To: "animals"},
		},
	)...)
}

// TestFault38ObjectsKilledAnywhere kills a process before each statement that writes, while tables are rebuilt under views and triggers, on the way up and on the way back. Then the same is run again.
// Without -full the kinds of journals share the statements.
func TestFault38ObjectsKilledAnywhere(t *testing.T) {
	t.Parallel()
	d, set := sqlite.Dialect{}, faultLiteObjectsSet()
	first, last := set.Migrations()[0].Name, set.Migrations()[2].Name
	for i, mode := range []string{"delete", "wal"} {
		for _, way := range [][2]string{{first, last}, {last, first}} {
			t.Run(mode+" to "+way[1], func(t *testing.T) {
				t.Parallel()
				f := newFaultLite(t, mode)
				to := func(name string) {
					t.Helper()
					if _, err := faultMigrator(t, f.db, d, set, nil).To(t.Context(), name); err != nil {
						t.Fatal(err)
					}
				}
				to(way[0])
				f.db.Close()
				start := filepath.Join(t.TempDir(), "start.db")
				data, err := os.ReadFile(f.path)
				if err == nil {
					err = os.WriteFile(start, data, 0o600)
				}
				if err != nil {
					t.Fatal(err)
				}
				f.copyFrom(start)
				to(way[1])
				want := f.dump()
				for k := 0; ; k++ {
					if !turn(k, i, 8) {
						continue
					}
					f.copyFrom(start)
					f.db.Close()
					p := faultStart(t, faultDriver, "sqlite", faultURL, f.dsn, faultSet, "sqlite objects", faultVerb, "to "+way[1], faultKill, fmt.Sprint(k))
					code := p.wait()
					f.db = f.reopen()
					if code == 0 {
						if k < 20 {
							t.Errorf("only %d statements", k)
						}
						break
					}
					if code != faultKilled {
						t.Fatalf("statement %d: status %d: %s", k, code, p.errs.String())
					}
					faultWhole(t, f.db, d, set)
					to(way[1])
					if diff := cmp.Diff(want, f.dump()); diff != "" {
						t.Fatalf("killed before statement %d, which is not as if it were not (-want +got):\n%s", k, diff)
					}
				}
				if got := f.query("SELECT count(*) FROM found WHERE found MATCH 'name'"); got != "200" {
					t.Errorf("the full-text index finds %s", got)
				}
			})
		}
	}
}
