package dialecttest_test

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/modelgen/modelgen/internal/pgtest"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/postgres"
	"github.com/modelgen/modelgen/runtime/schema"
)

// newValueCases are ops behind one that adds the value own, "" and others to the enum mood of a table customers in use.
func newValueCases() []newValueCase {
	moods := schema.Array(schema.EnumOf("moods", "mood"))
	fill := func(expr string) migrate.Op {
		return migrate.Fill{Table: "customers", Column: "mood", Expr: expr, Plain: "a test"}
	}
	hand := func(sql ...string) migrate.Op { return migrate.SQL{Up: sql, NoDown: "a test"} }
	table := func(t migrate.CreateTable) migrate.Op {
		t.Table, t.Columns = "fresh", append([]schema.ColumnDef{schema.EnumOf("mood", "mood"), schema.Text("raw")}, t.Columns...)
		return t
	}
	text := migrate.AlterColumn{Table: "customers", From: schema.Varchar("name", 40), To: schema.EnumOf("name", "mood")}
	textSQL := text
	textSQL.Using = "lower(name)::mood"
	return []newValueCase{
		{name: "nothing", ops: []migrate.Op{migrate.CommentTable{Table: "customers", To: "they own what they buy"}}},
		{name: "a column without a default", ops: []migrate.Op{migrate.AddColumn{Table: "customers", Column: schema.EnumOf("other", "mood").Null()}}},
		{name: "another value", ops: []migrate.Op{migrate.AddColumn{Table: "customers", Column: schema.EnumOf("other", "mood").Default("happy")}}},
		{name: "a longer word", ops: []migrate.Op{migrate.AddColumn{Table: "customers", Column: schema.Text("other").Default("owner")}}},
		{name: "a new table", ops: []migrate.Op{table(migrate.CreateTable{})}},
		{name: "another type", ops: []migrate.Op{migrate.CreateEnum{Name: "other", Values: []string{"own"}}, migrate.AlterEnum{Name: "other", From: []string{"own"}, To: []string{"own", "x"}}}},

		{name: "a default", commit: true, ops: []migrate.Op{pgAlter("customers", schema.EnumOf("mood", "mood").Default("sad"), schema.EnumOf("mood", "mood").Default("own"))}},
		{name: "a default that is empty", commit: true, ops: []migrate.Op{pgAlter("customers", schema.EnumOf("mood", "mood").Default("sad"), schema.EnumOf("mood", "mood").Default(""))}},
		{name: "a default of an array", commit: true, ops: []migrate.Op{migrate.AddColumn{Table: "customers", Column: moods.Default("{sad,own}")}}},
		{name: "an escaped element", commit: true, ops: []migrate.Op{migrate.AddColumn{Table: "customers", Column: moods.Default(`{"a \"b\" \\c"}`)}}},
		{name: "an empty element", commit: true, ops: []migrate.Op{migrate.AddColumn{Table: "customers", Column: moods.Default(`{sad,""}`)}}},
		{name: "an array as an expression", commit: true, ops: []migrate.Op{migrate.AddColumn{Table: "customers", Column: moods.DefaultExpr(`ARRAY['own']::mood[]`)}}},
		{name: "a default for one database", commit: true, ops: []migrate.Op{migrate.AddColumn{Table: "customers", Column: moods.DefaultFor("postgres", `E'{\x6fwn}'`)}}},
		{name: "the last value", commit: true, ops: []migrate.Op{migrate.AddColumn{Table: "customers", Column: schema.EnumOf("other", "mood").DefaultExpr("enum_last(NULL::mood)")}}},
		{name: "a check on a new table", commit: true, ops: []migrate.Op{table(migrate.CreateTable{Checks: []schema.Check{{Name: "c", Expr: "mood = ANY ('{sad,own}')"}}})}},
		{name: "a part of an index", commit: true, ops: []migrate.Op{table(migrate.CreateTable{Indexes: []schema.Index{{Name: "i", Parts: []schema.IndexPart{{Column: "raw"}}, Where: "mood <> 'own'"}}})}},
		{name: "a generated column", commit: true, ops: []migrate.Op{migrate.AddColumn{Table: "customers", Column: schema.Boolean("owned").Generated("mood IN ('sad', 'own')")}}},
		{name: "a cast of rows that are there", commit: true, ops: []migrate.Op{text}},
		{name: "a cast in SQL", commit: true, ops: []migrate.Op{textSQL}},
		{name: "an array taken apart", commit: true, ops: []migrate.Op{hand(`UPDATE customers SET mood = (ARRAY[name]::mood[])[1]`)}},
		{name: "a function that returns it", commit: true, before: []string{"CREATE FUNCTION mood_of(raw text) RETURNS mood LANGUAGE plpgsql AS 'BEGIN RETURN raw; END'"},
			ops: []migrate.Op{hand(`UPDATE customers SET mood = mood_of(name)`)}},
		{name: "code in dollar quotes", commit: true, ops: []migrate.Op{hand(`DO $x$ BEGIN UPDATE customers SET mood = 'own'; END $x$`)}},
		{name: "a cast in dollar quotes", commit: true, ops: []migrate.Op{hand(`DO $$ BEGIN UPDATE customers SET mood = name::public.mood; END $$`)}},
		{name: "renamed, and cast", commit: true, ops: []migrate.Op{migrate.RenameEnum{From: "mood", To: "temper"}, hand(`UPDATE customers SET mood = name::temper`)}},
		{name: "a value renamed again", commit: true, ops: []migrate.Op{migrate.RenameEnumValue{Enum: "mood", From: "own", To: "mine"}, hand(`UPDATE customers SET mood = 'mine'`)}},
		{name: "a value renamed again, not used", ops: []migrate.Op{migrate.RenameEnumValue{Enum: "mood", From: "own", To: "mine"}}},

		{name: "a fill", apart: true, ops: []migrate.Op{fill("'own'")}},
		{name: "in batches", apart: true, ops: []migrate.Op{migrate.Fill{Table: "customers", Column: "mood", Expr: "'own'"}}},
	}
}

// newValueCase is ops behind one that adds values to an enum. They are in its transaction unless it must be committed before, or they have
// a transaction of their own anyway.
type newValueCase struct {
	name          string
	before        []string
	ops           []migrate.Op
	commit, apart bool
}

// TestPostgresNewValues: the transaction that adds a value ends before the value is used, wherever it occurs, and the server agrees with
// that: it refuses the same stages in one transaction.
func TestPostgresNewValues(t *testing.T) {
	t.Parallel()
	db := pgOpen(t, "postgres", pgtest.Database(t))
	from := []string{"sad", "happy"}
	alter := migrate.AlterEnum{Name: "mood", From: from, To: append(slices.Clone(from), "own", "", `a "b" \c`)}
	for _, c := range newValueCases() {
		t.Run(c.name, func(t *testing.T) {
			pgExec(t, db, "DROP SCHEMA public CASCADE; CREATE SCHEMA public")
			s := pgReady(t, db, postgres.Dialect{}, pgConfig())
			at := &schema.Schema{}
			pgMustApply(t, s, at, pgBase()...)
			pgExec(t, db, append(c.before, "INSERT INTO customers (name, mood) VALUES ('own', 'sad')")...)
			ops := append([]migrate.Op{alter}, c.ops...)
			stages, err := migrate.PlanOps(s.Planner(), at.Clone(), ops)
			if err != nil {
				t.Fatal(err)
			}
			if stages[0].Commit != c.commit && !c.apart {
				t.Errorf("the transaction that adds the value ends with it: %v", stages[0].Commit)
			}
			if c.commit && !c.apart {
				if err := inOne(t.Context(), db, stages); pgCode(err) != "55P04" {
					t.Errorf("in one transaction: %v", err)
				}
			}
			pgMustApply(t, s, at, ops...)
		})
	}
}

// TestPostgresNewValuesOfNewEnum: a type that the migration itself has made is no exception before version 17. One that is made again has
// all its values at once.
func TestPostgresNewValuesOfNewEnum(t *testing.T) {
	db := pgOpen(t, "postgres", pgtest.Database(t))
	create := migrate.CreateEnum{Name: "state", Values: []string{"on"}}
	add := migrate.AlterEnum{Name: "state", From: []string{"on"}, To: []string{"on", "off"}}
	use := migrate.AddColumn{Table: "customers", Column: schema.EnumOf("state", "state").Default("off")}
	mood := func(from, to string) migrate.Op {
		return migrate.AlterEnum{Name: "mood", From: strings.Fields(from), To: strings.Fields(to)}
	}
	own := pgAlter("customers", schema.EnumOf("mood", "mood").Default("sad"), schema.EnumOf("mood", "mood").Default("own"))
	for _, c := range []struct {
		name   string
		commit bool
		ops    []migrate.Op
	}{
		{"made before", true, []migrate.Op{create, add, use}},
		{"made again before", true, []migrate.Op{mood("sad happy", "sad"), mood("sad", "sad own"), own}},
		{"made again after", false, []migrate.Op{mood("sad happy", "sad happy own"), mood("sad happy own", "sad own"), own}},
		{"made again at last", true, []migrate.Op{mood("sad happy", "sad happy own"), own, mood("sad happy own", "sad own")}},
	} {
		t.Run(c.name, func(t *testing.T) {
			pgExec(t, db, "DROP SCHEMA public CASCADE; CREATE SCHEMA public")
			s := pgReady(t, db, postgres.Dialect{}, pgConfig())
			at := &schema.Schema{}
			pgMustApply(t, s, at, pgBase()...)
			stages, err := migrate.PlanOps(s.Planner(), at.Clone(), c.ops)
			if err != nil {
				t.Fatal(err)
			}
			if got := slices.ContainsFunc(stages[:len(stages)-1], func(st migrate.Stage) bool { return st.Commit }); got != c.commit {
				t.Errorf("a commit: %v", got)
			}
			pgMustApply(t, s, at, c.ops...)
		})
	}
}

// TestPostgresNewValuesShared: migrations that share a transaction in an empty database do not fail over a value that one adds and a later
// one uses, after which each would have one of its own.
func TestPostgresNewValuesShared(t *testing.T) {
	first := &migrate.Migration{Name: "0001_initial", Ops: pgBase()}
	second := &migrate.Migration{Name: "0002_mood", Parents: []*migrate.Migration{first}, Ops: []migrate.Op{
		migrate.AlterEnum{Name: "mood", From: []string{"sad", "happy"}, To: []string{"sad", "happy", "own"}}}}
	third := &migrate.Migration{Name: "0003_own", Parents: []*migrate.Migration{second}, Ops: []migrate.Op{
		pgAlter("customers", schema.EnumOf("mood", "mood").Default("sad"), schema.EnumOf("mood", "mood").Default("own"))}}
	fourth := &migrate.Migration{Name: "0004_age", Parents: []*migrate.Migration{third}, Ops: []migrate.Op{
		migrate.AddColumn{Table: "customers", Column: schema.Integer("age").Null()}}}
	db := pgOpen(t, "postgres", pgtest.Database(t))
	m, err := migrate.New(db, postgres.Dialect{}, migrate.NewSet("shop", first, second, third, fourth), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.Up(t.Context()); err != nil {
		t.Fatal(err)
	}
	pgWantRows(t, db, "SELECT count(*), count(DISTINCT xmin::text) FROM modelgen_history", "4|3")
}

// TestPostgresValueGivesNameAway: a value that goes while another gets its name is renamed and taken away in one transaction, whatever else the
// migration locks. When a row holds it, no row is left with the name that it had for that time.
func TestPostgresValueGivesNameAway(t *testing.T) {
	db := pgOpen(t, "postgres", pgtest.Database(t))
	s := pgReady(t, db, postgres.Dialect{}, pgConfig())
	at := &schema.Schema{}
	pgMustApply(t, s, at, pgBase()...)
	pgExec(t, db, "INSERT INTO customers (name, mood) VALUES ('a', 'happy')")
	err := pgApply(t.Context(), s, at.Clone(), migrate.CommentTable{Table: "customers", To: "x"}, migrate.DropColumn{Table: "orders", Column: schema.Text("note").Null()},
		migrate.RenameEnumValue{Enum: "mood", From: "happy", To: "happy_modelgen_swap"}, migrate.RenameEnumValue{Enum: "mood", From: "sad", To: "happy"},
		migrate.AlterEnum{Name: "mood", From: []string{"happy", "happy_modelgen_swap"}, To: []string{"happy"}})
	if err == nil {
		t.Fatal("a row holds the value, and nothing fails")
	}
	pgWantRows(t, db, "SELECT mood FROM customers", "happy")
	pgWantRows(t, db, "SELECT enum_range(NULL::mood)", "{sad,happy}")
}

// inOne runs the statements of stages in one transaction, and takes them back.
func inOne(ctx context.Context, db *sql.DB, stages []migrate.Stage) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	for _, st := range stages {
		for _, s := range st.Statements {
			if _, err := tx.ExecContext(ctx, s.SQL); err != nil {
				return err
			}
		}
	}
	return nil
}

func pgCode(err error) string {
	var e interface{ SQLState() string }
	if errors.As(err, &e) {
		return e.SQLState()
	}
	return ""
}
