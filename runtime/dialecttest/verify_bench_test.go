package dialecttest_test

import (
	"database/sql"
	"fmt"
	"testing"
	"time"

	"github.com/modelgen/modelgen/internal/pgtest"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/postgres"
	"github.com/modelgen/modelgen/runtime/schema"
)

// BenchmarkVerifyObjects compares a database of 1,000 tables, 300 views and 300 functions with its migrations, which should take 3 s at most.
func BenchmarkVerifyObjects(b *testing.B) {
	url := pgtest.Database(b)
	db, err := sql.Open("pgx", url)
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	m := &migrate.Migration{Name: "0001_initial"}
	for i := range 1000 {
		name := fmt.Sprintf("t%03d", i)
		m.Ops = append(m.Ops, migrate.CreateTable{Table: name, PrimaryKey: schema.PrimaryKey{Name: name + "_pkey", Columns: []string{"id"}},
			Columns: []schema.ColumnDef{schema.BigInt("id"), schema.Text("name"), schema.Integer("amount").Default(1), schema.TimestampTZ("made").Null()},
			Indexes: []schema.Index{{Name: name + "_name_idx", Parts: []schema.IndexPart{{Column: "name"}}}}})
	}
	for i := range 300 {
		m.Ops = append(m.Ops,
			migrate.CreateFunction{Name: fmt.Sprintf("f%03d(integer)", i), SQL: fmt.Sprintf("CREATE FUNCTION f%03d(n integer) RETURNS integer LANGUAGE sql AS $$ SELECT amount + n FROM t%03[1]d LIMIT 1 $$", i)},
			migrate.CreateView{Name: fmt.Sprintf("v%03d", i), Query: fmt.Sprintf("SELECT a.id, a.name, f%03d(b.amount) AS amount FROM t%03[1]d a JOIN t%03[2]d b ON a.id = b.id WHERE a.amount > 10", i, i+300)})
	}
	set := migrate.NewSet("shop", m)
	r, err := migrate.New(db, postgres.Dialect{}, set, nil)
	if err != nil {
		b.Fatal(err)
	}
	if _, err := r.Up(b.Context()); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		begin := time.Now()
		diff, err := r.Verify(b.Context())
		if err != nil || len(diff) > 0 {
			b.Fatal(err, diff)
		}
		b.ReportMetric(time.Since(begin).Seconds(), "s/verify")
	}
}
