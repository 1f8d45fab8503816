package dialecttest_test

import (
	"context"
	"strings"
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

// TestFillType: the value of a CASE over literals, which the server takes for text, gets the type of its column; a value that the server would not assign is
// found before the first stage.
func TestFillType(t *testing.T) {
	t.Parallel()
	fills := func(column schema.ColumnDef, expr string) []migrate.Op {
		return []migrate.Op{
			migrate.AddColumn{Table: "t", Column: column},
			migrate.Fill{Table: "t", Column: column.Def().Name, Expr: expr},
		}
	}
	for _, c := range []struct {
		name string
		ops  []migrate.Op
		want string // the value in the rows
		says string // "" is applied
	}{
		{"enum", fills(schema.EnumOf("v", "mood").Null(), "CASE WHEN n > 1 THEN 'sad' ELSE 'happy' END"), "sad", ""},
		{"enum from text", fills(schema.EnumOf("v", "mood").Null(), "word"), "happy", ""},
		{"enum from a cast to text", fills(schema.EnumOf("v", "mood").Null(), "CAST(word AS text)"), "happy", ""},
		{"enum from two casts", fills(schema.EnumOf("v", "mood").Null(), "CAST(word AS text) || CAST('' AS text)"), "happy", ""},
		{"enum from a cast to it", fills(schema.EnumOf("v", "mood").Null(), "CAST(word AS mood)"), "happy", ""},
		{"number from a cast to text", fills(schema.BigInt("v").Null(), "CAST(digits AS text)"), "", "cast it in the expression"},
		{"array of an enum", fills(schema.Array(schema.EnumOf("v", "mood")).Null(), "CASE WHEN n > 1 THEN '{sad}' ELSE '{}' END"), "{sad}", ""},
		{"jsonb", fills(schema.JSONB("v").Null(), "CASE WHEN n > 1 THEN '[1]' ELSE '{}' END"), "[1]", ""},
		{"text of a number", fills(schema.Text("v").Null(), "n"), "2", ""},
		{"time of a number", fills(schema.TimestampTZ("v").Null(), "n"), "", "cast it in the expression"},
		{"number of a text", fills(schema.BigInt("v").Null(), "word"), "", "cast it in the expression"},
		{"of a column that becomes a number", append([]migrate.Op{migrate.AlterColumn{Table: "t", From: schema.Text("digits"), To: schema.BigInt("digits")}},
			fills(schema.BigInt("v").Null(), "digits * 2")...), "14", ""},
		{"converted to an enum", []migrate.Op{
			migrate.RenameColumn{Table: "t", From: "word", To: "v"},
			migrate.AlterColumn{Table: "t", From: schema.Text("v"), To: schema.EnumOf("v", "mood"), Using: "CASE v WHEN 'happy' THEN 'sad' ELSE 'happy' END"},
		}, "sad", ""},
	} {
		t.Run(strings.ReplaceAll(c.name, " ", "_"), func(t *testing.T) {
			pgRunners(t, func(r *runner) {
				first := &migrate.Migration{Name: "0001_a", Ops: []migrate.Op{
					migrate.CreateEnum{Name: "mood", Values: []string{"sad", "happy"}},
					makes("t", schema.BigInt("n"), schema.Text("word"), schema.Text("digits")),
				}}
				second := &migrate.Migration{Name: "0002_b", Parents: []*migrate.Migration{first}, Ops: c.ops}
				r.up(migrate.NewSet("shop", first), "0001_a")
				r.exec("INSERT INTO t VALUES (1, 2, 'happy', '7')")
				set := migrate.NewSet("shop", first, second)
				if c.says == "" {
					r.up(set, "0002_b")
					if n := r.count("SELECT count(*) FROM t WHERE v::text = '" + c.want + "'"); n != 1 {
						r.t.Errorf("the row does not hold %s", c.want)
					}
					r.settled(set)
					return
				}
				_, err := r.migrator(set).Up(context.Background())
				r.fails(err, c.says, "nothing of it was changed")
				r.history("shop/0001_a done")
			})
		})
	}
}
