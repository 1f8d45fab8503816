package lint

import "github.com/modelgen/modelgen/runtime/schema"

var mg320 = Check{
	Code: "MG320", Title: "a trigger runs for the previous release too", Severity: Warning,
	Breaks: "each write of the table does the work of the trigger as well, in its transaction: what the trigger refuses, changes or is slow about, the previous release meets unprepared; a rule or an event trigger does the same to statements",
	When:   "for a table that others use, from the moment on at which the trigger is made or changed",
	Safe:   "roll out a binary first that works with and without the trigger; keep its function short, and let it do nothing where WHEN or UPDATE OF can say so",
	run: func(p *pass) {
		from, to := p.object()
		if to == nil || from != nil && !from.Same(*to) || p.back() || to.Kind != schema.TriggerKind && to.Kind != schema.RuleKind && to.Kind != schema.EventTriggerKind {
			return
		}
		switch {
		case to.Head == "DISABLE":
		case to.Kind == schema.EventTriggerKind:
			p.report("%s runs for commands of everybody, those of migrations too", to)
		case p.used(to.Table) && !p.newObject(to.Table):
			p.report("%s runs for what the previous release writes to %s", to, to.Table)
		}
	},
}

// newObject reports whether the migration makes a view of that name: nobody writes it yet.
func (p *pass) newObject(name string) bool {
	is := func(s *schema.Schema) bool {
		for _, x := range s.SQLObjects {
			if x.Kind.Relation() && x.Name == name {
				return true
			}
		}
		return false
	}
	return is(p.s) && !is(p.first)
}
