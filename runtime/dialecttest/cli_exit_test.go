package dialecttest_test

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/cli"
	"github.com/modelgen/modelgen/runtime/postgres"
	"github.com/modelgen/modelgen/runtime/schema"
)

// TestCLIExitStatus: what was refused, or ended half way, is 1; what was not run is 2.
func TestCLIExitStatus(t *testing.T) {
	runners(t, func(r *runner) {
		set := migrate.NewSet("shop", chain(makes("one"), adds("one", "a"), adds("one", "b"))...)
		says := func(want int, words string, args ...string) {
			r.t.Helper()
			status, _, problems := r.command(set, args...)
			if status != want || !strings.Contains(problems, words) {
				r.t.Errorf("%q: exit status %d, want %d: %s", args, status, want, problems)
			}
		}
		r.opt.BeforeRun = func(context.Context, *migrate.Plan) error { return errors.New("not on a Friday") }
		says(1, "nothing was changed: BeforeRun: not on a Friday", "up")
		r.opt.BeforeRun = nil
		r.opt.AfterRun = func(context.Context, *migrate.Result) error { return errors.New("the cache is full") }
		says(1, "AfterRun failed: the cache is full", "up", "-to", "0001")
		r.opt.AfterRun = nil

		// Somebody stops it, behind the first of two and before anything.
		for _, c := range []struct {
			after string
			want  int
		}{{"0002_b", 1}, {"", 2}} {
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			if c.after == "" {
				cancel()
			}
			var problems bytes.Buffer
			opt := migrate.Options{Progress: func(e migrate.Event) {
				if e.Kind == migrate.EventEnd && e.Migration == c.after {
					cancel()
				}
			}}
			status := cli.Command{DB: r.db, Dialect: r.dialect, Set: set, Options: &opt, Stdout: &problems, Stderr: &problems}.Run(ctx, []string{"up"})
			if status != c.want || !strings.Contains(problems.String(), "context canceled") {
				r.t.Errorf("stopped after %q: exit status %d, want %d: %s", c.after, status, c.want, &problems)
			}
		}
		r.history("shop/0001_a done", "shop/0002_b done")
		says(0, "", "up")
	})
}

// TestCLIExitStatusContract: an up that stops in front of the end of a dual write has done all that this release can.
func TestCLIExitStatusContract(t *testing.T) {
	runners(t, func(r *runner) {
		both := migrate.AddDualWrite{Table: "one", Name: "one_a_b", From: "a", To: "b", Up: "a", Down: "b", Column: schema.Text("a").Null()}
		set := migrate.NewSet("shop", chain(makes("one", schema.Text("a").Null()), both, migrate.DropDualWrite(both))...)
		all := set.Migrations()
		all[1].Ops = append([]migrate.Op{migrate.AddColumn{Table: "one", Column: schema.Text("b").Null()}}, all[1].Ops...)
		set = migrate.NewSet("shop", all...)
		r.to(set, "0001_a", "0001_a")
		status, out, problems := r.command(set, "up")
		if status != 0 || !strings.HasPrefix(out, "applied  0002_b  TOOK\n0003_c waits: ") || problems != "" {
			r.t.Errorf("exit status %d: %s%s", status, out, problems)
		}
		r.prints(set, "up -contract", 0, "applied  0003_c  TOOK\n", "")
	})
}

// TestCLIJSONErrors: with -json every verb prints one JSON value, whatever is wrong.
func TestCLIJSONErrors(t *testing.T) {
	t.Parallel()
	db, err := sql.Open("pgx", "postgres://shop@127.0.0.1:1/shop?sslmode=disable")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	nowhere := &runner{t: t, db: db, dialect: postgres.Dialect{}}
	for command, want := range map[string]string{
		"status":    "cannot reach the database",
		"plan":      "cannot reach the database",
		"up":        "cannot reach the database",
		"to zero":   "cannot reach the database",
		"down":      "cannot reach the database",
		"fake zero": "cannot reach the database",
		"check":     "cannot reach the database",
		"verify":    "cannot reach the database",
		"prune":     "cannot reach the database",
		"inspect":   "cannot reach the database",
		"sql 0009":  "there is no migration",
		"plan -nix": "flag provided but not defined",
		"to":        "to takes NAME|zero",
		"stat":      "there is no verb",
	} {
		for _, args := range []string{command + " -json", strings.Replace(command+" ", " ", " --json ", 1)} {
			status, out, problems := nowhere.command(migrate.NewSet("shop", chain(makes("one"))...), strings.Fields(args)...)
			var got struct{ Error string }
			if err := json.Unmarshal([]byte(out), &got); err != nil {
				t.Errorf("%s: %v: %s", args, err, out)
			}
			if status != 2 || !strings.Contains(got.Error, want) || !strings.Contains(problems, want) {
				t.Errorf("%s: exit status %d, %q, %s", args, status, got.Error, problems)
			}
		}
	}

	// A refusal is JSON, too.
	c := newTerminal(t, migrate.NewSet("shop", chain(makes("one"), adds("one", "a"))...))
	c.run("up")
	edited := chain(makes("one"), adds("one", "b"))
	c.set = migrate.NewSet("shop", edited...)
	const says = "set shop: changed since they were applied: 0002_b\n  next: undo the edit and write a new migration, or accept it with -allow-edited (Options.Edited)"
	c.does("check -json", 1, "{\n  \"error\": \""+strings.ReplaceAll(says, "\n", `\n`)+"\"\n}\n", "migrate: "+says+"\n")
	c.does("check -allow-edited", 0, "", "")
}
