package psql

import (
	"bytes"
	"context"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/modelgen/modelgen/gen/sqlscript"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/postgres"
	"github.com/modelgen/modelgen/runtime/schema"
	"github.com/modelgen/modelgen/runtime/sqlite"
)

var update = flag.Bool("update", false, "write the golden files")

var (
	initial = &migrate.Migration{Name: "0001_initial", Ops: []migrate.Op{
		migrate.CreateTable{Table: "products", Columns: []schema.ColumnDef{schema.BigInt("id").Identity(), schema.Text("name").Null()}, PrimaryKey: schema.PrimaryKey{Name: "products_pkey", Columns: []string{"id"}}},
	}}
	// names takes several transactions: a batch, a check that is validated, an index, a constraint.
	names = &migrate.Migration{Name: "0002_names", Parents: []*migrate.Migration{initial}, Ops: []migrate.Op{
		migrate.Fill{Table: "products", Column: "name", Expr: "'none'"},
		migrate.AlterColumn{Table: "products", From: schema.Text("name").Null(), To: schema.Text("name")},
		migrate.AddUnique{Table: "products", Unique: schema.Unique{Name: "products_name_key", Columns: []string{"name"}}},
	}}
	both   = migrate.AddDualWrite{Table: "products", Name: "products_name_label_both", From: "name", To: "label", Up: "name", Down: "label", Column: schema.Text("label").Null()}
	expand = &migrate.Migration{Name: "0003_expand", Parents: []*migrate.Migration{names}, Ops: []migrate.Op{
		migrate.AddColumn{Table: "products", Column: schema.Text("label").Null()}, both,
	}}
	contract = &migrate.Migration{Name: "0004_contract", Parents: []*migrate.Migration{expand}, Ops: []migrate.Op{migrate.DropDualWrite(both)}}
)

// scripts plans migrations as gen/sqlscript does, without a directory of them.
func scripts(t *testing.T, target migrate.Dialect, version int, all ...*migrate.Migration) (out []sqlscript.Script) {
	t.Helper()
	set := migrate.NewSet("shop", all...)
	if err := set.Err(); err != nil {
		t.Fatal(err)
	}
	for _, m := range all {
		stages, err := set.Stages(target, version, m.Name, false)
		if err != nil {
			t.Fatal(err)
		}
		s := sqlscript.Script{Migration: m.Name, Dialect: target.Name(), Target: target, Stages: stages, Hash: migrate.HashOps(m.Ops), Set: "shop"}
		for _, p := range m.Parents {
			s.Parents = append(s.Parents, sqlscript.Row{Name: p.Name})
		}
		if m == contract {
			s.Ends = []string{expand.Name}
		}
		out = append(out, s)
	}
	return out
}

// printed returns the script of migrations for PostgreSQL from the oldest version on.
func printed(t *testing.T, change func([]sqlscript.Script), all ...*migrate.Migration) string {
	t.Helper()
	planned := scripts(t, postgres.Dialect{}, 0, all...)
	change(planned)
	var b bytes.Buffer
	err := Write(&b, planned, func(version int) ([]sqlscript.Script, error) {
		return scripts(t, postgres.Dialect{}, version, all...), nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// Scripts are as they were: databases may have been carried on by one half way, and are by the next.
func TestWrite(t *testing.T) {
	for _, c := range []struct {
		golden string
		change func([]sqlscript.Script)
	}{
		{"dual_write.sql", func([]sqlscript.Script) {}},
		{"squash.sql", func(all []sqlscript.Script) {
			all[1].Replaces = []sqlscript.Row{{Name: "0002_a", Hash: "ha"}, {Name: "0003_b", Hash: "hb", Replaces: []sqlscript.Row{{Name: "0002_c"}}, By: []string{"0002_names"}}}
			all[0].Parents = []sqlscript.Row{{Name: "0000_first", By: []string{"0000_again"}}}
		}},
	} {
		got := printed(t, c.change, initial, names, expand, contract)
		path := filepath.Join("testdata", c.golden)
		if *update {
			if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("%s: the script is\n%s", c.golden, got)
		}
	}
}

// NOT NULL takes other stages from PostgreSQL 18 on, and the history counts them.
func TestServers(t *testing.T) {
	same := func([]sqlscript.Script) {}
	if out := printed(t, same, initial, names); !strings.HasPrefix(out, "-- For psql, on PostgreSQL 14 to 17.") {
		t.Errorf("it begins with %.60q", out)
	}
	if out := printed(t, same, initial); !strings.HasPrefix(out, "-- For psql, on PostgreSQL 14 and newer.") {
		t.Errorf("it begins with %.60q", out)
	}
}

// What no script for psql can have is refused before anything is printed.
func TestRefused(t *testing.T) {
	goCode := scripts(t, postgres.Dialect{}, 0, initial)
	goCode[0].Stages = append(goCode[0].Stages, migrate.Stage{Cause: "Run fill", Run: func(context.Context, migrate.Tx) error { return nil }})
	for _, c := range []struct {
		scripts []sqlscript.Script
		words   string
	}{
		{scripts(t, sqlite.Dialect{}, 0, initial), "-idempotent is for PostgreSQL: the shell of SQLite runs every statement"},
		{goCode, "0001_initial runs Go code (Run fill), which no script can"},
	} {
		var b bytes.Buffer
		err := Write(&b, c.scripts, nil)
		if err == nil || !strings.Contains(err.Error(), c.words) || b.Len() > 0 {
			t.Errorf("it prints %q and says %v", b.String(), err)
		}
	}
}
