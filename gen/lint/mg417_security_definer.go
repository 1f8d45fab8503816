package lint

import "github.com/modelgen/modelgen/runtime/schema"

var mg417 = Check{
	Code: "MG417", Title: "SECURITY DEFINER without search_path", Severity: Warning,
	Breaks: "whoever may call it puts a table or an operator of the same name into a schema that is searched first, such as pg_temp, and has it run with the rights of the owner (CVE-2018-1058)",
	When:   "on PostgreSQL, for a function or a procedure with a body that names things without their schema",
	Safe:   "add SET search_path = pg_catalog, public, pg_temp with the schemas that it needs, pg_temp last, and revoke EXECUTE from PUBLIC",
	run: func(p *pass) {
		o := p.made(schema.FunctionKind, schema.ProcedureKind)
		if o == nil {
			return
		}
		if toks := code(*o); inRow(toks, "SECURITY", "DEFINER") && !inRow(toks, "SET", "search_path") && !inRow(toks, "BEGIN", "ATOMIC") {
			p.report("%s runs with the rights of its owner, and finds names by the search_path of who calls it", o)
		}
	},
}
