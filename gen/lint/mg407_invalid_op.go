package lint

var mg407 = Check{
	Code: "MG407", Title: "an op does not fit what is there", Severity: Error,
	Breaks: "the set of migrations is refused as a whole, when the program starts",
	When:   "the migrations before it are all known, and do not make what the op is about",
	Safe:   "restore the file from version control, or write the op as the schema before it asks for",
}
