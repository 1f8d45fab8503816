package postgres

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
)

// heap is a table whose rows are copied: one that has rows of its own, or the root of partitions.
type heap struct {
	name    string // quoted, with its schema
	only    string // the same as a query reads it
	columns []string
	key     []string // of the primary key; none without one
}

// link is a foreign key between heaps.
type link struct {
	child, parent *heap
	from, to      []string // columns, quoted
	types         []string // of the columns of the parent
}

// insertRows is how many rows go into the copy at once.
const insertRows = 500

// rows copies the rows of the history, and the part of all others that was asked for, with those that they refer to.
func (w *copier) rows(ctx context.Context) error {
	heaps, err := w.heaps(ctx)
	if err != nil {
		return w.s.fail(ctx, err)
	}
	conn, err := w.db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	if _, err := conn.ExecContext(ctx, exact("SET")); err != nil {
		return err
	}
	history := w.s.table()
	for _, h := range heaps {
		where := ""
		switch {
		case h.name == history:
		case w.c.Percent == 0:
			continue
		default:
			if w.isHistory(h.name) {
				continue
			}
			where = w.chosen(h)
		}
		if h.name != history {
			w.c.Notify(fmt.Sprintf("copying %v%% of %s", w.c.Percent, strings.ReplaceAll(h.name, `"`, "")))
		}
		if _, err := w.carry(ctx, conn, h, where); err != nil {
			return err
		}
	}
	if w.c.Percent > 0 {
		if err := w.parents(ctx, conn, heaps); err != nil {
			return err
		}
	}
	return w.sequences(ctx, conn)
}

// isHistory reports whether a table is one beside the history.
func (w *copier) isHistory(name string) bool {
	return strings.HasPrefix(name, strings.TrimSuffix(w.s.table(), `"`)+"_")
}

// chosen is the condition of the rows that are copied for their own sake: their key decides, so that it is the same ones every time.
func (w *copier) chosen(h *heap) string {
	const of = 1 << 30
	key := "t::text"
	if len(h.key) > 0 {
		var parts []string
		for _, k := range h.key {
			parts = append(parts, "t."+k+"::text")
		}
		key = "pg_catalog.concat_ws('/', " + strings.Join(parts, ", ") + ")"
	}
	return fmt.Sprintf(" WHERE (pg_catalog.hashtextextended(%s, 0) & %d) < %d", key, of-1, int64(w.c.Percent/100*of))
}

// heaps lists tables with rows (manual, pg_class). Those of extensions and foreign ones have none to copy.
func (w *copier) heaps(ctx context.Context) ([]*heap, error) {
	rows, err := w.s.conn.QueryContext(ctx, `SELECT n.nspname || pg_catalog.chr(1) || c.relname, c.relkind = 'p',
 COALESCE((SELECT pg_catalog.string_agg(pg_catalog.quote_ident(a.attname), pg_catalog.chr(1) ORDER BY a.attnum) FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''), ''),
 COALESCE((SELECT pg_catalog.string_agg(pg_catalog.quote_ident(a.attname), pg_catalog.chr(1) ORDER BY a.attnum) FROM pg_catalog.pg_index i JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY (i.indkey)
  WHERE i.indrelid = c.oid AND i.indisprimary), '')
 FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
 WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relpersistence <> 't' AND n.nspname`+made+notOf("pg_class", "c.oid")+" ORDER BY 1")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []*heap
	for rows.Next() {
		h := &heap{}
		var root bool
		var columns, key string
		if err := rows.Scan(&h.name, &root, &columns, &key); err != nil {
			return nil, err
		}
		if h.name = quoteAll(h.name); columns == "" {
			continue
		}
		if h.columns = strings.Split(columns, "\x01"); key != "" {
			h.key = strings.Split(key, "\x01")
		}
		if h.only = "ONLY " + h.name; root {
			h.only = h.name
		}
		all = append(all, h)
	}
	return all, rows.Err()
}

// carry copies the rows that a condition over t picks, as texts: that is what every type can be written and read as.
func (w *copier) carry(ctx context.Context, to *sql.Conn, h *heap, where string) (n int64, err error) {
	var texts []string
	for _, c := range h.columns {
		texts = append(texts, "t."+c+"::text")
	}
	rows, err := w.s.conn.QueryContext(ctx, "SELECT "+strings.Join(texts, ", ")+" FROM "+h.only+" AS t"+where)
	if err != nil {
		return 0, w.s.fail(ctx, err)
	}
	defer rows.Close()
	head := "INSERT INTO " + h.name + " (" + strings.Join(h.columns, ", ") + ") OVERRIDING SYSTEM VALUE VALUES "
	var b strings.Builder
	inserted := 0
	send := func() error {
		if inserted == 0 {
			return nil
		}
		_, err := to.ExecContext(ctx, b.String())
		b.Reset()
		inserted = 0
		if err != nil { // its message may hold a value
			return fmt.Errorf("copying rows of %s: %w", strings.ReplaceAll(h.name, `"`, ""), err)
		}
		return nil
	}
	values := make([]sql.NullString, len(h.columns))
	into := make([]any, len(values))
	for i := range values {
		into[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return n, err
		}
		if inserted == 0 {
			b.WriteString(head)
		} else {
			b.WriteString(", ")
		}
		b.WriteByte('(')
		for i, v := range values {
			if i > 0 {
				b.WriteByte(',')
			}
			if v.Valid {
				b.WriteString(text(v.String))
			} else {
				b.WriteString("NULL")
			}
		}
		b.WriteByte(')')
		n++
		if inserted++; inserted == insertRows || b.Len() > 4<<20 {
			if err := send(); err != nil {
				return n, err
			}
		}
	}
	if err := rows.Err(); err != nil {
		return n, w.s.fail(ctx, err)
	}
	return n, send()
}

// links lists the foreign keys between heaps.
func (w *copier) links(ctx context.Context, heaps []*heap) ([]link, error) {
	at := map[string]*heap{}
	for _, h := range heaps {
		at[h.name] = h
	}
	const columns = `(SELECT pg_catalog.string_agg(%s, pg_catalog.chr(1) ORDER BY k.n) FROM pg_catalog.unnest(%s) WITH ORDINALITY AS k(num, n) JOIN pg_catalog.pg_attribute a ON a.attrelid = %s AND a.attnum = k.num)`
	name := func(oid string) string {
		return "(SELECT n.nspname || pg_catalog.chr(1) || c.relname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = " + oid + ")"
	}
	rows, err := w.s.conn.QueryContext(ctx, "SELECT "+name("f.conrelid")+", "+name("f.confrelid")+", "+fmt.Sprintf(columns, "pg_catalog.quote_ident(a.attname)", "f.conkey", "f.conrelid")+", "+
		fmt.Sprintf(columns, "pg_catalog.quote_ident(a.attname)", "f.confkey", "f.confrelid")+", "+fmt.Sprintf(columns, "pg_catalog.format_type(a.atttypid, a.atttypmod)", "f.confkey", "f.confrelid")+
		" FROM pg_catalog.pg_constraint f WHERE f.contype = 'f' AND f.conparentid = 0 ORDER BY f.conrelid, f.oid")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []link
	for rows.Next() {
		var child, parent, from, to, types string
		if err := rows.Scan(&child, &parent, &from, &to, &types); err != nil {
			return nil, err
		}
		l := link{at[quoteAll(child)], at[quoteAll(parent)], strings.Split(from, "\x01"), strings.Split(to, "\x01"), strings.Split(types, "\x01")}
		if l.child != nil && l.parent != nil {
			all = append(all, l)
		}
	}
	return all, rows.Err()
}

// parents copies the rows that rows of the copy refer to and that it does not have, until there are none: a parent may have parents of its own, and a
// table refer to itself, or two to each other.
func (w *copier) parents(ctx context.Context, to *sql.Conn, heaps []*heap) error {
	links, err := w.links(ctx, heaps)
	if err != nil {
		return w.s.fail(ctx, err)
	}
	if _, err := to.ExecContext(ctx, "ANALYZE"); err != nil { // the copy has no indexes yet: without it each child would go through all parents
		return err
	}
	for found := true; found; {
		found = false
		for _, l := range links {
			n, err := w.parentsOf(ctx, to, l)
			if err != nil {
				return err
			}
			found = found || n > 0
		}
	}
	return nil
}

// parentsOf copies the missing parents of one foreign key. Those that the database itself does not have stay missing.
func (w *copier) parentsOf(ctx context.Context, to *sql.Conn, l link) (copied int64, err error) {
	var texts, given, same []string
	for i := range l.from {
		texts = append(texts, "c."+l.from[i]+"::text")
		given = append(given, "c."+l.from[i]+" IS NOT NULL")
		same = append(same, "p."+l.to[i]+" = c."+l.from[i])
	}
	rows, err := to.QueryContext(ctx, "SELECT DISTINCT "+strings.Join(texts, ", ")+" FROM "+l.child.name+" AS c WHERE "+strings.Join(given, " AND ")+
		" AND NOT EXISTS (SELECT FROM "+l.parent.name+" AS p WHERE "+strings.Join(same, " AND ")+")")
	if err != nil {
		return 0, err
	}
	var missing []string
	values := make([]string, len(l.from))
	into := make([]any, len(values))
	for i := range values {
		into[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			rows.Close()
			return 0, err
		}
		var parts []string
		for i, v := range values {
			parts = append(parts, text(v)+"::"+l.types[i])
		}
		missing = append(missing, "("+strings.Join(parts, ", ")+")")
	}
	if err := rows.Close(); err != nil {
		return 0, err
	}
	if err := rows.Err(); err != nil {
		return 0, err
	}
	for len(missing) > 0 {
		some := missing[:min(len(missing), insertRows)]
		missing = missing[len(some):]
		var columns []string
		for _, c := range l.to {
			columns = append(columns, "t."+c)
		}
		n, err := w.carry(ctx, to, l.parent, " WHERE ("+strings.Join(columns, ", ")+") IN (VALUES "+strings.Join(some, ", ")+")")
		if err != nil {
			return copied, err
		}
		copied += n
	}
	return copied, nil
}

// sequences puts those of the copy where those of the database are.
func (w *copier) sequences(ctx context.Context, to *sql.Conn) error {
	calls, err := texts1(ctx, w.s.conn, `SELECT pg_catalog.format('pg_catalog.setval(%L::pg_catalog.regclass, %s)', pg_catalog.quote_ident(schemaname) || '.' || pg_catalog.quote_ident(sequencename), last_value)
 FROM pg_catalog.pg_sequences WHERE last_value IS NOT NULL AND schemaname NOT LIKE 'pg\_%' ORDER BY 1`)
	if err != nil {
		return w.s.fail(ctx, err)
	}
	for _, call := range calls {
		if _, err := to.ExecContext(ctx, "SELECT "+call); err != nil {
			return err
		}
	}
	return nil
}

// refresh fills the materialized views that the database has filled: pg_restore leaves them empty without rows.
func (w *copier) refresh(ctx context.Context) error {
	left, err := texts1(ctx, w.s.conn, `SELECT pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname) FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
 WHERE c.relkind = 'm' AND c.relispopulated`+notOf("pg_class", "c.oid")+" ORDER BY 1")
	if err != nil {
		return w.s.fail(ctx, err)
	}
	for len(left) > 0 { // one may stand on another
		var failed []string
		for _, name := range left {
			if _, err := w.db.ExecContext(ctx, "REFRESH MATERIALIZED VIEW "+name); err != nil {
				failed = append(failed, name)
			}
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if len(failed) == len(left) {
			w.out.NotTested = append(w.out.NotTested, "materialized views that could not be filled on the copy: "+strings.Join(failed, ", "))
			return nil
		}
		left = failed
	}
	return nil
}

// quoteAll quotes the parts of a name, between which is a byte 1, as this package writes names.
func quoteAll(name string) string {
	namespace, base, _ := strings.Cut(name, "\x01")
	return ident(namespace) + "." + ident(base)
}
