package postgres

import (
	"context"
	"fmt"

	migrate "github.com/modelgen/modelgen/runtime"
)

// still has the last stage ask, before the migration takes its first lock, whether the cluster is moving shards: what distributes tables meanwhile waits for the
// locks of the moves with its own ones held, or is refused half way.
func (p *planner) still() {
	st := &p.stages[len(p.stages)-1]
	st.CheckAlways, st.Check = true, func(ctx context.Context, tx migrate.Tx) error {
		moves, err := movingShards(ctx, tx)
		if moves == "" || err != nil { // what this version does not have, or the role may not see, stops nobody
			return nil
		}
		return refused{fmt.Errorf("the cluster is moving shards: %s; wait until SELECT citus_rebalance_wait() returns and get_rebalance_progress() is empty, or stop it with SELECT citus_rebalance_stop(); then run the same command again", moves)}
	}
}

// movingShards says which jobs and moves there are, "" for none.
func movingShards(ctx context.Context, tx migrate.Tx) (string, error) {
	var jobs bool // since Citus 11.2
	if err := tx.QueryRowContext(ctx, "SELECT pg_catalog.to_regclass('pg_catalog.pg_dist_background_job') IS NOT NULL").Scan(&jobs); err != nil {
		return "", err
	}
	var moves string
	if jobs {
		err := tx.QueryRowContext(ctx, `SELECT COALESCE(pg_catalog.string_agg(job_type || ' job ' || job_id || ' (' || state || ')', ', ' ORDER BY job_id), '')
 FROM pg_catalog.pg_dist_background_job WHERE state IN ('scheduled', 'running', 'cancelling', 'failing')`).Scan(&moves)
		if err != nil || moves != "" {
			return moves, err
		}
	}
	err := tx.QueryRowContext(ctx, `SELECT COALESCE(pg_catalog.string_agg(DISTINCT 'a ' || operation_type || ' of ' || table_name::text || ' by process ' || sessionid, ', '), '')
 FROM pg_catalog.get_rebalance_progress() WHERE progress <> 2`).Scan(&moves) // REBALANCE_PROGRESS_MOVED
	return moves, err
}
