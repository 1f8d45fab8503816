package main

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// itemRow is what the backfill reads and writes.
type itemRow struct {
	ID   int64   `db:"id"`
	Name string  `db:"name"`
	Slug *string `db:"slug"`
}

// backfills times a Backfill of every row, beside one UPDATE that does the same.
func backfills(of func(*costs) database) func(context.Context, *costs) (pair, error) {
	const n = 200_000
	table := &migrate.Migration{Name: "0001_items", Ops: []migrate.Op{migrate.CreateTable{
		Table:      "items",
		Columns:    []schema.ColumnDef{schema.BigInt("id"), schema.Text("name"), schema.Text("slug").Null(), schema.Text("title").Null()},
		PrimaryKey: schema.PrimaryKey{Name: "items_pkey", Columns: []string{"id"}},
	}}}
	fill := &migrate.Migration{Name: "0002_slugs", Parents: []*migrate.Migration{table}, Ops: []migrate.Op{migrate.Backfill[itemRow]{Table: "items", Row: func(r *itemRow) error {
		r.Slug = new(strings.ToLower(r.Name))
		return nil
	}}}}
	return func(ctx context.Context, c *costs) (pair, error) {
		d := of(c)
		insert, tidy := "INSERT INTO items (id, name, title) SELECT i, 'Name ' || i, 'Some title of the item' FROM generate_series(1, %d) i", "VACUUM ANALYZE items"
		if d.dialect.Capabilities().LocksDatabase {
			insert, tidy = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d) INSERT INTO items (id, name, title) SELECT i, 'Name ' || i, 'Some title of the item' FROM n", "ANALYZE"
		}
		one := func(do func(db *sql.DB) error) func() (time.Duration, error) {
			return func() (took time.Duration, err error) {
				err = d.with(ctx, func(db *sql.DB) error {
					if err := migrated(ctx, db, d.dialect, migrate.NewSet("bench", table)); err != nil {
						return err
					}
					for _, q := range []string{fmt.Sprintf(insert, n), tidy} {
						if _, err := db.ExecContext(ctx, q); err != nil {
							return err
						}
					}
					took, err = timed(1, func() error { return do(db) })
					return err
				})
				return took, err
			}
		}
		p, err := turns(c.runs, one(func(db *sql.DB) error { return migrated(ctx, db, d.dialect, migrate.NewSet("bench", table, fill)) }),
			one(func(db *sql.DB) error {
				_, err := db.ExecContext(ctx, "UPDATE items SET slug = lower(name)")
				return err
			}))
		p.rate = true
		return p, err
	}
}
