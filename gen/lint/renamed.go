package lint

import (
	"slices"

	"github.com/modelgen/modelgen/gen/scratch"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// A migration may rename a table, a column or an enum, and change what stands on it behind that: an op names things as they are called where it stands,
// and what the migration has found or leaves may be called otherwise.

// follow applies to s what an op removes and renames of tables, columns and enums, which the objects beside them follow. Unlike Apply it passes over all that
// s lacks or that the op does besides.
func follow(s *schema.Schema, op migrate.Op) { followed(s, op, op.Effects()) }

// followed is follow of an op whose effects are known.
func followed(s *schema.Schema, op migrate.Op, e migrate.Effects) {
	if sql, ok := op.(migrate.SQL); ok {
		for _, told := range sql.Schema {
			follow(s, told)
		}
		return
	}
	for _, o := range e.Removes {
		if o.Kind == migrate.TableObject {
			s.RemoveTable(o.Name)
		}
	}
	for _, r := range e.Renames {
		switch r.From.Kind {
		case migrate.TableObject:
			s.RenameTable(r.From.Name, r.To)
		case migrate.ColumnObject:
			if t := s.Table(r.From.Table); t != nil && t.Column(r.From.Name) != nil {
				s.RenameColumn(t, r.From.Name, r.To)
			}
		case migrate.EnumObject:
			s.RenameEnum(r.From.Name, r.To)
		}
	}
}

// renames reports whether follow has anything to do.
func renames(op migrate.Op) bool {
	if sql, ok := op.(migrate.SQL); ok {
		return slices.ContainsFunc(sql.Schema, renames)
	}
	for _, r := range op.Effects().Renames {
		if r.From.Kind == migrate.TableObject || r.From.Kind == migrate.ColumnObject || r.From.Kind == migrate.EnumObject {
			return true
		}
	}
	return false
}

// had returns the object as the migration has found it, under the names of where the op stands; nil when there was none.
func (p *pass) had(o schema.SQLObject) *schema.SQLObject { return p.named.SQLObject(o) }

// left returns an object of where the op stands under the names that the migration leaves, as after has them.
func (p *pass) left(o schema.SQLObject) schema.SQLObject {
	later := p.later()
	for len(later) > 0 && !renames(later[0]) {
		later = later[1:]
	}
	if len(later) == 0 {
		return o
	}
	s := scratch.Copy(p.s, later...)
	mark := o
	mark.Was = "\x00" // finds it again, whatever it is called then
	s.RemoveSQLObject(o)
	s.PutSQLObject(mark)
	for _, op := range later {
		follow(s, op)
	}
	for _, x := range s.SQLObjects {
		if x.Was == mark.Was {
			x.Was = o.Was
			return x
		}
	}
	return o
}
