package postgres

import (
	"strings"

	"github.com/modelgen/modelgen/internal/lazyregexp"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

func (p *planner) CreateIndex(o migrate.CreateIndex) error {
	if err := p.checkOrdered(p.before.Table(o.Table), o.Index.Name, plainColumns(o.Index)); err != nil {
		return err
	}
	if p.online(o.Table, o.Plain) {
		return p.onlineIndex(o, o.Table, o.Index)
	}
	sql, err := p.createIndex(o.Table, o.Index, false)
	if err != nil {
		return err
	}
	f := p.scanned(p.locks(share, o.Table), o.Table, true, false)
	p.add(o, f, statement(sql))
	return nil
}

func (p *planner) DropIndex(o migrate.DropIndex) error {
	if p.online(o.Table, o.Plain) {
		p.onlineDropIndex(o, o.Table, o.Index)
		return nil
	}
	p.add(o, p.locks(accessExclusive, o.Table), p.dropIndex(o.Table, o.Index.Name))
	return nil
}

func (p *planner) RenameIndex(o migrate.RenameIndex) error {
	p.add(o, migrate.Facts{}, statement("ALTER INDEX "+p.index(o.Table, o.From)+" RENAME TO "+ident(o.To)))
	return nil
}

func (p *planner) dropIndex(table, name string) migrate.Statement {
	return statement("DROP INDEX " + p.index(table, name))
}

// operatorClass is a name, perhaps with its schema and with parameters: gist_trgm_ops(siglen=32).
var operatorClass = lazyregexp.New(`^[A-Za-z_]\w*(\.[A-Za-z_]\w*)?( ?\([\w\s=,.']*\))?$`)

func (r renderer) createIndex(table string, x schema.Index, concurrently bool) (string, error) {
	no := func(reason, hint string) (string, error) {
		return "", &migrate.UnsupportedError{Dialect: dialect, Table: table, Object: x.Name, Reason: reason, Hint: hint}
	}
	if err := r.checkIndex(table, x); err != nil {
		return "", err
	}
	var parts []string
	for _, part := range x.Parts {
		sql := "(" + part.Expr + ")"
		if part.Column != "" {
			sql = ident(part.Column)
		}
		if part.Collate != "" {
			sql += " COLLATE " + ident(part.Collate)
		}
		if part.OpClass != "" {
			if !operatorClass.MatchString(part.OpClass) {
				return no("the operator class "+part.OpClass, "write its name, as in gin_trgm_ops")
			}
			sql += " " + part.OpClass
		}
		if part.Desc {
			sql += " DESC"
		}
		if part.Nulls != schema.NullsDefault {
			sql += " NULLS " + string(part.Nulls)
		}
		parts = append(parts, sql)
	}
	sql := "CREATE "
	if x.Unique {
		sql += "UNIQUE "
	}
	sql += "INDEX "
	if concurrently {
		sql += "CONCURRENTLY "
	}
	sql += ident(x.Name) + " ON " + r.name(table)
	if x.Using != "" {
		sql += " USING " + ident(x.Using)
	}
	sql += " (" + strings.Join(parts, ", ") + ")"
	if len(x.Include) > 0 {
		sql += " INCLUDE (" + idents(x.Include) + ")"
	}
	if x.NullsNotDistinct {
		if err := r.needs(15, table, x.Name, "NULLS NOT DISTINCT"); err != nil {
			return "", err
		}
		sql += " NULLS NOT DISTINCT"
	}
	if x.Where != "" {
		sql += " WHERE (" + x.Where + ")"
	}
	return sql, nil
}
