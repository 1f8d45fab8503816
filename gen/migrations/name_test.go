package migrations

import "testing"

func TestNames(t *testing.T) {
	for words, name := range map[string]string{
		"product_stock": "0002_product_stock",
		"add_linux":     "0002_add_linux_migration", // else go build leaves the file out elsewhere
		"unit_test":     "0002_unit_test_migration", // else it is a test
		"test_unit":     "0002_test_unit",
	} {
		if got := FileName(2, words); got != name {
			t.Errorf("%s: %s, not %s", words, got, name)
		}
	}
	for name, v := range map[string]string{"0002_product_stock": "M0002ProductStock", "0003_user_id": "M0003UserID", "0004_order_ids": "M0004OrderIDs"} {
		if got := VarName(name); got != v {
			t.Errorf("%s: %s, not %s", name, got, v)
		}
	}
	for text, words := range map[string]string{"Product stock!": "product_stock", "__a--b__": "a_b", "Größe": "gr_e", "...": ""} {
		if got := Words(text); got != words {
			t.Errorf("%q: %q, not %q", text, got, words)
		}
	}
	for dir, pkg := range map[string]string{"db-migrations": "dbmigrations", "2024": "migrations", "main": "migrations", "func": "migrations", "": "migrations"} {
		if got := PackageName(dir); got != pkg {
			t.Errorf("%q: %q, not %q", dir, got, pkg)
		}
	}
}

func TestNumbers(t *testing.T) {
	for _, c := range []struct {
		names []string
		next  int
	}{
		{nil, 1},
		{[]string{"0001_initial", "0007_a", "0003_b"}, 8},
		{[]string{"initial", "12x", "99999999999999999999_a"}, 1}, // no number, or none that fits
	} {
		if got := NextNumber(c.names); got != c.next {
			t.Errorf("%q: %d, not %d", c.names, got, c.next)
		}
	}
	if n, rest := Number("0007_a_b"), WithoutNumber("0007_a_b"); n != "0007" || rest != "a_b" {
		t.Errorf("%q and %q", n, rest)
	}
	if got := JoinWords([]string{"orders", "order_items", "a_table_with_quite_a_long_name_of_its_own", "more"}); got != "orders_and_order_items_and_2_more" {
		t.Error(got)
	}
}
