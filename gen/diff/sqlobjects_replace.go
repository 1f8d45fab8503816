package diff

import (
	"slices"

	"github.com/modelgen/modelgen/internal/sqllex"
	"github.com/modelgen/modelgen/runtime/schema"
)

// inPlace reports whether a database is certain to take the new object in the place of the old one, with all that stands on it.
func inPlace(from, to schema.SQLObject) bool {
	switch to.Kind {
	case schema.ViewKind:
		return schema.ViewGrows(from, to)
	case schema.FunctionKind, schema.ProcedureKind:
		return slices.Equal(signature(from), signature(to))
	case schema.TriggerKind:
		return !constraintTrigger(from) && !constraintTrigger(to)
	case schema.RuleKind, schema.CommentKind, schema.RowSecurityKind, schema.MaterializedViewKind, schema.VirtualTableKind:
		return true
	case schema.CompositeTypeKind: // the way back adds attributes, too
		return schema.Alters(from, to) == "" && schema.Alters(to, from) == ""
	case schema.SequenceKind, schema.DomainKind, schema.PolicyKind, schema.PublicationKind, schema.ExtensionKind:
		return schema.Alters(from, to) == ""
	}
	return false
}

func word_(t sqllex.Token) string {
	if t.Kind == sqllex.Word {
		return sqllex.Fold(t.Text)
	}
	return t.Text
}

// signature returns what CREATE OR REPLACE cannot change of a routine: arguments with names and defaults, and what it returns.
func signature(o schema.SQLObject) []string {
	toks := sqllex.Code(string(o.SQL), sqllex.Any)
	begin := slices.IndexFunc(toks, func(t sqllex.Token) bool { return t.Text == "(" })
	if begin < 0 {
		return nil
	}
	var all []string
	depth := 0
	for _, t := range toks[begin:] {
		switch {
		case t.Text == "(":
			depth++
		case t.Text == ")":
			depth--
		}
		if depth == 0 && t.Is("LANGUAGE", "AS", "IMMUTABLE", "STABLE", "VOLATILE", "STRICT", "CALLED", "SECURITY", "EXTERNAL", "PARALLEL", "COST", "ROWS", "SUPPORT", "SET", "WINDOW",
			"TRANSFORM", "LEAKPROOF", "NOT", "BEGIN", "RETURN") || depth == 0 && len(all) > 1 && t.Is("NULL") {
			break
		}
		all = append(all, word_(t))
	}
	return all
}

func constraintTrigger(o schema.SQLObject) bool {
	toks := sqllex.Code(string(o.SQL), sqllex.Any)
	return len(toks) > 1 && toks[1].Is("CONSTRAINT")
}

// cannotChange refuses to drop and create what would take values with it: a sequence, and a type that columns have.
func (d *differ) cannotChange(changes []*change) {
	for _, c := range changes {
		if c.how != recreateObject {
			continue
		}
		why := schema.Alters(*c.at, *c.new)
		switch c.old.Kind {
		case schema.SequenceKind:
			d.fail(c.new.String(), "%s cannot be altered in its place, as %s; dropped and created it would count from the beginning again: declare a new one under another name", c.new, orSo(why))
		case schema.DomainKind, schema.CompositeTypeKind, schema.RangeTypeKind:
			for _, t := range d.new.Tables {
				for _, column := range t.Columns {
					if was := d.old.Table(t.Name); !typeWord(column, c.new) || was == nil || was.Column(column.Name) == nil || !typeWord(*was.Column(column.Name), c.old) {
						continue
					}
					d.fail(c.new.String(), "%s cannot be altered in its place, as %s, and %s.%s is of that type: declare a type with another name and give it to the column, which converts its values (-convert)",
						c.new, orSo(why), t.Name, column.Name)
				}
			}
		}
	}
}

func orSo(why string) string {
	if why == "" {
		return "what it stands on changes"
	}
	return why
}

// typeWord reports whether the type of a column names the object.
func typeWord(c schema.Column, o *schema.SQLObject) bool {
	texts := []string{c.Type.String()}
	for _, text := range c.TypeFor {
		texts = append(texts, text)
	}
	return slices.ContainsFunc(texts, func(text string) bool {
		return slices.ContainsFunc(sqllex.Code(text, sqllex.Any), func(t sqllex.Token) bool { return sqllex.Fold(t.Value()) == word(o) })
	})
}

// swapped reports whether an object gets another one in its place that databases take for another one: what stands on it stays with the old one.
func swapped(c *change) bool {
	return c.how == replaceObject && c.old.Kind == schema.MaterializedViewKind
}

// carried reports whether an object goes along when another one is swapped or renamed: the indexes of a materialized view, comments on it and
// privileges; the partitions of a partition.
func carried(c, under *change) bool {
	if c.old.Kind == schema.PartitionKind && under.old.Kind == schema.PartitionKind && under.how == renameObject {
		return true
	}
	return swapped(under) && (c.old.Kind == schema.ViewIndexKind || c.old.Kind == schema.CommentKind || c.old.Kind == schema.GrantKind)
}

// sameOutput reports whether a view returns columns of the same names after a column that it reads has got another one, on every database: at is the view as it is then. What it shows
// by its own name alone is called otherwise on some, as is what stands for all columns or joins by names.
func sameOutput(old, at schema.SQLObject) bool {
	count := func(o schema.SQLObject) (as int, sure bool) {
		toks := sqllex.Code(string(o.SQL), sqllex.Any)
		for i, t := range toks {
			switch {
			case t.Is("AS"):
				as++
			case t.Is("NATURAL", "USING"), t.Text == "*" && !(i > 0 && toks[i-1].Text == "(" && i+1 < len(toks) && toks[i+1].Text == ")"):
				return 0, false
			}
		}
		return as, true
	}
	a, ok := count(old)
	b, ok2 := count(at)
	return ok && ok2 && a == b
}

// replacedFirst reports whether the new text of an object needs nothing that the ops of tables or other objects make: it can be replaced before them.
func (d *differ) replacedFirst(m makersOf, c *change, changes []*change) bool {
	return !slices.ContainsFunc(c.need.all(), func(n schema.Need) bool {
		switch {
		case n.Object != nil:
			return !slices.ContainsFunc(changes, func(x *change) bool { return x.how == keepObject && n.Object.Same(*x.new) })
		case n.Enum != "":
			return m.enum(n.Enum) >= 0
		case n.Column != "":
			enum := d.enumOfColumn(n.Table, n.Column)
			return m.column(n.Table, n.Column) >= 0 || enum != "" && m.enum(enum) >= 0
		}
		return m.table(n.Table) >= 0
	})
}

// enumOfColumn returns the enum that the new schema gives a column, "" for none.
func (d *differ) enumOfColumn(table, column string) string {
	if t := d.new.Table(table); t != nil {
		if c := t.Column(column); c != nil && c.Type.Kind == schema.KindEnum {
			return c.Type.Name
		}
	}
	return ""
}
