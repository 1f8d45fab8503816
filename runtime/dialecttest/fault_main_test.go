package dialecttest_test

// The fault tests. Their numbers are those of this list, which says what must come of each fault:
//
//	 1 killed before BEGIN                       no trace
//	 2 killed after DDL, before the history      rolled back
//	 3 killed after the history, before COMMIT   rolled back
//	 4 connection lost after COMMIT was sent     the history tells; Up succeeds when it went through
//	 5 backend terminated in DDL                 error, and running again finishes
//	 6 server crashes between stages             goes on at the stage that it had reached
//	 7 killed in CREATE INDEX CONCURRENTLY       the next run waits for the server, and finds the index
//	 8 backend terminated in it                  an index that is not valid is dropped and built again
//	 9 duplicates in it                          error with the key, no index left, running again works
//	10 lock held for several lock timeouts       tried again, without keeping the application out
//	11 lock never given back                     an error after the budget, nothing changed
//	12 tiny statement_timeout at the role        overridden
//	13 tiny idle timeouts at the role            overridden, the lock survives
//	14 several processes, fresh database         each migration once, all succeed
//	15 the same with CONCURRENTLY, by hand       no deadlock
//	16 pooler in transaction mode                transactions are whole, no lock stays behind
//	17 an idle session blocks an index           waits, names it, keeps to the deadline
//	18 applied migration edited                  stops before any DDL
//	19 applied migration deleted                 stops; reading goes on
//	20 migration inserted in the middle          stops
//	21 two heads                                 an error of the set
//	22 older program on a newer database         may run, must not change it
//	23 history gone, tables there                refuses
//	24 history changed by hand                   stops
//	25 clock of the server goes back             no effect
//	26 backfill killed at a batch                as in one go, no row twice
//	27 rows inserted during a backfill           it ends
//	28 row locked during a backfill              tried again, not skipped
//	29 replica lag during a backfill             pauses, goes on
//	30 enum value added and used                 separate transactions
//	31 deadlock                                  tried again
//	32 disk full                                 stops, no storm of retries
//	33 read-only                                 clear error
//	34 lacking privilege                         clear error, nothing changed
//	35 SIGTERM, cancelled context                clean exit, resumable
//	36 two SIGTERM                               dies, resumable
//	37 panic in a Go step                        rolled back, state kept
//	38 SQLite killed anywhere in a rebuild       as if never killed
//	39 SQLite cannot switch foreign keys off     stops before DDL
//	40 NULL written before the check             filled again behind the check, else named
//	41 drift: an object has another definition   an error, never skipped
//	42 history row written by somebody else      the loser reads again and succeeds
//
// Left out: of 19 and 22 the floor of compatibility, and of 33 a real standby. 29 is a function that says that the replica lags: a real one is
// not there either.

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/cli"
	"github.com/modelgen/modelgen/runtime/postgres"
	"github.com/modelgen/modelgen/runtime/sqlite"
)

// What a child is told, in its environment.
const (
	faultDriver = "MODELGEN_FAULT_DRIVER" // makes the test binary a child: it runs one verb, as the program of a user would
	faultURL    = "MODELGEN_FAULT_URL"
	faultSet    = "MODELGEN_FAULT_SET"
	faultVerb   = "MODELGEN_FAULT_VERB"
	faultKill   = "MODELGEN_FAULT_KILL" // the statement before which it kills itself
)

// faultSets are the sets that children can be told to run. They are functions since sets are compared by name alone.
var faultSets = map[string]func() *migrate.Set{
	"postgres":       faultPostgresSet,
	"objects":        faultObjectsSet,
	"sqlite":         faultSQLiteSet,
	"sqlite objects": faultLiteObjectsSet,
	"waiting":        faultWaitingSet,
	"stubborn":       faultStubbornSet,
	"altering":       faultAlteringSet,
	"index":          faultIndexSet,
	"concurrent":     faultConcurrentSet,
	"logged":         faultLoggedSet,
}

// full makes the tests of all places and of random ops as long as they are in make random: a part of them finds what a change has broken, and all
// of them what nobody has thought of.
var full = flag.Bool("full", false, "run the random tests, and those that go through all places, at their full sizes")

// turn reports whether i belongs to the share that this test has of a sweep: share of so many. The tests that go through the same places in several
// ways, such as with each driver, divide the places, or some of them, among them in make test, and have all of them in make random.
func turn(i, share, of int) bool { return *full || i%of == share }

// size is how often a random test does what it does.
func size(part, all int) int {
	if *full {
		return all
	}
	return part
}

func TestMain(m *testing.M) {
	if os.Getenv(faultDriver) != "" {
		os.Exit(faultChild())
	}
	os.Exit(m.Run())
}

// faultChild is a program that migrates.
func faultChild() int {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	context.AfterFunc(ctx, func() {
		stop()
		fmt.Println("stopping")
	})
	if os.Getenv(faultFleet) != "" {
		return fleetChild(ctx, os.Getenv(faultDriver), os.Getenv(faultURL))
	}
	var db *sql.DB
	var dialect migrate.Dialect = postgres.Dialect{}
	var err error
	if driver := os.Getenv(faultDriver); driver == "sqlite" {
		dialect = sqlite.Dialect{}
		db = sql.OpenDB(faultKiller(os.Getenv(faultURL), os.Getenv(faultKill)))
	} else {
		db, err = sql.Open(driver, os.Getenv(faultURL))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 3
	}
	return cli.Command{DB: db, Dialect: dialect, Set: faultSets[os.Getenv(faultSet)](), Options: faultPatient()}.Run(ctx, strings.Fields(os.Getenv(faultVerb)))
}

// faultPatient waits longer for locks than any test takes: on a busy machine nothing may depend on a moment more or less.
func faultPatient() *migrate.Options {
	return &migrate.Options{LockWait: 5 * time.Minute, LockTimeout: 5 * time.Minute}
}

// faultProcess is a running child.
type faultProcess struct {
	t       *testing.T
	cmd     *exec.Cmd
	out     *bufio.Reader
	errs    bytes.Buffer
	started chan struct{}
}

// faultStart starts a child. Every pair is a variable of its environment.
func faultStart(t *testing.T, env ...string) *faultProcess {
	t.Helper()
	p := faultPrepare(t, env...)
	p.start()
	return p
}

func faultPrepare(t *testing.T, env ...string) *faultProcess {
	t.Helper()
	p := &faultProcess{t: t, started: make(chan struct{})}
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	p.cmd = exec.Command(exe)
	p.cmd.Env = append(os.Environ(), faultVerb+"=up")
	for pair := range slices.Chunk(env, 2) {
		p.cmd.Env = append(p.cmd.Env, pair[0]+"="+pair[1])
	}
	p.cmd.Stderr = &p.errs
	return p
}

func (p *faultProcess) start() {
	p.t.Helper()
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		p.t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	close(p.started)
	p.out = bufio.NewReader(out)
	p.t.Cleanup(func() { // for a test that ends early
		if p.cmd.ProcessState == nil {
			_ = p.cmd.Process.Kill()
			_ = p.cmd.Wait()
		}
	})
}

// kill is kill -9, also from a goroutine that was there before the process was.
func (p *faultProcess) kill() {
	<-p.started
	_ = p.cmd.Process.Kill()
}

func (p *faultProcess) signal(s os.Signal) {
	p.t.Helper()
	if err := p.cmd.Process.Signal(s); err != nil {
		p.t.Fatal(err)
	}
}

// says waits until the child has printed the line.
func (p *faultProcess) says(want string) {
	p.t.Helper()
	for {
		line, err := p.out.ReadString('\n')
		if strings.TrimSpace(line) == want {
			return
		}
		if err != nil {
			p.t.Fatalf("the child ended without %q: %s", want, p.errs.String())
		}
	}
}

// faultKilled is the exit status of a process that a signal ended.
const faultKilled = -1

// wait returns the exit status.
func (p *faultProcess) wait() int {
	p.t.Helper()
	_, _ = io.Copy(io.Discard, p.out)
	var exit *exec.ExitError
	if err := p.cmd.Wait(); err != nil && !errors.As(err, &exit) {
		p.t.Fatal(err)
	}
	return p.cmd.ProcessState.ExitCode()
}

// succeeds wants the exit status 0.
func (p *faultProcess) succeeds() {
	p.t.Helper()
	if code := p.wait(); code != 0 {
		p.t.Fatalf("the child ended with %d: %s", code, p.errs.String())
	}
}

// faultUntil asks again until the answer is yes. There is no other way to know what a server is waiting for.
func faultUntil(t *testing.T, what string, yes func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); !yes(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("after a minute it is still not so that %s", what)
		}
	}
}

// faultUp runs Up in this process.
func faultUp(t *testing.T, db *sql.DB, d migrate.Dialect, set *migrate.Set) {
	t.Helper()
	if _, err := faultMigrator(t, db, d, set, faultPatient()).Up(t.Context()); err != nil {
		t.Fatalf("running again: %v", err)
	}
}

func faultMigrator(t *testing.T, db *sql.DB, d migrate.Dialect, set *migrate.Set, opt *migrate.Options) *migrate.Migrator {
	t.Helper()
	m, err := migrate.New(db, d, set, opt)
	if err != nil {
		t.Fatal(err)
	}
	return m
}
