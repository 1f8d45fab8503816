package main

import (
	"testing"

	"github.com/modelgen/modelgen/example/migrations"
	"github.com/modelgen/modelgen/internal/pgtest"
	"github.com/modelgen/modelgen/runtime/migratetest"
)

// TestMigrations takes the migrations up, down and up again, on each database.
func TestMigrations(t *testing.T) {
	for name, url := range map[string]func(t *testing.T) string{
		"sqlite":   func(*testing.T) string { return "" },
		"postgres": func(t *testing.T) string { return pgtest.Database(t) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Chdir(t.TempDir()) // for the file of SQLite
			db, dialect, err := open(url(t))
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			migratetest.Test{DB: db, Dialect: dialect, Set: migrations.All, Reversible: true}.Run(t)
		})
	}
}
