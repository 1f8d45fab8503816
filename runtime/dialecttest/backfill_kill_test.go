package dialecttest_test

import (
	"math/rand/v2"
	"strconv"
	"testing"

	"github.com/modelgen/modelgen/internal/faultproxy"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/postgres"
	"github.com/modelgen/modelgen/runtime/schema"
	"github.com/modelgen/modelgen/runtime/sqlite"
)

// What children are told to run, see faultSets.
var _ = func() bool {
	faultSets["backfill"] = backfillKillSet
	return true
}()

// backfillKillSet fills two columns, one in SQL and one in Go, on the way to NOT NULL.
func backfillKillSet() *migrate.Set {
	return fillSet([]migrate.Op{
		migrate.Fill{Table: "items", Column: "title", Expr: "upper(name)"},
		slugs(nil),
		migrate.AlterColumn{Table: "items", From: schema.Text("slug").Null(), To: schema.Text("slug")},
	})
}

// backfillSize has enough rows for the kills, of which each lets some batches pass.
func backfillSize() (kills, rows int) {
	kills = size(12, 50)
	return kills, 1000 * kills
}

// backfillWhole checks that every row was filled, once for each column.
func backfillWhole(r *runner, rows int) {
	r.t.Helper()
	r.wants(rows, "SELECT count(*) FROM items WHERE title = upper(name) AND slug = lower(name)")
	r.wants(rows, "SELECT count(*) FROM (SELECT id FROM log GROUP BY id HAVING count(*) = 2) x")
	r.wants(2*rows, "SELECT count(*) FROM log")
	r.fillNow(backfillKillSet())
}

// TestFault26KilledBackfill kills a process at random places of its batches: nothing is lost, and nothing done twice.
func TestFault26KilledBackfill(t *testing.T) {
	most, rows := backfillSize()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		d := newLite(t)
		r := &runner{t: t, db: d.db, dialect: sqlite.Dialect{}}
		fillStart(r, rows)
		at := rand.New(rand.NewPCG(1, 2))
		kills := 0
		for ; ; kills++ {
			k := -1 // it may run to its end
			if kills < most {
				k = 4 + at.IntN(7)
			}
			p := faultStart(t, faultDriver, "sqlite", faultURL, "file:"+d.path, faultSet, "backfill", faultKill, kill(k))
			if code := p.wait(); code == 0 {
				break
			} else if code != faultKilled {
				t.Fatalf("the child ended with %d: %s", code, p.errs.String())
			}
		}
		if kills < most {
			t.Errorf("only %d kills: too few rows", kills)
		}
		backfillWhole(r, rows)
	})
	faultEach(t, func(t *testing.T, f *faultPG) {
		r := &runner{t: t, db: f.db, dialect: postgres.Dialect{}, url: f.url}
		fillStart(r, rows)
		backfillKilled(f, "backfill", most)
		backfillWhole(r, rows)
	})
}

// backfillKilled runs a set in processes that are killed, each of them somewhere else, until one comes to its end.
func backfillKilled(f *faultPG, set string, most int) {
	f.t.Helper()
	at := rand.New(rand.NewPCG(3, 4))
	kills := 0
	for ; ; kills++ {
		p := f.child(set, "up")
		if kills < most {
			point := []faultproxy.Point{faultproxy.Answered, faultproxy.Sent}[at.IntN(2)]
			fault := f.proxy.Inject(faultproxy.Fault{Skip: 4 + at.IntN(9), At: point, Do: p.kill})
			defer fault.Remove()
		}
		p.start()
		if code := p.wait(); code == 0 {
			break
		} else if code != faultKilled {
			f.t.Fatalf("the child ended with %d: %s", code, p.errs.String())
		}
		f.alone()
	}
	if kills < most {
		f.t.Errorf("only %d kills: too few rows", kills)
	}
}

func kill(k int) string {
	if k < 0 {
		return ""
	}
	return strconv.Itoa(k)
}
