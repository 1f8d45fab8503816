package lint

var mg507 = Check{
	Code: "MG507", Title: "an index over many columns", Severity: Note,
	Breaks: "nothing, but each write pays for it, and queries seldom use more than the first columns",
	When:   "an index that is not unique has more than three columns",
	Safe:   "lead with the columns that tell rows apart best, and leave the others out",
	run: func(p *pass) {
		e := p.effects()
		for _, d := range e.New {
			if x := d.Index; x != nil && !e.Unknown && !x.Unique && len(x.Parts) > 3 && (x.Using == "" || x.Using == "btree") {
				p.report("index %s has %d columns", x.Name, len(x.Parts))
			}
		}
	},
}
