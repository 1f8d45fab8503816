package lint

import (
	"slices"

	"github.com/modelgen/modelgen/runtime/schema"
)

var mg322 = Check{
	Code: "MG322", Title: "a view goes that the previous release reads, or another object that it names", Severity: Warning,
	Breaks: "its statements name a view, a sequence, a type, a partition or an extension that is not there any more (PostgreSQL: 42P01, 42704), or read columns that the view has no longer",
	When:   "as long as the previous release runs beside the new one during a rolling deploy, when the object is dropped, renamed, or made again with another query",
	Safe:   "make the new one under another name, let the program use it, and drop the old one in the release after it; add new columns of a view at its end, which replaces it in its place",
	run: func(p *pass) {
		from := p.gave(schema.ViewKind, schema.MaterializedViewKind, schema.SequenceKind, schema.VirtualTableKind, schema.PartitionKind,
			schema.DomainKind, schema.CompositeTypeKind, schema.RangeTypeKind, schema.ExtensionKind)
		if from == nil {
			return
		}
		after := p.after()
		named := slices.ContainsFunc(after.SQLObjects, func(x schema.SQLObject) bool {
			return x.Name == from.Name && x.Kind.Relation() == from.Kind.Relation() && (x.Kind.Relation() || x.Kind == from.Kind) && schema.Meet(x.Only, from.Only)
		})
		switch {
		case named && (from.Kind == schema.ViewKind || from.Kind == schema.MaterializedViewKind):
			p.report("%s is made again with another query: the columns that the previous release reads may be gone, or be of another type", from)
		case named, from.Kind.Relation() && after.Table(from.Name) != nil:
			p.report("something else has the name of %s than the previous release knows", from)
		case from.Kind == schema.PartitionKind:
			p.report("%s goes while statements of the previous release may name it; those that name %s alone are served", from, from.Table)
		default:
			p.report("%s goes while the previous release still uses it", from)
		}
	},
}
