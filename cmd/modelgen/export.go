package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/modelgen/modelgen/gen"
	migrate "github.com/modelgen/modelgen/runtime"
)

// export writes migrations as the files of another runner. What is there already must be the same: others may have run it.
func export(e env, scripts []gen.Script, format, dir string) error {
	type file struct{ name, text string }
	var files []file
	for _, s := range scripts {
		for _, st := range append(s.Stages[:len(s.Stages):len(s.Stages)], s.Undo...) {
			if len(st.Statements) == 0 {
				return fmt.Errorf("%s runs Go code (%s), which cannot be written as SQL", s.Migration, st.Cause)
			}
		}
		switch format {
		case "goose":
			text := ""
			if several(s.Stages) || several(s.Undo) {
				text = "-- +goose NO TRANSACTION\n"
			}
			files = append(files, file{s.Migration + ".sql", text + "-- +goose Up\n" + goose(s.Stages) + "\n-- +goose Down\n" + goose(s.Undo) + noUndo(s)})
		case "golang-migrate":
			note := ""
			if several(s.Stages) {
				note = "-- needs x-multi-statement=true: parts of it run outside a transaction\n"
			}
			files = append(files, file{s.Migration + ".up.sql", note + plainSQL(s.Stages)}, file{s.Migration + ".down.sql", plainSQL(s.Undo) + noUndo(s)})
		case "atlas":
			head := ""
			if several(s.Stages) {
				head = "-- atlas:txmode none\n\n"
			}
			files = append(files, file{s.Migration + ".sql", head + plainSQL(s.Stages)})
		default:
			return fmt.Errorf("-format %s: there are goose, golang-migrate and atlas", format)
		}
	}
	for _, f := range files {
		if old, err := os.ReadFile(filepath.Join(dir, f.name)); err == nil && string(old) != f.text {
			return fmt.Errorf("%s is there already with another content; nothing was written: move it away, or write into an empty directory", f.name)
		}
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for _, f := range files {
		if err := os.WriteFile(filepath.Join(dir, f.name), []byte(f.text), 0o644); err != nil {
			return err
		}
		fmt.Fprintln(e.stdout, f.name)
	}
	return nil
}

// several tells whether stages are more than one transaction can do.
func several(stages []migrate.Stage) bool {
	groups := migrate.Transactions(stages)
	return len(groups) > 1 || len(groups) == 1 && (groups[0][0].NoTx || groups[0][0].KeysOff)
}

func noUndo(s gen.Script) string {
	if s.NoUndo == "" {
		return ""
	}
	return "-- " + strings.ReplaceAll(s.NoUndo, "\n", " ") + "\n"
}

func plainSQL(stages []migrate.Stage) string {
	var b strings.Builder
	for _, st := range stages {
		fmt.Fprintf(&b, "-- %s\n", st.Cause)
		statements(&b, st)
	}
	return b.String()
}

// goose writes statements that hold semicolons between the marks that it wants.
func goose(stages []migrate.Stage) string {
	var b strings.Builder
	for _, st := range stages {
		fmt.Fprintf(&b, "-- %s\n", st.Cause)
		for _, s := range st.Statements {
			if strings.Contains(s.SQL, ";") {
				fmt.Fprintf(&b, "-- +goose StatementBegin\n%s;\n-- +goose StatementEnd\n", s.SQL)
			} else {
				fmt.Fprintf(&b, "%s;\n", s.SQL)
			}
		}
	}
	return b.String()
}
