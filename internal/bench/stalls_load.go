package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"time"
)

const (
	clients       = 4
	clientName    = "bench client" // application names, by which sessions are told apart
	migrationName = "bench migration"

	clientEvery = 5 * time.Millisecond // between two statements of a client: the machine is to have something left
	watchEvery  = 5 * time.Millisecond

	reserved = 10 // rows that the clients leave alone, for the blocker: to wait for its rows is not the migration's fault
)

// load is clients that read and write all the while, and somebody who looks on.
type load struct {
	cancel context.CancelFunc
	done   sync.WaitGroup

	mu   sync.Mutex
	seen stall
	err  error
}

// startLoad returns when every client has done its first statement.
func startLoad(ctx context.Context, d *pgDatabase, rows int) (*load, error) {
	ctx, cancel := context.WithCancel(ctx)
	l := &load{cancel: cancel}
	started := make(chan struct{}, clients+1)
	for i := range clients {
		l.client(ctx, d, clientName, started, rand.New(rand.NewPCG(1, uint64(i))), func(ctx context.Context, conn *sql.Conn, r *rand.Rand) error {
			return l.once(ctx, conn, r, rows)
		})
	}
	l.client(ctx, d, "bench watch", started, nil, func(ctx context.Context, conn *sql.Conn, _ *rand.Rand) error { return l.look(ctx, conn) })
	for range clients + 1 {
		<-started
	}
	if err := l.failed(); err != nil {
		return nil, errors.Join(err, l.stop(&stall{}))
	}
	l.mu.Lock()
	l.seen = stall{} // what came before does not count
	l.mu.Unlock()
	return l, nil
}

// client does something again and again on a connection of its own, until the load is stopped. What is under way then is waited for, so that
// it counts.
func (l *load) client(ctx context.Context, d *pgDatabase, name string, started chan<- struct{}, r *rand.Rand, do func(context.Context, *sql.Conn, *rand.Rand) error) {
	l.done.Go(func() {
		first := sync.OnceFunc(func() { started <- struct{}{} })
		defer first()
		whole := context.WithoutCancel(ctx)
		err := d.session(whole, name, func(conn *sql.Conn) error {
			tick := time.NewTicker(clientEvery)
			defer tick.Stop()
			for {
				if err := do(whole, conn, r); err != nil {
					return err
				}
				first()
				select {
				case <-ctx.Done():
					return do(whole, conn, r) // a change may be over before there was one beside it
				case <-tick.C:
				}
			}
		})
		if err != nil {
			l.mu.Lock()
			l.err = errors.Join(l.err, fmt.Errorf("%s: %w", name, err))
			l.mu.Unlock()
		}
	})
}

// once runs one of the statements of a client. They name no column that a change takes away.
func (l *load) once(ctx context.Context, conn *sql.Conn, r *rand.Rand, rows int) error {
	id := reserved + 1 + r.IntN(rows-reserved)
	sql := [...]string{
		"SELECT email, age FROM people WHERE id = %d",
		"UPDATE people SET age = age + 1 WHERE id = %d",
		"SELECT person_id, state FROM orders WHERE id = %d",
		"UPDATE orders SET person_id = %d WHERE id = %[1]d",
	}[r.IntN(4)]
	begin := time.Now()
	_, err := conn.ExecContext(ctx, fmt.Sprintf(sql, id))
	took := time.Since(begin)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.seen.longest = max(l.seen.longest, took)
	if took > stallLimit {
		l.seen.slow++
	}
	return err
}

// look asks the server which clients wait for the migration, or for what waits for it.
func (l *load) look(ctx context.Context, conn *sql.Conn) error {
	var ms float64
	var behind string
	err := conn.QueryRowContext(ctx, `SELECT EXTRACT(epoch FROM clock_timestamp() - c.query_start)::float8 * 1000, m.query
 FROM pg_stat_activity c JOIN pg_stat_activity m ON m.application_name = '`+migrationName+`' AND m.pid = ANY (pg_blocking_pids(c.pid))
 WHERE c.application_name = '`+clientName+`' AND c.wait_event_type = 'Lock' ORDER BY 1 DESC LIMIT 1`).Scan(&ms, &behind)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if lock := time.Duration(ms * float64(time.Millisecond)); lock > l.seen.lock {
		l.seen.lock, l.seen.behind = lock, statementOf(behind)
	}
	return nil
}

// statementOf returns the statement that matters of the many that the migrator sends at once.
func statementOf(query string) string {
	best := ""
	for sql := range strings.SplitSeq(query, "\n;\n") {
		sql = strings.Join(strings.Fields(sql), " ")
		word, _, _ := strings.Cut(sql, " ")
		switch {
		case strings.Contains(sql, "modelgen_history"), word == "BEGIN", word == "SET", word == "SELECT", word == "WITH":
		default:
			best = sql
		}
	}
	if best == "" {
		best = strings.Join(strings.Fields(query), " ")
	}
	const most = 90
	if r := []rune(best); len(r) > most {
		best = string(r[:most]) + "..."
	}
	return best
}

func (l *load) failed() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.err
}

// stop waits for what is under way, and writes down what the clients waited for.
func (l *load) stop(line *stall) error {
	l.cancel()
	l.done.Wait()
	line.longest, line.slow, line.lock, line.behind = l.seen.longest, l.seen.slow, l.seen.lock, l.seen.behind
	return l.err
}

// block begins a transaction that holds a lock on the table of the change until its time is over, or release is called.
func (s stalls) block(ctx context.Context, d *pgDatabase, c change, b blocker) (release func(), err error) {
	if b == nobody {
		return func() {}, nil
	}
	db, err := d.open("bench blocker")
	if err != nil {
		return nil, err
	}
	sql := "SELECT id FROM " + c.table + " WHERE id = 1"
	if b == writer {
		sql = "UPDATE " + c.table + " SET id = id WHERE id = 1"
	}
	tx, err := db.BeginTx(ctx, nil)
	if err == nil {
		_, err = tx.ExecContext(ctx, sql)
	}
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	over := sync.OnceFunc(func() {
		_ = tx.Rollback() // it holds a lock, and changes nothing
		_ = db.Close()
	})
	timer := time.AfterFunc(s.hold, over)
	return func() { timer.Stop(); over() }, nil
}
