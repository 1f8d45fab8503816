package postgres

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/internal/foreign"
	"github.com/modelgen/modelgen/runtime/schema"
)

var _ migrate.SchemaInspector = Dialect{}

// InspectSchema implements [migrate.SchemaInspector]. It reads in one transaction that is read-only and sees one state of the database, with six
// queries at most. The settings are those of the transaction, so that a pooler keeps nothing of it.
//
// What models cannot say is listed. Not looked at are owners, privileges on schemas and types, those that PUBLIC has no more, and those on partitions, security labels, the comments of publications,
// event triggers and of what is not in a schema, user mappings of foreign data, subscriptions, and what is stored in schemas that are not read; these are listed.
func (d Dialect) InspectSchema(ctx context.Context, db *sql.DB, opt migrate.InspectOptions) (*migrate.Inspection, error) {
	tx, err := db.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
	if err != nil {
		return nil, err
	}
	i := &inspector{tx: tx, renderer: d.renderer(0), opt: opt, tables: map[int64]*inspected{}, enums: map[string]*schema.Enum{}, used: map[string]bool{}}
	i.out.Schema = &schema.Schema{}
	err = i.read(ctx)
	if e := tx.Rollback(); err == nil && !errors.Is(e, sql.ErrTxDone) {
		err = e
	}
	if err != nil {
		return nil, err
	}
	return &i.out, nil
}

// inspector reads a database.
type inspector struct {
	renderer
	tx      *sql.Tx
	opt     migrate.InspectOptions
	spread  bool     // there may be distributed tables
	schemas []string // to read
	there   []string // schemas of the database
	tables  map[int64]*inspected
	enums   map[string]*schema.Enum // of the schemas that are read and of others
	used    map[string]bool         // enums by columns
	renewed map[string]string       // columns by the names that their sequences have in a database that is new, and not in this one
	out     migrate.Inspection

	histories []foreign.History
}

// inspected is a table that is read, and what its rows of the catalog refer to.
type inspected struct {
	*schema.Table
	schema string
	names  map[int]string        // of the columns, by attnum
	types  map[string]string     // of the columns, as the server prints them without their lengths
	said   []migrate.Unexpressed // of the table, which is told if it is a model
	out    bool                  // it is no model
	part   string                // the table that it is a partition of
	rows   []columnRow           // of a partition, and of what has some

	readable bool // by the role
}

// unexpressed adds to what models cannot say.
func (i *inspector) unexpressed(object, why, sql string) {
	i.out.Unexpressed = append(i.out.Unexpressed, unexpressed(object, why, sql))
}

func unexpressed(object, why, sql string) migrate.Unexpressed {
	return migrate.Unexpressed{Object: object, Why: why, SQL: sql}
}

// leftAsItIs is what happens to what models do not say.
const leftAsItIs = "models do not say it: it is left as it is"

func (i *inspector) read(ctx context.Context) error {
	for _, step := range []struct {
		what string
		read func(context.Context) error
	}{
		{"the server's version and schemas", i.begin},
		{"tables and columns", i.readTables},
		{"how tables are distributed", i.readSpread},
		{"constraints", i.readConstraints},
		{"indexes", i.readIndexes},
		{"types, views and functions", i.readRest},
		{"the histories of other migration tools", i.readHistories},
	} {
		err := step.read(ctx)
		if migrate.ErrorCode(err) == insufficientRights {
			return fmt.Errorf("reading %s: %w; every role may read the catalog unless somebody has revoked that: GRANT SELECT on it to the role again, or use another role", step.what, err)
		}
		if err != nil {
			return fmt.Errorf("reading %s: %w", step.what, err)
		}
	}
	i.finish()
	return nil
}

// inspectSettings are those on which the texts of the catalog depend. Objects of the default schema are written without it.
var inspectSettings = [][2]string{
	{"DateStyle", "ISO, MDY"}, {"IntervalStyle", "postgres"}, {"extra_float_digits", "1"}, {"quote_all_identifiers", "off"}, {"TimeZone", "UTC"},
	{"standard_conforming_strings", "on"}, {"bytea_output", "hex"}, {"lock_timeout", "10s"}, {"statement_timeout", "5min"}, {"jit", "off"},
}

// begin makes the settings of the transaction and looks which schemas there are.
func (i *inspector) begin(ctx context.Context) error {
	var set strings.Builder
	set.WriteString("pg_catalog.set_config('search_path', " + text(ident(i.schema)+", pg_temp") + ", true)")
	for _, kv := range inspectSettings {
		set.WriteString(", pg_catalog.set_config(" + text(kv[0]) + ", " + text(kv[1]) + ", true)")
	}
	var there, ignored string
	if err := i.tx.QueryRowContext(ctx, "SELECT pg_catalog.current_setting('server_version_num')::int, "+
		"EXISTS (SELECT 1 FROM pg_catalog.pg_extension WHERE extname = 'citus'), (SELECT pg_catalog.json_agg(nspname ORDER BY nspname) FROM pg_catalog.pg_namespace WHERE nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema')::text, "+
		"pg_catalog.concat("+set.String()+")").Scan(&i.out.Version, &i.spread, &there, &ignored); err != nil {
		return err
	}
	if i.out.Version < oldest*10000 {
		return fmt.Errorf("the server is PostgreSQL %d; %d is the oldest that is supported", i.out.Version/10000, oldest)
	}
	i.number(i.out.Version)
	if err := json.Unmarshal([]byte(there), &i.there); err != nil {
		return err
	}
	if i.schemas = slices.Clone(i.opt.Schemas); len(i.schemas) == 0 {
		i.schemas = []string{i.schema}
	}
	slices.Sort(i.schemas)
	i.schemas = slices.Compact(i.schemas)
	for _, s := range i.schemas {
		if !slices.Contains(i.there, s) {
			return fmt.Errorf("there is no schema %s; there is %s", s, strings.Join(i.there, ", "))
		}
	}
	for _, s := range i.there {
		if !slices.Contains(i.spaces(i.there), s) {
			i.unexpressed("schema "+s, "it is not read; -schema "+strings.Join(i.schemas, ",")+","+s+" reads it, too", "")
		}
	}
	return nil
}

// label is the name of an object as models have it: without the default schema.
func (i *inspector) label(namespace, name string) string {
	if namespace == i.schema {
		return name
	}
	return schema.JoinName(namespace, name)
}

// ignored reports whether a table is to be left out without a word: it is named so, or stands beside our history.
func (i *inspector) ignored(label string) bool {
	_, base := schema.SplitName(label)
	for _, p := range i.opt.Ignore {
		if ok, _ := path.Match(p, label); ok {
			return true
		}
		if ok, _ := path.Match(p, base); ok {
			return true
		}
	}
	history := i.history()
	return slices.Contains([]string{beside(history, protectionSuffix), beside(history, logSuffix), beside(history, "_lease")}, label)
}

// history returns the name of our history, which is told and is no table of the application.
func (i *inspector) history() string { return cmp.Or(i.opt.History, migrate.DefaultHistory) }

// rows runs a query whose rows are a kind and a JSON object.
func (i *inspector) rows(ctx context.Context, query string, take func(kind string, row []byte) error) error {
	rows, err := i.tx.QueryContext(ctx, strings.NewReplacer("$schemas", texts(i.schemas), "$spaces", texts(i.spaces(i.there))).Replace(query))
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var kind string
		var row sql.RawBytes
		if err := rows.Scan(&kind, &row); err != nil {
			return err
		}
		if err := take(kind, row); err != nil {
			return fmt.Errorf("%s: %w", kind, err)
		}
	}
	return rows.Err()
}

// texts writes a list of string literals.
func texts(all []string) string {
	var list []string
	for _, s := range all {
		list = append(list, text(s))
	}
	return strings.Join(list, ", ")
}

// finish puts what was read into the order in which it is told.
func (i *inspector) finish() {
	i.partColumns()
	for _, t := range i.tables {
		i.out.Unexpressed = append(i.out.Unexpressed, t.said...)
		if !t.out {
			t.Sort()
			i.out.Schema.Tables = append(i.out.Schema.Tables, t.Table)
		}
	}
	slices.SortFunc(i.out.Schema.Tables, func(a, b *schema.Table) int { return strings.Compare(a.Name, b.Name) })
	spaces := map[string]bool{}
	for _, t := range i.out.Schema.Tables {
		ns, _ := schema.SplitName(t.Name)
		spaces[ns] = true
	}
	for name, e := range i.enums {
		if ns := i.namespace(name); i.used[name] || slices.Contains(i.schemas, ns) {
			i.out.Schema.PutEnum(e)
			ns, _ := schema.SplitName(name)
			spaces[ns] = true
		}
	}
	delete(spaces, "")
	for ns := range spaces {
		i.out.Schema.Namespaces = append(i.out.Schema.Namespaces, ns)
	}
	slices.Sort(i.out.Schema.Namespaces)
	slices.SortStableFunc(i.out.Unexpressed, func(a, b migrate.Unexpressed) int {
		return cmp.Or(strings.Compare(a.Object, b.Object), strings.Compare(a.SQL, b.SQL))
	})
}
