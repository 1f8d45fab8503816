package lint

var mg902 = Check{
	Code: "MG902", Title: "an unknown code is allowed", Severity: Warning,
	Breaks: "nothing is silenced",
	When:   "//modelgen:allow names a check that there is not",
	Safe:   "take the code from the finding; docs/lint.md lists them",
}
