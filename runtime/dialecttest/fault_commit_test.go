package dialecttest_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/modelgen/modelgen/internal/faultproxy"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/postgres"
	"github.com/modelgen/modelgen/runtime/schema"
)

// faultDeaf loses requests to cancel too, as a network that fails does.
var faultDeaf = faultproxy.Options{Deaf: true}

// TestFault04LostCommitReply loses the answer to each COMMIT in turn, with a pool of one connection too, which must not wait for itself.
func TestFault04LostCommitReply(t *testing.T) {
	for name, conns := range map[string]int{"one connection": 1, "any": 0} {
		t.Run(name, func(t *testing.T) {
			faultEachWith(t, &faultDeaf, func(t *testing.T, f *faultPG) {
				set := faultPostgresSet()
				f.up(set)
				want := f.dump()
				for k := 0; ; k++ {
					f.empty()
					db := f.through()
					db.SetMaxOpenConns(conns)
					fault := f.proxy.Inject(faultproxy.Fault{Match: "COMMIT", Skip: k, At: faultproxy.Answered})
					_, err := faultMigrator(t, db, postgres.Dialect{}, set, faultPatient()).Up(t.Context())
					db.Close()
					if err != nil {
						t.Errorf("COMMIT %d went through, and there is an error: %v", k, err)
						f.up(set)
					}
					f.alone()
					if diff := cmp.Diff(want, f.dump()); diff != "" {
						t.Fatalf("COMMIT %d (-want +got):\n%s", k, diff)
					}
					if !fault.Happened() {
						fault.Remove()
						if k == 0 {
							t.Error("there was no COMMIT")
						}
						break
					}
				}
			})
		})
	}
}

// TestFault04LostCommit cuts the connection before the server has each COMMIT: the migration is not there, and nobody says it is.
func TestFault04LostCommit(t *testing.T) {
	faultEachWith(t, &faultDeaf, func(t *testing.T, f *faultPG) {
		set := faultPostgresSet()
		f.up(set)
		want := f.dump()
		for k := 0; ; k++ {
			f.empty()
			db := f.through()
			fault := f.proxy.Inject(faultproxy.Fault{Match: "COMMIT", Skip: k})
			_, err := faultMigrator(t, db, postgres.Dialect{}, set, faultPatient()).Up(t.Context())
			db.Close()
			f.alone()
			faultWhole(t, f.db, postgres.Dialect{}, set)
			if err != nil { // when it could find out by itself it may have gone on
				f.up(set)
				f.alone()
			}
			if diff := cmp.Diff(want, f.dump()); diff != "" {
				t.Fatalf("COMMIT %d, %v (-want +got):\n%s", k, err, diff)
			}
			if !fault.Happened() {
				fault.Remove()
				break
			}
		}
	})
}

// TestFault04SlowCommit loses the connection while COMMIT is at work and goes on for some time: who looks into the history at once does not
// find the migration, though it will be there.
func TestFault04SlowCommit(t *testing.T) {
	faultEachWith(t, &faultDeaf, func(t *testing.T, f *faultPG) {
		set := migrate.NewSet("fault", faultChain(
			[]migrate.Op{faultTable("people", schema.Text("name")), faultSQL(
				"CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_advisory_xact_lock(42); RETURN NULL; END'",
				"CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON people DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION slow()")},
			[]migrate.Op{faultSQL("INSERT INTO people VALUES (1, 'slow')")},
		)...)
		db := f.through()
		m := faultMigrator(t, db, postgres.Dialect{}, set, faultPatient())
		if _, err := m.To(t.Context(), "0001_step"); err != nil {
			t.Fatal(err)
		}
		release := f.blocker("SELECT pg_advisory_xact_lock(42)")
		fault := f.proxy.Inject(faultproxy.Fault{Match: "COMMIT", At: faultproxy.Sent})
		ended := make(chan error, 1)
		go func() {
			_, err := m.Up(t.Context())
			ended <- err
		}()
		<-fault.Done()
		f.is(strings.Replace(faultLeaked, "granted", "NOT granted", 1), "1")
		var err error
		returned := false
		faultUntil(t, "the runner looks at the history, or gives up", func() bool {
			select {
			case err = <-ended:
				returned = true
			default:
			}
			const looks = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'runner' AND query NOT IN ('', 'COMMIT')"
			return returned || len(pgRows(t, f.db, looks)) > 0
		})
		release()
		if !returned {
			err = <-ended
		}
		f.is("SELECT count(*) FROM people", "1")
		if err != nil && strings.Contains(err.Error(), "nothing of it was changed") {
			t.Errorf("it was committed, but the error says: %v", err)
		}
		f.up(set)
		pgWantRows(t, f.db, "SELECT name, state FROM modelgen_history ORDER BY id", "0001_step|done", "0002_step|done")
	})
}

// TestFault04ServerAway loses the answer to COMMIT, and then there is no server to ask.
func TestFault04ServerAway(t *testing.T) {
	faultEachWith(t, &faultDeaf, func(t *testing.T, f *faultPG) {
		set := faultAlteringSet()
		fault := f.proxy.Inject(faultproxy.Fault{Match: "COMMIT", At: faultproxy.Answered, Do: func() { f.proxy.Refuse(true) }})
		db := f.through()
		db.SetMaxOpenConns(1) // else the connection that was asked whether there is a pooler is still there to ask
		_, err := faultMigrator(t, db, postgres.Dialect{}, set, faultPatient()).Up(t.Context())
		<-fault.Done()
		if err == nil || strings.Contains(err.Error(), "nothing of it was changed") {
			t.Errorf("nobody knows whether it was committed, but it says: %v", err)
		}
		f.up(set)
		f.history("0001_step|done", "0002_step|done")
	})
}
