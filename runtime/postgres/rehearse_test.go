package postgres

import (
	"errors"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

func TestWithDatabase(t *testing.T) {
	for address, want := range map[string]string{
		"":                        "dbname='copy'",
		"shop":                    "dbname='copy'",
		"postgres://shop@db/shop": "postgres://shop@db/copy",
		"postgres://shop:p%2Fw@db:5433/shop?sslmode=disable&dbname=x": "postgres://shop:p%2Fw@db:5433/copy?sslmode=disable",
		"postgresql://db": "postgresql://db/copy",
		"postgres://a,b:2/shop?target_session_attrs=read-write": "postgres://a,b:2/copy?target_session_attrs=read-write",
		"postgres:///shop?host=/run/postgresql":                 "postgres:///copy?host=/run/postgresql",
		"host=db user='it''s' dbname=shop":                      "host=db user='it''s' dbname=shop dbname='copy'",
	} {
		if got := withDatabase(address, "copy"); got != want {
			t.Errorf("%s: %s, want %s", address, got, want)
		}
	}
}

// Statistics are dumped from 18 on, where the words for it are others.
func TestDumpArgs(t *testing.T) {
	if old := dumpArgs(17, "s", "f"); !slices.Contains(old, "--schema-only") || slices.Contains(old, "--statistics") {
		t.Error(old)
	}
	if now := dumpArgs(18, "s", "f"); slices.Contains(now, "--schema-only") || !slices.Contains(now, "--statistics") || !slices.Contains(now, "--no-data") {
		t.Error(now)
	}
}

// What reaches other servers is left out, and what only a superuser can make.
func TestRestorable(t *testing.T) {
	const list = "; Archive\n201; 1418 16999 USER MAPPING - USER MAPPING me SERVER far me\n202; 1259 16400 TABLE public users me\n203; 3466 16401 EVENT TRIGGER - watch me\n204; 6100 16402 SUBSCRIPTION - sub me\n"
	const table = "; Archive\n202; 1259 16400 TABLE public users me\n"
	if got, events := restorable(list, false, true); got != table || !events {
		t.Errorf("%t %s", events, got)
	}
	if got, events := restorable(list, true, true); events || got != table+"203; 3466 16401 EVENT TRIGGER - watch me\n" {
		t.Errorf("%t %s", events, got)
	}
}

// What could not be taken back is not made in a database that was there before.
func TestRestorableStays(t *testing.T) {
	const table = "202; 1259 16400 TABLE public users me\n203; 0 0 ACL public TABLE users me\n204; 0 0 COMMENT public TABLE users me\n"
	const list = table + "205; 826 16450 DEFAULT ACL public DEFAULT PRIVILEGES FOR TABLES me\n206; 0 0 ACL - SCHEMA public pg_database_owner\n207; 0 0 COMMENT - SCHEMA public pg_database_owner\n"
	if got, _ := restorable(list, true, false); got != table {
		t.Error(got)
	}
	if got, _ := restorable(list, true, true); got != list {
		t.Error(got)
	}
}

// The values of rows in the messages of COPY are not told; a setting that an older server does not know is no error.
func TestRestoreError(t *testing.T) {
	failed := exec.Command("sh", "-c", "exit 1").Run()
	const unknown = "pg_restore: error: could not execute query: ERROR:  unrecognized configuration parameter \"transaction_timeout\"\nCommand was: SET transaction_timeout = 0;\n\n"
	if err := restoreError(t.Context(), failed, []byte(unknown+"pg_restore: warning: errors ignored on restore: 1\n")); err != nil {
		t.Error(err)
	}
	err := restoreError(t.Context(), failed, []byte(unknown+"pg_restore: error: COPY failed for table \"users\": ERROR:  invalid input syntax for type integer: \"secret\"\nCONTEXT:  COPY users, line 1: \"secret\"\n"))
	if err == nil || strings.Contains(err.Error(), "secret") || !strings.Contains(err.Error(), "COPY failed for table") {
		t.Error(err)
	}
	if err := restoreError(t.Context(), errors.New("killed"), nil); err == nil {
		t.Error("no error")
	}
}

func TestLockMode(t *testing.T) {
	for mode, want := range map[string]string{"AccessExclusiveLock": "ACCESS EXCLUSIVE", "ShareUpdateExclusiveLock": "SHARE UPDATE EXCLUSIVE", "ShareLock": "SHARE"} {
		if got := lockMode(mode); got != want {
			t.Errorf("%s: %s", mode, got)
		}
	}
}
