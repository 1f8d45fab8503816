package lint

import (
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

var mg315 = Check{
	Code: "MG315", Title: "a column gets a type that the previous release does not expect", Severity: Warning,
	Breaks: "it scans the new type into the field of the old one, compares the column with values of the old type (PostgreSQL: 42883), and writes what the new type does not take (22001, 22003, 22P02)",
	When:   "as long as the previous release runs beside the new one during a rolling deploy; a note where numbers only get larger, as it fails once the new binary writes one that the old field does not hold",
	Safe:   "generate with -online: the column of the new type is beside the old one until -contract; where the type only gets narrower, roll out a binary first that writes what fits",
	run: func(p *pass) {
		o, ok := p.op.(migrate.AlterColumn)
		if !ok {
			return
		}
		a, b := o.From.Def(), o.To.Def()
		name := o.Table + "." + b.Name
		if !p.used(o.Table) || p.added[name] || p.contracted[name] || a.Generated != "" {
			return
		}
		switch surprise(a.Type, b.Type) {
		case otherForm:
			p.report("the previous release reads, writes and compares %s as %s, not as %s", name, a.Type, b.Type)
		case narrower:
			if b.Type.Kind == schema.KindJSONB {
				p.report("the previous release may write values of %s to %s, which %s refuses", a.Type, name, b.Type)
				return
			}
			p.report("the previous release may write values of %s to %s, which are too large for %s", a.Type, name, b.Type)
		case wider:
			p.reportAs(Note, "roll out a binary that reads "+b.Type.String()+" first, and write larger numbers in the release after it",
				"the previous release reads %s as %s, and fails at numbers that only %s holds", name, a.Type, b.Type)
		}
	},
}

// What a program that knows the old type meets in a column of the new one.
const (
	nothingNew = iota
	wider      // numbers that its field may not hold
	narrower   // values that it writes and the column does not hold
	otherForm  // another kind of value
)

// surprise tells what a change of type does to a program that knows the old one.
func surprise(a, b schema.Type) int {
	switch {
	case a == b:
		return nothingNew
	case !schema.SameForm(a, b):
		return otherForm
	case fails(a, b):
		return narrower
	case a.Kind.Integer():
		return wider
	}
	return nothingNew
}
