package lint_test

import (
	"context"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

func alter(from, to schema.Column) migrate.AlterColumn {
	return migrate.AlterColumn{Table: "items", From: from, To: to}
}

func add(c schema.ColumnDef) migrate.AddColumn { return migrate.AddColumn{Table: "items", Column: c} }

// dual writes a column and a twin of another type both, as -online does.
func dual(from, to, up, down string) []migrate.Op {
	twin := typed(schema.Text("twin").Null().Def(), to)
	final := twin
	final.Name = from
	return ops(add(twin), migrate.AddDualWrite{Table: "items", Name: "items_both", From: from, To: "twin", Up: up, Down: down, Column: final})
}

// landing ends it, with the twin under its final name.
func landing(from, to, name string) []migrate.Op {
	all := dual(from, to, "CAST("+from+" AS "+to+")", "CAST(twin AS integer)")
	both := all[1].(migrate.AddDualWrite)
	column := both.Column.Def()
	column.Name = name
	both.Column = column
	return append(all[:1:1], both, migrate.DropDualWrite(both))
}

func drop(c schema.ColumnDef) migrate.DropColumn {
	return migrate.DropColumn{Table: "items", Column: c}
}

func retype(name, t string) migrate.AlterColumn { return alter(column(name), typed(column(name), t)) }

// using makes price a number of cents.
func using(up, back string) migrate.AlterColumn {
	o := retype("price", "integer")
	o.Using, o.UsingBack = up, back
	return o
}

func goOp() migrate.Go {
	return migrate.Go{Up: func(context.Context, migrate.Tx) error { return nil }, NoDown: "no"}
}

var keyless = migrate.DropPrimaryKey{Table: "items", PrimaryKey: *new(items()).PrimaryKey}

var dropItems = migrate.DropTable(migrate.NewCreateTable(new(items())))

var dataCases = []lintCase{
	{"MG101", ops(drop(column("label"))), ops(drop(column("cents")))},
	{"MG102", ops(dropItems), ops(fresh(), migrate.DropTable(fresh()))},
	{"MG102", ops(migrate.DropPartition(events2025)), ops(detached(events2025))},
	{"MG103", ops(retype("price", "integer")), ops(migrate.AlterColumn{Table: "items", From: column("price"), To: typed(column("price"), "integer"), Using: "round(price)"})},
	{"MG103", ops(retype("seen", "date")), ops(retype("price", "numeric(10,2)"))},
	{"MG103", dual("price", "integer", "CAST(price AS integer)", "CAST(twin AS numeric(8,2))"), dual("price", "integer", "round(price)", "CAST(twin AS numeric(8,2))")},
	{"MG103", dual("stock", "numeric(8,2)", "CAST(stock AS numeric(8,2))", "CAST(twin AS integer)"), dual("stock", "bigint", "CAST(stock AS bigint)", "CAST(twin AS integer)")},
	{"MG104", ops(lite("DROP TABLE shops")), ops(lite("DROP TABLE items"))},
	{"MG105", ops(drop(column("label")), add(schema.BigInt("label").Null())), ops(drop(column("label")), add(schema.BigInt("size").Null()))},
}

var fk = schema.ForeignKey{Name: "items_price_fkey", Columns: []string{"stock"}, RefTable: "shops", RefColumns: []string{"id"}}

var lockCases = []lintCase{
	{"MG201", ops(retype("stock", "bigint")), ops(retype("name", "varchar(200)"))},
	{"MG202", ops(keyless, add(schema.UUID("key").DefaultExpr("gen_random_uuid()"))), ops(add(schema.UUID("key").DefaultExpr("gen_random_uuid()")))},
	{"MG203", ops(keyless, add(schema.BigInt("number").Identity())), ops(add(schema.BigInt("number").Identity()))},
	{"MG204", ops(add(schema.BigInt("twice").Generated("stock * 2"))), ops(fresh(schema.BigInt("twice").Generated("id * 2")))},
	{"MG209", ops(named, retype("name", "varchar(200)")), ops(retype("name", "varchar(200)"))},
	{"MG209", ops(named, retype("name", "varchar(200)")), ops(named, alter(column("name"), collated(column("name"))))},
	{"MG210", ops(migrate.AlterEnum{Name: "mood", From: []string{"good", "bad"}, To: []string{"good"}}), ops(migrate.AlterEnum{Name: "mood", From: []string{"good", "bad"}, To: []string{"good", "bad", "new"}})},
	{"MG218", ops(alter(column("name"), collated(column("name")))), ops(retype("name", "varchar(200)"))},
	{"MG219", ops(retype("id", "integer")), ops(retype("stock", "bigint"))},
	{"MG211", ops(migrate.DropForeignKey{Table: "items", ForeignKey: items().ForeignKeys[0]}), ops(migrate.DropCheck{Table: "items", Check: items().Checks[0]})},
	{"MG212", ops(child("shops")), ops(fresh())},
	{"MG215", ops(retype("name", "text")), ops(migrate.DropIndex{Table: "items", Index: items().Indexes[0]}, retype("name", "text"))},
	{"MG216", ops(migrate.AddForeignKey{Table: "items", ForeignKey: fk}),
		ops(migrate.AddForeignKey{Table: "items", ForeignKey: fk}, migrate.CreateIndex{Table: "items", Index: index("items_stock_idx", false, "stock")})},
	{"MG217", ops(retype("price", "text")), ops(add(schema.Text("more").Null()))},
}

var named = migrate.AddCheck{Table: "items", Check: schema.Check{Name: "c", Expr: "name > ''"}}

func collated(c schema.Column) schema.Column { c.Collate = "C"; return c }

func index(name string, unique bool, columns ...string) schema.Index {
	x := schema.Index{Name: name, Unique: unique}
	for _, c := range columns {
		x.Parts = append(x.Parts, schema.IndexPart{Column: c})
	}
	return x
}

func child(of string) migrate.CreateTable {
	t := fresh(schema.BigInt("parent"))
	t.ForeignKeys = []schema.ForeignKey{{Name: "fresh_parent_fkey", Columns: []string{"parent"}, RefTable: of, RefColumns: []string{"id"}}}
	return t
}

var slug = schema.Text("slug").Null().Def()

var deployCases = []lintCase{
	{"MG301", ops(drop(column("label"))), ops(add(slug), drop(slug))},
	{"MG302", ops(dropItems), ops(fresh(), migrate.DropTable(fresh()))},
	{"MG303", ops(migrate.RenameColumn{Table: "items", From: "label", To: "title"}), ops(fresh(), migrate.RenameColumn{Table: "fresh", From: "id", To: "key"})},
	{"MG304", ops(migrate.RenameTable{From: "items", To: "things"}), ops(migrate.RenameTable{From: "items", To: "things"}, sql("CREATE VIEW items AS SELECT * FROM things"))},
	{"MG305", ops(add(slug), migrate.Fill{Table: "items", Column: "slug", Expr: "name"}, alter(slug, nullable(slug, false))), ops(add(schema.Integer("rank").Default(1)))},
	{"MG306", ops(alter(column("label"), nullable(column("label"), false))), ops(add(slug), alter(slug, nullable(slug, false)))},
	{"MG307", ops(alter(column("name"), nullable(column("name"), true))), ops(alter(column("name"), nullable(column("name"), true)), migrate.DropIndex{Table: "items", Index: items().Indexes[0]}, drop(nullable(column("name"), true)))},
	{"MG308", ops(alter(column("stock"), schema.Integer("stock").Def())), ops(alter(column("stock"), schema.Integer("stock").Default(1).Def()))},
	{"MG309", ops(alter(column("stock"), schema.Integer("stock").Default(1).Def())), ops(alter(column("name"), nullable(column("name"), true)))},
	{"MG310", ops(migrate.DropIndex{Table: "items", Index: items().Indexes[0]}, drop(column("name"))), ops(drop(column("label")))},
	{"MG311", ops(retype("stock", "bigint")), ops(alter(column("name"), nullable(column("name"), true)))},
	{"MG311", landing("stock", "bigint", "stock"), landing("stock", "bigint", "amount")},
	{"MG312", ops(migrate.RenameEnumValue{Enum: "mood", From: "bad", To: "ill"}), ops(migrate.CreateEnum{Name: "size", Values: []string{"s"}}, migrate.RenameEnumValue{Enum: "size", From: "s", To: "small"})},
	{"MG312", ops(migrate.AlterEnum{Name: "mood", From: []string{"good", "bad"}, To: []string{"good"}}), ops(migrate.AlterEnum{Name: "mood", From: []string{"good", "bad"}, To: []string{"bad", "good"}})},
	{"MG313", ops(migrate.AlterEnum{Name: "mood", From: []string{"good", "bad"}, To: []string{"good", "bad", "odd"}}), ops(migrate.CreateEnum{Name: "size", Values: []string{"s"}})},
	{"MG314", ops(migrate.AddCheck{Table: "items", Check: schema.Check{Name: "c", Expr: "price > 0"}}), ops(add(slug), migrate.AddCheck{Table: "items", Check: schema.Check{Name: "c", Expr: "slug > ''"}})},
	{"MG314", ops(migrate.CreateIndex{Table: "items", Index: index("u", true, "name")}), ops(migrate.CreateIndex{Table: "items", Index: index("u", false, "name")})},
	{"MG315", ops(retype("price", "text")), ops(retype("price", "numeric(10,2)"))},
	{"MG315", ops(retype("name", "varchar(10)")), ops(retype("name", "text"))},
	{"MG315", ops(retype("stock", "bigint")), ops(add(slug), alter(slug, typed(slug, "uuid")))},
	{"MG316", ops(migrate.DropUnique{Table: "shops", Unique: shops().Uniques[0]}),
		ops(migrate.CreateIndex{Table: "shops", Index: index("u", true, "code")}, migrate.DropUnique{Table: "shops", Unique: shops().Uniques[0]})},
	{"MG316", ops(keyless), ops(drop(column("label")))},
	{"MG316", ops(migrate.CreateIndex{Table: "shops", Index: schema.Index{Name: "u", Unique: true, Parts: []schema.IndexPart{{Column: "code"}}, Where: "id > 0"}}, migrate.DropUnique{Table: "shops", Unique: shops().Uniques[0]}),
		ops(migrate.DropIndex{Table: "shops", Index: shops().Indexes[0]}, migrate.DropUnique{Table: "shops", Unique: shops().Uniques[0]}, migrate.DropColumn{Table: "shops", Column: schema.Text("code")})},
	{"MG316", ops(migrate.DropIndex{Table: "shops", Index: shops().Indexes[0]}), ops(migrate.DropIndex{Table: "items", Index: items().Indexes[0]})},
	{"MG317", ops(migrate.RenameConstraint{Table: "shops", From: "shops_code_key", To: "u"}), ops(migrate.RenameIndex{Table: "items", From: "items_lower_idx", To: "x"})},
	{"MG318", ops(migrate.RenameEnum{From: "mood", To: "temper"}), ops(migrate.CreateEnum{Name: "size", Values: []string{"s"}}, migrate.RenameEnum{From: "size", To: "width"})},
	{"MG319", ops(add(slug)), ops(fresh(), migrate.AddColumn{Table: "fresh", Column: slug})},
	{"MG319", ops(drop(column("label"))), ops(retype("stock", "bigint"))},
	{"MG303", ops(migrate.SQL{Up: []string{"x"}, NoDown: "no", Schema: ops(migrate.RenameColumn{Table: "items", From: "label", To: "title"})}), ops(sql("SELECT 1"))},
}

var lowerLabel = schema.Index{Name: "i", Parts: []schema.IndexPart{{Column: "name"}, {Expr: "lower(label)"}}}

var rightCases = []lintCase{
	{"MG401", ops(add(schema.Text("slug"))), ops(fresh(), migrate.AddColumn{Table: "fresh", Column: schema.Text("slug")})},
	{"MG402", ops(alter(column("label"), nullable(column("label"), false))), ops(migrate.Fill{Table: "items", Column: "label", Expr: "''"}, alter(column("label"), nullable(column("label"), false)))},
	{"MG403", ops(migrate.AddUnique{Table: "items", Unique: schema.Unique{Name: "u", Columns: []string{"name"}}}), ops(migrate.CreateIndex{Table: "items", Index: index("u", false, "name")})},
	{"MG404", ops(add(schema.Integer("rank").Default(1)), migrate.CreateIndex{Table: "items", Index: index("u", true, "rank")}),
		ops(add(schema.Integer("rank").Default(1)), migrate.Fill{Table: "items", Column: "rank", Expr: "id"}, migrate.CreateIndex{Table: "items", Index: index("u", true, "rank")})},
	{"MG103", ops(retype("label", "date")), ops(retype("label", "varchar(10)"))},
	{"MG103", ops(retype("price", "boolean")), ops(retype("stock", "double precision"))},
	{"MG405", ops(retype("price", "numeric(7,1)")), ops(retype("price", "numeric(9,2)"))},
	{"MG405", ops(retype("stock", "varchar(3)")), ops(retype("stock", "varchar(11)"))},
	{"MG405", ops(retype("name", "varchar(10)")), ops(retype("name", "varchar(200)"))},
	{"MG405", ops(retype("shop_id", "integer")), ops(retype("stock", "bigint"))},
	{"MG405", dual("label", "integer", "CAST(nullif(label, '') AS integer)", "CAST(twin AS text)"), dual("stock", "text", "CAST(stock AS text)", "length(twin)")},
	{"MG405", dual("stock", "bigint", "CAST(stock AS bigint)", "CAST(twin AS integer)"), dual("label", "text", "label", "twin")},
	{"MG406", ops(migrate.AddUnique{Table: "items", Unique: schema.Unique{Name: "u", Columns: []string{"name"}, NullsNotDistinct: true}}), ops(migrate.AddUnique{Table: "items", Unique: schema.Unique{Name: "u", Columns: []string{"name"}}})},
	{"MG407", ops(migrate.DropTable{Table: "elsewhere"}), ops(dropItems)},
	{"MG408", ops(migrate.AddCheck{Table: "items", Check: schema.Check{Name: "c", Expr: "price > 0"}}), ops(migrate.Fill{Table: "items", Column: "price", Expr: "1"}, migrate.AddCheck{Table: "items", Check: schema.Check{Name: "c", Expr: "price > 0"}})},
	{"MG409", ops(retype("stock", "bigint")), ops(retype("stock", "bigint"), sql("ANALYZE items"))},
	{"MG412", ops(fresh()), ops(fresh(), sql("GRANT SELECT ON TABLE public.fresh TO app"))},
	{"MG412", ops(fresh(), sql("GRANT SELECT ON shops TO app")), ops(fresh(), sql("GRANT SELECT ON ALL TABLES IN SCHEMA public TO app"))},
	{"MG411", ops(migrate.CreateIndex{Table: "items", Index: lowerLabel}), ops(migrate.CreateIndex{Table: "items", Index: lowerLabel}, sql("ANALYZE VERBOSE items"))},
	{"MG411", ops(migrate.CreateIndex{Table: "items", Index: lowerLabel}, sql("ANALYZE shops")), ops(migrate.CreateIndex{Table: "items", Index: index("i", false, "label")})},
	{"MG413", ops(drop(column("label")), sql("UPDATE shops SET city = (SELECT min(i.label) FROM items i)")), ops(sql("UPDATE shops SET city = (SELECT min(i.label) FROM items i)"), drop(column("label")))},
	{"MG413", ops(drop(column("label")), migrate.Fill{Table: "shops", Column: "city", Expr: "(SELECT min(label) FROM items)"}), ops(drop(column("label")), migrate.Fill{Table: "shops", Column: "city", Expr: "(SELECT min(name) FROM items)"})},
	{"MG413", ops(dropItems, sql("INSERT INTO shops (id) SELECT id FROM items")), ops(dropItems, sql("CREATE VIEW items AS SELECT 1 AS id"), sql("SELECT id FROM items"))},
	{"MG413", ops(migrate.RenameColumn{Table: "items", From: "label", To: "title"}, sql("UPDATE items SET label = ''")), ops(migrate.RenameColumn{Table: "items", From: "label", To: "title"}, sql("UPDATE items SET title = ''"))},
	{"MG410", ops(using("price * 100", "")), ops(using("price * 100", "price / 100.0"))},
	{"MG410", ops(using("price * 100", "")), ops(using("CAST(price AS integer)", ""))},
	{"MG410", ops(migrate.SQL{Up: []string{"SELECT 1"}}), ops(sql("SELECT 1"))},
}

var nameCases = []lintCase{
	{"MG501", ops(sql("CREATE VIEW " + strings.Repeat("v", 64) + " AS SELECT 1")), ops(sql("CREATE VIEW " + strings.Repeat("v", 63) + " AS SELECT '" + strings.Repeat("v", 64) + "'"))},
	{"MG502", ops(fresh(schema.Text("order"))), ops(fresh(schema.Text("ordering")))},
	{"MG503", ops(add(schema.Integer("number").Identity())), ops(fresh(schema.Integer("number")))},
	{"MG504", ops(fresh(schema.Timestamp("at"))), ops(fresh(schema.TimestampTZ("at")))},
	{"MG505", ops(fresh(schema.Char("code", 2))), ops(fresh(schema.Varchar("code", 2)))},
	{"MG506", ops(fresh(schema.JSON("doc"))), ops(fresh(schema.JSONB("doc")))},
	{"MG507", ops(migrate.CreateIndex{Table: "items", Index: index("i", false, "name", "label", "stock", "price")}), ops(migrate.CreateIndex{Table: "items", Index: index("i", true, "name", "label", "stock", "price")})},
	{"MG508", ops(migrate.CreateTable{Table: "log", Columns: []schema.ColumnDef{schema.Text("line")}}), ops(fresh())},
	{"MG508", ops(keyless), ops(keyless, migrate.AddPrimaryKey{Table: "items", PrimaryKey: *new(items()).PrimaryKey})},
	{"MG509", ops(fresh(schema.Other("n", "bigserial"))), ops(fresh(schema.BigInt("n")))},
}
