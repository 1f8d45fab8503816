package dialecttest_test

import (
	"strings"
	"testing"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// refusal is a state of a database in which a command is refused, and what the refusal names as the way out.
type refusal struct {
	name    string
	before  func(r *runner)
	set     func() *migrate.Set
	command string   // what is refused
	says    []string // what it says besides
	next    []string // the commands that it names, which are then run one after the other
	then    func() *migrate.Set
}

// untouched is a step with nothing in it that a database could be in the middle of.
func untouched() migrate.Op {
	return migrate.SQL{Up: []string{"UPDATE one SET id = id"}, Down: []string{"UPDATE one SET id = id"}}
}

func refusals() []refusal {
	three := func() []*migrate.Migration { return chain(makes("one"), adds("one", "a"), adds("one", "b")) }
	up := func(all ...*migrate.Migration) func(r *runner) {
		return func(r *runner) {
			if _, err := r.migrator(migrate.NewSet("shop", all...)).Up(r.t.Context()); err != nil {
				r.t.Fatal(err)
			}
		}
	}
	set := func(all ...*migrate.Migration) func() *migrate.Set {
		return func() *migrate.Set { return migrate.NewSet("shop", all...) }
	}
	edited := three()
	edited[1].Ops = []migrate.Op{migrate.AddColumn{Table: "one", Column: schema.Integer("a").Default(7)}}
	inserted := three()
	between := &migrate.Migration{Name: "0002_aa", Parents: inserted[:1], Ops: []migrate.Op{makes("two")}}
	inserted[1].Parents = []*migrate.Migration{between}
	inserted = []*migrate.Migration{inserted[0], between, inserted[1], inserted[2]}
	calm := chain(makes("one"), untouched(), untouched())
	forked := chain(makes("one"), untouched(), untouched())
	forked[2].Parents = forked[:1]
	forked = append(forked, &migrate.Migration{Name: "0004_merge", Parents: forked[1:3]})
	s := newSquashed()
	both := &migrate.Migration{Name: "0001_both", Ops: []migrate.Op{makes("one", schema.Text("name")), makes("two")}}
	half := func(state, name string, all ...*migrate.Migration) func(r *runner) {
		return func(r *runner) {
			up(all...)(r)
			r.exec("UPDATE modelgen_history SET state = '" + state + "', stage = 0, finished = NULL WHERE name = '" + name + "'")
		}
	}
	return []refusal{
		{name: "unknown", before: up(three()...), set: set(three()[:2]...), command: "down", says: []string{"does not know: 0003_c"}, next: []string{"-allow-unknown"}},
		{name: "unknown, pruned", before: up(three()...), set: set(three()[:1]...), command: "prune", next: []string{"prune 0002_b 0003_c"}},
		{name: "edited", before: up(three()[:2]...), set: set(edited...), command: "up", says: []string{"changed since they were applied: 0002_b"}, next: []string{"-allow-edited"}},
		{name: "edited, check", before: up(three()...), set: set(edited...), command: "check", says: []string{"changed since they were applied: 0002_b"}, next: []string{"-allow-edited"}},
		{name: "edited and unknown", before: up(three()...), set: set(edited[:2]...), command: "down",
			says: []string{"changed since they were applied: 0002_b", "does not know: 0003_c", "-allow-edited", "-allow-unknown"}, next: []string{"-allow-edited -allow-unknown"}},
		{name: "late", before: up(three()...), set: set(inserted...), command: "up", says: []string{"later ones are applied: 0002_aa"}, next: []string{"plan", "-allow-out-of-order"}},
		{name: "late, there", before: up(three()...), set: set(inserted...), command: "up", next: []string{"fake 0002_aa -allow-out-of-order"}},
		{name: "parent missing", before: up(three()...), set: set(inserted...), command: "down", says: []string{"0002_b is applied, its parent 0002_aa is not"}, next: []string{"up -to 0002_aa -allow-out-of-order"}},
		{name: "parent missing, there", before: up(three()...), set: set(inserted...), command: "down", next: []string{"fake 0002_aa -allow-out-of-order"}},
		{name: "being undone", before: half("undoing", "0003_c", calm...), set: set(calm...), command: "up", says: []string{"0003_c was being undone and stopped after 0 stages"}, next: []string{"finish with down"}},
		{name: "being undone beside another", before: half("undoing", "0002_b", forked[:2]...), set: set(forked...), command: "up", next: []string{"finish with down"}},
		{name: "being undone below another", before: half("undoing", "0002_b", forked...), set: set(forked...), command: "up -to 0002_b", next: []string{"finish with down"}},
		{name: "replaced", before: func(r *runner) {
			up(s.a, s.b, s.squash, s.c, s.d)(r)
			r.prints(s.after(), "prune", 0, "pruned   0001_a\npruned   0002_b\n", "")
		}, set: set(s.a, s.b, s.squash, s.c, s.d), command: "to 0001_a", says: []string{"0001_a cannot be applied"}, next: []string{"to zero", "to 0001_a"}},
		{name: "replaced, files gone", before: up(s.a), set: s.after, command: "up", says: []string{"restore the files"}, next: []string{"run up"}, then: s.both},
		{name: "replaced, not recorded", before: up(s.a, s.b, s.c), set: s.after, command: "prune", next: []string{"finish with up", "prune"}},
		{name: "initial, a part", before: func(r *runner) { r.exec("CREATE TABLE one (id bigint PRIMARY KEY, name text NOT NULL)") }, set: set(both), command: "up -fake-initial", next: []string{"sql 0001_both"}},
		{name: "initial, another", before: func(r *runner) {
			r.exec("CREATE TABLE one (id bigint PRIMARY KEY, name text NOT NULL)", "CREATE TABLE two (id text PRIMARY KEY)")
		}, set: set(both), command: "up -fake-initial", next: []string{"sql 0001_both", "fake 0001_both"}},
	}
}

// TestCLINextCommand: what a refusal names as the next command is run, and works.
func TestCLINextCommand(t *testing.T) {
	t.Parallel()
	for _, c := range refusals() {
		t.Run(c.name, func(t *testing.T) {
			runners(t, func(r *runner) {
				c.before(r)
				set := c.set()
				status, out, problems := r.command(set, strings.Fields(c.command)...)
				if status != 1 || out != "" && !strings.HasPrefix(c.name, "initial") { // which prints what differs
					r.t.Fatalf("%s: exit status %d: %s%s", c.command, status, out, problems)
				}
				for _, words := range append(c.says, c.next...) {
					if c.name == "edited and unknown" && strings.Contains(words, " -") {
						continue // the flags of two problems go together
					}
					if !strings.Contains(problems, words) {
						r.t.Errorf("%s does not say %q: %s", c.command, words, problems)
					}
				}
				if c.then != nil {
					set = c.then()
				}
				for _, next := range c.next {
					next = strings.TrimPrefix(strings.TrimPrefix(next, "finish with "), "run ")
					if strings.HasPrefix(next, "-") {
						next = c.command + " " + next
					}
					if status, out, problems := r.command(set, strings.Fields(next)...); status != 0 {
						r.t.Errorf("%s: exit status %d: %s%s", next, status, out, problems)
					}
				}
			})
		})
	}
}

// TestCLIPlanRefused: plan only reads, so it shows what would be refused, and says that it would be.
func TestCLIPlanRefused(t *testing.T) {
	runners(t, func(r *runner) {
		all := chain(makes("one"), adds("one", "a"), adds("one", "b"))
		r.up(migrate.NewSet("shop", all...), "0001_a, 0002_b, 0003_c")
		old := migrate.NewSet("shop", all[:2]...)
		const says = "set shop: the database has migrations that this program does not know: 0003_c\n  next: run the newer program, or allow it with -allow-unknown (Options.Unknown)\n  next: if they were deleted on purpose, forget their rows with prune"
		status, out, problems := r.command(old, "plan", "-down", "1")
		if status != 0 || !strings.HasPrefix(out, "0002_b  (undo)\n") || problems != "migrate: this would be refused: "+says+"\n" {
			r.t.Errorf("exit status %d: %s%s", status, out, problems)
		}
		if status, out, _ := r.command(old, "plan", "-down", "1", "-json"); status != 0 || !strings.Contains(out, `"refused": "`+strings.ReplaceAll(says, "\n", `\n`)+`"`) {
			r.t.Errorf("exit status %d: %s", status, out)
		}
		if status, _, problems := r.command(old, "plan", "-down", "1", "-allow-unknown"); status != 0 || problems != "" {
			r.t.Errorf("exit status %d: %s", status, problems)
		}
		r.prints(old, "down", 1, "", "migrate: "+says+"\n")
		r.history("shop/0001_a done", "shop/0002_b done", "shop/0003_c done")
	})
}

// TestCLIDownGoesOn: a way back of several steps that failed is gone on with by those that are left, not by all of them again.
func TestCLIDownGoesOn(t *testing.T) {
	runners(t, func(r *runner) {
		set := migrate.NewSet("shop", chain(makes("one"), adds("one", "a"), makes("two"), makes("three"))...)
		r.up(set, "0001_a, 0002_b, 0003_c, 0004_d")
		r.exec("DROP TABLE two")
		status, _, problems := r.command(set, "down", "-n", "2")
		if status != 1 || !strings.Contains(problems, "nothing of it was changed; fix what failed, then run down -n 1; before it undone: 0004_d\n") {
			r.t.Errorf("exit status %d: %s", status, problems)
		}
		r.exec("CREATE TABLE two (id bigint PRIMARY KEY)")
		r.prints(set, "down -n 1", 0, "undone   0003_c  TOOK\n", "")
	})
}
