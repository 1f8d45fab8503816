package law

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/modelgen/modelgen/gen/diff"
	"github.com/modelgen/modelgen/gen/sqlfiles"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
	"github.com/modelgen/modelgen/runtime/sqlite"
)

// objectCase is a change of tables and of what stands beside them in SQL files, on SQLite.
type objectCase struct {
	name    string
	change  func(*schema.Schema) // of the tables
	a, b    string               // the SQL files
	before  []string             // run when A is there
	foreign []string             // run when A is there: made by hand, and no part of the catalog that is compared
	answers diff.Answers
	asks    map[string]string // query on B -> what it returns
	says    string            // that comparing or going up says, instead of going
	loses   bool              // what goes has no way back: then definitions alone are compared
}

// notes returns two tables: notes with a rowid of its own and tags that refer to it.
func notes() *schema.Schema {
	text := schema.Type{Kind: schema.KindText}
	big := schema.Type{Kind: schema.KindBigInt}
	return &schema.Schema{Tables: []*schema.Table{
		{Name: "notes", Columns: []schema.Column{{Name: "id", Type: big}, {Name: "title", Type: text, Nullable: true}, {Name: "body", Type: text}, {Name: "stars", Type: schema.Type{Kind: schema.KindInteger}, Nullable: true}},
			PrimaryKey: &schema.PrimaryKey{Columns: []string{"id"}}},
		{Name: "tags", Columns: []schema.Column{{Name: "id", Type: big}, {Name: "note_id", Type: big}, {Name: "word", Type: text}, {Name: "n", Type: schema.Type{Kind: schema.KindInteger}, Nullable: true}},
			PrimaryKey:  &schema.PrimaryKey{Columns: []string{"id"}},
			ForeignKeys: []schema.ForeignKey{{Columns: []string{"note_id"}, RefTable: "notes", RefColumns: []string{"id"}}}},
	}}
}

var noteRows = []string{
	"INSERT INTO notes (id, title, body, stars) VALUES (1, 'one', 'the quick fox', 3), (7, 'seven', 'a lazy dog', NULL)",
	"INSERT INTO tags (id, note_id, word, n) VALUES (2, 1, 'red', 1), (9, 7, 'blue', 2)",
}

func declared(t *testing.T, s *schema.Schema, text string) *schema.Schema {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "all.sql"), []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	res, err := sqlfiles.Read(sqlfiles.Config{Dir: dir, Shown: "schema", Dialects: []migrate.Capabilities{sqlite.Dialect{}.Capabilities()}})
	if err != nil {
		t.Fatal(err)
	}
	if problems := res.Into(s); len(problems) > 0 {
		t.Fatal(problems)
	}
	return s
}

// everything returns all definitions and all rows with their rowids.
func everything(t *testing.T, db *sql.DB) (all []string) {
	t.Helper()
	list := func(query string) (out []string) {
		rows, err := db.Query(query)
		if err != nil {
			return []string{query + ": " + err.Error()}
		}
		defer rows.Close()
		cols, _ := rows.Columns()
		for rows.Next() {
			values, into := make([]any, len(cols)), make([]any, len(cols))
			for i := range values {
				into[i] = &values[i]
			}
			if err := rows.Scan(into...); err != nil {
				t.Fatal(err)
			}
			out = append(out, fmt.Sprint(values...))
		}
		return out
	}
	all = list("SELECT type, name, tbl_name, replace(sql, '\"', '') FROM sqlite_schema WHERE name NOT LIKE 'modelgen_history%' AND name NOT LIKE 'sqlite_%' AND name NOT IN (SELECT name FROM pragma_table_list WHERE type = 'shadow') ORDER BY type, name")
	for _, name := range list("SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'modelgen_history%' AND name NOT LIKE 'sqlite_%' ORDER BY name") {
		rowid := "rowid, "
		if len(list("SELECT 1 FROM pragma_table_list WHERE name = '"+name+"' AND (wr OR type = 'view')")) > 0 {
			rowid = ""
		}
		if len(list("SELECT 1 FROM pragma_table_list WHERE name = '"+name+"' AND type = 'shadow'")) > 0 {
			continue
		}
		for _, row := range list("SELECT " + rowid + "* FROM " + name) {
			all = append(all, name+": "+row)
		}
	}
	return all
}

// definitions returns those of views, triggers and virtual tables.
func definitions(all []string) []string {
	return slices.DeleteFunc(slices.Clone(all), func(line string) bool {
		return !strings.Contains(line, "CREATE VIEW") && !strings.Contains(line, "CREATE TRIGGER") && !strings.Contains(line, "CREATE VIRTUAL")
	})
}

func (c objectCase) run(t *testing.T) {
	ctx := context.Background()
	dialects := []migrate.Capabilities{sqlite.Dialect{}.Capabilities()}
	first, err := diff.Diff(diff.Input{Old: &schema.Schema{}, New: declared(t, notes(), c.a), Dialects: dialects})
	if err != nil {
		t.Fatal(err)
	}
	tables := notes()
	if c.change != nil {
		c.change(tables)
	}
	if c.b == "" {
		c.b = c.a
	}
	want := declared(t, tables, c.b)
	second, err := diff.Diff(diff.Input{Old: first.Schema, New: want, Dialects: dialects, Answers: c.answers})
	if err != nil {
		if c.says != "" && strings.Contains(err.Error(), c.says) {
			return
		}
		t.Fatal(err)
	}
	if len(second.Questions) > 0 {
		t.Fatal(second.Questions)
	}
	for _, op := range second.Ops {
		t.Log(op.Describe())
	}
	again, err := diff.Diff(diff.Input{Old: second.Schema, New: want, Dialects: dialects})
	if err != nil || len(again.Ops)+len(again.Questions) > 0 {
		t.Errorf("comparing again gives %v, %v", again, err)
	}
	db, _, remove, err := onSQLite(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer remove()
	one := &migrate.Migration{Name: "0001_a", Ops: first.Ops}
	set := migrate.NewSet("law", one, &migrate.Migration{Name: "0002_b", Parents: []*migrate.Migration{one}, Ops: second.Ops})
	m, err := migrate.New(db, sqlite.Dialect{}, set, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.To(ctx, "0001_a"); err != nil {
		t.Fatal(err)
	}
	for _, q := range slices.Concat(noteRows, c.before, c.foreign) {
		if _, err := db.Exec(q); err != nil {
			t.Fatalf("%s: %v", q, err)
		}
	}
	start := everything(t, db)
	_, err = m.Up(ctx)
	if c.says != "" {
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("up says %v, want %q", err, c.says)
		}
		if d := lines(start, everything(t, db)); d != "" {
			t.Errorf("up refused and changed something:\n%s", d)
		}
		return
	}
	if err != nil {
		t.Fatalf("up: %v", err)
	}
	for q, want := range c.asks {
		var got string
		if err := db.QueryRow(q).Scan(&got); err != nil || got != want {
			t.Errorf("%s: %q, %v, want %q", q, got, err, want)
		}
	}
	migrated, err := (&database{db: db, dialect: sqlite.Dialect{}}).catalog(ctx, second.Schema)
	if err != nil {
		t.Fatal(err)
	}
	if drift, err := m.Verify(ctx); err != nil || len(drift) > 0 && len(c.foreign) == 0 {
		t.Errorf("verify after up: %v, %v", drift, err)
	}
	fresh, err := diff.Diff(diff.Input{Old: &schema.Schema{}, New: second.Schema, Dialects: dialects})
	if err != nil {
		t.Fatal(err)
	}
	d, err := open(ctx, Backend{"sqlite", dialects[0], onSQLite}, migrate.NewSet("law", &migrate.Migration{Name: "0001_b", Ops: fresh.Ops}))
	if err != nil {
		t.Fatal(err)
	}
	defer d.close()
	if _, err := d.m.Up(ctx); err != nil {
		t.Fatal(err)
	}
	created, err := d.catalog(ctx, second.Schema)
	if err != nil {
		t.Fatal(err)
	}
	if d := lines(created, migrated); d != "" {
		t.Errorf("migrated is not like created:\n%s", d)
	}
	if _, err := m.Back(ctx, 1); err != nil {
		t.Fatalf("down: %v", err)
	}
	back := everything(t, db)
	if c.loses {
		start, back = definitions(start), definitions(back)
	}
	if d := lines(start, back); d != "" {
		t.Errorf("down does not give A back:\n%s", d)
	}
}

func noteColumn(s *schema.Schema, table, column string) *schema.Column {
	t := s.Table(table)
	for i := range t.Columns {
		if t.Columns[i].Name == column {
			return &t.Columns[i]
		}
	}
	panic(column)
}

func renamedTable(s *schema.Schema, from, to string) {
	t := s.Table(from)
	s.RemoveTable(from)
	t.Name, t.Was = to, from
	s.PutTable(t)
	for _, t := range s.Tables {
		for i := range t.ForeignKeys {
			if t.ForeignKeys[i].RefTable == from {
				t.ForeignKeys[i].RefTable = to
			}
		}
	}
}

const (
	noteViews = `CREATE VIEW starred AS SELECT id, title, stars FROM notes WHERE stars > 1;
CREATE VIEW top AS SELECT title FROM starred;
CREATE VIEW words AS SELECT n.title, t.word FROM notes AS n JOIN tags AS t ON t.note_id = n.id;
`
	noteTriggers = `CREATE TRIGGER count_stars AFTER UPDATE OF stars, title ON notes WHEN new.stars > 0 BEGIN UPDATE tags SET n = new.stars WHERE note_id = new.id; END;
CREATE TRIGGER tagged AFTER INSERT ON tags BEGIN UPDATE notes SET stars = coalesce(stars, 0) + 1 WHERE id = new.note_id; END;
`
	noteInstead = `CREATE VIEW starred AS SELECT id, title, stars FROM notes WHERE stars > 1;
CREATE TRIGGER star INSTEAD OF UPDATE ON starred BEGIN UPDATE notes SET title = new.title, stars = new.stars WHERE id = old.id; END;
`
	noteSearch = `CREATE VIRTUAL TABLE found USING fts5(title, body, content='notes', content_rowid='id');
CREATE TRIGGER found_ai AFTER INSERT ON notes BEGIN INSERT INTO found(rowid, title, body) VALUES (new.id, new.title, new.body); END;
CREATE TRIGGER found_ad AFTER DELETE ON notes BEGIN INSERT INTO found(found, rowid, title, body) VALUES ('delete', old.id, old.title, old.body); END;
CREATE TRIGGER found_au AFTER UPDATE ON notes BEGIN
  INSERT INTO found(found, rowid, title, body) VALUES ('delete', old.id, old.title, old.body);
  INSERT INTO found(rowid, title, body) VALUES (new.id, new.title, new.body);
END;
`
)

// A column becomes required, which takes a new table in the place of the old one.
func rebuilt(table, col string) func(*schema.Schema) {
	return func(s *schema.Schema) {
		t := s.Table(table)
		t.Checks = append(t.Checks, schema.Check{Name: table + "_" + col + "_law", Expr: schema.QuoteColumn(col) + " IS NOT NULL OR " + schema.QuoteColumn(col) + " IS NULL"})
	}
}

func noteRetyped(table, col string, to schema.Kind) func(*schema.Schema) {
	return func(s *schema.Schema) { noteColumn(s, table, col).Type = schema.Type{Kind: to} }
}

func renamedColumn(table, from, to string) func(*schema.Schema) {
	return func(s *schema.Schema) { c := noteColumn(s, table, from); c.Name, c.Was = to, from }
}

func droppedColumn(table, col string) func(*schema.Schema) {
	return func(s *schema.Schema) {
		t := s.Table(table)
		t.Columns = slices.DeleteFunc(t.Columns, func(c schema.Column) bool { return c.Name == col })
	}
}

// as returns the text with words replaced, in pairs.
func as(text string, pairs ...string) string { return strings.NewReplacer(pairs...).Replace(text) }

var objectCases = []objectCase{
	{name: "views-made", a: "-- none\n", b: noteViews, asks: map[string]string{"SELECT title FROM top": "one"}},
	{name: "views-rebuilt", a: noteViews, change: rebuilt("notes", "stars"), asks: map[string]string{"SELECT title FROM top": "one", "SELECT word FROM words ORDER BY word LIMIT 1": "blue"}},
	{name: "views-retype", a: noteViews, change: noteRetyped("notes", "stars", schema.KindText), answers: diff.Answers{}},
	{name: "views-column-renamed", a: noteViews, change: renamedColumn("notes", "title", "name"), b: as(noteViews, "SELECT id, title", "SELECT id, name AS title", "n.title", "n.name AS title"),
		asks: map[string]string{"SELECT title FROM top": "one"}},
	{name: "views-column-renamed-through", a: noteViews, change: renamedColumn("notes", "title", "name"), b: as(noteViews, "title", "name"), asks: map[string]string{"SELECT name FROM top": "one"}},
	{name: "views-column-dropped", loses: true, a: noteViews, change: droppedColumn("notes", "title"), b: as(noteViews, "id, title", "id", "n.title, ", "", "SELECT title", "SELECT id"), asks: map[string]string{"SELECT id FROM top": "1"}},
	{name: "views-table-renamed", a: noteViews, change: func(s *schema.Schema) { renamedTable(s, "notes", "papers") }, b: as(noteViews, "notes", "papers"), asks: map[string]string{"SELECT title FROM top": "one"}},
	{name: "views-table-renamed-rebuilt", a: noteViews, change: func(s *schema.Schema) { renamedTable(s, "notes", "papers"); rebuilt("papers", "stars")(s) }, b: as(noteViews, "notes", "papers"), asks: map[string]string{"SELECT title FROM top": "one"}},
	{name: "view-renamed", a: noteViews, b: as(noteViews, "VIEW starred", "VIEW best", "FROM starred", "FROM best"), answers: diff.Answers{Renames: []string{"view:starred=best"}}, asks: map[string]string{"SELECT title FROM top": "one"}},
	{name: "triggers-rebuilt", a: noteTriggers, change: rebuilt("notes", "stars"), asks: map[string]string{"SELECT count(*) FROM sqlite_schema WHERE type = 'trigger'": "2"}},
	{name: "triggers-rebuilt-both", a: noteTriggers + noteViews, change: func(s *schema.Schema) { rebuilt("notes", "stars")(s); rebuilt("tags", "n")(s) }, asks: map[string]string{"SELECT count(*) FROM sqlite_schema WHERE type = 'trigger'": "2"}},
	{name: "triggers-column-renamed", a: noteTriggers, change: renamedColumn("notes", "stars", "points"), b: as(noteTriggers, "stars", "points", "count_stars", "count_stars")},
	{name: "triggers-column-dropped", loses: true, a: noteTriggers, change: droppedColumn("notes", "title"), b: as(noteTriggers, ", title", "")},
	{name: "triggers-table-renamed", a: noteTriggers, change: func(s *schema.Schema) { renamedTable(s, "notes", "papers") }, b: as(noteTriggers, "notes", "papers")},
	{name: "triggers-table-dropped", loses: true, a: noteTriggers, change: func(s *schema.Schema) { s.RemoveTable("tags") }, b: "-- none\n"},
	{name: "instead-column-renamed", a: noteInstead, change: renamedColumn("notes", "stars", "points"), b: as(noteInstead, "id, title, stars", "id, title, points AS stars", "WHERE stars", "WHERE points", ", stars =", ", points =")},
	{name: "instead-rebuilt", a: noteInstead, change: rebuilt("notes", "stars"), asks: map[string]string{"SELECT count(*) FROM sqlite_schema WHERE type = 'trigger'": "1"}},
	{name: "instead-view-changed", a: noteInstead, b: as(noteInstead, "> 1", "> 2"), asks: map[string]string{"SELECT count(*) FROM sqlite_schema WHERE type = 'trigger'": "1"}},
	{name: "instead-trigger-changed", a: noteInstead, b: as(noteInstead, "old.id", "new.id")},
	{name: "instead-table-renamed", a: noteInstead, change: func(s *schema.Schema) { renamedTable(s, "notes", "papers") }, b: as(noteInstead, "notes", "papers")},
	{name: "search-made", a: "-- none\n", b: noteSearch, asks: map[string]string{"SELECT title FROM found('fox')": "one"}},
	{name: "search-rebuilt", a: noteSearch, change: rebuilt("notes", "stars"), asks: map[string]string{"SELECT title FROM found('fox')": "one", "SELECT count(*) FROM sqlite_schema WHERE type = 'trigger'": "3"}},
	{name: "search-table-renamed", a: noteSearch, change: func(s *schema.Schema) { renamedTable(s, "notes", "papers") }, b: as(noteSearch, "notes", "papers"), asks: map[string]string{"SELECT title FROM found('fox')": "one"}},
	{name: "search-column-renamed", a: noteSearch, change: renamedColumn("notes", "title", "name"), b: as(noteSearch, "title", "name"), asks: map[string]string{"SELECT name FROM found('fox')": "one"}},
	{name: "search-column-dropped", loses: true, a: noteSearch, change: droppedColumn("notes", "title"), b: as(noteSearch, "title, ", "", "new.title, ", "", "old.title, ", ""), asks: map[string]string{"SELECT body FROM found('fox')": "the quick fox"}},
	{name: "search-options-changed", a: noteSearch, b: as(noteSearch, "content_rowid='id'", "content_rowid='id', tokenize='porter'"), asks: map[string]string{"SELECT title FROM found('foxes')": "one"}},
	{name: "search-dropped", a: noteSearch, b: "-- none\n"},
	{name: "own-content-changed", a: "CREATE VIRTUAL TABLE docs USING fts5(title, body);", b: "CREATE VIRTUAL TABLE docs USING fts5(title, body, tokenize='porter');",
		before: []string{"INSERT INTO docs(rowid, title, body) VALUES (5, 'x', 'foxes'), (11, 'y', 'dogs')"}, asks: map[string]string{"SELECT rowid FROM docs('fox')": "5"}},
	{name: "own-content-column-added", a: "CREATE VIRTUAL TABLE docs USING fts5(title, body);", b: "CREATE VIRTUAL TABLE docs USING fts5(title, body, extra);",
		before: []string{"INSERT INTO docs(rowid, title, body) VALUES (5, 'x', 'foxes'), (11, 'y', 'dogs')"}, asks: map[string]string{"SELECT rowid FROM docs('foxes')": "5"}},
	{name: "contentless-changed", a: "CREATE VIRTUAL TABLE docs USING fts5(title, body, content='');", b: "CREATE VIRTUAL TABLE docs USING fts5(title, body, content='', tokenize='porter');",
		before: []string{"INSERT INTO docs(rowid, title, body) VALUES (5, 'x', 'foxes')"}, says: "docs"},
	{name: "rtree-made", a: "-- none\n", b: "CREATE VIRTUAL TABLE boxes USING rtree(id, x0, x1, y0, y1);"},
	{name: "rtree-changed", a: "CREATE VIRTUAL TABLE boxes USING rtree(id, x0, x1, y0, y1);", b: "CREATE VIRTUAL TABLE boxes USING rtree(id, x0, x1, y0, y1, +label);",
		before: []string{"INSERT INTO boxes VALUES (4, 1, 2, 3, 4)"}, asks: map[string]string{"SELECT id FROM boxes WHERE x0 > 0": "4"}},
	{name: "virtual-renamed", a: "CREATE VIRTUAL TABLE docs USING fts5(title, body);", b: "-- was: docs\nCREATE VIRTUAL TABLE papers USING fts5(title, body);",
		before: []string{"INSERT INTO docs(rowid, title, body) VALUES (5, 'x', 'foxes')"}, asks: map[string]string{"SELECT rowid FROM papers('foxes')": "5"}},
	{name: "module-missing", a: "-- none\n", b: "CREATE VIRTUAL TABLE v USING nosuch(a, b); CREATE VIEW starred AS SELECT id FROM notes;", says: "nosuch"},
	{name: "broken-view-elsewhere", a: noteViews, foreign: []string{"CREATE VIEW bad AS SELECT x FROM nowhere"}, change: renamedColumn("notes", "title", "name"), b: as(noteViews, "title", "name"), says: "view bad"},
	{name: "broken-trigger-elsewhere", a: noteViews, foreign: []string{"CREATE TRIGGER bad AFTER INSERT ON tags BEGIN DELETE FROM nowhere; END"}, change: renamedColumn("notes", "title", "name"), b: as(noteViews, "title", "name"), says: "trigger bad"},
	{name: "handmade-view-on-dropped", a: "-- none\n", foreign: []string{"CREATE VIEW mine AS SELECT title FROM notes"}, change: droppedColumn("notes", "title"), says: "view mine"},
	{name: "handmade-view-on-dropped-table", a: "-- none\n", foreign: []string{"CREATE VIEW mine AS SELECT word FROM tags"}, change: func(s *schema.Schema) { s.RemoveTable("tags") }, says: "view mine"},
	{name: "handmade-view-on-dropped-view", a: noteViews, foreign: []string{"CREATE VIEW mine AS SELECT title FROM top"}, b: as(noteViews, "CREATE VIEW top AS SELECT title FROM starred;\n", ""), says: "view mine"},
	{name: "handmade-instead-trigger", a: noteViews, foreign: []string{"CREATE TRIGGER mine INSTEAD OF DELETE ON starred BEGIN DELETE FROM notes WHERE id = old.id; END"}, b: as(noteViews, "> 1", "> 2"), says: "trigger mine"},
}

// What stands in SQL files stays right while tables, columns and itself change, and the way back leads to the definitions, the rows and the rowids that were there.
func TestObjectsSQLite(t *testing.T) {
	for _, c := range objectCases {
		t.Run(c.name, c.run)
	}
}
