package lint

var mg901 = Check{
	Code: "MG901", Title: "a finding is allowed without a reason", Severity: Warning,
	Breaks: "nothing is silenced",
	When:   "//modelgen:allow stands without words behind the code",
	Safe:   "say why it is all right: //modelgen:allow MG101 nobody has used it since March",
}
