package sqlite

import (
	"context"
	"maps"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// CreateSchema implements [migrate.Planner].
func (p *planner) CreateSchema(op migrate.CreateSchema) error {
	return unsupported(op.Name, "", "schemas", "name the tables without one")
}

// DropSchema implements [migrate.Planner].
func (p *planner) DropSchema(op migrate.DropSchema) error {
	return unsupported(op.Name, "", "schemas", "name the tables without one")
}

// CreateTable implements [migrate.Planner].
func (p *planner) CreateTable(op migrate.CreateTable) error {
	d := ddl{s: p.on(op.Table).s, t: op.Definition()}
	if err := d.refuse(); err != nil {
		return err
	}
	return p.keep(op, func(w *pass) error {
		id := w.base + w.at // as no other table has
		w.ids[op.Table] = id
		if w.need[era{id, 0}] {
			// Its other ops go into CREATE TABLE, such as those that close a cycle of foreign keys.
			w.open = append(w.open, &rebuild{table: op.Table, fresh: true, causes: []string{op.Describe()}})
			return nil
		}
		stages, err := ddl{s: w.s, t: op.Definition()}.stages(op.Describe())
		w.stages = append(w.stages, stages...)
		return err
	})
}

// refuse tries to write the table and all its indexes.
func (d ddl) refuse() error {
	if _, err := d.create(""); err != nil {
		return err
	}
	_, err := d.indexes("")
	return err
}

// DropTable implements [migrate.Planner].
func (p *planner) DropTable(op migrate.DropTable) error {
	return p.keep(op, func(w *pass) error {
		if err := w.touch(op.Table); err != nil {
			return err
		}
		r := w.waiting(op.Table)
		if r != nil {
			w.forget(r)
			w.putObjects()
		}
		id := w.ids[op.Table]
		delete(w.ids, op.Table)
		delete(w.reads, id)
		if r != nil && r.fresh {
			return nil
		}
		if err := w.namesObject(op.Table); err != nil {
			return err
		}
		w.keysOff = true
		st := w.emit(op.Table, migrate.Facts{}, "DROP TABLE "+quote(op.Table))
		st.Run, st.Script = unused("table "+op.Table, op.Table), st.Statements // a view that no longer works loses nothing, and SQL cannot tell
		return nil
	})
}

// unused makes sure that no view or trigger stays behind that says all the names but no longer works, as SQLite would let it.
func unused(what string, names ...string) func(context.Context, migrate.Tx) error {
	return func(ctx context.Context, tx migrate.Tx) error {
		all, err := objects(ctx, tx, "main", "")
		if err != nil {
			return err
		}
		var using []object
		for _, o := range all {
			uses := o.kind == "view" || o.kind == "trigger"
			for _, n := range names {
				uses = uses && (mentions(o.sql, n) || strings.EqualFold(o.table, n))
			}
			if uses || o.kind == "view" && len(using) > 0 {
				using = append(using, o)
			}
		}
		now := broken(ctx, tx, using)
		for _, o := range using {
			why := strings.ToLower(now[o.kind+" "+o.name])
			if strings.Contains(why, "no such") && strings.Contains(why, strings.ToLower(names[len(names)-1])) {
				return problem("drop it in an SQL op before", "%s %s, which no migration made, still uses %s", o.kind, o.name, what)
			}
		}
		return ctx.Err()
	}
}

// RenameTable implements [migrate.Planner].
func (p *planner) RenameTable(op migrate.RenameTable) error {
	if err := (ddl{t: &schema.Table{Name: op.To}}).nameable(); err != nil {
		return err
	}
	return p.keep(op, func(w *pass) error {
		if err := w.touch(op.From); err != nil {
			return err
		}
		if err := w.writeParent(op.From); err != nil {
			return err
		}
		if err := w.namesObject(op.From); err != nil {
			return err
		}
		w.ids[op.To] = w.ids[op.From]
		delete(w.ids, op.From)
		sql := renameTable(op.From, op.To)
		for _, r := range w.open {
			if r.table == op.From {
				sql = r.renameTable(op.To)
			} else {
				r.parentRenamed(op.From, op.To)
			}
		}
		if len(sql) > 0 {
			st := w.emit(op.From, migrate.Facts{}, sql...)
			st.Run, st.Script = followed(op.From, w.s.SQLObjects), st.Statements // a full text index loses nothing, and SQL cannot tell
		}
		return nil
	})
}

// CommentTable implements [migrate.Planner]. SQLite has no comments.
func (p *planner) CommentTable(op migrate.CommentTable) error {
	return p.keep(op, func(*pass) error { return nil })
}

// SetTableOptions implements [migrate.Planner]: what SQLite has of them is said when a table is created.
func (p *planner) SetTableOptions(op migrate.SetTableOptions) error {
	if op.From.Strict == op.To.Strict && op.From.WithoutRowid == op.To.WithoutRowid {
		return p.keep(op, func(*pass) error { return nil })
	}
	d := p.on(op.Table)
	t := d.t.Clone()
	t.Options = op.To
	if _, err := (ddl{s: d.s, t: t}).options(); err != nil {
		return err
	}
	return p.rebuilt(op, op.Table)
}

// PartitionTable implements [migrate.Planner].
func (p *planner) PartitionTable(op migrate.PartitionTable) error {
	return &migrate.UnsupportedError{Dialect: name, Table: op.Table, Reason: "partitioned tables", Hint: "set Only in the op, and in its Check, to the dialect that has them"}
}

// UnpartitionTable implements [migrate.Planner].
func (p *planner) UnpartitionTable(op migrate.UnpartitionTable) error {
	return p.PartitionTable(migrate.PartitionTable(op))
}

// inlined returns the constraints of ops to come that can be written into ADD COLUMN, and leaves those ops out.
func (w *pass) inlined(table string, c schema.Column) (string, error) {
	id := w.ids[table]
	d := ddl{s: w.s, t: w.s.Table(table).Clone()}
	d.t.Columns = append(d.t.Columns, c)
	out, fills := "", 0
	if len(w.reads[id]) > 0 {
		return "", nil
	}
	keep := func(i int, clause, known string) {
		w.done[i] = true
		out += " " + clause
		m := maps.Clone(w.early[id])
		if m == nil {
			m = map[string]bool{}
		}
		m[known] = true
		w.early[id] = m
	}
	renamed := map[string]bool{} // tables, and columns as table.column
	for i := w.at + 1; i < len(w.steps); i++ {
		switch op := w.steps[i].op.(type) {
		case migrate.RenameTable:
			if op.From == table {
				return out, nil
			}
			renamed[op.From], renamed[op.To] = true, true
		case migrate.DropTable:
			renamed[op.Table] = true
		case migrate.RenameColumn:
			if op.Table == table && (op.From == c.Name || op.To == c.Name) {
				return out, nil
			}
			renamed[op.Table+"."+op.From], renamed[op.Table+"."+op.To] = true, true
		case migrate.DropColumn:
			if op.Table == table && op.Column.Def().Name == c.Name {
				return out, nil
			}
		case migrate.Fill:
			if fills++; fills > 1 || op.Table != table || op.Column != c.Name || queries(op.Expr+" "+op.Where) {
				return out, nil // rows must not pass through values that only the end of the migration makes right
			}
		case migrate.AddCheck:
			used := schema.ExprColumns(op.Check.Expr, d.t.ColumnNames())
			if op.Table != table || len(used) != 1 || used[0] != c.Name || len(schema.UnknownNames(op.Check.Expr, used)) > 0 {
				continue // also when it mentions a column that is still to come
			}
			def, err := d.check(op.Check)
			if err != nil {
				return "", err
			}
			keep(i, def, def)
		case migrate.AddForeignKey:
			fk := op.ForeignKey
			if op.Table != table || len(fk.Columns) != 1 || fk.Columns[0] != c.Name || !c.Nullable || c.HasDefault(name) || len(fk.RefColumns) != 1 ||
				renamed[fk.RefTable] || renamed[fk.RefTable+"."+fk.RefColumns[0]] || fills > 0 && w.s.Table(fk.RefTable) == nil {
				continue
			}
			ref, err := d.references(fk)
			if err != nil {
				return "", err
			}
			keep(i, constraint(fk.Name)+ref, constraint(fk.Name)+"FOREIGN KEY ("+quote(c.Name)+") "+ref)
		}
	}
	return out, nil
}
