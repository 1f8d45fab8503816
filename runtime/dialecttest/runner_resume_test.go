package dialecttest_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// halfSet is a table, and a migration whose second step, outside any transaction, fails as long as there is no table called ready.
func halfSet(ops ...migrate.Op) *migrate.Set {
	m1 := &migrate.Migration{Name: "0001_a", Ops: []migrate.Op{faultTable("a"), faultTable("b")}}
	m2 := &migrate.Migration{Name: "0002_half", Parents: []*migrate.Migration{m1}, Ops: append(ops,
		migrate.AddColumn{Table: "a", Column: schema.Integer("x").Null()},
		migrate.SQL{Up: []string{"INSERT INTO ready VALUES (1)"}, NoDown: "it is a test", NoTx: true},
		migrate.AddColumn{Table: "b", Column: schema.Integer("y").Null()},
	)}
	m3 := &migrate.Migration{Name: "0003_c", Parents: []*migrate.Migration{m2}, Ops: []migrate.Op{faultTable("c")}}
	return migrate.NewSet("test", m1, m2, m3)
}

// half leaves 0002_half behind with its first step done, and the code of the error in the history.
func (r *runner) half() {
	r.t.Helper()
	res, err := r.migrator(halfSet()).Up(context.Background())
	r.does(res, nil, "0001_a")
	r.fails(err, "0002_half", "1 of its 3 stages are done")
	st, err := r.migrator(halfSet()).Status(context.Background())
	if err != nil {
		r.t.Fatal(err)
	}
	if rec := st.Entries[1].Record; rec == nil || rec.State != migrate.StateRunning || rec.Stage != 1 || rec.Error == "" {
		r.t.Errorf("the history says of it: %+v", rec)
	}
	if _, out, _ := r.command(halfSet(), "status"); !strings.Contains(out, "1 of 3 stages done, stopped by error ") {
		r.t.Errorf("status says %s", out)
	}
}

func TestRunnerResumes(t *testing.T) {
	runners(t, func(r *runner) {
		r.half()
		r.exec("CREATE TABLE ready (id integer)")
		r.up(halfSet(), "0002_half, 0003_c")
		r.exec("DROP TABLE ready")
		r.settled(halfSet())
		if n := r.count("SELECT count(*) FROM modelgen_history WHERE error <> ''"); n > 0 {
			r.t.Error("the code of the error is still there")
		}
	})
}

// What was done by hand can be recorded, also of a migration that stopped half way.
func TestRunnerFakesHalf(t *testing.T) {
	runners(t, func(r *runner) {
		r.half()
		r.exec("ALTER TABLE b ADD COLUMN y integer")
		res, err := r.migrator(halfSet()).Fake(context.Background(), "0002_half")
		r.does(res, err, "faked 0002_half")
		r.up(halfSet(), "0003_c")
		r.settled(halfSet())
	})
}

// The stages that are done must be those of this program.
func TestRunnerResumesOtherPlan(t *testing.T) {
	runners(t, func(r *runner) {
		r.half()
		r.exec(`UPDATE modelgen_history SET cursor = '{"plan":"0123456789abcdef"}' WHERE name = '0002_half'`)
		r.exec("CREATE TABLE ready (id integer)")
		_, err := r.migrator(halfSet()).Up(context.Background())
		r.fails(err, "0002_half was being applied and stopped after 1 stage, which are not the first ones", "fake 0002_half")
		if n := r.count("SELECT count(*) FROM ready"); n > 0 {
			r.t.Error("it went on all the same")
		}
	})
}

// A number of stages says nothing about a file that was edited: that it is allowed does not cover it.
func TestRunnerHalfEdited(t *testing.T) {
	runners(t, func(r *runner) {
		r.half()
		r.exec("CREATE TABLE ready (id integer)")
		r.opt.Edited = migrate.PolicyAllow
		edited := halfSet(migrate.AddColumn{Table: "b", Column: schema.Integer("new").Null()})
		_, err := r.migrator(edited).Up(context.Background())
		r.fails(err, "edited while it was half applied: 0002_half", "finish it with up")
		r.up(halfSet(), "0002_half, 0003_c")
	})
}

// An edit that is accepted is accepted once.
func TestRunnerEditAccepted(t *testing.T) {
	runners(t, func(r *runner) {
		all := halfSet().Migrations()
		r.up(migrate.NewSet("test", all[0]), "0001_a")
		edited := *all[0]
		edited.Ops = append(append([]migrate.Op{}, all[0].Ops...), migrate.SQL{Up: []string{"SELECT 1"}, NoDown: "it is a test"})
		set := migrate.NewSet("test", &edited)
		_, err := r.migrator(set).Up(context.Background())
		if err != nil { // nothing is pending
			r.t.Fatal(err)
		}
		if err := r.migrator(set).Check(context.Background()); err == nil {
			r.t.Error("the edit passes unseen")
		}
		r.opt.Edited = migrate.PolicyAllow
		r.up(set, "")
		r.opt.Edited = migrate.PolicyRefuse
		r.settled(set)
	})
}

// A migration that is half undone is the next to go on with, whatever stands after it, and nobody takes the database for complete.
func TestRunnerHalfUndone(t *testing.T) {
	runners(t, func(r *runner) {
		m1 := &migrate.Migration{Name: "0001_a", Ops: []migrate.Op{faultTable("a"), faultTable("b")}}
		late := &migrate.Migration{Name: "0002_late", Parents: []*migrate.Migration{m1}, Ops: []migrate.Op{faultTable("late")}}
		m2 := &migrate.Migration{Name: "0002_half", Parents: []*migrate.Migration{m1}, Ops: []migrate.Op{
			migrate.AddColumn{Table: "a", Column: schema.Integer("x").Null()},
			migrate.SQL{Up: []string{"SELECT 1"}, Down: []string{"INSERT INTO ready VALUES (1)"}, NoTx: true},
			migrate.AddColumn{Table: "b", Column: schema.Integer("y").Null()},
		}}
		r.up(migrate.NewSet("test", m1, m2), "0001_a, 0002_half")
		join := &migrate.Migration{Name: "0003_join", Parents: []*migrate.Migration{late, m2}}
		set := migrate.NewSet("test", m1, late, m2, join)
		r.up(set, "0002_late, 0003_join")
		r.to(set, "0002_late", "undone 0003_join")
		// Its row is the newest, and the one before it is half undone.
		before := migrate.NewSet("test", m1, late, m2, join)
		_, err := r.migrator(before).To(context.Background(), "0001_a")
		r.fails(err, "0002_half")
		if err := r.migrator(before).Check(context.Background()); err == nil {
			r.t.Error("check finds nothing")
		}
		_, err = r.migrator(before).Up(context.Background())
		r.fails(err, "0002_half was being undone", "finish with down")
		_, err = r.migrator(before).To(context.Background(), "0002_half")
		r.fails(err, "0002_half was being undone", "finish with down")
		r.exec("CREATE TABLE ready (id integer)")
		res, err := r.migrator(before).Down(context.Background())
		r.does(res, err, "undone 0002_half")
		if n := r.count("SELECT count(*) FROM ready"); n != 1 {
			r.t.Errorf("the step ran %d times", n)
		}
	})
}

// With -fake-initial the tables were there before, and others may be using them: what comes after is done with them in mind.
func TestRunnerFakeInitialInUse(t *testing.T) {
	pgRunners(t, func(r *runner) {
		m1 := &migrate.Migration{Name: "0001_a", Ops: []migrate.Op{faultTable("a", schema.Text("name"))}}
		m2 := &migrate.Migration{Name: "0002_index", Parents: []*migrate.Migration{m1}, Ops: []migrate.Op{
			migrate.CreateIndex{Table: "a", Index: schema.Index{Name: "a_name_idx", Parts: []schema.IndexPart{{Column: "name"}}}}}}
		set := migrate.NewSet("test", m1, m2)
		concurrent := func() bool {
			r.t.Helper()
			plan, err := r.migrator(set).Plan(context.Background(), "")
			if err != nil {
				r.t.Fatal(err)
			}
			return strings.Contains(plan.Steps[1].Stages[0].Statements[0].SQL, "CONCURRENTLY")
		}
		if concurrent() {
			r.t.Error("on an empty database nobody waits, and there is no need of it")
		}
		r.exec("CREATE TABLE a (id bigint PRIMARY KEY, name text NOT NULL)", "ALTER TABLE a RENAME CONSTRAINT a_pkey TO a_pkey1", "ALTER TABLE a RENAME CONSTRAINT a_pkey1 TO a_pkey")
		r.opt.FakeInitial = true
		if !concurrent() {
			r.t.Error("the index is not built concurrently")
		}
		res, err := r.migrator(set).Up(context.Background())
		r.does(res, err, "faked 0001_a, 0002_index")
	})
}

// TestRunnerIdleBesideLock: a program with nothing to do starts while another one migrates, though its database has migrations that it does not know.
func TestRunnerIdleBesideLock(t *testing.T) {
	pgRunners(t, func(r *runner) {
		all := halfSet().Migrations()
		set := migrate.NewSet("test", all[0])
		next := &migrate.Migration{Name: "0002_next", Parents: []*migrate.Migration{all[0]}, Ops: []migrate.Op{faultTable("next")}}
		newer := migrate.NewSet("test", all[0], next)
		r.up(newer, "0001_a, 0002_next")
		last := migrate.NewSet("test", all[0], next, &migrate.Migration{Name: "0003_last", Parents: []*migrate.Migration{next}, Ops: []migrate.Op{faultTable("last")}})
		asked := false
		r.opt.BeforeRun = func(ctx context.Context, _ *migrate.Plan) error { // the lock is taken
			asked = true
			older, err := migrate.New(r.db, r.dialect, set, &migrate.Options{LockWait: -1})
			if err != nil {
				return err
			}
			res, err := older.Up(ctx)
			if err == nil && len(res.Done) > 0 {
				err = errors.New("it did something")
			}
			return err
		}
		r.up(last, "0003_last")
		if !asked {
			r.t.Error("nobody asked")
		}
	})
}
