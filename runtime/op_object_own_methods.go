package migrate

import (
	"strings"

	"github.com/modelgen/modelgen/runtime/schema"
)

// The methods of the ops in op_object_own.go.

// Apply implements [Op].
func (o CreateExtension) Apply(s *schema.Schema) error { return applyObject(o, s) }

// Apply implements [Op].
func (o AlterExtension) Apply(s *schema.Schema) error { return applyObject(o, s) }

// Apply implements [Op].
func (o DropExtension) Apply(s *schema.Schema) error { return applyObject(o, s) }

// Apply implements [Op].
func (o Grant) Apply(s *schema.Schema) error { return applyObject(o, s) }

// Apply implements [Op].
func (o Revoke) Apply(s *schema.Schema) error { return applyObject(o, s) }

// Apply implements [Op].
func (o CommentOn) Apply(s *schema.Schema) error { return applyObject(o, s) }

// Apply implements [Op].
func (o EnableRowSecurity) Apply(s *schema.Schema) error { return applyObject(o, s) }

// Apply implements [Op].
func (o ForceRowSecurity) Apply(s *schema.Schema) error { return applyObject(o, s) }

// Apply implements [Op].
func (o DisableRowSecurity) Apply(s *schema.Schema) error { return applyObject(o, s) }

// Apply implements [Op].
func (o CreatePartition) Apply(s *schema.Schema) error { return applyObject(o, s) }

// Apply implements [Op].
func (o AlterPartition) Apply(s *schema.Schema) error { return applyObject(o, s) }

// Apply implements [Op].
func (o RenamePartition) Apply(s *schema.Schema) error {
	if err := applyObject(o, s); err != nil {
		return err
	}
	for _, x := range s.SQLObjects { // it may have partitions of its own
		if x.Kind == schema.PartitionKind && x.Table == o.From {
			x.Table = o.To
			s.PutSQLObject(x)
		}
	}
	return nil
}

// Apply implements [Op].
func (o DropPartition) Apply(s *schema.Schema) error { return applyObject(o, s) }

// Inverse implements [Op].
func (o CreateExtension) Inverse() (Op, error) { return DropExtension(o), nil }

// Inverse implements [Op].
func (o AlterExtension) Inverse() (Op, error) {
	return AlterExtension{o.Name, o.ToSchema, o.FromSchema, o.ToVersion, o.FromVersion, o.Only}, nil
}

// Inverse implements [Op].
func (o DropExtension) Inverse() (Op, error) { return CreateExtension(o), nil }

// Inverse implements [Op].
func (o Grant) Inverse() (Op, error) { return Revoke(o), nil }

// Inverse implements [Op].
func (o Revoke) Inverse() (Op, error) { return Grant(o), nil }

// Inverse implements [Op].
func (o CommentOn) Inverse() (Op, error) { return CommentOn{o.On, o.To, o.From, o.Only}, nil }

// Inverse implements [Op].
func (o EnableRowSecurity) Inverse() (Op, error) { return DisableRowSecurity(o), nil }

// Inverse implements [Op].
func (o ForceRowSecurity) Inverse() (Op, error) {
	return ForceRowSecurity{o.Table, o.To, o.From, o.Only}, nil
}

// Inverse implements [Op].
func (o DisableRowSecurity) Inverse() (Op, error) { return EnableRowSecurity(o), nil }

// Inverse implements [Op].
func (o CreatePartition) Inverse() (Op, error) { return DropPartition(o), nil }

// Inverse implements [Op].
func (o AlterPartition) Inverse() (Op, error) {
	return AlterPartition{o.Table, o.Name, o.To, o.From, o.Only}, nil
}

// Inverse implements [Op].
func (o RenamePartition) Inverse() (Op, error) {
	return RenamePartition{o.Table, o.To, o.From, o.Bound, o.Only}, nil
}

// Inverse implements [Op].
func (o DropPartition) Inverse() (Op, error) { return CreatePartition(o), nil }

// Effects implements [Op].
func (o CreateExtension) Effects() Effects { return objectEffects(o) }

// Effects implements [Op].
func (o AlterExtension) Effects() Effects { return objectEffects(o) }

// Effects implements [Op].
func (o DropExtension) Effects() Effects { return objectEffects(o) }

// Effects implements [Op].
func (o Grant) Effects() Effects { return objectEffects(o) }

// Effects implements [Op].
func (o Revoke) Effects() Effects { return objectEffects(o) }

// Effects implements [Op].
func (o CommentOn) Effects() Effects { return objectEffects(o) }

// Effects implements [Op].
func (o EnableRowSecurity) Effects() Effects { return objectEffects(o) }

// Effects implements [Op].
func (o ForceRowSecurity) Effects() Effects { return objectEffects(o) }

// Effects implements [Op].
func (o DisableRowSecurity) Effects() Effects { return objectEffects(o) }

// Effects implements [Op].
func (o CreatePartition) Effects() Effects { return objectEffects(o) }

// Effects implements [Op].
func (o AlterPartition) Effects() Effects { return objectEffects(o) }

// Effects implements [Op].
func (o RenamePartition) Effects() Effects { return objectEffects(o) }

// Effects implements [Op].
func (o DropPartition) Effects() Effects { return objectEffects(o) }

// Describe implements [Op].
func (o CreateExtension) Describe() string { return "Create extension " + o.Name }

// Describe implements [Op].
func (o AlterExtension) Describe() string { return "Alter extension " + o.Name }

// Describe implements [Op].
func (o DropExtension) Describe() string { return "Drop extension " + o.Name }

// Describe implements [Op].
func (o Grant) Describe() string {
	if o.Privileges == schema.NoPrivileges {
		return "Revoke what " + o.To + " has by itself on " + o.On
	}
	return "Grant " + o.Privileges + " on " + o.On + " to " + o.To
}

// Describe implements [Op].
func (o Revoke) Describe() string {
	if o.Privileges == schema.NoPrivileges {
		return "Give back to " + o.To + " what it has by itself on " + o.On
	}
	return "Revoke " + o.Privileges + " on " + o.On + " from " + o.To
}

// Describe implements [Op].
func (o CommentOn) Describe() string { return "Change the comment on " + o.On }

// Describe implements [Op].
func (o EnableRowSecurity) Describe() string { return "Enable row level security of " + o.Table }

// Describe implements [Op].
func (o ForceRowSecurity) Describe() string {
	return "Change whether row level security of " + o.Table + " is forced"
}

// Describe implements [Op].
func (o DisableRowSecurity) Describe() string { return "Disable row level security of " + o.Table }

// Describe implements [Op].
func (o CreatePartition) Describe() string {
	if o.Detached {
		return "Attach partition " + o.Name + " of " + o.Table
	}
	return "Create partition " + o.Name + " of " + o.Table
}

// Describe implements [Op].
func (o AlterPartition) Describe() string {
	return "Alter partition " + o.Name + " of " + o.Table + ": " + strings.TrimPrefix(o.From, "FOR VALUES ") + " to " + strings.TrimPrefix(o.To, "FOR VALUES ")
}

// Describe implements [Op].
func (o RenamePartition) Describe() string {
	return "Rename partition " + o.From + " of " + o.Table + " to " + o.To
}

// Describe implements [Op].
func (o DropPartition) Describe() string {
	if o.Detached {
		return "Detach partition " + o.Name + " of " + o.Table
	}
	return "Drop partition " + o.Name + " of " + o.Table
}

// Destroys implements [Op].
func (o CreateExtension) Destroys() []string { return nil }

// Destroys implements [Op].
func (o AlterExtension) Destroys() []string { return nil }

// Destroys implements [Op].
func (o DropExtension) Destroys() []string { return nil }

// Destroys implements [Op].
func (o Grant) Destroys() []string { return nil }

// Destroys implements [Op].
func (o Revoke) Destroys() []string { return nil }

// Destroys implements [Op].
func (o CommentOn) Destroys() []string { return nil }

// Destroys implements [Op].
func (o EnableRowSecurity) Destroys() []string { return nil }

// Destroys implements [Op].
func (o ForceRowSecurity) Destroys() []string { return nil }

// Destroys implements [Op].
func (o DisableRowSecurity) Destroys() []string { return nil }

// Destroys implements [Op].
func (o CreatePartition) Destroys() []string { return nil }

// Destroys implements [Op].
func (o AlterPartition) Destroys() []string { return nil }

// Destroys implements [Op].
func (o RenamePartition) Destroys() []string { return nil }

// Destroys implements [Op].
func (o DropPartition) Destroys() []string {
	if o.Detached {
		return nil
	}
	return []string{o.Name}
}

func (o CreateExtension) plan(p Planner) error    { return planObject(o, p) }
func (o AlterExtension) plan(p Planner) error     { return planObject(o, p) }
func (o DropExtension) plan(p Planner) error      { return planObject(o, p) }
func (o Grant) plan(p Planner) error              { return planObject(o, p) }
func (o Revoke) plan(p Planner) error             { return planObject(o, p) }
func (o CommentOn) plan(p Planner) error          { return planObject(o, p) }
func (o EnableRowSecurity) plan(p Planner) error  { return planObject(o, p) }
func (o ForceRowSecurity) plan(p Planner) error   { return planObject(o, p) }
func (o DisableRowSecurity) plan(p Planner) error { return planObject(o, p) }
func (o CreatePartition) plan(p Planner) error    { return planObject(o, p) }
func (o AlterPartition) plan(p Planner) error     { return planObject(o, p) }
func (o RenamePartition) plan(p Planner) error    { return planObject(o, p) }
func (o DropPartition) plan(p Planner) error      { return planObject(o, p) }

var _, _, _, _, _, _ objectOp = CreateExtension{}, AlterExtension{}, DropExtension{}, Grant{}, Revoke{}, CommentOn{}
var _, _, _, _, _, _, _ objectOp = EnableRowSecurity{}, ForceRowSecurity{}, DisableRowSecurity{}, CreatePartition{}, AlterPartition{}, RenamePartition{}, DropPartition{}
