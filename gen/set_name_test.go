package gen

import "testing"

// Two modules whose paths end in the same common word must not get the same name: databases tell sets apart by it alone.
func TestDefaultSet(t *testing.T) {
	for module, want := range map[string]string{
		"example.com/shop":          "shop",
		"example.com/shop/v2":       "shop",
		"github.com/acme/app":       "acme-app",
		"github.com/acme/API":       "acme-API",
		"github.com/acme/server/v3": "acme-server",
		"example.com/app":           "example.com-app",
		"app":                       "app",
		"shop":                      "shop",
		"example.com/größe":         "gr_e",
		"example.com/é":             "example.com",
		"":                          "app",
	} {
		if got := defaultSet(module); got != want {
			t.Errorf("the set of %s is called %s, want %s", module, got, want)
		}
	}
}
