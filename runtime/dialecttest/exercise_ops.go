package dialecttest

import (
	"context"
	"slices"
	"testing"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// ground is what the ops of the suite begin with.
func ground() []migrate.Op {
	return []migrate.Op{
		table("authors", schema.Text("name")),
		migrate.CreateTable{
			Table: "books",
			Columns: []schema.ColumnDef{
				schema.BigInt("id"), schema.Varchar("title", 40).Default("it's"), schema.Integer("pages").Null(), schema.BigInt("author_id").Null(),
				schema.Boolean("lent").Default(false), schema.Numeric("price", 8, 2).Default("1.50"),
			},
			PrimaryKey: schema.PrimaryKey{Name: "books_pkey", Columns: []string{"id"}},
			Uniques:    []schema.Unique{{Name: "books_title_key", Columns: []string{"title"}}},
			Checks:     []schema.Check{{Name: "books_pages_check", Expr: "pages > 0"}},
			ForeignKeys: []schema.ForeignKey{{Name: "books_author_id_fkey", Columns: []string{"author_id"}, RefTable: "authors", RefColumns: []string{"id"},
				OnDelete: schema.Cascade}},
			Indexes: []schema.Index{{Name: "books_pages_idx", Parts: []schema.IndexPart{{Column: "pages", Desc: true}}, Where: "pages > 10"}},
		},
	}
}

// booksParted makes the books partitioned, where there are partitions.
func booksParted() []migrate.Op {
	bound := schema.Check{Name: "books_old_bound", Expr: "id < 1000", Only: "postgres"}
	return []migrate.Op{
		migrate.DropUnique{Table: "books", Unique: schema.Unique{Name: "books_title_key", Columns: []string{"title"}}},
		migrate.AddCheck{Table: "books", Check: bound},
		migrate.PartitionTable{Table: "books", By: "range (id)", Rows: "books_old", Check: bound, Only: "postgres", Partitions: []migrate.TablePartition{
			{Name: "books_old", Bound: "FOR VALUES FROM (MINVALUE) TO (1000)"}, {Name: "books_new", Bound: "FOR VALUES FROM (1000) TO (MAXVALUE)"}}},
	}
}

// opCase is ops that follow those of the ground in a migration of their own.
type opCase struct {
	name string
	ops  []migrate.Op
}

// opCases has every op that any dialect plans.
func opCases() []opCase {
	title := schema.Varchar("title", 40).Default("it's").Def()
	return append([]opCase{
		{"CreateTable", []migrate.Op{table("more", schema.UUID("u").Null(), schema.TimestampTZ("at").DefaultExpr("CURRENT_TIMESTAMP"), schema.Bytes("b").Null())}},
		{"DropTable", []migrate.Op{migrate.DropTable(ground()[1].(migrate.CreateTable))}},
		{"RenameTable", []migrate.Op{migrate.RenameTable{From: "authors", To: "writers"}}},
		{"CommentTable", []migrate.Op{migrate.CommentTable{Table: "books", To: "what we lend"}}},
		{"SetTableOptions", []migrate.Op{migrate.SetTableOptions{Table: "books", To: schema.TableOptions{Unlogged: true, With: "autovacuum_enabled=false, fillfactor=70", Strict: true}}}},
		{"CreateTable with options", []migrate.Op{migrate.CreateTable{Table: "kept", Columns: []schema.ColumnDef{schema.Text("word"), schema.Boolean("b").Null(), schema.TimestampTZ("at").Null(), schema.Numeric("n", 8, 2).Null()},
			PrimaryKey: schema.PrimaryKey{Name: "kept_pkey", Columns: []string{"word"}}, Options: schema.TableOptions{Unlogged: true, With: "fillfactor=80", Strict: true, WithoutRowid: true}}}},
		{"PartitionTable", booksParted()},
		{"UnpartitionTable", append(booksParted(), migrate.UnpartitionTable(booksParted()[2].(migrate.PartitionTable)), migrate.DropCheck(booksParted()[1].(migrate.AddCheck)))},
		{"AddColumn", []migrate.Op{migrate.AddColumn{Table: "books", Column: schema.Integer("stock").Default(3)}}},
		{"AddColumn with a computed default", []migrate.Op{migrate.AddColumn{Table: "books", Column: schema.TimestampTZ("at").DefaultExpr("CURRENT_TIMESTAMP")}}},
		{"AddColumn generated", []migrate.Op{migrate.AddColumn{Table: "books", Column: schema.Integer("twice").Null().Generated("pages * 2")}}},
		{"DropColumn", []migrate.Op{migrate.DropColumn{Table: "books", Column: schema.Boolean("lent").Default(false)}}},
		{"RenameColumn", []migrate.Op{migrate.RenameColumn{Table: "books", From: "pages", To: "leaves"}}},
		{"AlterColumn type", []migrate.Op{migrate.AlterColumn{Table: "books", From: title, To: schema.Text("title").Default("it's")}}},
		{"AlterColumn default", []migrate.Op{migrate.AlterColumn{Table: "books", From: title, To: schema.Varchar("title", 40)}}},
		{"AlterColumn null", []migrate.Op{migrate.AlterColumn{Table: "books", From: title, To: schema.Varchar("title", 40).Default("it's").Null()}}},
		{"AddPrimaryKey and DropPrimaryKey", []migrate.Op{
			migrate.DropPrimaryKey{Table: "books", PrimaryKey: schema.PrimaryKey{Name: "books_pkey", Columns: []string{"id"}}},
			migrate.AddPrimaryKey{Table: "books", PrimaryKey: schema.PrimaryKey{Name: "books_pkey", Columns: []string{"title", "id"}}}}},
		{"AddUnique", []migrate.Op{migrate.AddUnique{Table: "books", Unique: schema.Unique{Name: "u", Columns: []string{"pages", "title"}}}}},
		{"DropUnique", []migrate.Op{migrate.DropUnique{Table: "books", Unique: schema.Unique{Name: "books_title_key", Columns: []string{"title"}}}}},
		{"AddCheck", []migrate.Op{migrate.AddCheck{Table: "books", Check: schema.Check{Name: "k", Expr: "length(title) < 30"}}}},
		{"DropCheck", []migrate.Op{migrate.DropCheck{Table: "books", Check: schema.Check{Name: "books_pages_check", Expr: "pages > 0"}}}},
		{"AddForeignKey", []migrate.Op{migrate.AddForeignKey{Table: "books", ForeignKey: schema.ForeignKey{Name: "f", Columns: []string{"id"},
			RefTable: "authors", RefColumns: []string{"id"}, OnUpdate: schema.Cascade}}}},
		{"DropForeignKey", []migrate.Op{migrate.DropForeignKey{Table: "books", ForeignKey: ground()[1].(migrate.CreateTable).ForeignKeys[0]}}},
		{"RenameConstraint", []migrate.Op{migrate.RenameConstraint{Table: "books", From: "books_pages_check", To: "k2"}}},
		{"CreateIndex", []migrate.Op{migrate.CreateIndex{Table: "books", Index: schema.Index{Name: "i", Unique: true, Parts: []schema.IndexPart{{Expr: "lower(title)"}}}}}},
		{"DropIndex", []migrate.Op{migrate.DropIndex{Table: "books", Index: ground()[1].(migrate.CreateTable).Indexes[0]}}},
		{"RenameIndex", []migrate.Op{migrate.RenameIndex{Table: "books", From: "books_pages_idx", To: "i2"}}},
		{"enums", []migrate.Op{
			migrate.CreateEnum{Name: "mood", Values: []string{"sad", "happy"}},
			migrate.AddColumn{Table: "books", Column: schema.EnumOf("mood", "mood").Default("happy")},
			migrate.RenameEnumValue{Enum: "mood", From: "sad", To: "blue"},
			migrate.AlterEnum{Name: "mood", From: []string{"blue", "happy"}, To: []string{"happy"}},
			migrate.RenameEnum{From: "mood", To: "feeling"},
		}},
		{"DropEnum", []migrate.Op{
			migrate.CreateEnum{Name: "mood", Values: []string{"sad", "happy"}},
			migrate.DropEnum{Name: "mood", Values: []string{"sad", "happy"}},
		}},
		{"Fill", []migrate.Op{migrate.Fill{Table: "books", Column: "pages", Expr: "length(title)"}}},
		{"Fill there and back", []migrate.Op{
			migrate.DropCheck{Table: "books", Check: schema.Check{Name: "books_pages_check", Expr: "pages > 0"}},
			migrate.Fill{Table: "books", Column: "pages", Expr: "CASE pages WHEN 11 THEN -12 WHEN 12 THEN 11 END", Where: "pages IN (11, 12)",
				Back: "CASE pages WHEN -12 THEN 11 WHEN 11 THEN 12 END", BackWhere: "pages IN (-12, 11)"},
			migrate.AddCheck{Table: "books", Check: schema.Check{Name: "books_pages_check", Expr: "pages IN (-12, 11)"}},
		}},
		{"Rows", []migrate.Op{migrate.Rows{Table: "books", Key: []string{"id"},
			Delete: []migrate.Values{{"id": 2, "title": "y", "pages": nil, "author_id": nil, "lent": false, "price": "1.50"}},
			Update: []migrate.RowUpdate{{Key: migrate.Values{"id": 1}, From: migrate.Values{"pages": 11}, To: migrate.Values{"pages": 12}}},
			Insert: []migrate.Values{{"id": 3, "title": "it's", "pages": 7, "author_id": 1, "lent": true, "price": 2.25}}}}},
		{"DistributeTable", append(tenants(schema.TableOptions{}), migrate.DistributeTable{Table: "tenants", Column: "id"},
			migrate.DistributeTable{Table: "tickets", Column: "tenant_id", ColocateWith: "tenants"},
			migrate.AddForeignKey{Table: "tickets", ForeignKey: schema.ForeignKey{Name: "tickets_tenant_id_fkey", Columns: []string{"tenant_id"}, RefTable: "tenants", RefColumns: []string{"id"}}})},
		{"ReferenceTable", append(tenants(schema.TableOptions{}), migrate.ReferenceTable{Table: "tenants"})},
		{"UndistributeTable", append(tenants(schema.TableOptions{Distribute: "id"}), migrate.UndistributeTable{Table: "tenants", Column: "id"})},
		{"a new parent is changed and renamed", append(family(), migrate.AddCheck{Table: "parents", Check: positive},
			migrate.RenameTable{From: "parents", To: "elders"})},
		{"a new parent is renamed and changed", append(family(), migrate.RenameTable{From: "parents", To: "elders"},
			migrate.AddCheck{Table: "elders", Check: positive})},
		{"the key of a new parent is renamed", append(family(), migrate.AddCheck{Table: "parents", Check: positive},
			migrate.RenameColumn{Table: "parents", From: "id", To: "number"})},
	}, objectCases()...)
}

// opsAndInverses runs every op on rows, undoes it, and compares the catalog with what it was; then it runs it again.
func opsAndInverses(t *testing.T, l *lab) {
	ctx := context.Background()
	for i, c := range opCases() {
		if l.b.Part != nil && !l.b.Part(i) || c.lacksObjects(l.b.Dialect.Capabilities()) {
			continue
		}
		t.Run(c.name, func(t *testing.T) {
			l := newLab(t, l.b)
			set := migrate.NewSet("ops", chain(ground(), c.ops)...)
			m := l.migrator(set)
			l.must(m.To(ctx, "0001_step"))
			l.exec(`INSERT INTO authors (id, name) VALUES (1, 'a'), (2, 'b')`)
			l.exec(`INSERT INTO books (id, title, pages, author_id) VALUES (1, 'x', 11, 1), (2, 'y', NULL, NULL)`)
			before := append(l.catalog(migrate.NewSet("ground", chain(ground())...).Schema()), l.definitions()...)
			l.must(m.Up(ctx))
			if d, err := m.Verify(ctx); err != nil || len(d) > 0 {
				t.Fatalf("verify: %v, %v", d, err)
			}
			up := append(l.catalog(set.Schema()), l.definitions()...)
			l.must(m.Down(ctx))
			if after := append(l.catalog(migrate.NewSet("ground", chain(ground())...).Schema()), l.definitions()...); !slices.Equal(before, after) {
				t.Fatalf("undone it is\n%q\nand was\n%q", after, before)
			}
			if n := l.count(`SELECT count(*) FROM authors`); n != 2 {
				t.Errorf("%d authors are left", n)
			}
			l.must(m.Up(ctx))
			if again := append(l.catalog(set.Schema()), l.definitions()...); !slices.Equal(up, again) {
				t.Errorf("the second time it is\n%q\nand was\n%q", again, up)
			}
		})
	}
}

var positive = schema.Check{Name: "positive", Expr: "id > 0"}

// tenants makes a table that is kept in some way, and one whose rows are of it.
func tenants(o schema.TableOptions) []migrate.Op {
	return []migrate.Op{
		migrate.CreateTable{Table: "tenants", Comment: "who pays", Columns: []schema.ColumnDef{schema.BigInt("id")}, PrimaryKey: schema.PrimaryKey{Name: "tenants_pkey", Columns: []string{"id"}}, Options: o},
		migrate.CreateTable{Table: "tickets", Columns: []schema.ColumnDef{schema.BigInt("tenant_id"), schema.BigInt("number")},
			PrimaryKey: schema.PrimaryKey{Name: "tickets_pkey", Columns: []string{"tenant_id", "number"}}},
	}
}

// family makes a table and another one that refers to it.
func family() []migrate.Op {
	return []migrate.Op{
		migrate.CreateTable{Table: "parents", Columns: []schema.ColumnDef{schema.BigInt("id")}, PrimaryKey: schema.PrimaryKey{Name: "parents_pkey", Columns: []string{"id"}}},
		migrate.CreateTable{Table: "children", Columns: []schema.ColumnDef{schema.BigInt("id"), schema.BigInt("parent_id")},
			PrimaryKey:  schema.PrimaryKey{Name: "children_pkey", Columns: []string{"id"}},
			ForeignKeys: []schema.ForeignKey{{Name: "children_parent_id_fkey", Columns: []string{"parent_id"}, RefTable: "parents", RefColumns: []string{"id"}}}},
	}
}
