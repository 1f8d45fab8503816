package main_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/modelgen/modelgen/internal/pgtest"
)

// shop is the built program with a database of its own, in a directory of its own.
type shop struct{ program, dir, url string }

// run returns what the program prints, with times and durations left out, and its exit status.
func (s shop) run(args ...string) (stdout, stderr string, code int, err error) {
	var out, errs strings.Builder
	cmd := exec.Command(s.program, args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = s.dir, &out, &errs
	cmd.Env = append(os.Environ(), "DATABASE_URL="+s.url)
	err = cmd.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		err = nil
	}
	return varies.ReplaceAllString(out.String(), ""), errs.String(), cmd.ProcessState.ExitCode(), err
}

// varies is what is different every time: the time and how long it took, at the end of a line.
var varies = regexp.MustCompile(`(?m)( +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)? +<?[0-9.]+(µs|ms|s)$`)

// build builds the program once for all tests.
func build(t *testing.T) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "shop")
	if runtime.GOOS == "windows" {
		program += ".exe"
	}
	if out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return program
}

const (
	nothing = "shop: 0 applied, 3 pending\n  pending  0001_initial\n  pending  0002_product_stock\n  pending  0003_customers_and_orders_and_order_items\n"
	some    = "shop: 1 applied, 2 pending\n  applied  0001_initial\n  pending  0002_product_stock\n  pending  0003_customers_and_orders_and_order_items\n"
	all     = "shop: 3 applied, 0 pending\n  applied  0001_initial\n  applied  0002_product_stock\n  applied  0003_customers_and_orders_and_order_items\n"
)

// story is what a person does with the shop, and what comes of it on every database.
var story = []struct {
	command, out, err string // err is a part of what is said, or ""
	code              int
}{
	{"", "", "usage: example COMMAND", 2},
	{"sell", "", "usage: example COMMAND", 2},
	{"add Tea", "", "usage: example COMMAND", 2},
	{"list all", "", "usage: example COMMAND", 2},
	{"migrate", "", "missing verb", 2},
	{"list", "", "3 pending", 1},
	{"add Tea 450", "", "apply with up", 1},
	{"migrate status", nothing, "", 0},
	{"migrate check", "", "3 pending", 1},
	{"migrate up", "applied  0001_initial\napplied  0002_product_stock\napplied  0003_customers_and_orders_and_order_items\n", "", 0},
	{"migrate up", "nothing to do\n", "", 0},
	{"migrate status", all, "", 0},
	{"migrate check", "", "", 0},
	{"migrate verify", "", "", 0},
	{"list", "  id  price  stock  name\n", "", 0},
	{"add Tea 450", "", "", 0},
	{"add Größe'; 1005", "", "", 0},
	{"add Coffee 4.50", "", `a whole number, not "4.50"`, 1},
	{"add Coffee -1", "", "products_price_positive", 1},
	{"list", "  id  price  stock  name\n   1   4.50      0  Tea\n   2  10.05      0  Größe';\n", "", 0},
	{"migrate to 0001", "undone   0003_customers_and_orders_and_order_items\nundone   0002_product_stock\n", "", 0},
	{"migrate status", some, "", 0},
	{"migrate verify", "", "", 0},
	{"list", "", "2 pending", 1},
	{"migrate up", "applied  0002_product_stock\napplied  0003_customers_and_orders_and_order_items\n", "", 0},
	{"migrate verify", "", "", 0},
	{"migrate status", all, "", 0},
	{"list", "  id  price  stock  name\n   1   4.50      0  Tea\n   2  10.05      0  Größe';\n", "", 0},
	{"migrate down", "undone   0003_customers_and_orders_and_order_items\n", "", 0},
	{"migrate to zero", "undone   0002_product_stock\nundone   0001_initial\n", "", 0},
	{"migrate status", nothing, "", 0},
	{"migrate to 0004", "", "0004", 2},
	{"migrate up", "applied  0001_initial\napplied  0002_product_stock\napplied  0003_customers_and_orders_and_order_items\n", "", 0},
}

// TestShop runs the real program, once for each command, on each database.
func TestShop(t *testing.T) {
	program := build(t)
	for name, url := range map[string]func(t *testing.T) string{
		"sqlite":   func(*testing.T) string { return "" },
		"postgres": func(t *testing.T) string { return pgtest.Database(t) },
	} {
		t.Run(name, func(t *testing.T) {
			s := shop{program, t.TempDir(), url(t)}
			for i, step := range story {
				out, said, code, err := s.run(strings.Fields(step.command)...)
				if err != nil {
					t.Fatal(err)
				}
				if out != step.out || code != step.code || !strings.Contains(said, step.err) || step.err == "" && said != "" {
					t.Errorf("step %d, %s: status %d, not %d; it says\n%q and %q, not\n%q and %q", i, step.command, code, step.code, out, said, step.out, step.err)
				}
			}
		})
		t.Run(name+"/several at once", func(t *testing.T) {
			s := shop{program, t.TempDir(), url(t)}
			const programs = 4
			var outs [programs]string
			var wg sync.WaitGroup
			for i := range programs {
				wg.Go(func() {
					out, said, code, err := s.run("migrate", "up")
					if code != 0 || err != nil {
						t.Errorf("migrate up: status %d, %v: %s", code, err, said)
					}
					outs[i] = out
				})
			}
			wg.Wait()
			if n := strings.Count(strings.Join(outs[:], ""), "applied  "); n != 3 {
				t.Errorf("%d migrations were applied, not 3: %q", n, outs)
			}
		})
	}
}

// TestStart: what is linked of this module does nothing when the program starts, which is what a service pays that finds nothing to do. A package with variables that the
// compiler cannot lay out, such as maps, says here that it is initialised.
func TestStart(t *testing.T) {
	cmd := exec.Command(build(t))
	cmd.Env = append(os.Environ(), "GODEBUG=inittrace=1")
	out, _ := cmd.CombinedOutput() // it fails, as nothing is asked of it
	others := 0
	for line := range strings.Lines(string(out)) {
		switch pkg, traced := strings.CutPrefix(line, "init "); {
		case strings.HasPrefix(pkg, "github.com/modelgen/modelgen/runtime"), strings.HasPrefix(pkg, "github.com/modelgen/modelgen/internal/"):
			t.Error(line)
		case traced:
			others++
		}
	}
	if others == 0 {
		t.Errorf("no package is initialised: %s", out)
	}
}

// TestAddress keeps the password of the database out of what is said.
func TestAddress(t *testing.T) {
	program := build(t)
	for _, url := range []string{
		"mysql://shop:secret@127.0.0.1/shop", "secret", "postgres://shop:sec ret@127.0.0.1/shop", "postgres://shop:secret@127.0.0.1:port/shop",
		"postgres://shop:secret@[::1/shop",
		"postgres://shop:secret@127.0.0.1:1/shop?sslmode=disable", "postgres://shop:secret@127.0.0.1:1/shop?sslmode=wrong",
		"postgres://shop:secret@127.0.0.1:1/shop?connect_timeout=wrong",
	} {
		for _, command := range []string{"list", "migrate status"} {
			_, said, code, err := shop{program, t.TempDir(), url}.run(strings.Fields(command)...)
			if err != nil {
				t.Fatal(err)
			}
			if code == 0 || said == "" || strings.Contains(said, "secret") || strings.Contains(said, "sec ret") {
				t.Errorf("%s with %s: status %d, it says %s", command, url, code, said)
			}
		}
	}
}
