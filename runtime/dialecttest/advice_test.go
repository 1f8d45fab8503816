package dialecttest_test

import (
	"context"
	"strings"
	"testing"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// adviceCase is a step that fails behind others, and what its error says besides what the database does.
type adviceCase struct {
	name   string
	before [][]migrate.Op // the migrations before
	ops    []migrate.Op
	prep   []string // statements between them
	says   string
	not    string // what it must not say
}

func hand(statements ...string) migrate.Op {
	return migrate.SQL{Up: statements, NoDown: "it is a test"}
}

// adviceCases are those of both dialects.
func adviceCases() []adviceCase {
	firms := makes("firms", schema.Text("currency"), schema.Text("name"))
	projects := makes("projects", schema.Text("currency").Null())
	return []adviceCase{
		{
			name: "dropped by the same migration", before: [][]migrate.Op{{firms, projects}},
			ops: []migrate.Op{
				migrate.DropColumn{Table: "firms", Column: schema.Text("currency")},
				hand("UPDATE projects SET currency = (SELECT f.currency FROM firms f WHERE f.id = projects.id)"),
			},
			says: "an earlier step of this migration dropped firms.currency", not: "by hand",
		},
		{
			name: "renamed by the same migration", before: [][]migrate.Op{{firms, projects}},
			ops: []migrate.Op{
				migrate.RenameColumn{Table: "firms", From: "name", To: "title"},
				hand("UPDATE firms SET name = 'x'"),
			},
			says: "an earlier step of this migration renamed firms.name to title", not: "by hand",
		},
		{
			name: "dropped by a migration before", before: [][]migrate.Op{{firms, projects}, {migrate.DropTable(firms.(migrate.CreateTable))}},
			ops:  []migrate.Op{hand("DELETE FROM firms")},
			says: "0002 dropped firms", not: "by hand",
		},
	}
}

func pgAdviceCases() []adviceCase {
	things := makes("things", schema.Integer("n"), schema.Text("label"))
	return []adviceCase{
		{
			name: "misspelled", before: [][]migrate.Op{{things}}, ops: []migrate.Op{hand("UPDATE things SET lable = 'x'")},
			says: "is it misspelled?", not: "by hand",
		},
		{
			name: "a column of an op that somebody took away", before: [][]migrate.Op{{things}}, prep: []string{"ALTER TABLE things DROP COLUMN label"},
			ops:  []migrate.Op{migrate.RenameColumn{Table: "things", From: "label", To: "title"}},
			says: "was something changed by hand?",
		},
		{
			name: "a view on the column", before: [][]migrate.Op{{things}}, prep: []string{"CREATE VIEW all_things AS SELECT n FROM things"},
			ops:  []migrate.Op{migrate.AlterColumn{Table: "things", From: schema.Integer("n"), To: schema.BigInt("n")}},
			says: "view all_things stands on column n of table things",
		},
		{
			name: "something else that is not supported", before: [][]migrate.Op{{things}}, ops: []migrate.Op{hand("DO $$ BEGIN RAISE feature_not_supported; END $$")},
			says: "0A000", not: "view",
		},
		{
			name: "NULL from a fill", before: [][]migrate.Op{{things}}, prep: []string{"INSERT INTO things VALUES (1, 1, 'x')"},
			ops:  []migrate.Op{migrate.Fill{Table: "things", Column: "n", Expr: "NULL", Where: "n = 1"}},
			says: "the step gives a row no value in a column that needs one", not: "hold NULL",
		},
		{
			name: "a value that a step cannot compute", before: [][]migrate.Op{{things}}, prep: []string{"INSERT INTO things VALUES (1, 0, 'x')"},
			ops:  []migrate.Op{migrate.Fill{Table: "things", Column: "n", Expr: "1 / n", Where: "n = 0"}},
			says: "cannot become what the step makes of it", not: "new type",
		},
		{
			name: "twice the same in a step", before: [][]migrate.Op{{things}}, prep: []string{"INSERT INTO things VALUES (1, 0, 'x')"},
			ops:  []migrate.Op{hand("INSERT INTO things VALUES (1, 2, 'y')")},
			says: "a statement of the step gives a row a value that another one has", not: "GROUP BY",
		},
		{
			name: "outside a transaction only", before: [][]migrate.Op{{things}}, ops: []migrate.Op{hand("CREATE INDEX CONCURRENTLY x ON things (n)")},
			says: "say NoTx in its SQL op",
		},
	}
}

// TestAdvice: the advice under an error is of that error.
func TestAdvice(t *testing.T) {
	t.Parallel()
	for _, c := range adviceCases() {
		t.Run(c.name, func(t *testing.T) { runners(t, c.run) })
	}
	for _, c := range pgAdviceCases() {
		t.Run(c.name, func(t *testing.T) { pgRunners(t, c.run) })
	}
}

func (c adviceCase) run(r *runner) {
	var all []*migrate.Migration
	for i, ops := range append(c.before[:len(c.before):len(c.before)], c.ops) {
		m := &migrate.Migration{Name: "000" + string(rune('1'+i)), Ops: ops}
		if i > 0 {
			m.Parents = all[i-1:]
		}
		all = append(all, m)
	}
	n := len(c.before)
	if _, err := r.migrator(migrate.NewSet("advice", all[:n]...)).Up(context.Background()); err != nil {
		r.t.Fatal(err)
	}
	r.exec(c.prep...)
	_, err := r.migrator(migrate.NewSet("advice", all...)).Up(context.Background())
	r.fails(err, c.says)
	if c.not != "" && strings.Contains(err.Error(), c.not) {
		r.t.Errorf("it says %q:\n%v", c.not, err)
	}
}
