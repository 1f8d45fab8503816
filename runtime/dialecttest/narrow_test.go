package dialecttest_test

import (
	"strings"
	"testing"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/migratetest"
	"github.com/modelgen/modelgen/runtime/schema"
)

// narrowed has indexes, checks, a unique constraint and a collation of one dialect, which come, change, get other names and go.
func narrowed() *migrate.Set {
	on := func(column string) []schema.IndexPart { return []schema.IndexPart{{Column: column}} }
	gin := schema.Index{Name: "docs_meta_idx", Parts: []schema.IndexPart{{Column: "meta", OpClass: "jsonb_path_ops"}}, Using: "gin", Only: "postgres"}
	plain := schema.Index{Name: "docs_title_idx", Parts: on("title")}
	onlyPG := plain
	onlyPG.Only = "postgres"
	first := migrate.CreateTable{
		Table:      "docs",
		Columns:    []schema.ColumnDef{schema.BigInt("id"), schema.Text("title").CollateFor("postgres", "C"), schema.JSONB("meta")},
		PrimaryKey: schema.PrimaryKey{Name: "docs_pkey", Columns: []string{"id"}},
		Uniques:    []schema.Unique{{Name: "docs_title_key", Columns: []string{"title"}, Deferrable: schema.InitiallyDeferred, Only: "postgres"}, {Name: "docs_title_key", Columns: []string{"title"}, Only: "sqlite"}},
		Checks:     []schema.Check{{Name: "docs_title_check", Expr: "title ~ '^[A-Z]'", Only: "postgres"}, {Name: "docs_title_check", Expr: "title glob '[A-Z]*'", Only: "sqlite"}},
		Indexes:    []schema.Index{gin, {Name: "docs_meta_idx", Parts: on("meta"), Only: "sqlite"}, plain},
	}
	return migrate.NewSet("shop", chain(
		first,
		migrate.AddColumn{Table: "docs", Column: schema.Text("code").Default("x").CollateFor("sqlite", "NOCASE")},
		migrate.AlterColumn{Table: "docs", From: schema.Text("title").CollateFor("postgres", "C"), To: schema.Text("title").CollateFor("postgres", "POSIX")},
		migrate.RenameIndex{Table: "docs", From: "docs_meta_idx", To: "by_meta"},
		migrate.RenameConstraint{Table: "docs", From: "docs_title_check", To: "capital"},
		migrate.DropIndex{Table: "docs", Index: plain},
		migrate.CreateIndex{Table: "docs", Index: onlyPG},
		migrate.AddCheck{Table: "docs", Check: schema.Check{Name: "docs_code_check", Expr: "code <> ''", Only: "sqlite"}},
		migrate.RenameColumn{Table: "docs", From: "meta", To: "data"},
		migrate.RenameTable{From: "docs", To: "papers"},
	)...)
}

// What is of one dialect is made there alone, is no drift on either, and goes up and down.
func TestNarrowed(t *testing.T) {
	t.Parallel()
	runners(t, func(r *runner) {
		rec := &recorder{TB: r.t}
		migratetest.Run(rec, r.db, r.dialect, narrowed())
		expect(r.t, "errors", rec.errs)
		expect(r.t, "logs", rec.logs)
		if _, err := r.migrator(narrowed()).Up(r.t.Context()); err != nil {
			r.t.Fatal(err)
		}
		r.exec("INSERT INTO papers (id, title, data) VALUES (1, 'A', '{}')")
		if _, err := r.db.Exec("INSERT INTO papers (id, title, data) VALUES (2, 'a', '{}')"); err == nil || !strings.Contains(err.Error(), "capital") {
			r.t.Errorf("the check of the dialect: %v", err)
		}
	})
}
