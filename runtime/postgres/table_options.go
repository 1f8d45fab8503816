package postgres

import (
	"maps"
	"slices"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// tableOptions returns what stands before TABLE and behind the brackets in CREATE TABLE.
func (p *planner) tableOptions(t *schema.Table) (head, tail string, err error) {
	o := t.Options
	if o.Partition != "" {
		columns := o.PartitionColumns(t)
		check := func(what string, have []string) error {
			for _, c := range columns {
				if !slices.Contains(have, c) {
					return &migrate.UnsupportedError{Dialect: dialect, Table: t.Name, Object: what,
						Reason: "a key of a partitioned table without the columns that it is partitioned by", Hint: "put " + strings.Join(columns, ", ") + " into it (manual, Table Partitioning)"}
				}
			}
			return nil
		}
		if t.PrimaryKey != nil {
			if err := check(t.PrimaryKey.Name, t.PrimaryKey.Columns); err != nil {
				return "", "", err
			}
		}
		for _, u := range t.Uniques {
			if err := check(u.Name, u.Columns); err != nil {
				return "", "", err
			}
		}
		for _, x := range t.Indexes {
			if x.Unique {
				if err := check(x.Name, x.Columns()); err != nil {
					return "", "", err
				}
			}
		}
		kind, key, _ := strings.Cut(o.Partition, "(")
		tail += " PARTITION BY " + strings.ToUpper(strings.TrimSpace(kind)) + " (" + key
	}
	if o.With != "" {
		if o.Partition != "" {
			return "", "", &migrate.UnsupportedError{Dialect: dialect, Table: t.Name, Reason: "storage parameters of a partitioned table", Hint: "its partitions have them"}
		}
		tail += " WITH (" + o.With + ")"
	}
	if o.Unlogged {
		if o.Partition != "" {
			return "", "", &migrate.UnsupportedError{Dialect: dialect, Table: t.Name, Reason: "an unlogged partitioned table", Hint: "its partitions can be unlogged"}
		}
		head = "UNLOGGED "
	}
	return head, tail, nil
}

// SetTableOptions implements [migrate.Planner]. To switch the log of a table on or off writes it again (manual, ALTER TABLE).
func (p *planner) SetTableOptions(o migrate.SetTableOptions) error {
	t := p.before.Table(o.Table)
	if t == nil {
		return nil // which Apply says
	}
	t = t.Clone()
	t.Options = o.To
	if _, _, err := p.tableOptions(t); err != nil {
		return err
	}
	if o.From.With != o.To.With {
		var set, reset []string
		from, to := o.From.Parameters(), o.To.Parameters()
		for _, name := range slices.Sorted(maps.Keys(to)) {
			if from[name] != to[name] {
				set = append(set, name+"="+to[name])
			}
		}
		for _, name := range slices.Sorted(maps.Keys(from)) {
			if _, stays := to[name]; !stays {
				reset = append(reset, name)
			}
		}
		var all []migrate.Statement
		if len(set) > 0 {
			all = append(all, statement("ALTER TABLE "+p.name(o.Table)+" SET ("+strings.Join(set, ", ")+")"))
		}
		if len(reset) > 0 {
			all = append(all, statement("ALTER TABLE "+p.name(o.Table)+" RESET ("+strings.Join(reset, ", ")+")"))
		}
		p.add(o, p.locks(shareUpdateExclusive, o.Table), all...)
	}
	if with := o.To.Colocate; with != "" && with != o.From.Colocate && p.engine == Citus {
		group := func(table string) string {
			return "(SELECT colocationid FROM pg_catalog.pg_dist_partition WHERE logicalrelid = " + text(p.name(table)) + "::pg_catalog.regclass)"
		}
		p.add(o, p.scanned(p.locks(accessExclusive, o.Table), o.Table, true, true), migrate.Statement{
			SQL:     "SELECT pg_catalog.alter_distributed_table(" + text(p.name(o.Table)) + ", colocate_with => " + text(p.name(with)) + ") WHERE " + group(o.Table) + " <> " + group(with),
			Comment: "nothing, when its rows are beside those of " + with + " already",
		})
	}
	if o.From.Unlogged != o.To.Unlogged {
		word := "LOGGED"
		if o.To.Unlogged {
			word = "UNLOGGED"
		}
		p.add(o, p.scanned(p.locks(accessExclusive, o.Table), o.Table, true, true), statement("ALTER TABLE "+p.name(o.Table)+" SET "+word))
	}
	return nil
}
