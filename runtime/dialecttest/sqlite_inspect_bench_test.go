package dialecttest_test

import (
	"fmt"
	"testing"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// BenchmarkInspectSQLite describes 1,000 tables of ten columns with an index, a check and a foreign key each.
func BenchmarkInspectSQLite(b *testing.B) {
	var ops []migrate.Op
	for i := range 1000 {
		name := fmt.Sprintf("table_%04d", i)
		t := &schema.Table{Name: name, Columns: []schema.Column{schema.BigInt("id").Identity().Def(), schema.BigInt("parent_id").Null().Def()}, PrimaryKey: &schema.PrimaryKey{Name: name + "_pkey", Columns: []string{"id"}}}
		for c := range 8 {
			t.Columns = append(t.Columns, schema.Varchar(fmt.Sprintf("column_%d", c), 40).Default("x").Def())
		}
		t.Indexes = []schema.Index{{Name: name + "_idx", Parts: []schema.IndexPart{{Column: "column_1"}, {Column: "column_2", Desc: true}}}}
		t.Checks = []schema.Check{{Name: name + "_check", Expr: "column_3 <> ''"}}
		t.ForeignKeys = []schema.ForeignKey{{Name: name + "_parent_id_fkey", Columns: []string{"parent_id"}, RefTable: "table_0000", RefColumns: []string{"id"}}}
		ops = append(ops, migrate.NewCreateTable(t))
	}
	d := benchDatabases()[0]
	db := d.open(b)
	up(b, db, d.dialect, migrate.NewSet("bench", &migrate.Migration{Name: "0001_tables", Ops: ops}))
	for b.Loop() {
		in, err := migrate.Inspect(b.Context(), db, d.dialect, migrate.InspectOptions{})
		if err != nil || len(in.Schema.Tables) != 1000 {
			b.Fatal(err)
		}
	}
}
