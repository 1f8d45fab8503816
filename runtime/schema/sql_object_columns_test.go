package schema_test

import (
	"strings"
	"testing"

	"github.com/modelgen/modelgen/runtime/schema"
)

func TestViewColumns(t *testing.T) {
	for _, test := range []struct{ head, query, want string }{
		{"", "SELECT id, o.buyer, s.o.total FROM orders o", "id buyer total"},
		{"", "SELECT count(*) AS n, sum(total) AS \"Sum\" FROM orders", "n Sum"},
		{"(a, \"B\")", "SELECT count(*), sum(total) FROM orders", "a B"},
		{"(a) WITH (security_barrier)", "SELECT count(*), ID FROM orders", "a id"},
		{"", "SELECT DISTINCT id FROM orders", "id"},
		{"", "SELECT DISTINCT ON (buyer, day) id, buyer FROM orders", "id buyer"},
		{"", "WITH x AS (SELECT 1 AS z) SELECT z AS one FROM x", "one"},
		{"", "SELECT id FROM a UNION ALL SELECT other FROM b", "id"},
		{"", "SELECT a IS DISTINCT FROM b AS differs, extract(year FROM at) AS year FROM t", "differs year"},
		{"", "SELECT CASE WHEN a THEN 1 ELSE 2 END AS kind, (SELECT max(b) FROM u) AS top FROM t WHERE a", "kind top"},
		{"", "SELECT 1 AS one", "one"},
		{"", "SELECT * FROM orders", "?"},
		{"", "SELECT o.*, 1 AS one FROM orders o", "?"},
		{"", "SELECT count(*) FROM orders", "?"},
		{"", "SELECT total + 1 FROM orders", "?"},
		{"", "SELECT total::bigint FROM orders", "?"},
		{"", "SELECT total sum FROM orders", "?"},
		{"", "SELECT current_date FROM orders", "?"},
		{"", "SELECT 'x' FROM orders", "?"},
		{"", "SELECT a.id, b.id FROM a, b", "?"},
		{"(a, b, c)", "SELECT x, y FROM t", "?"},
		{"", "VALUES (1, 2)", "?"},
		{"", "SELECT DISTINCT ON (lower(a)) id FROM t", "?"},
	} {
		names, ok := schema.ViewColumns(schema.SQLObject{Kind: schema.ViewKind, Name: "v", Head: test.head, SQL: schema.SQLText(test.query)})
		got := strings.Join(names, " ")
		if !ok {
			got = "?"
		}
		if got != test.want {
			t.Errorf("%s %s: %q, not %q", test.head, test.query, got, test.want)
		}
	}
}

func TestReads(t *testing.T) {
	for _, test := range []struct {
		from, to string
		want     bool
	}{
		{"integer", "bigint", true}, {"bigint", "integer", false}, {"varchar(10)", "text", true}, {"text", "varchar(10)", true}, {"numeric", "numeric(8,2)", true},
		{"numeric", "bigint", false}, {"timestamp", "timestamptz", false}, {"jsonb", "json", true}, {"real", "double precision", true}, {"double precision", "real", false},
		{"enum(mood)", "enum(mood)", true}, {"enum(mood)", "text", false}, {"text[]", "text[]", true}, {"text[]", "text", false}, {"citext", "CITEXT", true}, {"bit(3)", "bit(4)", true}, {"citext", "text", false},
		{"integer[]", "bigint[]", true},
	} {
		from, err := schema.ParseType(test.from)
		if err != nil {
			t.Fatal(err)
		}
		to, err := schema.ParseType(test.to)
		if err != nil {
			t.Fatal(err)
		}
		if got := schema.Reads(from, to); got != test.want {
			t.Errorf("%s into %s: %v", from, to, got)
		}
	}
}
