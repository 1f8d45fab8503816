package gen

import (
	"cmp"
	"fmt"
	"go/token"
	"slices"
	"strconv"
	"strings"

	"github.com/modelgen/modelgen/gen/diff"
	"github.com/modelgen/modelgen/gen/internal/dialects"
	"github.com/modelgen/modelgen/gen/load"
	"github.com/modelgen/modelgen/gen/migrations"
	"github.com/modelgen/modelgen/gen/scratch"
	"github.com/modelgen/modelgen/gen/snapshot"
	"github.com/modelgen/modelgen/gen/sqlfiles"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// Result is what a generate would write, or the questions that stand in its way.
type Result struct {
	Migration   string     // name of the new migration, "" when nothing changed
	Files       []File     // all that differs from what is on disk, in the order in which it is written
	Questions   []Question // when there are any, Files is empty
	Stale       []Note     // rename hints in the models that have been used up
	DualWritten []Note     // columns that wait for -contract
	Notes       []Note     // other remarks about what is new
	Ops         []migrate.Op

	// Folder is the directory of the migrations: that on disk, with the new migration among its declarations.
	Folder *migrations.Folder

	models  *load.Result
	sql     *sqlfiles.Result // what the SQL files declare; nil without any
	changed bool             // the SQL files declare something that the snapshot has not
	byHand  []schema.Object  // what steps that are written by hand say that they make
	targets map[string]migrate.Dialect
	flagged []string // dialects of the flag
	snap    *snapshot.Snapshot
	after   *schema.Schema // what the new migration leads to

	moved     bool                       // packages of models have other import paths than the snapshot records
	recorded  []string                   // those that it records then
	catchesUp bool                       // the snapshot is to record migrations that it does not record yet, and nothing else
	hashed    string                     // see hash
	planned   map[string][]migrate.Stage // of Ops, by dialect: "postgres@14"; see plan
}

// Question is a question with its place in the models.
type Question struct {
	Pos token.Position // invalid when what it is about is no longer in the models
	diff.Question
}

// Note is a remark about a place in the models.
type Note struct {
	Pos token.Position
	Msg string
}

// Changed says what the flags have changed of the settings that the snapshot records, one line each.
func (r *Result) Changed() (lines []string) {
	if r.snap == nil || r.Folder.Snapshot == nil {
		return nil
	}
	was, is := r.Folder.Snapshot, r.snap
	say := func(what, was, is, none string) {
		if was != is {
			lines = append(lines, fmt.Sprintf("%s: %s from now on, %s until now", snapshot.Name, what+cmp.Or(is, none), cmp.Or(was, none)))
		}
	}
	say("migrations are for ", strings.Join(was.Dialects, ","), strings.Join(is.Dialects, ","), "no dialect")
	say("the tag of columns is ", was.Tag, is.Tag, "db")
	say("the guard is ", was.Guard, is.Guard, "build")
	say("doc comments become comments: ", strconv.FormatBool(was.Comments), strconv.FormatBool(is.Comments), "")
	if fresh := slices.DeleteFunc(slices.Clone(is.Dialects), func(d string) bool {
		name, _ := dialects.Split(d)
		return slices.Contains(dialects.Names(was.Dialects), name)
	}); len(fresh) > 0 {
		lines = append(lines, "the migrations that are there were not made for "+strings.Join(fresh, " and ")+": modelgen lint says what it cannot do of them")
	}
	return lines
}

func (r *Result) old() *schema.Schema {
	if r.Folder.Snapshot == nil {
		return &schema.Schema{}
	}
	return &r.Folder.Snapshot.Schema
}

// DialectPlan is the new migration as one dialect carries it out.
type DialectPlan struct {
	Dialect string // "postgres@14"
	Target  migrate.Dialect
	Stages  []migrate.Stage
}

// Plans returns the stages of the new migration for each dialect of the project; none when there is no new migration.
func (r *Result) Plans() ([]DialectPlan, error) {
	var out []DialectPlan
	if len(r.Ops) == 0 {
		return nil, nil
	}
	for _, d := range r.snap.Dialects {
		stages, err := r.plan(d)
		if err != nil {
			return nil, err
		}
		name, _ := dialects.Split(d)
		out = append(out, DialectPlan{d, r.targets[name], stages})
	}
	return out, nil
}

// plan plans the new migration for a dialect, once.
func (r *Result) plan(d string) ([]migrate.Stage, error) {
	if stages, ok := r.planned[d]; ok {
		return stages, nil
	}
	name, version := dialects.Split(d)
	stages, err := migrate.PlanOps(r.targets[name].Planner(version), scratch.Copy(r.old(), r.Ops...), r.Ops)
	if err != nil {
		return nil, err
	}
	if r.planned == nil {
		r.planned = map[string][]migrate.Stage{}
	}
	r.planned[d] = stages
	return stages, nil
}

// String returns the question with its answers, ready to paste.
func (q Question) String() string {
	s := q.Text
	if q.Pos.IsValid() {
		s = q.Pos.String() + ": " + s
	}
	width := 0
	for _, c := range q.Choice {
		if c.Flag != "" {
			width = max(width, len(c.Flag))
		}
	}
	for _, c := range q.Choice {
		if c.Flag == "" {
			s += "\n    or " + c.Means
		} else {
			s += fmt.Sprintf("\n    %-*s  # %s", width, c.Flag, c.Means)
		}
	}
	return s
}
