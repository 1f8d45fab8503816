package page

import (
	"fmt"
	"math/rand/v2"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/postgres"
	"github.com/modelgen/modelgen/runtime/schema"
	"github.com/modelgen/modelgen/runtime/sqlite"
)

func databases() []Database {
	return []Database{{Dialect: postgres.Dialect{}, Version: 14}, {Dialect: sqlite.Dialect{}}}
}

func ops(all ...migrate.Op) []Op {
	var out []Op
	for _, o := range all {
		out = append(out, Op{Value: o})
	}
	return out
}

// table returns a CreateTable with a key id; refs are columns with the tables they refer to.
func table(name string, columns []schema.ColumnDef, refs ...[2]string) migrate.CreateTable {
	t := migrate.CreateTable{Table: name, Columns: []schema.ColumnDef{schema.BigInt("id").Identity()}, PrimaryKey: schema.PrimaryKey{Name: name + "_pkey", Columns: []string{"id"}}}
	for _, r := range refs {
		c := schema.BigInt(r[0])
		if r[0][0] == '?' {
			r[0] = r[0][1:]
			c = schema.BigInt(r[0]).Null()
		}
		t.Columns = append(t.Columns, c)
		t.ForeignKeys = append(t.ForeignKeys, schema.ForeignKey{Name: name + "_" + r[0] + "_fkey", Columns: []string{r[0]}, RefTable: r[1], RefColumns: []string{"id"}, OnDelete: schema.Cascade})
	}
	t.Columns = append(t.Columns, columns...)
	return t
}

// library is a schema of about twelve tables with something of everything, and a history with branches, a squash, renames and drops.
func library() Input {
	text := func(names ...string) (all []schema.ColumnDef) {
		for _, n := range names {
			all = append(all, schema.Text(n))
		}
		return all
	}
	users := table("users", append(text("name"), schema.Varchar("email", 254), schema.TimestampTZ("created_at").DefaultExpr("CURRENT_TIMESTAMP")))
	users.Uniques = []schema.Unique{{Name: "users_email_key", Columns: []string{"email"}}}
	users.Comment = "Whoever has a card."
	books := table("books", append(text("title"), schema.Integer("pages").Default(0), schema.Column{Name: "isbn", Type: schema.Type{Kind: schema.KindChar, Size: 13}}, schema.Boolean("lent").Default(false)), [2]string{"?publisher_id", "publishers"})
	books.Indexes = []schema.Index{{Name: "books_title_idx", Parts: []schema.IndexPart{{Column: "title"}}, Where: "pages > 0"}}
	books.Checks = []schema.Check{{Name: "books_pages_check", Expr: "pages >= 0"}}
	written := migrate.CreateTable{Table: "book_authors", Columns: []schema.ColumnDef{schema.BigInt("book_id"), schema.BigInt("author_id")},
		PrimaryKey: schema.PrimaryKey{Name: "book_authors_pkey", Columns: []string{"book_id", "author_id"}},
		ForeignKeys: []schema.ForeignKey{
			{Name: "book_authors_author_id_fkey", Columns: []string{"author_id"}, RefTable: "authors", RefColumns: []string{"id"}},
			{Name: "book_authors_book_id_fkey", Columns: []string{"book_id"}, RefTable: "books", RefColumns: []string{"id"}, OnDelete: schema.Cascade},
		}}
	notes := table("book_author_notes", append(text("body"), schema.BigInt("book_id"), schema.BigInt("author_id")))
	notes.ForeignKeys = []schema.ForeignKey{{Name: "book_author_notes_fkey", Columns: []string{"book_id", "author_id"}, RefTable: "book_authors", RefColumns: []string{"book_id", "author_id"}}}
	card := table("cards", text("number"), [2]string{"user_id", "users"})
	card.Uniques = []schema.Unique{{Name: "cards_user_id_key", Columns: []string{"user_id"}}}
	shelf := table("shelves", text("name"), [2]string{"?parent_id", "shelves"})
	return Input{
		Set: "library", Databases: databases(),
		Places: map[string]string{"users": "models/users.go:8", "books": "models/books.go:12"},
		Migrations: []Migration{
			{Name: "0001_initial", Place: "migrations/0001_initial.go:12", Ops: ops(users, table("publishers", text("name")), table("authors", text("name")), books, written), State: "applied", When: "2026-01-02 15:04:05"},
			{Name: "0002_cards", Parents: []string{"0001_initial"}, Ops: ops(card, shelf), State: "applied", When: "2026-01-03 15:04:05"},
			{Name: "0003_loans", Parents: []string{"0002_cards"}, Ops: ops(table("loans", []schema.ColumnDef{schema.Date("due")}, [2]string{"book_id", "books"}, [2]string{"user_id", "users"}, [2]string{"?renewed_from_id", "loans"})), State: "applied"},
			{Name: "0004_book_shelf", Parents: []string{"0003_loans"}, Ops: ops(migrate.AddColumn{Table: "books", Column: schema.BigInt("shelf_id").Null()},
				migrate.AddForeignKey{Table: "books", ForeignKey: schema.ForeignKey{Name: "books_shelf_id_fkey", Columns: []string{"shelf_id"}, RefTable: "shelves", RefColumns: []string{"id"}, OnDelete: schema.SetNull}}), State: "applied"},
			{Name: "0004_notes", Parents: []string{"0003_loans"}, Ops: ops(notes, table("tags", text("name")), table("audit", text("line"))), State: "applied"},
			{Name: "0005_merge", Parents: []string{"0004_book_shelf", "0004_notes"}, State: "applied"},
			{Name: "0006_rename", Parents: []string{"0005_merge"}, Ops: ops(migrate.RenameColumn{Table: "users", From: "name", To: "full_name"}, migrate.RenameTable{From: "loans", To: "lendings"}), State: "pending",
				Findings: []Finding{{Severity: "warning", Code: "MG303", Message: "users.name gets another name: the previous release still reads it", Safe: "rename it in two steps with -online", Place: "migrations/0006_rename.go:14"}}},
			{Name: "0007_drop", Parents: []string{"0006_rename"}, Ops: ops(migrate.DropColumn{Table: "books", Column: schema.Boolean("lent").Default(false)}, migrate.DropTable(table("audit", text("line"))),
				migrate.AlterColumn{Table: "books", From: schema.Integer("pages").Default(0), To: schema.BigInt("pages").Default(0)}), State: "pending",
				Findings: []Finding{{Severity: "error", Code: "MG101", Message: "books.lent and its data are gone", Safe: "keep a copy"}, {Severity: "note", Code: "MG104", Message: "one more", Safe: "so"}}},
			{Name: "0008_view", Parents: []string{"0007_drop"}, Ops: append(ops(migrate.CreateView{Name: "overdue", Query: "SELECT id FROM lendings WHERE due < CURRENT_DATE"},
				migrate.CreateTrigger{Name: "touch", Table: "books", SQL: "CREATE TRIGGER touch BEFORE UPDATE ON books FOR EACH ROW EXECUTE FUNCTION touch()", Only: "postgres"}), Op{Says: "Run Go code"}), State: "pending"},
			{Name: "0003_squashed_0002_cards", Parents: []string{"0001_initial"}, Replaces: []string{"0002_cards", "0003_loans"}, Ops: ops(card, shelf, table("loans", []schema.ColumnDef{schema.Date("due")}, [2]string{"book_id", "books"}, [2]string{"user_id", "users"}, [2]string{"?renewed_from_id", "loans"}))},
		},
	}
}

// large is a schema of many tables in areas, with tables that everything refers to, and a long history.
func large(tables, history int) Input {
	r := rand.New(rand.NewPCG(4, 2))
	areas := []string{"billing", "auth", "catalog", "crm", "support", "shipping", "cms", "hr", "iot", "ledger", "search", "audit"}
	nouns := []string{"account", "invoice", "item", "line", "event", "member", "role", "token", "policy", "address", "payment", "refund", "session", "comment", "tag", "note", "plan", "rule", "batch", "job", "report", "device", "reading", "contract", "price"}
	in := Input{Set: "erp", Databases: databases()}
	var names []string
	var creates []migrate.CreateTable
	for i := range tables {
		area := areas[i*len(areas)/tables]
		k := i - (i*len(areas)/tables*tables+len(areas)-1)/len(areas)
		name := area + "_" + nouns[k%len(nouns)]
		if k >= len(nouns) {
			name += fmt.Sprint(k / len(nouns))
		}
		if k == 0 {
			name = area + "s"
		}
		var columns []schema.ColumnDef
		for c := range 2 + r.IntN(12) {
			column := schema.Column{Name: fmt.Sprintf("%s_%d", nouns[r.IntN(len(nouns))], c), Type: []schema.Type{{Kind: schema.KindText}, {Kind: schema.KindInteger}, {Kind: schema.KindTimestampTZ}, {Kind: schema.KindNumeric, Precision: 12, Scale: 2}, {Kind: schema.KindVarchar, Size: 120}, {Kind: schema.KindBoolean}}[r.IntN(6)], Nullable: r.IntN(3) == 0}
			columns = append(columns, column)
		}
		var refs [][2]string
		first := i - k
		for range r.IntN(4) {
			switch {
			case len(names) == 0:
			case r.IntN(5) == 0:
				refs = append(refs, [2]string{fmt.Sprintf("?owner%d_id", len(refs)), names[0]})
			case r.IntN(4) == 0:
				refs = append(refs, [2]string{fmt.Sprintf("ref%d_id", len(refs)), names[r.IntN(len(names))]})
			case k > 0:
				refs = append(refs, [2]string{fmt.Sprintf("parent%d_id", len(refs)), names[first+r.IntN(k)]})
			}
		}
		names = append(names, name)
		creates = append(creates, table(name, columns, refs...))
	}
	name := func(i int) string { return fmt.Sprintf("%04d_step", i) }
	for i := range history {
		m := Migration{Name: name(i + 1)}
		if i > 0 {
			m.Parents = []string{name(i)}
		}
		for j := i * tables / history; j < (i+1)*tables/history; j++ {
			m.Ops = append(m.Ops, Op{Value: creates[j]})
		}
		if len(m.Ops) == 0 && i*tables/history > 0 {
			m.Ops = ops(migrate.AddColumn{Table: names[i*7%max(1, i*tables/history)], Column: schema.Text(fmt.Sprintf("added_%d", i)).Null()})
		}
		in.Migrations = append(in.Migrations, m)
	}
	return in
}
