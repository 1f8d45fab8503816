package lint

var mg903 = Check{
	Code: "MG903", Title: "nothing is there to be allowed", Severity: Note,
	Breaks: "the comment would silence a finding that comes later, for a reason that was given for another one",
	When:   "//modelgen:allow stands where its check finds nothing",
	Safe:   "take the comment out",
}
