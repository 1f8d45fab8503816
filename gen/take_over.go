package gen

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/gen/internal/dialects"
	"github.com/modelgen/modelgen/gen/migrations"
	"github.com/modelgen/modelgen/gen/read"
	"github.com/modelgen/modelgen/gen/sqlfiles"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// An object that a step written by hand makes, and says so in its Objects, can be declared in the SQL files later. It is there, so that it is not created: a step without statements takes
// it over into the schema, as the step by hand made it, and what the files say otherwise is a change as any other.

// takeOver is what the files declare of what steps by hand have made.
type takeOver struct {
	old    *schema.Schema // the snapshot, with the objects as they are in the databases
	first  []migrate.Op   // take the objects over
	unread []schema.SQLObject
}

// takenOver finds the objects that the files declare and that are there already. byHand is what steps have made. The files name tables as they are called behind the migration; renamed
// has the names of the snapshot, by these, of those that it renames.
func (r *Result) takenOver(cfg Config, byHand []schema.Object, renamed map[string]string) *takeOver {
	t := &takeOver{old: r.old()}
	texts, known := []schema.SQLObject(nil), false
	for _, h := range byHand {
		op := migrate.SQL{Only: h.Only, Drops: []string{h.String()}}
		var shown []string
		for _, o := range r.models.Schema.SQLObjects {
			is := before(o, renamed)
			if !isMade(is, h) || t.old.SQLObject(is) != nil {
				continue
			}
			if !known {
				texts, known = r.handTexts(cfg), true
				t.old = t.old.Clone()
			}
			is.Was = ""
			if i := slices.IndexFunc(texts, is.Same); i >= 0 {
				is.Head, is.SQL = texts[i].Head, texts[i].SQL
			} else {
				now := o
				now.Was = ""
				t.unread = append(t.unread, now)
				is = r.named(now, renamed)
			}
			t.old.PutSQLObject(is)
			op.Schema = append(op.Schema, migrate.ObjectOp(nil, &is))
			at := ""
			if p := r.pos(o.String()); p.IsValid() {
				at = " in " + filepath.Base(p.Filename)
			}
			shown = append(shown, o.String()+at)
		}
		if len(op.Schema) > 0 {
			op.NoDown = strings.Join(slices.Compact(shown), " and ") + " is declared from here on: an earlier step has made it, and it stays"
			t.first = append(t.first, op)
		}
	}
	return t
}

// before returns an object as it is called when the tables have the names from before the migration.
func before(o schema.SQLObject, renamed map[string]string) schema.SQLObject {
	if was, ok := renamed[o.Table]; ok {
		o.Table = was
	}
	if was, ok := renamed[o.Name]; ok && o.Kind == schema.RowSecurityKind {
		o.Name = was
	}
	return o
}

// named is before with the text as well.
func (r *Result) named(o schema.SQLObject, renamed map[string]string) schema.SQLObject {
	s := r.models.Schema.Clone()
	s.SQLObjects = []schema.SQLObject{o}
	const aside = "modelgen_aside_" // two tables may have changed names
	for _, now := range slices.Sorted(maps.Keys(renamed)) {
		s.RenameTable(now, aside+now)
	}
	for _, now := range slices.Sorted(maps.Keys(renamed)) {
		s.RenameTable(aside+now, renamed[now])
	}
	return s.SQLObjects[0]
}

// renames returns the tables that ops rename, the name of the snapshot by the new one.
func renames(ops []migrate.Op) map[string]string {
	all := map[string]string{}
	for _, op := range ops {
		o, ok := op.(migrate.RenameTable)
		if !ok {
			continue
		}
		was := o.From
		if first, ok := all[was]; ok {
			delete(all, was)
			was = first
		}
		all[o.To] = was
	}
	return all
}

// with returns the ops of a migration with those that take objects over before them. One whose text could not be found in its step is replaced by what the files say, where a database
// takes that in its place, and else left as it is, for verify to look at.
func (t *takeOver) with(ops []migrate.Op) []migrate.Op {
	all := slices.Concat(t.first, ops)
	for _, o := range t.unread {
		touched := slices.ContainsFunc(ops, func(op migrate.Op) bool {
			from, _, ok := migrate.ObjectChange(op)
			return ok && from != nil && from.Same(o)
		})
		switch o.Kind {
		case schema.FunctionKind, schema.ProcedureKind, schema.AggregateKind, schema.ViewKind, schema.TriggerKind, schema.RuleKind:
			if !touched {
				all = append(all, migrate.ObjectOp(&o, &o))
			}
		}
	}
	return all
}

// isMade reports whether what the files declare is what a step says that it makes.
func isMade(o schema.SQLObject, h schema.Object) bool {
	kinds := map[schema.ObjectKind][]string{
		schema.CompositeTypeKind: {"type"}, schema.RangeTypeKind: {"type"}, schema.ExclusionKind: {"constraint"},
		schema.FunctionKind: {"function", "routine"}, schema.ProcedureKind: {"procedure", "routine"}, schema.AggregateKind: {"aggregate", "routine"}, schema.ViewIndexKind: {"index"},
	}[o.Kind]
	if kinds == nil {
		kinds = []string{string(o.Kind)}
	}
	plain := func(name string) string {
		return strings.ToLower(strings.TrimPrefix(strings.ReplaceAll(strings.ReplaceAll(name, `"`, ""), ", ", ","), "public."))
	}
	name, made := plain(o.Name), plain(h.Name)
	if !strings.Contains(made, "(") {
		name, _, _ = strings.Cut(name, "(")
	}
	return slices.Contains(kinds, h.Kind) && name == made && (h.Table == "" || plain(o.Table) == plain(h.Table)) && schema.Meet(o.Only, h.Only)
}

// handTexts returns the definitions that stand in the steps that are written by hand, with the names that their tables and columns have got since.
func (r *Result) handTexts(cfg Config) []schema.SQLObject {
	var files []read.File
	for _, f := range r.Folder.Sources {
		files = append(files, read.File{Name: f.Name, Src: f.Text})
	}
	all, err := read.Files(files)
	if err != nil {
		return nil
	}
	s := &schema.Schema{}
	for _, m := range migrations.WithoutReplaced(all) {
		for _, op := range m.Ops {
			if op.Value == nil {
				s.SQLObjects = nil // nothing is known of what it does
				continue
			}
			_ = op.Value.Apply(s)
			step, ok := op.Value.(migrate.SQL)
			if !ok {
				continue
			}
			for _, text := range step.Drops {
				if h, err := schema.ParseObject(text); err == nil {
					s.SQLObjects = slices.DeleteFunc(s.SQLObjects, func(o schema.SQLObject) bool { return isMade(o, h) })
				}
			}
			for i, text := range step.Up {
				for _, o := range r.parsed(cfg, fmt.Sprint(i), text, step.Only) {
					if slices.ContainsFunc(s.Objects, func(h schema.Object) bool { return isMade(o, h) }) { // declared here, or replaced
						s.PutSQLObject(o)
					}
				}
			}
		}
	}
	return s.SQLObjects
}

// parsed reads a statement of a step as one of an SQL file.
func (r *Result) parsed(cfg Config, name, text, only string) []schema.SQLObject {
	dir, err := filepath.Abs(filepath.Join(cfg.OutDir(), "no directory"))
	if err != nil {
		return nil
	}
	if only != "" {
		name += "." + only
	}
	res, err := sqlfiles.Read(sqlfiles.Config{
		Dir: dir, Dialects: dialects.Capabilities(r.snap.Dialects, r.targets), Known: dialects.AllCapabilities(r.targets),
		Overlay: map[string][]byte{filepath.Join(dir, name+".sql"): []byte(text)},
	})
	if err != nil {
		return nil
	}
	var all []schema.SQLObject
	for _, o := range res.Objects {
		all = append(all, o.SQLObject)
	}
	return all
}
