package dialecttest_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/modelgen/modelgen/internal/pgtest"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/postgres"
	"github.com/modelgen/modelgen/runtime/schema"
)

// TestEngineStateReadBack: the stages for engines without transactional DDL, on a real PostgreSQL: each knows before it runs that it is not done, and after it
// that it is. It is what their own catalogs are asked, too.
func TestEngineStateReadBack(t *testing.T) {
	db := pgOpen(t, "pgx", pgtest.Database(t))
	x := schema.Text("x").Null().Def()
	needed := x
	needed.Nullable = false
	unique := schema.Unique{Name: "a_x_key", Columns: []string{"id", "x"}}
	check := schema.Check{Name: "a_check", Expr: "id > 0"}
	index := schema.Index{Name: "a_x_idx", Parts: []schema.IndexPart{{Column: "x"}}}
	key := schema.ForeignKey{Name: "a_id_fkey", Columns: []string{"id"}, RefTable: "b", RefColumns: []string{"id"}}
	ops := []migrate.Op{
		migrate.CreateTable{Table: "b", Columns: []schema.ColumnDef{schema.BigInt("id")}, PrimaryKey: schema.PrimaryKey{Name: "b_pkey", Columns: []string{"id"}}},
		migrate.CreateTable{Table: "a", Comment: "it's", Columns: []schema.ColumnDef{schema.BigInt("id"), x}, PrimaryKey: schema.PrimaryKey{Name: "a_pkey", Columns: []string{"id"}}},
		migrate.AddColumn{Table: "a", Column: schema.Text("say \"it\"").Null()},
		migrate.RenameColumn{Table: "a", From: "say \"it\"", To: "said"},
		migrate.DropColumn{Table: "a", Column: schema.Text("said").Null()},
		migrate.CreateIndex{Table: "a", Index: index},
		migrate.DropIndex{Table: "a", Index: index},
		migrate.AddUnique{Table: "a", Unique: unique},
		migrate.DropUnique{Table: "a", Unique: unique},
		migrate.AddCheck{Table: "a", Check: check},
		migrate.DropCheck{Table: "a", Check: check},
		migrate.AddForeignKey{Table: "a", ForeignKey: key},
		migrate.DropForeignKey{Table: "a", ForeignKey: key},
		migrate.AlterColumn{Table: "a", From: x, To: needed},
		migrate.AlterColumn{Table: "a", From: needed, To: x},
		migrate.CreateEnum{Name: "mood", Values: []string{"it's", "glad"}},
		migrate.RenameEnumValue{Enum: "mood", From: "it's", To: "sad"},
		migrate.AlterEnum{Name: "mood", From: []string{"sad", "glad"}, To: []string{"sad", "glad", "new's"}},
		migrate.RenameEnum{From: "mood", To: "feeling"},
		migrate.DropEnum{Name: "feeling", Values: []string{"sad", "glad", "new's"}},
		migrate.RenameTable{From: "a", To: "c"},
	}
	for _, engine := range []postgres.Engine{postgres.Cockroach, postgres.Yugabyte} {
		if _, err := db.Exec("DROP SCHEMA public CASCADE; CREATE SCHEMA public"); err != nil {
			t.Fatal(err)
		}
		s, asked := &schema.Schema{}, 0
		for _, op := range ops {
			p := postgres.Dialect{Engine: engine}.Planner(15)
			stages, err := migrate.PlanOps(p, s, []migrate.Op{op})
			if err != nil {
				t.Fatalf("%s: %s: %v", engine, op.Describe(), err)
			}
			for _, st := range stages {
				sql := st.Statements[0].SQL
				if st.Ready != nil {
					asked++
					if done, err := st.Ready(t.Context(), db); err != nil || done {
						t.Errorf("%s: before %s: %v, %v", engine, sql, done, err)
					}
				} else if !strings.HasPrefix(sql, "COMMENT") {
					t.Errorf("%s: nobody can tell whether it is done: %s", engine, sql)
				}
				if _, err := db.Exec(sql); err != nil {
					t.Fatalf("%s: %s: %v", engine, sql, err)
				}
				if st.Ready != nil {
					if done, err := st.Ready(t.Context(), db); err != nil || !done {
						t.Errorf("%s: after %s: %v, %v", engine, sql, done, err)
					}
				}
			}
		}
		if asked < 20 {
			t.Errorf("%s: only %d stages were asked", engine, asked)
		}
	}
}

// TestEngineUnknown: a server that nobody knows gets plain tables, with the lease for a lock and each statement by itself.
func TestEngineUnknown(t *testing.T) {
	db := pgOpen(t, "pgx", pgtest.Database(t))
	first := &migrate.Migration{Name: "0001_first", Ops: []migrate.Op{
		migrate.CreateTable{Table: "a", Columns: []schema.ColumnDef{schema.BigInt("id")}, PrimaryKey: schema.PrimaryKey{Name: "a_pkey", Columns: []string{"id"}}},
		migrate.AddColumn{Table: "a", Column: schema.Text("x").Null()},
	}}
	up := func(all ...*migrate.Migration) error {
		m, err := migrate.New(db, postgres.Dialect{Engine: postgres.Unknown}, migrate.NewSet("shop", all...), nil)
		if err != nil {
			t.Fatal(err)
		}
		_, err = m.Up(t.Context())
		return err
	}
	if err := up(first); err != nil {
		t.Fatal(err)
	}
	if err := up(first); err != nil {
		t.Fatal(err)
	}
	var leased, there bool
	if err := db.QueryRow("SELECT to_regclass('modelgen_history_lease') IS NOT NULL, EXISTS (SELECT FROM pg_attribute WHERE attrelid = 'a'::regclass AND attname = 'x')").Scan(&leased, &there); err != nil || !leased || !there {
		t.Errorf("with the lease: %v, the column is there: %v, %v", leased, there, err)
	}
	next := &migrate.Migration{Name: "0002_next", Parents: []*migrate.Migration{first}, Ops: []migrate.Op{migrate.DropColumn{Table: "a", Column: schema.Text("x").Null()}}}
	err := up(first, next, &migrate.Migration{Name: "0003_last", Parents: []*migrate.Migration{next}, Ops: []migrate.Op{migrate.RenameTable{From: "a", To: "b"}}})
	if u := new(migrate.UnsupportedError); !errors.As(err, &u) || !strings.Contains(err.Error(), "-engine postgres") {
		t.Errorf("a rename on a server that is not known: %v", err)
	}
	if err := db.QueryRow("SELECT EXISTS (SELECT FROM pg_attribute WHERE attrelid = 'a'::regclass AND attname = 'x' AND NOT attisdropped)").Scan(&there); err != nil || !there {
		t.Errorf("the migration before the one that is refused was applied: %v, %v", there, err)
	}
}
