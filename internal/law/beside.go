package law

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/gen/sqlfiles"
	"github.com/modelgen/modelgen/internal/sqllex"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// What stands beside the tables is written into SQL files, for A and for B, as people write it: who renames a column renames it in the views, and who drops one
// takes it out of them. Each object is made from a seed of its own, so that a pair is shrunk by leaving some out.

// beside is an object, or a view with what is on it, over a table of A, of B, or of both.
type beside struct {
	*rand.Rand
	n    int
	pg   bool
	old  bool // PostgreSQL before 14, which has no functions with a body in SQL
	text [2]strings.Builder
}

// declare gives both schemas what stands beside their tables. truth is b with all that was renamed.
func (r *run) declare(a, b *schema.Schema) error {
	if len(r.pair.Beside) == 0 {
		return nil
	}
	sides := [2]*schema.Schema{a, b}
	var text [2]strings.Builder
	for i, seed := range r.pair.Beside {
		x := &beside{Rand: rand.New(rand.NewPCG(seed, 13)), n: i, pg: r.be.Name == "postgres", old: r.be.Name == "postgres" && r.pair.version > 0 && r.pair.version < 14}
		x.make(a, r.truth, b)
		for side := range text {
			text[side].WriteString(x.text[side].String())
		}
	}
	for side, s := range sides {
		if err := r.read(s, text[side].String()); err != nil {
			return fmt.Errorf("%w in\n%s", err, text[side].String())
		}
	}
	return nil
}

// read reads the text as a file of SQL.
func (r *run) read(s *schema.Schema, text string) error {
	dir, err := os.MkdirTemp("", "law")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := os.WriteFile(filepath.Join(dir, "all.sql"), []byte(text), 0o600); err != nil {
		return err
	}
	res, err := sqlfiles.Read(sqlfiles.Config{Dir: dir, Shown: "schema", Dialects: []migrate.Capabilities{r.be.Can}})
	if err != nil {
		return err
	}
	if problems := res.Into(s); len(problems) > 0 {
		return problems
	}
	return nil
}

// named is a table with some of its columns, as a side calls them; out is what a view calls them.
type named struct {
	table string
	cols  []string
	out   []string
}

// list writes columns of a SELECT.
func (t named) list(alias string) string {
	var all []string
	for i, c := range t.cols {
		item := alias + sqllex.QuoteName(c)
		if t.out[i] != c {
			item += " AS " + sqllex.QuoteName(t.out[i])
		}
		all = append(all, item)
	}
	return strings.Join(all, ", ")
}

// pickFrom returns some of a table, on each side; a side without it has no table.
func (x *beside) pickFrom(a, truth, b *schema.Schema) (sides [2]named) {
	origin := func(was, name string) string {
		if was != "" {
			return was
		}
		return name
	}
	var t *schema.Table
	fresh := x.IntN(5) == 0
	if fresh { // as B has it
		u := truth.Tables[x.IntN(len(truth.Tables))]
		sides[1] = named{table: u.Name}
		for _, c := range u.Columns {
			if (c.Name == key || x.IntN(2) == 0) && b.Table(u.Name) != nil && b.Table(u.Name).Column(c.Name) != nil {
				sides[1].cols, sides[1].out = append(sides[1].cols, c.Name), append(sides[1].out, c.Name)
			}
		}
		return sides
	}
	t = a.Tables[x.IntN(len(a.Tables))]
	var u *schema.Table
	for _, c := range truth.Tables {
		if origin(c.Was, c.Name) == t.Name && b.Table(c.Name) != nil && (u == nil || u.Was == "") {
			u = c
		}
	}
	sides[0] = named{table: t.Name}
	if u != nil {
		sides[1] = named{table: u.Name}
	}
	follows := x.IntN(2) == 0 // the view calls a renamed column by its new name
	for _, c := range t.Columns {
		if c.Name != key && x.IntN(2) == 0 {
			continue
		}
		sides[0].cols, sides[0].out = append(sides[0].cols, c.Name), append(sides[0].out, c.Name)
		if u == nil {
			continue
		}
		for _, d := range u.Columns {
			if origin(d.Was, d.Name) == c.Name && b.Table(u.Name).Column(d.Name) != nil {
				out := c.Name
				if follows {
					out = d.Name
				}
				if slices.Contains(sides[1].out, out) {
					out = d.Name
				}
				if slices.Contains(sides[1].out, out) {
					continue
				}
				sides[1].cols, sides[1].out = append(sides[1].cols, d.Name), append(sides[1].out, out)
			}
		}
	}
	return sides
}

// make writes the object for both sides.
func (x *beside) make(a, truth, b *schema.Schema) {
	one, two := x.pickFrom(a, truth, b), x.pickFrom(a, truth, b)
	kind, changes, nested, only := x.IntN(5), x.IntN(4) == 0, x.IntN(2) == 0, x.IntN(8)
	renamed := x.IntN(6) == 0
	for side := range 2 {
		t, u := one[side], two[side]
		if t.table == "" || len(t.cols) == 0 || only == side {
			continue
		}
		w := func(format string, args ...any) { fmt.Fprintf(&x.text[side], format+";\n", args...) }
		changed := changes && side == 1
		last := sqllex.QuoteName(t.cols[len(t.cols)-1])
		table, name := sqllex.QuoteName(t.table), fmt.Sprintf("beside_%d", x.n)
		if renamed && side == 1 {
			name = fmt.Sprintf("besides_%d", x.n)
			if only != 0 {
				fmt.Fprintf(&x.text[side], "-- was: beside_%d\n", x.n)
			}
		}
		switch {
		case kind <= 1 || kind == 2 && (u.table == "" || len(u.cols) == 0):
			where := ""
			if changed {
				where = " WHERE " + last + " IS NOT NULL"
			}
			w("CREATE VIEW %s AS SELECT %s FROM %s%s", name, t.list(""), table, where)
			if nested {
				w("CREATE VIEW over_%d AS SELECT count(%s) AS n FROM %s", x.n, sqllex.QuoteName(t.out[len(t.out)-1]), name)
				if !x.pg {
					w("CREATE TRIGGER instead_%d INSTEAD OF DELETE ON %s BEGIN DELETE FROM %s WHERE %s = old.%s AND 0; END", x.n, name, table, key, key)
				}
			}
		case kind == 2:
			w("CREATE VIEW %s AS SELECT %s, (SELECT count(*) FROM %s AS u WHERE u.%s IS NOT NULL) AS n FROM %s AS t", name, t.list("t."), sqllex.QuoteName(u.table), sqllex.QuoteName(u.cols[len(u.cols)-1]), table)
		case kind == 3 && x.pg:
			w("CREATE FUNCTION touch_%d() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN %s RETURN NEW; END $$", x.n, map[bool]string{true: "NULL;", false: ""}[changed])
			w("CREATE TRIGGER %s AFTER UPDATE OF %s ON %s FOR EACH ROW WHEN (NEW.%s IS NOT NULL) EXECUTE FUNCTION touch_%d()", name, last, table, last, x.n)
		case kind == 3:
			body := fmt.Sprintf("UPDATE %s SET %s = new.%s WHERE 0", table, key, key)
			if u.table != "" && len(u.cols) > 0 {
				body += fmt.Sprintf("; SELECT %s FROM %s WHERE 0", sqllex.QuoteName(u.cols[len(u.cols)-1]), sqllex.QuoteName(u.table))
			}
			w("CREATE TRIGGER %s AFTER UPDATE OF %s ON %s WHEN new.%s IS NOT NULL BEGIN %s; END", name, last, table, last, body)
		case x.pg && (nested || x.old):
			w("CREATE FUNCTION %s() RETURNS bigint LANGUAGE sql STABLE AS $$ SELECT count(%s) FROM %s $$", name, last, table)
		case x.pg:
			w("CREATE FUNCTION %s() RETURNS bigint LANGUAGE sql STABLE BEGIN ATOMIC SELECT count(%s) FROM %s; END", name, last, table)
		default:
			w("CREATE TRIGGER %s AFTER INSERT ON %s BEGIN SELECT count(*) FROM %s WHERE new.%s IS NULL; END", name, table, table, last)
		}
	}
}
