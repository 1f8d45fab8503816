package pgtest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// Replicated starts a server and a hot standby that streams from it, for the test alone, and returns the URLs of their superusers. The standby has settings of
// its own, each as name=value. Where PostgreSQL is not installed the test is skipped, and says that nothing was tried.
func Replicated(t testing.TB, settings ...string) (primary, standby string) {
	t.Helper()
	bin, err := findBin()
	if err == nil {
		_, err = os.Stat(filepath.Join(bin, "pg_basebackup"))
	}
	if err != nil {
		t.Skipf("nothing was tried on a streaming replica, as there is no PostgreSQL with pg_basebackup to start: %v", err)
	}
	who, err := unprivileged()
	if err != nil {
		t.Fatal(err)
	}
	dir := func() string {
		d, err := os.MkdirTemp(baseDir(who), "modelgen-pg-")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { os.RemoveAll(d) })
		if err := who.own(d); err != nil {
			t.Fatal(err)
		}
		return d
	}
	sends := []string{"wal_level=replica", "max_wal_senders=4", "synchronous_commit=on", "full_page_writes=on"}
	first, err := start(bin, dir(), who, sends...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(first.Stop)
	copied := dir()
	base := exec.Command(filepath.Join(bin, "pg_basebackup"), "-D", filepath.Join(copied, "data"), "-R", "-d", first.URL, "-c", "fast", "--no-sync")
	base.Dir, base.Env = copied, cleanEnv()
	who.run(base)
	if out, err := base.CombinedOutput(); err != nil {
		t.Fatal(fmt.Errorf("pg_basebackup: %w: %s", err, tail(out)))
	}
	second, err := launch(bin, copied, first.password, who, append(sends, settings...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(second.Stop)
	return first.URL, second.URL
}
