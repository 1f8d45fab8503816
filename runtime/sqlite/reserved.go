package sqlite

import "github.com/modelgen/modelgen/internal/sqllex"

// reserved are the key words that cannot be the name of a column without quotes: of those in https://www.sqlite.org/lang_keywords.html the ones that
// are an error there, or a value of their own.
var reserved = []string{
	"add", "all", "alter", "and", "as", "autoincrement", "between", "case", "cast", "check", "collate", "commit", "constraint", "create",
	"current_date", "current_time", "current_timestamp", "default", "deferrable", "delete", "distinct", "drop", "else", "escape", "except",
	"exists", "foreign", "from", "group", "having", "in", "index", "insert", "intersect", "into", "is", "isnull", "join", "limit", "not", "nothing",
	"notnull", "null", "on", "or", "order", "primary", "raise", "references", "returning", "select", "set", "table", "then", "to", "transaction",
	"union", "unique", "update", "using", "values", "when", "where",
}

var isReserved = sqllex.Set(reserved...)
