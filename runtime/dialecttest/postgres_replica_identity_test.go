package dialecttest_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/modelgen/modelgen/internal/pgtest"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/postgres"
	"github.com/modelgen/modelgen/runtime/schema"
)

// TestReplicaIdentityStays: what nobody declares of replication stays when columns of the index get other names and types, and columns come and go, there and back; verify says nothing of it.
func TestReplicaIdentityStays(t *testing.T) {
	t.Parallel()
	db := pgOpen(t, "pgx", pgtest.Database(t))
	code := schema.Text("code")
	first := []migrate.Op{
		migrate.CreateTable{Table: "whole", Columns: []schema.ColumnDef{schema.BigInt("id"), code}},
		migrate.CreateTable{Table: "none", Columns: []schema.ColumnDef{schema.BigInt("id"), code}, PrimaryKey: schema.PrimaryKey{Name: "none_pkey", Columns: []string{"id"}}},
		migrate.CreateTable{Table: "keyed", Columns: []schema.ColumnDef{schema.BigInt("id"), schema.Integer("number"), code},
			Uniques: []schema.Unique{{Name: "keyed_number_key", Columns: []string{"number"}}}},
	}
	var then []migrate.Op
	for _, table := range []string{"whole", "none", "keyed"} {
		then = append(then,
			migrate.RenameColumn{Table: table, From: "code", To: "label"},
			migrate.AddColumn{Table: table, Column: schema.Integer("size").Default(0)},
			migrate.AlterColumn{Table: table, From: schema.Text("label"), To: schema.Varchar("label", 40)},
			migrate.RenameTable{From: table, To: table + "_2"})
	}
	then = append(then,
		migrate.AlterColumn{Table: "keyed_2", From: schema.Integer("number"), To: schema.BigInt("number")},
		migrate.RenameConstraint{Table: "keyed_2", From: "keyed_number_key", To: "keyed_2_number_key"},
		migrate.RenameColumn{Table: "keyed_2", From: "number", To: "position"})
	set := migrate.NewSet("shop", faultChain(first, then)...)
	base := migrate.NewSet("shop", faultChain(first)...)
	pgUp(t, db, base)
	pgExec(t, db, "ALTER TABLE whole REPLICA IDENTITY FULL", "ALTER TABLE none REPLICA IDENTITY NOTHING", "ALTER TABLE keyed REPLICA IDENTITY USING INDEX keyed_number_key",
		"INSERT INTO keyed VALUES (1, 1, 'a'), (2, 2, 'b')")
	look := func(set *migrate.Set, want ...string) {
		t.Helper()
		pgWantRows(t, db, "SELECT replace(c.relname, '_2', '') || ' ' || relreplident::text || COALESCE(' ' || (SELECT string_agg(a.attname::text, ',') FROM pg_index i JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY (i.indkey) WHERE i.indrelid = c.oid AND i.indisreplident), '') "+
			"FROM pg_class c WHERE relname ~ '^(whole|none|keyed)(_2)?$' ORDER BY 1", want...)
		m, err := migrate.New(db, postgres.Dialect{}, set, nil)
		if err != nil {
			t.Fatal(err)
		}
		if diff, err := m.Verify(t.Context()); err != nil || len(diff) > 0 {
			t.Errorf("verify: %v %v", diff, err)
		}
	}
	look(base, "keyed i number", "none n", "whole f")
	pgUp(t, db, set)
	look(set, "keyed i position", "none n", "whole f")
	m, err := migrate.New(db, postgres.Dialect{}, set, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.Back(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	look(base, "keyed i number", "none n", "whole f")
	pgUp(t, db, set)
	look(set, "keyed i position", "none n", "whole f")

	in, err := migrate.Inspect(t.Context(), db, postgres.Dialect{}, migrate.InspectOptions{})
	if err != nil {
		t.Fatal(err)
	}
	var said []string
	for _, u := range in.Unexpressed {
		if strings.HasSuffix(u.Object, ": replica identity") {
			said = append(said, u.Object)
		}
	}
	if want := []string{"index keyed_2_number_key on keyed_2: replica identity", "table none_2: replica identity", "table whole_2: replica identity"}; !slices.Equal(said, want) {
		t.Errorf("adopt says %q, not %q", said, want)
	}
}
