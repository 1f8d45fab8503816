package dialecttest_test

import (
	"context"
	"fmt"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// faultChain makes migrations that follow each other, one for each list of ops.
func faultChain(ops ...[]migrate.Op) []*migrate.Migration {
	var all []*migrate.Migration
	for i, o := range ops {
		m := &migrate.Migration{Name: fmt.Sprintf("%04d_step", i+1), Ops: o}
		if i > 0 {
			m.Parents = all[i-1:]
		}
		all = append(all, m)
	}
	return all
}

// faultGo makes a Go step of one statement.
func faultGo(up string, args ...any) migrate.Op {
	return migrate.Go{Name: up, NoDown: "test", Up: func(ctx context.Context, tx migrate.Tx) error {
		var n int
		if err := tx.QueryRowContext(ctx, "SELECT count(*) FROM people").Scan(&n); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, up, args...)
		return err
	}}
}

func faultSQL(up ...string) migrate.SQL { return migrate.SQL{Up: up, NoDown: "test"} }

// faultApart is run outside any transaction, and therefore may run twice.
func faultApart(up ...string) migrate.SQL { return migrate.SQL{Up: up, NoDown: "test", NoTx: true} }

func faultTable(name string, columns ...schema.ColumnDef) migrate.CreateTable {
	return migrate.CreateTable{Table: name, Columns: append([]schema.ColumnDef{schema.BigInt("id")}, columns...),
		PrimaryKey: schema.PrimaryKey{Name: name + "_pkey", Columns: []string{"id"}}}
}

func faultIndex(name string, columns ...string) schema.Index {
	x := schema.Index{Name: name}
	for _, c := range columns {
		x.Parts = append(x.Parts, schema.IndexPart{Column: c})
	}
	return x
}

// faultPostgresSet has every kind of stage: in a transaction, one that ends it, outside any, Go; first, in the middle, last.
func faultPostgresSet() *migrate.Set {
	pets := faultTable("pets", schema.BigInt("owner_id"), schema.Text("kind").Null())
	pets.ForeignKeys = []schema.ForeignKey{liteFK("pets_owner_id_fkey", "owner_id", "people", schema.Cascade)}
	pets.Indexes = []schema.Index{faultIndex("pets_kind_idx", "kind")}
	return migrate.NewSet("fault", faultChain(
		[]migrate.Op{
			migrate.CreateEnum{Name: "mood", Values: []string{"sad", "happy"}},
			faultTable("people", schema.Text("name"), schema.EnumOf("mood", "mood").Default("sad")),
			pets,
			faultSQL("INSERT INTO people (id, name) VALUES (1, 'one'), (2, 'two')", "INSERT INTO pets (id, owner_id) VALUES (1, 1), (2, 1)"),
		},
		[]migrate.Op{
			migrate.AddColumn{Table: "people", Column: schema.Integer("age").Default(1)},
			faultGo("INSERT INTO people (id, name, age) VALUES ($1, $2, 7)", 3, "by go"),
			migrate.Fill{Table: "pets", Column: "kind", Expr: "'cat'"},
			pgAlter("pets", schema.Text("kind").Null(), schema.Text("kind")),
			migrate.AlterEnum{Name: "mood", From: []string{"sad", "happy"}, To: []string{"sad", "okay", "happy"}},
			migrate.SQL{Up: []string{"UPDATE people SET mood = 'okay' WHERE id = 1"}, Down: []string{"UPDATE people SET mood = 'sad'"}},
			migrate.AddUnique{Table: "people", Unique: schema.Unique{Name: "people_name_key", Columns: []string{"name"}}},
		},
		[]migrate.Op{
			faultApart("ANALYZE people", "INSERT INTO people (id, name) VALUES (4, 'apart') ON CONFLICT DO NOTHING"),
			migrate.CreateIndex{Table: "people", Index: faultIndex("people_age_idx", "age")},
			faultGo("UPDATE people SET age = age + $1", 10),
			faultApart("ANALYZE pets"),
		},
		[]migrate.Op{
			migrate.RenameTable{From: "pets", To: "animals"},
			faultSQL("UPDATE people SET age = age * 2"),
		},
	)...)
}

// faultSQLiteSet has rebuilds with rows on both sides of a foreign key that cascades, hand-made objects, and all kinds of stages.
func faultSQLiteSet() *migrate.Set {
	pets := faultTable("pets", schema.BigInt("owner_id"), schema.Text("kind").Null())
	pets.ForeignKeys = []schema.ForeignKey{liteFK("pets_owner_id_fkey", "owner_id", "people", schema.Cascade)}
	return migrate.NewSet("fault", faultChain(
		[]migrate.Op{
			migrate.CreateTable{Table: "people", Columns: []schema.ColumnDef{schema.BigInt("id").Identity(), schema.Text("name"), schema.Integer("age").Null()},
				PrimaryKey: schema.PrimaryKey{Name: "people_pkey", Columns: []string{"id"}}, Indexes: []schema.Index{faultIndex("people_name_idx", "name")}},
			pets,
			faultSQL("CREATE TABLE log (what TEXT) STRICT", "CREATE TRIGGER people_log AFTER UPDATE ON people BEGIN INSERT INTO log VALUES ('update ' || OLD.id); END",
				"CREATE VIEW grown AS SELECT id, name FROM people WHERE age > 17",
				"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300) INSERT INTO people (id, name, age) SELECT i, 'name ' || i || hex(zeroblob(200)), i FROM n",
				"INSERT INTO pets (id, owner_id) SELECT id, id FROM people", "DELETE FROM people WHERE id > 290"),
		},
		[]migrate.Op{
			migrate.Fill{Table: "people", Column: "age", Expr: "1"},
			liteAlter("people", schema.Integer("age").Null(), schema.Integer("age").Default(1)),
			migrate.AddCheck{Table: "people", Check: schema.Check{Name: "people_age_check", Expr: "age > 0"}},
			faultGo("INSERT INTO people (name, age) VALUES (?, 7)", "by go"),
			liteAdd("pets", schema.Text("name").Default("x")),
			migrate.Fill{Table: "pets", Column: "kind", Expr: "'dog'", Where: "id < 20"},
			migrate.Fill{Table: "pets", Column: "kind", Expr: "'cat'"},
			liteAlter("pets", schema.Text("kind").Null(), schema.Text("kind").Default("cat")),
		},
		[]migrate.Op{
			faultApart("ANALYZE", "INSERT OR IGNORE INTO people (id, name, age) VALUES (5000, 'apart', 3)"),
			migrate.CreateIndex{Table: "people", Index: faultIndex("people_age_idx", "age")},
			faultGo("UPDATE people SET age = age + ? WHERE id < 4", 10),
			migrate.RenameColumn{Table: "people", From: "name", To: "title"},
			faultApart("VACUUM"),
		},
	)...)
}

// faultWaitingSet waits in a Go step, says so, and goes on when it is told to stop.
func faultWaitingSet() *migrate.Set {
	return faultStepSet(func(ctx context.Context, tx migrate.Tx) error {
		fmt.Println("waiting")
		<-ctx.Done()
		return ctx.Err()
	})
}

// faultStubbornSet waits for ever.
func faultStubbornSet() *migrate.Set {
	return faultStepSet(func(ctx context.Context, tx migrate.Tx) error {
		fmt.Println("waiting")
		select {}
	})
}

// faultStepSet has a Go step in the second transaction of its second migration.
func faultStepSet(run func(context.Context, migrate.Tx) error) *migrate.Set {
	return migrate.NewSet("fault", faultChain(
		[]migrate.Op{faultTable("people", schema.Text("name"))},
		[]migrate.Op{
			faultApart("ANALYZE"),
			migrate.AddColumn{Table: "people", Column: schema.Integer("age").Default(1)},
			migrate.Go{Name: "step", NoDown: "test", Up: run},
		},
	)...)
}

// faultInsert is a step that ends.
func faultInsert(ctx context.Context, tx migrate.Tx) error {
	_, err := tx.ExecContext(ctx, "INSERT INTO people (id, name, age) VALUES (1, 'done', 2)")
	return err
}

// faultAlteringSet needs the lock of a table.
func faultAlteringSet() *migrate.Set {
	return migrate.NewSet("fault", faultChain(
		[]migrate.Op{faultTable("people", schema.Text("name"))},
		[]migrate.Op{faultTable("made"), migrate.AddColumn{Table: "people", Column: schema.Integer("age").Default(1)}},
	)...)
}

// faultIndexSet makes an index as a person would by hand.
func faultIndexSet() *migrate.Set {
	create := migrate.CreateIndex{Table: "people", Index: faultIndex("people_name_idx", "name")}
	return migrate.NewSet("fault", faultChain(
		[]migrate.Op{faultTable("people", schema.Text("name")), faultSQL("INSERT INTO people SELECT n, n::text FROM generate_series(1, 1000) n")},
		[]migrate.Op{migrate.SQL{NoTx: true, NoDown: "test", Schema: []migrate.Op{create},
			Up: []string{"DROP INDEX CONCURRENTLY IF EXISTS people_name_idx", "CREATE INDEX CONCURRENTLY people_name_idx ON people (name)"}}},
	)...)
}
