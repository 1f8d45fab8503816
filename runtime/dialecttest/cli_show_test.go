package dialecttest_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// TestCLIShow: the page says of each migration whether the database has it, also of those that the program does not know.
func TestCLIShow(t *testing.T) {
	runners(t, func(r *runner) {
		dir := r.t.TempDir()
		to := filepath.Join(dir, "page")
		list := chain(makes("one", schema.Text("a").Null()), makes("two"), makes("three"))
		set := migrate.NewSet("shop", list...)
		show := func(set *migrate.Set) string {
			if status, out, problems := r.command(set, "show", "-html", to); status != 0 || out != filepath.Join(to, "index.html")+"\n" || problems != "" {
				r.t.Fatalf("show: %d %s%s", status, out, problems)
			}
			html, err := os.ReadFile(filepath.Join(to, "index.html"))
			if err != nil {
				r.t.Fatal(err)
			}
			return string(html)
		}
		state := func(html, name string) string {
			_, after, _ := strings.Cut(html, `<article class="m" id="m-`+name+`">`)
			m := regexp.MustCompile(`<p class="badges"><b class="\w+">([^<]*)</b>`).FindStringSubmatch(after)
			if m == nil {
				return ""
			}
			return m[1]
		}
		if html := show(set); state(html, "0001_a") != "pending" {
			r.t.Errorf("before anything is applied: %q", state(html, "0001_a"))
		}
		if status, _, problems := r.command(set, "up", "-to", "0002"); status != 0 {
			r.t.Fatal(problems)
		}
		html := show(set)
		if got := state(html, "0002_b"); !regexp.MustCompile(`^applied \d{4}-\d\d-\d\d \d\d:\d\d:\d\d$`).MatchString(got) {
			r.t.Errorf("0002 is %q", got)
		}
		if got := state(html, "0003_c"); got != "pending" {
			r.t.Errorf("0003 is %q", got)
		}
		can := r.dialect.Capabilities()
		label := can.Product
		if can.Oldest > 0 {
			var number int
			if err := r.db.QueryRowContext(r.t.Context(), "SELECT current_setting('server_version_num')::int").Scan(&number); err != nil {
				r.t.Fatal(err)
			}
			label = fmt.Sprintf("%s %d", can.Product, number/10000)
		}
		if !strings.Contains(html, "3 migrations \u00b7 "+label+"</p>") {
			r.t.Errorf("the page is not that of %s", label)
		}
		if again := show(set); again != html {
			r.t.Error("the same database makes another page")
		}
		if html := show(migrate.NewSet("shop", chain(makes("one", schema.Text("a").Null()))...)); !strings.Contains(html, "migrations that are not among these: 0002_b.") {
			r.t.Error("a migration that the program does not know is not named")
		}
		r.prints(set, "show", 2, "", "migrate: show writes a page with -html DIR, or prints a diagram with -format svg or -format dot\n")
		r.prints(set, "show -format png", 2, "", "migrate: -format png: it is svg or dot\n")
		r.prints(set, "show -format dot -from 0001", 2, "", "migrate: -from and -to compare in the page (-html) and in the drawing (-format svg)\n")
		if status, out, _ := r.command(set, "show", "-format", "dot"); status != 0 || !strings.HasPrefix(out, "digraph \"shop\" {\n") {
			r.t.Errorf("show -format dot: %d %s", status, out)
		}
	})
}
