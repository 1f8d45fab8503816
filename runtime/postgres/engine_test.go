package postgres

import (
	"slices"
	"strings"
	"testing"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

func TestEngineOf(t *testing.T) {
	for _, c := range []struct {
		version string
		number  int
		citus   string
		want    Engine
	}{
		{"PostgreSQL 15.20 (Debian 15.20-0+deb12u1) on x86_64-pc-linux-gnu, compiled by gcc", 150020, "", PostgreSQL},
		{"PostgreSQL 17beta1 on x86_64-pc-linux-gnu", 170000, "", PostgreSQL},
		{"PostgreSQL 16.4 (EnterpriseDB Advanced Server 16.4.1) on x86_64", 160004, "", PostgreSQL},
		{"PostgreSQL 15.20 on x86_64", 150020, "13.2-1", Citus},
		{"CockroachDB CCL v26.1.0 (x86_64-pc-linux-gnu, built 2026/02/01, go1.25)", 130000, "", Cockroach},
		{"PostgreSQL 15.12-YB-2025.1.0.0-b0 on x86_64-pc-linux-gnu, compiled by clang", 150012, "", Yugabyte},
		{"PostgreSQL 8.0.2 on i686-pc-linux-gnu, compiled by GCC, Redshift 1.0.12103", 80002, "", Unknown},
		{"PostgreSQL 12.12 (Greenplum Database 7.1.0 build commit) on x86_64", 120012, "", Unknown},
		{"PostgreSQL 13.14.0-RisingWave-2.1.0 (abc)", 130014, "", Unknown},
		{"PostgreSQL 14.1 on x86_64", 150000, "", Unknown}, // the two disagree
		{"Something else 1.0", 150000, "", Unknown},
	} {
		if got, _ := engineOf(c.version, c.number, c.citus); got != c.want {
			t.Errorf("%s is taken for %s, not %s", c.version, got, c.want)
		}
	}
}

func TestEngineNamed(t *testing.T) {
	for _, c := range []struct {
		said Engine
		v    server
		want Engine
		err  string
	}{
		{"", server{text: "PostgreSQL 15.20 on x86_64", version: 150020}, PostgreSQL, ""},
		{PostgreSQL, server{text: "Something 1", version: 150020}, PostgreSQL, ""},
		{PostgreSQL, server{text: "CockroachDB CCL v26.1.0", version: 130000}, "", "the server is CockroachDB"},
		{Cockroach, server{text: "PostgreSQL 15.20 on x86_64", version: 150020}, "", "the server is PostgreSQL"},
	} {
		s := &session{dialect: Dialect{Engine: c.said}}
		err := s.settle(c.v)
		if s.engine != c.want || (err == nil) != (c.err == "") || err != nil && !strings.Contains(err.Error(), c.err) {
			t.Errorf("%q of %s: %q, %v", c.said, c.v.text, s.engine, err)
		}
	}
	if _, err := (Dialect{}).WithEngine("oracle"); err == nil || !strings.Contains(err.Error(), "yugabytedb") {
		t.Errorf("an engine that there is not: %v", err)
	}
}

// TestEngineStages: where DDL is not part of a transaction each statement is a stage, whose state is read back.
func TestEngineStages(t *testing.T) {
	ops := []migrate.Op{
		migrate.CreateTable{Table: "a", Columns: []schema.ColumnDef{schema.BigInt("id"), schema.Text("x").Null()}, PrimaryKey: schema.PrimaryKey{Name: "a_pkey", Columns: []string{"id"}},
			Indexes: []schema.Index{{Name: "a_x_idx", Parts: []schema.IndexPart{{Column: "x"}}}}},
		migrate.RenameColumn{Table: "a", From: "x", To: "y"},
	}
	want := map[Engine][]string{
		PostgreSQL: {"tx CREATE TABLE", "tx ALTER TABLE"},
		Cockroach:  {"CREATE TABLE", "CREATE INDEX", "ALTER TABLE"},
		Yugabyte:   {"CREATE TABLE", "CREATE INDEX", "ALTER TABLE"},
	}
	for engine, want := range want {
		stages, err := migrate.PlanOps(Dialect{Engine: engine}.Planner(15), &schema.Schema{}, ops)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, st := range stages {
			what := strings.Join(strings.Fields(st.Statements[0].SQL)[:2], " ")
			if !st.NoTx {
				what = "tx " + what
			} else if st.Ready == nil || len(st.Statements) != 1 {
				t.Errorf("%s: nobody can tell whether %s is done", engine, what)
			}
			got = append(got, what)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", engine, got, want)
		}
	}
}

// TestEngineRefuses: what an engine cannot do is refused by name.
func TestEngineRefuses(t *testing.T) {
	table := migrate.CreateTable{Table: "a", Columns: []schema.ColumnDef{schema.BigInt("id"), schema.Text("x").Null(), schema.Text("y").Null()}, PrimaryKey: schema.PrimaryKey{Name: "a_pkey", Columns: []string{"id"}}}
	s := &schema.Schema{}
	if err := table.Apply(s); err != nil {
		t.Fatal(err)
	}
	type row struct {
		ID int64   `db:"id"`
		X  *string `db:"x"`
	}
	for _, c := range []struct {
		engine Engine
		op     migrate.Op
		what   string // "" is taken
	}{
		{Cockroach, migrate.DropPrimaryKey{Table: "a", PrimaryKey: schema.PrimaryKey{Name: "a_pkey", Columns: []string{"id"}}}, "a primary key dropped"},
		{Cockroach, migrate.AlterColumn{Table: "a", From: schema.Text("x").Null(), To: schema.BigInt("x").Null()}, "another type"},
		{Cockroach, migrate.AlterColumn{Table: "a", From: schema.Text("x").Null(), To: schema.Text("x")}, ""},
		{Cockroach, migrate.AddColumn{Table: "a", Column: schema.BigInt("n").Identity()}, "an identity column"},
		{Cockroach, migrate.Backfill[row]{Table: "a", Row: func(*row) error { return nil }}, "a Backfill"},
		{Cockroach, migrate.Fill{Table: "a", Column: "x", Expr: "'v'"}, ""},
		{Cockroach, migrate.AddUnique{Table: "a", Unique: schema.Unique{Name: "u", Columns: []string{"x"}}}, ""},
		{Cockroach, migrate.AddUnique{Table: "a", Unique: schema.Unique{Name: "u", Columns: []string{"x"}, Deferrable: schema.InitiallyDeferred}}, "a deferrable constraint"},
		{Cockroach, migrate.CreateDomain{Name: "d", SQL: "CREATE DOMAIN d AS int"}, "(domain)"},
		{Yugabyte, migrate.CreateDomain{Name: "d", SQL: "CREATE DOMAIN d AS int"}, ""},
		{Yugabyte, migrate.AlterColumn{Table: "a", From: schema.Text("x").Null(), To: schema.BigInt("x").Null()}, "another type"},
		{Unknown, table2(), ""},
		{Unknown, migrate.AddColumn{Table: "a", Column: schema.Text("z").Null()}, ""},
		{Unknown, migrate.CreateIndex{Table: "a", Index: schema.Index{Name: "i", Parts: []schema.IndexPart{{Column: "x"}}}}, "-engine postgres"},
		{Unknown, migrate.RenameColumn{Table: "a", From: "x", To: "z"}, "-engine postgres"},
		{PostgreSQL, migrate.RenameColumn{Table: "a", From: "x", To: "z"}, ""},
	} {
		_, err := migrate.PlanOps(Dialect{Engine: c.engine}.Planner(15), s.Clone(), []migrate.Op{c.op})
		if (err == nil) != (c.what == "") || err != nil && !strings.Contains(err.Error(), c.what) {
			t.Errorf("%s: %s: %v", c.engine, c.op.Describe(), err)
		}
	}
}

func table2() migrate.CreateTable {
	return migrate.CreateTable{Table: "b", Columns: []schema.ColumnDef{schema.BigInt("id")}, PrimaryKey: schema.PrimaryKey{Name: "b_pkey", Columns: []string{"id"}}}
}
