package dialecttest_test

import (
	"database/sql"
	"slices"
	"strings"
	"testing"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/postgres"
	"github.com/modelgen/modelgen/runtime/schema"
	"github.com/modelgen/modelgen/runtime/sqlite"
)

// A column of each reserved word can be had, and be meant in an expression.
func reservedTable(words []string) migrate.CreateTable {
	t := migrate.CreateTable{Table: "words"}
	for _, w := range words {
		t.Columns = append(t.Columns, schema.Integer(w))
		t.Checks = append(t.Checks, schema.Check{Name: "words_" + w + "_check", Expr: schema.QuoteColumn(w) + " > 0"})
	}
	return t
}

// The list of PostgreSQL is that of the server.
func TestReservedWordsPostgres(t *testing.T) {
	pgEach(t, func(t *testing.T, db *sql.DB, _ string) {
		words := postgres.Dialect{}.Capabilities().ReservedWords
		server := pgRows(t, db, "SELECT word FROM pg_get_keywords() WHERE catcode IN ('R', 'T') ORDER BY word COLLATE \"C\"")
		for _, w := range server {
			if !slices.Contains(words, w) {
				t.Errorf("%s is reserved, and not among ReservedWords", w)
			}
		}
		for _, w := range words {
			if !slices.Contains(server, w) && w != "system_user" { // reserved from version 16 on
				t.Errorf("%s is among ReservedWords, and not reserved", w)
			}
		}
		pgMustApply(t, pgReady(t, db, postgres.Dialect{}, pgConfig()), &schema.Schema{}, reservedTable(words))
	})
}

// The list of SQLite has the words, of its own and of PostgreSQL's, that are no plain names there.
func TestReservedWordsSQLite(t *testing.T) {
	words := sqlite.Dialect{}.Capabilities().ReservedWords
	d := newLite(t)
	// https://www.sqlite.org/lang_keywords.html
	all := append(strings.Fields(`abort action add after all alter always analyze and as asc attach autoincrement before begin between by cascade case cast
		check collate column commit conflict constraint create cross current current_date current_time current_timestamp database default deferrable
		deferred delete desc detach distinct do drop each else end escape except exclude exclusive exists explain fail filter first following for foreign
		from full generated glob group groups having if ignore immediate in index indexed initially inner insert instead intersect into is isnull join key
		last left like limit match materialized natural no not nothing notnull null nulls of offset on or order others outer over partition plan pragma
		preceding primary query raise range recursive references regexp reindex release rename replace restrict returning right rollback row rows
		savepoint select set table temp temporary then ties to transaction trigger unbounded union unique update using vacuum values view virtual when
		where window with without`), postgres.Dialect{}.Capabilities().ReservedWords...)
	for _, w := range all {
		d.exec("DROP TABLE IF EXISTS t", `CREATE TABLE t (id integer, "`+w+`" integer)`, "INSERT INTO t VALUES (1, 7)")
		var got string
		err := d.db.QueryRowContext(t.Context(), "SELECT "+w+" FROM t").Scan(&got)
		if plain := err == nil && got == "7"; plain == slices.Contains(words, w) {
			t.Errorf("%s: it is a plain name: %v, but ReservedWords says otherwise", w, plain)
		}
	}
	d.run(reservedTable(words))
}
