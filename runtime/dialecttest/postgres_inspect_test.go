package dialecttest_test

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/modelgen/modelgen/internal/law"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/postgres"
	"github.com/modelgen/modelgen/runtime/schema"
)

// makeAll returns the ops that make everything of a schema.
func makeAll(want *schema.Schema) (ops []migrate.Op) {
	for _, n := range want.Namespaces {
		ops = append(ops, migrate.CreateSchema{Name: n})
	}
	for _, e := range want.Enums {
		ops = append(ops, migrate.CreateEnum{Name: e.Name, Values: e.Values})
	}
	for _, x := range want.Tables {
		bare := x.Clone()
		bare.ForeignKeys = nil
		ops = append(ops, migrate.NewCreateTable(bare))
	}
	for _, x := range want.Tables {
		for _, fk := range x.ForeignKeys {
			ops = append(ops, migrate.AddForeignKey{Table: x.Name, ForeignKey: fk})
		}
	}
	return ops
}

func pgInspect(t *testing.T, db *sql.DB, opt migrate.InspectOptions) *migrate.Inspection {
	t.Helper()
	in, err := migrate.Inspect(t.Context(), db, postgres.Dialect{}, opt)
	if err != nil {
		t.Fatal(err)
	}
	return in
}

// TestPostgresInspectLaw inspects databases that migrations of random schemas have made: what comes back says the same. The texts of expressions are
// the server's, so they are compared by what the server makes of them.
func TestPostgresInspectLaw(t *testing.T) {
	t.Parallel()
	seeds := 40
	if testing.Short() {
		seeds = 5
	}
	pgEach(t, func(t *testing.T, db *sql.DB, _ string) {
		s := pgReady(t, db, postgres.Dialect{}, pgConfig())
		version := pgInspect(t, db, migrate.InspectOptions{}).Version
		for seed := range uint64(seeds) {
			want := law.NewPair(seed, "postgres", version/10000).A.For("postgres")
			pgMustApply(t, s, &schema.Schema{}, makeAll(want)...)
			in := pgInspect(t, db, migrate.InspectOptions{})
			if len(in.Unexpressed) > 0 {
				t.Errorf("seed %d: not expressed: %v", seed, in.Unexpressed)
			}
			if d := cmp.Diff(plainFacts(want), plainFacts(in.Schema)); d != "" {
				t.Errorf("seed %d: (-migrations +inspected)\n%s", seed, d)
			}
			var back migrate.Inspection
			if data, err := json.Marshal(in); err != nil {
				t.Error(err)
			} else if err := json.Unmarshal(data, &back); err != nil || !cmp.Equal(in, &back) {
				t.Errorf("seed %d: %v as JSON comes back as %v (%v)", seed, in, back, err)
			}
			pgSame(t, s, in.Schema)
			pgExec(t, db, "DROP SCHEMA public CASCADE; CREATE SCHEMA public")
			if err := s.Bootstrap(context.Background()); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// plainFacts are the facts of a schema without the texts of expressions.
func plainFacts(s *schema.Schema) []schema.Fact {
	var all []schema.Fact
	for _, f := range schema.Facts(s) {
		switch f.Attr {
		case "expr", "where", "generated", "defaultExpr", "parts":
			f.Value = ""
		case "default": // UTC and the whole address are written out or not
			f.Value = strings.TrimSuffix(strings.TrimSuffix(f.Value, "+00"), "/32")
		}
		all = append(all, f)
	}
	return all
}

// TestPostgresInspectTables reads a database that was made by hand: every type, default and form that PostgreSQL prints in its own words.
func TestPostgresInspectTables(t *testing.T) {
	pgEach(t, func(t *testing.T, db *sql.DB, _ string) {
		in := pgInspected(t, db, "tables", migrate.InspectOptions{Schemas: []string{"public", "billing"}, Ignore: []string{"old_*"}})
		pgSame(t, pgReady(t, db, postgres.Dialect{}, pgConfig()), in.Schema)
	})
}

// TestPostgresInspectUnexpressed reads what models have no words for, and the histories of other tools.
func TestPostgresInspectUnexpressed(t *testing.T) {
	pgEach(t, func(t *testing.T, db *sql.DB, _ string) {
		in := pgInspected(t, db, "unexpressed", migrate.InspectOptions{})

		// Verify reports what models cannot say of the tables, with what to do, and passes over it when it is allowed as inspect says.
		var allow, left []string
		for _, u := range in.Unexpressed {
			if u.Allow != "" {
				allow = append(allow, u.Allow)
			}
		}
		ops := makeAll(in.Schema)
		for _, o := range in.Schema.SQLObjects {
			ops = append(ops, migrate.ObjectOp(nil, &o))
		}
		set := migrate.NewSet("shop", &migrate.Migration{Name: "0001_initial", Ops: ops})
		m, err := migrate.New(db, postgres.Dialect{}, set, &migrate.Options{FakeInitial: true})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := m.Up(t.Context()); err != nil {
			t.Fatal(err)
		}
		diff, err := m.Verify(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range diff {
			left = append(left, fmt.Sprintf("%v %s\n  %s\n", d.Missing, d.Fact, d.Fix))
		}
		set.Allow(allow...)
		if diff, err := m.Verify(t.Context()); err != nil || len(diff) > 0 {
			t.Errorf("verify, with all that is allowed: %v %v", diff, err)
		}
		compared(t, "inspect/unexpressed_verify.txt", strings.Join(left, ""))
	})
}

// pgInspected makes the database of a script in testdata/inspect and compares what is read with the JSON beside it.
func pgInspected(t *testing.T, db *sql.DB, name string, opt migrate.InspectOptions) *migrate.Inspection {
	t.Helper()
	for part := range strings.SplitSeq(readFile(t, "testdata/inspect/"+name+".sql"), "\n\n") {
		pgExec(t, db, part)
	}
	in := pgInspect(t, db, opt)
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	if err := e.Encode(in); err != nil {
		t.Fatal(err)
	}
	compared(t, "inspect/"+name+".json", regexp.MustCompile(`"version": \d+`).ReplaceAllString(b.String(), `"version": 0`))
	return in
}

func readFile(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// TestPostgresInspectRights: a role without rights on tables reads what there is but for the histories of other tools, and one that may not read the catalog is told so.
func TestPostgresInspectRights(t *testing.T) {
	pgEach(t, func(t *testing.T, db *sql.DB, _ string) {
		db.SetMaxOpenConns(1) // which has the role
		pgExec(t, db, "CREATE TABLE things (id int PRIMARY KEY)", "CREATE TABLE gorp_migrations (id text PRIMARY KEY, applied_at timestamptz)", "SET ROLE pg_monitor")
		in := pgInspect(t, db, migrate.InspectOptions{})
		if len(in.Schema.Tables) != 1 || len(in.Histories) != 1 || !in.Histories[0].Unreadable || in.Histories[0].Problem != "the role may not read it: GRANT SELECT ON gorp_migrations" {
			t.Errorf("%v", in)
		}
		pgExec(t, db, "RESET ROLE", "REVOKE SELECT ON pg_catalog.pg_policy FROM PUBLIC", "SET ROLE pg_monitor")
		_, err := migrate.Inspect(t.Context(), db, postgres.Dialect{}, migrate.InspectOptions{})
		if err == nil || !strings.HasPrefix(err.Error(), "inspect: reading types, views and functions: ") || !strings.Contains(err.Error(), "permission denied for table pg_policy") || !strings.Contains(err.Error(), "every role may read the catalog") {
			t.Errorf("%v", err)
		}
	})
}
