package sqlite

import migrate "github.com/modelgen/modelgen/runtime"

// DistributeTable implements [migrate.Planner]: a file is on one machine.
func (p *planner) DistributeTable(op migrate.DistributeTable) error { return p.nowhere(op) }

// ReferenceTable implements [migrate.Planner].
func (p *planner) ReferenceTable(op migrate.ReferenceTable) error { return p.nowhere(op) }

// UndistributeTable implements [migrate.Planner].
func (p *planner) UndistributeTable(op migrate.UndistributeTable) error { return p.nowhere(op) }

// nowhere keeps an op that changes nothing here, and says so.
func (p *planner) nowhere(op migrate.Op) error {
	return p.keep(op, func(w *pass) error {
		w.stages = append(w.stages, migrate.Stage{Cause: op.Describe(), Note: "nothing to do on SQLite, only on Citus", KeysOff: true, Parts: []migrate.Op{}})
		return nil
	})
}
