package main

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/postgres"
	"github.com/modelgen/modelgen/runtime/schema"
)

// change is what is done to the tables, by the tool and by the plain statement.
type change struct {
	name  string
	table string // that a blocker locks
	ops   []migrate.Op
	plain string
	fills bool   // writes every row
	done  string // a query that gives true when it was done
}

// personRow is what the backfill in Go reads and writes.
type personRow struct {
	ID    int64   `db:"id"`
	Email *string `db:"email"`
	Slug  *string `db:"slug"`
}

func changes() []change {
	const alter = "ALTER TABLE people "
	key := schema.ForeignKey{Name: "orders_person_id_fkey", Columns: []string{"person_id"}, RefTable: "people", RefColumns: []string{"id"}}
	index := schema.Index{Name: "people_email_idx", Parts: []schema.IndexPart{{Column: "email"}}}
	constraint := func(name string) string {
		return "SELECT EXISTS (SELECT 1 FROM pg_constraint WHERE conname = '" + name + "' AND convalidated)"
	}
	column := func(name, and string) string {
		return "SELECT EXISTS (SELECT 1 FROM pg_attribute WHERE attrelid = 'people'::regclass AND attname = '" + name + "'" + and + ")"
	}
	const update, filled = "UPDATE people SET slug = lower(email)", "SELECT NOT EXISTS (SELECT 1 FROM people WHERE slug IS DISTINCT FROM lower(email))"
	do := func(ops ...migrate.Op) []migrate.Op { return ops }
	return []change{
		{name: "nothing", table: "people"},
		{"add column", "people", do(migrate.AddColumn{Table: "people", Column: schema.Integer("score").Default(0)}),
			alter + "ADD COLUMN score integer NOT NULL DEFAULT 0", false, column("score", "")},
		{"add index", "people", do(migrate.CreateIndex{Table: "people", Index: index}),
			"CREATE INDEX people_email_idx ON people (email)", false, "SELECT indisvalid FROM pg_index WHERE indexrelid = 'people_email_idx'::regclass"},
		{"add foreign key", "orders", do(migrate.AddForeignKey{Table: "orders", ForeignKey: key}),
			"ALTER TABLE orders ADD CONSTRAINT orders_person_id_fkey FOREIGN KEY (person_id) REFERENCES people (id)", false, constraint(key.Name)},
		{"set not null", "people", do(migrate.AlterColumn{Table: "people", From: schema.Text("email").Null(), To: schema.Text("email")}),
			alter + "ALTER COLUMN email SET NOT NULL", false, column("email", " AND attnotnull")},
		{"add unique", "people", do(migrate.AddUnique{Table: "people", Unique: schema.Unique{Name: "people_email_key", Columns: []string{"email"}}}),
			alter + "ADD CONSTRAINT people_email_key UNIQUE (email)", false, constraint("people_email_key")},
		{"backfill, SQL", "people", do(migrate.Fill{Table: "people", Column: "slug", Expr: "lower(email)"}), update, true, filled},
		{"backfill, Go", "people", do(migrate.Backfill[personRow]{Table: "people", Row: func(p *personRow) error {
			p.Slug = new(strings.ToLower(*p.Email))
			return nil
		}}), update, true, filled},
		{"rename column", "people", do(migrate.RenameColumn{Table: "people", From: "note", To: "remark"}),
			alter + "RENAME COLUMN note TO remark", false, column("remark", "")},
		{"change a type under views", "people", slices.Concat(undone(stallViews()), do(migrate.AlterColumn{Table: "people", From: schema.Varchar("code", 10).Null(), To: schema.Varchar("code", 20).Null()}), stallViews()),
			"DO $$ BEGIN DROP VIEW codes, coded, seen; " + alter + "ALTER COLUMN code TYPE varchar(20); CREATE VIEW seen AS " + seenQuery + "; CREATE VIEW coded AS " + codedQuery + "; CREATE VIEW codes AS " + codesQuery + "; END $$",
			false, column("code", " AND atttypmod = 24")},
	}
}

// The three views of the bench, each on the one before it.
const (
	seenQuery  = "SELECT id, code FROM people"
	codedQuery = "SELECT id, code FROM seen WHERE code <> ''"
	codesQuery = "SELECT code, count(*) AS n FROM coded GROUP BY code"
)

func stallViews() []migrate.Op {
	return []migrate.Op{migrate.CreateView{Name: "seen", Query: seenQuery}, migrate.CreateView{Name: "coded", Query: codedQuery}, migrate.CreateView{Name: "codes", Query: codesQuery}}
}

// undone returns the ops that take others back.
func undone(ops []migrate.Op) []migrate.Op {
	back, err := migrate.Invert(ops)
	if err != nil {
		panic(err)
	}
	return back
}

// stallSet makes the two tables, and then does what the ops say.
func stallSet(ops ...migrate.Op) *migrate.Set {
	first := &migrate.Migration{Name: "0001_initial", Ops: []migrate.Op{
		migrate.CreateTable{
			Table: "people", Columns: []schema.ColumnDef{schema.BigInt("id"), schema.Text("email").Null(), schema.Integer("age").Null(), schema.Text("note").Null(), schema.Text("slug").Null(), schema.Varchar("code", 10).Null()},
			PrimaryKey: schema.PrimaryKey{Name: "people_pkey", Columns: []string{"id"}},
		},
		migrate.CreateTable{
			Table: "orders", Columns: []schema.ColumnDef{schema.BigInt("id"), schema.BigInt("person_id").Null(), schema.Text("state").Null()},
			PrimaryKey: schema.PrimaryKey{Name: "orders_pkey", Columns: []string{"id"}},
		},
	}}
	first.Ops = append(first.Ops, stallViews()...)
	if len(ops) == 0 {
		return migrate.NewSet("bench", first)
	}
	return migrate.NewSet("bench", first, &migrate.Migration{Name: "0002_change", Parents: []*migrate.Migration{first}, Ops: ops})
}

// fill makes the tables and their rows.
func (s stalls) fill(ctx context.Context, db *sql.DB) error {
	if err := migrated(ctx, db, postgres.Dialect{}, stallSet()); err != nil {
		return err
	}
	for _, sql := range []string{
		fmt.Sprintf("INSERT INTO people (id, email, age, note, code) SELECT i, 'Person.' || i || '@example.test', i %% 90, 'a note of some length', 'c' || i %% 1000 FROM generate_series(1, %d) i", s.rows),
		fmt.Sprintf("INSERT INTO orders (id, person_id, state) SELECT i, i, 'new' FROM generate_series(1, %d) i", s.rows),
		"VACUUM (FREEZE, ANALYZE) people", "VACUUM (FREEZE, ANALYZE) orders",
	} {
		if _, err := db.ExecContext(ctx, sql); err != nil {
			return err
		}
	}
	return nil
}
