package dialecttest_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/modelgen/modelgen/gen/diff"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// everyObject returns a set that makes the schema with an object of every kind, as generate would, and that schema.
func (r *runner) everyObject() (*migrate.Set, *schema.Schema) {
	t, d, s := r.t, r.dialect, r.everySchema()
	t.Helper()
	s.Objects = nil
	for _, table := range s.Tables {
		table.DualWrites = nil
	}
	s = s.For(d.Name()).Clone()
	if len(d.Capabilities().ReservedSchemas) == 0 {
		s.Namespaces = nil
	}
	for i := range s.SQLObjects {
		s.SQLObjects[i].Was = ""
	}
	res, err := diff.Diff(diff.Input{Old: &schema.Schema{}, New: s, Dialects: []migrate.Capabilities{d.Capabilities()}})
	if err != nil || len(res.Questions) > 0 {
		t.Fatal(err, res)
	}
	return migrate.NewSet("shop", &migrate.Migration{Name: "0001_initial", Ops: res.Ops}), s
}

// objectsByHand are changes of objects by hand: what verify says of each, a line for each fact, and what takes it back. The statements are divided by ;;
var objectsByHand = map[string][]struct{ name, do, says, back string }{
	"postgres": {
		{"view gone", "DROP VIEW dear_items", "missing comment on view dear_items|missing view dear_items",
			"CREATE VIEW dear_items AS select ID, amount from public.items where (amount) > 50 ;; COMMENT ON VIEW dear_items IS 'what costs more than 50'"},
		{"view changed", "CREATE OR REPLACE VIEW dear_items AS SELECT id, amount FROM items WHERE amount > 60", "missing view dear_items|unexpected view dear_items",
			"CREATE OR REPLACE VIEW dear_items AS SELECT id, amount FROM items WHERE amount > 50"},
		{"view option gone", "ALTER VIEW billing.moods RESET (security_barrier)", "missing view billing.moods|unexpected view billing.moods", "ALTER VIEW billing.moods SET (security_barrier)"},
		{"trigger on a view", "CREATE TRIGGER t INSTEAD OF DELETE ON dear_items FOR EACH ROW EXECUTE FUNCTION touch()", "unexpected trigger dear_items.t", "DROP TRIGGER t ON dear_items"},
		{"trigger enabled", "ALTER TABLE items ENABLE TRIGGER items_touch", "missing trigger items.items_touch|unexpected trigger items.items_touch", "ALTER TABLE items DISABLE TRIGGER items_touch"},
		{"trigger gone", "DROP TRIGGER items_touch ON items", "missing trigger items.items_touch",
			"CREATE TRIGGER items_touch BEFORE UPDATE ON items FOR EACH ROW EXECUTE PROCEDURE touch() ;; ALTER TABLE items DISABLE TRIGGER items_touch"},
		{"function changed", "CREATE OR REPLACE FUNCTION is_dear(amount integer) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT amount > 55'", "missing function is_dear(integer)|unexpected function is_dear(integer)",
			"CREATE OR REPLACE FUNCTION is_dear(amount int) RETURNS bool IMMUTABLE LANGUAGE sql AS $$\n SELECT amount > 50\r\n$$"},
		{"function of another security", "ALTER FUNCTION touch() SECURITY DEFINER", "missing function touch()|unexpected function touch()", "ALTER FUNCTION touch() SECURITY INVOKER"},
		{"procedure changed", "CREATE OR REPLACE PROCEDURE empty_items(below integer DEFAULT 1) LANGUAGE sql AS ' DELETE FROM items WHERE amount < below '", "missing procedure empty_items(integer)|unexpected procedure empty_items(integer)",
			"CREATE OR REPLACE PROCEDURE empty_items(below integer DEFAULT 0) LANGUAGE sql AS ' DELETE FROM items WHERE amount < below '"},
		{"aggregate changed", "CREATE OR REPLACE AGGREGATE total(integer) (SFUNC = int4pl, STYPE = integer, INITCOND = '1')", "missing aggregate total(integer)|unexpected aggregate total(integer)",
			"CREATE OR REPLACE AGGREGATE total(integer) (SFUNC = int4pl, STYPE = integer, INITCOND = '0')"},
		{"sequence changed", "ALTER SEQUENCE billing.numbers INCREMENT BY 6", "missing sequence billing.numbers|unexpected sequence billing.numbers", "ALTER SEQUENCE billing.numbers INCREMENT BY 5"},
		{"sequence used", "SELECT nextval('billing.numbers')", "", ""},
		{"domain changed", "ALTER DOMAIN price SET DEFAULT 1 ;; ALTER DOMAIN price DROP CONSTRAINT price_positive", "missing domain price|unexpected domain price",
			"ALTER DOMAIN price SET DEFAULT 0 ;; ALTER DOMAIN price ADD CONSTRAINT price_positive CHECK (VALUE >= 0)"},
		{"attribute added", "ALTER TYPE money_of ADD ATTRIBUTE more text", "missing composite type money_of|unexpected composite type money_of", "ALTER TYPE money_of DROP ATTRIBUTE more"},
		{"range type gone", "DROP TYPE sizes", "missing range type sizes", "CREATE TYPE sizes AS RANGE (subtype = int)"},
		{"materialized view changed", "DROP MATERIALIZED VIEW item_totals ;; CREATE MATERIALIZED VIEW item_totals AS SELECT parent_code, 1 AS amount FROM items", "missing index item_totals_key on item_totals|missing materialized view item_totals|unexpected materialized view item_totals",
			"DROP MATERIALIZED VIEW item_totals ;; CREATE MATERIALIZED VIEW item_totals AS SELECT parent_code, total(amount) AS amount FROM items GROUP BY parent_code WITH NO DATA ;; CREATE UNIQUE INDEX item_totals_key ON item_totals (parent_code)"},
		{"index of a materialized view added", "CREATE INDEX more ON item_totals (amount)", "unexpected index more on item_totals", "DROP INDEX more"},
		{"policy changed", "ALTER POLICY items_cheap ON items USING (true)", "missing policy items_cheap on items|unexpected policy items_cheap on items", "ALTER POLICY items_cheap ON items USING (NOT is_dear(amount))"},
		{"policy added", "CREATE POLICY more ON parents", "unexpected policy more on parents", "DROP POLICY more ON parents"},
		{"row security on", "ALTER TABLE parents ENABLE ROW LEVEL SECURITY", "unexpected row security of parents", "ALTER TABLE parents DISABLE ROW LEVEL SECURITY"},
		{"row security not forced", "ALTER TABLE items NO FORCE ROW LEVEL SECURITY", "missing row security of items|unexpected row security of items", "ALTER TABLE items FORCE ROW LEVEL SECURITY"},
		{"rule gone", "DROP RULE items_kept ON items", "missing rule items_kept on items", "CREATE RULE items_kept AS ON DELETE TO items WHERE OLD.amount > 80 DO INSTEAD NOTHING"},
		{"rule added", "CREATE RULE more AS ON DELETE TO parents DO INSTEAD NOTHING", "unexpected rule more on parents", "DROP RULE more ON parents"},
		{"exclusion constraint gone", "ALTER TABLE items DROP CONSTRAINT visits_apart", "missing constraint items.visits_apart", "ALTER TABLE items ADD CONSTRAINT visits_apart EXCLUDE USING gist (int8range(id, id, '[]') WITH &&)"},
		{"event trigger disabled", "ALTER EVENT TRIGGER everyop_watch DISABLE", "missing event trigger everyop_watch|unexpected event trigger everyop_watch", "ALTER EVENT TRIGGER everyop_watch ENABLE"},
		{"statistics gone", "DROP STATISTICS items_together", "missing statistics items_together", "CREATE STATISTICS items_together (dependencies) ON amount, size FROM items"},
		{"publication changed", "ALTER PUBLICATION everyop_news SET (publish = 'insert, delete')", "missing publication everyop_news|unexpected publication everyop_news", "ALTER PUBLICATION everyop_news SET (publish = 'insert')"},
		{"published more", "ALTER PUBLICATION everyop_news ADD TABLE visits", "missing publication everyop_news|unexpected publication everyop_news", "ALTER PUBLICATION everyop_news DROP TABLE visits"},
		{"partition detached", "ALTER TABLE visits DETACH PARTITION visits_old", "missing partition visits_old of visits", "ALTER TABLE visits ATTACH PARTITION visits_old FOR VALUES FROM (MINVALUE) TO ('2026-01-01')"},
		{"partition of somebody else", "CREATE TABLE visits_new PARTITION OF visits DEFAULT", "", "DROP TABLE visits_new"},
		{"extension gone", "DROP EXTENSION pg_trgm", "missing extension pg_trgm", "CREATE EXTENSION pg_trgm"},
		{"comment changed", "COMMENT ON VIEW dear_items IS 'other'", "missing comment on view dear_items|unexpected comment on view dear_items", "COMMENT ON VIEW dear_items IS 'what costs more than 50'"},
		{"comment added", "COMMENT ON FUNCTION touch() IS 'more'", "unexpected comment on function touch()", "COMMENT ON FUNCTION touch() IS NULL"},
		{"privilege revoked", "REVOKE SELECT ON items FROM PUBLIC", "missing grant table items to PUBLIC|unexpected grant table items to PUBLIC", "GRANT SELECT ON items TO PUBLIC ;; GRANT UPDATE (amount) ON items TO PUBLIC"},
		{"privilege granted", "GRANT DELETE ON items TO PUBLIC", "missing grant table items to PUBLIC|unexpected grant table items to PUBLIC", "REVOKE DELETE ON items FROM PUBLIC"},
		{"privileges on other things", "GRANT SELECT ON parents TO PUBLIC", "", "REVOKE SELECT ON parents FROM PUBLIC"},
		{"storage parameters", "ALTER TABLE items SET (fillfactor = 80)", "missing storage parameters items|unexpected storage parameters items", "ALTER TABLE items SET (fillfactor = 70)"},
		{"logged", "ALTER TABLE items SET LOGGED", "missing unlogged table items", "ALTER TABLE items SET UNLOGGED"},
		{"views and functions of others", "CREATE VIEW other AS SELECT 1 ;; CREATE FUNCTION total(text) RETURNS text LANGUAGE sql AS 'SELECT $1'", "", "DROP VIEW other ;; DROP FUNCTION total(text)"},
	},
	"sqlite": {
		{"view gone", "DROP VIEW dear_items", "missing view dear_items", "CREATE VIEW IF NOT EXISTS [dear_items] AS select \"id\", `amount` from items -- dear\n where amount > 50"},
		{"view changed", "DROP VIEW dear_items ;; CREATE VIEW dear_items AS SELECT id, amount FROM items WHERE amount > 60", "missing view dear_items|unexpected view dear_items",
			"DROP VIEW dear_items ;; CREATE VIEW dear_items AS SELECT id, amount FROM items WHERE amount > 50"},
		{"trigger on a view", "CREATE TRIGGER t INSTEAD OF DELETE ON dear_items BEGIN SELECT 1; END", "unexpected trigger dear_items.t", "DROP TRIGGER t"},
		{"trigger gone", "DROP TRIGGER items_touch", "missing trigger items.items_touch", "CREATE TRIGGER IF NOT EXISTS items_touch AFTER UPDATE ON items BEGIN UPDATE parents SET note = 'touched' WHERE code = NEW.parent_code; END"},
		{"trigger added", "CREATE TRIGGER t AFTER DELETE ON items BEGIN SELECT 1; END", "unexpected trigger items.t", "DROP TRIGGER t"},
		{"virtual table changed", "DROP TABLE places ;; CREATE VIRTUAL TABLE places USING fts5(name)", "missing virtual table places|unexpected virtual table places", "DROP TABLE places ;; CREATE VIRTUAL TABLE main.places USING fts5(name, note)"},
		{"virtual table used", "INSERT INTO places VALUES ('a', 'b')", "", ""},
		{"views of others", "CREATE VIEW other AS SELECT 1 ;; CREATE VIRTUAL TABLE o USING fts5(a)", "", "DROP VIEW other ;; DROP TABLE o"},
	},
}

// ofVersion are the columns that servers before 16 print with their table.
var ofVersion = regexp.MustCompile(`\bitems\.(id|amount|mood|parent_code)\b`)

// TestVerifySeesEveryObject: on a database with an object of every kind verify is silent after up, finds what is changed by hand of each, says what to do about it, and is silent when that is taken back, as
// somebody else would write it. With its history gone, -fake-initial takes the database over.
func TestVerifySeesEveryObject(t *testing.T) {
	t.Parallel()
	runners(t, func(r *runner) {
		set, s := r.everyObject()
		r.up(set, "0001_initial")
		m := r.migrator(set)
		facts := func() (out []string) {
			diff, err := m.Verify(r.t.Context())
			if err != nil {
				r.t.Fatal(err)
			}
			for _, d := range diff {
				if d.Fix == "" {
					r.t.Errorf("nothing is said to do about %s", d.Fact)
				}
				out = append(out, map[bool]string{true: "missing ", false: "unexpected "}[d.Missing]+d.Fact)
			}
			return out
		}
		if got := facts(); len(got) > 0 {
			r.t.Fatalf("after up: %q", got)
		}
		var kinds []string
		var remedies strings.Builder
		for _, c := range objectsByHand[r.dialect.Name()] {
			r.exec(strings.Split(c.do, " ;; ")...)
			diff, err := m.Verify(r.t.Context())
			if err != nil {
				r.t.Fatal(c.name, err)
			}
			fmt.Fprintf(&remedies, "# %s\n", c.name)
			for _, d := range diff {
				fact, _, _ := strings.Cut(d.Fact, ": ") // what follows is as the version of the server prints it
				fmt.Fprintf(&remedies, "%s %s\n    %s\n", map[bool]string{true: "-", false: "+"}[d.Missing], fact, ofVersion.ReplaceAllString(d.Fix, "$1"))
			}
			got := facts()
			want := strings.Split(c.says, "|")
			if c.says == "" {
				want = nil
			}
			if !slices.EqualFunc(got, want, strings.HasPrefix) {
				r.t.Errorf("%s:\n got %q\nwant %q", c.name, got, want)
			}
			for _, o := range s.SQLObjects {
				if o.Kind == schema.ExclusionKind && strings.Contains(c.says, "constraint "+o.Table+"."+o.Name) || o.Kind == schema.TriggerKind && strings.Contains(c.says, "trigger "+o.Table+"."+o.Name) || strings.Contains(c.says, o.String()) {
					kinds = append(kinds, string(o.Kind))
				}
			}
			if c.back != "" {
				r.exec(strings.Split(c.back, " ;; ")...)
			}
			if got := facts(); len(got) > 0 {
				r.t.Fatalf("%s: taken back, and still: %q", c.name, got)
			}
		}
		for _, o := range s.SQLObjects {
			if !slices.Contains(kinds, string(o.Kind)) {
				r.t.Errorf("nothing is changed by hand of a %s", o.Kind)
			}
		}
		compared(r.t, "verify_objects_"+r.dialect.Name()+".txt", remedies.String())

		r.exec("DROP TABLE modelgen_history")
		r.opt.FakeInitial = true
		r.up(set, "faked 0001_initial")
		if got := facts(); len(got) > 0 {
			r.t.Errorf("taken over: %q", got)
		}
	})
}
