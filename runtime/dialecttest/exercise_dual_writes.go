package dialecttest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// upsertsOnline lets both programs write rows that may be there already.
func upsertsOnline(t *testing.T, l *lab) {
	ctx := context.Background()
	expand, contract := dualRename("it's")
	unique := func(column string) migrate.Op {
		return migrate.CreateIndex{Table: "things", Index: schema.Index{Name: "things_" + column + "_u", Unique: true, Parts: []schema.IndexPart{{Column: column}}}}
	}
	gone := migrate.DropIndex(unique("caption").(migrate.CreateIndex))
	m := l.migrator(migrate.NewSet("dual", chain(
		[]migrate.Op{table("things", schema.Text("caption").Default("it's"), schema.Integer("stock").Default(0)), unique("caption")},
		append(expand, unique("label")), append([]migrate.Op{gone}, contract...))...))
	l.must(m.To(ctx, "0001_step"))
	l.exec(`INSERT INTO things (id, caption) VALUES (1, 'a'), (2, 'b')`)
	l.must(m.To(ctx, "0002_step"))
	for _, q := range []string{
		`INSERT INTO things (id, caption) VALUES (1, 'a2') ON CONFLICT (id) DO UPDATE SET caption = EXCLUDED.caption`,
		`INSERT INTO things (id, label) VALUES (2, 'b2') ON CONFLICT (id) DO UPDATE SET label = EXCLUDED.label`,
		`INSERT INTO things (id, caption) VALUES (3, 'c') ON CONFLICT (id) DO UPDATE SET caption = EXCLUDED.caption`,
		`INSERT INTO things (id, label) VALUES (4, 'd') ON CONFLICT (id) DO UPDATE SET label = EXCLUDED.label`,
		`INSERT INTO things (id, caption, stock) VALUES (11, 'b2', 7) ON CONFLICT (caption) DO UPDATE SET stock = EXCLUDED.stock`, // written by the other one
		`INSERT INTO things (id, label, stock) VALUES (12, 'a2', 8) ON CONFLICT (label) DO UPDATE SET stock = EXCLUDED.stock`,
		`INSERT INTO things (id, caption) VALUES (13, 'd') ON CONFLICT (caption) DO UPDATE SET caption = 'd2'`,
		`INSERT INTO things (id, label) VALUES (14, 'c') ON CONFLICT (label) DO UPDATE SET label = 'c2'`,
		`INSERT INTO things (id, caption) VALUES (15, 'd2') ON CONFLICT DO NOTHING`,
		`INSERT INTO things (id, label) VALUES (16, 'c2') ON CONFLICT DO NOTHING`,
		`INSERT INTO things (id, stock) VALUES (4, 9) ON CONFLICT (id) DO UPDATE SET stock = EXCLUDED.stock`,
	} {
		l.exec(q)
	}
	l.refused(`INSERT INTO things (id, caption) VALUES (17, 'a2')`, "constraint")
	l.refused(`INSERT INTO things (id, label) VALUES (18, 'a2')`, "constraint")
	want := []string{"1 a2 a2 8", "2 b2 b2 7", "3 c2 c2 0", "4 d2 d2 9"}
	if got := l.rows(`SELECT id, caption, label, stock FROM things ORDER BY id`); !slices.Equal(got, want) {
		t.Fatalf("the rows are\n%q, not\n%q", got, want)
	}
	l.must(m.To(ctx, "0003_step"))
	if got := l.count(`SELECT count(*) FROM things WHERE label IN ('a2', 'b2', 'c2', 'd2')`); got != 4 {
		t.Errorf("%d rows are left", got)
	}
}

// nullsOnline gives NULL on purpose, where there is a default. An INSERT with NULL is one that gives nothing.
func nullsOnline(t *testing.T, l *lab) {
	ctx := context.Background()
	caption, label := schema.Text("caption").Null().Default("none"), schema.Text("label").Null().Default("none")
	both := migrate.AddDualWrite{Table: "things", Name: "things_both", From: "caption", To: "label", Up: "caption", Down: "label", Column: label}
	m := l.migrator(migrate.NewSet("dual", chain([]migrate.Op{table("things", caption)},
		[]migrate.Op{migrate.AddColumn{Table: "things", Column: schema.Text("label").Null()}, both, migrate.AlterColumn{Table: "things", From: caption, To: schema.Text("caption").Null()}},
		[]migrate.Op{migrate.DropDualWrite(both), migrate.AlterColumn{Table: "things", From: schema.Text("label").Null(), To: label}, migrate.DropColumn{Table: "things", Column: schema.Text("caption").Null()}})...))
	l.must(m.To(ctx, "0001_step"))
	l.exec(`INSERT INTO things (id, caption) VALUES (1, NULL), (2, 'b')`)
	l.must(m.To(ctx, "0002_step"))
	l.exec(`INSERT INTO things (id, caption) VALUES (3, NULL)`)
	l.exec(`INSERT INTO things (id, label) VALUES (4, NULL)`)
	l.exec(`INSERT INTO things (id) VALUES (5), (6)`)
	l.exec(`INSERT INTO things (id, caption, label) VALUES (7, 'g', NULL), (8, NULL, 'h')`)
	l.exec(`UPDATE things SET caption = NULL WHERE id = 5`)
	l.exec(`UPDATE things SET label = NULL WHERE id = 6`)
	l.exec(`UPDATE things SET caption = 'a', label = 'a' WHERE id = 1`)
	l.exec(`UPDATE things SET caption = NULL, label = NULL WHERE id = 2`)
	want := []string{"1 a a", "2 <nil> <nil>", "3 none none", "4 none none", "5 <nil> <nil>", "6 <nil> <nil>", "7 g g", "8 h h"}
	if got := l.rows(`SELECT id, caption, label FROM things ORDER BY id`); !slices.Equal(got, want) {
		t.Fatalf("the rows are\n%q, not\n%q", got, want)
	}
	l.must(m.To(ctx, "0003_step"))
	l.exec(`INSERT INTO things (id) VALUES (9)`)
	if got := l.count(`SELECT count(*) FROM things WHERE label IS NULL`); got != 3 {
		t.Errorf("%d rows have none", got)
	}
}

// triggersOnline has a trigger of somebody else on the table, which changes the old column.
func triggersOnline(t *testing.T, l *lab) {
	ctx := context.Background()
	expand, contract := dualRename("")
	m := l.migrator(migrate.NewSet("dual", chain([]migrate.Op{table("things", schema.Text("caption"), schema.Integer("stock").Default(0))}, expand, contract)...))
	l.must(m.To(ctx, "0001_step"))
	drop := []string{`DROP TRIGGER a_trim`}
	if l.b.Dialect.Name() == "postgres" {
		drop = []string{`DROP TRIGGER a_trim ON things`, `DROP FUNCTION trimmed()`}
		l.exec(`CREATE FUNCTION trimmed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.caption := trim(NEW.caption); NEW.stock := NEW.stock + 1; RETURN NEW; END $$`)
		l.exec(`CREATE TRIGGER a_trim BEFORE INSERT OR UPDATE ON things FOR EACH ROW EXECUTE FUNCTION trimmed()`)
	}
	l.must(m.To(ctx, "0002_step"))
	if l.b.Dialect.Name() != "postgres" { // a rebuild of the table would not leave it
		l.exec(`CREATE TRIGGER a_trim AFTER UPDATE OF caption ON things WHEN NEW.caption <> trim(NEW.caption) BEGIN
  UPDATE things SET caption = trim(caption), stock = stock + 1 WHERE id = NEW.id; END`)
	}
	l.exec(`INSERT INTO things (id, caption) VALUES (1, 'a')`)
	l.exec(`INSERT INTO things (id, label) VALUES (2, 'b')`)
	l.exec(`UPDATE things SET caption = ' a2 ' WHERE id = 1`)
	l.exec(`UPDATE things SET label = 'b2' WHERE id = 2`)
	l.exec(`UPDATE things SET caption = ' b3' WHERE id = 2`)
	l.exec(`UPDATE things SET stock = 0`)
	want := []string{"1 a2 a2", "2 b3 b3"}
	if got := l.rows(`SELECT id, caption, label FROM things ORDER BY id`); !slices.Equal(got, want) {
		t.Fatalf("the rows are\n%q, not\n%q", got, want)
	}
	for _, q := range drop {
		l.exec(q)
	}
	l.must(m.To(ctx, "0003_step"))
}

// constrainedOnline renames a column with a unique index, a foreign key and a check, while programs of both versions write all the time.
func constrainedOnline(t *testing.T, l *lab) {
	ctx := context.Background()
	objects := func(column string) (unique migrate.CreateIndex, fk migrate.AddForeignKey, check migrate.AddCheck) {
		return migrate.CreateIndex{Table: "things", Index: schema.Index{Name: "things_" + column + "_u", Unique: true, Parts: []schema.IndexPart{{Column: column}}}},
			migrate.AddForeignKey{Table: "things", ForeignKey: schema.ForeignKey{Name: "things_" + column + "_fkey", Columns: []string{column},
				RefTable: "owners", RefColumns: []string{"id"}, OnDelete: schema.SetNull, OnUpdate: schema.Cascade}},
			migrate.AddCheck{Table: "things", Check: schema.Check{Name: "things_" + column + "_check", Expr: column + " < 100000"}}
	}
	owner, keeper := schema.BigInt("owner_id").Null(), schema.BigInt("keeper_id").Null()
	both := migrate.AddDualWrite{Table: "things", Name: "things_both", From: "owner_id", To: "keeper_id", Up: "owner_id", Down: "keeper_id", Column: keeper}
	oldUnique, oldFK, oldCheck := objects("owner_id")
	newUnique, newFK, newCheck := objects("keeper_id")
	m := l.migrator(migrate.NewSet("dual", chain(
		[]migrate.Op{table("owners"), table("things", owner), oldUnique, oldFK, oldCheck},
		[]migrate.Op{migrate.AddColumn{Table: "things", Column: keeper}, both, newUnique, newFK, newCheck},
		[]migrate.Op{migrate.DropForeignKey(oldFK), migrate.DropCheck(oldCheck), migrate.DropIndex(oldUnique), migrate.DropDualWrite(both), migrate.DropColumn{Table: "things", Column: owner}})...))
	l.must(m.To(ctx, "0001_step"))
	l.exec(`INSERT INTO owners (id) VALUES (1), (2), (3), (4), (5), (6)`)
	l.exec(`INSERT INTO things (id, owner_id) VALUES (1, 1)`)

	wrote := 0
	write := func(column string, from int, during func()) {
		t.Helper()
		stop, first := make(chan struct{}), make(chan struct{})
		db := l.handle()
		var failed error
		var wg sync.WaitGroup
		wg.Go(func() {
			begun := sync.OnceFunc(func() { close(first) })
			defer begun()
			for i := from; failed == nil; i++ {
				failed = errors.Join(written(db, fmt.Sprintf(`INSERT INTO owners (id) VALUES (%d)`, i)),
					written(db, fmt.Sprintf(`INSERT INTO things (id, %s) VALUES (%d, %[2]d)`, column, i)))
				wrote++
				begun()
				select {
				case <-stop:
					return
				default:
				}
			}
		})
		<-first
		during()
		close(stop)
		wg.Wait()
		if failed != nil {
			t.Fatalf("a write of %s failed: %v", column, failed)
		}
	}
	write("owner_id", 1000, func() { l.must(m.To(ctx, "0002_step")) })
	l.exec(`INSERT INTO things (id, owner_id) VALUES (2, 2)`)
	l.exec(`INSERT INTO things (id, keeper_id) VALUES (3, 3), (4, 4)`)
	for _, column := range []string{"owner_id", "keeper_id"} {
		l.refused(`INSERT INTO things (id, `+column+`) VALUES (90, 3)`, "constraint") // unique
		l.refused(`INSERT INTO things (id, `+column+`) VALUES (90, 2)`, "constraint")
		l.refused(`INSERT INTO things (id, `+column+`) VALUES (90, 99)`, "constraint")     // no such owner
		l.refused(`INSERT INTO things (id, `+column+`) VALUES (90, 100000)`, "constraint") // check
		l.refused(`UPDATE things SET `+column+` = 1 WHERE id = 2`, "constraint")
		l.refused(`UPDATE things SET `+column+` = 99 WHERE id = 2`, "constraint")
	}
	l.exec(`UPDATE things SET owner_id = 5 WHERE id = 3`)
	l.exec(`UPDATE things SET keeper_id = 3 WHERE id = 2`)
	l.exec(`DELETE FROM owners WHERE id = 1`)
	l.exec(`UPDATE owners SET id = 7 WHERE id = 4`)
	want := []string{"1 <nil> <nil>", "2 3 3", "3 5 5", "4 7 7"}
	if got := l.rows(`SELECT id, owner_id, keeper_id FROM things WHERE id < 1000 ORDER BY id`); !slices.Equal(got, want) {
		t.Fatalf("the rows are\n%q, not\n%q", got, want)
	}
	write("keeper_id", 50000, func() { l.must(m.To(ctx, "0003_step")) })
	if n := l.count(`SELECT count(*) FROM things WHERE id >= 1000 AND keeper_id = id`); n != wrote {
		t.Errorf("%d rows were written, and %d are there", wrote, n)
	}
	if d, err := m.Verify(ctx); err != nil || len(d) > 0 {
		t.Fatalf("verify: %v, %v", d, err)
	}
}

func written(db *sql.DB, q string) error {
	_, err := db.Exec(q)
	return err
}
