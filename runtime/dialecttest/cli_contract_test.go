package dialecttest_test

import (
	"encoding/json"
	"strings"
	"testing"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// TestCLIContract: a program that has both steps of a rename stops between them and is content, until it is told to go on.
func TestCLIContract(t *testing.T) {
	runners(t, func(r *runner) {
		t := r.t
		label, caption := schema.Text("label").Null(), schema.Text("caption").Null()
		both := migrate.AddDualWrite{Table: "things", Name: "things_both", From: "caption", To: "label", Up: "caption", Down: "label", Column: label}
		all := chain(makes("things", caption), migrate.AddColumn{Table: "things", Column: label}, migrate.DropDualWrite(both))
		all[1].Ops = append(all[1].Ops, both)
		all[2].Ops = append(all[2].Ops, migrate.DropColumn{Table: "things", Column: caption})
		set := migrate.NewSet("shop", all...)
		r.prints(set, "to 0001", 0, "\napplied  0001_a  TOOK\n", "")
		const why = " the dual write of things.caption and label, with 0002_b, and programs that know only caption may still be running; " +
			"when none of those is running any more, up -contract (Options.Contract) or to 0003_c goes on; the next release does so by itself\n"

		if status, out, problems := r.command(set, "plan"); status != 0 || problems != "" || strings.Contains(out, "DROP") ||
			!strings.HasPrefix(out, "0002_b\n") || !strings.HasSuffix(out, "\n0003_c waits: this release begins"+why) {
			t.Errorf("plan: %d %s%s", status, out, problems)
		}
		r.prints(set, "up", 0, "\napplied  0002_b  TOOK\n0003_c waits: this release has begun"+why, "")
		r.prints(set, "up", 0, "\n0003_c waits: this release has begun"+why, "")
		r.prints(set, "plan", 0, "\n0003_c waits: this release has begun"+why, "")
		r.prints(set, "check", 0, "", "")
		r.prints(set, "status", 0, `
shop: 2 applied, 0 pending, 1 waiting
  applied  0001_a  TIME  TOOK
  applied  0002_b  TIME  TOOK
  waits    0003_c
`, "")
		_, out, _ := r.command(set, "up", "-json")
		var res struct {
			Done  []any
			Waits struct{ Migration, Why string }
		}
		if err := json.Unmarshal([]byte(out), &res); err != nil || len(res.Done) > 0 || res.Waits.Migration != "0003_c" || !strings.Contains(res.Waits.Why, "up -contract") {
			t.Errorf("up -json: %v %s", err, out)
		}
		if _, out, _ := r.command(set, "status", "-json"); !strings.Contains(out, `"state": "waits"`) {
			t.Errorf("status -json: %s", out)
		}
		if status, out, _ := r.command(set, "plan", "-contract"); status != 0 || !strings.HasPrefix(out, "0003_c\n  destroys things.caption and its data\n") || strings.Contains(out, "waits") {
			t.Errorf("plan -contract: %d %s", status, out)
		}
		r.prints(set, "up -contract", 0, "\napplied  0003_c  TOOK\n", "")
		r.prints(set, "up", 0, "\nnothing to do\n", "")
		r.settled(set)
	})
}

// TestContractOfASetThatIsNeeded: the owner of the columns may be another set, or one of several that were joined.
func TestContractOfASetThatIsNeeded(t *testing.T) {
	runners(t, func(r *runner) {
		t := r.t
		label, caption := schema.Text("label").Null(), schema.Text("caption").Null()
		both := migrate.AddDualWrite{Table: "things", Name: "things_both", From: "caption", To: "label", Up: "caption", Down: "label", Column: label}
		all := chain(makes("things", caption), migrate.AddColumn{Table: "things", Column: label}, migrate.DropDualWrite(both))
		all[1].Ops = append(all[1].Ops, both)
		things := migrate.NewSet("things", all...)
		others := chain(makes("one"), adds("one", "a"))
		others[1].Parents = append(others[1].Parents, all[1])
		joined := migrate.Join(things, migrate.NewSet("one", others...))
		r.to(joined, "things/0001", "things/0001_a")
		res, err := r.migrator(joined).Up(t.Context())
		r.does(res, err, "things/0002_b, one/0001_a, one/0002_b")
		if res.Waits == nil || res.Waits.Set != "things" || res.Waits.Contract != "things/0003_c" {
			t.Fatalf("it waits for %+v", res.Waits)
		}
		res, err = r.migrator(things).Up(t.Context()) // the same release, without the other set
		r.does(res, err, "")
		if res.Waits == nil {
			t.Error("it does not wait")
		}
		if err := r.migrator(joined).Check(t.Context()); err != nil {
			t.Error(err)
		}
		r.to(joined, "things/0003", "things/0003_c")
		r.settled(joined)
	})
}
