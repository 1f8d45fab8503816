package lint

import (
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
)

var mg312 = Check{
	Code: "MG312", Title: "a value of an enum goes that the previous release writes", Severity: Warning,
	Breaks: "writes and comparisons with the old word fail (22P02); where the value goes, the migration fails when a row still holds it",
	When:   "as long as the previous release runs beside the new one during a rolling deploy",
	Safe:   "add the new value, let the program read both and write the new one, change the rows, and leave the old word in the type",
	run: func(p *pass) {
		switch o := p.op.(type) {
		case migrate.RenameEnumValue:
			if was := p.named.Enum(o.Enum); was != nil {
				p.report("the previous release still uses the old word %q of the value %q of enum %s", o.From, o.To, o.Enum)
			}
		case migrate.AlterEnum:
			if removed := o.Removed(); len(removed) > 0 && p.named.Enum(o.Name) != nil {
				p.report("enum %s loses %s, which rows may hold and the previous release may write", o.Name, strings.Join(removed, ", "))
			}
		}
	},
}
