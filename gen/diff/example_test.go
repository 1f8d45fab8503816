package diff_test

import (
	"fmt"
	"log"

	"github.com/modelgen/modelgen/gen/diff"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/postgres"
	"github.com/modelgen/modelgen/runtime/schema"
	"github.com/modelgen/modelgen/runtime/sqlite"
)

// products makes a schema with one table.
func products(columns ...schema.ColumnDef) *schema.Schema {
	t := &schema.Table{Name: "products"}
	for _, c := range columns {
		t.Columns = append(t.Columns, c.Def())
	}
	s := &schema.Schema{}
	s.PutTable(t)
	return s
}

// A column that went while another came is a question. With its answer the same comparison returns the ops.
func ExampleDiff() {
	in := diff.Input{
		Old:      products(schema.BigInt("id"), schema.Text("caption")),
		New:      products(schema.BigInt("id"), schema.Text("label"), schema.Integer("stock").Default(0)),
		Dialects: []migrate.Capabilities{postgres.Dialect{}.Capabilities(), sqlite.Dialect{}.Capabilities()},
	}
	r, err := diff.Diff(in)
	if err != nil {
		log.Fatal(err)
	}
	for _, q := range r.Questions {
		fmt.Println(q.Text)
		for _, c := range q.Choice {
			fmt.Println("   ", c.Flag)
		}
	}

	in.Answers.Renames = []string{"products.caption=label"}
	if r, err = diff.Diff(in); err != nil {
		log.Fatal(err)
	}
	for _, op := range r.Ops {
		fmt.Println(op.Describe())
	}
	// Output:
	// column products.caption is gone and label is new: is it the same column under another name?
	//     -rename products.caption=label
	//     -drop products.caption
	// Rename column products.caption to label
	// Add column products.stock
}

// Answers are recorded in the migration, as the flags that they were.
func ExampleAnswers_Parse() {
	var a diff.Answers
	err := a.Parse([]string{"-rename products.caption=label", `-fill 'products.slug=lower(label)'`})
	fmt.Println(a.Renames, a.Fills, err)
	// Output:
	// [products.caption=label] [products.slug=lower(label)] <nil>
}
