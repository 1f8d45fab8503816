package lint_test

import (
	"slices"
	"testing"

	"github.com/modelgen/modelgen/gen/lint"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/postgres"
	"github.com/modelgen/modelgen/runtime/schema"
)

// stubbed are the checks of what the planner of PostgreSQL avoids, or does only when it is asked to.
var stubbed = []string{"MG205", "MG206", "MG207", "MG208", "MG213", "MG214"}

// planner returns the stages it is told to give.
type planner struct {
	migrate.Planner
	stages []migrate.Stage
}

func (*planner) Dialect() string                       { return "postgres" }
func (*planner) Before(*schema.Schema)                 {}
func (*planner) AddUnique(migrate.AddUnique) error     { return nil }
func (*planner) AddCheck(migrate.AddCheck) error       { return nil }
func (*planner) AlterColumn(migrate.AlterColumn) error { return nil }
func (*planner) CreateIndex(migrate.CreateIndex) error { return nil }
func (*planner) DropColumn(migrate.DropColumn) error   { return nil }
func (*planner) RenameTable(migrate.RenameTable) error { return nil }
func (*planner) SQL(migrate.SQL) error                 { return nil }
func (*planner) Fill(migrate.Fill) error               { return nil }
func (*planner) Go(migrate.Go) error                   { return nil }
func (p *planner) Finish() ([]migrate.Stage, error)    { return p.stages, nil }

func TestFacts(t *testing.T) {
	unique := migrate.AddUnique{Table: "items", Unique: schema.Unique{Name: "u", Columns: []string{"name"}}}
	check := migrate.AddCheck{Table: "items", Check: schema.Check{Name: "c", Expr: "price > 0"}}
	notNull := alter(column("label"), nullable(column("label"), false))
	create := migrate.CreateIndex{Table: "items", Index: index("i", false, "name")}
	dropped := drop(column("label"))
	other := migrate.DropColumn{Table: "shops", Column: schema.Text("city")}
	rename := migrate.RenameTable{From: "shops", To: "stores"}
	fill := migrate.Fill{Table: "items", Column: "name", Expr: "'x'"}
	stage := func(op migrate.Op, lock string, scans bool, tables ...string) migrate.Stage {
		return migrate.Stage{Cause: op.Describe(), Facts: migrate.Facts{Lock: lock, Tables: tables, Scans: scans}}
	}
	commit := func(s migrate.Stage) migrate.Stage { s.Commit = true; return s }
	const exclusive, own = "ACCESS EXCLUSIVE", "SHARE UPDATE EXCLUSIVE"
	for _, c := range []struct {
		code   string
		ops    []migrate.Op
		stages []migrate.Stage
		found  bool
	}{
		{"MG205", ops(create), []migrate.Stage{stage(create, "SHARE", true, "items")}, true},
		{"MG205", ops(create), []migrate.Stage{stage(create, own, true, "items")}, false},
		{"MG206", ops(unique), []migrate.Stage{stage(unique, exclusive, true, "items")}, true},
		{"MG206", ops(unique), []migrate.Stage{stage(unique, own, true, "items"), stage(unique, exclusive, false, "items")}, false},
		{"MG207", ops(check), []migrate.Stage{stage(check, exclusive, true, "items")}, true},
		{"MG207", ops(check), []migrate.Stage{commit(stage(check, exclusive, false, "items")), stage(check, own, true, "items")}, false},
		{"MG208", ops(notNull), []migrate.Stage{stage(notNull, exclusive, true, "items")}, true},
		{"MG208", ops(notNull), []migrate.Stage{stage(notNull, exclusive, false, "items")}, false},
		{"MG213", ops(dropped, other), []migrate.Stage{stage(dropped, exclusive, false, "items"), stage(other, exclusive, false, "shops")}, true},
		{"MG213", ops(dropped, other), []migrate.Stage{commit(stage(dropped, exclusive, false, "items")), stage(other, exclusive, false, "shops")}, false},
		{"MG213", ops(dropped, rename), []migrate.Stage{stage(dropped, exclusive, false, "items"), stage(rename, exclusive, false, "shops")}, false},
		{"MG214", ops(dropped, fill), []migrate.Stage{stage(dropped, exclusive, false, "items"), stage(fill, "ROW EXCLUSIVE", true, "items")}, true},
		{"MG214", ops(dropped, fill), []migrate.Stage{commit(stage(dropped, exclusive, false, "items")), stage(fill, "ROW EXCLUSIVE", true, "items")}, false},
		{"MG214", ops(dropped, goOp()), []migrate.Stage{stage(dropped, exclusive, false, "items"), {Cause: "Run Go code", ByHand: true}}, true},
		{"MG214", ops(dropped, sql("SELECT 1")), []migrate.Stage{stage(dropped, exclusive, false, "items"), {Cause: "Run SQL: SELECT 1", ByHand: true}}, false},
	} {
		in := lint.Input{Targets: []lint.Target{{Dialect: postgres.Dialect{}.Capabilities(), Planner: func() migrate.Planner { return &planner{stages: c.stages} }}}}
		list := look(in, c.ops...)
		if slices.Contains(codes(list), c.code) != c.found {
			t.Errorf("%s with %+v: %v", c.code, c.stages, list)
		}
	}
}

// TestSafeForms is silent about what the planner of PostgreSQL does in a safe way by itself.
func TestSafeForms(t *testing.T) {
	for _, list := range [][]migrate.Op{
		ops(migrate.CreateIndex{Table: "items", Index: index("i", false, "name")}),
		ops(migrate.DropIndex{Table: "items", Index: items().Indexes[0]}),
		ops(add(schema.Integer("rank").Default(1))), ops(add(slug)), ops(retype("label", "text")),
		ops(migrate.CommentTable{Table: "items", To: "x"}), ops(migrate.RenameIndex{Table: "items", From: "items_lower_idx", To: "x"}),
		ops(fresh(), migrate.CreateIndex{Table: "fresh", Index: index("i", true, "id")}),
	} {
		for _, f := range look(lint.Input{}, list...) {
			if f.Severity > lint.Note {
				t.Errorf("%s: %s %s", describe(list), f.Code, f.Message)
			}
		}
	}
}
