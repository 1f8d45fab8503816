package postgres

import (
	"slices"

	"github.com/modelgen/modelgen/internal/sqllex"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// inSQL reports whether a routine is of LANGUAGE sql: the server looks into its body when it is created (manual, check_function_bodies).
func inSQL(o schema.SQLObject) bool {
	toks := sqllex.Code(string(o.SQL), lexis)
	i := slices.IndexFunc(toks, func(t sqllex.Token) bool { return t.Is("LANGUAGE") })
	return i >= 0 && i+1 < len(toks) && (toks[i+1].Is("SQL") || toks[i+1].Value() == "sql")
}

// checkBodies lets the server look into the bodies that it has not looked into, once all is there, as CREATE FUNCTION would have done.
func (p *planner) checkBodies() {
	for _, o := range p.unchecked {
		if p.before.SQLObject(o) == nil {
			continue // it was dropped, renamed or replaced since
		}
		p.stages = append(p.stages, migrate.Stage{Cause: "Check the body of " + o.String(), Parts: nothing, Statements: []migrate.Statement{
			statement("SELECT pg_catalog.fmgr_sql_validator(" + text(o.Quoted()) + "::pg_catalog.regprocedure::pg_catalog.oid)"),
		}})
	}
}

// early returns the statement that creates or replaces a routine, with what keeps the server from looking into its body where that reads what is not there yet.
func (p *planner) early(o schema.SQLObject, create migrate.Statement) []migrate.Statement {
	if o.Kind != schema.FunctionKind && o.Kind != schema.ProcedureKind || !inSQL(o) || !p.before.Names().Early(o) {
		return []migrate.Statement{create}
	}
	p.unchecked = append(p.unchecked, o)
	return []migrate.Statement{{SQL: "SET LOCAL check_function_bodies = off", Comment: "what its body reads is not there yet; it is looked at in the end"}, create,
		statement("SET LOCAL check_function_bodies TO DEFAULT")}
}
