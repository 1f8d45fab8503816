package sqlite

import (
	"maps"
	"slices"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// Virtual tables cannot be altered. One that changes is made again beside the old one, which gives it what it has.

// createVirtual makes a virtual table. A full-text index over a table is filled from it.
func (p *planner) createVirtual(op migrate.Op, o schema.SQLObject) error {
	v, ok := o.VirtualTable()
	if !ok {
		return unreadable(o)
	}
	return p.object(op, o, append([]string{o.Statement()}, p.filled(op, o, v)...)...)
}

// filled returns the statement that fills a full-text index from the table that it is over. What is not there yet, as on a way back, fills it in the end.
func (p *planner) filled(op migrate.Op, o schema.SQLObject, v schema.VirtualTable) []string {
	if v.Content() == "" {
		return nil
	}
	if t := p.before.Table(v.Content()); t != nil {
		all := t.ColumnNames()
		if id := v.Options["content_rowid"]; id != "" && !slices.Contains(rowids, strings.ToLower(id)) {
			all = without([]string{id}, all)
		} else {
			all = nil
		}
		if len(all) == 0 && len(without(v.Columns, t.ColumnNames())) == 0 {
			return []string{rebuildIndex(o.Name)}
		}
	}
	if p.refill == nil {
		p.refill = map[string]string{}
	}
	p.refill[o.Name] = op.Describe()
	return nil
}

// rebuildIndex is the command of a full-text index that fills it from its content (https://www.sqlite.org/fts5.html, 6.10).
func rebuildIndex(index string) string {
	return "INSERT INTO " + quote(index) + " (" + quote(index) + ") VALUES ('rebuild')"
}

// refilled returns the stages that fill full-text indexes whose content was not there when they were made.
func (p *planner) refilled() (stages []migrate.Stage) {
	for _, index := range slices.Sorted(maps.Keys(p.refill)) {
		stages = append(stages, migrate.Stage{Cause: p.refill[index] + ": fill it", Statements: statements(rebuildIndex(index)), KeysOff: true, Parts: []migrate.Op{}})
	}
	return stages
}

// replaceVirtual moves the old virtual table away, makes the new one and gives it the rows: those of columns that both have.
func (p *planner) replaceVirtual(op migrate.Op, from, to schema.SQLObject) error {
	a, ok := from.VirtualTable()
	if !ok {
		return unreadable(from)
	}
	b, ok := to.VirtualTable()
	if !ok {
		return unreadable(to)
	}
	derived := a.Derived() && b.Derived()
	if p.before == nil {
		p.before = &schema.Schema{}
	}
	old := "modelgen_old_" + from.Name
	sql := []string{"PRAGMA legacy_alter_table = ON", "ALTER TABLE " + quote(from.Name) + " RENAME TO " + quote(old), "PRAGMA legacy_alter_table = OFF", to.Statement()}
	refuse := func(reason string) error {
		return &migrate.UnsupportedError{Dialect: name, Object: to.String(), Reason: reason, Hint: "declare the new one under another name, fill it in a step by hand, and drop the old one then"}
	}
	switch {
	case derived && !a.FullText():
		sql = []string{dropObject(from), to.Statement()} // it has nothing of its own
	case a.Contentless():
		return refuse("changes of a full-text index that keeps no text, and that nothing fills again (content='')")
	case b.Contentless() || a.Derived() != b.Derived():
		return refuse("a change of where a full-text index has its text")
	case !kept(a.Module) || !kept(b.Module):
		return refuse("changes of a virtual table of the module " + a.Module + ", of which it is not known how its rows are copied")
	case !derived:
		var columns []string
		for _, c := range b.Columns {
			if len(without([]string{c}, a.Columns)) == 0 {
				columns = append(columns, c)
			}
		}
		list := quoteAll(columns)
		if a.FullText() && b.FullText() {
			list = strings.TrimSuffix("rowid, "+list, ", ")
		}
		sql = append(sql, "INSERT INTO "+quote(to.Name)+" ("+list+") SELECT "+list+" FROM "+quote(old))
		fallthrough
	case a.Module == "fts5" && b.Module == "fts5": // what its commands have set (https://www.sqlite.org/fts5.html, 6)
		if a.Module == "fts5" && b.Module == "fts5" {
			sql = append(sql, "INSERT INTO "+quote(to.Name)+" ("+quote(to.Name)+", rank) SELECT k, v FROM "+quote(old+"_config")+" WHERE k <> 'version'")
		}
	}
	if !derived || a.FullText() {
		sql = append(sql, "DROP TABLE "+quote(old))
	}
	sql = append(sql, p.filled(op, to, b)...)
	return p.object(op, to, sql...)
}

// kept reports whether rows of a virtual table of the module can be read and written by its columns.
func kept(module string) bool {
	return module == "fts3" || module == "fts4" || module == "fts5" || module == "rtree" || module == "rtree_i32"
}

func unreadable(o schema.SQLObject) error {
	return &migrate.UnsupportedError{Dialect: name, Object: o.String(), Reason: "a statement of this form", Hint: "write CREATE VIRTUAL TABLE name USING module (arguments)"}
}
