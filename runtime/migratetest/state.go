package migratetest

import (
	"fmt"
	"slices"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// state returns all facts of the database: those of each table that any migration ever names, and what else there is, without the history.
func (r *run) state() (facts []string, err error) {
	conn, err := r.DB.Conn(r.ctx)
	if err != nil {
		return nil, fmt.Errorf("cannot connect to the database: %s", migrate.ErrorText(err))
	}
	defer conn.Close()
	s, err := r.Dialect.Open(r.ctx, conn, migrate.SessionConfig{History: r.history, Notify: func(migrate.Event) {}})
	if err != nil {
		return nil, err
	}
	named := ever(r.Set).For(r.Dialect.Name())
	facts, err = s.Catalog(r.ctx, named)
	var more []string // what the catalog does not have, such as a view or a function that SQL written by hand has made
	if lister, ok := s.(migrate.ObjectLister); ok && err == nil {
		more, err = lister.ListObjects(r.ctx, named)
	}
	if cerr := s.Close(r.ctx); err == nil {
		err = cerr
	}
	if err != nil {
		return nil, fmt.Errorf("reading the catalog: %w", err)
	}
	for _, o := range more {
		if table, ok := strings.CutPrefix(o, "table "); !ok || named.Table(table) == nil { // else it is in the catalog
			facts = append(facts, o)
		}
	}
	slices.Sort(facts)
	return facts, nil
}

// ever returns every table, enum and object that there is at any point of the way, as what is left behind need not be in the newest schema.
func ever(set *migrate.Set) *schema.Schema {
	all, now := &schema.Schema{}, &schema.Schema{}
	seen := map[*migrate.Migration]bool{}
	var visit func(m *migrate.Migration)
	visit = func(m *migrate.Migration) {
		if seen[m] {
			return
		}
		seen[m] = true
		for _, p := range m.Parents {
			visit(p)
		}
		for _, op := range m.Ops {
			if op.Apply(now) != nil {
				continue // a squash, behind what it replaces
			}
			for _, t := range now.Tables {
				if all.Table(t.Name) == nil {
					all.Tables = append(all.Tables, &schema.Table{Name: t.Name})
				}
			}
			for _, o := range now.SQLObjects {
				if all.SQLObject(o) == nil {
					all.PutSQLObject(o)
				}
			}
			for _, e := range now.Enums {
				if all.Enum(e.Name) == nil {
					all.Enums = append(all.Enums, &schema.Enum{Name: e.Name})
				}
			}
		}
	}
	for _, m := range set.Migrations() {
		visit(m)
	}
	return all
}
