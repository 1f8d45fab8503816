package export

import (
	"strings"

	"github.com/modelgen/modelgen/gen/sqlscript"
	migrate "github.com/modelgen/modelgen/runtime"
)

// gooseFiles writes one file, in one transaction where that can be. Where it cannot, each transaction is a block between the marks: goose
// sends it as one string, on one connection, and PostgreSQL makes a transaction of that.
func gooseFiles(s sqlscript.Script, version int) []File {
	down := undoable(s)
	apart := sqlscript.Several(s.Stages) || s.NoUndo == "" && sqlscript.Several(s.Undo)
	var b strings.Builder
	if apart {
		b.WriteString("-- +goose NO TRANSACTION\n")
		if len(migrate.Transactions(s.Stages)) > 1 {
			b.WriteString("-- These are several transactions. When one fails, take those before it out of this file before it is run again.\n")
		}
	}
	for i, groups := range [][][]migrate.Stage{migrate.Transactions(s.Stages), down} {
		b.WriteString([]string{"-- +goose Up\n", "\n-- +goose Down\n"}[i])
		for _, tx := range groups {
			all, note := group(tx)
			b.WriteString(note)
			if apart && (len(all) > 1 || !s.Target.Capabilities().StringIsTx && !tx[0].NoTx) {
				b.WriteString("-- +goose StatementBegin\n" + oneString(s, tx, all) + "-- +goose StatementEnd\n")
				continue
			}
			for _, x := range all {
				text := sqlscript.Terminated(x.SQL) + "\n"
				if strings.ContainsAny(x.SQL, ";") || strings.Contains(x.SQL, "--") || strings.Contains(x.SQL, "\n\n") {
					text = "-- +goose StatementBegin\n" + text + "-- +goose StatementEnd\n"
				}
				b.WriteString(text)
			}
		}
	}
	return []File{{title(s, version) + ".sql", b.String()}}
}
