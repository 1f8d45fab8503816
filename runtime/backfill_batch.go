package migrate

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/modelgen/modelgen/runtime/schema"
)

// The size of a batch, in rows. It begins at batchFirst, and then follows the time that batches take.
const (
	batchFirst   = 1000
	minBatchSize = 100
	batchMost    = 50_000
	batchMostRow = 10_000 // with a row function: they are all in memory
	batchTime    = 100 * time.Millisecond
)

// Batch makes a stage go over the rows of a table in the order of its primary key, in transactions of their own. The bound is the highest key there
// is when it begins. Where others need not be thought of, the statements of the stage, or its Run, do the same at once.
type Batch struct {
	Table string
	Key   []schema.Column // of the primary key, in its order
	SQL   string          // an UPDATE that ends in a condition, to which a range of keys is added with AND; "" when Rows is set
	Tail  string          // what stands behind that range
	Rows  *RowStep        // a Go function on each row
	// Fields are the columns of Rows.Fields.
	Fields []schema.Column
	// OwnRows says that which rows are worked on is seen by each row alone: those of the next batch may be read before the ones in front of them are written.
	OwnRows bool

	// Column is what SQL sets, to Expr where the condition Where holds, both in SQL of the dialect. With them it is found out which rows a trigger left
	// as they were.
	Column      schema.Column
	Expr, Where string
	Trusted     []string // triggers that do not do so: those of dual writes

	// Partitioned makes it go through one partition after the other: over all of them together, each page would look into each.
	Partitioned bool
}

// NewBatch makes the batch of an op on a table of s. It returns an error when the table has no primary key.
func NewBatch(s *schema.Schema, op Op, table string) (*Batch, error) {
	b := &Batch{Table: table}
	t := s.Table(table)
	if t == nil {
		return b, nil // which Apply reports
	}
	if t.PrimaryKey == nil {
		return nil, fmt.Errorf("%s: the table has no primary key, by which it could go in batches; if it is small, say so in Plain, "+
			"and all is one transaction", op.Describe())
	}
	for _, name := range t.PrimaryKey.Columns {
		b.Key = append(b.Key, *t.Column(name))
	}
	for _, d := range t.DualWrites {
		b.Trusted = append(b.Trusted, d.Name)
	}
	if d, ok := op.(AddDualWrite); ok {
		b.Trusted = append(b.Trusted, d.Name)
	}
	return b, nil
}

// SetRows makes it a batch of a Go function.
func (b *Batch) SetRows(s *schema.Schema, o RowStep) {
	b.Rows, b.Fields = &o, make([]schema.Column, len(o.Fields))
	for i, f := range o.Fields {
		if t := s.Table(o.Table); t != nil && t.Column(f.Column) != nil {
			b.Fields[i] = *t.Column(f.Column)
		}
	}
}

// Cursor is how far a batched stage came, as the history keeps it.
type Cursor struct {
	At   []string `json:"at,omitempty"`   // the highest key that is done, in the dialect's form; none at the beginning
	To   []string `json:"to,omitempty"`   // the bound; none before the first batch
	Rows int64    `json:"rows,omitempty"` // that were passed
	Of   int64    `json:"of,omitempty"`   // an estimate of all; 0 is unknown
	Plan string   `json:"plan,omitempty"` // tells the stages that are done from others
	In   string   `json:"in,omitempty"`   // the partition that At and To are of, with [Batch.Partitioned]; those before it in the alphabet are done

	// Half is of a migration that is being undone without having been applied to its end; nil is that it was.
	Half *Half `json:"half,omitempty"`

	// Left is what a stage outside any transaction has left in the database when it failed; "" is nothing.
	Left string `json:"left,omitempty"`

	// Waits is of a migration that is done and has begun a dual write: the set of the program that did it, which does not end it as well.
	Waits string `json:"waits,omitempty"`

	// Made are the extensions that a migration has made: what it found is not dropped when it is undone.
	Made []string `json:"made,omitempty"`
}

// ParseCursor reads a cursor; "" is nil.
func ParseCursor(text string) (*Cursor, error) {
	if text == "" {
		return nil, nil
	}
	c := new(Cursor)
	if err := json.Unmarshal([]byte(text), c); err != nil {
		return nil, fmt.Errorf("invalid cursor in the history: %w", err)
	}
	return c, nil
}

// String returns the cursor as [ParseCursor] reads it.
func (c *Cursor) String() string {
	if c == nil {
		return ""
	}
	text, err := json.Marshal(c)
	if err != nil {
		panic("modelgen: " + err.Error()) // text and numbers only
	}
	return string(text)
}

// BatchResult is what [Session.Batch] did.
type BatchResult struct {
	Cursor *Cursor // how far the stage is now, by the history
	Size   int     // of the batch that was committed: smaller than was asked for when somebody held locks on rows
	Done   bool    // nothing is left
}

// RowSecured is a [Session] whose database may hide rows from the role that migrates.
type RowSecured interface {
	// Hidden returns an error when a policy hides rows of one of the tables from the role. Tables that are not there are left out.
	Hidden(ctx context.Context, tables []string) error
}

// Replicated is a [Session] whose database may have replicas.
type Replicated interface {
	// Lag says how far the slowest replica is behind, and its name. It returns an error when the role must not know.
	Lag(ctx context.Context) (behind time.Duration, replica string, err error)
}

// batches runs a batched stage from where the history says that it stopped. mark is what the history says meanwhile.
func (w *executor) batches(ctx context.Context, st Stage, mark Mark) error {
	size, most := batchFirst, batchMost
	if st.Batch.Rows != nil {
		most = batchMostRow
	}
	if c, err := ParseCursor(mark.Record.Cursor); err == nil && c != nil {
		w.passed = c.Rows
	}
	begin, first := time.Now(), w.passed
	for {
		if err := w.throttle(ctx, st); err != nil {
			return err
		}
		began := time.Now()
		p, err := w.s.Batch(ctx, st, mark, size)
		if err != nil {
			return err
		}
		took := time.Since(began)
		mark.Record.Cursor = p.Cursor.String()
		if p.Cursor != nil {
			w.passed = p.Cursor.Rows
			w.tell(st, p, first, time.Since(begin))
		}
		if p.Done {
			w.passed = 0
			return nil
		}
		size = nextSize(p.Size, most, took)
	}
}

// nextSize goes towards the size of a batch that takes batchTime, by half or double at most.
func nextSize(size, most int, took time.Duration) int {
	next := 2 * size
	if took > batchTime/2 {
		next = max(size/2, int(float64(size)*float64(batchTime)/float64(took)))
	}
	return min(max(next, minBatchSize), most)
}

func (w *executor) tell(st Stage, p BatchResult, first int64, since time.Duration) {
	if w.m.meter != nil {
		w.m.meter.passed = p.Cursor.Rows
	}
	e := Event{Kind: EventProgress, Migration: w.now.Migration, Back: w.now.Back, Stage: st.Cause, Rows: p.Cursor.Rows, Total: p.Cursor.Of, Duration: since}
	if since > 0 {
		e.Rate = float64(e.Rows-first) / since.Seconds()
	}
	if p.Done {
		e.Total = e.Rows
	} else if e.Total > 0 {
		e.Total = max(e.Total, e.Rows)
		if e.Rate > 0 {
			e.Left = time.Duration(float64(e.Total-e.Rows) / e.Rate * float64(time.Second))
		}
	}
	w.m.notify(e)
}

// throttle waits until the next batch may begin.
func (w *executor) throttle(ctx context.Context, st Stage) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if w.m.opt.Throttle != nil {
		if err := w.m.opt.Throttle(ctx); err != nil {
			return &StatementError{Cause: st.Cause, Err: fmt.Errorf("the throttle of the options: %w", err)}
		}
	}
	return w.replicas(ctx, st)
}

// heavy reports whether a stage writes so much that replicas fall behind: a table is written again, or an index is built beside writes. A stage in batches waits before each.
func (st Stage) heavy() bool { return st.Batch == nil && (st.Rewrites || st.NoTx && st.Scans) }

// replicas waits until the replicas have caught up, where the options ask for it.
func (w *executor) replicas(ctx context.Context, st Stage) error {
	r, ok := w.s.(Replicated)
	if !ok || w.m.opt.ReplicaLag <= 0 {
		return nil
	}
	const report = 5 * time.Second
	begin := time.Now()
	told := begin.Add(-report)
	for delay := 50 * time.Millisecond; ; delay = min(2*delay, time.Second) {
		behind, replica, err := r.Lag(ctx)
		if err != nil {
			return &StatementError{Cause: st.Cause, Err: err}
		}
		if behind <= w.m.opt.ReplicaLag {
			return nil
		}
		if time.Since(told) >= report {
			told = time.Now()
			w.m.notify(Event{Kind: EventWait, Migration: w.now.Migration, Back: w.now.Back, Stage: st.Cause, Duration: time.Since(begin),
				Message: fmt.Sprintf("replica %s is %s behind, more than %s", replica, behind.Round(time.Millisecond), w.m.opt.ReplicaLag)})
		}
		timer := time.NewTimer(delay)
		select {
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		case <-timer.C:
		}
	}
}
