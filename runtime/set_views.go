package migrate

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/runtime/schema"
)

// ViewStruct is a struct into which the program scans the rows of a view. It makes nothing: [Migrator.Verify] holds it to what the view returns.
type ViewStruct struct {
	View    string             // name of the view or materialized view, as in a schema: "open_orders", "shop.open_orders"
	Struct  string             // import path and name: "example.com/shop/models.OpenOrder"
	Partial bool               // the view may have columns for which the struct has no field
	Columns []schema.ColumnDef // name and type of the column that each field reads
}

// Views hands the structs of views to the set, for [Migrator.Verify]. It is written by modelgen for structs that have view:"name". It changes the set and returns it.
func (s *Set) Views(structs ...ViewStruct) *Set {
	s.views = append(s.views, structs...)
	return s
}

// short returns the struct as a program of another package names it: "models.OpenOrder".
func (v ViewStruct) short() string { return v.Struct[strings.LastIndexByte(v.Struct, '/')+1:] }

// ViewColumn is a column that a view returns.
type ViewColumn struct{ Name, Type string } // the type as the server calls it; "" where it has none

// ViewSession is a [Session] that knows what views return.
type ViewSession interface {
	// ViewColumns returns the columns of a view, in their order, and none when there is no such view.
	ViewColumns(ctx context.Context, view string) ([]ViewColumn, error)

	// Reads reports whether a field for the column c reads all values of a column of a view that has the type, which Type of a ViewColumn says.
	// Whether a value can be NULL is not known of a view, and does not matter.
	Reads(c schema.Column, typ string) bool

	// TypeOf returns the type of c as the server calls it.
	TypeOf(c schema.Column) string
}

// viewStructs compares the structs of views with what the views return. A view that a migration is still to make, or that another dialect has, is nobody's matter.
func (m *Migrator) viewStructs(ctx context.Context, s Session, want *schema.Schema) (diff []Difference, err error) {
	looker, ok := s.(ViewSession)
	if !ok {
		return nil, nil
	}
	for _, v := range m.set.views {
		view := v.View
		declared := slices.ContainsFunc(want.SQLObjects, func(o schema.SQLObject) bool {
			return (o.Kind == schema.ViewKind || o.Kind == schema.MaterializedViewKind) && o.Name == view
		})
		byHand := slices.ContainsFunc(want.Objects, func(o schema.Object) bool {
			return strings.HasSuffix(o.Kind, "view") && strings.EqualFold(strings.TrimPrefix(strings.ReplaceAll(o.Name, `"`, ""), "public."), view)
		})
		if !declared && !byHand {
			continue
		}
		has, err := looker.ViewColumns(ctx, view)
		if err != nil {
			return nil, err
		}
		if len(has) > 0 { // else it is missing, which is said already
			diff = append(diff, v.compare(has, looker)...)
		}
	}
	return diff, nil
}

// compare returns in what the struct is not what the view returns.
func (v ViewStruct) compare(has []ViewColumn, looker ViewSession) (diff []Difference) {
	var names []string
	for _, c := range has {
		names = append(names, c.Name)
	}
	add := func(missing bool, what, format string, args ...any) {
		diff = append(diff, Difference{Missing: missing, Fact: "struct " + v.short() + " of view " + v.View + ": " + what, Fix: fmt.Sprintf(format, args...)})
	}
	for _, def := range v.Columns {
		c := def.Def()
		i := slices.Index(names, c.Name)
		switch {
		case i < 0:
			add(true, "column "+c.Name, "the view returns %s: rename the field or its tag, or add the column to the view, and generate", some(names))
		case has[i].Type != "" && !looker.Reads(c, has[i].Type):
			add(true, "column "+c.Name+" "+looker.TypeOf(c), "the view returns %s: change the type of the field, or write type: into its tag, or cast the column in the view, and generate", has[i].Type)
		}
	}
	if v.Partial {
		return diff
	}
	for _, c := range has {
		if !slices.ContainsFunc(v.Columns, func(def schema.ColumnDef) bool { return def.Def().Name == c.Name }) {
			add(false, "column "+c.Name, `the view returns it and no field reads it: give the struct one, or write view:"%s,partial", and generate`, v.View)
		}
	}
	return diff
}
