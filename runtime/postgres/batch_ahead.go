package postgres

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"slices"
	"strconv"
	"time"

	migrate "github.com/modelgen/modelgen/runtime"
)

// While the server writes the rows of a batch, the next ones are read on a second connection and given to the Go function, so that neither waits for the other.
// No row is locked by that, nor need one be: who writes it looks at xmin whether it is still the version that was read, and if not, the batch is done again in
// the ordinary way, as it is after any other error. Whatever goes wrong here is therefore not told: the ordinary way meets it again, and tells it.

// page is the rows of a batch on their way: read, and worked on by the function.
type page struct {
	of     *migrate.RowStep
	from   string // the cursor in front of it
	next   *migrate.Cursor
	size   int
	groups []*group
	ready  time.Time // since when
}

const (
	pageKept  = time.Second // how long a page waits for its turn, as during a throttle: the older, the more of it has changed
	spareWait = time.Second // how long a connection is waited for behind the end of the writing
	aheadRest = 10          // so many batches read for themselves behind one of whose rows somebody has changed, or where nothing could be read ahead
)

// aheads reports whether the pages of a stage may be read ahead: all rows that one of them is about are there whatever becomes of those in front, and there is a
// connection to do it.
func (s *session) aheads(b *migrate.Batch, g guard) bool {
	if b.Rows == nil || !b.OwnRows || g.any() || s.engine != PostgreSQL || s.cfg.Beside == nil || !s.locked || s.pooled {
		return false
	}
	if s.rest > 0 {
		s.rest--
		return false
	}
	return true
}

// spare reports whether the pool has a connection for it and one more for others.
func spare(db *sql.DB) bool {
	st := db.Stats()
	return st.MaxOpenConnections <= 0 || st.InUse+1 < st.MaxOpenConnections
}

// taken returns the page that was read for a cursor, or reads it now, on the connection of the session; nil is none.
func (s *session) taken(ctx context.Context, b *migrate.Batch, c *migrate.Cursor, size int) *page {
	p := s.ahead
	if s.ahead = nil; p != nil && p.of == b.Rows && p.from == c.String() && time.Since(p.ready) < pageKept {
		return p
	}
	p = nil
	_ = s.readOnly(ctx, func() error {
		p, _ = s.readPage(ctx, s.tx(), b, c, size) // an error may be the function's, which says nothing of the connection
		return nil
	})
	return p
}

// readPage reads the next rows, so many at most, and calls the function.
func (r renderer) readPage(ctx context.Context, tx migrate.Tx, b *migrate.Batch, c *migrate.Cursor, size int) (*page, error) {
	p := &page{of: b.Rows, from: c.String(), size: size}
	var err error
	if p.next, err = r.next(ctx, tx, b, c, size); err == nil {
		p.groups, err = r.change(ctx, tx, b, c.At, p.next.At, false)
	}
	if err != nil {
		return nil, err
	}
	p.ready = time.Now()
	return p, nil
}

// writing writes a page, and meanwhile reads the one behind it. The function is called where it always is, and the writing goes elsewhere: a panic is then one
// of who has called for the migration.
func (s *session) writing(ctx context.Context, b *migrate.Batch, c *migrate.Cursor, size int, write func() error) error {
	if slices.Equal(c.At, c.To) || !spare(s.cfg.Beside) {
		return write()
	}
	r, own := s.renderer, s.local()
	tag := fmt.Sprintf("\n/* modelgen %s %d ahead */", s.tag, s.turn)
	alone := "SELECT NOT pg_catalog.pg_try_advisory_xact_lock(" + strconv.FormatInt(s.key(), 10) + ")"
	reads, cancel := context.WithCancel(ctx)
	defer cancel()
	waits, enough := context.WithCancel(reads)
	defer enough()
	var err error
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err = write(); err != nil {
			cancel() // the page is of no use
		}
		time.AfterFunc(spareWait, enough)
	}()
	defer func() { <-done }() // also when the function panics
	var p *page
	if conn, lack := s.cfg.Beside.Conn(waits); lack == nil {
		p = readBeside(reads, conn, "BEGIN READ ONLY; "+own+"; "+inOrder, alone, func() (*page, error) { return r.readPage(reads, tagged{conn, tag}, b, c, size) })
	}
	<-done
	switch {
	case err != nil:
	case p == nil:
		s.rest = aheadRest
	default:
		s.ahead = p
	}
	return err
}

// readBeside reads on a connection that is given back as it was. The lock of migrations, which nobody gets there, says that it leads to the same server, and not
// to a replica that is behind.
func readBeside(ctx context.Context, conn *sql.Conn, begin, locked string, read func() (*page, error)) *page {
	defer conn.Close()
	defer func() {
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), answerTime)
		defer cancel()
		if _, err := conn.ExecContext(end, "ROLLBACK"); err != nil {
			_ = conn.Raw(func(any) error { return driver.ErrBadConn })
		}
	}()
	if _, err := conn.ExecContext(ctx, begin); err != nil {
		return nil
	}
	var same bool
	if err := conn.QueryRowContext(ctx, locked).Scan(&same); err != nil || !same {
		return nil
	}
	p, err := read()
	if err != nil {
		return nil
	}
	return p
}

// tagged is a connection whose queries are other texts than those before a table was changed, see tx.text.
type tagged struct {
	*sql.Conn
	tag string
}

func (t tagged) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	return t.Conn.QueryContext(ctx, query+t.tag, args...)
}
