package dialecttest_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// TestSQLiteOnceLikeOneByOne holds the law of the planner: ops in one migration, joined into as few rebuilds as possible, leave the same
// tables and the same rows as one migration for each op.
func TestSQLiteOnceLikeOneByOne(t *testing.T) {
	t.Parallel()
	for seed := range uint64(size(10, 40)) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(seed, 7))
			single, once := newLite(t), newLite(t)
			for _, d := range []*liteDB{single, once} {
				d.run(liteStart()...)
				d.exec(liteRows...)
			}
			var ops []migrate.Op
			for n := range 25 {
				op := liteRandomOp(r, single.s, n)
				if op == nil || op.Apply(single.s.Clone()) != nil {
					continue
				}
				if err := single.try(op); err != nil {
					continue // rows in the way, for instance of a unique index
				}
				single.verify()
				ops = append(ops, op)
			}
			if err := once.try(ops...); err != nil {
				t.Fatalf("%v\nops: %s", err, liteNames(ops))
			}
			once.verify()
			for _, table := range single.s.Tables {
				cols := slices.Sorted(slices.Values(table.ColumnNames()))
				for i := range cols {
					cols[i] = fmt.Sprintf(`typeof("%s"), "%s"`, cols[i], cols[i])
				}
				q := "SELECT " + strings.Join(cols, ", ") + ` FROM "` + table.Name + `" ORDER BY ` + strings.Join(cols, ", ")
				if diff := cmp.Diff(single.query(q), once.query(q)); diff != "" {
					t.Fatalf("rows of %s (-one by one +at once):\n%s\nops: %s", table.Name, diff, liteNames(ops))
				}
			}
			rebuilds := map[string]int{}
			for _, st := range once.last {
				if strings.HasSuffix(st.Cause, "copy the rows") {
					rebuilds[st.Cause]++
				}
			}
			for cause, n := range rebuilds {
				if n > 1 && !slices.ContainsFunc(ops, liteBarrier) {
					t.Errorf("%s %d times\nops: %s", cause, n, liteNames(ops))
				}
			}
		})
	}
}

// liteBarrier tells ops that want the tables before them written, so that a second rebuild may be needed.
func liteBarrier(op migrate.Op) bool {
	switch op := op.(type) {
	case migrate.SQL:
		return true
	case migrate.Fill:
		return strings.Contains(op.Expr, "SELECT")
	case migrate.AlterColumn: // what reads the column later wants its new type
		return op.From.Def().Type != op.To.Def().Type
	}
	return false
}

func liteNames(ops []migrate.Op) string {
	var out strings.Builder
	for _, op := range ops {
		out.WriteString(fmt.Sprintf("\n  %s %+v", op.Describe(), op))
	}
	return out.String()
}

func liteStart() []migrate.Op {
	b := liteTable("b", liteID(), schema.Text("name"), schema.Integer("n").Null(), schema.BigInt("a_id").Null(), schema.EnumOf("mood", "mood").Default("sad"))
	b.ForeignKeys = []schema.ForeignKey{liteFK("b_a_id_fkey", "a_id", "a", schema.Cascade)}
	b.Checks = []schema.Check{{Name: "b_n_check", Expr: "n > 0"}}
	b.Indexes = []schema.Index{{Name: "b_n_idx", Parts: []schema.IndexPart{{Column: "n"}}}}
	return []migrate.Op{
		migrate.CreateEnum{Name: "mood", Values: []string{"sad", "happy"}},
		liteTable("a", liteID(), schema.Text("label").Null(), schema.Double("w").Default(0.5), schema.Integer("twice").Null().Generated("w * 2")), b,
	}
}

var liteRows = []string{
	"INSERT INTO a (id, label, w) VALUES (1, 'one', 1.5), (2, NULL, 2), (3, 'three', -1), (7, '7', 0)",
	"INSERT INTO b (id, name, n, a_id, mood) VALUES (1, 'x', 5, 1, 'sad'), (2, 'y', NULL, 1, 'happy'), (3, 'z', 7, NULL, 'happy'), (4, '12', 1, 7, 'sad')",
}

// liteRandomOp returns some op on s, which may not fit.
func liteRandomOp(r *rand.Rand, s *schema.Schema, n int) migrate.Op {
	t := s.Tables[r.IntN(len(s.Tables))]
	c := t.Columns[r.IntN(len(t.Columns))]
	name := string("pqrstu"[r.IntN(6)])
	pick := func(n int) int { return r.IntN(n) }
	switch r.IntN(19) {
	case 0, 1:
		cols := []schema.ColumnDef{schema.Integer(name).Null(), schema.Text(name).Default("d'x"), schema.Text(name).Null().DefaultExpr("upper('e')"),
			schema.Integer(name).Default(3), schema.EnumOf(name, "mood").Null(), schema.BigInt(name).Null().Generated("id + 1"), schema.Boolean(name).Default(true)}
		return migrate.AddColumn{Table: t.Name, Column: cols[pick(len(cols))]}
	case 2:
		if c.Name == "id" {
			return nil
		}
		return migrate.DropColumn{Table: t.Name, Column: c}
	case 3, 4:
		return migrate.RenameColumn{Table: t.Name, From: c.Name, To: []string{name, c.Name + "x"}[pick(2)]}
	case 5:
		return migrate.RenameTable{From: t.Name, To: []string{"c", "d", "e", "a", "b"}[pick(5)]}
	case 6, 7, 8:
		to := c
		switch pick(4) {
		case 0:
			to.Nullable = !c.Nullable
		case 1:
			to.Type = schema.Type{Kind: schema.KindText}
			to.Default = nil
		case 2:
			to.Type = schema.Type{Kind: []schema.Kind{schema.KindInteger, schema.KindBigInt, schema.KindDouble, schema.KindNumeric}[pick(4)]}
			to.Default = nil
		default:
			to.Default, to.DefaultExpr = nil, ""
		}
		return migrate.AlterColumn{Table: t.Name, From: c, To: to}
	case 9:
		return migrate.AddCheck{Table: t.Name, Check: schema.Check{Name: fmt.Sprintf("ch%d", n), Expr: fmt.Sprintf("length(%s) < 100", c.Name)}}
	case 10:
		if len(t.Checks) > 0 {
			return migrate.DropCheck{Table: t.Name, Check: t.Checks[pick(len(t.Checks))]}
		}
	case 11:
		return migrate.CreateIndex{Table: t.Name, Index: schema.Index{Name: fmt.Sprintf("ix%d", n), Unique: pick(3) == 0,
			Parts: []schema.IndexPart{{Column: c.Name, Desc: pick(2) == 0}, {Expr: "length(" + c.Name + ")"}}}}
	case 12:
		if len(t.Indexes) > 0 {
			x := t.Indexes[pick(len(t.Indexes))]
			if pick(2) == 0 {
				return migrate.RenameIndex{Table: t.Name, From: x.Name, To: fmt.Sprintf("ix%d", n)}
			}
			return migrate.DropIndex{Table: t.Name, Index: x}
		}
	case 13:
		ref := s.Tables[pick(len(s.Tables))]
		return migrate.AddForeignKey{Table: t.Name, ForeignKey: liteFK(fmt.Sprintf("fk%d", n), c.Name, ref.Name, schema.SetNull)}
	case 14:
		if len(t.ForeignKeys) > 0 {
			f := t.ForeignKeys[pick(len(t.ForeignKeys))]
			if pick(2) == 0 {
				return migrate.RenameConstraint{Table: t.Name, From: f.Name, To: fmt.Sprintf("fk%d", n)}
			}
			return migrate.DropForeignKey{Table: t.Name, ForeignKey: f}
		}
	case 15, 16:
		if c.Name == "id" || c.Type.Kind == schema.KindEnum || len(t.ForeignKeys) > 0 && t.ForeignKeys[0].Columns[0] == c.Name {
			return nil
		}
		o := t.Columns[pick(len(t.Columns))]
		other := s.Tables[pick(len(s.Tables))]
		f := migrate.Fill{Table: t.Name, Column: c.Name, Expr: "coalesce(" + c.Name + ", 0) + id", Where: "id < 3"}
		switch pick(5) {
		case 0:
			f.Expr, f.Where = "length("+o.Name+") + 1", ""
		case 1:
			if c.Type.Kind != schema.KindText { // SQLite keeps a text in a number's column, but a conversion does not let it pass
				return nil
			}
			f.Expr, f.Where = "'v' || coalesce("+o.Name+", 'none')", "TRUE"
		case 2:
			f.Expr, f.Where = "(SELECT count(*) FROM "+other.Name+")", "id > 1"
		case 3:
			f.Expr, f.Where = t.Name+".id", o.Name+" IS NULL"
		}
		return f
	case 17:
		e := s.Enums[0]
		if pick(2) == 0 {
			return migrate.RenameEnumValue{Enum: e.Name, From: e.Values[pick(len(e.Values))], To: fmt.Sprintf("m%d", n)}
		}
		return migrate.AlterEnum{Name: e.Name, From: e.Values, To: append(slices.Clone(e.Values), fmt.Sprintf("m%d", n))}
	case 18:
		if pick(3) == 0 {
			return liteTable([]string{"c", "d", "e"}[pick(3)], liteID(), schema.Text(name).Null())
		}
		if pick(3) > 0 {
			return nil
		}
		return migrate.SQL{Up: []string{`UPDATE "` + t.Name + `" SET id = id`}}
	}
	return nil
}
