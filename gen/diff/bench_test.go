package diff

import (
	"fmt"
	"testing"

	"github.com/modelgen/modelgen/runtime/schema"
)

// tables returns a schema of n tables with ten columns each, a key, an index and a foreign key.
func tables(n, columns int) *schema.Schema {
	s := &schema.Schema{}
	for i := range n {
		t := &schema.Table{Name: fmt.Sprintf("table_%04d", i)}
		t.Columns = append(t.Columns, schema.BigInt("id").Identity().Def())
		for c := range columns - 1 {
			t.Columns = append(t.Columns, schema.Text(fmt.Sprintf("column_%03d", c)).Default("x").Def())
		}
		t.Columns = append(t.Columns, schema.BigInt("parent_id").Null().Def())
		t.PrimaryKey = &schema.PrimaryKey{Columns: []string{"id"}}
		t.Indexes = []schema.Index{{Parts: []schema.IndexPart{{Column: "column_000"}}}}
		t.Checks = []schema.Check{{Expr: "length(column_000) > 0"}}
		t.ForeignKeys = []schema.ForeignKey{{Columns: []string{"parent_id"}, RefTable: fmt.Sprintf("table_%04d", max(i-1, 0)), RefColumns: []string{"id"}}}
		s.PutTable(t)
	}
	return s
}

func BenchmarkDiff(b *testing.B) {
	for _, size := range []struct{ tables, columns int }{{10, 10}, {100, 10}, {1000, 10}, {2000, 10}, {1, 300}, {10, 300}} {
		first, err := Diff(Input{Old: &schema.Schema{}, New: tables(size.tables, size.columns)})
		if err != nil {
			b.Fatal(err)
		}
		run := func(name string, in func() Input) {
			b.Run(fmt.Sprintf("%s/%dx%d", name, size.tables, size.columns), func(b *testing.B) {
				for b.Loop() {
					res, err := Diff(in())
					if err != nil || len(res.Questions) > 0 {
						b.Fatal(err, res.Questions)
					}
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*size.tables), "ns/table")
			})
		}
		run("first", func() Input { return Input{Old: &schema.Schema{}, New: tables(size.tables, size.columns)} })
		run("same", func() Input { return Input{Old: first.Schema, New: tables(size.tables, size.columns)} })
		run("changed", func() Input {
			n := tables(size.tables, size.columns)
			for _, t := range n.Tables {
				t.Columns = append(t.Columns, schema.Integer("stock").Default(0).Def())
			}
			return Input{Old: first.Schema, New: n}
		})
	}
}
