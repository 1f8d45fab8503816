package gen

import (
	"cmp"
	"go/token"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/gen/finding"
	"github.com/modelgen/modelgen/gen/load"
	"github.com/modelgen/modelgen/gen/snapshot"
	"github.com/modelgen/modelgen/internal/nearest"
	"github.com/modelgen/modelgen/runtime/schema"
)

// views looks at the structs of views, and records them: the list hands them to the set, so that verify can hold them to the database.
func (r *Result) views(byHand []schema.Object) error {
	var list []viewFinding
	r.snap.Views = nil
	for _, v := range r.models.Views {
		list = append(list, r.viewFindings(v, byHand)...)
		r.snap.Views = append(r.snap.Views, ViewOf(v))
	}
	if len(list) == 0 {
		return nil
	}
	slices.SortStableFunc(list, func(a, b viewFinding) int {
		return cmp.Or(strings.Compare(a.pos.Filename, b.pos.Filename), a.pos.Offset-b.pos.Offset)
	})
	var out finding.List
	for _, f := range list {
		out = append(out, finding.Finding{Place: f.pos.String(), Reason: f.reason})
	}
	return out
}

// viewFinding is what is wrong with the struct of a view.
type viewFinding struct {
	pos    token.Position
	reason string
}

// ViewOf returns the struct of a view as the snapshot records it.
func ViewOf(v *load.View) snapshot.View {
	return snapshot.View{View: v.Table, Struct: v.Struct(), Partial: v.Partial, Columns: v.Columns}
}

// viewFindings returns what is wrong with the struct of a view: there is no such view, or its text shows that it returns other columns.
func (r *Result) viewFindings(v *load.View, byHand []schema.Object) (list []viewFinding) {
	s := r.models.Schema
	add := func(column, reason string) {
		list = append(list, viewFinding{r.models.ViewPos(v, column), reason})
	}
	var views, names []string
	var declared []schema.SQLObject
	for _, o := range s.SQLObjects {
		if o.Kind == schema.ViewKind || o.Kind == schema.MaterializedViewKind {
			views = append(views, o.Name)
			if o.Name == v.Table {
				declared = append(declared, o)
			}
		}
	}
	made := slices.ContainsFunc(byHand, func(o schema.Object) bool {
		views = append(views, o.Name)
		return strings.HasSuffix(o.Kind, "view") && strings.EqualFold(strings.TrimPrefix(strings.ReplaceAll(o.Name, `"`, ""), "public."), v.Table)
	})
	if len(declared) == 0 && !made {
		msg := v.Name + ": there is no view " + v.Table + " in the SQL files (modelgen -sql), and no step written by hand that says it in its Objects" + like(v.Table, views)
		if s.Table(v.Table) != nil {
			msg = v.Name + ": " + v.Table + " is a table; a struct that shares it with a model takes no tag of modelgen"
		}
		add("", msg)
		return list
	}
	for _, c := range v.Columns {
		names = append(names, c.Name)
	}
	for _, o := range declared {
		has, certain := schema.ViewColumns(o)
		if !certain {
			continue // the database says it: verify, migratetest
		}
		where := ""
		if p := r.pos(o.String()); p.IsValid() {
			where = " at " + p.String()
		}
		for _, name := range names {
			if !containsFold(has, name) {
				add(name, v.Name+": "+o.String()+where+" returns no column "+name+like(name, has))
			}
		}
		for _, name := range has {
			if !v.Partial && !containsFold(names, name) {
				add("", v.Name+": "+o.String()+where+" returns the column "+name+", which no field reads: give the struct a field for it, or write view:\""+v.Table+",partial\""+like(name, names))
			}
		}
	}
	return list
}

func containsFold(list []string, name string) bool {
	return slices.ContainsFunc(list, func(s string) bool { return strings.EqualFold(s, name) })
}

// like offers the word that may have been meant.
func like(word string, candidates []string) string {
	if w := nearest.Word(word, candidates, nearest.Reach(word)); w != "" {
		return "; did you mean " + w + "?"
	}
	return ""
}
