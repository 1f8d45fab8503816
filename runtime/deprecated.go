package migrate

// Names of the time before 0.1. They stay valid.

// Deprecated: use [PolicyRefuse] and [PolicyAllow].
const (
	Refuse = PolicyRefuse
	Allow  = PolicyAllow
)

// Deprecated: use [AppliedMigration].
type Done = AppliedMigration

// Deprecated: use [MigrationStatus].
type Entry = MigrationStatus

// Deprecated: use [PlannedMigration].
type Step = PlannedMigration

// Deprecated: use [DualWriteError].
type ContractError = DualWriteError

// Plan is [Set.Stages].
//
// Deprecated: use [Set.Stages].
func (s *Set) Plan(dialect Dialect, version int, name string, back bool) ([]Stage, error) {
	return s.Stages(dialect, version, name, back)
}
