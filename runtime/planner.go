package migrate

import (
	"context"
	"fmt"
	"runtime/debug"
	"slices"

	"github.com/modelgen/modelgen/runtime/schema"
)

// Planner turns ops into stages. A dialect has one method per op, so that the compiler lists what a new op still lacks.
//
// The ops of one migration are handed over one after the other, each together with the schema as it is before it, both as they are on the
// dialect (see [PlanOps]): no op or schema that a planner sees says that something is there on one dialect only. A planner may hold statements back and join them, as SQLite does for table rebuilds, as long as [Planner.Finish]
// returns stages that leave the database as the ops say.
type Planner interface {
	// Dialect returns the name of the dialect, see [Dialect.Name].
	Dialect() string

	// Before tells the planner the schema that the next op finds. It must not be changed or kept.
	Before(s *schema.Schema)

	CreateSchema(CreateSchema) error
	DropSchema(DropSchema) error
	CreateTable(CreateTable) error
	DropTable(DropTable) error
	RenameTable(RenameTable) error
	CommentTable(CommentTable) error
	SetTableOptions(SetTableOptions) error
	PartitionTable(PartitionTable) error
	UnpartitionTable(UnpartitionTable) error
	DistributeTable(DistributeTable) error
	ReferenceTable(ReferenceTable) error
	UndistributeTable(UndistributeTable) error
	AddColumn(AddColumn) error
	DropColumn(DropColumn) error
	RenameColumn(RenameColumn) error
	AlterColumn(AlterColumn) error
	AddPrimaryKey(AddPrimaryKey) error
	DropPrimaryKey(DropPrimaryKey) error
	AddUnique(AddUnique) error
	DropUnique(DropUnique) error
	AddCheck(AddCheck) error
	DropCheck(DropCheck) error
	AddForeignKey(AddForeignKey) error
	DropForeignKey(DropForeignKey) error
	RenameConstraint(RenameConstraint) error
	CreateIndex(CreateIndex) error
	DropIndex(DropIndex) error
	RenameIndex(RenameIndex) error
	CreateEnum(CreateEnum) error
	DropEnum(DropEnum) error
	RenameEnum(RenameEnum) error
	RenameEnumValue(RenameEnumValue) error
	AlterEnum(AlterEnum) error
	Fill(Fill) error
	Backfill(RowStep) error
	Rows(Rows) error
	Unwritten(Unwritten) error
	AddDualWrite(AddDualWrite) error
	DropDualWrite(DropDualWrite) error
	SQL(SQL) error
	Go(Go) error
	ObjectPlanner

	// Finish returns the stages of all ops so far, in their order. The planner is not used after it.
	Finish() ([]Stage, error)
}

// RefusingPlanner is a [Planner] that looks at each op before it plans it, for what its database refuses of any op on a table.
type RefusingPlanner interface {
	// Refuse returns an [UnsupportedError], or nil.
	Refuse(op Op) error
}

// QuietPlanner is a [Planner] that knows simpler forms for a database that nobody else uses.
type QuietPlanner interface {
	// Quiet asks for them, before the first op.
	Quiet()
}

// SingleOpPlanner is a [Planner] that plans a single op more simply.
type SingleOpPlanner interface {
	// Alone says so, before the op.
	Alone()
}

// PlanOps plans ops that are run on the schema s, and applies them to s.
// It returns the first error of an op that does not fit or that the dialect cannot do.
func PlanOps(p Planner, s *schema.Schema, ops []Op) ([]Stage, error) {
	if lone, ok := p.(SingleOpPlanner); ok && len(ops) == 1 {
		lone.Alone()
	}
	kept, on := stays(ops, p.Dialect()), newSameFor(s, p.Dialect())
	for i, op := range ops {
		e := op.Effects()
		if err := unfit(s, op, e); err != nil {
			return nil, err
		}
		at := here(on, kept, i)
		p.Before(at)
		same := slices.ContainsFunc(kept, func(x stay) bool { return x.from == i || x.to == i })
		if own := opFor(op, at, p.Dialect()); own != nil && !same {
			if r, ok := p.(RefusingPlanner); ok {
				if err := r.Refuse(own); err != nil {
					return nil, err
				}
			}
			if err := own.plan(p); err != nil {
				return nil, err
			}
		}
		if err := op.Apply(s); err != nil {
			return nil, err
		}
		on.applied(e)
	}
	p.Before(on.schema())
	stages, err := p.Finish()
	for i := range stages {
		if run := stages[i].Run; run != nil {
			stages[i].Run = func(ctx context.Context, tx Tx) error { return recovered(ctx, tx, run) }
		}
	}
	if slices.ContainsFunc(stages, func(st Stage) bool { return len(st.Destroys) > 0 }) {
		onlyDestroys(stages, Destroys(ops...))
	}
	return stages, err
}

// recovered makes a panic of a user's function an error, so that the transaction is rolled back and the lock given back.
func recovered(ctx context.Context, tx Tx, run func(context.Context, Tx) error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v\n%s", r, debug.Stack())
		}
	}()
	return run(ctx, tx)
}
