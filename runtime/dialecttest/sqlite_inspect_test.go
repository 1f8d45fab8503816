package dialecttest_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/modelgen/modelgen/internal/law"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
	"github.com/modelgen/modelgen/runtime/sqlite"
)

// TestSQLiteInspectOwn describes databases that migrations made: the schema comes back, as far as SQLite keeps it, and is adopted without a difference.
func TestSQLiteInspectOwn(t *testing.T) {
	t.Parallel()
	for seed := range uint64(size(30, 400)) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			d := newLite(t)
			s := law.NewPair(seed, "sqlite", 0).A
			d.run(making(s)...)
			in := d.inspect(migrate.InspectOptions{})
			if len(in.Unexpressed) > 0 {
				t.Errorf("not said: %v", in.Unexpressed)
			}
			if diff := cmp.Diff(factLines(onSQLite(s)), factLines(in.Schema)); diff != "" {
				t.Errorf("-made +found:\n%s", diff)
			}
			d.adopts(in.Schema)
		})
	}
}

// making returns the ops that make a schema, whatever refers to what.
func making(s *schema.Schema) []migrate.Op {
	var ops, keys []migrate.Op
	for _, e := range s.Enums {
		ops = append(ops, migrate.CreateEnum{Name: e.Name, Values: e.Values})
	}
	for _, t := range s.Tables {
		t = t.Clone()
		for _, fk := range t.ForeignKeys {
			keys = append(keys, migrate.AddForeignKey{Table: t.Name, ForeignKey: fk})
		}
		t.ForeignKeys = nil
		ops = append(ops, migrate.NewCreateTable(t))
	}
	return append(ops, keys...)
}

func (d *liteDB) inspect(opt migrate.InspectOptions) *migrate.Inspection {
	d.t.Helper()
	in, err := migrate.Inspect(d.t.Context(), d.db, sqlite.Dialect{}, opt)
	if err != nil {
		d.t.Fatal(err)
	}
	return in
}

// adopts records a migration that makes the schema: the database must be the same. It returns the migrator.
func (d *liteDB) adopts(s *schema.Schema) *migrate.Migrator {
	d.t.Helper()
	return d.adopted(migrate.NewSet("adopted", &migrate.Migration{Name: "0001_initial", Ops: making(called(s))}))
}

// adopted records the first migration of a set as applied, and wants no difference.
func (d *liteDB) adopted(set *migrate.Set) *migrate.Migrator {
	d.t.Helper()
	m, err := migrate.New(d.db, sqlite.Dialect{}, set, &migrate.Options{History: "adopted_history", FakeInitial: true, Progress: func(e migrate.Event) {
		if e.Kind == migrate.EventNote {
			d.t.Error(e.Message)
		}
	}})
	if err != nil {
		d.t.Fatal(err)
	}
	if _, err := m.UpTo(d.t.Context(), "0001_initial"); err != nil {
		d.t.Fatal(err)
	}
	d.agrees(m)
	return m
}

func (d *liteDB) agrees(m *migrate.Migrator) {
	d.t.Helper()
	diff, err := m.Verify(d.t.Context())
	if err != nil {
		d.t.Fatal(err)
	}
	for _, f := range diff {
		d.t.Errorf("missing %v: %s", f.Missing, f.Fact)
	}
}

// called gives a name to what SQLite has none for, as models do.
func called(s *schema.Schema) *schema.Schema {
	s = s.Clone()
	for _, t := range s.Tables {
		taken := map[string]bool{}
		name := func(have *string, kind string, columns ...string) {
			for n := 0; *have == ""; n++ {
				c := slices.Clone(columns)
				if n > 0 {
					c = append(c, fmt.Sprint(n))
				}
				if derived := schema.DeriveName(t.Name, c, kind, nil); !taken[derived] {
					*have = derived
				}
			}
			taken[*have] = true
		}
		if t.PrimaryKey != nil {
			name(&t.PrimaryKey.Name, "pkey")
		}
		for i := range t.Uniques {
			name(&t.Uniques[i].Name, "key", t.Uniques[i].Columns...)
		}
		for i := range t.Checks {
			name(&t.Checks[i].Name, "check")
		}
		for i := range t.ForeignKeys {
			name(&t.ForeignKeys[i].Name, "fkey", t.ForeignKeys[i].Columns...)
		}
		for i := range t.Indexes {
			name(&t.Indexes[i].Name, "idx", t.Indexes[i].Columns()...)
		}
	}
	return s
}

// onSQLite returns what is left of a schema in SQLite: an enum is a text with a check, and a unique index that is no more than a constraint is one.
func onSQLite(s *schema.Schema) *schema.Schema {
	s = s.For("sqlite").Clone()
	for _, t := range s.Tables {
		for i := range t.Columns {
			c := &t.Columns[i]
			if e := s.Enum(c.Type.Name); c.Type.Kind == schema.KindEnum {
				var values []string
				for _, v := range slices.Sorted(slices.Values(e.Values)) {
					values = append(values, "'"+strings.ReplaceAll(v, "'", "''")+"'")
				}
				t.Checks = append(t.Checks, schema.Check{Name: schema.DeriveName(t.Name, []string{c.Name}, "check", nil), Expr: schema.QuoteColumn(c.Name) + " IN (" + strings.Join(values, ", ") + ")"})
			}
			lowered(c)
			if expr, err := schema.NormalizeExpr(c.Generated); err == nil {
				c.Generated = expr
			}
		}
		t.Indexes = slices.DeleteFunc(t.Indexes, func(x schema.Index) bool {
			plain := x.Unique && x.Where == ""
			for i := range x.Parts {
				p := &x.Parts[i]
				p.Nulls = ""
				if c := t.Column(p.Column); c != nil && p.Collate == c.Collate || c == nil && p.Column != "" || p.Collate == "BINARY" && c != nil && c.Collate == "" {
					p.Collate = ""
				}
				plain = plain && p.Column != "" && p.Collate == "" && !p.Desc
			}
			if plain {
				t.Uniques = append(t.Uniques, schema.Unique{Name: x.Name, Columns: x.Columns()})
			}
			return plain
		})
	}
	s.Enums = nil
	return s
}

// lowered makes of a column what SQLite makes of it.
func lowered(c *schema.Column) {
	kind := schema.KindText
	switch k := c.Type.Kind; k {
	case schema.KindSmallInt, schema.KindInteger, schema.KindBigInt:
		kind = schema.KindBigInt
	case schema.KindReal, schema.KindDouble:
		kind = schema.KindDouble
	case schema.KindTimestamp, schema.KindTimestampTZ:
		kind = schema.KindTimestampTZ
	case schema.KindBoolean, schema.KindBytes, schema.KindDate, schema.KindNumeric:
		kind = k
	}
	c.Type, c.TypeFor, c.Comment = schema.Type{Kind: kind}, nil, ""
	if c.Collate == "BINARY" {
		c.Collate = ""
	}
	if sql := c.DefaultFor["sqlite"]; sql != "" {
		c.Default, c.DefaultExpr = nil, sql
	}
	if c.DefaultExpr == "now()" {
		c.DefaultExpr = "CURRENT_TIMESTAMP"
	}
	c.DefaultFor = nil
}

func factLines(s *schema.Schema) []string {
	var lines []string
	for _, f := range schema.Facts(s) {
		lines = append(lines, strings.TrimSpace(fmt.Sprint(f.Table, " ", f.Kind, " ", f.Name, " ", f.Attr, " ", f.Value)))
	}
	slices.Sort(lines)
	return lines
}
