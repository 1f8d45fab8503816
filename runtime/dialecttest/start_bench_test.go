package dialecttest_test

import (
	"context"
	"database/sql"
	"fmt"
	"testing"

	migrate "github.com/modelgen/modelgen/runtime"
)

// stated is a set as the list of a project makes it, whose fingerprint says what its migrations come to.
func stated(n int) *migrate.Set {
	all := benchSet(n).Migrations()
	hashes := map[string]string{}
	for _, m := range all {
		hashes[m.Name] = migrate.HashOps(m.Ops)
	}
	sum := migrate.FingerprintOf(hashes)
	return migrate.NewSet("bench", all...).Fingerprint(sum)
}

// BenchmarkStart measures the start of a program with nothing to do: New and Up. Beside it is the query alone, and Status beside reading the rows.
func BenchmarkStart(b *testing.B) {
	for _, d := range benchDatabases() {
		for _, n := range []int{10, 1000, 10000} {
			set := stated(n)
			db := d.open(b)
			m, err := migrate.New(db, d.dialect, set, nil)
			if err != nil {
				b.Fatal(err)
			}
			if _, err := m.Fake(context.Background(), set.Head().Name); err != nil {
				b.Fatal(err)
			}
			set = stated(n) // of which nothing was asked yet
			b.Run(fmt.Sprintf("%s/up/%d", d.name, n), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					up(b, db, d.dialect, set)
				}
			})
			b.Run(fmt.Sprintf("%s/query/%d", d.name, n), func(b *testing.B) {
				for b.Loop() {
					var name, digest string
					if err := db.QueryRow("SELECT name, digest FROM modelgen_history WHERE "+map[string]string{"sqlite": "+"}[d.name]+"\"set\" = 'bench' ORDER BY id DESC LIMIT 1").Scan(&name, &digest); err != nil {
						b.Fatal(err)
					}
				}
			})
			b.Run(fmt.Sprintf("%s/status/%d", d.name, n), func(b *testing.B) {
				for b.Loop() {
					m, err := migrate.New(db, d.dialect, set, nil)
					if err != nil {
						b.Fatal(err)
					}
					if st, err := m.Status(context.Background()); err != nil || len(st.Entries) != n {
						b.Fatal(len(st.Entries), err)
					}
				}
			})
			b.Run(fmt.Sprintf("%s/rows/%d", d.name, n), func(b *testing.B) {
				for b.Loop() {
					rows, err := db.Query("SELECT * FROM modelgen_history WHERE \"set\" = 'bench' ORDER BY id")
					if err != nil {
						b.Fatal(err)
					}
					var r migrate.Record
					var cursor, by, tool, code, module sql.NullString
					var started, finished any
					var took sql.NullInt64
					for rows.Next() {
						if err := rows.Scan(&r.ID, &r.Set, &r.Name, &r.Hash, &r.Digest, &r.State, &r.Stage, &cursor, &started, &finished, &took, &by, &tool, &code, &module); err != nil {
							b.Fatal(err)
						}
					}
					if err := rows.Close(); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
