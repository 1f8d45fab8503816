package lint

import "github.com/modelgen/modelgen/runtime/schema"

var mg104 = Check{
	Code: "MG104", Title: "a table that others refer to is dropped by hand on SQLite", Severity: Error,
	Breaks: "with foreign keys on, DROP TABLE deletes the rows first: ON DELETE CASCADE empties the tables that refer to it, others refuse",
	When:   "on SQLite, also when the table is made again under the same name, as in the steps of a rebuild",
	Safe:   "write the change as ops: the rebuild that they plan switches foreign keys off, and checks them before it commits",
	run: func(p *pass) {
		for _, st := range p.on("sqlite") {
			name, ok := st.match("DROP TABLE [IF] [EXISTS] *")
			if !ok || !p.used(name[0]) {
				continue
			}
			for _, t := range p.s.Tables {
				for _, fk := range t.ForeignKeys {
					if fk.RefTable == name[0] && t.Name != name[0] && (fk.OnDelete == schema.Cascade || fk.OnDelete == schema.SetNull || fk.OnDelete == schema.SetDefault) {
						p.report("DROP TABLE %s by hand changes the rows of %s, whose foreign key %s says ON DELETE %s", name[0], t.Name, fk.Name, fk.OnDelete)
					}
				}
			}
		}
	},
}
