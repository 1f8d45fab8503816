package dialecttest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// dualRename is a rename in two migrations, as generate -online writes it: caption becomes label, which has a default when def is not "".
func dualRename(def string) (expand, contract []migrate.Op) {
	label := schema.Text("label")
	caption := schema.Text("caption")
	if def != "" {
		label, caption = label.Default(def), caption.Default(def)
	}
	both := migrate.AddDualWrite{Table: "things", Name: "things_caption_label", From: "caption", To: "label", Up: "caption", Down: "label", Column: label}
	return []migrate.Op{
			migrate.AddColumn{Table: "things", Column: schema.Text("label").Null()},
			both,
			migrate.AlterColumn{Table: "things", From: caption, To: schema.Text("caption").Null()},
			migrate.CreateIndex{Table: "things", Index: schema.Index{Name: "things_label_idx", Parts: []schema.IndexPart{{Column: "label"}}}},
		}, []migrate.Op{
			migrate.DropDualWrite(both),
			migrate.AlterColumn{Table: "things", From: schema.Text("label").Null(), To: label},
			migrate.DropColumn{Table: "things", Column: schema.Text("caption").Null()},
		}
}

// dualWrites lets programs of two versions write while a column has two names.
func dualWrites(t *testing.T, l *lab) {
	for _, def := range []string{"", "it's"} {
		t.Run("default "+def, func(t *testing.T) { renamedOnline(t, newLab(t, l.b), def) })
	}
	t.Run("another type", func(t *testing.T) { retypedOnline(t, newLab(t, l.b)) })
	t.Run("a longer text", func(t *testing.T) { shortenedOnline(t, newLab(t, l.b)) })
	t.Run("a longer text that is not cut", func(t *testing.T) { raisingDown(t, newLab(t, l.b)) })
	t.Run("upserts", func(t *testing.T) { upsertsOnline(t, newLab(t, l.b)) })
	t.Run("nulls", func(t *testing.T) { nullsOnline(t, newLab(t, l.b)) })
	t.Run("another trigger", func(t *testing.T) { triggersOnline(t, newLab(t, l.b)) })
	t.Run("constraints", func(t *testing.T) { constrainedOnline(t, newLab(t, l.b)) })
	t.Run("decimals", func(t *testing.T) { widenedOnline(t, newLab(t, l.b)) })
}

func renamedOnline(t *testing.T, l *lab, def string) {
	ctx := context.Background()
	caption := schema.Text("caption")
	if def != "" {
		caption = caption.Default(def)
	}
	expand, contract := dualRename(def)
	set := migrate.NewSet("dual", chain([]migrate.Op{table("things", caption)}, expand, contract)...)
	m := l.migrator(set)
	l.must(m.To(ctx, "0001_step"))
	first := l.catalog(set.Schema())
	l.exec(`INSERT INTO things (id, caption) VALUES (1, 'a'), (2, 'b')`)
	l.must(m.To(ctx, "0002_step"))
	l.exec(`INSERT INTO things (id, caption) VALUES (3, 'old')`)
	l.exec(`INSERT INTO things (id, label) VALUES (4, 'new')`)
	l.exec(`INSERT INTO things (id, caption, label) VALUES (5, 'same', 'same')`)
	l.exec(`UPDATE things SET caption = 'a2' WHERE id = 1`)
	l.exec(`UPDATE things SET label = 'b2' WHERE id = 2`)
	l.exec(`UPDATE things SET caption = 'x', label = 'x' WHERE id = 3`)
	want := []string{"1 a2 a2", "2 b2 b2", "3 x x", "4 new new", "5 same same"}
	if def != "" {
		l.exec(`INSERT INTO things (id) VALUES (6)`)
		want = append(want, "6 it's it's")
	} else {
		l.refused(`INSERT INTO things (id) VALUES (6)`, "neither caption nor label")
	}
	l.refused(`INSERT INTO things (id, caption, label) VALUES (7, 'one', 'other')`, "different values")
	l.refused(`UPDATE things SET caption = 'one', label = 'other' WHERE id = 1`, "different values")
	l.refused(`UPDATE things SET label = NULL WHERE id = 1`, "cannot be NULL")
	if got := l.rows(`SELECT id, caption, label FROM things ORDER BY id`); !slices.Equal(got, want) {
		t.Fatalf("the rows are\n%q, not\n%q", got, want)
	}
	if d, err := m.Verify(ctx); err != nil || len(d) > 0 {
		t.Fatalf("verify between the two: %v, %v", d, err)
	}

	l.must(m.To(ctx, "0003_step"))
	for i := range want {
		f := strings.Fields(want[i])
		want[i] = f[0] + " " + f[1]
	}
	if got := l.rows(`SELECT id, label FROM things ORDER BY id`); !slices.Equal(got, want) {
		t.Fatalf("the rows are\n%q, not\n%q", got, want)
	}
	if d, err := m.Verify(ctx); err != nil || len(d) > 0 {
		t.Fatalf("verify: %v, %v", d, err)
	}
	l.must(m.To(ctx, "0001_step"))
	if got := l.rows(`SELECT id, caption FROM things ORDER BY id`); !slices.Equal(got, want) {
		t.Fatalf("undone, the rows are\n%q, not\n%q", got, want)
	}
	if last := l.catalog(set.Schema()); !slices.Equal(first, last) {
		t.Errorf("undone it is\n%q\nand was\n%q", last, first)
	}
}

func retypedOnline(t *testing.T, l *lab) {
	ctx := context.Background()
	both := migrate.AddDualWrite{Table: "things", Name: "things_n", From: "n", To: "n_new", Up: "CAST(n AS bigint)", Down: "CAST(n_new AS integer)", Column: schema.BigInt("n").Null()}
	set := migrate.NewSet("dual", chain([]migrate.Op{table("things", schema.Integer("n").Null())},
		[]migrate.Op{migrate.AddColumn{Table: "things", Column: schema.BigInt("n_new").Null()}, both},
		[]migrate.Op{migrate.DropDualWrite(both), migrate.DropColumn{Table: "things", Column: schema.Integer("n").Null()},
			migrate.RenameColumn{Table: "things", From: "n_new", To: "n"}})...)
	m := l.migrator(set)
	l.must(m.To(ctx, "0001_step"))
	l.exec(`INSERT INTO things (id, n) VALUES (1, 11), (2, NULL)`)
	l.must(m.To(ctx, "0002_step"))
	l.exec(`INSERT INTO things (id, n) VALUES (3, 33)`)
	l.exec(`UPDATE things SET n = 12 WHERE id = 1`)
	l.exec(`INSERT INTO things (id) VALUES (4)`)
	want := []string{"1 12", "2 <nil>", "3 33", "4 <nil>"}
	for _, step := range []string{"0003_step", "0001_step", "0003_step"} {
		l.must(m.To(ctx, step))
		if got := l.rows(`SELECT id, CAST(n AS varchar(9)) FROM things ORDER BY id`); !slices.Equal(got, want) {
			t.Fatalf("at %s the rows are %q, not %q", step, got, want)
		}
	}
}

// refused wants a statement to fail with those words.
func (l *lab) refused(q, words string) {
	l.t.Helper()
	if _, err := l.db.Exec(q); err == nil || !strings.Contains(err.Error(), words) {
		l.t.Fatalf("%s: %v, and not %q", q, err, words)
	}
}

// rows returns the rows of a query, the columns with spaces between them.
func (l *lab) rows(q string) []string {
	l.t.Helper()
	rows, err := l.db.Query(q)
	if err != nil {
		l.t.Fatalf("%s: %v", q, err)
	}
	defer rows.Close()
	columns, _ := rows.Columns()
	var out []string
	for rows.Next() {
		values := make([]any, len(columns))
		into := make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			l.t.Fatal(err)
		}
		text := make([]string, len(values))
		for i, v := range values {
			if b, ok := v.([]byte); ok {
				v = string(b)
			}
			text[i] = fmt.Sprint(v)
		}
		out = append(out, strings.Join(text, " "))
	}
	if err := rows.Err(); err != nil {
		l.t.Fatal(err)
	}
	return out
}
