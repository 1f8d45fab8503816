package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

var _ migrate.SchemaInspector = Dialect{}

// InspectSchema implements [migrate.SchemaInspector]. It reads the whole of the main database with a few statements, in one transaction that only
// reads. What the text of a table says is held against what the pragmas do: a table of which they disagree is an error, which names it.
func (Dialect) InspectSchema(ctx context.Context, db *sql.DB, opt migrate.InspectOptions) (in *migrate.Inspection, err error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	if _, err := conn.ExecContext(ctx, "BEGIN"); err != nil {
		return nil, err
	}
	defer func() {
		if _, e := conn.ExecContext(context.WithoutCancel(ctx), "ROLLBACK"); err == nil && e != nil {
			in, err = nil, e
		}
	}()
	x := &inspector{opt: opt, in: &migrate.Inspection{Schema: &schema.Schema{}}}
	if err := x.read(ctx, conn); err != nil {
		return nil, err
	}
	return x.in, x.describe()
}

// inspector collects an [migrate.Inspection].
type inspector struct {
	opt     migrate.InspectOptions
	in      *migrate.Inspection
	objects []object
	tables  []*inspected
	byName  map[string]*inspected // in lower case, those that are described
	virtual []object
	kinds   map[string]string // of table_list: shadow, virtual
	theirs  []string          // tables of other migration tools
}

// inspected is a table with what the pragmas tell of it, and what its text does.
type inspected struct {
	object
	text    tableText
	columns []column
	indexes []inspectedIndex
	keys    []inspectedKey // in the order in which they are written
	t       *schema.Table
}

// inspectedIndex is an index of index_list with its parts.
type inspectedIndex struct {
	name    string
	unique  bool
	origin  string // c of CREATE INDEX, u of a unique constraint, pk
	partial bool
	parts   []inspectedPart
}

type inspectedPart struct {
	column  string // "" for an expression
	desc    bool
	collate string // in lower case, "" for binary
}

// inspectedKey is a foreign key of foreign_key_list.
type inspectedKey struct {
	table    string
	from, to []string
}

// read asks for everything. The statements do not depend on the number of tables.
func (x *inspector) read(ctx context.Context, tx migrate.Tx) (err error) {
	var version string
	if err := tx.QueryRowContext(ctx, "SELECT sqlite_version()").Scan(&version); err != nil {
		return err
	}
	x.in.Version = versionNumber(version)
	if x.objects, err = objects(ctx, tx, "main", ""); err != nil {
		return err
	}
	x.kinds = map[string]string{}
	if x.in.Version >= 3037000 { // which has table_list
		err := each(ctx, tx, `SELECT name, type FROM pragma_table_list WHERE schema = 'main'`, func(scan func(...any) error) error {
			var name, kind string
			err := scan(&name, &kind)
			x.kinds[name] = kind
			return err
		})
		if err != nil {
			return err
		}
	}
	x.sort()
	const tables = `FROM main.sqlite_master m JOIN `
	const only = ` WHERE m.type = 'table' AND m.sql NOT LIKE 'CREATE VIRTUAL %' AND m.name NOT LIKE 'sqlite\_%' ESCAPE '\' `
	err = each(ctx, tx, `SELECT m.name, c.name, c.type, c."notnull", c.dflt_value, c.pk, c.hidden `+tables+`pragma_table_xinfo(m.name, 'main') c`+only+`ORDER BY m.rowid, c.cid`,
		func(scan func(...any) error) error {
			var table string
			var c column
			err := scan(&table, &c.name, &c.declared, &c.notNull, &c.def, &c.pk, &c.hidden)
			if t := x.byName[strings.ToLower(table)]; t != nil {
				t.columns = append(t.columns, c)
			}
			return err
		})
	if err != nil {
		return err
	}
	if err := x.histories(ctx, tx); err != nil {
		return err
	}
	err = each(ctx, tx, `SELECT m.name, l.name, l."unique", l.origin, l.partial, c.name, c.desc, c.coll `+tables+
		`pragma_index_list(m.name, 'main') l JOIN pragma_index_xinfo(l.name, 'main') c`+only+`AND c.key ORDER BY m.rowid, l.seq, c.seqno`,
		func(scan func(...any) error) error {
			var table string
			var ix inspectedIndex
			var p inspectedPart
			var column, collate sql.NullString
			err := scan(&table, &ix.name, &ix.unique, &ix.origin, &ix.partial, &column, &p.desc, &collate)
			if p.column = column.String; !strings.EqualFold(collate.String, "BINARY") {
				p.collate = strings.ToLower(collate.String)
			}
			t := x.byName[strings.ToLower(table)]
			if t == nil {
				return err
			}
			if n := len(t.indexes); n == 0 || t.indexes[n-1].name != ix.name {
				t.indexes = append(t.indexes, ix)
			}
			last := &t.indexes[len(t.indexes)-1]
			last.parts = append(last.parts, p)
			return err
		})
	if err != nil {
		return err
	}
	err = each(ctx, tx, `SELECT m.name, f.seq, f."table", f."from", f."to" `+tables+`pragma_foreign_key_list(m.name, 'main') f`+only+`ORDER BY m.rowid, f.id DESC, f.seq`,
		func(scan func(...any) error) error {
			var table, parent, from string
			var seq int
			var to sql.NullString
			err := scan(&table, &seq, &parent, &from, &to)
			t := x.byName[strings.ToLower(table)]
			if t == nil {
				return err
			}
			if seq == 0 { // SQLite counts them from the last to the first
				t.keys = append(t.keys, inspectedKey{table: parent})
			}
			k := &t.keys[len(t.keys)-1]
			k.from = append(k.from, from)
			if to.Valid {
				k.to = append(k.to, to.String)
			}
			return err
		})
	return err
}

// sort takes the tables to describe, and leaves out those of SQLite, of ours, of virtual tables, and those that are to be left out.
func (x *inspector) sort() {
	x.byName = map[string]*inspected{}
	for _, o := range x.objects {
		if o.kind == "table" && strings.HasPrefix(strings.ToUpper(o.sql), "CREATE VIRTUAL") {
			x.virtual = append(x.virtual, o)
		}
	}
	for _, o := range x.objects {
		if o.kind != "table" || strings.HasPrefix(strings.ToLower(o.name), "sqlite_") || x.ignored(o.name) || x.shadowOf(o.name).name != "" ||
			strings.HasPrefix(strings.ToUpper(o.sql), "CREATE VIRTUAL") || strings.HasPrefix(o.name, litestream) {
			continue
		}
		if strings.Contains(o.name, ".") {
			x.lost("table "+o.name, o.sql, "a name with a dot in it is that of a schema and a table to models; it stays as it is")
			continue
		}
		t := &inspected{object: o, text: parseTable(o.sql)}
		x.tables = append(x.tables, t)
		x.byName[strings.ToLower(o.name)] = t
	}
}

// litestream is how the tables of that tool for copies begin, which are no matter of the program.
const litestream = "_litestream_"

// ignored reports whether the table is one that the caller leaves out, or stands beside our history.
func (x *inspector) ignored(table string) bool {
	history := x.history()
	return strings.EqualFold(table, history+"_protection") || strings.EqualFold(table, history+"_log") || slices.ContainsFunc(x.opt.Ignore, func(pattern string) bool {
		ok, err := path.Match(pattern, table)
		return ok && err == nil
	})
}

// history returns the name of our history, which is told and is no table of the application.
func (x *inspector) history() string { return cmp.Or(x.opt.History, migrate.DefaultHistory) }

// versionNumber returns 3045001 for 3.45.1, as SQLite counts.
func versionNumber(version string) int {
	n := 0
	parts := strings.Split(version, ".")
	for i := range 3 {
		n *= 1000
		if i < len(parts) {
			if v, err := strconv.Atoi(parts[i]); err == nil {
				n += v
			}
		}
	}
	return n
}

// each runs a query and calls f for each row.
func each(ctx context.Context, tx migrate.Tx, query string, f func(scan func(...any) error) error) (err error) {
	rows, err := tx.QueryContext(ctx, query)
	if err != nil {
		return fmt.Errorf("reading the catalog: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		if err := f(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}
