package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// Catalog implements [migrate.Session]. Column order does not count; neither do the names of primary keys, which nothing in SQLite
// can address, and of the checks of enum columns, which keep their name when table or column get another one. Nor does what a
// rebuild keeps: STRICT and WITHOUT ROWID where the models do not ask for them, ON CONFLICT, whether a generated value is stored, and AUTOINCREMENT, without which an INTEGER PRIMARY
// KEY is numbered too. A NOT NULL of the key, and a type that another word means as well, are as in [declaredAs].
func (s *session) Catalog(ctx context.Context, want *schema.Schema) ([]string, error) {
	var lines []string
	err := s.patient(ctx, func() (err error) {
		lines, err = catalog(ctx, s.conn, "main", want)
		return err
	})
	return lines, err
}

// scratch is the name under which Expected attaches its database in memory.
const scratch = "modelgen_scratch"

// Expected implements [migrate.Session]. The tables are made in a database in memory that is attached for that long.
func (s *session) Expected(ctx context.Context, want *schema.Schema) (lines []string, err error) {
	if _, err := s.conn.ExecContext(ctx, "ATTACH DATABASE ':memory:' AS "+quote(scratch)); err != nil {
		return nil, fmt.Errorf("attaching a database in memory: %w", err)
	}
	defer func() {
		if _, derr := s.conn.ExecContext(context.WithoutCancel(ctx), "DETACH DATABASE "+quote(scratch)); derr != nil && err == nil {
			err = fmt.Errorf("detaching the database in memory: %w", derr)
		}
	}()
	for _, t := range want.Tables {
		d := ddl{s: want, t: t}
		create, err := d.create(quote(scratch) + "." + quote(t.Name))
		if err != nil {
			return nil, err
		}
		indexes, err := d.indexes(quote(scratch) + ".")
		if err != nil {
			return nil, err
		}
		all := append([]string{create}, indexes...)
		for _, w := range t.DualWrites {
			triggers, err := d.dualTriggers(quote(scratch)+".", migrate.NewAddDualWrite(t.Name, w))
			if err != nil {
				return nil, err
			}
			all = append(all, triggers...)
		}
		for _, q := range all {
			if _, err := s.conn.ExecContext(ctx, q); err != nil {
				return nil, &migrate.StatementError{Cause: "Build the expected table " + t.Name, Statement: q, Code: errorCode(err), Err: err}
			}
		}
	}
	if lines, err = catalog(ctx, s.conn, scratch, want); err != nil {
		return nil, err
	}
	lines = append(lines, saidLines(want)...)
	slices.Sort(lines)
	return lines, nil
}

// object is one row of sqlite_master that has a text.
type object struct{ kind, name, table, sql string }

// objects reads what belongs to the table, and the table itself; "" is everything.
func objects(ctx context.Context, tx migrate.Tx, db, table string) ([]object, error) {
	q := "SELECT type, name, tbl_name, sql FROM " + quote(db) + ".sqlite_master WHERE sql IS NOT NULL"
	var args []any
	if table != "" {
		q += " AND tbl_name = ? COLLATE NOCASE AND type <> 'view'"
		args = append(args, table)
	}
	rows, err := tx.QueryContext(ctx, q+" ORDER BY rowid", args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []object
	for rows.Next() {
		var o object
		if err := rows.Scan(&o.kind, &o.name, &o.table, &o.sql); err != nil {
			return nil, err
		}
		out = append(out, o)
	}
	return out, rows.Err()
}

// column is one row of table_xinfo.
type column struct {
	name, declared string
	notNull        bool
	def            sql.NullString
	pk, hidden     int
}

func columns(ctx context.Context, tx migrate.Tx, db, table string) ([]column, error) {
	rows, err := tx.QueryContext(ctx, "PRAGMA "+quote(db)+".table_xinfo("+quote(table)+")")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []column
	for rows.Next() {
		var c column
		var id int
		if err := rows.Scan(&id, &c.name, &c.declared, &c.notNull, &c.def, &c.pk, &c.hidden); err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, rows.Err()
}

func catalog(ctx context.Context, tx migrate.Tx, db string, want *schema.Schema) ([]string, error) {
	var lines []string
	for _, t := range want.Tables {
		more, err := tableLines(ctx, tx, db, want, t)
		if err != nil {
			return nil, fmt.Errorf("reading table %s: %w", t.Name, err)
		}
		lines = append(lines, more...)
	}
	more, err := objectLines(ctx, tx, db, want)
	if err != nil {
		return nil, fmt.Errorf("reading views and virtual tables: %w", err)
	}
	lines = append(lines, more...)
	slices.Sort(lines)
	return lines, nil
}

func tableLines(ctx context.Context, tx migrate.Tx, db string, s *schema.Schema, t *schema.Table) ([]string, error) {
	objs, err := objects(ctx, tx, db, t.Name)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(objs, func(o object) bool { return o.kind == "table" })
	if i < 0 {
		return nil, nil
	}
	cols, err := columns(ctx, tx, db, t.Name)
	if err != nil {
		return nil, err
	}
	var lines []string
	add := func(format string, args ...any) { lines = append(lines, fmt.Sprintf(format, args...)) }
	own := parseTable(objs[i].sql)
	add("table %s", t.Name)
	if t.Options.Strict && own.strict {
		add("strict table %s", t.Name)
	}
	if t.Options.WithoutRowid && own.withoutRowid {
		add("table without rowid %s", t.Name)
	}
	named := func(columns []string) string {
		out := slices.Clone(columns)
		for i, c := range out {
			out[i] = spelled(c, t.ColumnNames())
		}
		return strings.Join(out, ", ")
	}
	pk := map[int]string{}
	for _, c := range cols {
		more := own.columns[strings.ToLower(c.name)]
		if c.pk > 0 { // which SQLite lets be NULL without these words, against the standard (https://www.sqlite.org/quirks.html, section 5)
			c.notNull = true
			pk[c.pk] = c.name
		}
		declared := declaredAs(s, t, c, own)
		line := "column " + t.Name + "." + named([]string{c.name}) + " " + declared + ifs(c.notNull, " not null")
		if def := defaultText(c.def.String, declared); def != "" {
			line += " default " + def
		}
		if more.generated != nil {
			line += " generated " + normal(more.generated) + " stored"
		}
		lines = append(lines, line+ifs(more.collate != "", " collate "+more.collate))
	}
	if len(pk) > 0 {
		var names []string
		for i := 1; i <= len(pk); i++ {
			names = append(names, pk[i])
		}
		add("primary key %s (%s)", t.Name, named(names))
	}
	enums := enumChecks(s, t)
	for _, c := range own.distinct() {
		line := c.kind + " " + t.Name
		switch c.kind {
		case "foreign key":
			if parent := spelledTable(s, c.ref.table); len(c.ref.columns) == 0 && parent != nil && parent.PrimaryKey != nil { // without columns it means the key
				c.ref.columns = parent.PrimaryKey.Columns
			}
			line += " (" + named(c.columns) + ") " + c.body()
		case "unique": // a unique constraint of a model is an index, which says the same
			line = "unique index " + t.Name + " " + partsText(c.parts, own.columns)
		default:
			line += " " + c.body()
		}
		if c.name != "" && !(c.kind == "check" && enums[c.body()]) {
			line += " [" + nameOf(c.name) + "]"
		}
		lines = append(lines, line)
	}
	for _, o := range objs {
		switch o.kind {
		case "index":
			x, ok := parseIndex(o.sql, own.names)
			if !ok {
				add("index %s %s [%s]", t.Name, o.sql, o.name)
				continue
			}
			add("%sindex %s %s%s [%s]", ifs(x.unique, "unique "), t.Name, partsText(x.parts, own.columns), ifs(x.where != nil, " where "+normal(x.where)), nameOf(o.name))
		case "trigger":
			lines = append(lines, triggerFact(t.Name, o.name, o.sql))
		}
	}
	return lines, nil
}

// enumChecks returns the bodies of the checks that the enum columns of t have.
func enumChecks(s *schema.Schema, t *schema.Table) map[string]bool {
	out := map[string]bool{}
	for _, c := range t.Columns {
		if values := (ddl{s: s, t: t}).values(c); values != nil {
			out[normal(scan(quote(c.Name)+" IN ("+strings.Join(values, ", ")+")"))] = true
		}
	}
	return out
}

func ifs(yes bool, s string) string {
	if yes {
		return s
	}
	return ""
}
