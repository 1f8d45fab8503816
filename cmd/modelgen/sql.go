package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/modelgen/modelgen/gen"
	"github.com/modelgen/modelgen/gen/finding"
	"github.com/modelgen/modelgen/gen/sqlscript"
	"github.com/modelgen/modelgen/gen/sqlscript/export"
	"github.com/modelgen/modelgen/gen/sqlscript/psql"
	migrate "github.com/modelgen/modelgen/runtime"
)

// printSQL prints the SQL of migrations, or writes it as files for other runners.
func printSQL(_ context.Context, e env, args []string) error {
	cfg := gen.Config{Dir: e.dir, Targets: targets}
	f := flags(e, "sql", "[NAME | FROM..TO] [directory]")
	dialect := f.String("dialect", "", strings.Join(slices.Sorted(maps.Keys(targets)), " or ")+", with a version after @ where it matters, as postgres@15 (default: the first of the project)")
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
		return writeFiles(e, all, scripts, *format, *out)
	case *idempotent:
		return psql.Write(e.stdout, scripts, func(version int) ([]sqlscript.Script, error) {
			return sqlscript.Plan(cfg, which, scripts[0].Target.Name()+"@"+strconv.Itoa(version))
		})
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
		if slices.ContainsFunc(s.Stages, func(st migrate.Stage) bool { return len(st.Script) > len(st.Statements) }) && s.Target.Name() == "sqlite" {
			fmt.Fprintln(e.stdout, "-- for sqlite3 -bail, as what comes after a statement that fails must not run")
		}
		sqlscript.WriteStages(e.stdout, s.Target, s.Stages)
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

// writeFiles writes migrations as the files of another runner, all or none.
func writeFiles(e env, all, chosen []sqlscript.Script, format, out string) error {
	dir := e.path(out)
	files, err := export.Files(os.DirFS(dir), all, chosen, format)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for _, f := range files {
		if err := os.WriteFile(filepath.Join(dir, f.Name), []byte(f.Text), 0o644); err != nil {
			return err
		}
		fmt.Fprintln(e.stdout, f.Name)
	}
	return nil
}

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
	return writeJSON(w, out)
}
