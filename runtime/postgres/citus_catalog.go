package postgres

import (
	"context"
	"fmt"
	"slices"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// How tables are distributed, as facts. Only a Citus cluster has them.

func spreadFact(table, column string, reference bool) string {
	if reference {
		return "reference table " + table
	}
	return "distributed table " + table + " by " + column
}

// besideFact says that the rows of two tables with the same value are on the same node.
func besideFact(table, with string) string {
	return "distributed table " + table + " [" + with + "] beside"
}

var _ migrate.SayingSession = (*session)(nil)

// Said implements [migrate.SayingSession]: how the tables are to be kept.
func (s *session) Said(want *schema.Schema) (facts []string) {
	if s.engine != Citus {
		return nil
	}
	for _, t := range want.Tables {
		if o := t.Options; o.Spread() {
			facts = append(facts, spreadFact(t.Name, o.Distribute, o.Reference))
			if o.Colocate != "" {
				facts = append(facts, besideFact(t.Name, o.Colocate))
			}
		}
	}
	return facts
}

// spreadFacts adds the facts of how the tables are kept.
func (s *session) spreadFacts(ctx context.Context, want *schema.Schema, lines []string) ([]string, error) {
	if s.engine != Citus {
		return lines, nil
	}
	found, err := s.texts(ctx, "SELECT "+clusterTables)
	if err != nil {
		return nil, fmt.Errorf("reading how tables are distributed: %w", err)
	}
	all := readCluster(found[0])
	of := func(table string) (spread, bool) {
		k, ok := all[s.namespace(table)+"."+lastName(table)]
		return k, ok
	}
	for _, t := range want.Tables {
		k, ok := of(t.Name)
		if !ok {
			continue
		}
		lines = append(lines, spreadFact(t.Name, k.column, k.reference))
		if other, ok := of(t.Options.Colocate); ok && t.Options.Colocate != "" && other.colocation == k.colocation && k.column != "" {
			lines = append(lines, besideFact(t.Name, t.Options.Colocate))
		}
	}
	slices.Sort(lines)
	return lines, nil
}

// readSpread reads how Citus keeps the tables. Beside which other table the rows of one are is not read: it follows from the types of the columns, but where
// somebody chose it.
func (i *inspector) readSpread(ctx context.Context) error {
	if !i.spread {
		return nil
	}
	var rows string
	if err := i.tx.QueryRowContext(ctx, "SELECT "+clusterTables).Scan(&rows); err != nil {
		return err
	}
	all := readCluster(rows)
	for _, t := range i.tables {
		if k, ok := all[t.schema+"."+lastName(t.Name)]; ok {
			t.Options.Distribute, t.Options.Reference = k.column, k.reference
		}
	}
	return nil
}
