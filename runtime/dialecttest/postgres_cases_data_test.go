package dialecttest_test

import (
	"context"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

func pgEnumCases() []pgCase {
	moods := func(sql string) []migrate.Op {
		return []migrate.Op{migrate.AddColumn{Table: "customers", Column: schema.Array(schema.EnumOf("moods", "mood")).Default("{happy}")}}
	}
	seed := []string{"INSERT INTO customers (name, mood) VALUES ('a', 'happy'), ('b', 'sad')"}
	retype := func(to string) []string {
		return []string{`ALTER TYPE "public"."mood" RENAME TO "mood_old"`, `CREATE TYPE "public"."mood" AS ENUM (` + to + `)`}
	}
	const column = `ALTER TABLE "public"."customers" ALTER COLUMN "mood" DROP DEFAULT, ALTER COLUMN "mood" TYPE "public"."mood" USING "mood"::text::"public"."mood"`
	const array = `, ALTER COLUMN "moods" DROP DEFAULT, ALTER COLUMN "moods" TYPE "public"."mood"[] USING "moods"::text[]::"public"."mood"[]`
	three := migrate.AlterEnum{Name: "mood", From: []string{"sad", "happy"}, To: []string{"sad", "okay", "happy"}}
	return []pgCase{
		{name: "enum created", ops: []migrate.Op{migrate.CreateEnum{Name: "State", Values: []string{"it's", `b\`}}}, want: []string{`CREATE TYPE "public"."State" AS ENUM ('it''s', 'b\')`}},
		{name: "enum dropped", before: []migrate.Op{migrate.CreateEnum{Name: "State", Values: []string{"x"}}}, ops: []migrate.Op{migrate.DropEnum{Name: "State", Values: []string{"x"}}},
			want: []string{`DROP TYPE "public"."State"`}},
		{name: "enum renamed", seed: seed, ops: []migrate.Op{migrate.RenameEnum{From: "mood", To: "humour"}}, want: []string{`ALTER TYPE "public"."mood" RENAME TO "humour"`}},
		{name: "enum value renamed", seed: seed, ops: []migrate.Op{migrate.RenameEnumValue{Enum: "mood", From: "sad", To: "down"}},
			want: []string{`ALTER TYPE "public"."mood" RENAME VALUE 'sad' TO 'down'`}, query: "SELECT mood FROM customers ORDER BY id", rows: []string{"happy", "down"}},
		{name: "enum values added and used", seed: seed, ops: []migrate.Op{
			migrate.AlterEnum{Name: "mood", From: []string{"sad", "happy"}, To: []string{"angry", "grim", "sad", "okay", "happy", "glad"}},
			pgAlter("customers", schema.EnumOf("mood", "mood").Default("sad"), schema.EnumOf("mood", "mood").Default("okay")),
		}, want: []string{
			`ALTER TYPE "public"."mood" ADD VALUE 'angry' BEFORE 'sad'`, `ALTER TYPE "public"."mood" ADD VALUE 'grim' AFTER 'angry'`,
			`ALTER TYPE "public"."mood" ADD VALUE 'okay' AFTER 'sad'`, `ALTER TYPE "public"."mood" ADD VALUE 'glad' AFTER 'happy'`,
			`ALTER TABLE "public"."customers" ALTER COLUMN "mood" SET DEFAULT 'okay'`},
			query: "INSERT INTO customers (name) VALUES ('c') RETURNING mood", rows: []string{"okay"}, noDown: true},
		{name: "enum value removed, with an array", before: append(moods(""), three), seed: seed, ops: []migrate.Op{migrate.AlterEnum{Name: "mood", From: three.To, To: three.From}},
			want: append(retype(`'sad', 'happy'`), column+array,
				`ALTER TABLE "public"."customers" ALTER COLUMN "mood" SET DEFAULT 'sad', ALTER COLUMN "moods" SET DEFAULT '{happy}'`, `DROP TYPE "public"."mood_old"`),
			query: "SELECT mood, moods FROM customers ORDER BY id", rows: []string{"happy|{happy}", "sad|{happy}"}},
		{name: "enum reordered, with a key, checks and indexes", before: []migrate.Op{
			migrate.CreateTable{Table: "kinds", Columns: []schema.ColumnDef{schema.EnumOf("kind", "mood")}, PrimaryKey: schema.PrimaryKey{Name: "kinds_pkey", Columns: []string{"kind"}}},
			migrate.AddForeignKey{Table: "customers", ForeignKey: schema.ForeignKey{Name: "customers_mood_fkey", Columns: []string{"mood"}, RefTable: "kinds", RefColumns: []string{"kind"}}},
			migrate.AddCheck{Table: "customers", Check: schema.Check{Name: "customers_mood_check", Expr: "mood <> 'sad' OR name > ''"}},
			migrate.CreateIndex{Table: "customers", Index: schema.Index{Name: "customers_mood_idx", Parts: []schema.IndexPart{{Column: "mood"}}}},
			migrate.CreateIndex{Table: "customers", Index: schema.Index{Name: "customers_part_idx", Parts: []schema.IndexPart{{Column: "name"}}, Where: "mood = 'happy'"}},
		}, seed: append([]string{"INSERT INTO kinds VALUES ('sad'), ('happy')"}, seed...),
			ops: []migrate.Op{migrate.AlterEnum{Name: "mood", From: []string{"sad", "happy"}, To: []string{"happy", "sad"}}},
			want: append(append([]string{`ALTER TABLE "public"."customers" DROP CONSTRAINT "customers_mood_check"`, `DROP INDEX "public"."customers_part_idx"`,
				`ALTER TABLE "public"."customers" DROP CONSTRAINT "customers_mood_fkey"`}, retype(`'happy', 'sad'`)...), column,
				`ALTER TABLE "public"."customers" ALTER COLUMN "mood" SET DEFAULT 'sad'`,
				`ALTER TABLE "public"."kinds" ALTER COLUMN "kind" TYPE "public"."mood" USING "kind"::text::"public"."mood"`, `DROP TYPE "public"."mood_old"`,
				`ALTER TABLE "public"."customers" ADD CONSTRAINT "customers_mood_check" CHECK (mood <> 'sad' OR name > '')`,
				`CREATE INDEX "customers_part_idx" ON "public"."customers" ("name") WHERE (mood = 'happy')`,
				`ALTER TABLE "public"."customers" ADD CONSTRAINT "customers_mood_fkey" FOREIGN KEY ("mood") REFERENCES "public"."kinds" ("kind")`),
			query: "SELECT mood FROM customers ORDER BY mood", rows: []string{"happy", "sad"}},
		{name: "enum loses the value that was the default", before: []migrate.Op{three}, seed: []string{"INSERT INTO customers (name, mood) VALUES ('a', 'happy')"}, ops: []migrate.Op{
			migrate.AlterEnum{Name: "mood", From: three.To, To: []string{"okay", "happy"}},
			pgAlter("customers", schema.EnumOf("mood", "mood").Default("sad"), schema.EnumOf("mood", "mood").Default("okay")),
		}, want: append(retype(`'okay', 'happy'`), column, `DROP TYPE "public"."mood_old"`, `ALTER TABLE "public"."customers" ALTER COLUMN "mood" SET DEFAULT 'okay'`), noDown: true},
	}
}

func pgDataCases() []pgCase {
	deferred := migrate.AddForeignKey{Table: "orders", ForeignKey: schema.ForeignKey{Name: "orders_pieces_fkey", Columns: []string{"pieces"}, RefTable: "orders",
		RefColumns: []string{"id"}, Deferrable: schema.InitiallyDeferred}}
	seed := []string{"INSERT INTO customers (name) VALUES ('a')", "INSERT INTO orders (customer_id) VALUES (1)"}
	return []pgCase{
		{name: "fill", seed: seed, noBack: true, ops: []migrate.Op{
			migrate.Fill{Table: "orders", Column: "note", Expr: "state || '-' || id"},
			pgAlter("orders", schema.Text("note").Null(), schema.Text("note")),
		}, want: append([]string{`UPDATE "public"."orders" SET "note" = (state || '-' || id) WHERE "note" IS NULL`}, pgSwept("note", "(state || '-' || id)")...),
			query: "SELECT note FROM orders", rows: []string{"new-1"}},
		{name: "a value for each row", seed: seed, ops: []migrate.Op{migrate.AddColumn{Table: "orders", Column: schema.UUID("n").DefaultExpr("gen_random_uuid()")}},
			want: append([]string{`ALTER TABLE "public"."orders" ADD COLUMN "n" uuid`, `ALTER TABLE "public"."orders" ALTER COLUMN "n" SET DEFAULT (gen_random_uuid())`,
				`UPDATE "public"."orders" SET "n" = DEFAULT WHERE "n" IS NULL`}, pgSwept("n", "DEFAULT")...),
			query: "SELECT count(DISTINCT n) FROM orders", rows: []string{"1"}},
		{name: "a number for each row", seed: seed, ops: []migrate.Op{migrate.AddColumn{Table: "orders", Column: schema.BigInt("n").Identity()}},
			want: append(append([]string{`ALTER TABLE "public"."orders" ADD COLUMN "n" bigint`, `CREATE SEQUENCE "public"."orders_n_numbers"`, `GRANT USAGE ON SEQUENCE "public"."orders_n_numbers" TO PUBLIC`,
				`ALTER TABLE "public"."orders" ALTER COLUMN "n" SET DEFAULT pg_catalog.nextval('"public"."orders_n_numbers"')`,
				`UPDATE "public"."orders" SET "n" = DEFAULT WHERE "n" IS NULL`}, pgSwept("n", "DEFAULT")...),
				`ALTER TABLE "public"."orders" ALTER COLUMN "n" DROP DEFAULT, ALTER COLUMN "n" ADD GENERATED BY DEFAULT AS IDENTITY`,
				`SELECT pg_catalog.setval(pg_catalog.pg_get_serial_sequence('"public"."orders"', 'n'), pg_catalog.nextval('"public"."orders_n_numbers"'), false)`,
				`DROP SEQUENCE "public"."orders_n_numbers"`),
			query: "WITH more AS (INSERT INTO orders (customer_id, pieces) SELECT customer_id, 1 FROM orders RETURNING n) SELECT n FROM orders UNION SELECT n FROM more ORDER BY 1", rows: []string{"1", "2"}},
		{name: "fill with a deferred key", before: []migrate.Op{deferred}, seed: seed, ops: []migrate.Op{
			migrate.Fill{Table: "orders", Column: "pieces", Expr: "id", Where: "pieces > 0"},
			migrate.AddColumn{Table: "orders", Column: schema.Text("x").Null()},
		}, want: []string{`UPDATE "public"."orders" SET "pieces" = (id) WHERE pieces > 0`, "SET CONSTRAINTS ALL IMMEDIATE", `ALTER TABLE "public"."orders" ADD COLUMN "x" text`}},
		{name: "sql", seed: seed, ops: []migrate.Op{
			migrate.SQL{Up: []string{"UPDATE public.orders SET note = 'a;b' -- done;\n ;", " "}, Down: []string{"UPDATE public.orders SET note = NULL"}},
			migrate.SQL{Up: []string{"SELECT no_such_thing()"}, Only: "sqlite", NoDown: "another database"},
			migrate.SQL{Up: []string{"CREATE INDEX CONCURRENTLY by_hand ON public.orders (note)"}, Down: []string{"DROP INDEX CONCURRENTLY public.by_hand"}, NoTx: true,
				Schema: []migrate.Op{migrate.CreateIndex{Table: "orders", Index: schema.Index{Name: "by_hand", Parts: []schema.IndexPart{{Column: "note"}}}}}},
		}, want: []string{"UPDATE public.orders SET note = 'a;b' -- done", "CREATE INDEX CONCURRENTLY by_hand ON public.orders (note)"},
			query: "SELECT note FROM orders", rows: []string{"a;b"}},
		{name: "go", seed: seed, ops: []migrate.Op{
			migrate.AddColumn{Table: "orders", Column: schema.Text("x").Null()},
			migrate.Go{Up: func(ctx context.Context, tx migrate.Tx) error {
				_, err := tx.ExecContext(ctx, "UPDATE orders SET x = $1 WHERE id = $2", "by go", 1)
				return err
			}, NoDown: "the column goes"},
			pgAlter("orders", schema.Text("x").Null(), schema.Text("x")),
		}, want: append([]string{`ALTER TABLE "public"."orders" ADD COLUMN "x" text`}, pgNotNull("x")...),
			query: "SELECT x FROM orders", rows: []string{"by go"}},
	}
}
