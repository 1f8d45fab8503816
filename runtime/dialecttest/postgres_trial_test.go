package dialecttest_test

import (
	"context"
	"testing"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// TestIndexTrial: an index is tried on an empty copy before the first stage, unless the migration makes or changes what the index is over.
func TestIndexTrial(t *testing.T) {
	index := func(part schema.IndexPart, where string) migrate.Op {
		return migrate.CreateIndex{Table: "t", Index: schema.Index{Name: "t_trial", Parts: []schema.IndexPart{part}, Where: where}}
	}
	column := schema.IndexPart{Column: "id"}
	for _, c := range []struct {
		name string
		ops  []migrate.Op
		says string // "" is applied
	}{
		{"function that is not immutable", []migrate.Op{adds("t", "a"), index(schema.IndexPart{Expr: "to_char(at, 'YYYY')"}, "")}, "it was tried on an empty copy of the table"},
		{"value that gets another spelling", []migrate.Op{migrate.RenameEnumValue{Enum: "mood", From: "sad", To: "blue"}, index(column, "mood = 'blue'")}, ""},
		{"value that is new", []migrate.Op{migrate.AlterEnum{Name: "mood", From: []string{"sad", "happy"}, To: []string{"sad", "happy", "calm"}}, index(column, "mood = 'calm'")}, ""},
		{"function made by hand", []migrate.Op{hand("CREATE FUNCTION twice(n bigint) RETURNS bigint LANGUAGE sql IMMUTABLE AS 'SELECT n * 2'"), index(schema.IndexPart{Expr: "twice(id)"}, "")}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			pgRunners(t, func(r *runner) {
				first := &migrate.Migration{Name: "0001_a", Ops: []migrate.Op{
					migrate.CreateEnum{Name: "mood", Values: []string{"sad", "happy"}},
					makes("t", schema.EnumOf("mood", "mood").Default("sad"), schema.TimestampTZ("at").DefaultExpr("now()")),
				}}
				second := &migrate.Migration{Name: "0002_b", Parents: []*migrate.Migration{first}, Ops: c.ops}
				r.up(migrate.NewSet("shop", first), "0001_a")
				r.exec("INSERT INTO t (id) VALUES (1)")
				set := migrate.NewSet("shop", first, second)
				if c.says == "" {
					r.up(set, "0002_b")
					return
				}
				_, err := r.migrator(set).Up(context.Background())
				r.fails(err, c.says, "nothing of it was changed")
			})
		})
	}
}
