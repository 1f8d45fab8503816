package export

import (
	"fmt"

	"github.com/modelgen/modelgen/gen/sqlscript"
	migrate "github.com/modelgen/modelgen/runtime"
)

// golangMigrateParts returns how many versions a migration is: golang-migrate sends a file as one string, which PostgreSQL makes a
// transaction of, so each transaction, and each statement outside of any, is a version.
func golangMigrateParts(s sqlscript.Script) int {
	up, down := migrate.Transactions(s.Stages), undoable(s)
	if s.NoUndo != "" {
		down = nil // the same for each
	}
	return max(len(up), len(down), 1)
}

func golangMigrateFiles(s sqlscript.Script, version int) (files []File) {
	up, down := migrate.Transactions(s.Stages), undoable(s)
	n := golangMigrateParts(s)
	for i := range n {
		name := title(s, version+i)
		head := ""
		if n > 1 {
			name += fmt.Sprintf("_part%d", i+1)
			head = fmt.Sprintf("-- Part %d of %d of %s.\n", i+1, n, s.Migration)
		}
		file := func(groups [][]migrate.Stage, at int, none string) string {
			if at >= len(groups) {
				return head + none
			}
			all, note := group(groups[at])
			if !s.Target.Capabilities().StringIsTx && !groups[at][0].NoTx {
				note = "-- The driver needs x-no-tx-wrap=true: this is a transaction of its own, as it changes settings that none can change inside.\n" + note
			}
			return head + note + oneString(s, groups[at], all)
		}
		back := file(down, n-1-i, "-- Nothing is left to undo: the parts behind this one have done it.\n") // the last part is undone first
		if s.NoUndo != "" {
			back = file(down, 0, "")
		}
		files = append(files, File{name + ".up.sql", file(up, i, "-- Nothing is to be done: the way back has more parts than the way there.\n")}, File{name + ".down.sql", back})
	}
	return files
}
