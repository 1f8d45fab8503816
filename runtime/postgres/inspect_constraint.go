package postgres

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/modelgen/modelgen/runtime/schema"
)

// constraintRow is a row of pg_constraint.
type constraintRow struct {
	OID, Ref                                                   int64
	Name, Type, Columns, Expr, Def, Comment                    string
	Deferrable, Deferred, Validated, NoInherit, Includes       bool
	RefSchema, RefTable, OnDelete, OnUpdate, Match, SetColumns string
	RefColumns                                                 []string
	Options, Tablespace                                        string
	NullsNotDistinct, NotEnforced, Period                      bool
	IndexComment                                               string
	Clustered, Replica                                         bool // by its index
	Own                                                        bool // it is not inherited
}

func (i *inspector) readConstraints(ctx context.Context) error {
	return i.rows(ctx, i.versioned(inspectConstraints, map[int]string{
		15: `x.indnullsnotdistinct AS "nullsNotDistinct", pg_catalog.array_to_string(c.confdelsetcols, ' ') AS "setColumns"`,
		18: `NOT c.conenforced AS "notEnforced", c.conperiod AS period`,
	}), func(_ string, row []byte) error {
		var c constraintRow
		if err := json.Unmarshal(row, &c); err != nil {
			return err
		}
		switch t := i.tables[c.OID]; {
		case t != nil && t.part != "":
			i.partConstraint(t, c)
		case t != nil && !t.out:
			i.constraint(t, c)
		}
		return nil
	})
}

// versioned puts in what versions of the server have brought.
func (i *inspector) versioned(query string, since map[int]string) string {
	var columns strings.Builder
	columns.WriteString("NULL AS none")
	for v := oldest; v <= i.version; v++ {
		if c := since[v]; c != "" {
			columns.WriteString(", " + c)
		}
	}
	return strings.Replace(query, "$versioned", columns.String(), 1)
}

// action returns what pg_constraint has a letter for.
func action(letter string) schema.Action {
	switch letter {
	case "r":
		return schema.Restrict
	case "c":
		return schema.Cascade
	case "n":
		return schema.SetNull
	case "d":
		return schema.SetDefault
	}
	return schema.NoAction
}

func (i *inspector) constraint(t *inspected, c constraintRow) {
	add := "ALTER TABLE " + i.name(t.Name) + " ADD CONSTRAINT " + ident(c.Name) + " " + c.Def
	say := func(what, why, sql string) {
		if what != "" {
			what = ": " + what
		}
		i.say(t, "constraint "+c.Name+" on "+t.Name+what, why, sql)
	}
	leave := func(what, why string) {
		say(what, why, add)
		t.said[len(t.said)-1].Allow = allowed("constraint", c.Name, t.Name)
	}
	const left = "models cannot say it: it is left as it is, and is not in the model"
	switch {
	case c.Type == "n": // from version 18 on; NOT NULL is of the column
		if !c.Validated {
			say("NOT VALID", "the column is NOT NULL in the model: ALTER TABLE "+i.name(t.Name)+" VALIDATE CONSTRAINT "+ident(c.Name)+" makes it so", add)
		}
		if c.NoInherit {
			say("NO INHERIT", leftAsItIs, add)
		}
		return
	case c.Type == "x": // which a tag says, as far as it can
		i.out.Schema.SQLObjects = append(i.out.Schema.SQLObjects, schema.SQLObject{Kind: schema.ExclusionKind, Name: c.Name, Table: t.Name, SQL: schema.SQLText(c.Def)})
		i.besideConstraint(t, c)
		return
	case c.NotEnforced:
		leave("NOT ENFORCED", left)
		return
	case c.Period:
		leave("WITHOUT OVERLAPS", left)
		return
	case c.Type == "c" && c.NoInherit:
		leave("NO INHERIT", left)
		return
	case c.Type == "f" && c.Match == "f" && strings.Contains(c.Columns, " "):
		leave("MATCH FULL", left)
		return
	case c.Type == "f" && c.SetColumns != "":
		leave("columns of SET NULL", left)
		return
	case c.Type == "u" && c.Includes:
		leave("INCLUDE", left)
		return
	}
	if !c.Validated {
		say("NOT VALID", "it is in the model; rows that were there before it have not been looked at, which this does", "ALTER TABLE "+i.name(t.Name)+" VALIDATE CONSTRAINT "+ident(c.Name))
		t.said[len(t.said)-1].Allow = allowed("not valid constraint", c.Name, t.Name)
	}
	i.besideConstraint(t, c)
	if c.Options != "" {
		say("storage parameters", leftAsItIs, "ALTER INDEX "+i.index(t.Name, c.Name)+" SET ("+c.Options+")")
	}
	if c.Tablespace != "" {
		say("tablespace", leftAsItIs, "ALTER INDEX "+i.index(t.Name, c.Name)+" SET TABLESPACE "+ident(c.Tablespace))
	}
	later := schema.NotDeferrable
	switch {
	case c.Deferred:
		later = schema.InitiallyDeferred
	case c.Deferrable:
		later = schema.InitiallyImmediate
	}
	columns := t.columns(c.Columns)
	switch c.Type {
	case "p":
		t.PrimaryKey = &schema.PrimaryKey{Name: c.Name, Columns: columns}
		if c.Includes {
			say("INCLUDE", "models do not have it for primary keys: the key is in the model without it, and it is left as it is", add)
			t.said[len(t.said)-1].Allow = allowed("covering constraint", c.Name, t.Name)
		}
		if later != schema.NotDeferrable {
			say("DEFERRABLE", "models do not have it for primary keys: it is left as it is, and the key is in the model", add)
			t.said[len(t.said)-1].Allow = allowed("deferrable constraint", c.Name, t.Name)
		}
	case "u":
		t.Uniques = append(t.Uniques, schema.Unique{Name: c.Name, Columns: columns, NullsNotDistinct: c.NullsNotDistinct, Deferrable: later})
	case "c":
		if expr := i.expression(t, c.Expr); expr != "" {
			t.Checks = append(t.Checks, schema.Check{Name: c.Name, Expr: expr})
		} else {
			leave("", "its expression cannot be written in a tag: it is left as it is, and is not in the model")
		}
	case "f":
		// Whether the other table is read is known when all are.
		t.ForeignKeys = append(t.ForeignKeys, schema.ForeignKey{Name: c.Name, Columns: columns, RefTable: i.label(c.RefSchema, c.RefTable), RefColumns: c.RefColumns,
			OnDelete: action(c.OnDelete), OnUpdate: action(c.OnUpdate), Deferrable: later})
		if other := i.tables[c.Ref]; other == nil || other.out {
			t.ForeignKeys = t.ForeignKeys[:len(t.ForeignKeys)-1]
			why := "it refers to " + i.label(c.RefSchema, c.RefTable) + ", which is none of the models: it is left as it is, and is not in the model"
			if other == nil {
				why = "it refers to " + i.label(c.RefSchema, c.RefTable) + ", which is not read (-schema names the schemas to read): it is left as it is, and is not in the model"
			}
			leave("", why)
		}
	}
}

// besideConstraint notes what stands beside a constraint and its index.
func (i *inspector) besideConstraint(t *inspected, c constraintRow) {
	if c.Comment != "" {
		i.say(t, "comment on constraint "+c.Name+" on "+t.Name, leftAsItIs, "COMMENT ON CONSTRAINT "+ident(c.Name)+" ON "+i.name(t.Name)+" IS "+text(c.Comment))
	}
	i.besideIndex(t, c.Name, c.IndexComment, c.Clustered, c.Replica)
}
