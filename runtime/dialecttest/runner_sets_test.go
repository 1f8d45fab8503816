package dialecttest_test

import (
	"testing"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// twoSets are accounts, and orders, whose second migration needs the second of accounts.
func twoSets() (accounts, orders *migrate.Set) {
	a := chain(makes("users"), adds("users", "age"), adds("users", "size"))
	accounts = migrate.NewSet("accounts", a...)
	o1 := &migrate.Migration{Name: "0001_a", Ops: []migrate.Op{makes("orders", schema.BigInt("user_id"))}}
	o2 := &migrate.Migration{Name: "0002_b", Parents: []*migrate.Migration{o1, a[1]}, Ops: []migrate.Op{
		migrate.AddForeignKey{Table: "orders", ForeignKey: schema.ForeignKey{Name: "orders_user_id_fkey", Columns: []string{"user_id"}, RefTable: "users", RefColumns: []string{"id"}}},
	}}
	return accounts, migrate.NewSet("orders", o1, o2)
}

// TestSetsNeed applies what a set needs of another one, and no more.
func TestSetsNeed(t *testing.T) {
	runners(t, func(r *runner) {
		accounts, orders := twoSets()
		r.up(orders, "0001_a, accounts/0001_a, accounts/0002_b, 0002_b")
		r.up(orders, "")
		r.history("accounts/0001_a done", "accounts/0002_b done", "orders/0001_a done", "orders/0002_b done")
		r.settled(orders)
		r.prints(accounts, "check", 1, "", "migrate: set accounts: 1 pending: 0003_c; apply with up\n")
		r.up(accounts, "0003_c")
		r.up(orders, "")
		r.settled(accounts)
		r.settled(orders)
		r.to(orders, "zero", "undone 0002_b, undone 0001_a")
		r.history("accounts/0001_a done", "accounts/0002_b done", "accounts/0003_c done")
		r.up(orders, "0001_a, 0002_b")
	})
}

// TestSetsJoined carries both in one run, each with its own history.
func TestSetsJoined(t *testing.T) {
	runners(t, func(r *runner) {
		accounts, orders := twoSets()
		both := migrate.Join(orders, accounts)
		r.prints(both, "status -plan", 0, `
orders+accounts: 0 applied, 5 pending
  1  pending  orders/0001_a
  2  pending  accounts/0001_a
  3  pending  accounts/0002_b  after accounts/0001_a
  4  pending  orders/0002_b    after orders/0001_a, accounts/0002_b
  5  pending  accounts/0003_c  after accounts/0002_b
`, "")
		r.up(both, "orders/0001_a, accounts/0001_a, accounts/0002_b, orders/0002_b, accounts/0003_c")
		r.up(both, "")
		r.up(accounts, "")
		r.up(orders, "")
		r.settled(both)
		r.prints(both, "to 0001_a", 2, "", "migrate: \"0001_a\" is the beginning of several migrations: orders/0001_a, accounts/0001_a; write more of the name\n")
		r.prints(both, "to shop/0001", 2, "", "migrate: shop/0001: there is no set \"shop\" here; there is orders, accounts\n")
		// What needs it goes first, whatever set it is of.
		r.to(both, "accounts/0001", "undone accounts/0003_c, undone orders/0002_b, undone accounts/0002_b")
		r.to(both, "orders/zero", "undone orders/0001_a")
		r.to(both, "accounts/zero", "undone accounts/0001_a")
		r.history()
		r.up(both, "orders/0001_a, accounts/0001_a, accounts/0002_b, orders/0002_b, accounts/0003_c")
		r.to(both, "zero", "undone accounts/0003_c, undone orders/0002_b, undone accounts/0002_b, undone accounts/0001_a, undone orders/0001_a")
		r.to(both, "orders/0002_b", "orders/0001_a, accounts/0001_a, accounts/0002_b, orders/0002_b")
		r.prints(both, "status", 0, `
orders+accounts: 4 applied, 1 pending
  applied  accounts/0001_a  TIME  TOOK
  applied  accounts/0002_b  TIME  TOOK
  pending  accounts/0003_c
  applied  orders/0001_a  TIME  TOOK
  applied  orders/0002_b  TIME  TOOK
`, "")
	})
}

// TestSetsApart: what happens in one set does not count as late or unknown in another.
func TestSetsApart(t *testing.T) {
	runners(t, func(r *runner) {
		accounts, orders := twoSets()
		r.to(accounts, "0001_a", "0001_a")
		r.up(orders, "0001_a, accounts/0002_b, 0002_b")
		r.to(accounts, "0002_b", "")
		r.up(migrate.Join(accounts, orders), "accounts/0003_c")
	})
}

func TestSetsWrong(t *testing.T) {
	loose := &migrate.Migration{Name: "0001_loose", Ops: []migrate.Op{makes("loose")}}
	child := &migrate.Migration{Name: "0002_child", Parents: []*migrate.Migration{loose}, Ops: []migrate.Op{adds("loose", "x")}}
	r := &runner{t: t}
	r.fails(migrate.NewSet("apart", child).Err(), "0002_child has the parent 0001_loose, which is not in the list of the set")

	a := chain(makes("users"))
	broken := migrate.NewSet("broken", a[0], a[0])
	needs := &migrate.Migration{Name: "0001_needs", Parents: a, Ops: []migrate.Op{makes("t")}}
	r.fails(broken.Err(), "two migrations are called 0001_a")
	r.fails(migrate.NewSet("needs", needs).Err(), "of a set that is wrong")
	r.fails(migrate.Join(broken).Err(), "two migrations are called 0001_a")

	one, two := migrate.NewSet("one", chain(makes("same"))...), migrate.NewSet("two", chain(makes("same"))...)
	r.fails(migrate.Join(one, two).Err(), "same", "already exists")
	r.fails(migrate.Join(one, migrate.NewSet("one")).Err(), "two sets are called one")
	r.fails(migrate.Join(one, nil).Err(), "a set is nil")
	r.fails(migrate.NewSet("a/b").Err(), "no slash")
	r.fails(migrate.NewSet("z", &migrate.Migration{Name: "zero"}).Err(), "stands for none")
}
