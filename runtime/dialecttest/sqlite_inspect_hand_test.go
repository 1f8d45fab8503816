package dialecttest_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
	"github.com/modelgen/modelgen/runtime/sqlite"
)

// byHandSQL are tables as people and other tools write them: what is the same is written in many ways.
var byHandSQL = []string{
	`CREATE TABLE owners (id INTEGER PRIMARY KEY, Name VARCHAR(20) NOT NULL UNIQUE, /* how many */ age INT DEFAULT +18 CHECK (age > 0), joined DATETIME DEFAULT CURRENT_TIMESTAMP)`,
	"CREATE TABLE `items` (`id` integer PRIMARY KEY AUTOINCREMENT,`live` numeric DEFAULT true,`state` text DEFAULT \"new\",`owner_id` integer, `price` decimal(10,2) DEFAULT 0," +
		"CONSTRAINT `fk_items_owner` FOREIGN KEY (`owner_id`) REFERENCES `owners`(`id`) ON DELETE SET NULL,CONSTRAINT `chk_items_price` CHECK (price >= 0))",
	"CREATE UNIQUE INDEX `idx_items_state` ON `items`(`state`)",
	`CREATE TABLE [kinds of] (code TEXT PRIMARY KEY, parent REFERENCES [kinds of], label TEXT COLLATE NOCASE DEFAULT NULL, flag BOOLEAN DEFAULT 0 NOT NULL, n BIGINT DEFAULT '7',
		plain TEXT COLLATE BINARY, data BLOB DEFAULT x'00FF', at TIMESTAMP DEFAULT '2020-01-01 00:00:00', twice INT AS (n * 2), thrice INT GENERATED ALWAYS AS (n * 3) STORED) WITHOUT ROWID`,
	`CREATE TABLE pairs (a INT, b TEXT NOT NULL ON CONFLICT IGNORE, c ANY, PRIMARY KEY (b, a), UNIQUE (a, c) ON CONFLICT REPLACE, CONSTRAINT odd UNIQUE (c COLLATE NOCASE), CHECK (b IN ("x", 'y'))) STRICT`,
	`CREATE TABLE links (Item_ID INTEGER REFERENCES Items (ID) ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED, a INTEGER, b TEXT, gone INTEGER REFERENCES nowhere (id), FOREIGN KEY (b, a) REFERENCES pairs MATCH FULL)`,
	`CREATE INDEX links_part ON links (lower(b) DESC, a COLLATE NOCASE) WHERE a IS NOT NULL`,
	`CREATE VIEW dear AS SELECT * FROM items WHERE price > 100`,
	`CREATE TRIGGER links_noted AFTER INSERT ON links BEGIN UPDATE items SET live = 0 WHERE id = NEW.Item_ID; END`,
	`CREATE VIRTUAL TABLE found USING fts5(body)`,
}

func TestSQLiteInspectByHand(t *testing.T) {
	t.Parallel()
	d := newLite(t)
	d.exec(byHandSQL...)
	before := d.query("SELECT group_concat(sql, ';') FROM sqlite_master")
	in := d.inspect(migrate.InspectOptions{})
	want := `
items  table   
items  table  columns ["id","live","state","owner_id","price"]
items check chk_items_price  
items check chk_items_price expr price >= 0
items column id  
items column id identity true
items column id type bigint
items column live  
items column live default true
items column live nullable true
items column live type boolean
items column live typeFor.sqlite numeric
items column owner_id  
items column owner_id nullable true
items column owner_id type bigint
items column price  
items column price default 0
items column price nullable true
items column price type numeric(10,2)
items column price typeFor.sqlite decimal(10,2)
items column state  
items column state default new
items column state nullable true
items column state type text
items foreign key fk_items_owner  
items foreign key fk_items_owner columns ["owner_id"]
items foreign key fk_items_owner onDelete SET NULL
items foreign key fk_items_owner refColumns ["id"]
items foreign key fk_items_owner refTable owners
items primary key   
items primary key  columns ["id"]
items unique constraint idx_items_state  
items unique constraint idx_items_state columns ["state"]
kinds of  table   
kinds of  table  columns ["code","parent","label","flag","n","plain","data","at","twice","thrice"]
kinds of table  withoutRowid true
kinds of column at  
kinds of column at default 2020-01-01 00:00:00
kinds of column at nullable true
kinds of column at type timestamptz
kinds of column at typeFor.sqlite TIMESTAMP
kinds of column code  
kinds of column code type text
kinds of column data  
kinds of column data default 00ff
kinds of column data nullable true
kinds of column data type bytea
kinds of column flag  
kinds of column flag default false
kinds of column flag type boolean
kinds of column label  
kinds of column label collate NOCASE
kinds of column label nullable true
kinds of column label type text
kinds of column n  
kinds of column n default 7
kinds of column n nullable true
kinds of column n type bigint
kinds of column n typeFor.sqlite BIGINT
kinds of column parent  
kinds of column parent nullable true
kinds of column parent type text
kinds of column plain  
kinds of column plain nullable true
kinds of column plain type text
kinds of column thrice  
kinds of column thrice generated n * 3
kinds of column thrice nullable true
kinds of column thrice type bigint
kinds of column thrice typeFor.sqlite INT
kinds of column twice  
kinds of column twice generated n * 2
kinds of column twice nullable true
kinds of column twice type bigint
kinds of column twice typeFor.sqlite INT
kinds of foreign key   
kinds of foreign key  columns ["parent"]
kinds of foreign key  refColumns ["code"]
kinds of foreign key  refTable kinds of
kinds of primary key   
kinds of primary key  columns ["code"]
links  table   
links  table  columns ["Item_ID","a","b","gone"]
links column Item_ID  
links column Item_ID nullable true
links column Item_ID type bigint
links column a  
links column a nullable true
links column a type bigint
links column b  
links column b nullable true
links column b type text
links column gone  
links column gone nullable true
links column gone type bigint
links foreign key   
links foreign key   
links foreign key  columns ["Item_ID"]
links foreign key  columns ["b","a"]
links foreign key  deferrable DEFERRED
links foreign key  onUpdate CASCADE
links foreign key  refColumns ["b","a"]
links foreign key  refColumns ["id"]
links foreign key  refTable items
links foreign key  refTable pairs
links index links_part  
links index links_part parts [{"expr":"lower(b)","desc":true},{"column":"a","collate":"NOCASE"}]
links index links_part where a IS NOT NULL
owners  table   
owners  table  columns ["id","Name","age","joined"]
owners check   
owners check  expr age > 0
owners column Name  
owners column Name type text
owners column Name typeFor.sqlite VARCHAR(20)
owners column age  
owners column age default 18
owners column age nullable true
owners column age type bigint
owners column age typeFor.sqlite INT
owners column id  
owners column id type bigint
owners column joined  
owners column joined defaultExpr CURRENT_TIMESTAMP
owners column joined nullable true
owners column joined type timestamptz
owners primary key   
owners primary key  columns ["id"]
owners unique constraint   
owners unique constraint  columns ["Name"]
pairs  table   
pairs  table  columns ["a","b","c"]
pairs table  strict true
pairs check   
pairs check  expr b IN ('x', 'y')
pairs column a  
pairs column a type bigint
pairs column a typeFor.sqlite INT
pairs column b  
pairs column b type text
pairs column c  
pairs column c nullable true
pairs column c type text
pairs column c typeFor.sqlite ANY
pairs index odd  
pairs index odd parts [{"column":"c","collate":"NOCASE"}]
pairs index odd unique true
pairs primary key   
pairs primary key  columns ["b","a"]
pairs unique constraint   
pairs unique constraint  columns ["a","c"]
`
	var got []string
	for _, l := range schema.Facts(in.Schema) {
		got = append(got, fmt.Sprint(l.Table, " ", l.Kind, " ", l.Name, " ", l.Attr, " ", l.Value))
	}
	if diff := cmp.Diff(tidy(strings.Split(want, "\n")), tidy(got)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	var lost []string
	for _, u := range in.Unexpressed {
		lost = append(lost, u.Object+" | "+u.Why)
	}
	wantLost := []string{
		"column kinds of.parent: no type | the model has one; it takes values of any kind still, until a rebuild",
		"column kinds of.twice: VIRTUAL | models say that the value is computed, not that it is not stored; it stays, and a rebuild keeps it",
		"column pairs.b: NOT NULL ON CONFLICT IGNORE | models have no word for it; it stays, and a rebuild keeps it",
		"table found_config | it is a part of virtual table found; it stays as it is",
		"table found_content | it is a part of virtual table found; it stays as it is",
		"table found_data | it is a part of virtual table found; it stays as it is",
		"table found_docsize | it is a part of virtual table found; it stays as it is",
		"table found_idx | it is a part of virtual table found; it stays as it is",
		"table links: foreign key (gone) | it refers to nowhere, which is no table that models describe; it stays, and a rebuild keeps it",
		"table pairs: unique (a, c) ON CONFLICT REPLACE | models have no word for it; it stays, and a rebuild keeps it",
		"trigger links_noted on links | models have no triggers; it stays as it is, and a rebuild keeps it",
		"view dear | models have no views; it stays as it is",
		"virtual table found | models have no virtual tables; it stays as it is",
	}
	if diff := cmp.Diff(wantLost, lost); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	d.want("SELECT group_concat(sql, ';') FROM sqlite_master", before)
}

// tidy sorts lines, with one spacing, and leaves the empty ones out.
func tidy(lines []string) (out []string) {
	for _, l := range lines {
		if l = strings.Join(strings.Fields(l), " "); l != "" {
			out = append(out, l)
		}
	}
	slices.Sort(out)
	return out
}

// What a pragma says and a text does not is an error of the table; others may be read without it.
func TestSQLiteInspectRefuses(t *testing.T) {
	t.Parallel()
	d := newLite(t)
	d.exec("CREATE TABLE good (id INTEGER PRIMARY KEY)", "CREATE TABLE odd (id INTEGER PRIMARY KEY, a TEXT, b TEXT)")
	d.db.SetMaxOpenConns(1) // which knows the table as it was
	d.exec("PRAGMA writable_schema = ON", "UPDATE sqlite_master SET sql = 'CREATE TABLE odd (id INTEGER PRIMARY KEY, a TEXT, b TEXT UNIQUE)' WHERE name = 'odd'")
	_, err := migrate.Inspect(t.Context(), d.db, sqlite.Dialect{}, migrate.InspectOptions{})
	if err == nil || !strings.Contains(err.Error(), "odd is not understood") || !strings.Contains(err.Error(), "-ignore odd") {
		t.Error(err)
	}
	if in := d.inspect(migrate.InspectOptions{Ignore: []string{"od*"}}); len(in.Schema.Tables) != 1 {
		t.Error(in.Schema.Tables)
	}
}

func TestSQLiteInspectEmpty(t *testing.T) {
	t.Parallel()
	d := newLite(t)
	d.session(d.db) // makes the history
	in := d.inspect(migrate.InspectOptions{})
	if len(in.Schema.Tables) != 0 || in.Dialect != "sqlite" || in.Version < 3035000 {
		t.Errorf("%+v", in)
	}
}

// Histories of other tools are told, with what they have applied, and their tables are no tables of the application.
func TestSQLiteInspectHistories(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		made []string
		want migrate.ForeignHistory
	}{
		"goose": {[]string{"CREATE TABLE goose_db_version (id INTEGER PRIMARY KEY AUTOINCREMENT, version_id INTEGER NOT NULL, is_applied INTEGER NOT NULL, tstamp TIMESTAMP DEFAULT (datetime('now')))",
			"INSERT INTO goose_db_version (version_id, is_applied) VALUES (0, 1), (1, 1), (20240102, 1), (3, 1), (3, 0)"}, migrate.ForeignHistory{Tool: "goose", Table: "goose_db_version", Version: "20240102", Applied: []string{"1", "20240102"}}},
		"golang-migrate": {[]string{"CREATE TABLE schema_migrations (version uint64, dirty bool)", "CREATE UNIQUE INDEX version_unique ON schema_migrations (version)", "INSERT INTO schema_migrations VALUES (7, 1)"},
			migrate.ForeignHistory{Tool: "golang-migrate", Table: "schema_migrations", Version: "7", Problem: "dirty: version 7 has failed half way; repair the database, then migrate force"}},
		"django": {[]string{`CREATE TABLE "django_migrations" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "app" varchar(255) NOT NULL, "name" varchar(255) NOT NULL, "applied" datetime NOT NULL)`, "INSERT INTO django_migrations (app, name, applied) VALUES ('shop', '0001_initial', '2024-01-01 00:00:00')"},
			migrate.ForeignHistory{Tool: "django", Table: "django_migrations", Version: "shop.0001_initial", Applied: []string{"shop.0001_initial"}}},
	} {
		t.Run(name, func(t *testing.T) {
			d := newLite(t)
			d.exec(append(tt.made, "CREATE TABLE items (id INTEGER PRIMARY KEY)", "CREATE TRIGGER noted AFTER INSERT ON items BEGIN SELECT 1; END")...)
			in := d.inspect(migrate.InspectOptions{})
			if diff := cmp.Diff([]migrate.ForeignHistory{tt.want}, in.Histories); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if len(in.Schema.Tables) != 1 || len(in.Unexpressed) != 1 || in.Unexpressed[0].Allow != "trigger noted on items" {
				t.Errorf("%v %v", in.Schema.Tables, in.Unexpressed)
			}
		})
	}
}

// What models cannot say, and verify would report, can be allowed as it is said.
func TestSQLiteInspectAllows(t *testing.T) {
	t.Parallel()
	d := newLite(t)
	d.exec(byHandSQL...)
	d.exec(`CREATE TABLE "odd name" (id INTEGER PRIMARY KEY, a TEXT, CONSTRAINT "Odd ""one" FOREIGN KEY (a) REFERENCES nowhere)`, `CREATE TRIGGER "X Y" AFTER INSERT ON "odd name" BEGIN SELECT 1; END`)
	in := d.inspect(migrate.InspectOptions{})
	var allow []string
	for _, u := range in.Unexpressed {
		if u.Allow != "" {
			allow = append(allow, u.Allow)
		}
	}
	d.adopted(migrate.NewSet("adopted", &migrate.Migration{Name: "0001_initial", Ops: making(called(in.Schema))}).Allow(allow...))
	if len(allow) < 4 {
		t.Error(allow)
	}
}

// A driver may lack the module of a virtual table: the tables in which that keeps its rows are known by their names then.
func TestSQLiteInspectModuleThatIsNotThere(t *testing.T) {
	t.Parallel()
	d := newLite(t)
	d.exec("CREATE TABLE words_vocab (id INTEGER PRIMARY KEY, word TEXT)", "CREATE TABLE words_more (id INTEGER PRIMARY KEY)")
	d.db.SetMaxOpenConns(1)
	d.exec("PRAGMA writable_schema = ON", "INSERT INTO sqlite_master (type, name, tbl_name, rootpage, sql) VALUES ('table', 'words', 'words', 0, 'CREATE VIRTUAL TABLE words USING spellfix1')", "PRAGMA writable_schema = RESET")
	in := d.inspect(migrate.InspectOptions{})
	if len(in.Schema.Tables) != 1 || in.Schema.Tables[0].Name != "words_more" {
		t.Error(in.Schema.Tables)
	}
	if len(in.Unexpressed) != 2 || in.Unexpressed[0].Object != "table words_vocab" || in.Unexpressed[0].Owner != "spellfix1" {
		t.Error(in.Unexpressed)
	}
}
