package gentest

import (
	"fmt"
	"strings"
)

// Objects returns n views and n functions over the tables of [Models], as SQL: a view of a table, each tenth of the view before it, and a function of either
// language that reads one.
func Objects(n, tables int) string {
	var b strings.Builder
	for i := range n {
		t := i * tables / n
		if i%10 == 9 {
			fmt.Fprintf(&b, "CREATE VIEW view_%04d AS\n  SELECT v.id, v.name, v.stock * 2 AS twice\n  FROM view_%04d v\n  WHERE v.stock > 10;\n\n", i, i-1)
		} else {
			fmt.Fprintf(&b, "CREATE VIEW view_%04d AS\n  SELECT m.id, m.name, m.stock, p.name AS parent\n  FROM model_%04d m\n  LEFT JOIN model_%04d p ON p.id = m.parent_id\n  WHERE m.active;\n\n", i, t, max(t-1, 0))
		}
		if i%2 == 0 {
			fmt.Fprintf(&b, "CREATE FUNCTION stock_%04d(at_least integer) RETURNS bigint\nLANGUAGE sql STABLE AS $$\n  SELECT sum(stock) FROM model_%04d WHERE stock >= at_least\n$$;\n\n", i, t)
		} else {
			fmt.Fprintf(&b, "CREATE FUNCTION touch_%04d() RETURNS trigger\nLANGUAGE plpgsql AS $$\nBEGIN\n  NEW.note := 'touched';\n  RETURN NEW;\nEND\n$$;\n\nCREATE TRIGGER touch BEFORE UPDATE ON model_%04d FOR EACH ROW EXECUTE FUNCTION touch_%04d();\n\n", i, t, i)
		}
	}
	return b.String()
}
