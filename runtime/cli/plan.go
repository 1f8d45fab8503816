package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
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
		fmt.Fprintf(c.Stderr, "%s: this would be refused: %s\n", c.Name, migrate.ErrorText(p.Refused))
	}
	if c.json {
		return c.encode(planJSON(p))
	}
	if len(p.Steps) == 0 && p.Waits == nil {
		c.print("nothing to do\n")
	}
	for _, s := range p.Steps {
		back := ""
		switch {
		case s.Faked:
			back = "  (recorded only)"
		case s.Back:
			back = "  (undo)"
		}
		c.print("%s%s\n", s.Migration, back)
		for _, d := range s.Destroys {
			c.print("  destroys %s and its data\n", d)
		}
		for i, st := range s.Stages {
			c.stage(st, i < s.Done)
		}
	}
	if p.Waits != nil {
		c.print("%s\n", p.Waits)
	}
	return nil
}

// waitJSON is a migration that waits.
type waitJSON struct {
	Migration string `json:"migration"`
	Why       string `json:"why"`
}

func waitsJSON(e *migrate.ContractError) *waitJSON {
	if e == nil {
		return nil
	}
	return &waitJSON{e.Contract, e.Error()}
}

func (c *call) stage(st migrate.Stage, done bool) {
	c.print("  %s%s\n", st.Cause, map[bool]string{true: "  (done already)"}[done])
	var facts []string
	if st.Lock != "" && len(st.Tables) > 0 {
		facts = append(facts, "locks "+strings.Join(st.Tables, ", ")+": "+st.Lock)
	}
	if st.Rewrites {
		facts = append(facts, "writes the table anew")
	} else if st.Scans {
		facts = append(facts, "reads the whole table")
	}
	if st.NoTx {
		facts = append(facts, "outside a transaction")
	}
	if st.Batch != nil {
		facts = append(facts, "in batches, each in its own transaction")
	}
	if len(facts) > 0 {
		c.print("    -- %s\n", strings.Join(facts, "; "))
	}
	c.statements(st, "    ")
}

func (c *call) statements(st migrate.Stage, indent string) {
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
	type step struct {
		Migration string      `json:"migration"`
		Back      bool        `json:"back,omitempty"`
		Faked     bool        `json:"faked,omitempty"`
		Done      int         `json:"stages_done,omitempty"`
		Destroys  []string    `json:"destroys,omitempty"`
		Stages    []stageJSON `json:"stages"`
	}
	out := struct {
		Set     string    `json:"set"`
		Steps   []step    `json:"steps"`
		Refused string    `json:"refused,omitempty"`
		Waits   *waitJSON `json:"waits,omitempty"`
	}{p.Set, []step{}, "", waitsJSON(p.Waits)}
	if p.Refused != nil {
		out.Refused = migrate.ErrorText(p.Refused)
	}
	for _, s := range p.Steps {
		out.Steps = append(out.Steps, step{s.Migration, s.Back, s.Faked, s.Done, s.Destroys, stagesJSON(s.Stages)})
	}
	return out
}

type stageJSON struct {
	Does       string   `json:"does"`
	Statements []string `json:"statements"`
	NoTx       bool     `json:"outside_transaction,omitempty"`
	Batches    bool     `json:"batches,omitempty"`
	Lock       string   `json:"lock,omitempty"`
	Tables     []string `json:"tables,omitempty"`
	Scans      bool     `json:"scans,omitempty"`
	Rewrites   bool     `json:"rewrites,omitempty"`
	Destroys   []string `json:"destroys,omitempty"`
}

func stagesJSON(stages []migrate.Stage) []stageJSON {
	out := []stageJSON{}
	for _, st := range stages {
		j := stageJSON{st.Cause, []string{}, st.NoTx, st.Batch != nil, st.Lock, st.Tables, st.Scans, st.Rewrites, st.Destroys}
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
		if !tx[0].NoTx {
			c.print("%s", map[bool]string{true: "PRAGMA foreign_keys = OFF; -- else rows of other tables go with the old one\nBEGIN IMMEDIATE;\n", false: "BEGIN;\n"}[tx[0].KeysOff])
		}
		for _, st := range tx {
			c.print("-- %s\n", st.Cause)
			if all, ok := st.SQL(); ok {
				st.Statements = all // they fail where up would stop
			}
			c.statements(st, "")
		}
		if !tx[0].NoTx {
			c.print("%s", map[bool]string{true: "PRAGMA foreign_key_check; -- a row here: ROLLBACK\nCOMMIT;\nPRAGMA foreign_keys = ON;\n", false: "COMMIT;\n"}[tx[0].KeysOff])
		}
	}
	return nil
}
