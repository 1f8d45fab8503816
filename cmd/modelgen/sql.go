package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/gen"
	"github.com/modelgen/modelgen/gen/finding"
	"github.com/modelgen/modelgen/gen/sqlscript"
	migrate "github.com/modelgen/modelgen/runtime"
)

// printSQL prints the SQL of migrations, or writes it as files for other runners.
func printSQL(_ context.Context, e env, args []string) error {
	cfg := gen.Config{Dir: e.dir, Targets: targets}
	f := flags(e, "sql", "[NAME | FROM..TO] [directory]")
	dialect := f.String("dialect", "", "postgres, postgres@15 or sqlite (default: the first of the project)")
	back := f.Bool("back", false, "the SQL that undoes them, the newest first")
	idempotent := f.Bool("idempotent", false, "a script for psql that looks into the history, runs what is missing and records it")
	format := f.String("format", "", "write files for another `runner`: goose, golang-migrate or atlas")
	out := f.String("o", "", "`directory` of those files")
	asJSON := f.Bool("json", false, "print JSON")
	operands, err := parse(f, args)
	if err != nil {
		return err
	}
	if err := apart(*back, *idempotent, *asJSON, *format, *out); err != nil {
		return err
	}
	which := ""
	if len(operands) > 0 {
		if info, err := os.Stat(e.path(operands[0])); err != nil || !info.IsDir() {
			which, operands = operands[0], operands[1:]
		}
	}
	if err := oneDirectory(e, &cfg, operands, 1); err != nil {
		return err
	}
	scripts, err := sqlscript.Plan(cfg, which, *dialect)
	if err != nil {
		return err
	}
	switch {
	case *format != "":
		all, err := sqlscript.Plan(cfg, "", *dialect)
		if err != nil {
			return err
		}
		return export(e, all, scripts, *format, *out)
	case *idempotent:
		until, err := sameUntil(cfg, which, scripts)
		if err != nil {
			return err
		}
		return guarded(e.stdout, scripts, until)
	}
	if *back {
		slices.Reverse(scripts)
		for i, s := range scripts {
			if s.NoUndo != "" {
				return finding.Problems{s.NoUndo}
			}
			scripts[i].Stages = s.Undo
		}
	}
	if *asJSON {
		return scriptsJSON(e.stdout, scripts)
	}
	for _, s := range scripts {
		fmt.Fprintf(e.stdout, "-- %s, %s\n", s.Migration, s.Dialect)
		if slices.ContainsFunc(s.Stages, func(st migrate.Stage) bool { return len(st.Script) > len(st.Statements) }) && capabilities(s.Dialect).Name == sqlite3 {
			fmt.Fprintln(e.stdout, "-- for sqlite3 -bail, as what comes after a statement that fails must not run")
		}
		transactions(e.stdout, s.Dialect, s.Stages)
	}
	return nil
}

// path is where a file is that was named on the command line.
func (e env) path(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(e.dir, name)
}

// apart refuses flags of which one would be without effect.
func apart(back, idempotent, asJSON bool, format, out string) error {
	var all []error
	for _, x := range []struct {
		both bool
		why  string
	}{
		{idempotent && back, "-idempotent and -back: the script goes forward; go back with the program, which looks into the history too: app migrate down"},
		{idempotent && asJSON, "-idempotent and -json: the script is for psql, and has no other form"},
		{idempotent && format != "", "-idempotent and -format: the runner that the files are for looks into a history of its own"},
		{format != "" && back, "-format and -back: the files of a runner that can go back hold the way back already"},
		{format != "" && asJSON, "-format and -json: the files are in the form of the runner"},
		{format == "" && out != "", "-o names the directory for the files of -format"},
		{format != "" && out == "", "-format " + format + " writes files: name their directory with -o"},
	} {
		if x.both {
			all = append(all, errors.New(x.why))
		}
	}
	return errors.Join(all...)
}

// The dialects that have a shell whose scripts are another matter.
const (
	psql    = "postgres"
	sqlite3 = "sqlite"
)

// dialectOf returns the dialect that a word such as postgres@15 names.
func dialectOf(word string) migrate.Dialect {
	name, _, _ := strings.Cut(word, "@")
	return targets[name]
}

func capabilities(word string) migrate.Capabilities { return dialectOf(word).Capabilities() }

// fail returns statements that fail with the message when the SQL condition is true; "" is always.
func fail(dialect, message, when string) []migrate.Statement {
	return dialectOf(dialect).Fail(message, when)
}

// transactions prints stages as the runner would run them.
func transactions(w io.Writer, dialect string, stages []migrate.Stage) {
	for _, tx := range migrate.Transactions(stages) {
		frame := capabilities(dialect).ScriptFrame(tx)
		statements(w, frame.Begin)
		for _, st := range tx {
			fmt.Fprintf(w, "-- %s%s\n", st.Cause, facts(st))
			all, ok := st.SQL()
			if !ok {
				fmt.Fprintln(w, "-- Go code, which cannot be printed")
			}
			statements(w, all)
		}
		statements(w, frame.End)
	}
}

// facts says what a stage does to a database in use.
func facts(st migrate.Stage) string {
	var all []string
	if st.Lock != "" && len(st.Tables) > 0 {
		all = append(all, "locks "+strings.Join(st.Tables, ", ")+": "+st.Lock)
	}
	if st.Rewrites {
		all = append(all, "rewrites the table")
	} else if st.Scans {
		all = append(all, "reads the whole table")
	}
	for _, d := range st.Destroys {
		all = append(all, "destroys "+d+" and its data")
	}
	if len(all) == 0 {
		return ""
	}
	return " (" + strings.Join(all, "; ") + ")"
}

func statements(w io.Writer, all []migrate.Statement) {
	for _, s := range all {
		if s.Comment != "" {
			fmt.Fprintf(w, "-- %s\n", s.Comment)
		}
		fmt.Fprintln(w, ended(s.SQL))
	}
}

// ended puts the semicolon behind a statement, and not into a comment on its last line.
func ended(sql string) string {
	if strings.Contains(sql[strings.LastIndexByte(sql, '\n')+1:], "--") {
		return sql + "\n;"
	}
	return sql + ";"
}

func text(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

func scriptsJSON(w io.Writer, scripts []sqlscript.Script) error {
	type stage struct {
		Does        string   `json:"does"`
		Statements  []string `json:"statements"`
		Transaction int      `json:"transaction,omitempty"` // stages with the same number share it; none for those outside
		NoTx        bool     `json:"outside_transaction,omitempty"`
		KeysOff     bool     `json:"foreign_keys_off,omitempty"`
		GoCode      bool     `json:"go_code,omitempty"`
		Lock        string   `json:"lock,omitempty"`
		Tables      []string `json:"tables,omitempty"`
		Scans       bool     `json:"scans,omitempty"`
		Rewrites    bool     `json:"rewrites,omitempty"`
		Destroys    []string `json:"destroys,omitempty"`
	}
	type script struct {
		Migration string  `json:"migration"`
		Dialect   string  `json:"dialect"`
		Stages    []stage `json:"stages"`
	}
	out := []script{}
	for _, s := range scripts {
		j := script{s.Migration, s.Dialect, []stage{}}
		number := 0
		for _, tx := range migrate.Transactions(s.Stages) {
			if !tx[0].NoTx {
				number++
			}
			for _, st := range tx {
				all, ok := st.SQL()
				x := stage{
					Does: st.Cause, Statements: []string{}, Transaction: number, NoTx: st.NoTx, KeysOff: st.KeysOff, GoCode: !ok,
					Lock: st.Lock, Tables: st.Tables, Scans: st.Scans, Rewrites: st.Rewrites, Destroys: st.Destroys,
				}
				if st.NoTx {
					x.Transaction = 0
				}
				for _, q := range all {
					x.Statements = append(x.Statements, q.SQL)
				}
				j.Stages = append(j.Stages, x)
			}
		}
		out = append(out, j)
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(out)
}
