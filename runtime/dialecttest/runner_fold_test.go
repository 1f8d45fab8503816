package dialecttest_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// grown returns a history of one op a migration: tables that columns are added to, between all that can come in between.
func grown(seed uint64, n int) *migrate.Set {
	at := rand.New(rand.NewPCG(seed, 7))
	var all []*migrate.Migration
	s := &schema.Schema{}
	try := func(op migrate.Op) {
		if op.Apply(s) != nil {
			return // not on this schema
		}
		m := &migrate.Migration{Name: fmt.Sprintf("%04d_step", len(all)+1), Ops: []migrate.Op{op}}
		if len(all) > 0 {
			m.Parents = all[len(all)-1:]
		}
		all = append(all, m)
	}
	for i := 0; len(all) < n; i++ {
		table := fmt.Sprintf("t%d", at.IntN(4))
		column := fmt.Sprintf("c%d", at.IntN(6))
		t := s.Table(table)
		if t == nil {
			try(migrate.CreateTable{Table: table, Columns: []schema.ColumnDef{schema.BigInt("id").Identity(), schema.Text("name")}, PrimaryKey: schema.PrimaryKey{Name: fmt.Sprintf("p%d", i), Columns: []string{"id"}}})
			continue
		}
		c := t.Column(column)
		switch at.IntN(12) {
		case 0:
			try(migrate.CreateIndex{Table: table, Index: schema.Index{Name: fmt.Sprintf("i%d", i), Parts: []schema.IndexPart{{Column: "name"}, {Column: t.Columns[len(t.Columns)-1].Name}}}})
		case 1:
			try(migrate.AddUnique{Table: table, Unique: schema.Unique{Name: fmt.Sprintf("u%d", i), Columns: []string{"id", "name"}}})
		case 2:
			if c != nil && c.Type.Kind == schema.KindInteger {
				try(migrate.AddCheck{Table: table, Check: schema.Check{Name: fmt.Sprintf("k%d", i), Expr: column + " >= 0"}})
			}
		case 3:
			if c != nil {
				try(migrate.RenameColumn{Table: table, From: column, To: fmt.Sprintf("c%d", at.IntN(6))})
			}
		case 4:
			if c != nil {
				try(migrate.DropColumn{Table: table, Column: *c})
			}
		case 5:
			try(migrate.RenameTable{From: table, To: fmt.Sprintf("t%d", at.IntN(4))})
		case 6:
			try(migrate.AddColumn{Table: table, Column: schema.Integer(column).Generated("(id + 1)")})
		case 7:
			try(migrate.AddColumn{Table: table, Column: schema.Text(column)}) // NOT NULL without a default: there are no rows
		default:
			try(migrate.AddColumn{Table: table, Column: schema.Integer(column).Default(0)})
		}
	}
	return migrate.NewSet("grown", all...)
}

// TestRunnerShared: migrations that share transactions on an empty database leave it as they do one by one.
func TestRunnerShared(t *testing.T) {
	t.Parallel()
	runners(t, func(r *runner) {
		for seed := range uint64(size(2, 8)) {
			set := grown(seed, 130)
			if err := set.Err(); err != nil {
				r.t.Fatalf("seed %d: %v", seed, err)
			}
			m := r.migrator(set)
			if _, err := m.Up(context.Background()); err != nil {
				r.t.Fatalf("seed %d: %v", seed, err)
			}
			r.settled(set)
			shared := r.records()
			for _, target := range []string{"0001", "0130"} { // the second one is on a database with history
				if _, err := m.To(context.Background(), target); err != nil {
					r.t.Fatalf("seed %d: to %s: %v", seed, target, err)
				}
			}
			r.settled(set)
			if alone := r.records(); alone != shared {
				r.t.Errorf("seed %d: the history after shared transactions:\n%s\none by one:\n%s", seed, shared, alone)
			}
			if _, err := m.To(context.Background(), "zero"); err != nil {
				r.t.Fatalf("seed %d: to zero: %v", seed, err)
			}
		}
	})
}

func (r *runner) records() string {
	r.t.Helper()
	rows, err := r.db.Query(`SELECT name, hash, digest, state FROM modelgen_history WHERE "set" <> '' ORDER BY id`)
	if err != nil {
		r.t.Fatal(err)
	}
	defer rows.Close()
	var all []string
	for rows.Next() {
		var name, hash, digest, state string
		if err := rows.Scan(&name, &hash, &digest, &state); err != nil {
			r.t.Fatal(err)
		}
		all = append(all, fmt.Sprint(name, " ", hash, " ", digest, " ", state))
	}
	if err := rows.Err(); err != nil {
		r.t.Fatal(err)
	}
	return strings.Join(all, "\n")
}

// TestRunnerUnseen: on a database in use only those share a transaction that make tables and change these: what others see is locked for one migration.
func TestRunnerUnseen(t *testing.T) {
	runners(t, func(r *runner) {
		table := func(name string, refers ...string) migrate.CreateTable {
			c := migrate.CreateTable{Table: name, Columns: []schema.ColumnDef{schema.BigInt("id"), schema.BigInt("other")}, PrimaryKey: schema.PrimaryKey{Name: name + "_pkey", Columns: []string{"id"}}}
			for _, to := range refers {
				c.ForeignKeys = append(c.ForeignKeys, schema.ForeignKey{Name: name + "_" + to, Columns: []string{"other"}, RefTable: to, RefColumns: []string{"id"}})
			}
			return c
		}
		column := func(table, name string) migrate.Op {
			return migrate.AddColumn{Table: table, Column: schema.Text(name).Default("")}
		}
		var all []*migrate.Migration
		for i, op := range []migrate.Op{
			table("a"),
			table("b"), column("b", "x"), table("c", "b"), column("c", "y"), // together
			column("a", "z"), column("a", "w"), // each alone
			table("d", "a"), column("d", "x"), // the first one locks a
			table("e"), migrate.SQL{Up: []string{"INSERT INTO e VALUES (1, 2)"}, Down: []string{"DELETE FROM e"}},
		} {
			m := &migrate.Migration{Name: fmt.Sprintf("%04d_step", i+1), Ops: []migrate.Op{op}}
			if i > 0 {
				m.Parents = all[i-1:]
			}
			all = append(all, m)
		}
		for _, n := range []int{1, len(all)} {
			if _, err := r.migrator(migrate.NewSet("test", all[:n]...)).Up(context.Background()); err != nil {
				r.t.Fatal(err)
			}
		}
		r.settled(migrate.NewSet("test", all...))
		if r.url == "" {
			return
		}
		var together string
		if err := r.db.QueryRow(`SELECT string_agg(names, '; ' ORDER BY names) FROM (SELECT string_agg(left(name, 4), ' ' ORDER BY id) AS names FROM modelgen_history GROUP BY xmin::text) AS t`).Scan(&together); err != nil {
			r.t.Fatal(err)
		}
		if want := "0001; 0002 0003 0004 0005; 0006; 0007; 0008; 0009; 0010; 0011"; together != want {
			r.t.Errorf("these shared a transaction: %s, want %s", together, want)
		}
	})
}

// TestRunnerSharedFails: when one of them fails, those before it are applied, with what is theirs and nothing of what comes after.
func TestRunnerSharedFails(t *testing.T) {
	t.Run("on an empty database", func(t *testing.T) { sharedFails(t, false) })
	t.Run("of a table that nobody sees", func(t *testing.T) { sharedFails(t, true) })
}

func sharedFails(t *testing.T, history bool) {
	runners(t, func(r *runner) {
		var before []*migrate.Migration
		if history {
			before = []*migrate.Migration{{Name: "0000_before", Ops: []migrate.Op{migrate.CreateTable{Table: "before", Columns: []schema.ColumnDef{schema.BigInt("id")}}}}}
			if _, err := r.migrator(migrate.NewSet("test", before...)).Up(context.Background()); err != nil {
				r.t.Fatal(err)
			}
		}
		m1 := &migrate.Migration{Name: "0001_a", Parents: before, Ops: []migrate.Op{migrate.CreateTable{Table: "a", Columns: []schema.ColumnDef{schema.BigInt("id")}}}}
		m2 := &migrate.Migration{Name: "0002_b", Parents: []*migrate.Migration{m1}, Ops: []migrate.Op{migrate.AddColumn{Table: "a", Column: schema.Text("b")}}}
		m3 := &migrate.Migration{Name: "0003_c", Parents: []*migrate.Migration{m2}, Ops: []migrate.Op{
			migrate.CreateIndex{Table: "a", Index: schema.Index{Name: "a_idx", Parts: []schema.IndexPart{{Expr: "no_such_function(b)"}}}}}}
		m4 := &migrate.Migration{Name: "0004_d", Parents: []*migrate.Migration{m3}, Ops: []migrate.Op{migrate.AddColumn{Table: "a", Column: schema.Text("d")}}}
		set := migrate.NewSet("test", append(before, m1, m2, m3, m4)...)
		res, err := r.migrator(set).Up(context.Background())
		var failed *migrate.MigrationError
		if !errors.As(err, &failed) || failed.Migration != "0003_c" {
			r.t.Fatalf("it did not fail in 0003_c: %v", err)
		}
		r.does(res, nil, "0001_a, 0002_b")
		r.settled(migrate.NewSet("test", append(before, m1, m2)...))
	})
}
