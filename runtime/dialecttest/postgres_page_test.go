package dialecttest_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/lib/pq"

	"github.com/modelgen/modelgen/internal/pgtest"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/postgres"
	"github.com/modelgen/modelgen/runtime/schema"
)

// planned is a connection that asks for the plan of what a batch sends, where it sends it.
type planned struct {
	driver.Conn
	plans map[string]string // by what it is for
}

type plannedConnector struct {
	driver.Connector
	plans map[string]string
}

func (c plannedConnector) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := c.Connector.Connect(ctx)
	return planned{conn, c.plans}, err
}

func (c planned) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	if at := strings.LastIndex(query, "\nUPDATE "); at > 0 && strings.Contains(query[at:], "CASE WHEN") {
		if err := c.explain(ctx, "update", query[at+1:]); err != nil {
			return nil, err
		}
	}
	return c.Conn.(driver.ExecerContext).ExecContext(ctx, query, args)
}

func (c planned) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	what := ""
	switch {
	case strings.Contains(query, " LIMIT 1 OFFSET "):
		what = "page"
	case strings.Contains(query, "SELECT xmin::text"):
		what = "rows"
	}
	if what != "" {
		if err := c.explain(ctx, what, query); err != nil {
			return nil, err
		}
	}
	return c.Conn.(driver.QueryerContext).QueryContext(ctx, query, args)
}

func (c planned) explain(ctx context.Context, what, query string) error {
	rows, err := c.Conn.(driver.QueryerContext).QueryContext(ctx, "EXPLAIN (COSTS OFF) "+query, nil)
	if err != nil {
		return fmt.Errorf("explain %s: %w", query, err)
	}
	defer rows.Close()
	var text strings.Builder
	for line := make([]driver.Value, 1); rows.Next(line) == nil; {
		fmt.Fprintf(&text, "%s\n", line[0])
	}
	c.plans[what] = text.String()
	return nil
}

// TestPostgresPagePlan: on a table without statistics, and with statistics of when it was small, a batch reads its own rows: it steps along the
// primary key, and an index on the column that is filled is left alone. Without -full there are no statistics for one of the keys, and stale ones for
// the other.
func TestPostgresPagePlan(t *testing.T) {
	t.Parallel()
	// The batches are as large as what the planner expects of any range of a table without statistics, half a percent of the rows, or larger.
	const rows = 60_000
	for i, key := range [][]string{{"id"}, {"tenant", "id"}} {
		for j, stale := range []bool{false, true} {
			if !turn(i, j, 2) {
				continue
			}
			for step, op := range map[string]migrate.Op{
				"fill": migrate.Fill{Table: "items", Column: "slug", Expr: "lower(name)"},
				"backfill": migrate.Backfill[itemAt0002]{Table: "items", Where: "slug IS NULL", Row: func(p *itemAt0002) error {
					p.Slug = &p.Name
					return nil
				}},
				"backfill in one transaction": migrate.Backfill[itemAt0002]{Table: "items", Where: "slug IS NULL", Plain: "for the test",
					Row: func(p *itemAt0002) error {
						p.Slug = &p.Name
						return nil
					}},
			} {
				t.Run(fmt.Sprintf("%s/%s/stale=%t", step, strings.Join(key, "_"), stale), func(t *testing.T) { pagePlan(t, key, stale, rows, op) })
			}
		}
	}
}

func pagePlan(t *testing.T, key []string, stale bool, rows int, op migrate.Op) {
	connector, err := pq.NewConnector(pgtest.Database(t))
	if err != nil {
		t.Fatal(err)
	}
	plans := map[string]string{}
	db := sql.OpenDB(plannedConnector{connector, plans})
	defer db.Close()
	do := func(query string) {
		t.Helper()
		if _, err := db.ExecContext(t.Context(), query); err != nil {
			t.Fatalf("%s: %v", query, err)
		}
	}
	all := faultChain([]migrate.Op{migrate.CreateTable{
		Table:      "items",
		Columns:    []schema.ColumnDef{schema.BigInt("tenant"), schema.BigInt("id"), schema.Text("name"), schema.Text("slug").Null()},
		PrimaryKey: schema.PrimaryKey{Name: "items_pkey", Columns: key},
	}, migrate.CreateIndex{Table: "items", Index: schema.Index{Name: "items_slug", Parts: []schema.IndexPart{{Column: "slug"}}}}}, []migrate.Op{op})
	up := func(set *migrate.Set) {
		t.Helper()
		m, err := migrate.New(db, postgres.Dialect{}, set, nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := m.Up(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	up(migrate.NewSet("page", all[:1]...))
	do("ALTER TABLE items SET (autovacuum_enabled = false)")
	insert := "INSERT INTO items (tenant, id, name) SELECT i %% 7, hashint8(i)::bigint * 1000000 + i, 'Name ' || i FROM generate_series(%d, %d) i"
	if stale {
		do(fmt.Sprintf(insert, 1, 200))
		do("ANALYZE items")
		do(fmt.Sprintf(insert, 201, rows))
	} else {
		do(fmt.Sprintf(insert, 1, rows))
	}
	up(migrate.NewSet("page", all...))
	var left int
	if err := db.QueryRowContext(t.Context(), "SELECT count(*) FROM items WHERE slug IS NULL").Scan(&left); err != nil || left > 0 {
		t.Errorf("%d rows are left, error %v", left, err)
	}
	if len(plans) != 2 {
		t.Errorf("there are %d plans: %v", len(plans), plans)
	}
	for what, plan := range plans {
		bad := regexp.MustCompile(`items_slug`)
		if what == "page" {
			bad = regexp.MustCompile(`items_slug|Sort|Bitmap|Seq Scan`)
		}
		if bad.MatchString(plan) {
			t.Errorf("the plan of the %s:\n%s", what, plan)
		}
	}
}
