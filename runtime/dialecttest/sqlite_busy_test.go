package dialecttest_test

import (
	"sync"
	"testing"
	"time"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/sqlite"
)

// TestSQLiteStepByHandWaits: what a connection has before a step written by hand, and behind it, is read while another one writes, which keeps all others from
// reading without WAL. Then it is waited for.
func TestSQLiteStepByHandWaits(t *testing.T) {
	ctx := t.Context()
	d := newLite(t)
	d.run(liteTable("t", liteID()))
	d.exec("PRAGMA journal_mode = delete")
	writer, err := d.open().Conn(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer writer.Close()
	conn, err := d.open().Conn(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	var waited sync.Once
	told := false
	s, err := sqlite.Dialect{}.Open(ctx, conn, migrate.SessionConfig{History: "modelgen_history", Notify: func(e migrate.Event) {
		if e.Kind == migrate.EventWait {
			waited.Do(func() {
				told = true
				if _, err := writer.ExecContext(ctx, "ROLLBACK"); err != nil {
					t.Error(err)
				}
			})
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Lock(ctx, time.Minute); err != nil {
		t.Fatal(err)
	}
	if err := s.Bootstrap(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := writer.ExecContext(ctx, "BEGIN EXCLUSIVE"); err != nil {
		t.Fatal(err)
	}
	step := liteStage("VACUUM")
	step.NoTx, step.ByHand = true, true
	if err := s.Step(ctx, step, nil); err != nil {
		t.Error(err)
	}
	if !told {
		t.Error("nothing was waited for")
	}
}
