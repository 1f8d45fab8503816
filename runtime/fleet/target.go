package fleet

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"

	migrate "github.com/modelgen/modelgen/runtime"
)

// Target is one database, or one schema of a database.
type Target struct {
	// Name is what the target is called in results and by -only. It is not "", and no two targets share it.
	Name string

	// DB is where the target is. nil opens it with Open when its turn comes, and closes it afterwards.
	DB   *sql.DB
	Open func(ctx context.Context) (*sql.DB, error)

	// Dialect is that of the database: for a schema, with its Schema set.
	Dialect migrate.Dialect

	// Schema is the schema that the target is, "" is a database of its own. It is there to tell a schema that is missing from one that is empty.
	Schema string

	// Server is what connections are counted for, see [Options.PerServer]; "" is DB, or nothing.
	Server string

	// Identity is equal for two targets that are the same database under two names, which is an error of the list; "" is the name.
	Identity string

	address string // connection string, for backups; "" is not known
}

// Targets is where the targets of a fleet come from. Each is called again at the end of a run, for what is new.
type Targets interface {
	// Each returns the targets. An error ends the list, and the run before it begins.
	Each(ctx context.Context) iter.Seq2[Target, error]
}

// Namer is [Targets] that can say what a target would be that is not in the list yet: for the verb add.
type Namer interface {
	Targets

	// Target returns the target of that name.
	Target(name string) (Target, error)
}

// Func makes [Targets] of a function.
type Func func(ctx context.Context) iter.Seq2[Target, error]

// Each implements [Targets].
func (f Func) Each(ctx context.Context) iter.Seq2[Target, error] { return f(ctx) }

// List makes [Targets] of a list.
type List []Target

// Each implements [Targets].
func (l List) Each(context.Context) iter.Seq2[Target, error] {
	return func(yield func(Target, error) bool) {
		for _, t := range l {
			if !yield(t, nil) {
				return
			}
		}
	}
}

// check returns what a target lacks.
func (t Target) check() error {
	switch {
	case t.Name == "":
		return errors.New("a target has no name")
	case t.Dialect == nil:
		return fmt.Errorf("target %s has no dialect", t.Name)
	case t.DB == nil && t.Open == nil:
		return fmt.Errorf("target %s has neither DB nor Open", t.Name)
	}
	return nil
}

// identity returns what the same target has under another name.
func (t Target) identity() string {
	if t.Identity != "" {
		return t.Identity
	}
	return "name " + t.Name
}

// server returns what connections are counted for.
func (t Target) server() string {
	switch {
	case t.Server != "":
		return t.Server
	case t.DB != nil:
		return fmt.Sprintf("%p", t.DB)
	}
	return ""
}
