package load

import (
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"
)

// result puts together what was found.
func (l *loader) result(roots []*packages.Package) *Result {
	r := &Result{
		Schema: l.schema, Packages: l.packages, Hints: l.hints, NoKey: l.noKey, Remarks: l.remarks,
		Types: map[string]*types.Package{}, Failed: l.failed, Fset: l.fset, Partial: l.partial, places: l.places, l: l,
	}
	byPath := map[string]*Package{}
	for _, p := range l.packages {
		byPath[p.Path] = p
	}
	names := map[*types.Package]*qualifier{}
	export := func(m *model) *Model {
		q := names[m.obj.Pkg()]
		if q == nil {
			q = &qualifier{pkg: m.obj.Pkg(), names: map[string]string{}, used: map[string]bool{}}
			names[m.obj.Pkg()] = q
		}
		return m.export(byPath[m.src.pkg.PkgPath], q)
	}
	for _, m := range l.models {
		r.Models = append(r.Models, export(m))
	}
	r.Views = l.exportViews(export)
	slices.SortFunc(r.Models, func(a, b *Model) int { return strings.Compare(a.Table, b.Table) })
	slices.Sort(r.NoKey)
	slices.SortStableFunc(r.Hints, func(a, b Hint) int {
		return strings.Compare(a.Kind+" "+a.Table+" "+a.Name, b.Kind+" "+b.Table+" "+b.Name)
	})
	for _, p := range roots {
		addTypes(r.Types, p.Types)
	}
	return r
}

// addTypes adds a package and what it imports, as far as it is known in full.
func addTypes(all map[string]*types.Package, p *types.Package) {
	if p == nil || all[p.Path()] != nil || !p.Complete() {
		return
	}
	all[p.Path()] = p
	for _, imported := range p.Imports() {
		addTypes(all, imported)
	}
}

// typeErrors notes the errors of the type checker that lie inside of models, of structs flattened into them, and of constants.
func (l *loader) typeErrors() {
	if l.given != nil {
		return // who gave the package tells
	}
	slices.SortFunc(l.regions, func(a, b region) int { return int(a.from - b.from) })
	for _, s := range l.sources { // the problems are sorted by their places
		for _, e := range s.pkg.TypeErrors {
			i, _ := slices.BinarySearchFunc(l.regions, e.Pos, func(r region, pos token.Pos) int { return int(r.to - pos) })
			if i < len(l.regions) && l.regions[i].from <= e.Pos && e.Pos <= l.regions[i].to && !strings.HasPrefix(e.Msg, "\t") {
				l.failf(e.Pos, "%s", e.Msg)
			}
		}
	}
}

// TablePos returns the place of the struct of a table, or of the field that asks for the join table.
func (r *Result) TablePos(table string) token.Position { return r.pos(place{object: table}) }

// ColumnPos returns the place of the field of a column.
func (r *Result) ColumnPos(table, column string) token.Position {
	return r.pos(place{object: table, name: column})
}

// EnumPos returns the place of the Go type of a native enum.
func (r *Result) EnumPos(enum string) token.Position {
	return r.pos(place{kind: "enum", object: enum})
}

// ObjectPos returns the place of the tag that made an object of a table: kind is "pk", "unique", "check", "fk" or "index", i its
// position in the table of Result.Schema.
func (r *Result) ObjectPos(table, kind string, i int) token.Position {
	return r.pos(place{kind, table, "", i})
}

// Pos returns the place of a table, a column or an enum by its name alone: "products", "products.price", "billing.invoices.total"; "rows:roles" is the variable with
// the rows of a table.
func (r *Result) Pos(object string) token.Position {
	if table, ok := strings.CutPrefix(object, "rows:"); ok {
		return r.pos(place{kind: rowsWord, object: table})
	}
	if p := r.TablePos(object); p.IsValid() {
		return p
	}
	for i := range len(object) {
		if object[i] != '.' {
			continue
		}
		if p := r.ColumnPos(object[:i], object[i+1:]); p.IsValid() {
			return p
		}
	}
	return r.EnumPos(object)
}

// At returns the place of what [Result.Pos] takes in the file set, or token.NoPos.
func (r *Result) At(object string) token.Pos {
	if table, ok := strings.CutPrefix(object, "rows:"); ok {
		return r.places[place{kind: rowsWord, object: table}]
	}
	if at, ok := r.places[place{object: object}]; ok {
		return at
	}
	for i := range len(object) {
		if object[i] != '.' {
			continue
		}
		if at, ok := r.places[place{object: object[:i], name: object[i+1:]}]; ok {
			return at
		}
	}
	return r.places[place{kind: "enum", object: object}]
}

// HintAt returns where the was: of a table, "products", a column, "products.label", an enum or a value of one stands: the option in the tag, or
// the directive. It is token.NoPos where the text of the tag is not that of the source.
func (r *Result) HintAt(object string) (from, to token.Pos) {
	s := r.l.hintsAt[object]
	return s.from, s.to
}

func (r *Result) pos(p place) token.Position {
	if pos, ok := r.places[p]; ok {
		return r.l.position(pos)
	}
	return token.Position{}
}
