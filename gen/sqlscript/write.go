package sqlscript

import (
	"fmt"
	"io"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
)

// WriteStages prints stages as the runner would run them, each transaction in the frame of its dialect.
func WriteStages(w io.Writer, target migrate.Dialect, stages []migrate.Stage) {
	for _, tx := range migrate.Transactions(stages) {
		frame := target.Capabilities().ScriptFrame(tx)
		WriteStatements(w, frame.Begin)
		for _, st := range tx {
			fmt.Fprintf(w, "-- %s%s\n", st.Cause, Effects(st))
			if st.Note != "" {
				fmt.Fprintln(w, "-- "+st.Note)
			}
			all, ok := st.SQL()
			if !ok {
				fmt.Fprintln(w, "-- Go code, which cannot be printed")
			}
			WriteStatements(w, all)
		}
		WriteStatements(w, frame.End)
	}
}

// WriteStatements prints statements, each with its semicolon.
func WriteStatements(w io.Writer, all []migrate.Statement) {
	for _, s := range all {
		if s.Comment != "" {
			fmt.Fprintf(w, "-- %s\n", s.Comment)
		}
		fmt.Fprintln(w, Terminated(s.SQL))
	}
}

// Terminated puts the semicolon behind a statement, and not into a comment on its last line.
func Terminated(sql string) string {
	if strings.Contains(sql[strings.LastIndexByte(sql, '\n')+1:], "--") {
		return sql + "\n;"
	}
	return sql + ";"
}

// Effects says in parentheses what a stage does to a database in use; "" is nothing that others notice.
func Effects(st migrate.Stage) string {
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

// Several reports whether stages are more than one transaction can do.
func Several(stages []migrate.Stage) bool {
	groups := migrate.Transactions(stages)
	return len(groups) > 1 || len(groups) == 1 && (groups[0][0].NoTx || groups[0][0].KeysOff)
}

// Names returns the names of rows, and of what they stand for.
func Names(rows []Row) (names []string) {
	for _, r := range rows {
		names = append(append(names, r.Name), Names(r.Replaces)...)
	}
	return names
}
