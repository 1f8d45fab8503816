package fleet

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"time"

	migrate "github.com/modelgen/modelgen/runtime"
)

// job is a target that waits for its turn.
type job struct {
	Target
	at    int // its place in the results
	tries int // that found no connection free
}

// crew hands jobs to workers, as many for one server as that may have connections.
type crew struct {
	f       *fleet
	ctx     context.Context
	ready   *sync.Cond // on f.mu
	waiting map[string][]*job
	order   []string // of the servers
	next    int      // of order
	busy    map[string]int
	most    map[string]int
	canary  int // how many more may be changed; below 0 is any number
	running int
}

// work has the jobs done by workers, until none is left, or, with a canary, so many targets were changed. It returns those that had no turn.
func (f *fleet) work(ctx context.Context, queue []*job, canary int) []*job {
	c := &crew{f: f, ctx: ctx, ready: sync.NewCond(&f.mu), waiting: map[string][]*job{}, busy: map[string]int{}, most: map[string]int{}, canary: canary}
	if canary <= 0 {
		c.canary = -1
	}
	for _, j := range queue {
		server := j.server()
		if len(c.waiting[server]) == 0 {
			c.order = append(c.order, server)
			c.most[server] = f.opt.Jobs
			if server != "" {
				c.most[server] = min(f.opt.Jobs, f.opt.PerServer)
			}
		}
		if j.DB != nil {
			if most := j.DB.Stats().MaxOpenConnections; most > 0 {
				c.most[server] = min(c.most[server], most)
			}
		}
		c.waiting[server] = append(c.waiting[server], j)
	}
	defer context.AfterFunc(ctx, func() { f.mu.Lock(); c.ready.Broadcast(); f.mu.Unlock() })()
	var all sync.WaitGroup
	for range min(f.opt.Jobs, len(queue)) {
		all.Go(c.worker)
	}
	all.Wait()
	var left []*job
	for _, server := range c.order {
		left = append(left, c.waiting[server]...)
	}
	return left
}

// worker does one job after the other. It keeps its connection for as long as the next one is on the same server, and holds the place of that server.
func (c *crew) worker() {
	at := &hand{crew: c}
	defer at.release()
	for {
		j := c.take(at)
		if j == nil {
			return
		}
		r, again := at.do(j)
		c.give(at, j, r, again)
	}
}

// take returns the next job that may begin; nil when none will.
func (c *crew) take(at *hand) *job {
	c.f.mu.Lock()
	defer c.f.mu.Unlock()
	for {
		if c.ctx.Err() != nil || c.f.stopped != "" || c.canary == 0 && c.running == 0 {
			return nil
		}
		if c.canary < 0 || c.running < c.canary {
			if j := c.pick(at); j != nil {
				c.running++
				return j
			}
		}
		if at.holds { // others may need the place, and who waits needs no connection
			c.f.mu.Unlock()
			at.release()
			c.f.mu.Lock()
			continue
		}
		if c.running == 0 && c.empty() {
			c.ready.Broadcast()
			return nil
		}
		c.ready.Wait()
	}
}

// pick takes a job out of the queue: of the server that the worker is connected to, or of the next one that has a place.
func (c *crew) pick(at *hand) *job {
	if at.holds {
		if w := c.waiting[at.server]; len(w) > 0 && c.busy[at.server] <= c.most[at.server] {
			c.waiting[at.server] = w[1:]
			return w[0]
		}
		return nil
	}
	for range c.order {
		server := c.order[c.next%len(c.order)]
		c.next++
		if w := c.waiting[server]; len(w) > 0 && c.busy[server] < c.most[server] {
			c.waiting[server] = w[1:]
			c.busy[server]++
			at.server, at.holds = server, true
			return w[0]
		}
	}
	return nil
}

func (c *crew) empty() bool {
	for _, w := range c.waiting {
		if len(w) > 0 {
			return false
		}
	}
	return true
}

// give takes the result of a job. A server without a free connection gets fewer, and is asked again.
func (c *crew) give(at *hand, j *job, r Result, again bool) {
	c.f.mu.Lock()
	defer c.f.mu.Unlock()
	c.running--
	if again {
		c.most[at.server] = max(1, min(c.most[at.server], c.busy[at.server])-1)
		c.waiting[at.server] = append(c.waiting[at.server], j)
	} else {
		if c.canary > 0 && r.State != Current && r.State != Newer {
			c.canary--
		}
		c.f.finish(j.at, r)
	}
	c.ready.Broadcast()
}

// hand is one worker with what it holds.
type hand struct {
	crew   *crew
	server string
	holds  bool // a place of the server
	worker *migrate.Worker
	opt    *migrate.Options // of the worker
	target string           // for events
}

// release gives back the connection, and the place.
func (h *hand) release() {
	if h.worker != nil {
		h.worker.Release(h.crew.ctx)
	}
	h.crew.f.mu.Lock()
	defer h.crew.f.mu.Unlock()
	if h.holds {
		h.holds = false
		h.crew.busy[h.server]--
		h.crew.ready.Broadcast()
	}
}

const (
	noConnection = "53300" // too_many_connections
	mostTries    = 20
)

// do has one job done. again is a server that had no connection free.
func (h *hand) do(j *job) (r Result, again bool) {
	f := h.crew.f
	begin := time.Now()
	r = Result{Target: migrate.Redact(j.Name), State: Current}
	ctx := h.crew.ctx
	if f.opt.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, f.opt.Timeout, errTimeout)
		defer cancel()
	}
	h.target = j.Name
	err := h.open(ctx, j, &r)
	r.Duration = time.Since(begin)
	if err == nil {
		return r, false
	}
	if migrate.ErrorCode(err) == noConnection && j.tries < mostTries && ctx.Err() == nil {
		h.worker.Release(ctx)
		pause := time.NewTimer(min(50*time.Millisecond<<min(j.tries, 5), time.Second))
		defer pause.Stop()
		j.tries++
		select {
		case <-pause.C:
			return r, true
		case <-ctx.Done():
		}
	}
	if context.Cause(ctx) == errTimeout {
		err = fmt.Errorf("%w: %w", errTimeout, err)
	}
	r.Err, r.State = redacted{err}, stateOf(err)
	return r, false
}

// open opens the database of a job, has the verb done, and closes what it has opened.
func (h *hand) open(ctx context.Context, j *job, r *Result) (err error) {
	f := h.crew.f
	if h.worker == nil {
		opt := f.opt.Migrate
		opt.Progress = nil
		if f.opt.Event != nil {
			opt.Progress = func(e migrate.Event) {
				f.mu.Lock()
				defer f.mu.Unlock()
				f.opt.Event(h.target, e)
			}
		}
		if h.worker, err = migrate.NewWorker(f.set, &opt); err != nil {
			return err
		}
		h.opt = &opt
	}
	if b := f.opt.Migrate.Backup; b != nil { // one directory has those of all
		h.opt.Backup = &migrate.Backup{Dir: b.Dir, URL: cmp.Or(j.address, b.URL), Name: cmp.Or(b.Name, j.Name)}
	}
	db := j.DB
	if db == nil {
		if db, err = j.Open(ctx); err != nil {
			return err
		}
		defer func() {
			h.worker.Release(ctx)
			if end := db.Close(); err == nil && r.State != Changed {
				err = end
			}
		}()
	}
	if j.Schema != "" && f.deep { // what is not there differs in nothing from what is expected of it
		if there, err := h.there(ctx, db, j); err != nil || !there {
			return absent(r, err)
		}
	}
	m, err := h.worker.Migrator(db, j.Dialect)
	if err != nil {
		return err
	}
	err = f.do(ctx, m, r)
	missing := new(migrate.NoSchemaError)
	switch {
	case j.Schema == "" || r.Version != "":
		return err
	case errors.As(err, &missing):
	case err == nil && r.State == Behind: // nothing was read, so nothing may be there
		if there, look := h.there(ctx, db, j); look != nil || there {
			return look
		}
		return absent(r, nil)
	default:
		return err
	}
	d, ok := j.Dialect.(migrate.SchemaDialect)
	if !ok || !f.opt.CreateSchemas {
		return errAbsent
	}
	h.worker.Release(ctx)
	if err := d.CreateSchema(ctx, db); err != nil {
		return err
	}
	if m, err = h.worker.Migrator(db, j.Dialect); err != nil {
		return err
	}
	return f.do(ctx, m, r)
}

// absent is the answer about a schema that is not there, where that is no failure.
func absent(r *Result, err error) error {
	if err == nil {
		r.State, r.Pending, r.Plan = Absent, nil, nil
	}
	return err
}

// there reports whether the schema of a job is there, without a second connection.
func (h *hand) there(ctx context.Context, db *sql.DB, j *job) (bool, error) {
	d, ok := j.Dialect.(migrate.SchemaDialect)
	if !ok {
		return true, nil
	}
	h.worker.Release(ctx)
	return d.HasSchema(ctx, db)
}
