package sqlite

import (
	"slices"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// rest notes what is no table: views, triggers, virtual tables with the tables that they keep their rows in.
func (x *inspector) rest() {
	for _, o := range x.objects {
		switch {
		case o.kind == "view":
			x.lost("view "+o.name, o.sql, "models have no views; it stays as it is")
		case o.kind == "trigger" && (x.byName[strings.ToLower(o.table)] != nil || x.described(o.table)):
			x.kept("trigger "+o.name+" on "+o.table, "trigger "+schema.QuoteName(o.name)+" on "+schema.QuoteName(o.table), o.sql, "models have no triggers; it stays as it is, and a rebuild keeps it")
		case o.kind == "table" && strings.HasPrefix(strings.ToUpper(o.sql), "CREATE VIRTUAL") && !x.ignored(o.name):
			x.lost("virtual table "+o.name, o.sql, "models have no virtual tables; it stays as it is")
		case o.kind == "table" && !x.ignored(o.name) && strings.HasPrefix(o.name, litestream):
			x.in.Unexpressed = append(x.in.Unexpressed, migrate.Unexpressed{Object: "table " + o.name, Why: "it is a table of litestream; it stays as it is", Owner: "litestream"})
		case o.kind == "table" && !x.ignored(o.name):
			if of := x.shadowOf(o.name); of.name != "" {
				x.in.Unexpressed = append(x.in.Unexpressed, migrate.Unexpressed{Object: "table " + o.name, Why: "it is a part of virtual table " + of.name + "; it stays as it is", Owner: module(of.sql)})
			}
		}
	}
}

// described reports whether the name is that of a view.
func (x *inspector) described(name string) bool {
	for _, o := range x.objects {
		if o.kind == "view" && strings.EqualFold(o.name, name) {
			return true
		}
	}
	return false
}

// module returns the module of a virtual table: fts5, rtree.
func module(sql string) string {
	toks := scan(sql)
	for i, k := range toks {
		if k.is("USING") && i+1 < len(toks) {
			return strings.ToLower(toks[i+1].text)
		}
	}
	return "virtual table"
}

// shadows returns the ends of the names of the tables in which a module keeps rows (fts3.html, fts5.html, rtree.html).
func shadows(module string) []string {
	switch module {
	case "fts3":
		return []string{"content", "segments", "segdir"}
	case "fts4":
		return []string{"content", "segments", "segdir", "docsize", "stat"}
	case "fts5":
		return []string{"data", "idx", "content", "docsize", "config"}
	case "rtree", "rtree_i32", "geopoly":
		return []string{"node", "rowid", "parent"}
	case "spellfix1":
		return []string{"vocab"}
	}
	return nil
}

// shadowOf returns the virtual table that a table is a part of, if any. SQLite says so from 3.37 on, of modules that the driver has; of others the name
// does.
func (x *inspector) shadowOf(table string) object {
	for _, v := range x.virtual {
		n := len(v.name)
		if len(table) > n && strings.EqualFold(table[:n], v.name) && table[n] == '_' && (x.kinds[table] == "shadow" || slices.Contains(shadows(module(v.sql)), strings.ToLower(table[n+1:]))) {
			return v
		}
	}
	return object{}
}
