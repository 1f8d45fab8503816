package postgres

import (
	"context"
	"encoding/json"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// indexRow is a row of pg_index, and indexPart one of the lists in it.
type (
	indexRow struct {
		OID                               int64
		Name, Method, Where, Def, Comment string
		Options, Tablespace               string
		Unique, Valid, Clustered, Replica bool
		NullsNotDistinct                  bool
		Attached                          bool // to that of the table that it is a partition of
		Keys                              int
		Parts                             []indexPart
	}
	indexPart struct {
		Num                         int
		Expr                        string
		Option                      int
		Collation, Opclass, Options string
		Typed                       bool
	}
)

func (i *inspector) readIndexes(ctx context.Context) error {
	return i.rows(ctx, i.versioned(inspectIndexes, map[int]string{15: `x.indnullsnotdistinct AS "nullsNotDistinct"`}), func(_ string, row []byte) error {
		var x indexRow
		if err := json.Unmarshal(row, &x); err != nil {
			return err
		}
		switch t := i.tables[x.OID]; {
		case t != nil && t.part != "":
			i.partIndex(t, x)
		case t != nil && !t.out:
			i.oneIndex(t, x)
		}
		return nil
	})
}

func (i *inspector) oneIndex(t *inspected, r indexRow) {
	say := func(what, why, sql string) *migrate.Unexpressed {
		return i.say(t, "index "+r.Name+" on "+t.Name+what, why, sql)
	}
	allow := allowed("index", r.Name, t.Name)
	if !r.Valid {
		why := "building it concurrently has failed, it is of no use: drop it, or REINDEX INDEX CONCURRENTLY"
		if t.Options.Partition != "" {
			why = "a partition has no index that is attached to it: ALTER INDEX ... ATTACH PARTITION for each, or drop it"
		}
		say(": INVALID", why, "DROP INDEX "+i.index(t.Name, r.Name)).Allow = allow
		return
	}
	x := schema.Index{Name: r.Name, Unique: r.Unique, Using: r.Method, NullsNotDistinct: r.NullsNotDistinct}
	if x.Using == "btree" {
		x.Using = ""
	}
	if r.Where != "" {
		if x.Where = i.expression(t, r.Where); x.Where == "" {
			say("", "its condition cannot be written in a tag: it is left as it is, and is not in the model", r.Def).Allow = allow
			return
		}
	}
	for n, p := range r.Parts {
		if n >= r.Keys {
			x.Include = append(x.Include, t.names[p.Num])
			continue
		}
		part := schema.IndexPart{Column: t.names[p.Num], Collate: p.Collation, OpClass: p.Opclass}
		if p.Num == 0 {
			if part.Expr = i.expression(t, p.Expr); part.Expr == "" {
				say("", "its expression cannot be written in a tag: it is left as it is, and is not in the model", r.Def).Allow = allow
				return
			}
			if p.Typed || !strings.Contains(r.Def, " COLLATE ") || strings.Contains(part.Expr, " COLLATE ") {
				part.Collate = "" // that of the expression
			}
		}
		if p.Options != "" {
			part.OpClass += "(" + p.Options + ")"
		}
		if r.Method == "btree" {
			part.Desc = p.Option&1 != 0
			switch first := p.Option&2 != 0; {
			case first && !part.Desc:
				part.Nulls = schema.NullsFirst
			case !first && part.Desc:
				part.Nulls = schema.NullsLast
			}
		}
		x.Parts = append(x.Parts, part)
	}
	if r.Options != "" {
		say(": storage parameters", leftAsItIs, "ALTER INDEX "+i.index(t.Name, r.Name)+" SET ("+r.Options+")")
	}
	if r.Tablespace != "" {
		say(": tablespace", leftAsItIs, "ALTER INDEX "+i.index(t.Name, r.Name)+" SET TABLESPACE "+ident(r.Tablespace))
	}
	i.besideIndex(t, r.Name, r.Comment, r.Clustered, r.Replica)
	t.Indexes = append(t.Indexes, x)
}

// besideIndex notes the comment on an index, and what the table does by it.
func (i *inspector) besideIndex(t *inspected, name, comment string, clustered, replica bool) {
	if comment != "" {
		i.say(t, "comment on index "+name, leftAsItIs, "COMMENT ON INDEX "+i.index(t.Name, name)+" IS "+text(comment))
	}
	if clustered {
		i.say(t, "index "+name+" on "+t.Name+": CLUSTER", leftAsItIs, "ALTER TABLE "+i.name(t.Name)+" CLUSTER ON "+ident(name))
	}
	if replica {
		i.say(t, "index "+name+" on "+t.Name+": replica identity", leftAsItIs, "ALTER TABLE "+i.name(t.Name)+" REPLICA IDENTITY USING INDEX "+ident(name))
	}
}
