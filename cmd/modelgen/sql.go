package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/gen"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/postgres"
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
	which := ""
	if len(operands) > 0 {
		if info, err := os.Stat(filepath.Join(e.dir, operands[0])); err != nil || !info.IsDir() {
			which, operands = operands[0], operands[1:]
		}
	}
	if err := oneDirectory(e, &cfg, operands, 1); err != nil {
		return err
	}
	scripts, err := gen.Scripts(cfg, which, *dialect)
	if err != nil {
		return err
	}
	if *format != "" {
		if *out == "" {
			return fmt.Errorf("-format %s writes files: name their directory with -o", *format)
		}
		return export(e, scripts, *format, filepath.Join(e.dir, *out))
	}
	if *idempotent {
		return guarded(e.stdout, scripts)
	}
	if *back {
		slices.Reverse(scripts)
		for i, s := range scripts {
			if s.NoUndo != "" {
				return gen.Problems{s.NoUndo}
			}
			scripts[i].Stages = s.Undo
		}
	}
	if *asJSON {
		return scriptsJSON(e.stdout, scripts)
	}
	for _, s := range scripts {
		fmt.Fprintf(e.stdout, "-- %s, %s\n", s.Migration, s.Dialect)
		transactions(e.stdout, s.Stages, "")
	}
	return nil
}

// transactions prints stages as the runner would run them. record is a statement for the end of the last transaction.
func transactions(w io.Writer, stages []migrate.Stage, record string) {
	groups := migrate.Transactions(stages)
	if len(groups) == 0 && record != "" {
		fmt.Fprintf(w, "%s;\n", record)
	}
	for i, tx := range groups {
		begin, end := "BEGIN;\n", "COMMIT;\n"
		switch {
		case tx[0].NoTx:
			begin, end = "", ""
		case tx[0].KeysOff:
			begin = "PRAGMA foreign_keys = OFF; -- else rows of other tables go with the old one\nBEGIN IMMEDIATE;\n"
			end = "PRAGMA foreign_key_check; -- a row here: ROLLBACK\nCOMMIT;\nPRAGMA foreign_keys = ON;\n"
		}
		fmt.Fprint(w, begin)
		for _, st := range tx {
			fmt.Fprintf(w, "-- %s%s\n", st.Cause, facts(st))
			statements(w, st)
		}
		if record != "" && i == len(groups)-1 {
			fmt.Fprintf(w, "%s;\n", record)
		}
		fmt.Fprint(w, end)
	}
}

// facts says what a stage does to a database in use.
func facts(st migrate.Stage) string {
	var all []string
	if st.Lock != "" && len(st.Tables) > 0 {
		all = append(all, "locks "+strings.Join(st.Tables, ", ")+": "+st.Lock)
	}
	if st.Rewrites {
		all = append(all, "writes the table anew")
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

func statements(w io.Writer, st migrate.Stage) {
	for _, s := range st.Statements {
		if s.Comment != "" {
			fmt.Fprintf(w, "-- %s\n", s.Comment)
		}
		fmt.Fprintf(w, "%s;\n", s.SQL)
	}
	if len(st.Statements) == 0 {
		fmt.Fprintln(w, "-- Go code, which cannot be printed")
	}
}

// guarded prints a script for psql that can be run any number of times: each migration is run when the history has it not, and recorded.
func guarded(w io.Writer, scripts []gen.Script) error {
	fmt.Fprint(w, "-- For psql. It can be run again: what the history has is left out.\n\\set ON_ERROR_STOP on\n")
	for i, s := range scripts {
		if !strings.HasPrefix(s.Dialect, "postgres") {
			return fmt.Errorf("-idempotent is for PostgreSQL: the shell of SQLite runs every statement, whatever the history says; let the program run them: app migrate up")
		}
		for _, st := range s.Stages {
			if len(st.Statements) == 0 {
				return fmt.Errorf("%s runs Go code (%s), which no script can; let the program run it: app migrate up", s.Migration, st.Cause)
			}
		}
		if i == 0 {
			fmt.Fprintf(w, "%s;\n", postgres.Dialect{}.HistorySQL(""))
		}
		fmt.Fprintf(w, "\n-- %s\nSELECT NOT EXISTS (SELECT FROM public.modelgen_history WHERE \"set\" = %s AND name = %s) AS todo \\gset\n\\if :todo\n", s.Migration, text(s.Set), text(s.Migration))
		transactions(w, s.Stages, fmt.Sprintf("INSERT INTO public.modelgen_history (\"set\", name, hash, digest, state, started, finished, duration_ms, tool) "+
			"VALUES (%s, %s, %s, '', 'done', now(), now(), 0, 'psql')", text(s.Set), text(s.Migration), text(s.Hash)))
		fmt.Fprint(w, "\\endif\n")
	}
	return nil
}

func text(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

func scriptsJSON(w io.Writer, scripts []gen.Script) error {
	type stage struct {
		Does       string   `json:"does"`
		Statements []string `json:"statements"`
		NoTx       bool     `json:"outside_transaction,omitempty"`
		Lock       string   `json:"lock,omitempty"`
		Tables     []string `json:"tables,omitempty"`
		Scans      bool     `json:"scans,omitempty"`
		Rewrites   bool     `json:"rewrites,omitempty"`
	}
	type script struct {
		Migration string  `json:"migration"`
		Dialect   string  `json:"dialect"`
		Stages    []stage `json:"stages"`
	}
	out := []script{}
	for _, s := range scripts {
		j := script{s.Migration, s.Dialect, []stage{}}
		for _, st := range s.Stages {
			x := stage{st.Cause, []string{}, st.NoTx, st.Lock, st.Tables, st.Scans, st.Rewrites}
			for _, q := range st.Statements {
				x.Statements = append(x.Statements, q.SQL)
			}
			j.Stages = append(j.Stages, x)
		}
		out = append(out, j)
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(out)
}
