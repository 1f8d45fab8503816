package dialecttest_test

import (
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

func pgTableCases() []pgCase {
	tags := migrate.CreateTable{Table: "tags", Comment: "it's", Columns: []schema.ColumnDef{
		schema.UUID("id").DefaultExpr("gen_random_uuid()"), schema.Text("label").Collate("C").Comment("seen"),
	}, PrimaryKey: schema.PrimaryKey{Name: "tags_pkey", Columns: []string{"id"}}}
	billing := migrate.CreateTable{Table: "billing.invoices", Columns: []schema.ColumnDef{
		schema.BigInt("id").Identity(), schema.BigInt("customer_id"), schema.EnumOf("state", "billing.state").Default("open"),
	},
		PrimaryKey:  schema.PrimaryKey{Name: "invoices_pkey", Columns: []string{"id"}},
		ForeignKeys: []schema.ForeignKey{{Name: "invoices_customer_id_fkey", Columns: []string{"customer_id"}, RefTable: "customers", RefColumns: []string{"id"}}},
		Checks:      []schema.Check{{Name: "invoices_state_check", Expr: "state <> 'none'"}},
		Indexes:     []schema.Index{{Name: "invoices_idx", Parts: []schema.IndexPart{{Column: "customer_id"}}}},
	}
	inBilling := []migrate.Op{migrate.CreateSchema{Name: "billing"}, migrate.CreateEnum{Name: "billing.state", Values: []string{"open", "none"}}, billing}
	return []pgCase{
		{name: "create table", ops: []migrate.Op{tags}, want: []string{
			"CREATE TABLE \"public\".\"tags\" (\n  \"id\" uuid DEFAULT (gen_random_uuid()) NOT NULL,\n  \"label\" text COLLATE \"C\" NOT NULL,\n  CONSTRAINT \"tags_pkey\" PRIMARY KEY (\"id\")\n)",
			`COMMENT ON TABLE "public"."tags" IS 'it''s'`,
			`COMMENT ON COLUMN "public"."tags"."label" IS 'seen'`,
		}},
		{name: "create table with everything", ops: []migrate.Op{migrate.CreateTable{Table: "all", Columns: []schema.ColumnDef{
			schema.Boolean("b").Default(true), schema.SmallInt("i2").Default(-1), schema.Real("f4").Default(0.5), schema.Double("f8").Null(),
			schema.Bytes("by").Default([]byte{0, 255}), schema.Char("c", 2), schema.Date("d"), schema.Sized(schema.TimestampTZ("at"), 3).DefaultExpr("now()"),
			schema.Array(schema.Text("tags")).Default("{}"), schema.JSONB("j").Default(`{"a": "it's \\"}`), schema.Other("p", "point").Null(),
			schema.BigInt("twice").Generated("i2 * 2"), schema.Integer("n").TypeFor("postgres", "numeric(20,0)").DefaultFor("postgres", "1 + 1"),
			schema.Interval("iv").Null(), schema.Inet("ip").Null(), schema.Numeric("num", 0, 0).Default("1e3"), schema.BigInt("customer_id").Null(),
		},
			Uniques:     []schema.Unique{{Name: "all_i2_key", Columns: []string{"i2", "c"}, NullsNotDistinct: true, Deferrable: schema.InitiallyDeferred}},
			Checks:      []schema.Check{{Name: "all_check", Expr: "i2 > 0 OR b"}},
			ForeignKeys: []schema.ForeignKey{{Name: "all_fkey", Columns: []string{"customer_id"}, RefTable: "customers", RefColumns: []string{"id"}, OnDelete: schema.SetNull, OnUpdate: schema.Cascade, Deferrable: schema.InitiallyImmediate}},
			Indexes: []schema.Index{{Name: "all_idx", Unique: true, Using: "btree", Parts: []schema.IndexPart{
				{Column: "c", Collate: "C", OpClass: "bpchar_pattern_ops", Desc: true, Nulls: schema.NullsLast}, {Expr: "i2 + 1"}},
				Include: []string{"d"}, NullsNotDistinct: true, Where: "b"}},
		}}, want: []string{
			"CREATE TABLE \"public\".\"all\" (\n  \"b\" boolean DEFAULT true NOT NULL,\n  \"i2\" smallint DEFAULT -1 NOT NULL,\n  \"f4\" real DEFAULT 0.5 NOT NULL,\n  \"f8\" double precision,\n" +
				"  \"by\" bytea DEFAULT '\\x00ff' NOT NULL,\n  \"c\" char(2) NOT NULL,\n  \"d\" date NOT NULL,\n  \"at\" timestamptz(3) DEFAULT (now()) NOT NULL,\n" +
				"  \"tags\" text[] DEFAULT '{}' NOT NULL,\n  \"j\" jsonb DEFAULT '{\"a\": \"it''s \\\\\"}' NOT NULL,\n  \"p\" point,\n" +
				"  \"twice\" bigint GENERATED ALWAYS AS (i2 * 2) STORED NOT NULL,\n  \"n\" numeric(20,0) DEFAULT (1 + 1) NOT NULL,\n" +
				"  \"iv\" interval,\n  \"ip\" inet,\n  \"num\" numeric DEFAULT 1e3 NOT NULL,\n  \"customer_id\" bigint,\n" +
				"  CONSTRAINT \"all_i2_key\" UNIQUE NULLS NOT DISTINCT (\"i2\", \"c\") DEFERRABLE INITIALLY DEFERRED,\n  CONSTRAINT \"all_check\" CHECK (i2 > 0 OR b),\n" +
				"  CONSTRAINT \"all_fkey\" FOREIGN KEY (\"customer_id\") REFERENCES \"public\".\"customers\" (\"id\") ON DELETE SET NULL ON UPDATE CASCADE DEFERRABLE INITIALLY IMMEDIATE\n)",
			`CREATE UNIQUE INDEX "all_idx" ON "public"."all" USING "btree" ("c" COLLATE "C" bpchar_pattern_ops DESC NULLS LAST, (i2 + 1)) INCLUDE ("d") NULLS NOT DISTINCT WHERE (b)`,
		}},
		{name: "drop table", before: []migrate.Op{tags}, ops: []migrate.Op{migrate.DropTable(tags)}, want: []string{`DROP TABLE "public"."tags"`}},
		{name: "rename table", ops: []migrate.Op{migrate.RenameTable{From: "orders", To: "Sales"}}, want: []string{`ALTER TABLE "public"."orders" RENAME TO "Sales"`}},
		{name: "comment on table", ops: []migrate.Op{migrate.CommentTable{Table: "orders", To: `a\b`}}, want: []string{`COMMENT ON TABLE "public"."orders" IS 'a\b'`}},
		{name: "comment removed", before: []migrate.Op{migrate.CommentTable{Table: "orders", To: "x"}}, ops: []migrate.Op{migrate.CommentTable{Table: "orders", From: "x"}},
			want: []string{`COMMENT ON TABLE "public"."orders" IS NULL`}},
		{name: "another schema", ops: inBilling, want: []string{
			`CREATE SCHEMA IF NOT EXISTS "billing"`,
			`CREATE TYPE "billing"."state" AS ENUM ('open', 'none')`,
			"CREATE TABLE \"billing\".\"invoices\" (\n  \"id\" bigint GENERATED BY DEFAULT AS IDENTITY NOT NULL,\n  \"customer_id\" bigint NOT NULL,\n  \"state\" \"billing\".\"state\" DEFAULT 'open' NOT NULL,\n" +
				"  CONSTRAINT \"invoices_pkey\" PRIMARY KEY (\"id\"),\n  CONSTRAINT \"invoices_state_check\" CHECK (state <> 'none'),\n" +
				"  CONSTRAINT \"invoices_customer_id_fkey\" FOREIGN KEY (\"customer_id\") REFERENCES \"public\".\"customers\" (\"id\")\n)",
			`CREATE INDEX "invoices_idx" ON "billing"."invoices" ("customer_id")`,
		}},
		{name: "table moves to another schema", before: append(inBilling, migrate.CreateSchema{Name: "sales"}), ops: []migrate.Op{
			migrate.RenameTable{From: "billing.invoices", To: "sales.bills"}, migrate.RenameEnum{From: "billing.state", To: "sales.bill_state"},
			migrate.DropSchema{Name: "billing"},
		}, want: []string{
			`ALTER TABLE "billing"."invoices" SET SCHEMA "sales"`, `ALTER TABLE "sales"."invoices" RENAME TO "bills"`,
			`ALTER TYPE "billing"."state" SET SCHEMA "sales"`, `ALTER TYPE "sales"."state" RENAME TO "bill_state"`,
			`DO $modelgen$ BEGIN DROP SCHEMA IF EXISTS "billing"; EXCEPTION WHEN dependent_objects_still_exist THEN NULL; END $modelgen$`,
		}, query: "SELECT count(*) FROM pg_namespace WHERE nspname = 'billing'", rows: []string{"0"}},
		{name: "table moves where its name is taken", before: append(inBilling, tags), ops: []migrate.Op{
			migrate.RenameTable{From: "tags", To: "invoices"}, migrate.RenameTable{From: "billing.invoices", To: "bills"},
		}, want: []string{
			`ALTER TABLE "public"."tags" RENAME TO "invoices"`,
			`ALTER TABLE "billing"."invoices" RENAME TO "bills"`, `ALTER TABLE "billing"."bills" SET SCHEMA "public"`,
		}},
		{name: "schema with something made by hand stays", before: []migrate.Op{migrate.CreateSchema{Name: "billing"}}, seed: []string{"CREATE TABLE billing.by_hand (a int)"},
			ops: []migrate.Op{migrate.DropSchema{Name: "billing"}}, query: "SELECT count(*) FROM pg_namespace WHERE nspname = 'billing'", rows: []string{"1"},
			want: []string{`DO $modelgen$ BEGIN DROP SCHEMA IF EXISTS "billing"; EXCEPTION WHEN dependent_objects_still_exist THEN NULL; END $modelgen$`}},
	}
}

func pgConstraintCases() []pgCase {
	fk := schema.ForeignKey{Name: "orders_note_fkey", Columns: []string{"pieces"}, RefTable: "orders", RefColumns: []string{"id"}, OnDelete: schema.SetNull}
	return []pgCase{
		{name: "primary key dropped and added", ops: []migrate.Op{
			migrate.DropPrimaryKey{Table: "orders", PrimaryKey: schema.PrimaryKey{Name: "orders_pkey", Columns: []string{"id"}}},
			migrate.AddPrimaryKey{Table: "orders", PrimaryKey: schema.PrimaryKey{Name: "orders_pk", Columns: []string{"customer_id", "id"}}},
		}, want: []string{`ALTER TABLE "public"."orders" DROP CONSTRAINT "orders_pkey"`, `CREATE UNIQUE INDEX CONCURRENTLY "orders_pk" ON "public"."orders" ("customer_id", "id")`,
			`ALTER TABLE "public"."orders" ADD CONSTRAINT "orders_pk" PRIMARY KEY USING INDEX "orders_pk"`}},
		{name: "unique added", ops: []migrate.Op{migrate.AddUnique{Table: "orders", Unique: schema.Unique{Name: "u", Columns: []string{"note"}}}},
			want: []string{`CREATE UNIQUE INDEX CONCURRENTLY "u" ON "public"."orders" ("note")`, `ALTER TABLE "public"."orders" ADD CONSTRAINT "u" UNIQUE USING INDEX "u"`}},
		{name: "check added", ops: []migrate.Op{migrate.AddCheck{Table: "orders", Check: schema.Check{Name: "c", Expr: "pieces > 0"}}},
			want: []string{`ALTER TABLE "public"."orders" ADD CONSTRAINT "c" CHECK (pieces > 0) NOT VALID`, `ALTER TABLE "public"."orders" VALIDATE CONSTRAINT "c"`}},
		{name: "foreign key to itself", ops: []migrate.Op{migrate.AddForeignKey{Table: "orders", ForeignKey: fk}}, want: []string{
			`ALTER TABLE "public"."orders" ADD CONSTRAINT "orders_note_fkey" FOREIGN KEY ("pieces") REFERENCES "public"."orders" ("id") ON DELETE SET NULL NOT VALID`,
			`ALTER TABLE "public"."orders" VALIDATE CONSTRAINT "orders_note_fkey"`}},
		{name: "constraints renamed", before: []migrate.Op{migrate.AddUnique{Table: "orders", Unique: schema.Unique{Name: "u", Columns: []string{"note"}}}}, ops: []migrate.Op{
			migrate.RenameConstraint{Table: "orders", From: "u", To: "U"}, migrate.RenameConstraint{Table: "orders", From: "orders_total_check", To: "c"},
			migrate.RenameConstraint{Table: "orders", From: "orders_pkey", To: "p"}, migrate.RenameConstraint{Table: "orders", From: "orders_customer_id_fkey", To: "f"},
		}, want: []string{
			`ALTER TABLE "public"."orders" RENAME CONSTRAINT "u" TO "U"`, `ALTER TABLE "public"."orders" RENAME CONSTRAINT "orders_total_check" TO "c"`,
			`ALTER TABLE "public"."orders" RENAME CONSTRAINT "orders_pkey" TO "p"`, `ALTER TABLE "public"."orders" RENAME CONSTRAINT "orders_customer_id_fkey" TO "f"`}},
		{name: "indexes", ops: []migrate.Op{
			migrate.CreateIndex{Table: "orders", Index: schema.Index{Name: "i", Using: "gin", Parts: []schema.IndexPart{{Expr: "to_tsvector('simple', note)"}}}},
			migrate.RenameIndex{Table: "orders", From: "orders_a", To: "orders_c"},
			migrate.DropIndex{Table: "orders", Index: schema.Index{Name: "orders_b", Parts: []schema.IndexPart{{Expr: "lower(state)"}}, Where: "state <> 'x'"}},
		}, want: []string{
			`CREATE INDEX CONCURRENTLY "i" ON "public"."orders" USING "gin" ((to_tsvector('simple', note)))`,
			`ALTER INDEX "public"."orders_a" RENAME TO "orders_c"`, `DROP INDEX CONCURRENTLY "public"."orders_b"`}},
	}
}
