package dialecttest_test

import (
	"html"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/page"
	"github.com/modelgen/modelgen/runtime/schema"
)

var escapes = regexp.MustCompile(`\x1b\[[0-9]*m`)

// TestPlanBadges: where there are colours plan has badges, in the words of the page, with the size of the table beside them, and a sum; elsewhere it
// has neither.
func TestPlanBadges(t *testing.T) {
	runners(t, func(r *runner) {
		set := foreseen(r,
			migrate.AlterColumn{Table: "pets", From: schema.BigInt("owner_id").Null(), To: schema.Text("owner_id").Null()},
			migrate.CreateIndex{Table: "pets", Index: schema.Index{Name: "pets_name_idx", Parts: []schema.IndexPart{{Column: "name"}}}},
			migrate.DropColumn{Table: "pets", Column: schema.Text("touched").Null()},
			makes("vets", schema.Text("name")),
			migrate.CreateIndex{Table: "vets", Index: schema.Index{Name: "vets_name_idx", Parts: []schema.IndexPart{{Column: "name"}}}},
		)
		_, plain, _ := r.command(set, "plan")
		if strings.ContainsAny(plain, "[\x1b") || strings.Contains(plain, "transactions") {
			r.t.Errorf("without colours it has badges:\n%s", plain)
		}
		_, painted, _ := r.command(set, "plan", "-color", "always")
		if !strings.Contains(painted, "\x1b[31m[destroys pets.touched]\x1b[0m") {
			r.t.Errorf("what is destroyed is not red:\n%q", painted)
		}
		out := escapes.ReplaceAllString(painted, "")
		want := []string{"destroys pets.touched", "rewrites pets"}
		sum := "1 migration, 1 transaction: 1 rewrites a table, 1 destroys data"
		size := "    [rewrites pets]  pets: 4 rows"
		if r.url != "" {
			want = append(want, "lock ACCESS EXCLUSIVE on pets", "lock SHARE UPDATE EXCLUSIVE on pets", "reads all of pets")
			sum = "1 migration, 3 transactions: 2 stop writers, 1 reads all of a table, 1 rewrites a table, 1 destroys data"
			size = "    [lock ACCESS EXCLUSIVE on pets]  [rewrites pets]  pets: 4 rows, "
		}
		for _, line := range []string{sum, size} {
			if !strings.Contains(out, "\n"+line) {
				r.t.Errorf("no line %q:\n%s", line, out)
			}
		}
		if strings.Contains(out, "-- pets: ") {
			r.t.Errorf("the size is told twice:\n%s", out)
		}
		got := badgesIn(out, `\[([^\]]*)\]`)
		for _, w := range want {
			if !slices.Contains(got, w) {
				r.t.Errorf("no badge %q: %q", w, got)
			}
		}
		var b strings.Builder
		if err := page.New(page.FromSet(set, r.dialect)).HTML(&b); err != nil {
			r.t.Fatal(err)
		}
		_, article, _ := strings.Cut(b.String(), `id="m-0002_step"`)
		article, _, _ = strings.Cut(article, "</article>")
		if d := cmp.Diff(badgesIn(article, `<b class="[a-z]+">([^<]*)<`), got); d != "" {
			r.t.Errorf("badges of the page and of plan (-page +plan):\n%s", d)
		}
	})
}

// badgesIn returns the words of badges, each once, sorted.
func badgesIn(text, pattern string) (words []string) {
	for _, m := range regexp.MustCompile(pattern).FindAllStringSubmatch(text, -1) {
		words = append(words, html.UnescapeString(m[1]))
	}
	slices.Sort(words)
	return slices.Compact(words)
}
