package migrate

import (
	"fmt"

	"github.com/modelgen/modelgen/runtime/schema"
)

// What Citus does with tables. On a database that is no Citus cluster these ops change nothing: one set serves a laptop and the cluster.

// DistributeTable spreads the rows of a table over the nodes of a Citus cluster, by the hash of a column. Rows of the same value are on the same node, and
// with ColocateWith on that of the other table's. While others use the table, rows are moved online (create_distributed_table_concurrently), where the
// cluster can do that.
type DistributeTable struct {
	Table        string
	Column       string
	ColocateWith string // a table that is distributed by a column of the same type; "" is all of that type

	// Plain asks for the plain form, which stops writers while the rows are moved, and says why that is right.
	Plain string
}

// ReferenceTable puts all of a table on every node of a Citus cluster. Writers wait while it is copied.
type ReferenceTable struct {
	Table string
}

// UndistributeTable brings the rows of a table back to one node of a Citus cluster. Readers and writers wait meanwhile. It keeps how the table was
// distributed, so that it can be undone.
type UndistributeTable struct {
	Table        string
	Column       string // that it was distributed by
	ColocateWith string
	Reference    bool // it was a reference table
}

// Apply implements [Op].
func (o DistributeTable) Apply(s *schema.Schema) error {
	t, err := oneNode("distribute table", s, o.Table)
	if err != nil {
		return err
	}
	if t.Column(o.Column) == nil {
		return fmt.Errorf("distribute table %s: it has no column %s", o.Table, o.Column)
	}
	if o.ColocateWith != "" {
		with := s.Table(o.ColocateWith)
		switch {
		case with == nil:
			return noTable("distribute table "+o.Table+" with table", s, o.ColocateWith)
		case with.Options.Distribute == "":
			return fmt.Errorf("distribute table %s: %s, which its rows are to be beside of, is not distributed", o.Table, o.ColocateWith)
		}
	}
	t.Options.Distribute, t.Options.Colocate = o.Column, o.ColocateWith
	return nil
}

// Apply implements [Op].
func (o ReferenceTable) Apply(s *schema.Schema) error {
	t, err := oneNode("make reference table", s, o.Table)
	if err != nil {
		return err
	}
	t.Options.Reference = true
	return nil
}

// oneNode returns a table that is not distributed.
func oneNode(what string, s *schema.Schema, table string) (*schema.Table, error) {
	t := s.Table(table)
	switch {
	case t == nil:
		return nil, noTable(what, s, table)
	case t.Options.Distribute != "":
		return nil, fmt.Errorf("%s %s: it is distributed by %s already", what, table, t.Options.Distribute)
	case t.Options.Reference:
		return nil, fmt.Errorf("%s %s: it is a reference table already", what, table)
	}
	return t, nil
}

// Apply implements [Op].
func (o UndistributeTable) Apply(s *schema.Schema) error {
	t := s.Table(o.Table)
	if t == nil {
		return noTable("undistribute table", s, o.Table)
	}
	was := schema.TableOptions{Distribute: o.Column, Colocate: o.ColocateWith, Reference: o.Reference}
	if now := t.Options; now.Distribute != was.Distribute || now.Colocate != was.Colocate || now.Reference != was.Reference {
		return fmt.Errorf("undistribute table %s: the op says it was %s, but it is %s", o.Table, kept(was), kept(now))
	}
	t.Options = t.Options.OneNode()
	return nil
}

// kept says how a table is distributed.
func kept(o schema.TableOptions) string {
	switch {
	case o.Reference:
		return "a reference table"
	case o.Colocate != "":
		return "distributed by " + o.Distribute + " beside " + o.Colocate
	case o.Distribute != "":
		return "distributed by " + o.Distribute
	}
	return "not distributed"
}

// Inverse implements [Op].
func (o DistributeTable) Inverse() (Op, error) {
	return UndistributeTable{Table: o.Table, Column: o.Column, ColocateWith: o.ColocateWith}, nil
}

// Inverse implements [Op].
func (o ReferenceTable) Inverse() (Op, error) {
	return UndistributeTable{Table: o.Table, Reference: true}, nil
}

// Inverse implements [Op].
func (o UndistributeTable) Inverse() (Op, error) {
	if o.Reference {
		return ReferenceTable{o.Table}, nil
	}
	return DistributeTable{Table: o.Table, Column: o.Column, ColocateWith: o.ColocateWith}, nil
}

// Effects implements [Op].
func (o DistributeTable) Effects() Effects {
	e := Effects{Writes: []Object{tableObject(o.Table)}}
	e.spread(o.Table, o.Column, o.ColocateWith)
	return e
}

// Effects implements [Op].
func (o ReferenceTable) Effects() Effects { return Effects{Writes: []Object{tableObject(o.Table)}} }

// Effects implements [Op].
func (o UndistributeTable) Effects() Effects {
	e := Effects{Writes: []Object{tableObject(o.Table)}}
	e.spread(o.Table, o.Column, o.ColocateWith)
	return e
}

// Describe implements [Op].
func (o DistributeTable) Describe() string { return "Distribute table " + o.Table + " by " + o.Column }

// Describe implements [Op].
func (o ReferenceTable) Describe() string { return "Make " + o.Table + " a reference table" }

// Describe implements [Op].
func (o UndistributeTable) Describe() string { return "Undistribute table " + o.Table }

// Destroys implements [Op].
func (o DistributeTable) Destroys() []string { return nil }

// Destroys implements [Op].
func (o ReferenceTable) Destroys() []string { return nil }

// Destroys implements [Op].
func (o UndistributeTable) Destroys() []string { return nil }

func (o DistributeTable) plan(p Planner) error   { return p.DistributeTable(o) }
func (o ReferenceTable) plan(p Planner) error    { return p.ReferenceTable(o) }
func (o UndistributeTable) plan(p Planner) error { return p.UndistributeTable(o) }
