package law

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"sync"
	"testing"

	"github.com/modelgen/modelgen/internal/faultproxy"
	"github.com/modelgen/modelgen/internal/pgtest"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/postgres"
	"github.com/modelgen/modelgen/runtime/sqlite"
)

// cutter opens a database twice: one handle of which a statement fails when it is told so, and one that is whole.
type cutter struct {
	open func(ctx context.Context) (whole, cut *sql.DB, d migrate.Dialect, remove func(), err error)
	// at lets the statement fail that comes behind so many; done takes that back and reports whether it has failed.
	at   func(k int)
	done func() bool
}

// cutRows takes pairs up and down, with a cut at each statement on both ways; run again, all is as if nothing had happened.
func cutRows(t *testing.T, be Backend, c cutter, seeds uint64) {
	for seed := *first; seed < *first+seeds; seed++ {
		for k := 0; ; k++ {
			cut, err := cutPair(t.Context(), be, c, seed, k)
			if err != nil {
				t.Errorf("%s: seed %d cut at statement %d: %v", be.Name, seed, k, err)
			}
			if err != nil || !cut {
				break
			}
		}
	}
}

func cutPair(ctx context.Context, be Backend, c cutter, seed uint64, k int) (cut bool, err error) {
	l := newLookups(seed, be.Name)
	set, err := l.set(be.Can)
	if err != nil || set == nil {
		return false, err
	}
	whole, through, dialect, remove, err := c.open(ctx)
	if err != nil {
		return false, err
	}
	defer remove()
	migrator := func(db *sql.DB) *migrate.Migrator {
		m, err := migrate.New(db, dialect, set, nil)
		if err != nil {
			panic(err) // it is a good set
		}
		return m
	}
	d := &database{db: whole, dialect: dialect, m: migrator(whole)}
	if _, err := d.m.To(ctx, "0001_a"); err != nil {
		return false, err
	}
	if l.apps {
		if err := l.fill(ctx, d); err != nil {
			return false, err
		}
	}
	was, err := l.read(ctx, d, l.a)
	if err != nil {
		return false, err
	}
	for _, to := range []string{"0002_b", "0001_a"} {
		c.at(k)
		_, failed := migrator(through).To(ctx, to)
		happened := c.done()
		cut = cut || happened || failed != nil // a client may see the cut before it is noted
		if _, err := d.m.To(ctx, to); err != nil {
			return cut, fmt.Errorf("to %s, after %v: %w\n%s", to, failed, err, l.explain(set))
		}
		s, origin := l.b, func(p place) place { return l.columns[p] }
		if to == "0001_a" {
			s, origin = l.a, l.after
		}
		is, err := l.read(ctx, d, s)
		if err != nil {
			return cut, err
		}
		if err := l.holds(s, is, was, origin); err != nil {
			return cut, fmt.Errorf("at %s, after %v: %w\n%s", to, failed, err, l.explain(set))
		}
		was = is
	}
	return cut, nil
}

func TestRowsCutPostgres(t *testing.T) {
	base := pgtest.Database(t)
	proxy, err := faultproxy.New(base, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer proxy.Close()
	through := func(base, name string) (*sql.DB, error) {
		u, err := url.Parse(base)
		if err != nil {
			return nil, err
		}
		q := u.Query()
		q.Set("search_path", name)
		u.RawQuery = q.Encode()
		return sql.Open("postgres", u.String())
	}
	var fault *faultproxy.Injected
	c := cutter{at: func(k int) { fault = proxy.Inject(faultproxy.Fault{Skip: k, At: faultproxy.Answered, Do: proxy.Cut}) }}
	c.done = func() bool {
		fault.Remove()
		return fault.Happened()
	}
	c.open = func(ctx context.Context) (whole, cut *sql.DB, d migrate.Dialect, remove func(), err error) {
		whole, d, drop, err := onPostgres(base)(ctx)
		if err != nil {
			return nil, nil, nil, nil, err
		}
		if cut, err = through(proxy.URL(), d.(postgres.Dialect).Schema); err != nil {
			drop()
			return nil, nil, nil, nil, err
		}
		return whole, cut, d, func() { cut.Close(); drop() }, nil
	}
	cutRows(t, Backend{Name: "postgres", Can: postgres.Dialect{}.Capabilities()}, c, uint64(min(*pairs/20, 10)))
}

func TestRowsCutSQLite(t *testing.T) {
	var mu sync.Mutex
	left, failed := -1, false
	look := func() error {
		mu.Lock()
		defer mu.Unlock()
		if left < 0 {
			return nil
		}
		if left--; left >= 0 {
			return nil
		}
		failed = true
		return errors.New("cut")
	}
	c := cutter{at: func(k int) {
		mu.Lock()
		defer mu.Unlock()
		left, failed = k, false
	}}
	c.done = func() bool {
		mu.Lock()
		defer mu.Unlock()
		left = -1
		return failed
	}
	dir := t.TempDir()
	c.open = func(context.Context) (whole, cut *sql.DB, d migrate.Dialect, remove func(), err error) {
		dsn := "file:" + filepath.Join(dir, fmt.Sprint(number.Add(1))) + ".db?_pragma=foreign_keys(1)&_pragma=synchronous(0)"
		if whole, err = sql.Open("sqlite", dsn); err != nil {
			return nil, nil, nil, nil, err
		}
		cut = sql.OpenDB(failing{dsn, whole.Driver(), look})
		return whole, cut, sqlite.Dialect{}, func() { cut.Close(); whole.Close() }, nil
	}
	cutRows(t, Backend{Name: "sqlite", Can: sqlite.Dialect{}.Capabilities()}, c, uint64(min(*pairs/5, 50)))
}

// failing opens connections that ask before each statement that writes whether it fails.
type failing struct {
	dsn    string
	driver driver.Driver
	look   func() error
}

func (f failing) Connect(context.Context) (driver.Conn, error) {
	conn, err := f.driver.Open(f.dsn)
	return failingConn{conn, f.look}, err
}

func (f failing) Driver() driver.Driver { return f.driver }

type failingConn struct {
	driver.Conn
	look func() error
}

func (c failingConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	if err := c.look(); err != nil {
		return nil, err
	}
	return c.Conn.(driver.ExecerContext).ExecContext(ctx, query, args)
}

func (c failingConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	return c.Conn.(driver.QueryerContext).QueryContext(ctx, query, args)
}
