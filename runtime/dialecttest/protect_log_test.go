package dialecttest_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/postgres"
	"github.com/modelgen/modelgen/runtime/schema"
)

// TestProtectLog: who did what, with what end; rows are added in the transactions of what they say.
func TestProtectLog(t *testing.T) {
	runners(t, func(r *runner) {
		stop := errors.New("stop here")
		fails := migrate.Go{Name: "fill", Up: func(ctx context.Context, tx migrate.Tx) error { return stop }, Down: func(context.Context, migrate.Tx) error { return nil }}
		all := chain(makes("things"), adds("things", "a"), fails)
		set := migrate.NewSet("shop", all...)
		r.up(migrate.NewSet("shop", all[:1]...), "0001_a") // before there is a log
		r.runs(set, "protect", "-name", "production")
		if _, err := r.migrator(set).Up(r.t.Context()); !errors.Is(err, stop) {
			r.t.Fatal(err)
		}
		stop = nil
		r.up(set, "0003_c")
		r.refuses(set, []string{"down"}, "undo 0003_c")
		r.runs(set, "down", "-approve", r.hash(set, "down"))
		r.runs(set, "unprotect", "production")
		r.runs(set, "down") // the log goes on

		log, err := r.migrator(set).Log(r.t.Context())
		if err != nil {
			r.t.Fatal(err)
		}
		var said []string
		host, _ := os.Hostname()
		for _, e := range log {
			said = append(said, strings.Join([]string{e.Verb, e.Result, e.Name, strings.Join(e.Migrations, ",")}, " "))
			if e.Host != host || e.User == "" || e.At.IsZero() || (r.url != "") != (e.By != "") {
				r.t.Errorf("an entry does not say who: %+v", e)
			}
		}
		want := []string{"protect protected production ", "up applied production 0002_b", "up failed production 0003_c", "up applied production 0003_c", "down undone production 0003_c",
			"unprotect unprotected production ", "down undone  0002_b"}
		if d := cmp.Diff(want, said); d != "" {
			r.t.Errorf("the log (-want +got):\n%s", d)
		}
		out := r.runs(set, "log")
		if lines := strings.Split(strings.TrimSpace(out), "\n"); len(lines) != len(want) || !strings.Contains(lines[4], "approved ") || !strings.Contains(lines[2], "failed") {
			r.t.Errorf("log:\n%s", out)
		}
		var parsed struct {
			Log []struct{ Verb, Result, Host, Approved string }
		}
		if err := json.Unmarshal([]byte(r.runs(set, "log", "-json")), &parsed); err != nil || len(parsed.Log) != len(want) || planHash.FindString(parsed.Log[4].Approved) == "" {
			r.t.Errorf("log -json: %v %+v", err, parsed)
		}
		r.settled(migrate.NewSet("shop", all[:1]...)) // verify leaves the tables alone
		if out := r.runs(set, "inspect"); strings.Contains(out, `"name": "modelgen_`) || !strings.Contains(out, "things") {
			r.t.Errorf("inspect: %s", out)
		}
	})
}

// TestProtectLogStages: a migration of several transactions says when it begins, on both ways.
func TestProtectLogStages(t *testing.T) {
	pgRunners(t, func(r *runner) {
		index := schema.Index{Name: "things_a_idx", Parts: []schema.IndexPart{{Column: "a"}}}
		all := chain(makes("things", schema.Integer("a").Null()), migrate.CreateIndex{Table: "things", Index: index})
		set := migrate.NewSet("shop", all...)
		r.to(set, "0001", "0001_a")
		r.runs(set, "protect", "-name", "production")
		r.up(set, "0002_b")
		r.runs(set, "down", "-approve", r.hash(set, "down"))
		log, err := r.migrator(set).Log(r.t.Context())
		if err != nil {
			r.t.Fatal(err)
		}
		var said []string
		for _, e := range log[1:] {
			said = append(said, e.Result)
		}
		if d := cmp.Diff([]string{"begun", "applied", "begun", "undone"}, said); d != "" {
			r.t.Errorf("the log (-want +got):\n%s", d)
		}
	})
}

// TestProtectRenamed: what a way back drops is counted under the names of today.
func TestProtectRenamed(t *testing.T) {
	runners(t, func(r *runner) {
		note := schema.Text("note").Null()
		set := migrate.NewSet("shop", chain(makes("things"), migrate.AddColumn{Table: "things", Column: note}, migrate.RenameColumn{Table: "things", From: "note", To: "remark"},
			migrate.RenameTable{From: "things", To: "goods"}, migrate.AddColumn{Table: "goods", Column: schema.Text("unused").Null()})...)
		r.up(set, "0001_a, 0002_b, 0003_c, 0004_d, 0005_e")
		r.exec("INSERT INTO goods (id, remark) VALUES (1, 'x'), (2, NULL), (3, 'y')")
		plan, err := r.migrator(set).PlanBack(r.t.Context(), 5) // it says so on each database
		if err != nil {
			r.t.Fatal(err)
		}
		var lost []string
		for _, s := range plan.Steps {
			for _, l := range s.Loses {
				lost = append(lost, s.Migration+" "+l.String())
			}
		}
		if d := cmp.Diff([]string{"0002_b goods.remark: a value in 2 rows", "0001_a goods: 3 rows"}, lost); d != "" {
			r.t.Errorf("losses (-want +got):\n%s", d)
		}
	})
}

// TestProtectTenants: consent that was given for a tenant is not for another one whose mark is a copy of it, be it a file or a schema of the same database.
func TestProtectTenants(t *testing.T) {
	runners(t, func(r *runner) {
		two, _ := shopOfThree()
		other := *r
		if r.url == "" {
			r.runs(two, "protect", "-name", "production")
			r.runs(two, "up")
			file := filepath.Join(r.t.TempDir(), "other.db")
			r.exec("VACUUM INTO '" + file + "'")
			db, err := sql.Open("sqlite", sqliteURI(file)+litePragmas)
			if err != nil {
				r.t.Fatal(err)
			}
			r.t.Cleanup(func() { db.Close() })
			other.db = db
		} else {
			r.exec("CREATE SCHEMA acme", "CREATE SCHEMA zeta")
			r.dialect, other.dialect = postgres.Dialect{Schema: "acme"}, postgres.Dialect{Schema: "zeta"}
			for _, x := range []*runner{r, &other} {
				x.runs(two, "protect", "-name", "production")
				x.runs(two, "up")
			}
			r.exec("DELETE FROM zeta.modelgen_history_protection", "INSERT INTO zeta.modelgen_history_protection SELECT * FROM acme.modelgen_history_protection")
		}
		status, _, problems := r.command(two, "down")
		hash := planHash.FindString(problems)
		if status != 1 || hash == "" {
			r.t.Fatalf("down: %d %s", status, problems)
		}
		if status, _, problems := other.command(two, "down", "-approve", hash); status != 1 || !strings.Contains(problems, "it was given for another database") {
			r.t.Errorf("the consent of another tenant: %d %s", status, problems)
		}
		r.runs(two, "down", "-approve", hash)
	})
}
