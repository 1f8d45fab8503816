package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

type (
	readyFunc  = func(ctx context.Context, tx migrate.Tx) (done bool, err error)
	failedFunc = func(ctx context.Context, tx migrate.Tx, err error) (hint string)
)

// indexState is what the catalog says of an index.
type indexState struct {
	table    string // "schema.table"
	unique   bool
	valid    bool
	building bool // a session is at it
	builder  int
	method   string
	columns  string // of the key and of INCLUDE, in their order; 0 is an expression
	partial  bool
}

// indexColumns is a query for the columns of pg_index x, as in indexState.
const indexColumns = `SELECT pg_catalog.string_agg(COALESCE(a.attname::text, '0'), ',' ORDER BY k.i) FROM pg_catalog.unnest(x.indkey::int2[]) WITH ORDINALITY k(att, i)
  LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = x.indrelid AND a.attnum = k.att AND k.att <> 0`

// lookIndex returns nil when there is no relation of the name.
func (r renderer) lookIndex(ctx context.Context, tx migrate.Tx, table, name string) (*indexState, error) {
	var s indexState
	var kind string
	err := tx.QueryRowContext(ctx, `SELECT c.relkind::text, COALESCE(tn.nspname || '.' || t.relname, ''), COALESCE(x.indisunique, false), COALESCE(x.indisvalid AND x.indisready, false),
 COALESCE(am.amname::text, ''), COALESCE((`+indexColumns+`), ''), x.indpred IS NOT NULL,
 COALESCE((SELECT min(p.pid) FROM pg_catalog.pg_stat_progress_create_index p WHERE p.index_relid = c.oid OR p.relid = x.indrelid), 0)
 FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_catalog.pg_index x ON x.indexrelid = c.oid
 LEFT JOIN pg_catalog.pg_class t ON t.oid = x.indrelid LEFT JOIN pg_catalog.pg_namespace tn ON tn.oid = t.relnamespace LEFT JOIN pg_catalog.pg_am am ON am.oid = c.relam
 WHERE n.nspname = `+text(r.namespace(table))+" AND c.relname = "+text(name)).
		Scan(&kind, &s.table, &s.unique, &s.valid, &s.method, &s.columns, &s.partial, &s.builder)
	s.building = s.builder != 0
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err == nil && kind != "i" && kind != "I" {
		err = refused{fmt.Errorf("%s is the name of something that is no index; rename one of them", name)}
	}
	return &s, err
}

// indexReady finds out how far an earlier try came: absent, being built still, left invalid, or done.
func (p *planner) indexReady(table string, x schema.Index) readyFunc {
	r := p.renderer
	return func(ctx context.Context, tx migrate.Tx) (bool, error) {
		for {
			s, err := r.lookIndex(ctx, tx, table, x.Name)
			switch {
			case err != nil || s == nil:
				return false, err
			case !r.same(*s, table, x) || s.valid && !r.alike(ctx, tx, table, x):
				return false, refused{fmt.Errorf("index %s already exists in another form, made by somebody else: drop or rename it, then run the command again", x.Name)}
			case s.valid:
				return true, nil
			case !s.building:
				if builds, err := r.buildsOnWorkers(ctx, tx, x.Name); err != nil || builds {
					if err == nil {
						err = sleep(ctx, 200*time.Millisecond)
					}
					if err != nil {
						return false, err
					}
					continue
				}
				return false, r.dropInvalid(ctx, tx, table, x.Name)
			}
			// The server goes on with a build whose client was killed; dropping it now would wait for it anyway.
			if w, ok := tx.(interface{ waits(what string) }); ok {
				w.waits(fmt.Sprintf("the build of index %s that an earlier run began goes on in session %d", x.Name, s.builder))
			}
			if err := sleep(ctx, 200*time.Millisecond); err != nil {
				return false, fmt.Errorf("waiting for the build of index %s that an earlier run began: %w", x.Name, err)
			}
		}
	}
}

// dropInvalid takes an index away whose build failed. Of a distributed table some shards have it and others do not, and a drop of it without IF EXISTS fails on
// the first that lacks it, each time.
func (r renderer) dropInvalid(ctx context.Context, tx migrate.Tx, table, name string) error {
	if _, err := tx.ExecContext(ctx, "DROP INDEX CONCURRENTLY IF EXISTS "+r.index(table, name)); err != nil || r.engine != Citus {
		return err
	}
	left, err := r.onWorkers(ctx, tx, "SELECT count(*) FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('i', 'I') AND n.nspname = "+
		text(r.namespace(table))+" AND c.relname ~ "+text("^"+regexp.QuoteMeta(name)+`(_\d{6,})?$`))
	if err == nil && left > 0 {
		err = refused{fmt.Errorf("index %s is gone from the coordinator, but not from %d places on the workers; drop it there by hand (run_command_on_workers)", name, left)}
	}
	return err
}

// buildsOnWorkers reports whether a worker of a Citus cluster is building a shard of the index.
func (r renderer) buildsOnWorkers(ctx context.Context, tx migrate.Tx, name string) (bool, error) {
	if r.engine != Citus {
		return false, nil
	}
	n, err := r.onWorkers(ctx, tx, "SELECT count(*) FROM pg_catalog.pg_stat_progress_create_index p JOIN pg_catalog.pg_class c ON c.oid = p.index_relid WHERE c.relname ~ "+
		text("^"+regexp.QuoteMeta(name)+`_\d{6,}$`))
	return n > 0, err
}

// onWorkers returns the sum of what a query counts on each worker.
func (r renderer) onWorkers(ctx context.Context, tx migrate.Tx, query string) (n int, err error) {
	err = tx.QueryRowContext(ctx, "SELECT COALESCE(sum(CASE WHEN success THEN result::int ELSE 0 END), 0)::int FROM pg_catalog.run_command_on_workers("+text(query)+")").Scan(&n)
	return n, err
}

func (r renderer) same(s indexState, table string, x schema.Index) bool {
	_, base := schema.SplitName(table)
	columns, method := indexForm(x)
	return s.table == r.namespace(table)+"."+base && s.unique == x.Unique && strings.EqualFold(s.method, method) && s.columns == columns && s.partial == (x.Where != "")
}

// indexForm returns the columns and the method of an index as indexState has them.
func indexForm(x schema.Index) (string, string) {
	var columns []string
	for _, part := range x.Parts {
		if part.Column == "" {
			columns = append(columns, "0")
		} else {
			columns = append(columns, part.Column)
		}
	}
	columns = append(columns, x.Include...)
	method := x.Using
	if method == "" {
		method = "btree"
	}
	return strings.Join(columns, ","), method
}

// alike compares an index with one that is made on an empty copy of its table, and gone again at once: only the server knows how expressions,
// operator classes and orders are written. Where no copy can be made, what is known already has to do.
func (r renderer) alike(ctx context.Context, tx migrate.Tx, table string, x schema.Index) bool {
	const signature = `SELECT pg_catalog.concat_ws(' ', x.indnkeyatts, x.indoption, x.indclass, x.indcollation, pg_catalog.to_jsonb(x) ->> 'indnullsnotdistinct', pg_catalog.pg_get_expr(x.indpred, x.indrelid),
 (SELECT pg_catalog.string_agg(pg_catalog.pg_get_indexdef(x.indexrelid, k, false), ', ' ORDER BY k) FROM pg_catalog.generate_series(1, x.indnatts) k)) FROM pg_catalog.pg_index x WHERE x.indexrelid = `
	sql, err := r.createIndex(table, x, false)
	if err != nil {
		return true // which planning it has said
	}
	if _, err := tx.ExecContext(ctx, "BEGIN"); err != nil {
		return true
	}
	defer func() { _, _ = tx.ExecContext(context.WithoutCancel(ctx), "ROLLBACK") }()
	for _, q := range []string{
		"CREATE TEMPORARY TABLE modelgen_copy (LIKE " + r.name(table) + ") ON COMMIT DROP",
		strings.Replace(sql, " ON "+r.name(table), " ON pg_temp.modelgen_copy", 1),
	} {
		if _, err := tx.ExecContext(ctx, q); err != nil {
			return true
		}
	}
	var is, want string
	if tx.QueryRowContext(ctx, signature+text(r.index(table, x.Name))+"::regclass").Scan(&is) != nil ||
		tx.QueryRowContext(ctx, signature+text("pg_temp."+ident(x.Name))+"::regclass").Scan(&want) != nil {
		return true
	}
	return is == want
}

func (p *planner) indexGone(table, name string) readyFunc {
	r := p.renderer
	return func(ctx context.Context, tx migrate.Tx) (bool, error) {
		s, err := r.lookIndex(ctx, tx, table, name)
		return s == nil, err
	}
}

// indexLeft says what is there of an index whose build failed, and whose row of the history does not say so.
func (p *planner) indexLeft(table string, x schema.Index) func(context.Context, migrate.Tx) (string, error) {
	r := p.renderer
	return func(ctx context.Context, tx migrate.Tx) (string, error) {
		s, err := r.lookIndex(ctx, tx, table, x.Name)
		switch {
		case err != nil || s == nil || !r.same(*s, table, x):
			return "", err
		case s.building:
			return fmt.Sprintf("index %s, which the server goes on to build in session %d", x.Name, s.builder), nil
		case s.valid:
			return "index " + x.Name, nil
		case x.Unique:
			return "index " + x.Name + ", which is not valid and refuses rows all the same", nil
		}
		return "index " + x.Name + ", which is not valid and is kept up to date all the same", nil
	}
}

// indexHalfGone says whether an index that was to be dropped is there and of no use.
func (p *planner) indexHalfGone(table, name string) func(context.Context, migrate.Tx) (string, error) {
	r := p.renderer
	return func(ctx context.Context, tx migrate.Tx) (string, error) {
		s, err := r.lookIndex(ctx, tx, table, name)
		switch {
		case err != nil:
			return "", err
		case s == nil:
			return "the drop of index " + name, nil
		case !s.valid:
			return "index " + name + ", which is not valid any more", nil
		}
		return "", nil
	}
}

// indexFailed takes an index away that could not be built: one that is invalid costs writes, and a unique one may even refuse them.
func (p *planner) indexFailed(table string, x schema.Index) failedFunc {
	r := p.renderer
	duplicates := p.duplicates(table, x)
	return func(ctx context.Context, tx migrate.Tx, failure error) string {
		hint := ""
		if s, err := r.lookIndex(ctx, tx, table, x.Name); err == nil && s != nil && !s.valid && !s.building && r.same(*s, table, x) {
			wait := 50 * time.Second
			if errors.Is(failure, context.Canceled) || errors.Is(failure, context.DeadlineExceeded) {
				wait = 3 * time.Second // who stops a run wants to see its end
			}
			_, _ = tx.ExecContext(ctx, fmt.Sprintf("SET lock_timeout = %d", wait.Milliseconds())) // the step sets it back
			if err := r.dropInvalid(ctx, tx, table, x.Name); err != nil {
				hint = "the index is left invalid; running the command again removes it"
			} else {
				hint = "the index was taken away again"
			}
		}
		if migrate.ErrorCode(failure) == uniqueViolation {
			if who := duplicates(ctx, tx, failure); who != "" {
				hint = who + "; " + hint
			}
		}
		return strings.TrimSuffix(hint, "; ")
	}
}
