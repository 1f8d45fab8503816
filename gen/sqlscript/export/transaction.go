package export

import (
	"slices"
	"strings"

	"github.com/modelgen/modelgen/gen/sqlscript"
	migrate "github.com/modelgen/modelgen/runtime"
)

// group is a transaction, or what runs outside of one.
func group(tx []migrate.Stage) (out []migrate.Statement, note string) {
	var causes []string
	for _, st := range tx {
		all, _ := st.SQL()
		out = append(out, all...)
		if !slices.Contains(causes, st.Cause) {
			causes = append(causes, st.Cause)
		}
	}
	return out, "-- " + strings.ReplaceAll(strings.Join(causes, "\n"), "\n", "\n-- ") + "\n"
}

// undoable returns the way back as transactions; one that fails, with the reason, when there is none: the runner would note it as undone.
func undoable(s sqlscript.Script) [][]migrate.Stage {
	if s.NoUndo == "" {
		return migrate.Transactions(s.Undo)
	}
	return [][]migrate.Stage{{{Cause: "It cannot be undone", Statements: s.Target.Fail(s.NoUndo, "")}}}
}

// oneString writes a transaction as one string. Some servers need nothing around it, such as PostgreSQL.
func oneString(s sqlscript.Script, tx []migrate.Stage, all []migrate.Statement) string {
	if c := s.Target.Capabilities(); !c.StringIsTx {
		frame := c.ScriptFrame(tx)
		all = slices.Concat(frame.Begin, all, frame.End)
	}
	var b strings.Builder
	sqlscript.WriteStatements(&b, all)
	return b.String()
}
