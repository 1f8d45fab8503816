// Package foreign reads the histories of other migration tools: it recognises their tables by names and columns, and says at which version a
// database is and whether the tool has left it half done. It asks no database: the dialects hand it tables and rows.
package foreign

import (
	"cmp"
	"slices"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// Table is a table that may be a history.
type Table struct {
	Name       string // as models have it: qualified where it is not in the default schema
	Columns    []string
	Types      map[string]Class // of columns, as far as they are known
	Unreadable bool             // the role may not read it
}

// Class is what kind of type a column has. The zero value is one that tells nothing.
type Class string

// Classes by which a tool's table is told from one that has the same columns.
const (
	Number Class = "number"
	Text   Class = "text"
)

// Row is a row of a table, by column: text, a number, a flag, or nil for NULL.
type Row map[string]any

// History is one that was found.
type History struct {
	tool  tool
	table Table
	locks Table // beside it, "" when there is none
}

// Schemas are those that tools keep their histories in.
var Schemas = []string{"atlas_schema_revisions", "drizzle", "supabase_migrations"}

// Find returns the histories among tables, sorted by table.
func Find(tables []Table) []History {
	var all []History
	for _, t := range tables {
		i := slices.IndexFunc(tools, func(x tool) bool { return x.is(t, tables) })
		if i < 0 {
			continue
		}
		h := History{tool: tools[i], table: t}
		if name := h.tool.locks; name != "" {
			if n := index(tables, beside(t.Name, name)); n >= 0 {
				h.locks = tables[n]
			}
		}
		all = append(all, h)
	}
	slices.SortFunc(all, func(a, b History) int { return strings.Compare(a.table.Name, b.table.Name) })
	return all
}

// beside returns the name of a table in the schema of another one.
func beside(table, base string) string {
	ns, _ := schema.SplitName(table)
	return schema.JoinName(ns, base)
}

func index(tables []Table, name string) int {
	return slices.IndexFunc(tables, func(t Table) bool { return t.Name == name })
}

// Tables returns the tables that are the tool's and not the application's.
func (h History) Tables() []string {
	names := []string{h.table.Name}
	for _, base := range append(slices.Clone(h.tool.besides), h.tool.locks) {
		if base != "" {
			names = append(names, beside(h.table.Name, base))
		}
	}
	for _, end := range h.tool.ends {
		names = append(names, h.table.Name+end)
	}
	return names
}

// Read is a table that has to be read, and the columns.
type Read struct {
	Table   string
	Columns []string
}

// Reads returns what [History.Tell] needs of the database.
func (h History) Reads() []Read {
	if h.table.Unreadable {
		return nil
	}
	reads := []Read{{h.table.Name, h.tool.reads}}
	if h.locks.Name != "" && !h.locks.Unreadable {
		reads = append(reads, Read{h.locks.Name, h.locks.Columns})
	}
	return reads
}

// Tell returns what the rows of the tables of [History.Reads] say.
func (h History) Tell(rows map[string][]Row) migrate.ForeignHistory {
	f := migrate.ForeignHistory{Tool: h.tool.name, Table: h.table.Name}
	if h.table.Unreadable {
		f.Unreadable, f.Problem = true, "the role may not read it: GRANT SELECT ON "+h.table.Name
		return f
	}
	if own := rows[h.table.Name]; h.tool.each != "" {
		applied(&f, texts(own, h.tool.each))
	} else {
		h.tool.tell(&f, own)
	}
	if h.locks.Name != "" && f.Problem == "" && slices.ContainsFunc(rows[h.locks.Name], func(r Row) bool { return h.tool.locked == "" || r.flag(h.tool.locked) }) {
		f.Problem = "locked: " + h.tool.name + " is running, or has left its lock in " + h.locks.Name
	}
	return f
}

// sortVersions sorts as tools do: by numbers where there are numbers, and dotted ones part by part.
func sortVersions(all []string) []string {
	slices.SortStableFunc(all, Compare)
	return slices.Compact(all)
}

// Compare compares two versions: runs of digits as numbers, all else as text.
func Compare(a, b string) int {
	for a != "" && b != "" {
		x, y := run(a), run(b)
		a, b = a[len(x):], b[len(y):]
		if c := compareRun(x, y); c != 0 {
			return c
		}
	}
	return cmp.Compare(len(a), len(b))
}

func digit(c byte) bool { return c >= '0' && c <= '9' }

// run returns what a text begins with that is all digits or none.
func run(s string) string {
	n := 1
	for n < len(s) && digit(s[n]) == digit(s[0]) {
		n++
	}
	return s[:n]
}

func compareRun(x, y string) int {
	if digit(x[0]) && digit(y[0]) {
		x, y = strings.TrimLeft(x, "0"), strings.TrimLeft(y, "0")
		return cmp.Or(cmp.Compare(len(x), len(y)), strings.Compare(x, y))
	}
	return strings.Compare(x, y)
}
