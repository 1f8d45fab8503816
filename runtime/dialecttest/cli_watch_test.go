package dialecttest_test

import (
	"bufio"
	"context"
	"database/sql"
	"encoding/json"
	"io"
	"os"
	"strings"
	"syscall"
	"testing"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/cli"
	"github.com/modelgen/modelgen/runtime/postgres"
)

// watching is a status -watch that goes on.
type watching struct {
	t     *testing.T
	lines *bufio.Scanner
	end   func() (status int) // as a signal does
}

func watchStart(t *testing.T, db *sql.DB, dialect migrate.Dialect, set *migrate.Set, flags ...string) *watching {
	t.Helper()
	out, in := io.Pipe()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan int, 1)
	go func() {
		ended <- cli.Command{DB: db, Dialect: dialect, Set: set, Stdout: in, Stderr: in, Name: "app"}.Run(ctx, append([]string{"status", "-watch", "-interval", "5ms"}, flags...))
		in.Close()
	}()
	return &watching{t, bufio.NewScanner(out), func() int {
		cancel()
		_, _ = io.Copy(io.Discard, out)
		return <-ended
	}}
}

// says wants that the next lines begin so.
func (w *watching) says(prefixes ...string) {
	w.t.Helper()
	for _, p := range prefixes {
		if !w.lines.Scan() {
			w.t.Fatalf("the end, and not %q", p)
		}
		if !strings.HasPrefix(w.lines.Text(), p) {
			w.t.Fatalf("%q, and not %q", w.lines.Text(), p)
		}
	}
}

// TestWatch: in a pipe all is printed once, and then each change is a line; the end is no error.
func TestWatch(t *testing.T) {
	runners(t, func(r *runner) {
		set := migrate.NewSet("shop", chain(makes("one"), makes("two"), adds("one", "a"))...)
		w := watchStart(r.t, r.db, r.dialect, set)
		w.says("shop: 0 applied, 3 pending", "  pending  0001_a", "  pending  0002_b", "  pending  0003_c")
		r.to(set, "0001", "0001_a")
		w.says("applied  0001_a  20")
		r.to(set, "0002", "0002_b")
		w.says("applied  0002_b  20")
		r.to(set, "0001", "undone 0002_b")
		w.says("pending  0002_b")
		if status := w.end(); status != 0 {
			r.t.Errorf("it ends with %d", status)
		}
		w = watchStart(r.t, r.db, r.dialect, migrate.NewSet("shop", chain(makes("one"))...), "-json")
		for _, want := range []string{"applied", "unknown"} {
			var st struct {
				Migrations []struct{ Migration, State string }
			}
			if !w.lines.Scan() || json.Unmarshal(w.lines.Bytes(), &st) != nil || st.Migrations[len(st.Migrations)-1].State != want {
				r.t.Fatalf("%q: not %s", w.lines.Text(), want)
			}
			if want == "applied" {
				r.to(set, "0002", "0002_b")
			}
		}
		if status := w.end(); status != 0 {
			r.t.Errorf("-json: it ends with %d", status)
		}
		r.prints(set, "status -watch -interval -1s", 2, "", "migrate: status -interval -TOOK: it is longer than nothing\n")
		r.prints(set, "status -interval 1s", 2, "", "migrate: status: -interval goes with -watch\n")
	})
}

// TestWatchLost: a database that is away is said once, waited for, and said to be there again; without one at the beginning there is nothing to watch.
func TestWatchLost(t *testing.T) {
	faultEach(t, func(t *testing.T, f *faultPG) {
		set := migrate.NewSet("shop", chain(makes("one"), makes("two"))...)
		db := f.through()
		w := watchStart(t, db, postgres.Dialect{}, set)
		w.says("shop: 0 applied, 2 pending", "  pending  0001_a", "  pending  0002_b")
		away := func() {
			f.proxy.Refuse(true)
			f.proxy.Cut()
			w.says("app: ")
			if text := w.lines.Text(); !strings.HasSuffix(text, "; it is asked again every 5ms") {
				t.Errorf("it says %q", text)
			}
		}
		away()
		f.up(set)
		f.proxy.Refuse(false)
		w.says("app: the database answers again", "applied  0001_a", "applied  0002_b")
		away()
		if status := w.end(); status != 2 {
			t.Errorf("without an answer it ends with %d", status)
		}
		w = watchStart(t, db, postgres.Dialect{}, set)
		w.says("app: ")
		if status := w.end(); status != 2 {
			t.Errorf("without an answer at the beginning it ends with %d", status)
		}
	})
}

// TestWatchSignals: SIGINT and SIGTERM end it with 0.
func TestWatchSignals(t *testing.T) {
	faultEach(t, func(t *testing.T, f *faultPG) {
		for _, s := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
			p := f.child("postgres", "status -watch -interval 1h")
			p.start()
			if _, err := p.out.ReadString('\n'); err != nil {
				t.Fatal(err)
			}
			p.signal(s)
			if _, err := io.Copy(io.Discard, p.out); err != nil {
				t.Fatal(err)
			}
			if err := p.cmd.Wait(); err != nil || p.errs.Len() > 0 {
				t.Errorf("%v: %v, %s", s, err, &p.errs)
			}
		}
	})
}
