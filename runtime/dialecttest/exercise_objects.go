package dialecttest

import (
	"slices"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// objectCase is an object with what becomes of it. What it stands on is made before it, in the same migration.
type objectCase struct {
	on      []schema.SQLObject
	first   []migrate.Op // ops that are none of objects
	o       schema.SQLObject
	change  func(o *schema.SQLObject) // nil for what is dropped and created to be changed
	renamed string                    // "" for what has no other name
}

// objectCases has the ops of objects, one case for each object. Kinds that a dialect lacks are left out there, see lacksObjects.
func objectCases() (all []opCase) {
	for _, c := range objectTable() {
		ops := slices.Clone(c.first)
		for i := range c.on {
			ops = append(ops, migrate.ObjectOp(nil, &c.on[i]))
		}
		now := c.o
		ops = append(ops, migrate.ObjectOp(nil, &now))
		if c.change != nil {
			to := now
			c.change(&to)
			ops = append(ops, migrate.ObjectOp(&now, &to))
			now = to
		}
		if c.renamed != "" {
			to := now.Renamed(c.renamed)
			ops = append(ops, migrate.ObjectOp(&now, &to))
			now = to
		}
		name := string(c.o.Kind)
		if c.o.Only != "" {
			name += " of " + c.o.Only
		}
		all = append(all, opCase{name, ops}, opCase{name + " dropped", append(slices.Clone(ops), migrate.ObjectOp(&now, nil))})
	}
	return all
}

// lacksObjects reports whether a dialect lacks an object of the case.
func (c opCase) lacksObjects(d migrate.Capabilities) bool {
	return slices.ContainsFunc(c.ops, func(op migrate.Op) bool {
		from, to, ok := migrate.ObjectChange(op)
		if !ok {
			return false
		}
		if from == nil {
			from = to
		}
		return from.Only != "" && from.Only != d.Name || !slices.Contains(d.Objects, from.Kind) && from.Kind != schema.CommentKind && from.Kind != schema.GrantKind
	})
}

func setSQL(sql string) func(o *schema.SQLObject) {
	return func(o *schema.SQLObject) { o.SQL = schema.SQLText(sql) }
}

func objectTable() []objectCase {
	object := func(kind schema.ObjectKind, name, sql string) schema.SQLObject {
		return schema.SQLObject{Kind: kind, Name: name, SQL: schema.SQLText(sql)}
	}
	on := func(kind schema.ObjectKind, name, table, sql string) schema.SQLObject {
		return schema.SQLObject{Kind: kind, Name: name, Table: table, SQL: schema.SQLText(sql)}
	}
	touch := object(schema.FunctionKind, "touch()", "CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$")
	calls := on(schema.TriggerKind, "books_touch", "books", "CREATE TRIGGER books_touch BEFORE UPDATE ON books FOR EACH ROW EXECUTE FUNCTION touch()")
	calls.Only = "postgres"
	writes := on(schema.TriggerKind, "books_touch", "books", "CREATE TRIGGER books_touch AFTER UPDATE OF lent ON books BEGIN UPDATE books SET pages = pages WHERE id = new.id; END")
	writes.Only = "sqlite"
	view := object(schema.ViewKind, "lent_books", "SELECT id, title FROM books WHERE lent")
	totals := object(schema.MaterializedViewKind, "pages_of", "SELECT author_id, sum(pages) AS pages FROM books GROUP BY author_id")
	add := object(schema.FunctionKind, "twice(integer)", "CREATE FUNCTION twice(n integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT n * 2'")
	sum := object(schema.FunctionKind, "plus(integer, integer)", "CREATE FUNCTION plus(integer, integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT coalesce($1, 0) + $2'")
	ddl := object(schema.FunctionKind, "watch()", "CREATE FUNCTION watch() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN END $$")
	years := migrate.CreateTable{Table: "loans", Columns: []schema.ColumnDef{schema.Date("at"), schema.BigInt("book_id")}, Options: schema.TableOptions{Partition: "range (at)"}}
	return []objectCase{
		{o: object(schema.ExtensionKind, "hstore", ""), first: []migrate.Op{migrate.CreateSchema{Name: "apart"}}, change: setSQL("SCHEMA apart")},
		{o: object(schema.DomainKind, "positive", "CREATE DOMAIN positive AS integer CHECK (VALUE > 0)"), change: setSQL("CREATE DOMAIN positive AS integer DEFAULT 1 CHECK (VALUE > 1)"), renamed: "above"},
		{o: object(schema.CompositeTypeKind, "amount", "CREATE TYPE amount AS (value numeric(8, 2), currency text)"), change: setSQL("CREATE TYPE amount AS (value numeric(8, 2), rate integer)"), renamed: "sums"},
		{o: object(schema.RangeTypeKind, "pages_range", "CREATE TYPE pages_range AS RANGE (subtype = integer)"), renamed: "leaves"},
		{o: object(schema.SequenceKind, "numbers", "CREATE SEQUENCE numbers"), change: setSQL("CREATE SEQUENCE numbers INCREMENT BY 10 OWNED BY books.pages"), renamed: "tickets"},
		{o: add, change: setSQL("CREATE FUNCTION twice(n integer) RETURNS integer LANGUAGE sql IMMUTABLE STRICT AS 'SELECT n + n'"), renamed: "doubled(integer)"},
		{o: object(schema.ProcedureKind, "lend(bigint)", "CREATE PROCEDURE lend(book bigint) LANGUAGE sql AS $$ UPDATE books SET lent = true WHERE id = book $$"),
			change: setSQL("CREATE PROCEDURE lend(book bigint) LANGUAGE sql AS $$ UPDATE books SET lent = true WHERE id = book AND NOT lent $$"), renamed: "give(bigint)"},
		{on: []schema.SQLObject{sum}, o: object(schema.AggregateKind, "total(integer)", "CREATE AGGREGATE total(integer) (SFUNC = plus, STYPE = integer)"),
			change: setSQL("CREATE AGGREGATE total(integer) (SFUNC = plus, STYPE = integer, INITCOND = '0')"), renamed: "whole(integer)"},
		{o: object(schema.VirtualTableKind, "found", "CREATE VIRTUAL TABLE found USING fts5(title, body)"), change: setSQL("CREATE VIRTUAL TABLE found USING fts5(title, body, tokenize='porter')"), renamed: "search"},
		{o: object(schema.VirtualTableKind, "shelf", "CREATE VIRTUAL TABLE shelf USING fts5(title, content='books', content_rowid='id')"), change: setSQL("CREATE VIRTUAL TABLE shelf USING fts5(title, content='books', content_rowid='id', prefix='2')")},
		{o: object(schema.VirtualTableKind, "places", "CREATE VIRTUAL TABLE places USING rtree(id, x0, x1)"), change: setSQL("CREATE VIRTUAL TABLE places USING rtree(id, x0, x1, +label)"), renamed: "boxes"},
		{first: []migrate.Op{years}, o: on(schema.PartitionKind, "loans_2026", "loans", "FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')"), change: setSQL("FOR VALUES FROM ('2026-01-01') TO ('2026-07-01')"), renamed: "loans_y2026"},
		{o: on(schema.ExclusionKind, "no_twins", "books", "EXCLUDE USING btree (title WITH =)"), renamed: "all_different"},
		{o: view, change: setSQL("SELECT id, title, pages FROM books WHERE lent"), renamed: "away"},
		{o: totals, change: setSQL("SELECT author_id, sum(pages) AS pages, count(*) AS n FROM books GROUP BY author_id"), renamed: "leaves_of"},
		{on: []schema.SQLObject{totals}, o: on(schema.ViewIndexKind, "pages_of_author", "pages_of", "CREATE UNIQUE INDEX pages_of_author ON pages_of (author_id)"), renamed: "by_author"},
		{o: on(schema.RuleKind, "no_delete", "books", "CREATE RULE no_delete AS ON DELETE TO books DO INSTEAD NOTHING"), change: setSQL("CREATE RULE no_delete AS ON DELETE TO books WHERE old.lent DO INSTEAD NOTHING"), renamed: "keep_lent"},
		{on: []schema.SQLObject{touch}, o: calls, change: func(o *schema.SQLObject) {
			o.Head, o.SQL = "ENABLE ALWAYS", "CREATE TRIGGER books_touch BEFORE INSERT OR UPDATE ON books FOR EACH ROW EXECUTE FUNCTION touch()"
		}, renamed: "books_stamp"},
		{o: writes, change: setSQL("CREATE TRIGGER books_touch AFTER UPDATE OF title ON books BEGIN UPDATE books SET pages = pages WHERE id = new.id; END"), renamed: "books_stamp"},
		{on: []schema.SQLObject{ddl}, o: object(schema.EventTriggerKind, "watches", "CREATE EVENT TRIGGER watches ON sql_drop EXECUTE FUNCTION watch()"), renamed: "looks"},
		{o: on(schema.PolicyKind, "lent_only", "books", "CREATE POLICY lent_only ON books USING (lent)"), change: setSQL("CREATE POLICY lent_only ON books TO CURRENT_USER USING (NOT lent)"), renamed: "in_house"},
		{o: schema.SQLObject{Kind: schema.RowSecurityKind, Name: "books", SQL: "ENABLE"}, change: setSQL("FORCE")},
		{o: object(schema.StatisticsKind, "books_stats", "CREATE STATISTICS books_stats ON title, pages FROM books"), renamed: "books_seen"},
		{o: object(schema.PublicationKind, "changes", "CREATE PUBLICATION changes FOR TABLE books"), change: setSQL("CREATE PUBLICATION changes FOR TABLE books, authors WITH (publish = 'insert')"), renamed: "news"},
		{on: []schema.SQLObject{view}, o: schema.SQLObject{Kind: schema.CommentKind, Name: "view lent_books", SQL: "it's lent"}, change: setSQL("what is lent")},
		{on: []schema.SQLObject{view}, o: schema.SQLObject{Kind: schema.GrantKind, Name: "table lent_books to PUBLIC", SQL: "SELECT, UPDATE (title)"}},
	}
}
