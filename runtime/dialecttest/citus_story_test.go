package dialecttest_test

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/modelgen/modelgen/internal/pgtest"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/postgres"
	"github.com/modelgen/modelgen/runtime/schema"
	"github.com/modelgen/modelgen/runtime/sqlite"
)

// tenantShop is a shop that begins on one machine and grows: its tables are distributed while they are in use, and change after that in every way
// that Citus takes.
func tenantShop() *migrate.Set {
	pk := func(table string, columns ...string) schema.PrimaryKey {
		return schema.PrimaryKey{Name: table + "_pkey", Columns: columns}
	}
	text := func(name string) schema.Column { return schema.Text(name).Def() }
	null := func(c schema.Column) schema.Column { c.Nullable = true; return c }
	price := func(t schema.Kind) schema.Column {
		return schema.Column{Name: "price", Type: schema.Type{Kind: t}, Nullable: true}
	}
	key := schema.Column{Name: "key", Type: schema.Type{Kind: schema.KindUUID}, DefaultFor: map[string]string{"postgres": "gen_random_uuid()", "sqlite": "(lower(hex(randomblob(16))))"}}
	required := schema.Column{Name: "sku", Type: schema.Type{Kind: schema.KindText}}
	steps := [][]migrate.Op{
		{ // on a laptop
			migrate.CreateTable{Table: "currencies", Columns: []schema.ColumnDef{text("code"), text("name"), null(text("note"))}, PrimaryKey: pk("currencies", "code")},
			migrate.CreateTable{Table: "tenants", Comment: "who pays", Columns: []schema.ColumnDef{schema.BigInt("id"), text("name")}, PrimaryKey: pk("tenants", "id")},
			migrate.CreateTable{Table: "products", Columns: []schema.ColumnDef{schema.BigInt("tenant_id"), schema.BigInt("id"), text("name"), price(schema.KindInteger)}, PrimaryKey: pk("products", "tenant_id", "id")},
			migrate.CreateTable{Table: "orders", Columns: []schema.ColumnDef{schema.BigInt("tenant_id"), schema.BigInt("id"), schema.BigInt("product_id").Null()}, PrimaryKey: pk("orders", "tenant_id", "id"),
				Indexes: []schema.Index{{Name: "orders_product_idx", Parts: []schema.IndexPart{{Column: "tenant_id"}, {Column: "product_id"}}}}},
		},
		{ // on the cluster, while others read and write
			migrate.ReferenceTable{Table: "currencies"},
			migrate.DistributeTable{Table: "tenants", Column: "id"},
			migrate.DistributeTable{Table: "products", Column: "tenant_id", ColocateWith: "tenants"},
			migrate.DistributeTable{Table: "orders", Column: "tenant_id", ColocateWith: "tenants"},
		},
		{ // keys between what is on the same node
			migrate.AddForeignKey{Table: "products", ForeignKey: schema.ForeignKey{Name: "products_tenant_id_fkey", Columns: []string{"tenant_id"}, RefTable: "tenants", RefColumns: []string{"id"}, OnDelete: schema.Cascade}},
			migrate.AddForeignKey{Table: "orders", ForeignKey: schema.ForeignKey{Name: "orders_product_fkey", Columns: []string{"tenant_id", "product_id"}, RefTable: "products", RefColumns: []string{"tenant_id", "id"}}},
			migrate.AddColumn{Table: "products", Column: schema.Text("currency").Default("EUR")},
			migrate.AddForeignKey{Table: "products", ForeignKey: schema.ForeignKey{Name: "products_currency_fkey", Columns: []string{"currency"}, RefTable: "currencies", RefColumns: []string{"code"}}},
		},
		{ // rows get values, each its own
			migrate.AddColumn{Table: "products", Column: null(required)},
			migrate.Fill{Table: "products", Column: "sku", Expr: "lower(name) || '-' || id"},
			migrate.AlterColumn{Table: "products", From: null(required), To: required},
			migrate.AddUnique{Table: "products", Unique: schema.Unique{Name: "products_sku_key", Columns: []string{"tenant_id", "sku"}}},
			migrate.CreateIndex{Table: "products", Index: schema.Index{Name: "products_name_idx", Parts: []schema.IndexPart{{Expr: "lower(name)"}}, Where: "price > 0"}},
			migrate.AddCheck{Table: "products", Check: schema.Check{Name: "products_price_check", Expr: "price >= 0"}},
			migrate.AddColumn{Table: "tenants", Column: key},
			migrate.AddColumn{Table: "currencies", Column: key},
		},
		{ // and all else
			migrate.RenameColumn{Table: "products", From: "name", To: "title"},
			migrate.AlterColumn{Table: "products", From: price(schema.KindInteger), To: price(schema.KindBigInt)},
			migrate.CreateEnum{Name: "state", Values: []string{"open", "paid"}},
			migrate.AddColumn{Table: "orders", Column: schema.EnumOf("state", "state").Default("open")},
			migrate.RenameEnumValue{Enum: "state", From: "paid", To: "settled"},
			migrate.AlterEnum{Name: "state", From: []string{"open", "settled"}, To: []string{"open", "settled", "shipped"}},
			migrate.RenameTable{From: "orders", To: "purchases"},
			migrate.CommentTable{Table: "purchases", To: "what was bought"},
			migrate.DropIndex{Table: "products", Index: schema.Index{Name: "products_name_idx", Parts: []schema.IndexPart{{Expr: "lower(title)"}}, Where: "price > 0"}},
			migrate.CreateTable{Table: "invoices", Columns: []schema.ColumnDef{schema.BigInt("tenant_id"), schema.BigInt("number")}, PrimaryKey: pk("invoices", "tenant_id", "number"),
				ForeignKeys: []schema.ForeignKey{{Name: "invoices_tenant_id_fkey", Columns: []string{"tenant_id"}, RefTable: "tenants", RefColumns: []string{"id"}}},
				Options:     schema.TableOptions{Distribute: "tenant_id", Colocate: "tenants"}},
			migrate.DropColumn{Table: "currencies", Column: null(text("note"))},
		},
	}
	var all []*migrate.Migration
	for i, ops := range steps {
		m := &migrate.Migration{Name: fmt.Sprintf("%04d_step", i+1), Ops: ops}
		if i > 0 {
			m.Parents = []*migrate.Migration{all[i-1]}
		}
		all = append(all, m)
	}
	return migrate.NewSet("tenants", all...)
}

// tellTenantShop goes through the story with rows: forwards step by step, back to the beginning, and forwards at once.
func tellTenantShop(t *testing.T, db *sql.DB, d migrate.Dialect) {
	ctx := t.Context()
	m, err := migrate.New(db, d, tenantShop(), nil)
	if err != nil {
		t.Fatal(err)
	}
	verified := func(at string) {
		t.Helper()
		if diff, err := m.Verify(ctx); err != nil || len(diff) > 0 {
			t.Fatalf("%s: verify: %v, %v", at, diff, err)
		}
	}
	count := func(q string) (n int) {
		t.Helper()
		if err := db.QueryRow(q).Scan(&n); err != nil {
			t.Fatalf("%s: %v", q, err)
		}
		return n
	}
	for i := 1; i <= 5; i++ {
		name := fmt.Sprintf("%04d", i)
		if _, err := m.To(ctx, name); err != nil {
			t.Fatalf("to %s: %v", name, err)
		}
		verified(name)
		if i == 1 {
			for _, q := range []string{
				"INSERT INTO currencies (code, name) VALUES ('EUR', 'Euro'), ('DKK', 'Krone')",
				"INSERT INTO tenants (id, name) VALUES (1, 'a'), (2, 'b'), (3, 'c'), (4, 'd'), (5, 'e'), (6, 'f')",
				"INSERT INTO products (tenant_id, id, name, price) SELECT t.id, u.id, 'P', u.id * 10 FROM tenants t CROSS JOIN tenants u",
				"INSERT INTO orders (tenant_id, id, product_id) SELECT tenant_id, id, id FROM products",
			} {
				if _, err := db.Exec(q); err != nil {
					t.Fatalf("%s: %v", q, err)
				}
			}
		}
	}
	if n := count("SELECT count(DISTINCT key) FROM tenants"); n != 6 {
		t.Errorf("%d of 6 tenants have a key of their own", n)
	}
	if n := count("SELECT count(*) FROM products WHERE sku = 'p-' || id"); n != 36 {
		t.Errorf("%d of 36 products have their value", n)
	}
	if n := count("SELECT count(*) FROM purchases"); n != 36 {
		t.Errorf("%d of 36 orders are there", n)
	}
	for i := 4; i >= 1; i-- {
		name := fmt.Sprintf("%04d", i)
		if _, err := m.To(ctx, name); err != nil {
			t.Fatalf("back to %s: %v", name, err)
		}
		verified("back at " + name)
	}
	if n := count("SELECT count(*) FROM orders"); n != 36 {
		t.Errorf("after the way back %d of 36 orders are there", n)
	}
	if _, err := m.To(ctx, "zero"); err != nil {
		t.Fatal(err)
	}
	if _, err := m.Up(ctx); err != nil {
		t.Fatal(err)
	}
	verified("at once")
}

// TestTenantShop tells the story where nothing is distributed: the same set, on SQLite and on PostgreSQL.
func TestTenantShop(t *testing.T) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		db, err := sql.Open("sqlite", sqliteURI(filepath.Join(t.TempDir(), "shop.db"))+litePragmas+"&_pragma=busy_timeout(10000)")
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		tellTenantShop(t, db, sqlite.Dialect{})
	})
	t.Run("postgres", func(t *testing.T) {
		tellTenantShop(t, pgOpen(t, "pgx", pgtest.Database(t)), postgres.Dialect{})
	})
}

// TestCitusTenantShop tells it on a cluster.
func TestCitusTenantShop(t *testing.T) {
	for _, driver := range pgDrivers {
		t.Run(driver, func(t *testing.T) {
			url, _ := pgtest.CitusDatabase(t)
			tellTenantShop(t, pgOpen(t, driver, url), postgres.Dialect{})
		})
	}
}
