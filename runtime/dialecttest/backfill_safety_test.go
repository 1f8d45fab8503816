package dialecttest_test

import (
	"context"
	"strings"
	"testing"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/postgres"
	"github.com/modelgen/modelgen/runtime/schema"
)

// twiceAt0002 has a column that is only read, and one that must not be worked on twice.
type twiceAt0002 struct {
	ID    int64   `db:"id"`
	Title *string `db:"title"`
	Name  string  `db:"name"`
}

// TestBackfillNotAgain: the sweep behind the check of NOT NULL works on no row again that the function has had.
func TestBackfillNotAgain(t *testing.T) {
	runners(t, func(r *runner) {
		set := fillStart(r, 10,
			migrate.Backfill[twiceAt0002]{Table: "items", Where: "title = 'CH'", Row: func(p *twiceAt0002) error { p.Name += "x"; return nil }},
			migrate.AlterColumn{Table: "items", From: schema.Text("title").Null(), To: schema.Text("title")},
		)
		r.exec("UPDATE items SET title = 'CH', name = 'a'")
		r.up(set, "0002_step")
		r.wants(10, "SELECT count(*) FROM items WHERE name = 'ax'")
	})
}

// TestSweepOfWhatIsGone: what filled a column is not asked for once more when a column that it reads is gone or has another type.
func TestSweepOfWhatIsGone(t *testing.T) {
	runners(t, func(r *runner) {
		set := fillStart(r, 10,
			migrate.Fill{Table: "items", Column: "slug", Expr: "name"},
			migrate.DropColumn{Table: "items", Column: schema.Text("name")},
			migrate.AlterColumn{Table: "items", From: schema.Text("slug").Null(), To: schema.Varchar("slug", 50)},
			migrate.Fill{Table: "items", Column: "title", Expr: "'7'"},
			migrate.AlterColumn{Table: "items", From: schema.Text("title").Null(), To: schema.Integer("title"), Using: "CAST(title AS integer)"},
		)
		r.up(set, "0002_step")
		r.wants(10, "SELECT count(*) FROM items WHERE slug LIKE 'Name %' AND title = 7")
		r.fillNow(set)
	})
}

// TestSweepOfATableThatIsGone: the same where the fill reads another table.
func TestSweepOfATableThatIsGone(t *testing.T) {
	runners(t, func(r *runner) {
		names := makes("names", schema.Text("name"))
		items := makes("items", schema.Text("slug").Null())
		first := &migrate.Migration{Name: "0001_a", Ops: []migrate.Op{names, items}}
		r.up(migrate.NewSet("fill", first), "0001_a")
		r.exec("INSERT INTO names (id, name) VALUES (1, 'one')", "INSERT INTO items (id) VALUES (1), (2)")
		second := &migrate.Migration{Name: "0002_b", Parents: []*migrate.Migration{first}, Ops: []migrate.Op{
			migrate.Fill{Table: "items", Column: "slug", Expr: "coalesce((SELECT n.name FROM names n WHERE n.id = items.id), 'none')"},
			migrate.DropTable(names.(migrate.CreateTable)),
			migrate.AlterColumn{Table: "items", From: schema.Text("slug").Null(), To: schema.Text("slug")},
		}}
		r.up(migrate.NewSet("fill", first, second), "0002_b")
		r.wants(1, "SELECT count(*) FROM items WHERE slug = 'one'")
		r.wants(1, "SELECT count(*) FROM items WHERE slug = 'none'")
	})
}

// TestFillApart: rows of a table in use are not changed under the lock of the op before, also where they go all at once.
func TestFillApart(t *testing.T) {
	ops := []migrate.Op{
		migrate.AddColumn{Table: "items", Column: schema.Text("more").Null()},
		migrate.Fill{Table: "items", Column: "more", Expr: "name", Plain: "it has a handful of rows"},
		migrate.AddColumn{Table: "items", Column: schema.Text("still").Null()},
	}
	stages, err := fillSet(ops).Stages(postgres.Dialect{}, 15, "0002", false)
	if err != nil {
		t.Fatal(err)
	}
	if groups := migrate.Transactions(stages); len(groups) != 3 {
		t.Errorf("%d transactions, want one for each op", len(groups))
	}
}

// TestBatchNamesTheRow: a value that the database refuses is one of a batch of many; the error has its key, those before it are done, and when it is
// corrected the run goes on.
func TestBatchNamesTheRow(t *testing.T) {
	t.Parallel()
	for name, op := range map[string]migrate.Op{
		"function": slugs(nil),
		"sql":      migrate.Fill{Table: "items", Column: "slug", Expr: "lower(name)"},
	} {
		t.Run(name, func(t *testing.T) {
			runners(t, func(r *runner) {
				set := fillStart(r, 3000, op)
				if r.dialect.Name() == "sqlite" {
					r.exec("CREATE TRIGGER refuse BEFORE UPDATE ON items WHEN NEW.id = 2345 AND NEW.name LIKE 'Name%' BEGIN SELECT RAISE(ABORT, 'not this one'); END")
					defer r.exec("DROP TRIGGER refuse")
				} else {
					r.exec("ALTER TABLE items ADD CONSTRAINT refuse CHECK (id <> 2345 OR slug IS NULL OR slug NOT LIKE 'name%') NOT VALID")
					defer r.exec("ALTER TABLE items DROP CONSTRAINT refuse")
				}
				_, err := r.migrator(set).Up(context.Background())
				r.fails(err, "row id = 2345: ")
				if strings.Contains(err.Error(), "name 2345") {
					t.Errorf("the error shows a value: %v", err)
				}
				before := r.count("SELECT count(*) FROM items WHERE slug IS NOT NULL")
				if r.dialect.Name() != "sqlite" && before != 2344 {
					t.Errorf("%d rows are done, want all before that one", before)
				}
				r.exec("UPDATE items SET name = 'other' WHERE id = 2345", "DELETE FROM log WHERE id = 2345")
				r.up(set, "0002_step")
				r.wants(3000, "SELECT count(*) FROM items WHERE slug = lower(name)")
				r.wants(3000, "SELECT count(*) FROM log")
			})
		})
	}
}

// TestConcurrentIndexOf14: servers before 14.4 build indexes that may lack rows.
func TestConcurrentIndexOf14(t *testing.T) {
	_, whole := onlineSet(emailIndex)
	for version, refused := range map[int]bool{140000: true, 140003: true, 140004: false, 14: false, 150000: false} {
		_, err := whole.Stages(postgres.Dialect{}, version, "0002", false)
		if (err != nil) != refused || refused && !strings.Contains(err.Error(), "14.4") {
			t.Errorf("version %d: %v", version, err)
		}
	}
}
