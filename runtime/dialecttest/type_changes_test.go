package dialecttest_test

import (
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/modelgen/modelgen/internal/pgtest"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/postgres"
	"github.com/modelgen/modelgen/runtime/schema"
)

// typeSamples has values at the limits of types, as text.
var typeSamples = []struct {
	typ    string
	values []string
}{
	{"boolean", []string{"true", "false"}},
	{"smallint", []string{"0", "1", "-32768", "32767"}},
	{"integer", []string{"0", "1", "16777217", "-2147483648", "2147483647"}},
	{"bigint", []string{"0", "1", "9007199254740993", "-9223372036854775808", "9223372036854775807"}},
	{"real", []string{"0.1", "16777216", "3.4028235e+38", "-3.4e+38", "1e-40", "NaN", "Infinity"}},
	{"double precision", []string{"0.1", "0.30000000000000004", "1.7e+308", "1e-300", "NaN", "-Infinity"}},
	{"numeric", []string{"0.1", "1e130000", "1e-400", "123456789012345678901234567890.123456789", "NaN"}},
	{"numeric(8,2)", []string{"999999.99", "-999999.99", "0.01", "NaN"}},
	{"numeric(6,1)", []string{"99999.9", "-99999.9", "0.1"}},
	{"numeric(5,0)", []string{"99999", "-99999", "7"}},
	{"numeric(45,0)", []string{strings.Repeat("9", 45), "1"}},
	{"numeric(60,50)", []string{"0." + strings.Repeat("0", 49) + "1", "1"}},
	{"text", []string{"abc", "a ", "toolongforanything", "12", "true", "{\"b\": 1, \"b\": 2}", "{1}", ""}},
	{"varchar", []string{"abc", "a      ", "toolong"}},
	{"varchar(5)", []string{"abcde", "abc  ", "12"}},
	{"varchar(50)", []string{"abcdefgh", "ab         "}},
	{"char", []string{"x", "1"}},
	{"char(5)", []string{"ab", "abcde", "12"}},
	{"char(9)", []string{"ab", "abcdefghi"}},
	{"date", []string{"2024-02-29", "0001-01-01", "294276-12-31"}},
	{"time", []string{"00:00:00", "23:59:59.999999"}},
	{"time(3)", []string{"12:00:00.125"}},
	{"timestamp", []string{"2024-02-29 23:59:59.999999", "0001-01-01 00:00:00"}},
	{"timestamp(3)", []string{"2024-02-29 23:59:59.125"}},
	{"timestamp(6)", []string{"2024-02-29 23:59:59.999999"}},
	{"timestamptz", []string{"2024-02-29 23:59:59.999999+00", "0001-01-01 00:00:00+00"}},
	{"timestamptz(3)", []string{"2024-02-29 23:59:59.125+00"}},
	{"interval", []string{"01:00:00", "1 mon 2 days 03:00:00.999999", "-2 days"}},
	{"interval(3)", []string{"1 day 03:00:00.125"}},
	{"uuid", []string{"00112233-4455-6677-8899-aabbccddeeff"}},
	{"json", []string{`{"b": 1, "a": 2, "b": 3}`, `"\u0000"`, "1"}},
	{"jsonb", []string{`{"a": 2, "b": 1}`, "1"}},
	{"inet", []string{"10.1.2.3/8", "::1"}},
	{"cidr", []string{"10.0.0.0/8", "::/0"}},
	{"bytea", []string{`\x00ff`, `\x616263`}},
	{"boolean[]", []string{"{t,f}"}},
	{"smallint[]", []string{"{-32768,32767}"}},
	{"integer[]", []string{"{1,2147483647}"}},
	{"bigint[]", []string{"{1,9223372036854775807}"}},
	{"text[]", []string{"{a,\"b \"}"}},
	{"varchar(5)[]", []string{"{abcde}"}},
}

func typeOfSample(t *testing.T, text string) schema.ColumnDef {
	t.Helper()
	typ, err := schema.ParseType(text)
	if err != nil {
		t.Fatal(err)
	}
	c := schema.Text("v").Null().Def()
	c.Type = typ
	return c
}

// castsBack reports whether casting a value back shows what was lost: not where PostgreSQL reads the text of one type as another spelling.
func castsBack(a, b schema.Type) bool {
	respelled := []schema.Kind{schema.KindBytes, schema.KindBoolean, schema.KindInet, schema.KindCIDR}
	return schema.ChangeType(b, a).Cast != schema.NoCast && !(a.Kind.Text() && slices.Contains(respelled, b.Kind))
}

// TestTypeChangesOnPostgres holds the table of type changes to what the server does with the statements of the planner.
func TestTypeChangesOnPostgres(t *testing.T) {
	t.Parallel()
	db := pgOpen(t, "pgx", pgtest.Database(t))
	conn, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	tx, err := conn.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }()
	run := func(q string) error { _, err := tx.ExecContext(t.Context(), q); return err }
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(run("SET TIME ZONE 'UTC'"))
	change := func(from, to schema.ColumnDef) error {
		s := &schema.Schema{}
		create := migrate.CreateTable{Table: "t", Columns: []schema.ColumnDef{schema.BigInt("id"), from}, PrimaryKey: schema.PrimaryKey{Name: "t_pkey", Columns: []string{"id"}}}
		_, err := migrate.PlanOps(postgres.Dialect{}.Planner(0), s, []migrate.Op{create})
		must(err)
		stages, err := migrate.PlanOps(postgres.Dialect{}.Planner(0), s, []migrate.Op{migrate.AlterColumn{Table: "t", From: from, To: to}})
		must(err)
		for _, st := range stages {
			for _, q := range st.Statements {
				if err := run(q.SQL); err != nil {
					return fmt.Errorf("%w in %s", err, q.SQL)
				}
			}
		}
		return nil
	}
	read := func(q string) (s sql.NullString) {
		t.Helper()
		must(tx.QueryRowContext(t.Context(), q).Scan(&s))
		return s
	}
	const file, value = "SELECT pg_relation_filenode('t')::text", "SELECT array_agg(v::text ORDER BY id)::text FROM t"
	var refused sqlState
	for i, from := range typeSamples {
		for j, to := range typeSamples {
			if !turn(i+j, 0, 4) {
				continue
			}
			a, b := typeOfSample(t, from.typ), typeOfSample(t, to.typ)
			c := schema.ChangeType(a.Def().Type, b.Def().Type)
			if from.typ == to.typ {
				continue
			}
			name := from.typ + " to " + to.typ
			trials := [][]string{from.values} // one value at a time where one may be refused
			if c.Cast == schema.NoCast {
				trials[0] = trials[0][:1]
			} else if c.MayFail {
				trials = slices.Collect(slices.Chunk(from.values, 1))
			}
			for _, v := range trials {
				must(run("SAVEPOINT s"))
				must(run("CREATE TABLE t (id bigint PRIMARY KEY, v " + from.typ + ")"))
				for i, x := range v {
					must(run(fmt.Sprintf("INSERT INTO t VALUES (%d, '%s')", i, x)))
				}
				was, before := read(value), read(file)
				err := change(a, b)
				switch {
				case err != nil && c.Cast == schema.NoCast:
				case err == nil && c.Cast == schema.NoCast:
					x, y := a.Def().Type.Kind, b.Def().Type.Kind
					// jsonb casts its numbers, which nobody knows them to be. PostgreSQL 18 casts integers to bytea and back: older servers do not, and the table is for all.
					if x != schema.KindJSONB && x != schema.KindBytes && y != schema.KindBytes {
						t.Errorf("%s: the table has no cast, the server has", name)
					}
				case err != nil && errors.As(err, &refused) && slices.Contains([]string{"42846", "42804"}, refused.SQLState()):
					t.Errorf("%s: the table has a cast, the server none: %v", name, err)
				case err != nil && !c.MayFail:
					t.Errorf("%s cannot fail, and %q: %v", name, v, err)
				case err == nil:
					if !c.Rewrites || c.ZoneOnly {
						if after := read(file); after != before {
							t.Errorf("%s writes the table again", name)
						}
					}
					if c.Loses == "" && castsBack(a.Def().Type, b.Def().Type) {
						if err := change(b, a); err != nil {
							t.Errorf("%s loses nothing, and %q does not come back: %v", name, v, err)
						} else if got := read(value); got != was {
							t.Errorf("%s loses nothing, and %q comes back as %q", name, was.String, got.String)
						}
					}
				}
				must(run("ROLLBACK TO s"))
			}
		}
	}
}

// TestTypeChangesOnSQLite changes types as the rebuild of a table does: what the table says loses nothing comes back, or is refused where it may be.
func TestTypeChangesOnSQLite(t *testing.T) {
	t.Parallel()
	// Of a number of 17 digits the text is whole, and the way back says that it may not be: it is not among them.
	samples := map[string][]string{
		"boolean": {"1", "0"}, "smallint": {"-32768", "32767"}, "integer": {"-2147483648", "2147483647", "16777217"},
		"bigint": {"9007199254740993", "9223372036854775807", "-9223372036854775808"}, "real": {"0.1", "16777216.0", "3.4e38"},
		"double precision": {"0.1", "1.7e308", "1e-300"}, "numeric": {"0.1", "12", "1e300", "123456789012"},
		"numeric(8,2)": {"999999.99", "7"}, "text": {"'abc'", "'12'", "'a '", "''", "'123456789012345678901234567890'", "'0.12345678901234567890'"},
		"varchar(5)": {"'abcde'", "'12'"}, "char(5)": {"'ab'", "'12'"}, "bytea": {"x'00ff'", "x'616263'"}, "date": {"'2024-02-29'"}, "time": {"'23:59:59.999'"},
		"timestamp": {"'2024-02-29 23:59:59'"}, "timestamptz": {"'2024-02-29 23:59:59'"}, "uuid": {"'00112233-4455-6677-8899-aabbccddeeff'"},
		"json": {`'{"b": 1, "b": 2}'`}, "jsonb": {`'{"a": 1}'`}, "inet": {"'10.1.2.3/8'"}, "cidr": {"'10.0.0.0/8'"}, "integer[]": {"'[1,2]'"}, "text[]": {"'[\"a\"]'"},
	}
	types := slices.Sorted(maps.Keys(samples))
	for i, from := range types {
		if !turn(i, 0, 3) {
			continue
		}
		d := newLite(t)
		a := typeOfSample(t, from)
		var sure, may []schema.ColumnDef
		for _, to := range types {
			b := typeOfSample(t, to).Def()
			c := schema.ChangeType(a.Def().Type, b.Type)
			if to == from || c.Cast == schema.NoCast || c.Loses != "" || schema.ChangeType(b.Type, a.Def().Type).Cast == schema.NoCast {
				continue
			}
			b.Name = fmt.Sprintf("v%d", len(sure)+len(may))
			if c.MayFail {
				may = append(may, b)
			} else {
				sure = append(sure, b)
			}
		}
		try := func(table string, columns []schema.ColumnDef, values []string, mayFail bool) {
			var was []schema.ColumnDef
			var there, back []migrate.Op
			var names, quoted []string
			for _, b := range columns {
				o := a.Def()
				o.Name = b.Def().Name
				was, names, quoted = append(was, o), append(names, o.Name), append(quoted, "quote("+o.Name+")")
				there = append(there, migrate.AlterColumn{Table: table, From: o, To: b})
				back = append(back, migrate.AlterColumn{Table: table, From: b, To: o})
			}
			d.run(liteTable(table, append([]schema.ColumnDef{liteID()}, was...)...))
			for n, v := range values {
				d.exec(fmt.Sprintf("INSERT INTO %s (id, %s) VALUES (%d%s)", table, strings.Join(names, ", "), n, strings.Repeat(", "+v, len(names))))
			}
			q := "SELECT " + strings.Join(quoted, ", ") + " FROM " + table + " ORDER BY id"
			before := d.query(q)
			text := func() string {
				var s []string
				for _, b := range columns {
					s = append(s, b.Def().Type.String())
				}
				return from + " to " + strings.Join(s, ", ")
			}
			if err := d.try(there...); err != nil {
				if !mayFail {
					t.Errorf("%s cannot fail: %v", text(), err)
				}
				return
			}
			if err := d.try(back...); err != nil {
				t.Errorf("%s loses nothing, and does not come back: %v", text(), err)
			} else if after := d.query(q); after != before {
				t.Errorf("%s loses nothing:\n%s\ncomes back as\n%s", text(), before, after)
			}
		}
		if len(sure) > 0 {
			try(fmt.Sprintf("s%d", i), sure, samples[from], false)
		}
		for j, b := range may {
			for k, v := range samples[from] {
				try(fmt.Sprintf("m%d_%d_%d", i, j, k), []schema.ColumnDef{b}, []string{v}, true)
			}
		}
	}
}

// sqlState is what errors of the driver say their code with.
type sqlState interface {
	error
	SQLState() string
}
