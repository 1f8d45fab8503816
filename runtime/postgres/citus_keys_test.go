package postgres

import (
	"strings"
	"testing"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// TestCitusKeysInTheWay: who distributes a table in use with foreign keys is told which are in the way, all of them, and what to write; those to reference tables are not.
func TestCitusKeysInTheWay(t *testing.T) {
	pk := func(table string, columns ...string) schema.PrimaryKey {
		return schema.PrimaryKey{Name: table + "_pkey", Columns: columns}
	}
	key := func(name, table string, columns ...string) schema.ForeignKey {
		return schema.ForeignKey{Name: name, Columns: columns, RefTable: table, RefColumns: columns}
	}
	s := &schema.Schema{}
	for _, op := range []migrate.Op{
		migrate.CreateTable{Table: "currencies", Columns: []schema.ColumnDef{schema.Text("code")}, PrimaryKey: pk("currencies", "code"), Options: schema.TableOptions{Reference: true}},
		migrate.CreateTable{Table: "tenants", Columns: []schema.ColumnDef{schema.BigInt("tenant")}, PrimaryKey: pk("tenants", "tenant"), Options: schema.TableOptions{Distribute: "tenant"}},
		migrate.CreateTable{Table: "products", Columns: []schema.ColumnDef{schema.BigInt("tenant"), schema.BigInt("product"), schema.Text("code")}, PrimaryKey: pk("products", "tenant", "product"),
			ForeignKeys: []schema.ForeignKey{key("products_tenant_fkey", "tenants", "tenant"), key("products_self_fkey", "products", "tenant", "product"), key("products_code_fkey", "currencies", "code")}},
	} {
		if err := op.Apply(s); err != nil {
			t.Fatal(err)
		}
	}
	_, err := migrate.PlanOps(Dialect{Engine: Citus}.Planner(15), s.Clone(), []migrate.Op{migrate.DistributeTable{Table: "products", Column: "tenant"}})
	const want = "with fk: taken out of the models for products_self_fkey of products, products_tenant_fkey of products; then with distribute: on products"
	if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "products_code_fkey") || !strings.Contains(err.Error(), "Plain of DistributeTable") {
		t.Errorf("%v", err)
	}
	if _, err := migrate.PlanOps(Dialect{Engine: Citus}.Planner(15), s, []migrate.Op{migrate.DistributeTable{Table: "products", Column: "tenant", Plain: "a pause is announced"}}); err != nil {
		t.Errorf("with Plain: %v", err)
	}
}
