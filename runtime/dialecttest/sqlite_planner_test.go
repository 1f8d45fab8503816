package dialecttest_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
	"github.com/modelgen/modelgen/runtime/sqlite"
)

// litePlan plans ops on a schema that others made.
func litePlan(t *testing.T, before, ops []migrate.Op) ([]migrate.Stage, error) {
	t.Helper()
	s := &schema.Schema{}
	for _, op := range before {
		if err := op.Apply(s); err != nil {
			t.Fatal(err)
		}
	}
	return migrate.PlanOps(sqlite.Dialect{}.Planner(0), s, ops)
}

func liteShop() []migrate.Op {
	p := liteTable("products", liteID(), schema.Varchar("name", 50), schema.Integer("stock").Default(0), schema.Text("note").Null())
	p.Uniques = []schema.Unique{{Name: "products_name_key", Columns: []string{"name"}}}
	p.Indexes = []schema.Index{{Name: "products_stock_idx", Parts: []schema.IndexPart{{Column: "stock"}}}}
	return []migrate.Op{migrate.CreateEnum{Name: "mood", Values: []string{"sad", "happy"}}, p, liteTable("owners", liteID(), schema.EnumOf("mood", "mood").Null())}
}

func TestSQLitePlan(t *testing.T) {
	full := liteTable("full", schema.BigInt("id").Identity(), schema.Boolean("b").Default(true), schema.Double("d").Default(1.5), schema.Numeric("n", 8, 2).Default("0.10"),
		schema.Text("t").Default("it's"), schema.Bytes("x").Default([]byte{0, 255}), schema.TimestampTZ("at").DefaultExpr("now()"), schema.Date("day").Null(),
		schema.UUID("u").Null().Collate("nocase"), schema.Array(schema.Text("tags")).Default(`{a,"b c"}`), schema.EnumOf("m", "mood").Null(), schema.BigInt("g").Generated("id * 2"),
		schema.Other("geo", "geometry").TypeFor("sqlite", "TEXT"), schema.Text("own").DefaultFor("sqlite", "hex(randomblob(4))"))
	full.Checks = []schema.Check{{Name: "full_d_check", Expr: "full.d > 0"}}
	full.ForeignKeys = []schema.ForeignKey{{Name: "full_fk", Columns: []string{"d"}, RefTable: "owners", RefColumns: []string{"id"}, OnDelete: schema.Cascade, OnUpdate: schema.SetNull, Deferrable: schema.InitiallyDeferred}}
	full.Indexes = []schema.Index{{Name: "full_idx", Unique: true, Parts: []schema.IndexPart{{Column: "t", Collate: "nocase", Desc: true}, {Expr: "lower(t)"}}, Where: "d > 1"}}
	product := func(c schema.ColumnDef) migrate.Op { return liteAdd("products", c) }
	tests := []struct {
		name string
		ops  []migrate.Op
		want []string
	}{
		{"create table", []migrate.Op{full}, []string{
			`CREATE TABLE "full" ( "id" INTEGER NOT NULL CONSTRAINT "full_pkey" PRIMARY KEY AUTOINCREMENT, "b" BOOLEAN NOT NULL DEFAULT TRUE, "d" REAL NOT NULL DEFAULT 1.5, ` +
				`"n" NUMERIC NOT NULL DEFAULT 0.10, "t" TEXT NOT NULL DEFAULT 'it''s', "x" BLOB NOT NULL DEFAULT X'00ff', "at" DATETIME NOT NULL DEFAULT (CURRENT_TIMESTAMP), ` +
				`"day" DATE, "u" TEXT COLLATE NOCASE, "tags" TEXT NOT NULL DEFAULT '["a","b c"]', "m" TEXT CONSTRAINT "full_m_check" CHECK ("m" IN ('happy', 'sad')), ` +
				`"g" INTEGER NOT NULL GENERATED ALWAYS AS (id * 2) STORED, "geo" TEXT NOT NULL, "own" TEXT NOT NULL DEFAULT (hex(randomblob(4))), ` +
				`CONSTRAINT "full_d_check" CHECK (d > 0), CONSTRAINT "full_fk" FOREIGN KEY ("d") REFERENCES "owners" ("id") ON DELETE CASCADE ON UPDATE SET NULL DEFERRABLE INITIALLY DEFERRED )`,
			`CREATE UNIQUE INDEX "full_idx" ON "full" ("t" COLLATE NOCASE DESC, (lower(t))) WHERE d > 1`,
		}},
		{"add nullable", []migrate.Op{product(schema.Text("a").Null())}, []string{`ALTER TABLE "products" ADD COLUMN "a" TEXT`}},
		{"add with default", []migrate.Op{product(schema.Integer("a").Default(-1))}, []string{`ALTER TABLE "products" ADD COLUMN "a" INTEGER NOT NULL DEFAULT -1`}},
		{"add with foreign key and check", []migrate.Op{
			product(schema.BigInt("owner_id").Null()),
			migrate.AddForeignKey{Table: "products", ForeignKey: liteFK("products_owner_id_fkey", "owner_id", "owners", schema.SetNull)},
			migrate.AddCheck{Table: "products", Check: schema.Check{Name: "c", Expr: "owner_id > 0"}},
			migrate.CreateIndex{Table: "products", Index: schema.Index{Name: "i", Parts: []schema.IndexPart{{Column: "owner_id"}}}},
		}, []string{
			`ALTER TABLE "products" ADD COLUMN "owner_id" INTEGER CONSTRAINT "products_owner_id_fkey" REFERENCES "owners" ("id") ON DELETE SET NULL CONSTRAINT "c" CHECK (owner_id > 0)`,
			`CREATE INDEX "i" ON "products" ("owner_id")`,
		}},
		{"add enum column", []migrate.Op{product(schema.EnumOf("mood", "mood").Default("sad"))}, []string{
			`ALTER TABLE "products" ADD COLUMN "mood" TEXT NOT NULL DEFAULT 'sad' CONSTRAINT "products_mood_check" CHECK ("mood" IN ('happy', 'sad'))`}},
		{"drop column", []migrate.Op{migrate.DropColumn{Table: "products", Column: schema.Text("note").Null()}}, []string{`ALTER TABLE "products" DROP COLUMN "note"`}},
		{"rename column", []migrate.Op{migrate.RenameColumn{Table: "products", From: "note", To: "no\"te"}}, []string{`ALTER TABLE "products" RENAME COLUMN "note" TO "no""te"`}},
		{"rename table", []migrate.Op{migrate.RenameTable{From: "owners", To: "people"}}, []string{`ALTER TABLE "owners" RENAME TO "people"`}},
		{"rename table in its case", []migrate.Op{migrate.RenameTable{From: "owners", To: "Owners"}}, []string{
			`ALTER TABLE "owners" RENAME TO "modelgen_renamed_Owners"`, `ALTER TABLE "modelgen_renamed_Owners" RENAME TO "Owners"`}},
		{"drop table", []migrate.Op{migrate.DropTable(liteTable("owners", liteID(), schema.EnumOf("mood", "mood").Null()))}, []string{`DROP TABLE "owners"`}},
		{"comments", []migrate.Op{migrate.CommentTable{Table: "owners", To: "x"}, liteAlter("products", schema.Text("note").Null(), schema.Text("note").Null().Comment("x"))}, nil},
		{"wider types", []migrate.Op{
			liteAlter("products", schema.Integer("stock").Default(0), schema.BigInt("stock").Default(0)), liteAlter("products", schema.Varchar("name", 50), schema.Text("name")),
		}, nil},
		{"type with using", []migrate.Op{migrate.AlterColumn{Table: "products", From: schema.Varchar("name", 50), To: schema.Text("name"), Using: "upper(name)"}},
			[]string{`UPDATE "products" SET "name" = (upper(name))`}},
		{"unique", []migrate.Op{migrate.AddUnique{Table: "products", Unique: schema.Unique{Name: "u", Columns: []string{"name", "stock"}}}}, []string{`CREATE UNIQUE INDEX "u" ON "products" ("name", "stock")`}},
		{"drop unique", []migrate.Op{migrate.DropUnique{Table: "products", Unique: schema.Unique{Name: "products_name_key", Columns: []string{"name"}}}}, []string{`DROP INDEX "products_name_key"`}},
		{"rename unique and index", []migrate.Op{
			migrate.RenameConstraint{Table: "products", From: "products_name_key", To: "u"}, migrate.RenameIndex{Table: "products", From: "products_stock_idx", To: "i"},
			migrate.RenameConstraint{Table: "products", From: "products_pkey", To: "p"},
		}, []string{`DROP INDEX "products_name_key"`, `CREATE UNIQUE INDEX "u" ON "products" ("name")`, `DROP INDEX "products_stock_idx"`, `CREATE INDEX "i" ON "products" ("stock")`}},
		{"drop index", []migrate.Op{migrate.DropIndex{Table: "products", Index: schema.Index{Name: "products_stock_idx", Parts: []schema.IndexPart{{Column: "stock"}}}}}, []string{`DROP INDEX "products_stock_idx"`}},
		{"fill", []migrate.Op{migrate.Fill{Table: "products", Column: "note", Expr: "name || ' x'"}}, []string{`UPDATE "products" SET "note" = (name || ' x') WHERE "note" IS NULL`}},
		{"enums", []migrate.Op{
			migrate.CreateEnum{Name: "e", Values: []string{"a"}}, migrate.RenameEnum{From: "e", To: "f"}, migrate.DropEnum{Name: "f", Values: []string{"a"}},
			migrate.AlterEnum{Name: "mood", From: []string{"sad", "happy"}, To: []string{"happy", "sad"}},
		}, nil},
		{"alter enum", []migrate.Op{migrate.AlterEnum{Name: "mood", From: []string{"sad", "happy"}, To: []string{"sad", "happy", "so"}}}, []string{
			`CREATE TABLE "modelgen_new_owners" ( "id" INTEGER NOT NULL, "mood" TEXT CONSTRAINT "owners_mood_check" CHECK ("mood" IN ('happy', 'sad', 'so')), CONSTRAINT "owners_pkey" PRIMARY KEY ("id") )`,
			`INSERT INTO "modelgen_new_owners" ("id", "mood") SELECT "id", "mood" FROM "owners"`,
			`PRAGMA legacy_alter_table = ON`, `DROP TABLE "owners"`, `ALTER TABLE "modelgen_new_owners" RENAME TO "owners"`, `PRAGMA legacy_alter_table = OFF`,
		}},
		{"rebuild once", []migrate.Op{
			migrate.RenameColumn{Table: "products", From: "note", To: "memo"},
			product(schema.Text("slug").Null()),
			migrate.Fill{Table: "products", Column: "slug", Expr: "lower(name)"},
			liteAlter("products", schema.Text("slug").Null(), schema.Text("slug")),
			migrate.AddUnique{Table: "products", Unique: schema.Unique{Name: "products_slug_key", Columns: []string{"slug"}}},
			product(schema.TimestampTZ("at").DefaultExpr("now()")),
			liteAlter("products", schema.Integer("stock").Default(0), schema.Text("stock")),
			migrate.DropUnique{Table: "products", Unique: schema.Unique{Name: "products_name_key", Columns: []string{"name"}}},
		}, []string{
			`ALTER TABLE "products" RENAME COLUMN "note" TO "memo"`,
			`DROP INDEX "products_name_key"`,
			`CREATE TABLE "modelgen_new_products" ( "id" INTEGER NOT NULL, "name" TEXT NOT NULL, "stock" TEXT NOT NULL, "memo" TEXT, "slug" TEXT NOT NULL, ` +
				`"at" DATETIME NOT NULL DEFAULT (CURRENT_TIMESTAMP), CONSTRAINT "products_pkey" PRIMARY KEY ("id") )`,
			`INSERT INTO "modelgen_new_products" ("id", "name", "stock", "memo", "slug", "at") SELECT "id", "name", CAST("stock" AS TEXT), "memo", ` +
				`CASE WHEN "slug" IS NULL THEN (lower(name)) ELSE "slug" END, (CURRENT_TIMESTAMP) FROM (SELECT "id", "name", "stock", "memo", NULL AS "slug" FROM "products") AS "products"`,
			`PRAGMA legacy_alter_table = ON`, `DROP TABLE "products"`, `ALTER TABLE "modelgen_new_products" RENAME TO "products"`, `PRAGMA legacy_alter_table = OFF`,
			`CREATE UNIQUE INDEX "products_slug_key" ON "products" ("slug")`, `CREATE INDEX "products_stock_idx" ON "products" ("stock")`,
		}},
		{"cycle of new tables", []migrate.Op{
			liteTable("x", liteID(), schema.BigInt("y_id").Null()), liteTable("y", liteID(), schema.BigInt("x_id").Null()),
			migrate.AddForeignKey{Table: "x", ForeignKey: liteFK("f", "y_id", "y", "")},
		}, []string{
			`CREATE TABLE "y" ( "id" INTEGER NOT NULL, "x_id" INTEGER, CONSTRAINT "y_pkey" PRIMARY KEY ("id") )`,
			`CREATE TABLE "x" ( "id" INTEGER NOT NULL, "y_id" INTEGER, CONSTRAINT "x_pkey" PRIMARY KEY ("id"), CONSTRAINT "f" FOREIGN KEY ("y_id") REFERENCES "y" ("id") )`,
		}},
		{"made and dropped", []migrate.Op{
			liteTable("x", liteID(), schema.Text("a").Null()), migrate.AddCheck{Table: "x", Check: schema.Check{Name: "c", Expr: "a > ''"}},
			migrate.DropCheck{Table: "x", Check: schema.Check{Name: "c", Expr: "a > ''"}}, migrate.DropTable(liteTable("x", liteID(), schema.Text("a").Null())),
		}, nil},
		{"sql", []migrate.Op{migrate.SQL{Up: []string{" SELECT 1 ; "}, Only: "sqlite"}, migrate.SQL{Up: []string{"SELECT 2"}, Only: "postgres"}}, []string{"SELECT 1"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			stages, err := litePlan(t, liteShop(), tt.ops)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, liteScript(stages)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			rebuild := slices.ContainsFunc(tt.want, func(q string) bool { return strings.HasPrefix(q, "DROP TABLE") })
			for _, st := range stages {
				if sql, _ := tt.ops[0].(migrate.SQL); len(sql.Up) == 0 && st.KeysOff != rebuild {
					t.Errorf("%s: KeysOff is %t", st.Cause, st.KeysOff)
				}
			}
			d := newLite(t)
			d.run(liteShop()...)
			d.run(tt.ops...)
		})
	}
}

// TestSQLitePlanKeepsKeysForHandWritten holds that SQL and Go by hand run with foreign keys on, beside rebuilds without.
func TestSQLitePlanKeepsKeysForHandWritten(t *testing.T) {
	stages, err := litePlan(t, liteShop(), []migrate.Op{
		liteAdd("owners", schema.Text("a").Null()),
		migrate.SQL{Up: []string{"SELECT 1"}},
		liteAlter("products", schema.Text("note").Null(), schema.Text("note")),
		migrate.Go{Up: func(context.Context, migrate.Tx) error { return nil }},
		liteAdd("owners", schema.Text("b").Null()),
		migrate.SQL{Up: []string{"VACUUM", "PRAGMA optimize"}, NoTx: true},
	})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, st := range stages {
		line := st.Cause
		if st.KeysOff {
			line += " OFF"
		}
		if st.NoTx {
			line += " NOTX"
		}
		got = append(got, line)
	}
	want := []string{"Add column owners.a OFF", "Run SQL: SELECT 1", "Rebuild table products: Alter column products.note: NOT NULL OFF", "Rebuild table products: copy the rows OFF",
		"Rebuild table products: put the new table in its place OFF", "Run Go code", "Add column owners.b OFF", "Run SQL: VACUUM NOTX", "Run SQL: VACUUM NOTX"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if f := stages[4].Facts; !f.Rewrites || !slices.Equal(f.Tables, []string{"products"}) {
		t.Errorf("facts: %+v", f)
	}
}

func TestSQLiteUnsupported(t *testing.T) {
	index := func(x schema.Index) migrate.Op {
		x.Name = "i"
		if x.Parts == nil {
			x.Parts = []schema.IndexPart{{Column: "name"}}
		}
		return migrate.CreateIndex{Table: "products", Index: x}
	}
	check := func(expr string) migrate.Op {
		return migrate.AddCheck{Table: "products", Check: schema.Check{Name: "c", Expr: expr}}
	}
	byDefault := func(expr string) migrate.Op {
		return liteAdd("products", schema.Text("a").DefaultExpr(expr))
	}
	fill := func(expr string) migrate.Op { return migrate.Fill{Table: "products", Column: "note", Expr: expr} }
	tests := []struct {
		op   migrate.Op
		want string
	}{
		{migrate.CreateSchema{Name: "s"}, "schemas"},
		{migrate.CreateEnum{Name: "s.e", Values: []string{"a"}}, "name the enum e"},
		{liteTable("s.t", liteID()), "name the table t"},
		{liteTable("sqlite_x", liteID()), "sqlite_"},
		{liteAdd("products", schema.Other("a", "geometry").Null()), "add type.sqlite:TEXT"},
		{liteAdd("products", schema.Other("a", "x").Null().TypeFor("sqlite", "TEXT; DROP TABLE x")), "plain type"},
		{liteAdd("products", schema.Text("a").Null().Collate("de_DE")), "NOCASE"},
		{migrate.CreateTable{Table: "x", Columns: []schema.ColumnDef{schema.BigInt("a").Identity()}}, "whole primary key"},
		{liteTable("x", schema.Numeric("id", 9, 0).Identity()), "integer type"},
		{migrate.AddUnique{Table: "products", Unique: schema.Unique{Name: "u", Columns: []string{"name"}, Deferrable: schema.InitiallyDeferred}}, "deferrable"},
		{migrate.AddUnique{Table: "products", Unique: schema.Unique{Name: "u", Columns: []string{"name"}, NullsNotDistinct: true}}, "NULLS NOT DISTINCT"},
		{index(schema.Index{Using: "gin"}), "USING gin"},
		{index(schema.Index{Include: []string{"stock"}}), "INCLUDE"},
		{index(schema.Index{Parts: []schema.IndexPart{{Column: "name", OpClass: "text_pattern_ops"}}}), "operator class"},
		{index(schema.Index{Parts: []schema.IndexPart{{Column: "name", Nulls: schema.NullsLast}}}), "NULLS LAST"},
		{index(schema.Index{Where: "stock > random()"}), "changes by itself"},
		{check("name ~ 'x'"), "operator ~"},
		{check("name::text = 'x'"), "CAST(x AS text)"},
		{check("tags @> 'x'"), "@>"},
		{check("char_length(name) > 1"), "length(x)"},
		{check("name ILIKE 'x'"), "lower(a) LIKE"},
		{check("stock = ANY(ARRAY[1, 2])"), "IN (...)"},
		{check("now() > name"), "changes by itself"},
		{check("stock > (SELECT 1)"), "Fill only"},
		{check(`"nmae" = 'x'`), "no column"},
		{check("name > date '2020-01-01'"), "typed literal"},
		{check("substring(name from 1 for 2) = 'x'"), "commas"},
		{byDefault("gen_random_uuid()"), "give default.sqlite:(...)"},
		{byDefault("nextval('s')"), "give default.sqlite:(...)"},
		{liteAdd("products", schema.Double("a").DefaultExpr("'1'::float")), "give default.sqlite:(...)"},
		{fill("regexp_replace(name, 'a', 'b')"), "the function regexp_replace"},
		{liteAdd("products", schema.Column{Name: "a", Type: schema.Type{Kind: schema.KindNumeric}, Default: new("NaN")}), "NaN"},
		{migrate.AlterColumn{Table: "products", From: schema.Text("note").Null(), To: schema.Integer("note").Null(), Using: "note::int"}, "CAST(x AS text)"},
	}
	for _, tt := range tests {
		t.Run(tt.op.Describe(), func(t *testing.T) {
			s := &schema.Schema{Namespaces: []string{"s"}}
			for _, op := range liteShop() {
				if err := op.Apply(s); err != nil {
					t.Fatal(err)
				}
			}
			p := sqlite.Dialect{}.Planner(0)
			p.Before(s)
			err := migrate.PlanOp(p, tt.op) // at once, not only when the plan is finished
			var un *migrate.UnsupportedError
			if !errors.As(err, &un) || !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("got %v, want an UnsupportedError with %q", err, tt.want)
			}
			if un.Dialect != "sqlite" {
				t.Error(un.Dialect)
			}
		})
	}
}

func TestSQLiteExpressions(t *testing.T) {
	d := newLite(t)
	d.run(liteShop()...)
	d.exec("INSERT INTO products (id, name, stock) VALUES (1, 'Tea', 3)")
	for expr, want := range map[string]string{
		"name || '-' || id":                                   "Tea-1",
		"products.name":                                       "Tea",
		"CAST(stock AS numeric(8,2)) / 2":                     "1",
		"CASE WHEN stock > 2 THEN 'x' ELSE lower('Y') END":    "x",
		"name IS DISTINCT FROM 'x'":                           "1",
		"coalesce(NULLIF(note, ''), replace(name, 'T', 't'))": "tea",
		"substr(now(), 1, 2)":                                 "20",
		"substr(date('now'), 1, 1)":                           "2",
		"x '414243'":                                          "ABC",
		"~stock":                                              "-4",
		"json_extract('{\"a\":[1,2]}', '$.a[1]')":             "2",
		"(SELECT max(p.stock) FROM products p WHERE p.name LIKE products.name)": "3",
		"(SELECT group_concat(o.mood, ',') FROM owners AS o)":                   "NULL",
		`"name"`: "Tea",
		"name NOT IN ('a', 'b') AND stock BETWEEN 1 AND 5": "1",
		"'; DROP TABLE products; --'":                      "; DROP TABLE products; --",
	} {
		d.run(migrate.Fill{Table: "products", Column: "note", Expr: expr, Where: "true"})
		d.want("SELECT CAST(note AS TEXT) FROM products", want)
		d.exec("UPDATE products SET note = NULL")
	}
}
