package postgres

import (
	"context"
	"fmt"
	"strings"
	"time"

	migrate "github.com/modelgen/modelgen/runtime"
)

// When a statement that takes long is spoken of: at first, then every so often.
const (
	watchFirst = 2 * time.Second
	watchEvery = 5 * time.Second
)

// watch says on another connection what the session waits for, until stop is called. Behind a pooler it cannot: the session is another
// one in every transaction.
func (s *session) watch(ctx context.Context, stages []migrate.Stage) (stop func()) {
	if s.cfg.Beside == nil || s.pid == 0 || s.cfg.Lease || len(stages) == 0 {
		return func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	begin := time.Now()
	what := stages[0].Cause
	if len(stages) > 1 {
		what += fmt.Sprintf(" and %d more", len(stages)-1)
	}
	go func() {
		defer close(done)
		timer := time.NewTimer(watchFirst)
		defer timer.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-timer.C:
			}
			if msg := s.state(ctx); msg != "" {
				s.cfg.Notify(migrate.Event{Kind: migrate.EventWait, Stage: what, Message: msg, Duration: time.Since(begin)})
			}
			timer.Reset(watchEvery)
		}
	}()
	return func() { cancel(); <-done }
}

// state describes what the session does now: whom it waits for, or how long its statement has run.
func (s *session) state(ctx context.Context) string {
	ctx, cancel := context.WithTimeout(ctx, watchEvery)
	defer cancel()
	conn, err := s.cfg.Beside.Conn(ctx)
	if err != nil {
		return ""
	}
	defer conn.Close()
	var seconds int64
	var active bool
	err = conn.QueryRowContext(ctx, fmt.Sprintf(`SELECT COALESCE(EXTRACT(epoch FROM pg_catalog.clock_timestamp() - query_start)::bigint, 0), state = 'active'
 FROM pg_catalog.pg_stat_activity WHERE pid = %d`, s.pid)).Scan(&seconds, &active)
	if err != nil || !active {
		return ""
	}
	ran := (time.Duration(seconds) * time.Second).String()
	who := sessions(ctx, conn, fmt.Sprintf(`SELECT a.pid, COALESCE(a.application_name, ''), COALESCE(a.state, ''), %s, `+connected+`
 FROM pg_catalog.unnest(pg_catalog.pg_blocking_pids(%d)) AS b(pid) JOIN pg_catalog.pg_stat_activity a ON a.pid = b.pid ORDER BY a.pid LIMIT 3`, age, s.pid))
	var waits, behind bool // pg_blocking_pids has a zero for each prepared transaction (manual, 9.27)
	if err := conn.QueryRowContext(ctx, fmt.Sprintf(`SELECT COALESCE((SELECT wait_event_type = 'Lock' FROM pg_catalog.pg_stat_activity WHERE pid = %d), false), 0 = ANY(pg_catalog.pg_blocking_pids(%d))`, s.pid, s.pid)).
		Scan(&waits, &behind); err == nil && waits && (behind || who == "") {
		x := prepared(ctx, conn, ofPrepared+fmt.Sprintf(`EXISTS (SELECT FROM pg_catalog.pg_locks w WHERE w.pid = %d AND NOT w.granted
 AND (w.relation = l.relation OR w.transactionid = x.transaction OR w.virtualxid = own.virtualtransaction)))`, s.pid))
		if x == "" && behind {
			x = prepared(ctx, conn, "true")
		}
		if x != "" {
			who = strings.TrimPrefix(who+" and "+x, " and ")
		}
	}
	if who == "" {
		return "running for " + ran
	}
	lock := "a lock"
	var on string
	err = conn.QueryRowContext(ctx, fmt.Sprintf(`SELECT COALESCE(c.relname::text, l.locktype) FROM pg_catalog.pg_locks l LEFT JOIN pg_catalog.pg_class c ON c.oid = l.relation
 WHERE l.pid = %d AND NOT l.granted LIMIT 1`, s.pid)).Scan(&on)
	switch {
	case err != nil:
	case strings.HasSuffix(on, "transactionid"), strings.HasSuffix(on, "virtualxid"):
		lock = "the end of a transaction"
	default:
		lock = "a lock on " + on
	}
	return fmt.Sprintf("waiting %s for %s held by %s", ran, lock, who)
}
