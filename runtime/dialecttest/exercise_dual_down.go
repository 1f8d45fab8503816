package dialecttest

import (
	"context"
	"slices"
	"testing"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// What new programs write may be more than the old column holds. Old programs that write what they have read must not cut it.

// narrowed is a table before, while and after a column has a shadow column that holds more.
func narrowed(l *lab, from, to schema.ColumnDef, up, down string) *migrate.Migrator {
	a, b := from.Def(), to.Def()
	free := func(c schema.Column) schema.Column { c.Nullable = true; return c }
	both := migrate.AddDualWrite{Table: "things", Name: "things_both", From: a.Name, To: b.Name, Up: up, Down: down, Column: to}
	expand := []migrate.Op{migrate.AddColumn{Table: "things", Column: free(b)}, both, migrate.AlterColumn{Table: "things", From: from, To: free(a)}}
	contract := []migrate.Op{migrate.DropDualWrite(both), migrate.AlterColumn{Table: "things", From: free(b), To: to}, migrate.DropColumn{Table: "things", Column: free(a)}}
	m := l.migrator(migrate.NewSet("dual", chain([]migrate.Op{table("things", from, schema.Integer("stock").Default(0))}, expand, contract)...))
	l.must(m.To(context.Background(), "0001_step"))
	return m
}

func shortenedOnline(t *testing.T, l *lab) {
	ctx := context.Background()
	m := narrowed(l, schema.Varchar("title", 20), schema.Text("headline"), "title", "substr(headline, 1, 20)")
	l.exec(`INSERT INTO things (id, title) VALUES (1, 'old')`)
	l.must(m.To(ctx, "0002_step"))
	const long = "a headline of thirty characters"
	l.exec(`INSERT INTO things (id, headline) VALUES (2, '` + long + `')`)
	l.exec(`UPDATE things SET headline = '` + long + `' WHERE id = 1`)
	want := []string{"1 a headline of thirty " + long, "2 a headline of thirty " + long}
	is := func(step string) {
		t.Helper()
		if got := l.rows(`SELECT id, title, headline FROM things ORDER BY id`); !slices.Equal(got, want) {
			t.Fatalf("%s: the rows are\n%q, not\n%q", step, got, want)
		}
	}
	is("written by the new program")
	l.exec(`UPDATE things SET title = title, stock = 1`)
	l.exec(`UPDATE things SET title = 'a headline of thirty', stock = 2 WHERE id = 1`)
	is("written by the old one as it was read")
	l.exec(`UPDATE things SET headline = headline, title = title`)
	is("written with both names as it was")
	l.exec(`UPDATE things SET stock = 3`)
	is("written without either")
	l.exec(`UPDATE things SET title = 'short' WHERE id = 1`)
	l.exec(`UPDATE things SET headline = '` + long + ` and more' WHERE id = 2`)
	want = []string{"1 short short", "2 a headline of thirty " + long + " and more"}
	is("changed by each")

	l.must(m.To(ctx, "0003_step"))
	l.must(m.To(ctx, "0002_step"))
	is("undone, with the old column filled from the new one")
	l.exec(`UPDATE things SET title = title`)
	is("written by the old program after that")
}

func widenedOnline(t *testing.T, l *lab) {
	ctx := context.Background()
	m := narrowed(l, schema.Integer("n"), schema.Numeric("amount", 12, 2), "CAST(n AS numeric(12,2))", "CAST(amount AS integer)")
	l.exec(`INSERT INTO things (id, n) VALUES (1, 7)`)
	l.must(m.To(ctx, "0002_step"))
	amounts := func(step string, want ...string) {
		t.Helper()
		if got := l.rows(`SELECT CAST(amount * 100 AS integer) FROM things ORDER BY id`); !slices.Equal(got, want) {
			t.Fatalf("%s: the amounts are, times a hundred, %q, not %q", step, got, want)
		}
	}
	l.exec(`INSERT INTO things (id, amount) VALUES (2, 1.25)`)
	amounts("inserted", "700", "125")
	l.exec(`UPDATE things SET amount = 2.75 WHERE id = 1`)
	l.exec(`UPDATE things SET n = n, stock = 1`)
	amounts("written by the old program as it was read", "275", "125")
	l.exec(`UPDATE things SET n = n + 4 WHERE id = 2`)
	amounts("changed by the old program", "275", "500")
	l.exec(`UPDATE things SET amount = 1.25 WHERE id = 2`)
	l.must(m.To(ctx, "0003_step"))
	amounts("at the end", "275", "125")
	l.must(m.To(ctx, "0002_step"))
	amounts("undone", "275", "125")
}

// raisingDown shows that a value that the old column does not take is an error on PostgreSQL, and nothing that is cut. SQLite keeps it whole.
func raisingDown(t *testing.T, l *lab) {
	m := narrowed(l, schema.Varchar("title", 20), schema.Text("headline"), "title", "headline")
	l.exec(`INSERT INTO things (id, title) VALUES (1, 'old')`)
	l.must(m.To(context.Background(), "0002_step"))
	const long = "a headline of thirty characters"
	want := []string{"1 old old"}
	if l.b.Dialect.Name() == "postgres" {
		l.refused(`UPDATE things SET headline = '`+long+`'`, "value too long for type character varying(20)")
		l.refused(`INSERT INTO things (id, headline) VALUES (2, '`+long+`')`, "value too long for type character varying(20)")
	} else {
		l.exec(`UPDATE things SET headline = '` + long + `'`)
		want = []string{"1 " + long + " " + long}
	}
	if got := l.rows(`SELECT id, title, headline FROM things ORDER BY id`); !slices.Equal(got, want) {
		t.Fatalf("the rows are\n%q, not\n%q", got, want)
	}
}
