package main

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/modelgen/modelgen/internal/pgtest"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/sqlite"
)

// BenchmarkAdopt takes over 1,000 tables of ten columns: at most 3 s from PostgreSQL, and 2 s from SQLite when the reader is built, whose part
// is read here by the driver of the test. sys-MB is what the process
// has taken from the system, in megabytes.
func BenchmarkAdopt(b *testing.B) {
	const columns = "a text NOT NULL, b varchar(50) UNIQUE, c integer CHECK (c > 0), d timestamp NOT NULL, e numeric(10,2), f boolean, g text, h text"
	script := func(id string) string {
		var s strings.Builder
		for i := range 1000 {
			fmt.Fprintf(&s, "CREATE TABLE t%d (id %s PRIMARY KEY, %s, p bigint REFERENCES t%d);\nCREATE INDEX t%d_p ON t%d (p, a DESC);\n", i, id, columns, max(0, i-1), i, i)
		}
		return s.String()
	}
	b.Run("postgres", func(b *testing.B) {
		url := pgtest.Database(b)
		psqlScript(b, url, script("bigserial"))
		adoptOften(b, func() string { return url })
	})
	b.Run("sqlite", func(b *testing.B) {
		db, err := sql.Open("sqlite", "file:"+filepath.Join(b.TempDir(), "app.db"))
		if err != nil {
			b.Fatal(err)
		}
		defer db.Close()
		if _, err := db.Exec(script("integer")); err != nil {
			b.Fatal(err)
		}
		file := filepath.Join(b.TempDir(), "inspected.json")
		adoptOften(b, func() string {
			in, err := migrate.Inspect(b.Context(), db, sqlite.Dialect{}, migrate.InspectOptions{})
			if err != nil {
				b.Fatal(err)
			}
			data, err := json.Marshal(in)
			if err == nil {
				err = os.WriteFile(file, data, 0o600)
			}
			if err != nil {
				b.Fatal(err)
			}
			return file
		})
	})
}

// adoptOften adopts into a new module each time. from returns the operand, and reads what has to be read for it.
func adoptOften(b *testing.B, from func() string) {
	m := newModule(b)
	for _, e := range m.env {
		name, value, _ := strings.Cut(e, "=")
		b.Setenv(name, value)
	}
	for b.Loop() {
		dir := b.TempDir()
		for name, data := range map[string][]byte{"go.mod": m.mod, "go.sum": m.sum} {
			if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
				b.Fatal(err)
			}
		}
		var out, problems bytes.Buffer
		if code := run(b.Context(), env{dir: dir, stdout: &out, stderr: &problems}, []string{"adopt", from()}); code != 0 {
			b.Fatalf("exit %d\n%s", code, problems.String())
		}
	}
	var mem runtime.MemStats
	runtime.ReadMemStats(&mem)
	b.ReportMetric(float64(mem.Sys)/1e6, "sys-MB")
}
