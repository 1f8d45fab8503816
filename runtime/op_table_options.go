package migrate

import (
	"fmt"

	"github.com/modelgen/modelgen/runtime/schema"
)

// SetTableOptions changes how a database keeps a table. The key of a partitioned table cannot be changed; of how a table is distributed only the table
// beside whose rows its own are.
type SetTableOptions struct {
	Table    string
	From, To schema.TableOptions
}

// Apply implements [Op].
func (o SetTableOptions) Apply(s *schema.Schema) error {
	t := s.Table(o.Table)
	switch {
	case t == nil:
		return noTable("set options of table", s, o.Table)
	case t.Options != o.From:
		return fmt.Errorf("set options of table %s: the op says they were %+v, but they are %+v", o.Table, o.From, t.Options)
	case o.From.Distribute != o.To.Distribute || o.From.Reference != o.To.Reference || o.From.Colocate != o.To.Colocate && o.To.Distribute == "":
		return fmt.Errorf("set options of table %s: how it is distributed is changed by DistributeTable, ReferenceTable and UndistributeTable", o.Table)
	case o.From.Partition != o.To.Partition:
		return fmt.Errorf("set options of table %s: a table is made partitioned, or is not; its rows go into a new one", o.Table)
	}
	t.Options = o.To
	return nil
}

// Inverse implements [Op].
func (o SetTableOptions) Inverse() (Op, error) {
	return SetTableOptions{o.Table, o.To, o.From}, nil
}

// Effects implements [Op].
func (o SetTableOptions) Effects() Effects {
	e := Effects{Writes: []Object{tableObject(o.Table)}}
	e.options(o.Table, o.From)
	e.options(o.Table, o.To)
	return e
}

// Describe implements [Op].
func (o SetTableOptions) Describe() string { return "Set options of table " + o.Table }

// Destroys implements [Op].
func (o SetTableOptions) Destroys() []string { return nil }

func (o SetTableOptions) plan(p Planner) error { return p.SetTableOptions(o) }
