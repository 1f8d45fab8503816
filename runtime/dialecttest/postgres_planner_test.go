package dialecttest_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/postgres"
	"github.com/modelgen/modelgen/runtime/schema"
)

func TestPostgresUnsupported(t *testing.T) {
	add := func(c schema.ColumnDef) migrate.Op { return migrate.AddColumn{Table: "orders", Column: c} }
	using := func(method string, unique bool, columns ...string) migrate.Op {
		x := schema.Index{Name: "i", Unique: unique, Using: method}
		for _, c := range columns {
			x.Parts = append(x.Parts, schema.IndexPart{Column: c})
		}
		return migrate.CreateIndex{Table: "orders", Index: x}
	}
	for _, c := range []struct {
		op   migrate.Op
		want string
	}{
		{add(schema.Numeric("n", 8, 0).Identity()), "orders.n: postgres cannot have an identity of type numeric(8,0); use smallint, integer or bigint"},
		{add(schema.Integer("n").Identity().TypeFor("postgres", "text")), "an identity of type text"},
		{add(schema.Text("n").DefaultExpr("strftime('%s', 'now')")), "the function strftime of SQLite in a default; give default.postgres:(...)"},
		{add(schema.Text("n").DefaultExpr("lower( HEX (randomblob(16)))")), "the function hex of SQLite"},
		{pgAlter("orders", schema.Text("note").Null(), schema.Text("note").DefaultExpr("datetime('now')").Null()), "datetime"},
		{migrate.AddUnique{Table: "orders", Unique: schema.Unique{Name: "u", Columns: []string{"note"}, NullsNotDistinct: true}}, "orders.u: postgres cannot have NULLS NOT DISTINCT before version 15"},
		{migrate.CreateIndex{Table: "orders", Index: schema.Index{Name: "i", Parts: []schema.IndexPart{{Column: "note"}}, Unique: true, NullsNotDistinct: true}}, "before version 15"},
		{migrate.CreateIndex{Table: "orders", Index: schema.Index{Name: "i", Parts: []schema.IndexPart{{Column: "note", OpClass: "x); DROP TABLE y; --"}}}}, "operator class"},
		{migrate.AlterColumn{Table: "orders", From: schema.Text("note").Null(), To: schema.Integer("note").Null(), Using: "(SELECT min(c.id) FROM customers c)"},
			"orders.note: postgres cannot have a query in USING; add a column of the new type, give it its values with Fill"},
		{using("hash", true, "note"), "orders.i: postgres cannot have a unique index USING hash; leave using: out: only a btree is unique"},
		{using("gin", true, "note"), "a unique index USING gin"},
		{using("hash", false, "note", "state"), "an index over 2 columns USING hash"},
		{using("spgist", false, "note", "state"), "an index over 2 columns USING spgist"},
		{migrate.CreateIndex{Table: "orders", Index: schema.Index{Name: "i", Using: "gist", Parts: []schema.IndexPart{{Column: "note", Desc: true}}}}, "DESC or NULLS USING gist"},
		{migrate.CreateIndex{Table: "orders", Index: schema.Index{Name: "i", Using: "brin", Parts: []schema.IndexPart{{Column: "note"}}, Include: []string{"state"}}}, "INCLUDE USING brin"},
		{migrate.AddUnique{Table: "orders", Unique: schema.Unique{Name: "u", Columns: []string{"doc"}}}, "a key or an index over json (doc); its values cannot be compared: make it jsonb, or text"},
		{migrate.CreateIndex{Table: "orders", Index: schema.Index{Name: "i", Parts: []schema.IndexPart{{Column: "doc"}}}}, "over json (doc)"},
		{migrate.CreateTable{Table: "t", Columns: []schema.ColumnDef{schema.JSON("doc")}, PrimaryKey: schema.PrimaryKey{Name: "t_pkey", Columns: []string{"doc"}}}, "over json (doc)"},
		{add(schema.BigInt("xmin")), "orders.xmin: postgres cannot have a column called xmin; every table has one of the server's own by that name"},
		{migrate.RenameColumn{Table: "orders", From: "note", To: "ctid"}, "a column called ctid"},
		{add(schema.Other("n", "serial").Default("1")), "a serial with a default"},
		{migrate.SQL{Up: []string{"/* end */ -- really\n commit"}, NoDown: "x"}, "COMMIT in a statement"},
		{migrate.SQL{Up: []string{"rollback"}, NoDown: "x"}, "ROLLBACK in a statement"},
	} {
		at := &schema.Schema{}
		if _, err := migrate.PlanOps(postgres.Dialect{}.Planner(0), at, append(pgBase(), add(schema.JSON("doc").Null()))); err != nil {
			t.Fatal(err)
		}
		_, err := migrate.PlanOps(postgres.Dialect{}.Planner(0), at, []migrate.Op{c.op})
		var e *migrate.UnsupportedError
		if !errors.As(err, &e) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("want %q, got %v", c.want, err)
		}
	}
	for _, op := range []migrate.Op{
		add(schema.Text("n").DefaultExpr("'hex(' || lower('x')")), add(schema.Text("n").DefaultExpr("hex(1)").DefaultFor("postgres", "to_hex(1)")),
		using("gin", false, "note", "state"), using("hnsw", true, "note", "state"), using("", true, "note", "state"),
		migrate.SQL{Up: []string{"ROLLBACK TO SAVEPOINT a", "beginning()"}, NoDown: "x"},
	} {
		at := &schema.Schema{}
		if _, err := migrate.PlanOps(postgres.Dialect{}.Planner(0), at, append(pgBase(), op)); err != nil {
			t.Error(err)
		}
	}
}

// TestPostgresGeneratedEnum: the values of an enum cannot go while a generated column is computed from them.
func TestPostgresGeneratedEnum(t *testing.T) {
	at := &schema.Schema{}
	_, err := migrate.PlanOps(postgres.Dialect{}.Planner(0), at, append(pgBase(),
		migrate.AddColumn{Table: "customers", Column: schema.Boolean("sad").Generated("mood = 'sad'")},
		migrate.AlterEnum{Name: "mood", From: []string{"sad", "happy"}, To: []string{"happy"}}))
	var e *migrate.UnsupportedError
	if !errors.As(err, &e) || e.Object != "sad" {
		t.Errorf("got %v", err)
	}
}

func TestPostgresFacts(t *testing.T) {
	const (
		ael = "ACCESS EXCLUSIVE"
		srx = "SHARE ROW EXCLUSIVE"
		sue = "SHARE UPDATE EXCLUSIVE"
	)
	fk := schema.ForeignKey{Name: "f", Columns: []string{"customer_id"}, RefTable: "customers", RefColumns: []string{"id"}}
	state := schema.Varchar("state", 10).Default("new")
	orders := pgBase()[2].(migrate.CreateTable)
	lines := migrate.CreateTable{Table: "lines", Columns: []schema.ColumnDef{schema.Integer("id"), schema.BigInt("customer_id")}, ForeignKeys: []schema.ForeignKey{fk}}
	one := func(lock string, tables ...string) migrate.Facts { return migrate.Facts{Lock: lock, Tables: tables} }
	with := func(f migrate.Facts, scans, rewrites bool, destroys ...string) migrate.Facts {
		f.Scans, f.Rewrites, f.Destroys = scans, rewrites, destroys
		return f
	}
	for _, c := range []struct {
		name string
		ops  []migrate.Op
		want []migrate.Facts
	}{
		{"create table waits for parents", []migrate.Op{lines}, []migrate.Facts{one(srx, "customers")}},
		{"on a new table nobody waits", []migrate.Op{lines, migrate.AddColumn{Table: "lines", Column: schema.Integer("n").Identity()},
			migrate.RenameTable{From: "lines", To: "rows"}, migrate.CreateIndex{Table: "rows", Index: schema.Index{Name: "i", Parts: []schema.IndexPart{{Column: "n"}}}}},
			[]migrate.Facts{one(srx, "customers"), {}, {}, {}}},
		{"drop table lets go of parents first", []migrate.Op{migrate.DropTable(orders)}, []migrate.Facts{one(ael, "orders", "customers"), with(one(ael, "orders"), false, false, "orders")}},
		{"drop column", []migrate.Op{migrate.DropColumn{Table: "orders", Column: schema.Text("note").Null()}}, []migrate.Facts{with(one(ael, "orders"), false, false, "orders.note")}},
		{"constant default", []migrate.Op{migrate.AddColumn{Table: "orders", Column: schema.Integer("n").Default(1)}}, []migrate.Facts{one(ael, "orders")}},
		{"stable default", []migrate.Op{migrate.AddColumn{Table: "orders", Column: schema.TimestampTZ("n").DefaultExpr("now()")}}, []migrate.Facts{one(ael, "orders")}},
		{"volatile default", []migrate.Op{migrate.AddColumn{Table: "orders", Column: schema.UUID("n").DefaultExpr("gen_random_uuid()")}}, []migrate.Facts{
			one(ael, "orders"), one("ROW EXCLUSIVE", "orders"), // added, and filled in batches
			one(ael, "orders"), one("ROW EXCLUSIVE", "orders"), with(one("SHARE UPDATE EXCLUSIVE", "orders"), true, false), one(ael, "orders")}}, // NOT NULL
		{"generated", []migrate.Op{migrate.AddColumn{Table: "orders", Column: schema.Integer("n").Generated("id * 2")}}, []migrate.Facts{with(one(ael, "orders"), true, true)}},
		{"longer", []migrate.Op{pgAlter("customers", schema.Varchar("name", 40), schema.Varchar("name", 50))}, []migrate.Facts{one(ael, "customers")}},
		{"verified by a check", []migrate.Op{pgAlter("orders", state, schema.Text("state").Default("new"))}, []migrate.Facts{with(one(ael, "orders"), true, false)}},
		{"rewritten, with the other end of the key", []migrate.Op{pgAlter("customers", schema.BigInt("id").Identity(), schema.Integer("id").Identity())},
			[]migrate.Facts{with(one(ael, "customers", "orders"), true, true)}},
		{"not null", []migrate.Op{pgAlter("orders", schema.Text("note").Null(), schema.Text("note"))},
			[]migrate.Facts{one(ael, "orders"), with(one("SHARE UPDATE EXCLUSIVE", "orders"), true, false), one(ael, "orders")}},
		{"comment", []migrate.Op{migrate.CommentTable{Table: "orders", To: "x"}}, []migrate.Facts{one(sue, "orders")}},
		{"foreign key", []migrate.Op{migrate.AddForeignKey{Table: "orders", ForeignKey: fk}}, []migrate.Facts{one(srx, "orders", "customers"), with(one("SHARE UPDATE EXCLUSIVE", "orders"), true, false)}},
		{"drop foreign key", []migrate.Op{migrate.DropForeignKey{Table: "orders", ForeignKey: orders.ForeignKeys[0]}}, []migrate.Facts{one(ael, "orders", "customers")}},
		{"index", []migrate.Op{migrate.CreateIndex{Table: "orders", Index: schema.Index{Name: "i", Parts: []schema.IndexPart{{Column: "note"}}}}}, []migrate.Facts{with(one("SHARE UPDATE EXCLUSIVE", "orders"), true, false)}},
		{"enum value added", []migrate.Op{migrate.AlterEnum{Name: "mood", From: []string{"sad", "happy"}, To: []string{"sad", "happy", "x"}}}, []migrate.Facts{{}}},
		{"enum again", []migrate.Op{migrate.AlterEnum{Name: "mood", From: []string{"sad", "happy"}, To: []string{"sad"}}}, []migrate.Facts{with(one(ael, "customers"), true, true)}},
		{"fill", []migrate.Op{migrate.Fill{Table: "orders", Column: "note", Expr: "'x'"}}, []migrate.Facts{one("ROW EXCLUSIVE", "orders")}},
	} {
		at := &schema.Schema{}
		if _, err := migrate.PlanOps(postgres.Dialect{}.Planner(0), at, pgBase()); err != nil {
			t.Fatal(err)
		}
		stages, err := migrate.PlanOps(postgres.Dialect{}.Planner(0), at, c.ops)
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		var got []migrate.Facts
		for _, st := range stages {
			got = append(got, st.Facts)
		}
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%s: -want +got:\n%s", c.name, d)
		}
	}
}

// TestPostgresCommits: a new value of an enum that others use ends the transaction when a later stage uses it, or may, though it
// has made the type; one that nothing uses yet does not.
func TestPostgresCommits(t *testing.T) {
	alter := migrate.AlterEnum{Name: "mood", From: []string{"sad", "happy"}, To: []string{"sad", "happy", "x"}}
	commits := func(ops ...migrate.Op) (n int) {
		at := &schema.Schema{}
		if ops[0] == nil {
			if _, err := migrate.PlanOps(postgres.Dialect{}.Planner(0), at, pgBase()); err != nil {
				t.Fatal(err)
			}
			ops = ops[1:]
		}
		stages, err := migrate.PlanOps(postgres.Dialect{}.Planner(0), at, ops)
		if err != nil {
			t.Fatal(err)
		}
		for _, st := range stages[:len(stages)-1] {
			if st.Commit {
				n++
			}
		}
		return n
	}
	use := migrate.SQL{Up: []string{"INSERT INTO t (mood) VALUES ('x')"}, NoDown: "test"}
	run := migrate.Go{Up: func(context.Context, migrate.Tx) error { return nil }, NoDown: "test"}
	if n := commits(nil, alter, migrate.CommentTable{Table: "customers", To: "x"}); n != 0 {
		t.Errorf("an old enum whose value is not used: %d commits", n)
	}
	if n := commits(nil, alter, use); n != 1 {
		t.Errorf("an old enum: %d commits", n)
	}
	if n := commits(nil, alter, run); n != 1 {
		t.Errorf("an old enum and Go code: %d commits", n)
	}
	if n := commits(append(pgBase(), alter, use)...); n != 1 {
		t.Errorf("a new enum: %d commits", n)
	}
}
