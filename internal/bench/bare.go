package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// steps gives n migrations: a table every tenth, columns in between.
func steps(n int) *migrate.Set {
	var all []*migrate.Migration
	table := ""
	for i := range n {
		m := &migrate.Migration{Name: fmt.Sprintf("%05d_step", i+1)}
		if i > 0 {
			m.Parents = []*migrate.Migration{all[i-1]}
		}
		if i%10 == 0 {
			table = fmt.Sprintf("table_%05d", i)
			m.Ops = []migrate.Op{migrate.CreateTable{
				Table:      table,
				Columns:    []schema.ColumnDef{schema.BigInt("id").Identity(), schema.Text("name")},
				PrimaryKey: schema.PrimaryKey{Name: table + "_pkey", Columns: []string{"id"}},
			}}
		} else {
			m.Ops = []migrate.Op{migrate.AddColumn{Table: table, Column: schema.Integer(fmt.Sprintf("column_%02d", i%10)).Default(0)}}
		}
		all = append(all, m)
	}
	return migrate.NewSet("bench", all...)
}

func migrated(ctx context.Context, db *sql.DB, d migrate.Dialect, set *migrate.Set) error {
	m, err := migrate.New(db, d, set, nil)
	if err != nil {
		return err
	}
	_, err = m.Up(ctx)
	return err
}

// bare is what a person would write by hand: the names that are there, and of each migration that is not the statements and a row that records it, in one
// transaction.
func bare(ctx context.Context, db *sql.DB, d migrate.Dialect, set *migrate.Set) error {
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	if _, err := conn.ExecContext(ctx, "CREATE TABLE IF NOT EXISTS bare_history (name text PRIMARY KEY, applied timestamp DEFAULT CURRENT_TIMESTAMP)"); err != nil {
		return err
	}
	done := map[string]bool{}
	rows, err := conn.QueryContext(ctx, "SELECT name FROM bare_history")
	if err != nil {
		return err
	}
	for rows.Next() {
		name := ""
		if err := rows.Scan(&name); err != nil {
			return errors.Join(err, rows.Close())
		}
		done[name] = true
	}
	if err := rows.Err(); err != nil {
		return err
	}
	s := &schema.Schema{}
	for _, m := range set.Migrations() {
		if done[m.Name] {
			if err := replay(s, m.Ops); err != nil {
				return err
			}
			continue
		}
		stages, err := migrate.PlanOps(d.Planner(0), s, m.Ops)
		if err != nil {
			return err
		}
		tx, err := conn.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		defer tx.Rollback() // after a commit it does nothing
		for _, st := range stages {
			for _, q := range st.Statements {
				if _, err := tx.ExecContext(ctx, q.SQL); err != nil {
					return err
				}
			}
		}
		if _, err := tx.ExecContext(ctx, "INSERT INTO bare_history (name) VALUES ('"+m.Name+"')"); err != nil {
			return err
		}
		if err := tx.Commit(); err != nil {
			return err
		}
	}
	return nil
}

func replay(s *schema.Schema, ops []migrate.Op) error {
	for _, op := range ops {
		if err := op.Apply(s); err != nil {
			return err
		}
	}
	return nil
}

// bareLook is the least that reports whether anything is pending.
func bareLook(ctx context.Context, db *sql.DB, set *migrate.Set) error {
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	name := ""
	if err := conn.QueryRowContext(ctx, "SELECT name FROM bare_history ORDER BY name DESC LIMIT 1").Scan(&name); err != nil {
		return err
	}
	if name != set.Head().Name {
		return fmt.Errorf("the bare loop ended at %s", name)
	}
	return nil
}
