package migrate

import (
	"slices"

	"github.com/modelgen/modelgen/runtime/schema"
)

// opFor returns the op as it is on a dialect, nil when there is nothing of it. s is the schema before it, as the dialect has it.
func opFor(op Op, s *schema.Schema, dialect string) Op {
	if from, to, ok := ObjectChange(op); ok {
		return objectFor(op, from, to, dialect)
	}
	switch o := op.(type) {
	case CreateTable:
		return o.onDialect(dialect)
	case DropTable:
		return DropTable(CreateTable(o).onDialect(dialect))
	case AddColumn:
		o.Column = columnFor(o.Column, dialect)
		return o
	case DropColumn:
		o.Column = columnFor(o.Column, dialect)
		return o
	case AlterColumn:
		narrowed := len(o.From.Def().CollateFor)+len(o.To.Def().CollateFor) > 0 || o.From.Def().Identity != o.To.Def().Identity
		o.From, o.To = columnFor(o.From, dialect), columnFor(o.To, dialect)
		if narrowed && o.Using == "" && o.From.Def().Equal(o.To.Def()) {
			return nil
		}
		return o
	case AddUnique:
		if schema.Elsewhere(o.Unique.Only, dialect) {
			return nil
		}
		o.Unique.Only = ""
		return o
	case DropUnique:
		if schema.Elsewhere(o.Unique.Only, dialect) {
			return nil
		}
		o.Unique.Only = ""
		return o
	case AddCheck:
		if schema.Elsewhere(o.Check.Only, dialect) {
			return nil
		}
		o.Check.Only = ""
		return o
	case DropCheck:
		if schema.Elsewhere(o.Check.Only, dialect) {
			return nil
		}
		o.Check.Only = ""
		return o
	case CreateIndex:
		if schema.Elsewhere(o.Index.Only, dialect) {
			return nil
		}
		o.Index.Only = ""
		return o
	case DropIndex:
		if schema.Elsewhere(o.Index.Only, dialect) {
			return nil
		}
		o.Index.Only = ""
		return o
	case PartitionTable:
		return o.dialect(dialect)
	case UnpartitionTable:
		if own, ok := PartitionTable(o).dialect(dialect).(PartitionTable); ok {
			return UnpartitionTable(own)
		}
		return nil
	case RenameConstraint:
		if t := s.Table(o.Table); t != nil && len(constraintNames(t, o.From, "")) == 0 {
			return nil
		}
	case RenameIndex:
		if t := s.Table(o.Table); t != nil && !slices.ContainsFunc(t.Indexes, func(x schema.Index) bool { return x.Name == o.From }) {
			return nil
		}
	case SQL:
		return o.schemaFor(s, dialect)
	}
	return op
}

// dialect is opFor of the op.
func (o PartitionTable) dialect(dialect string) Op {
	if schema.Elsewhere(o.Only, dialect) {
		return nil
	}
	o.Only, o.Check.Only = "", ""
	return o
}

// objectFor is opFor of the op of an object.
func objectFor(op Op, from, to *schema.SQLObject, dialect string) Op {
	all := op
	for _, o := range []*schema.SQLObject{from, to} {
		if o == nil || o.Only == "" {
			continue
		}
		if schema.Elsewhere(o.Only, dialect) {
			return nil
		}
		o.Only = ""
		op = nil
	}
	if op != nil {
		return op
	}
	switch o := all.(type) { // which say more than what comes and goes
	case CreatePartition:
		o.Only = ""
		return o
	case DropPartition:
		o.Only = ""
		return o
	}
	return ObjectOp(from, to)
}

// schemaFor narrows what the op says of the schema.
func (o SQL) schemaFor(s *schema.Schema, dialect string) Op {
	if len(o.Schema) == 0 {
		return o
	}
	var own []Op
	at := s.Clone()
	for _, op := range o.Schema {
		if n := opFor(op, at, dialect); n != nil {
			if n.Apply(at) != nil {
				return o // the op itself says what does not fit
			}
			own = append(own, n)
		}
	}
	if len(own) == 0 && len(o.Up) == 0 {
		return nil
	}
	o.Schema = own
	return o
}

// onDialect returns the op as it is on a dialect: itself, where nothing in it is for others.
func (o CreateTable) onDialect(dialect string) CreateTable {
	parts := o.parts()
	if parts.For(dialect) != parts || slices.ContainsFunc(o.Columns, func(c schema.ColumnDef) bool { return narrowed(c.Def(), dialect) }) {
		return NewCreateTable(o.Definition().For(dialect))
	}
	parts.Uniques, parts.Checks, parts.ForeignKeys, parts.Indexes = slices.Clone(o.Uniques), slices.Clone(o.Checks), slices.Clone(o.ForeignKeys), slices.Clone(o.Indexes)
	parts.Sort()
	o.Uniques, o.Checks, o.ForeignKeys, o.Indexes = parts.Uniques, parts.Checks, parts.ForeignKeys, parts.Indexes
	return o
}

func columnFor(c schema.ColumnDef, dialect string) schema.ColumnDef {
	if d := c.Def(); narrowed(d, dialect) {
		return d.For(dialect)
	}
	return c
}

// narrowed reports whether a column is another one on a dialect.
func narrowed(c schema.Column, dialect string) bool {
	return len(c.CollateFor) > 0 || c.Identity && schema.Serial(c.TypeOn(dialect))
}
