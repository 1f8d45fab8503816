package dialecttest_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/migratetest"
	"github.com/modelgen/modelgen/runtime/schema"
)

var planHash = regexp.MustCompile(`\b[0-9a-f]{20}\b`)

// hash returns the hash of the plan of a command, as its refusal has it.
func (r *runner) hash(set *migrate.Set, args ...string) string {
	r.t.Helper()
	status, _, problems := r.command(set, args...)
	hash := planHash.FindString(problems)
	if status != 1 || hash == "" {
		r.t.Fatalf("%s: %d %s", args, status, problems)
	}
	return hash
}

// runs runs a command that ends well, and returns what it prints.
func (r *runner) runs(set *migrate.Set, args ...string) string {
	r.t.Helper()
	status, out, problems := r.command(set, args...)
	if status != 0 {
		r.t.Fatalf("%s: %d %s%s", args, status, out, problems)
	}
	return out
}

// refuses runs a command that a protected database refuses, with words of why.
func (r *runner) refuses(set *migrate.Set, args []string, words ...string) {
	r.t.Helper()
	before := r.records()
	status, _, problems := r.command(set, args...)
	if status != 1 {
		r.t.Errorf("%s: exit status %d, want 1: %s", args, status, problems)
	}
	for _, w := range append(words, "nothing was changed") {
		if !strings.Contains(problems, w) {
			r.t.Errorf("%s: it is not said %q:\n%s", args, w, problems)
		}
	}
	if d := cmp.Diff(before, r.records()); d != "" {
		r.t.Errorf("%s changed the history:\n%s", args, d)
	}
}

// shopOfThree makes a table, adds a column and drops it again.
func shopOfThree() (two, all *migrate.Set) {
	note := schema.Text("note").Null()
	three := chain(makes("things"), migrate.AddColumn{Table: "things", Column: note}, migrate.DropColumn{Table: "things", Column: note})
	return migrate.NewSet("shop", three[:2]...), migrate.NewSet("shop", three...)
}

// TestProtect: what may lose something needs consent for that plan, and what loses nothing goes on as before.
func TestProtect(t *testing.T) {
	runners(t, func(r *runner) {
		two, all := shopOfThree()
		r.prints(two, "log", 0, "there is no log: it begins with protect\n", "")
		r.prints(two, "unprotect", 0, "this database is not protected\n", "")
		r.prints(two, "protect", 2, "", "migrate: protect needs the name of the database: migrate protect -name production\n")
		r.prints(two, "protect -name production", 0, "production is protected\n", "")
		r.prints(two, "protect -name production", 0, "production is protected already\n", "")
		r.prints(two, "protect -name staging", 1, "", "migrate: this database is production, and cannot be staging as well; if it is no longer production, run unprotect production first; nothing was changed\n")

		r.prints(two, "up", 0, "production (protected)\napplied  0001_a  TOOK\napplied  0002_b  TOOK\n", "")
		r.prints(two, "up", 0, "nothing to do\n", "")
		r.exec("INSERT INTO things (id, note) VALUES (1, 'kept'), (2, NULL), (3, 'kept')")
		if out := r.runs(two, "status"); !strings.HasPrefix(out, "production (protected)\nshop: 2 applied, 0 pending\n") {
			t.Errorf("status: %s", out)
		}

		undo := "undo 0002_b"
		r.refuses(two, []string{"down"}, "production is protected, and this plan needs consent", undo, "would lose things.note: a value in 2 rows", "migrate down -approve ")
		r.refuses(two, []string{"to", "0001"}, undo, "migrate to 0001 -approve ")
		r.refuses(two, []string{"to", "zero"}, undo, "undo 0001_a", "would lose things: 3 rows", "migrate to zero -approve ")
		r.refuses(two, []string{"down", "-n", "2"}, "migrate down -n 2 -approve ")
		r.refuses(two, []string{"fake", "0001"}, "record 0002_b as not applied", "migrate fake 0001 -approve ")
		r.refuses(all, []string{"fake", "0003"}, "record 0003_c as applied without running it", "migrate fake 0003 -approve ")
		r.refuses(all, []string{"up"}, "0003_c destroys things.note and its data", "would lose things.note: a value in 2 rows", "-backup DIR, or -without-backup", "migrate up -approve ")

		out := r.runs(two, "plan", "-down", "1")
		if !strings.HasPrefix(out, "production (protected)\n0002_b  (undo)\n") || !strings.Contains(out, "  would lose things.note: a value in 2 rows\n") ||
			!strings.Contains(out, "migrate down -approve "+r.hash(two, "down")) {
			t.Errorf("plan -down 1: %s", out)
		}
		r.prints(two, "plan", 0, "production (protected)\nnothing to do\n", "")

		// The consent of a plan is for no other one.
		down, zero := r.hash(two, "down"), r.hash(two, "to", "zero")
		if same := r.hash(two, "to", "0001"); same != down {
			t.Errorf("one plan has two hashes: %s and %s", down, same)
		}
		r.refuses(two, []string{"down", "-approve", zero}, "-approve "+zero+" is consent for another plan, this one is "+down+": what is to be done is not what it was then")
		r.refuses(two, []string{"down", "-approve", "yes"}, "a hash has 20 digits")
		r.exec("UPDATE things SET note = 'other' WHERE id = 2") // rows are no part of a plan
		r.prints(two, "down -approve "+down, 0, "production (protected)\nundone   0002_b  TOOK\n", "")
		r.refuses(two, []string{"up", "-approve", down}, "the database is not where it was then, by its history", "what is to be done is not what it was then")
		r.prints(two, "up", 0, "production (protected)\napplied  0002_b  TOOK\n", "")

		// The same command, that was carried out.
		hash := r.hash(two, "to", "0001")
		r.prints(two, "to 0001 -approve "+hash, 0, "production (protected)\nundone   0002_b  TOOK\n", "")
		r.prints(two, "to 0001 -approve "+hash, 0, "nothing to do\n", "")

		r.prints(two, "unprotect", 2, "", "migrate: unprotect takes the name of the database, which is production (protected)\n")
		r.prints(two, "unprotect staging", 1, "", "migrate: \"staging\" is not the name of this database, which is production (protected); nothing was changed\n")
		r.prints(two, "unprotect production", 0, "production is not protected any more\n", "")
		r.prints(two, "down", 0, "undone   0001_a  TOOK\n", "")
		r.refuses(two, []string{"up", "-approve", hash}, "is consent for another plan")
		r.prints(two, "protect -name staging", 0, "staging is protected\n", "")
	})
}

// TestProtectBackup: what destroys data needs a backup beside the consent, or a reason.
func TestProtectBackup(t *testing.T) {
	runners(t, func(r *runner) {
		r.needsDump()
		two, all := shopOfThree()
		dir := r.t.TempDir()
		r.runs(two, "protect", "-name", "production")
		r.runs(two, "up")
		r.exec("INSERT INTO things (id, note) VALUES (1, 'kept')")
		hash := r.hash(all, "up")
		r.refuses(all, []string{"up", "-approve", hash}, "production is protected", "it destroys data, and so needs a backup first", "migrate up -approve "+hash+" -backup DIR")
		r.refuses(all, []string{"up", "-backup", dir}, "migrate up -approve "+hash+" -backup "+dir)
		if files, _ := os.ReadDir(dir); len(files) > 0 {
			r.t.Errorf("a run without consent made a backup: %v", files)
		}
		if status, _, problems := r.command(all, "up", "-approve", hash, "-without-backup", " "); status != 2 || !strings.Contains(problems, "it needs a reason") {
			r.t.Errorf("no reason: %d %s", status, problems)
		}
		r.refuses(all, []string{"up", "-without-backup", "a copy of it"}, "migrate up -approve "+hash+` -without-backup "a copy of it"`)
		r.prints(all, "up -approve "+hash+" -without-backup nightly", 0, "production (protected)\napplied  0003_c  TOOK\n", "")

		again := r.hash(all, "down")
		r.runs(all, "down", "-approve", again)
		hash = r.hash(all, "up")
		if out := r.runs(all, "up", "-approve", hash, "-backup", dir); !strings.Contains(out, "applied  0003_c") {
			r.t.Errorf("up -backup: %s", out)
		}
		files, _ := os.ReadDir(dir)
		if len(files) != 1 {
			r.t.Fatalf("backups: %v", files)
		}

		// The backup of a run in the last hour is enough, as long as it is there as it was.
		r.runs(all, "down", "-approve", r.hash(all, "down"))
		hash = r.hash(all, "up")
		file := filepath.Join(dir, files[0].Name())
		whole, err := os.ReadFile(file)
		if err != nil {
			r.t.Fatal(err)
		}
		if err := os.WriteFile(file, whole[:len(whole)/2], 0o600); err != nil {
			r.t.Fatal(err)
		}
		r.refuses(all, []string{"up", "-approve", hash}, "is not there any more as it was")
		if err := os.WriteFile(file, whole, 0o600); err != nil {
			r.t.Fatal(err)
		}
		if status, _, told := r.command(all, "up", "-approve", hash); status != 0 || !strings.Contains(told, "no backup is made: the one of an earlier run is ") || !strings.Contains(told, "what was written since is not in it; -backup DIR makes a new one (Options.Backup); the earlier one: "+file) {
			r.t.Errorf("up with the backup of an earlier run: %d %s", status, told)
		}
		r.runs(all, "down", "-approve", r.hash(all, "down"))
		r.exec("UPDATE modelgen_history_log SET at = " + map[bool]string{true: "strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '-61 minutes')", false: "now() - interval '61 minutes'"}[r.url == ""])
		r.refuses(all, []string{"up", "-approve", r.hash(all, "up")}, "needs a backup first")

		log, err := r.migrator(all).Log(r.t.Context())
		if err != nil {
			r.t.Fatal(err)
		}
		said := map[string]string{}
		for _, e := range log {
			if e.Result == migrate.LoggedBackup {
				said["backup"] = e.Backup
			}
			if e.Reason != "" {
				said["reason"] = e.Verb + " " + e.Reason
			}
		}
		if said["backup"] != file || said["reason"] != "up nightly" {
			r.t.Errorf("the log says %v", said)
		}
	})
}

// TestProtectDestroys: data goes not only with columns that ops drop.
func TestProtectDestroys(t *testing.T) {
	runners(t, func(r *runner) {
		price := schema.Numeric("price", 10, 3).Null()
		shop := func(op migrate.Op) *migrate.Set {
			return migrate.NewSet("shop", chain(makes("things", price), op)...)
		}
		harmless := func(up string) migrate.Op { return migrate.SQL{Up: []string{up}, NoDown: "nothing to undo"} }
		r.runs(migrate.NewSet("shop", chain(makes("things", price))...), "protect", "-name", "production")
		r.runs(migrate.NewSet("shop", chain(makes("things", price))...), "up")
		for _, c := range []struct {
			op  migrate.Op
			why string // "" needs no consent
		}{
			{migrate.DropTable{Table: "things", Columns: []schema.ColumnDef{schema.BigInt("id"), price}, PrimaryKey: schema.PrimaryKey{Name: "things_pkey", Columns: []string{"id"}}}, "destroys things and its data"},
			{migrate.AlterColumn{Table: "things", From: price, To: schema.Numeric("price", 10, 2).Null()}, "destroys a part of the values of things.price, which become numeric(10,2)"},
			{harmless("DELETE FROM things WHERE price < 0"), "(DELETE FROM)"},
			{harmless("ALTER TABLE things DROP price"), "(ALTER TABLE ... DROP)"},
			{harmless("DROP TABLE IF EXISTS things"), "(DROP TABLE)"},
			{migrate.SQL{Up: []string{"TRUNCATE things"}, NoDown: "gone", Only: map[bool]string{true: "sqlite", false: "postgres"}[r.url == ""]}, "(TRUNCATE)"},
			{migrate.SQL{Up: []string{"TRUNCATE things"}, NoDown: "gone", Only: map[bool]string{true: "postgres", false: "sqlite"}[r.url == ""]}, ""},
			{harmless("SELECT price FROM things WHERE 'DROP TABLE things' = ''"), ""},
			{harmless("UPDATE things SET price = 1 WHERE id > 3"), "perhaps data, by SQL written by hand (UPDATE of things.price)"},
			{harmless("UPDATE things SET price = 1 WHERE price IS NULL"), ""},
			{migrate.Fill{Table: "things", Column: "price", Expr: "1"}, ""},
			{migrate.Fill{Table: "things", Column: "price", Expr: "0", Where: "price < 0"}, "destroys values of things.price, which it writes over where price < 0"},
			{migrate.Fill{Table: "things", Column: "price", Expr: "1", Where: "price IS NULL AND id > 3"}, ""},
			{migrate.Fill{Table: "things", Column: "price", Expr: "price * 2", Where: "id > 3", Back: "price / 2", BackWhere: "id > 3"}, ""},
			{migrate.AlterColumn{Table: "things", From: price, To: schema.BigInt("price").Null(), Using: "CASE WHEN price > 0 THEN 1 END"}, "destroys the values of things.price, which become CASE WHEN price > 0 THEN 1 END"},
			{migrate.CreateIndex{Table: "things", Index: schema.Index{Name: "things_price_idx", Parts: []schema.IndexPart{{Column: "price"}}}}, ""},
		} {
			plan, err := r.migrator(shop(c.op)).Plan(r.t.Context(), "")
			if err != nil {
				r.t.Fatalf("%s: %v", c.op.Describe(), err)
			}
			if c.why == "" {
				if plan.Consent != nil {
					r.t.Errorf("%s: %v", c.op.Describe(), plan.Consent)
				}
				continue
			}
			if plan.Consent == nil || !strings.Contains(plan.Consent.Error(), c.why) || plan.Consent.Backup == "" {
				r.t.Errorf("%s: %v, want %s", c.op.Describe(), plan.Consent, c.why)
				continue
			}
			r.refuses(shop(c.op), []string{"up"}, c.why)
		}
		// What the plan makes itself has no values yet.
		fresh := migrate.NewSet("shop", chain(makes("things", price), adds("things", "size"), harmless("UPDATE things SET size = 2"), migrate.Fill{Table: "things", Column: "size", Expr: "3", Where: "size < 3"})...)
		r.up(fresh, "0002_b, 0003_c, 0004_d")
	})
}

// TestProtectPolicies: what a flag allows, what is only recorded, and what leaves the history, needs consent.
func TestProtectPolicies(t *testing.T) {
	runners(t, func(r *runner) {
		base := chain(makes("things"), adds("things", "a"), adds("things", "b"))
		all := migrate.NewSet("shop", base...)
		r.runs(all, "protect", "-name", "production")
		r.runs(all, "up")

		edited := chain(makes("things"), adds("things", "a"), adds("things", "b"), adds("things", "c"))
		edited[1].Ops = append(edited[1].Ops, migrate.Go{Name: "edited", Up: func(context.Context, migrate.Tx) error { return nil }, NoDown: "nothing"})
		set := migrate.NewSet("shop", edited...)
		r.refuses(set, []string{"up", "-allow-edited"}, "-allow-edited: 0002_b", "migrate up -allow-edited -approve ")
		r.runs(set, "up", "-allow-edited", "-approve", r.hash(set, "up", "-allow-edited"))

		fewer := migrate.NewSet("shop", append(edited[:3:3], &migrate.Migration{Name: "0005_e", Parents: edited[2:3], Ops: []migrate.Op{adds("things", "e")}})...)
		r.refuses(fewer, []string{"up", "-allow-unknown"}, "-allow-unknown: 0004_d")
		r.refuses(fewer, []string{"prune", "0004_d"}, "production is protected", "forget the row of 0004_d in the history", "migrate prune 0004_d -approve ")
		hash := r.hash(fewer, "prune", "0004_d")
		r.refuses(fewer, []string{"prune", "0004_d", "-approve", r.hash(set, "down")}, "what is to be done is not what it was then")
		if _, out, _ := r.command(fewer, "prune", "0004_d", "-json"); !strings.Contains(out, `"hash": "`+hash+`"`) || !strings.Contains(out, `"command": "prune 0004_d -approve `+hash+`"`) {
			r.t.Errorf("prune -json: %s", out)
		}
		r.prints(fewer, "prune 0004_d -approve "+hash, 0, "pruned   0004_d\n", "")

		r.runs(set, "fake", "0004_d", "-approve", r.hash(set, "fake", "0004_d"))
		r.exec("DELETE FROM modelgen_history WHERE name = '0003_c'", `UPDATE modelgen_history SET digest = '' WHERE "set" = 'shop'`, "ALTER TABLE things DROP COLUMN b")
		r.refuses(set, []string{"up", "-allow-out-of-order"}, "-allow-out-of-order: 0003_c")
		r.runs(set, "up", "-allow-out-of-order", "-approve", r.hash(set, "up", "-allow-out-of-order"))
		r.settled(set)

		log, err := r.migrator(set).Log(r.t.Context())
		if err != nil {
			r.t.Fatal(err)
		}
		var said []string
		for _, e := range log {
			if e.Approved != "" {
				said = append(said, e.Verb+": "+e.Result+" "+strings.Join(e.Migrations, ", "))
			}
		}
		want := []string{"up: accepted 0002_b", "up: applied 0004_d", "prune 0004_d: pruned 0004_d", "fake 0004_d: recorded 0004_d", "up: applied 0003_c"}
		if d := cmp.Diff(want, said); d != "" {
			r.t.Errorf("the log (-want +got):\n%s", d)
		}
	})
}

// pasted returns the command of a line of a refusal, as arguments.
func (r *runner) pasted(problems, words string) []string {
	r.t.Helper()
	_, rest, ok := strings.Cut(problems, words+"migrate ")
	if !ok {
		r.t.Fatalf("it is not said %q:\n%s", words, problems)
	}
	line, _, _ := strings.Cut(rest, "\n")
	return strings.Fields(line)
}

// TestProtectPasted: what a refusal says to look at is the plan of that very command, and what it says to paste is a command, also where the program has set in its
// options what the verb has no flag for.
func TestProtectPasted(t *testing.T) {
	runners(t, func(r *runner) {
		two, all := shopOfThree()
		r.runs(two, "protect", "-name", "production")
		r.runs(two, "up")
		r.opt.Contract, r.opt.FakeInitial = true, true
		r.opt.WithoutBackup = "nightly"
		for _, c := range []struct {
			set  *migrate.Set
			args []string
			plan string
		}{
			{all, []string{"up"}, "plan -contract -fake-initial"},
			{all, []string{"down"}, "plan -down 1"},
			{all, []string{"up", "-to", "0003"}, "plan -to 0003 -contract -fake-initial"},
			{all, []string{"down", "-n", "2", "-allow-unknown"}, "plan -down 2 -allow-unknown"},
			{all, []string{"up", "-to", "0002"}, ""},
			{all, []string{"to", "0003"}, "plan -to 0003"},
			{all, []string{"to", "zero"}, "plan -to zero"},
			{all, []string{"fake", "0001"}, "none"},
		} {
			status, _, problems := r.command(c.set, c.args...)
			if c.plan == "" {
				if status != 0 {
					r.t.Errorf("%s: %d %s", c.args, status, problems)
				}
				continue
			}
			paste := r.pasted(problems, "when it is right: ")
			if c.plan != "none" {
				look := r.pasted(problems, "nothing was changed; look at it with: ")
				if got := strings.Join(look, " "); got != c.plan {
					r.t.Errorf("%s: look at it with: %s, want %s", c.args, got, c.plan)
				}
				plan := r.runs(c.set, look...)
				if hash := planHash.FindString(strings.Join(paste, " ")); !strings.Contains(plan, "nothing was changed; when it is right: migrate ") || !strings.Contains(plan, hash) {
					r.t.Errorf("%s: %s shows another plan than %s:\n%s", c.args, look, paste, plan)
				}
			} else if strings.Contains(problems, "look at it") {
				r.t.Errorf("%s: there is no plan of it: %s", c.args, problems)
			}
			r.runs(c.set, paste...)
		}
	})
}

// TestProtectContract: the end of a dual write breaks programs that know only the old column.
func TestProtectContract(t *testing.T) {
	runners(t, func(r *runner) {
		label, caption := schema.Text("label").Null(), schema.Text("caption").Null()
		both := migrate.AddDualWrite{Table: "things", Name: "things_both", From: "caption", To: "label", Up: "caption", Down: "label", Column: label}
		all := chain(makes("things", caption), migrate.AddColumn{Table: "things", Column: label}, migrate.DropDualWrite(both))
		all[1].Ops = append(all[1].Ops, both)
		set := migrate.NewSet("shop", all...)
		r.runs(set, "protect", "-name", "production")
		r.to(set, "0001", "0001_a")
		r.up(set, "0002_b")
		r.runs(set, "up") // it waits, and needs nothing
		why := "0003_c ends the dual write of things.caption and label: programs that know only caption fail from then on"
		r.refuses(set, []string{"up", "-contract"}, why, "migrate up -contract -approve ")
		r.prints(set, "up -contract -approve "+r.hash(set, "up", "-contract"), 0, "production (protected)\napplied  0003_c  TOOK\n", "")
	})
}

// TestProtectFakeInitial: what counts as applied because of its looks is only recorded.
func TestProtectFakeInitial(t *testing.T) {
	runners(t, func(r *runner) {
		set := migrate.NewSet("shop", chain(makes("things"), adds("things", "a"))...)
		r.runs(set, "protect", "-name", "production")
		r.exec(map[bool]string{true: `CREATE TABLE things (id INTEGER NOT NULL, CONSTRAINT things_pkey PRIMARY KEY (id))`, false: "CREATE TABLE things (id bigint CONSTRAINT things_pkey PRIMARY KEY)"}[r.url == ""])
		r.refuses(set, []string{"up", "-fake-initial"}, "record 0001_a as applied when its tables are there (-fake-initial)", "migrate up -fake-initial -approve ")
		r.runs(set, "up", "-fake-initial", "-approve", r.hash(set, "up", "-fake-initial"))
		r.history("shop/0001_a faked", "shop/0002_b done")
	})
}

// TestProtectExpect: a program that is for one database refuses another one, however little there is to do.
func TestProtectExpect(t *testing.T) {
	runners(t, func(r *runner) {
		two, _ := shopOfThree()
		r.opt.Expect = "production"
		r.prints(two, "up", 1, "", "migrate: the program expects the database production (Options.Expect), and this one has no name; if it is the one, say so with: protect -name production; nothing was changed\n")
		r.runs(two, "protect", "-name", "production")
		r.up(two, "0001_a, 0002_b")
		r.up(two, "")
		r.opt.Expect = ""
		const why = "the program expects the database staging (Options.Expect), and this one is production"
		for _, command := range [][]string{{"up"}, {"check"}, {"down"}, {"to", "zero"}, {"fake", "zero"}, {"prune"}} {
			r.refuses(two, append(command, "-expect", "staging"), why)
		}
		if _, out, problems := r.command(two, "plan", "-down", "1", "-expect", "staging"); !strings.Contains(problems, "this would be refused: "+why) || !strings.Contains(out, "0002_b  (undo)") {
			r.t.Errorf("plan: %s%s", out, problems)
		}
		r.runs(two, "check", "-expect", "production")
	})
}

// TestProtectCopy: a copy knows that it is one, and is protected until somebody says what it is.
func TestProtectCopy(t *testing.T) {
	pgRunners(t, func(r *runner) {
		r.needsDump()
		two, _ := shopOfThree()
		r.runs(two, "protect", "-name", "production")
		r.up(two, "0001_a, 0002_b")
		down := r.hash(two, "down")
		dir := r.t.TempDir()
		file := filepath.Join(dir, "shop.dump")
		if out, err := exec.Command("pg_dump", "--format=custom", "--file="+file, "--dbname="+r.url).CombinedOutput(); err != nil {
			r.t.Fatalf("pg_dump: %v\n%s", err, out)
		}
		c := r.restore(file)
		if out := c.runs(two, "status"); !strings.HasPrefix(out, "a copy of production (protected until protect or unprotect says what it is)\n") {
			r.t.Errorf("status: %s", out)
		}
		c.refuses(two, []string{"down"}, "this is a copy of production, made from the database ", "run protect -name NAME if it is to be protected, or unprotect production")
		c.refuses(two, []string{"down", "-approve", down}, "it was given for another database")
		c.refuses(two, []string{"check", "-expect", "production"}, "this is a copy of production")
		c.prints(two, "protect -name staging", 0, "staging is protected\n", "")
		if out := c.runs(two, "status"); !strings.HasPrefix(out, "staging (protected)\n") {
			r.t.Errorf("status: %s", out)
		}
		c = r.restore(file)
		c.prints(two, "unprotect production", 0, "production is not protected any more\n", "")
		c.prints(two, "down", 0, "undone   0002_b  TOOK\n", "")

		// Another server, whose databases are called the same.
		r.exec("UPDATE modelgen_history_protection SET system = '1'")
		r.refuses(two, []string{"down"}, "this is a copy of production on another server")
		r.exec("UPDATE modelgen_history_protection SET system = ''") // it was not known when it was marked
		r.refuses(two, []string{"down"}, "production is protected")
	})
}

// TestProtectConfirm: a person types the name of the database, in the place of the hash.
func TestProtectConfirm(t *testing.T) {
	runners(t, func(r *runner) {
		two, _ := shopOfThree()
		r.runs(two, "protect", "-name", "production")
		r.up(two, "0001_a, 0002_b")
		typed, asked := "", 0
		r.opt.Confirm = func(_ context.Context, needed *migrate.ConsentError) (string, error) {
			asked++
			r.fails(needed, "undo 0002_b", "-approve "+needed.Hash)
			return typed, nil
		}
		_, err := r.migrator(two).Down(r.t.Context())
		r.fails(err, "production is protected, and this plan needs consent")
		typed = "Production"
		_, err = r.migrator(two).Down(r.t.Context())
		r.fails(err, `"Production" is not the name of this database; nothing was changed`)
		typed = "production"
		res, err := r.migrator(two).Down(r.t.Context())
		r.does(res, err, "undone 0002_b")
		if asked != 3 {
			r.t.Errorf("it was asked %d times", asked)
		}
		if _, err := r.migrator(two).PlanBack(r.t.Context(), 1); err != nil || asked != 3 {
			r.t.Errorf("a plan asked: %v", err)
		}
		log, err := r.migrator(two).Log(r.t.Context())
		if err != nil || !strings.HasSuffix(log[len(log)-1].Approved, ", name typed") {
			r.t.Errorf("the log says %+v: %v", log[len(log)-1], err)
		}
	})
}

// TestProtectSets: one mark for all sets of a history, and none for those of another one.
func TestProtectSets(t *testing.T) {
	runners(t, func(r *runner) {
		one, two := migrate.NewSet("one", chain(makes("a"), adds("a", "x"))...), migrate.NewSet("two", chain(makes("b"))...)
		joined := migrate.Join(one, two)
		r.runs(joined, "protect", "-name", "production")
		r.runs(joined, "up")
		r.refuses(joined, []string{"to", "one/zero"}, "undo one/0002_b", "undo one/0001_a", "migrate to one/zero -approve ")
		r.refuses(one, []string{"down"}, "undo 0002_b")
		r.prints(joined, "to one/0001 -approve "+r.hash(joined, "to", "one/0001"), 0, "production (protected)\nundone   one/0002_b  TOOK\n", "")
		log, err := r.migrator(one).Log(r.t.Context())
		if err != nil || len(log) != 5 || log[len(log)-1].Set != "one" {
			r.t.Errorf("the log: %+v %v", log, err)
		}

		r.opt.History = "other_history"
		if r.url != "" {
			r.exec("CREATE SCHEMA ops")
			r.opt.History = "ops.other_history"
		}
		other := migrate.NewSet("one", chain(makes("c"))...)
		r.up(other, "0001_a")
		r.runs(other, "down")
		r.runs(other, "protect", "-name", "second")
		r.up(other, "0001_a")
		status, _, problems := r.command(other, "down")
		if status != 1 || !strings.Contains(problems, "second is protected") {
			r.t.Errorf("down: %d %s", status, problems)
		}
	})
}

// TestProtectRoles: who may read the history may read what the database is; who may only look marks nothing.
func TestProtectRoles(t *testing.T) {
	pgRunners(t, func(r *runner) {
		two, _ := shopOfThree()
		r.up(two, "0001_a, 0002_b")
		role := "reads_" + r.driver + strconv.Itoa(os.Getpid())
		later := "late_" + r.driver + strconv.Itoa(os.Getpid())
		r.exec("CREATE ROLE "+role, "CREATE ROLE "+later, "GRANT SELECT ON modelgen_history TO "+role)
		r.runs(two, "protect", "-name", "production")
		r.exec("GRANT SELECT ON modelgen_history TO " + later)
		as := func(role string) {
			r.db.SetMaxOpenConns(1)
			r.exec("SET ROLE " + role)
		}
		as(role)
		if out := r.runs(two, "status"); !strings.HasPrefix(out, "production (protected)\n") {
			r.t.Errorf("status: %s", out)
		}
		for _, command := range [][]string{{"unprotect", "production"}, {"protect", "-name", "production"}} {
			if status, _, problems := r.command(two, command...); status == 0 || !strings.Contains(problems, "is not a member") {
				r.t.Errorf("%s: %d %s", command, status, problems)
			}
		}
		as(later)
		if status, _, problems := r.command(two, "status"); status == 0 || !strings.Contains(problems, "GRANT SELECT ON") || !strings.Contains(problems, "modelgen_history_protection") {
			r.t.Errorf("status: %d %s", status, problems)
		}
		r.exec("RESET ROLE", "ALTER TABLE modelgen_history_log OWNER TO "+role)
		if status, _, problems := r.command(two, "down"); status == 0 || !strings.Contains(problems, "modelgen_history_log belongs to "+role) {
			r.t.Errorf("a log of somebody else: %d %s", status, problems)
		}
		r.exec("DROP TABLE modelgen_history_log", "DROP OWNED BY "+role, "DROP OWNED BY "+later, "DROP ROLE "+role, "DROP ROLE "+later)
	})
}

// TestProtectTests: a test does not work on a protected database, however empty it is.
func TestProtectTests(t *testing.T) {
	runners(t, func(r *runner) {
		two, _ := shopOfThree()
		r.runs(two, "protect", "-name", "production")
		rec := &recorder{TB: r.t}
		migratetest.Run(rec, r.db, r.dialect, two)
		if len(rec.errs) != 1 || !strings.Contains(rec.errs[0], "the database is production (protected), and was not touched") {
			r.t.Errorf("errors: %q", rec.errs)
		}
		r.history()
	})
}
