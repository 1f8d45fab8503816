package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/cli/terminal"
	"github.com/modelgen/modelgen/runtime/internal/machine"
)

func plan(ctx context.Context, c *call) error {
	var p *migrate.Plan
	var err error
	switch {
	case c.steps > 0 && c.to != "":
		return usageError{errors.New("plan takes -to or -down, not both")}
	case c.steps > 0:
		p, err = c.m.PlanBack(ctx, c.steps)
	default:
		p, err = c.m.Plan(ctx, c.to)
	}
	if err != nil {
		return err
	}
	if p.Refused != nil {
		fmt.Fprintln(c.Stderr, c.wrapped(c.Stderr, c.Name+": this would be refused: "+migrate.ErrorText(p.Refused)))
	}
	if c.json {
		return c.encode(planJSON(p))
	}
	c.protectedLine(p.Protection)
	if len(p.Steps) == 0 && p.Waits == nil {
		c.print("nothing to do\n")
	}
	c.planned(p)
	return nil
}

// planned prints the migrations of a plan, and what it would stop in front of.
func (c *call) planned(p *migrate.Plan) {
	for _, s := range p.Steps {
		back := ""
		switch {
		case s.Faked:
			back = "  (recorded only)"
		case s.Back:
			back = "  (undo)"
		}
		c.print("%s%s\n", c.paint(terminal.Bold, s.Migration), back)
		for _, d := range s.Destroys {
			c.print("  %s\n", c.paint(terminal.Red, "destroys "+d+" and its data"))
		}
		for _, l := range s.Loses {
			c.print("  %s\n", c.paint(terminal.Red, "would lose "+l.String()))
		}
		c.foreseen(s)
		done := 0
		for _, tx := range migrate.Transactions(s.Stages) {
			alone := tx[0].NoTx || tx[0].Batch != nil
			if !alone {
				c.print("  BEGIN;\n")
			}
			for _, st := range tx {
				c.stage(s, st, done < s.Done)
				done++
			}
			if !alone {
				c.print("  COMMIT;\n")
			}
		}
	}
	if len(p.Steps) > 0 && c.shown() {
		c.sum(p)
	}
	if p.Waits != nil {
		c.print("%s\n", p.Waits)
	}
	if p.Consent != nil {
		p.Consent.Program = c.Name
		c.print("\n%s\n", c.wrapped(c.Stdout, migrate.ErrorText(p.Consent)))
	}
}

// foreseen prints what a look at the database found.
func (c *call) foreseen(s migrate.PlannedMigration) {
	for _, t := range s.Tables {
		if c.shown() && badged(s, t.Table) {
			continue
		}
		c.print("  %s\n", c.paint(terminal.Faint, "-- "+t.Table+": "+tableText(t)))
	}
	for _, f := range s.Fires {
		each, does := "for each statement", ""
		if f.Trigger.Each {
			each = "for each row"
		}
		if f.Trigger.Does != "" {
			does = " (" + f.Trigger.Does + ")"
		}
		c.print("  %s\n", c.paint(terminal.Yellow, "-- filling "+f.Table+" fires the trigger "+f.Trigger.Name+does+" "+each+": it may change other columns too, such as a time of the last update"))
	}
	for _, why := range s.Stops {
		c.print("  %s\n", c.paint(terminal.Red, "would be refused: "+why))
	}
}

// tableText says how large a table is.
func tableText(t migrate.TableSurvey) string {
	text := "the number of rows is not known"
	switch {
	case t.Rows == 1 && t.Exact:
		text = "1 row"
	case t.Rows >= 0 && t.Exact:
		text = fmt.Sprintf("%d rows", t.Rows)
	case t.Rows >= 0:
		text = fmt.Sprintf("about %d rows", t.Rows)
	}
	if t.Bytes > 0 {
		text += ", " + machine.Text(t.Bytes)
	}
	return text
}

// waitJSON is a migration that waits.
type waitJSON struct {
	Migration string `json:"migration"`
	Why       string `json:"why"`
}

func waitsJSON(e *migrate.DualWriteError) *waitJSON {
	if e == nil {
		return nil
	}
	return &waitJSON{e.Contract, e.Error()}
}

func (c *call) stage(s migrate.PlannedMigration, st migrate.Stage, done bool) {
	c.print("  %s%s\n", st.Cause, map[bool]string{true: "  (done already)"}[done])
	var facts []string
	if !c.shown() { // else badges say it
		if st.Lock != "" && len(st.Tables) > 0 {
			facts = append(facts, "locks "+strings.Join(st.Tables, ", ")+": "+st.Lock)
		}
		if st.Rewrites {
			facts = append(facts, "rewrites the table")
		} else if st.Scans {
			facts = append(facts, "reads the whole table")
		}
	}
	if st.NoTx {
		facts = append(facts, "outside a transaction")
	}
	said := slices.ContainsFunc(st.Statements, func(x migrate.Statement) bool { return strings.HasPrefix(x.Comment, "in batches") })
	if st.Batch != nil && !said {
		facts = append(facts, "in batches, each in its own transaction")
	}
	switch {
	case c.shown() && done:
	case c.shown():
		c.badges(s, st, facts)
	case len(facts) > 0:
		c.print("    -- %s\n", strings.Join(facts, "; "))
	}
	c.statements(st, "    ")
}

func (c *call) statements(st migrate.Stage, indent string) {
	if st.Note != "" {
		c.print("%s-- %s\n", indent, st.Note)
	}
	for _, s := range st.Statements {
		if s.Comment != "" {
			c.print("%s-- %s\n", indent, s.Comment)
		}
		c.print("%s%s;\n", indent, strings.ReplaceAll(s.SQL, "\n", "\n"+indent))
	}
	if st.Run != nil && len(st.Statements) == 0 {
		c.print("%s-- Go code, which cannot be printed\n", indent)
	}
}

func planJSON(p *migrate.Plan) any {
	type table struct {
		Table string `json:"table"`
		Rows  *int64 `json:"rows,omitempty"` // none is not known
		Exact bool   `json:"exact"`
		Bytes int64  `json:"bytes,omitempty"`
	}
	type fires struct {
		Table   string `json:"table"`
		Trigger string `json:"trigger"`
		Does    string `json:"does,omitempty"`
		Each    bool   `json:"for_each_row"`
	}
	type step struct {
		Migration string      `json:"migration"`
		Back      bool        `json:"back,omitempty"`
		Faked     bool        `json:"faked,omitempty"`
		Done      int         `json:"stages_done,omitempty"`
		Destroys  []string    `json:"destroys,omitempty"`
		Tables    []table     `json:"tables,omitempty"`
		Fires     []fires     `json:"fires,omitempty"`
		Stops     []string    `json:"stops,omitempty"`
		Loses     []lossJSON  `json:"loses,omitempty"`
		Stages    []stageJSON `json:"stages"`
	}
	out := struct {
		Set     string    `json:"set"`
		Steps   []step    `json:"steps"`
		Refused string    `json:"refused,omitempty"`
		Waits   *waitJSON `json:"waits,omitempty"`

		Differences []differenceJSON `json:"differences,omitempty"`

		Protection *protectionJSON `json:"protection,omitempty"`
		Hash       string          `json:"hash,omitempty"`
		Consent    *consentJSON    `json:"consent,omitempty"`
	}{p.Set, []step{}, "", waitsJSON(p.Waits), differencesJSON(p.Differences), protectionOf(p.Protection), "", consentOf(p.Consent)}
	if p.Protection != nil {
		out.Hash = p.Hash
	}
	if p.Refused != nil {
		out.Refused = migrate.ErrorText(p.Refused)
	}
	for _, s := range p.Steps {
		j := step{Migration: s.Migration, Back: s.Back, Faked: s.Faked, Done: s.Done, Destroys: s.Destroys, Stops: s.Stops, Loses: lossesJSON(s.Loses), Stages: stagesJSON(s.Stages)}
		at := 0
		for n, tx := range migrate.Transactions(s.Stages) {
			for range tx {
				j.Stages[at].Tx = n + 1
				at++
			}
		}
		for _, t := range s.Tables {
			j.Tables = append(j.Tables, table{t.Table, nil, t.Exact, t.Bytes})
			if t.Rows >= 0 {
				j.Tables[len(j.Tables)-1].Rows = &t.Rows
			}
		}
		for _, f := range s.Fires {
			j.Fires = append(j.Fires, fires{f.Table, f.Trigger.Name, f.Trigger.Does, f.Trigger.Each})
		}
		out.Steps = append(out.Steps, j)
	}
	return out
}

type stageJSON struct {
	Does       string   `json:"does"`
	Statements []string `json:"statements"`
	NoTx       bool     `json:"outside_transaction,omitempty"`
	Batches    bool     `json:"batches,omitempty"`
	Note       string   `json:"note,omitempty"` // why there is nothing to do on this database
	Lock       string   `json:"lock,omitempty"`
	Tables     []string `json:"tables,omitempty"`
	Scans      bool     `json:"scans,omitempty"`
	Rewrites   bool     `json:"rewrites,omitempty"`
	Destroys   []string `json:"destroys,omitempty"`
	Tx         int      `json:"transaction,omitempty"` // of plan: which of the migration, from 1; what runs outside of any, or in batches, counts as one
}

func stagesJSON(stages []migrate.Stage) []stageJSON {
	out := []stageJSON{}
	for _, st := range stages {
		j := stageJSON{st.Cause, []string{}, st.NoTx, st.Batch != nil, st.Note, st.Lock, st.Tables, st.Scans, st.Rewrites, st.Destroys, 0}
		for _, s := range st.Statements {
			j.Statements = append(j.Statements, s.SQL)
		}
		out = append(out, j)
	}
	return out
}

func printSQL(_ context.Context, c *call) error {
	stages, err := c.m.SQL(c.args[0], c.server, c.back)
	if err != nil {
		return err
	}
	if c.json {
		return c.encode(stagesJSON(stages))
	}
	for _, tx := range migrate.Transactions(stages) {
		frame := c.Dialect.Capabilities().ScriptFrame(tx)
		c.statements(migrate.Stage{Statements: frame.Begin}, "")
		for _, st := range tx {
			c.print("-- %s\n", st.Cause)
			if all, ok := st.SQL(); ok {
				st.Statements = all // they fail where up would stop
			}
			c.statements(st, "")
		}
		c.statements(migrate.Stage{Statements: frame.End}, "")
	}
	return nil
}
