package law

import (
	"fmt"
	"slices"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// descent says what a table of B was in A.
type descent struct {
	table string             // "" when it is new
	cols  map[string]*column // by their names in B

	computed bool // a generated column has gone
}

type column struct {
	origin  string            // in A; "" when it is new
	filled  bool              // rows without a value get one
	keyed   bool              // another one each
	remade  bool              // SQL makes new values
	plain   bool              // it may have been a generated one, whose expression fills it
	rewrite map[string]string // values that get another spelling
}

// trace follows tables and columns through the ops.
func trace(a *schema.Schema, ops []migrate.Op, answers computing) map[string]*descent {
	now := map[string]*descent{}
	for _, t := range a.Tables {
		d := &descent{table: t.Name, cols: map[string]*column{}}
		for _, c := range t.Columns {
			d.cols[c.Name] = &column{origin: c.Name, rewrite: map[string]string{}}
		}
		now[t.Name] = d
	}
	cur := a.Clone()
	for _, op := range ops {
		switch o := op.(type) {
		case migrate.RenameEnumValue:
			for _, t := range cur.Tables {
				for _, c := range t.Columns {
					if x := now[t.Name].cols[c.Name]; c.Type.Kind == schema.KindEnum && c.Type.Name == o.Enum && x.origin != "" {
						x.rewrite[o.From] = o.To
					}
				}
			}
		case migrate.CreateTable:
			d := &descent{cols: map[string]*column{}}
			for _, c := range o.Columns {
				d.cols[c.Def().Name] = &column{}
			}
			now[o.Table] = d
		case migrate.DropTable:
			delete(now, o.Table)
		case migrate.RenameTable:
			now[o.To] = now[o.From]
			delete(now, o.From)
		case migrate.AddColumn:
			c := o.Column.Def()
			now[o.Table].cols[c.Name] = &column{plain: now[o.Table].computed}
		case migrate.DropColumn:
			c := o.Column.Def()
			delete(now[o.Table].cols, c.Name)
			now[o.Table].computed = now[o.Table].computed || c.Generated != ""
		case migrate.AddDualWrite:
			was := *now[o.Table].cols[o.From]
			if x, ok := answers[place{o.Table, o.Column.Def().Name}]; ok && x.how.converts() {
				was.remade = true
			}
			now[o.Table].cols[o.To] = &was
		case migrate.RenameColumn:
			cols := now[o.Table].cols
			cols[o.To] = cols[o.From]
			delete(cols, o.From)
		case migrate.AlterColumn:
			if o.Using != "" {
				now[o.Table].cols[o.To.Def().Name].remade = true
			}
		case migrate.Fill:
			c := now[o.Table].cols[o.Column]
			if o.Where != "" {
				from := strings.TrimPrefix(o.Where, schema.QuoteColumn(o.Column)+" = ")
				c.rewrite[unquote(from)] = unquote(o.Expr)
			} else {
				_, known := answers[place{o.Table, o.Column}]
				c.filled, c.keyed = true, strings.Contains(o.Expr, key) && !c.plain && !known
			}
		default:
			if e := op.Effects(); e.Rows || slices.ContainsFunc(moved(e), func(o migrate.Object) bool {
				return o.Kind == migrate.TableObject || o.Kind == migrate.ColumnObject
			}) {
				panic(fmt.Sprintf("the law does not follow where %T puts values", op))
			}
		}
		if err := op.Apply(cur); err != nil {
			panic(err) // the comparison has applied it as well
		}
	}
	return now
}

// moved returns what comes, goes or gets another name.
func moved(e migrate.Effects) []migrate.Object {
	all := slices.Concat(e.Makes, e.Removes)
	for _, r := range e.Renames {
		all = append(all, r.From)
	}
	return all
}

func unquote(s string) string {
	return strings.ReplaceAll(strings.TrimSuffix(strings.TrimPrefix(s, "'"), "'"), "''", "'")
}
