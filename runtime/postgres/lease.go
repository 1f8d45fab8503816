package postgres

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// The lease is a row with an end, for connections through a pooler in transaction mode: there every transaction may be on another
// connection of the server, and a lock of the session would stay behind on one of them. Each transaction makes sure of the row first, and
// by that keeps it locked; whoever lost it in between, having slept over its end, commits nothing.

const (
	leaseTime  = 30 * time.Second // how long a runner that was killed keeps others out
	leaseRenew = 10 * time.Second
)

var (
	errLeaseLost = errors.New("another runner has the lease of the migrations now, since it has run out, or migrates over a direct connection; nothing of this " +
		"transaction was done; run the command again when that one is finished")
	errPooled = errors.New("this stage cannot run in a transaction, and the lock mode is the lease, for poolers in transaction mode; " +
		"run it over a direct connection to the server, with Options.Lock left at its default")
)

func (s *session) leaseTable() string {
	ns, base := schema.SplitName(s.cfg.History)
	if ns != "" {
		ns += "."
	}
	return s.name(ns + base + "_lease")
}

func (s *session) makeLease(ctx context.Context) error {
	if err := s.ready(ctx); err != nil {
		return err
	}
	for try := 0; ; try++ {
		err := s.exec(ctx, "CREATE TABLE IF NOT EXISTS "+s.leaseTable()+` (one boolean PRIMARY KEY DEFAULT true CHECK (one), owner text NOT NULL, who text NOT NULL, ends timestamptz NOT NULL)`)
		if err == nil || !slices.Contains(raced, migrate.ErrorCode(err)) || try == 10 {
			return err
		}
	}
}

// takeLease asks once for the lease. It is free when there is no row, or its end has come.
func (s *session) takeLease(ctx context.Context) (bool, error) {
	if s.owner == "" {
		s.owner = rand.Text()
	}
	var got int
	row := safe(s.owner) + ", pg_catalog.current_setting('application_name') || ' as ' || current_user, " + ends()
	// A transaction of the holder keeps its row locked: who waited for that could say nothing, and not give up.
	err := s.conn.QueryRowContext(ctx, "WITH made AS (INSERT INTO "+s.leaseTable()+" (owner, who, ends) VALUES ("+row+") ON CONFLICT (one) DO NOTHING RETURNING 1),"+
		" free AS (SELECT one FROM "+s.leaseTable()+" WHERE ends < pg_catalog.clock_timestamp() OR owner = "+safe(s.owner)+" FOR UPDATE SKIP LOCKED),"+
		" took AS (UPDATE "+s.leaseTable()+" AS l SET (owner, who, ends) = ROW ("+row+") FROM free WHERE l.one = free.one RETURNING 1)"+
		" SELECT * FROM made UNION ALL SELECT * FROM took").Scan(&got)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, s.fail(ctx, err)
	}
	s.keep()
	return true, nil
}

// ends is when a lease ends that is taken or renewed now.
func ends() string {
	return fmt.Sprintf("pg_catalog.clock_timestamp() + interval '%d seconds'", int(leaseTime.Seconds()))
}

// renew makes sure of the lease in a transaction, by a division by zero when it is lost.
func (s *session) renew() string {
	return "WITH mine AS (UPDATE " + s.leaseTable() + " SET ends = " + ends() + " WHERE owner = " + safe(s.owner) + " RETURNING 1) SELECT 1 / count(*) FROM mine"
}

// alone keeps those out of a transaction of the lease who have the lock of a session, and the other way round.
func (s *session) alone() string {
	return fmt.Sprintf("SELECT 1 / pg_catalog.pg_try_advisory_xact_lock(%d)::int", s.key())
}

// keep renews the lease while nothing else does, as during a backup, on a connection beside this one.
func (s *session) keep() {
	if s.beat != nil || s.cfg.Beside == nil {
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	query, db := s.renew(), s.cfg.Beside
	go func() {
		defer close(done)
		tick := time.NewTicker(leaseRenew)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			one, cancel := context.WithTimeout(ctx, leaseRenew) // a transaction that is under way holds the row, and renews it itself
			_, _ = db.ExecContext(one, query)
			cancel()
		}
	}()
	s.beat = func() { cancel(); <-done }
}

func (s *session) dropLease(ctx context.Context) error {
	if s.beat != nil {
		s.beat()
		s.beat = nil
	}
	if s.owner == "" || s.broken {
		return nil // it ends by itself
	}
	if err := s.exec(ctx, "DELETE FROM "+s.leaseTable()+" WHERE owner = "+safe(s.owner)); err != nil {
		return fmt.Errorf("giving back the lease of migrations: %w", err)
	}
	return nil
}

func (s *session) leaseHolder(ctx context.Context) string {
	var who string
	var seconds int64
	err := s.conn.QueryRowContext(ctx, "SELECT who, EXTRACT(epoch FROM ends - pg_catalog.clock_timestamp())::bigint FROM "+s.leaseTable()).Scan(&who, &seconds)
	if err != nil {
		return ""
	}
	return fmt.Sprintf("%s, whose lease runs for another %s", strings.TrimPrefix(who, " as "), time.Duration(max(0, seconds))*time.Second)
}
