package postgres

import (
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// Fail returns a statement that fails with the message when the SQL condition is true; "" is always. It is for scripts, where nobody looks
// at what a query returns.
func (Dialect) Fail(message, when string) []migrate.Statement { return fail(message, when) }

func fail(message, when string) []migrate.Statement {
	raise := "RAISE EXCEPTION USING MESSAGE = " + text(message) + ";"
	if when != "" {
		raise = "IF " + when + " THEN\n    " + raise + "\n  END IF;"
	}
	return []migrate.Statement{statement(doBlock("BEGIN\n  " + raise + "\nEND"))}
}

// LockKey returns the key of the advisory lock that the migrator takes, for scripts that write the same history. "" is modelgen_history.
func (d Dialect) LockKey(history string) int64 {
	return lockKey(d.historyTable(history))
}

// indexAgain is indexReady as SQL.
func (p *planner) indexAgain(table string, x schema.Index) *migrate.Again {
	_, base := schema.SplitName(table)
	columns, method := indexForm(x)
	return &migrate.Again{
		State: "SELECT CASE WHEN x.indisvalid AND x.indisready THEN 'done' ELSE 'left' END FROM pg_catalog.pg_index x" +
			" JOIN pg_catalog.pg_class c ON c.oid = x.indexrelid JOIN pg_catalog.pg_class t ON t.oid = x.indrelid" +
			" JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace JOIN pg_catalog.pg_am am ON am.oid = c.relam" +
			"\n WHERE n.nspname = " + text(p.namespace(table)) + " AND t.relname = " + text(base) + " AND c.relname = " + text(x.Name) +
			" AND x.indisunique = " + sqlBool(x.Unique) + " AND am.amname = " + text(strings.ToLower(method)) + " AND (x.indpred IS NOT NULL) = " + sqlBool(x.Where != "") +
			"\n AND (" + indexColumns + ") = " + text(columns),
		Clear: statement("DROP INDEX CONCURRENTLY IF EXISTS " + p.index(table, x.Name)),
	}
}

func sqlBool(b bool) string {
	if b {
		return "true"
	}
	return "false"
}
