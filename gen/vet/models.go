package vet

import (
	"errors"
	"fmt"
	"go/token"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/modelgen/modelgen/gen/diff"
	"github.com/modelgen/modelgen/gen/load"
	"github.com/modelgen/modelgen/gen/snapshot"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// models reads the models and compares them with the snapshot that knows them, if one is found.
func (v *pass) models(broken bool) error {
	at := v.find()
	given := load.Given{Path: v.path, Fset: v.Fset, Files: v.files, Types: v.Pkg, Errors: v.TypeErrors, Ignored: v.IgnoredFiles}
	if v.Module != nil {
		given.Module = v.Module.Path
	}
	cfg := load.Config{Dir: v.root, Tag: at.tag, Dialects: v.known, Known: v.known}
	var snap *snapshot.Snapshot
	if at.data != nil {
		var err error
		if snap, err = snapshot.Decode(at.data); err != nil {
			v.report("snapshot", v.files[0].Package, at.shown+":"+err.Error())
			if snap = snapshot.Settings(at.data); snap == nil {
				snap = &snapshot.Snapshot{Tag: at.tag}
			}
			at.data = nil // it says how tags are read, but not what there is
		}
		cfg.Tag, cfg.Comments = snap.Tag, snap.Comments
		cfg.Dialects = v.dialects(snap)
		given.Others = slices.DeleteFunc(slices.Clone(snap.Models), func(path string) bool { return path == v.path })
		given.Known = &snap.Schema
	}
	models, err := load.Read(given, cfg)
	var problems load.Problems
	if errors.As(err, &problems) {
		for _, p := range problems {
			v.report("tag", p.At, p.Msg, replace(p.Fix)...)
		}
		return nil
	}
	if err != nil {
		return err
	}
	if broken || at.data == nil || models.Partial || len(models.Models)+len(models.Views) == 0 {
		return nil
	}
	v.views(models, snap)
	if len(models.Models) == 0 {
		return nil
	}
	return v.drift(models, snap, given.Others)
}

// dialects returns what the project is for, all that are known where it does not say.
func (v *pass) dialects(snap *snapshot.Snapshot) []migrate.Capabilities {
	var all []migrate.Capabilities
	for _, d := range snap.Dialects {
		name, _, _ := strings.Cut(d, "@")
		for _, c := range v.known {
			if c.Name == name {
				all = append(all, c)
			}
		}
	}
	if len(all) == 0 {
		return v.known
	}
	return all
}

// replace makes a fix of what the loader knows to fix.
func replace(f load.Fix) []analysis.SuggestedFix {
	if f == (load.Fix{}) {
		return nil
	}
	return []analysis.SuggestedFix{{Message: "Write " + f.New, TextEdits: []analysis.TextEdit{{Pos: f.From, End: f.To, NewText: []byte(f.New)}}}}
}

// drift tells what the models ask for and no migration does.
func (v *pass) drift(models *load.Result, snap *snapshot.Snapshot, others []string) error {
	in := diff.Input{Old: &snap.Schema, New: models.Schema, Dialects: v.dialects(snap)}
	if len(others) > 0 {
		in.New = withOthers(models.Schema, &snap.Schema, v.path)
	}
	if snap.SQL != "" {
		in.Old, in.New = withoutFiles(in.Old, in.New)
	}
	for _, h := range models.Hints {
		in.Hints = append(in.Hints, diff.Hint{Kind: h.Kind, Table: h.Table, Name: h.Name, Was: h.Was})
	}
	run := "run " + models.Models[0].Package.Generate
	out, err := diff.Diff(in)
	var list diff.Errors
	if errors.As(err, &list) {
		for _, e := range list {
			v.report("drift", place(models, e.Object), e.Msg)
		}
		return nil
	}
	if err != nil {
		return err
	}
	for _, q := range out.Questions {
		v.report("drift", place(models, q.Object), q.Text+asNext(q.Text, run+" and answer"+answers(q)))
	}
	if len(out.Questions) == 0 {
		var objects []string
		says := map[string][]string{}
		for _, op := range out.Ops {
			o := object(op)
			if says[o] == nil {
				objects = append(objects, o)
			}
			says[o] = append(says[o], op.Describe())
		}
		for _, o := range objects {
			v.report("drift", place(models, o), "the models ask for what no migration does: "+strings.Join(says[o], "; ")+": "+run)
		}
	}
	for _, s := range out.Stale {
		if from, to := models.HintAt(s); from.IsValid() {
			v.report("hint", from, "the was: hint of "+s+" has been used up and can go", v.withoutHint(from, to)...)
		}
	}
	return nil
}

// answers returns the flags that answer a question.
func answers(q diff.Question) string {
	var flags []string
	for _, c := range q.Choice {
		if c.Flag != "" {
			flags = append(flags, fmt.Sprintf("%s (%s)", c.Flag, c.Means))
		}
	}
	if len(flags) == 0 {
		return ""
	}
	return ": " + strings.Join(flags, ", or ")
}

// place finds what is said about something, the table where its part is not in the models.
func place(models *load.Result, object string) token.Pos {
	if at := models.At(object); at.IsValid() {
		return at
	}
	if table, ok := strings.CutPrefix(object, "rows:"); ok {
		return place(models, table)
	}
	if i := strings.LastIndexByte(object, '.'); i > 0 {
		return place(models, object[:i])
	}
	return token.NoPos
}

// withoutFiles leaves out what SQL files may declare: go vet keeps what it found while the Go files of a package are the same, and so does not look into others. That is for check.
func withoutFiles(old, new *schema.Schema) (*schema.Schema, *schema.Schema) {
	old, new = old.Clone(), new.Clone()
	old.SQLObjects, new.SQLObjects = nil, nil
	for _, e := range old.Enums {
		if e.Owner == "" && new.Enum(e.Name) == nil {
			new.PutEnum(e)
		}
	}
	return old, new
}

// withOthers adds the tables and enums of other packages to those of the one, as the snapshot has them. A table that neither the package nor a
// hint of it names belongs to another one: whether it has gone cannot be seen here.
func withOthers(s, old *schema.Schema, path string) *schema.Schema {
	s = s.Clone()
	was := map[string]bool{}
	for _, t := range s.Tables {
		was[t.Was] = true
	}
	for _, e := range s.Enums {
		was[e.Was] = true
	}
	for _, t := range old.Tables {
		if s.Table(t.Name) == nil && !was[t.Name] {
			s.PutTable(t)
		}
	}
	for _, e := range old.Enums {
		if s.Enum(e.Name) == nil && !was[e.Name] && !strings.HasPrefix(e.Owner, path+".") {
			s.PutEnum(e)
		}
	}
	return s
}

// asNext joins what to do to a text: behind a question as a sentence of its own.
func asNext(text, next string) string {
	if strings.HasSuffix(text, "?") {
		return " " + strings.ToUpper(next[:1]) + next[1:]
	}
	return "; " + next
}
