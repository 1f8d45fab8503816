package dialecttest_test

import (
	"database/sql"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/modelgen/modelgen/internal/everyop"
	"github.com/modelgen/modelgen/internal/pgtest"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/postgres"
	"github.com/modelgen/modelgen/runtime/schema"
)

// TestPartitionTableKeepsEveryField: a table that has something of all that a schema can say has it still when it becomes partitioned and plain again, which make another table of it.
func TestPartitionTableKeepsEveryField(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"items", "parents"} {
		t.Run(name, func(t *testing.T) {
			pgEachDriver(t, func(t *testing.T, db *sql.DB, version int) {
				session := pgReady(t, db, postgres.Dialect{}, pgConfig())
				at := &schema.Schema{}
				same := func(when string) { wantCatalog(t, session, at, when) }
				all := everyop.Schema().For("postgres")
				for _, e := range all.Enums {
					pgMustApply(t, session, at, migrate.CreateEnum{Name: e.Name, Values: e.Values})
				}
				for _, other := range []string{"parents", "items"} {
					pgMustApply(t, session, at, migrate.NewCreateTable(partitionable(all.Table(other), name, version)))
				}
				plain := at.Clone()
				same("made")
				parts := migrate.PartitionTable{Table: name, By: "range (id)", Rows: name + "_old", Check: schema.Check{Name: name + "_bound", Expr: "id < 1000"},
					Partitions: []migrate.TablePartition{{Name: name + "_old", Bound: "FOR VALUES FROM (MINVALUE) TO (1000)"}, {Name: name + "_new", Bound: "FOR VALUES FROM (1000) TO (MAXVALUE)"}}}
				pgMustApply(t, session, at, migrate.AddCheck{Table: name, Check: parts.Check}, parts)
				same("partitioned")
				for _, op := range []migrate.Op{parts, migrate.AddCheck{Table: name, Check: parts.Check}} {
					back, err := op.Inverse()
					if err != nil {
						t.Fatal(err)
					}
					pgMustApply(t, session, at, back)
				}
				if diff := cmp.Diff(plain, at, cmpopts.EquateEmpty()); diff != "" {
					t.Errorf("the schema is another one than before (-before +after):\n%s", diff)
				}
				same("plain again")
			})
		})
	}
}

// wantCatalog fails where what the database has is not what the schema says.
func wantCatalog(t *testing.T, s migrate.Session, at *schema.Schema, when string) {
	t.Helper()
	if diff := catalogDifference(t, s, at); len(diff) > 0 {
		t.Errorf("%s, the database differs from the schema:\n%s", when, strings.Join(diff, "\n"))
	}
}

// catalogDifference returns what the database lacks of the schema, then what it has that the schema does not say.
func catalogDifference(t *testing.T, s migrate.Session, at *schema.Schema) (all []string) {
	t.Helper()
	got, err := s.Catalog(t.Context(), at)
	if err != nil {
		t.Fatal(err)
	}
	want, err := s.Expected(t.Context(), at)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range want {
		if !slices.Contains(got, f) {
			all = append(all, "lacks "+f)
		}
	}
	return append(all, slices.DeleteFunc(got, func(f string) bool { return slices.Contains(want, f) })...)
}

// TestCitusKeepsEveryField: a table that has something of all that a schema can say has it still when Citus distributes it, and when it brings it back, which make another table of it.
func TestCitusKeepsEveryField(t *testing.T) {
	for _, name := range []string{"items", "parents"} {
		t.Run(name, func(t *testing.T) {
			url, _ := pgtest.CitusDatabase(t)
			session := pgReady(t, pgOpen(t, "pgx", url), postgres.Dialect{}, pgConfig())
			at := &schema.Schema{}
			all := everyop.Schema().For("postgres")
			for _, e := range all.Enums {
				pgMustApply(t, session, at, migrate.CreateEnum{Name: e.Name, Values: e.Values})
			}
			table := partitionable(all.Table(name), name, 150000)
			table.ForeignKeys, table.DualWrites = nil, nil // to what is not distributed, and a trigger: neither is to be had on Citus
			for i := range table.Columns {
				table.Columns[i].Identity = false // a table with it cannot be brought back
			}
			pgMustApply(t, session, at, migrate.NewCreateTable(table))
			wantCatalog(t, session, at, "made")
			distribute := migrate.DistributeTable{Table: name, Column: "id"}
			pgMustApply(t, session, at, distribute)
			wantCatalog(t, session, at, "distributed")
			back, err := distribute.Inverse()
			if err != nil {
				t.Fatal(err)
			}
			pgMustApply(t, session, at, back)
			wantCatalog(t, session, at, "brought back")
		})
	}
}

// partitionable returns a table of the schema in which the one of that name can be partitioned by id: a key of it has that column, no foreign key refers to another key of it,
// and PostgreSQL has no unlogged partitioned tables and no storage parameters of them (manual, CREATE TABLE).
func partitionable(table *schema.Table, name string, version int) *schema.Table {
	c := table.Clone()
	for i := range c.Uniques {
		c.Uniques[i].NullsNotDistinct = c.Uniques[i].NullsNotDistinct && version >= 150000
	}
	for i := range c.Indexes {
		c.Indexes[i].NullsNotDistinct = c.Indexes[i].NullsNotDistinct && version >= 150000
	}
	c.ForeignKeys = slices.DeleteFunc(c.ForeignKeys, func(fk schema.ForeignKey) bool { return fk.RefTable == name })
	if c.Name != name {
		return c
	}
	c.Options = schema.TableOptions{}
	for i := range c.Uniques {
		c.Uniques[i].Columns = append(c.Uniques[i].Columns, "id")
	}
	for i, x := range c.Indexes {
		if x.Unique {
			c.Indexes[i].Parts = append(c.Indexes[i].Parts, schema.IndexPart{Column: "id"})
		}
	}
	return c
}
