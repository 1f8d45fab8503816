package lint

import migrate "github.com/modelgen/modelgen/runtime"

var mg310 = Check{
	Code: "MG310", Title: "a column goes that must be written", Severity: Note,
	Breaks: "a binary that does not know the column any more cannot insert, as it is NOT NULL and has no default (23502)",
	When:   "the new binary runs before the migration does, or the drop is put off to a later release",
	Safe:   "make the field nullable, or give it a default, in the release before it goes",
	run: func(p *pass) {
		o, ok := p.op.(migrate.DropColumn)
		if !ok || !p.used(o.Table) {
			return
		}
		c := o.Column.Def()
		before := p.named.Table(o.Table)
		if !c.Nullable && !p.hasDefault(c) && before != nil && before.Column(c.Name) != nil && !before.Column(c.Name).Nullable {
			p.report("as long as %s.%s is there, a binary without it cannot insert into %s", o.Table, c.Name, o.Table)
		}
	},
}
