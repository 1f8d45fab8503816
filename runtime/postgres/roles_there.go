package postgres

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/internal/sqllex"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// rolesThere returns what asks, before anything is changed, whether the server has the roles that a grant or a policy names; nil when it names none. Roles belong to
// the server and not to one of its databases (manual 22.1), so that they are not declared: a database of a new server lacks them. A step by hand before may make one.
func (p *planner) rolesThere(o schema.SQLObject) func(context.Context, migrate.Tx) error {
	names := rolesOf(o)
	if len(names) == 0 || p.afterHand() {
		return nil
	}
	return func(ctx context.Context, tx migrate.Tx) error {
		var missing []string
		for _, name := range names {
			var there bool
			if err := tx.QueryRowContext(ctx, "SELECT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = "+text(name)+")").Scan(&there); err != nil {
				return err
			}
			if !there {
				missing = append(missing, "CREATE ROLE "+ident(name))
			}
		}
		if len(missing) == 0 {
			return nil
		}
		return refused{fmt.Errorf("%s names a role that the server does not have: let a role with CREATEROLE run %s, and run again; roles belong to the whole server, so that no migration makes them; nothing was changed",
			o, strings.Join(missing, " and "))}
	}
}

// rolesOf returns the roles that an object names, but those that are always there.
func rolesOf(o schema.SQLObject) (names []string) {
	list := ""
	switch o.Kind {
	case schema.GrantKind:
		list, _, _ = strings.Cut(o.Role(), " WITH ")
	case schema.PolicyKind:
		clauses, _ := o.Clauses()
		list, _ = schema.ClauseOf(clauses, "TO", "")
	}
	for _, t := range sqllex.Code(list, lexis) {
		if !t.IsName() || t.Kind == sqllex.Word && slices.Contains([]string{"PUBLIC", "CURRENT_USER", "CURRENT_ROLE", "SESSION_USER"}, strings.ToUpper(t.Text)) {
			continue
		}
		names = append(names, folded(t))
	}
	return names
}
