package sqlite

import (
	"context"
	"slices"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// rowids are the names of the rowid. A column of that name hides it under the name (https://www.sqlite.org/rowidtable.html).
var rowids = []string{"rowid", "_rowid_", "oid"}

// alias returns the column that is the rowid: the primary key, when it is one column of the type INTEGER.
func (d ddl) alias() string {
	if d.t.PrimaryKey == nil || len(d.t.PrimaryKey.Columns) != 1 {
		return ""
	}
	c := d.t.Column(d.t.PrimaryKey.Columns[0])
	if declared, err := d.declared(*c); err != nil || !strings.EqualFold(declared, "INTEGER") {
		return ""
	}
	return c.Name
}

// rowid returns the name under which the rowid can be copied to the new table, "" when it is copied with a column or cannot be: then renumbers says
// why, if rows get another one. Full text indexes with external content, and programs, may know rows by it.
func (r *rebuild) rowid(d ddl) (name, renumbers string) {
	switch {
	case r.old.Table(r.table).Options.WithoutRowid:
		return "", ""
	case d.t.Options.WithoutRowid:
		return "", "the table has none any more"
	}
	was, is := ddl{s: r.old, t: r.old.Table(r.table)}.alias(), d.alias()
	if is != "" {
		if from := r.source(is); from != nil && was != "" && from.expr == quote(was) && len(r.layers) == 1 {
			return "", ""
		}
		if is == was {
			return "", ""
		}
		return "", "column " + is + " becomes the rowid"
	}
	hidden := d.t.ColumnNames()
	for _, o := range r.origins {
		hidden = append(hidden, o.name, o.as)
	}
	for _, l := range r.layers {
		for _, c := range l.cols {
			hidden = append(hidden, c.name)
		}
	}
	for _, name := range rowids {
		if !slices.ContainsFunc(hidden, func(c string) bool { return strings.EqualFold(c, name) }) {
			return name, ""
		}
	}
	return "", "columns have all three of its names"
}

// contentOf reports whether a table is a virtual one over the rows of the other one: fts5(body, content='notes').
func contentOf(sql, table string) bool {
	toks := scan(sql)
	if len(toks) < 3 || !toks[1].is("VIRTUAL") {
		return false
	}
	for i, k := range toks {
		if k.is("content") && i+2 < len(toks) && toks[i+1].text == "=" && strings.EqualFold(strings.Trim(toks[i+2].text, `'"[]`+"`"), table) {
			return true
		}
	}
	return false
}

// followed makes sure that no virtual table is over the rows of a table that is renamed, but those that migrations replace: SQLite does not follow it there.
func followed(table string, known []schema.SQLObject) func(context.Context, migrate.Tx) error {
	return func(ctx context.Context, tx migrate.Tx) error {
		all, err := objects(ctx, tx, "main", "")
		if err != nil {
			return err
		}
		for _, o := range all {
			if o.kind == "table" && contentOf(o.sql, table) && !slices.ContainsFunc(known, func(k schema.SQLObject) bool {
				return k.Kind == schema.VirtualTableKind && strings.EqualFold(k.Name, o.name)
			}) {
				return problem("drop the virtual table in an SQL step before, and make it again after, with the new name and INSERT INTO ... VALUES ('rebuild')",
					"virtual table %s has its content in table %s, and would go on to look for it under that name", o.name, table)
			}
		}
		return nil
	}
}

// conflicts returns the ON CONFLICT clauses that somebody gave the primary key, as long as it has the columns that it had in before, and NOT NULL
// constraints of the table.
func (t tableText) conflicts(before string) map[string]string {
	out := map[string]string{}
	if t.keyConflict != "" && slices.EqualFunc(t.key, parseTable(before).key, strings.EqualFold) {
		out[""] = t.keyConflict
	}
	for name, c := range t.columns {
		if c.notNull != "" {
			out[name] = c.notNull
		}
	}
	return out
}

// withConflicts writes ON CONFLICT clauses into a CREATE TABLE of ours, behind what they belong to.
func withConflicts(create string, clauses map[string]string) string {
	if len(clauses) == 0 {
		return create
	}
	toks := scan(create)
	open := slices.IndexFunc(toks, func(k token) bool { return k.kind == opToken && k.text == "(" })
	type insertion struct {
		at   int
		text string
	}
	var all []insertion
	for _, item := range items(toks[open+1 : group(toks, open)-1]) {
		column := ""
		if len(item) > 0 && !item[0].is("CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN") {
			column = strings.ToLower(item[0].text)
		}
		for i := 0; i < len(item); i++ {
			switch k := item[i]; {
			case k.text == "(":
				i = group(item, i) - 1
			case k.is("NOT") && i+1 < len(item) && item[i+1].is("NULL") && column != "" && clauses[column] != "":
				all = append(all, insertion{item[i+1].end, strings.ToUpper(clauses[column])})
			case k.is("PRIMARY") && i+1 < len(item) && clauses[""] != "":
				end := i + 1
				if end+1 < len(item) && item[end+1].text == "(" {
					end = group(item, end+1) - 1
				}
				all = append(all, insertion{item[end].end, strings.ToUpper(clauses[""])})
			}
		}
	}
	for _, x := range slices.Backward(all) {
		create = create[:x.at] + x.text + create[x.at:]
	}
	return create
}
