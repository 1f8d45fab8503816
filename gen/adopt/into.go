package adopt

import (
	"fmt"
	"go/token"
	"slices"
	"strings"

	"github.com/jinzhu/inflection"

	"github.com/modelgen/modelgen/gen/finding"
	"github.com/modelgen/modelgen/gen/load"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// IntoConfig says how structs that are there become models.
type IntoConfig struct {
	Config
	Tag     string            // key of the tags of columns; "" is db
	Add     bool              // columns without a field get one, and tables without a struct a struct
	Structs map[string]string // tables by the names of structs, where the names do not tell
	AddTo   map[string]bool   // tables whose columns without a field get one, as with Add
	Leave   map[string]bool   // tables that stay as they are, as if they had no struct

	// Directives puts what a table has above its struct, as //modelgen:table, in the place of blank fields: the struct can be compared and built without keys as before.
	Directives bool

	// Read returns the content of a file.
	Read func(path string) ([]byte, error)
}

// IntoResult is what structs become.
type IntoResult struct {
	Result
	Edited map[string][]byte // files that change, by absolute path
	Notes  []string          // what Go and the database say differently, and the word that decides: file:line:col: message
}

// Missing has the columns of a table that its struct has no field for.
type Missing struct {
	Pos           token.Position // of the struct
	Struct, Table string
	Columns       []string
}

// String says which columns they are, and where.
func (m Missing) String() string {
	return fmt.Sprintf("%s: %s has no field for %s of table %s", m.Pos, m.Struct, strings.Join(m.Columns, ", "), m.Table)
}

// MissingFields is the error of an Into that nothing else stands in the way of: of each table [IntoConfig] can say what becomes of it, AddTo or Leave.
type MissingFields []Missing

// Problems says the way out of each.
func (all MissingFields) Problems() (p finding.Problems) {
	for _, m := range all {
		it := "it"
		if len(m.Columns) > 1 {
			it = "them"
		}
		p = append(p, fmt.Sprintf("%s: add %s, let -add do it, or leave out the table with -ignore %s", m, it, m.Table))
	}
	return p
}

// Error returns the lines of [MissingFields.Problems].
func (all MissingFields) Error() string { return all.Problems().Error() }

// Into gives structs that are there the tags that make them the models of a database. What cannot be decided comes as [finding.Problems],
// all of it, and then nothing is to be written.
func Into(in *migrate.Inspection, declared *load.Declared, cfg IntoConfig) (*IntoResult, error) {
	if in.Format != migrate.InspectionFormat {
		return nil, fmt.Errorf("the description of the database has form %d, this version reads %d", in.Format, migrate.InspectionFormat)
	}
	if cfg.Tag == "" {
		cfg.Tag = "db"
	}
	cfg.Only = in.Dialect
	w := &writer{cfg: cfg.Config, s: in.Schema.Clone(), unexpressed: slices.Clone(in.Unexpressed), structs: map[string]string{}, fields: map[string]map[string]string{}}
	x := &into{writer: w, cfg: cfg, declared: declared, beside: map[*load.DeclaredStruct]*saying{}, of: map[string]*load.DeclaredStruct{}, edits: edits{}, wanted: map[*load.DeclaredField]string{}, fieldOf: map[string]*load.DeclaredField{}}
	if len(w.s.Tables) == 0 {
		return nil, finding.Problems{"the database has no tables" + others(in)}
	}
	x.match(declared.Structs)
	w.check()
	if len(w.problems) > 0 {
		return nil, w.problems
	}
	w.defaults()
	w.leaveOut()
	w.exclusions()
	w.nameTypes()
	for _, name := range declared.Names {
		w.taken[name] = true
	}
	x.matchFields()
	w.embedding, w.enumOf = map[string]map[string]*mixin{}, map[string]string{}
	x.embedded()
	x.enumTypes()
	w.omitNames()
	w.omitExclusions()
	files, err := x.write()
	if err != nil {
		return nil, err
	}
	if len(w.problems) > 0 {
		return nil, append(w.problems, x.missing.Problems()...)
	}
	if len(x.missing) > 0 {
		return nil, x.missing
	}
	r := &IntoResult{Result: Result{Files: files, Tables: len(w.s.Tables), Unexpressed: w.unexpressed, Schema: w.s}, Notes: x.notes}
	for _, t := range w.s.Tables {
		r.Columns += len(t.Columns)
	}
	r.Edited, err = x.edits.apply(cfg.Read)
	return r, err
}

// into is one call of Into on its way.
type into struct {
	*writer
	cfg      IntoConfig
	declared *load.Declared
	beside   map[*load.DeclaredStruct]*saying // what directives elsewhere say of structs that are not edited
	of       map[string]*load.DeclaredStruct  // by table
	fieldOf  map[string]*load.DeclaredField   // by table.column
	wanted   map[*load.DeclaredField]string   // the tag that a field gets, as two models may share an embedded one
	edits    edits
	added    strings.Builder // declarations of the file that is added
	missing  MissingFields
	notes    []string
}

func (x *into) problem(pos fmt.Stringer, format string, args ...any) {
	x.problems = append(x.problems, pos.String()+": "+fmt.Sprintf(format, args...))
}

// noTable returns what a name is that is no table: a view, a foreign table; "" for nothing of that kind.
func (x *into) noTable(name string) string {
	for _, u := range x.unexpressed {
		for _, kind := range []string{"view", "materialized view", "foreign table", "virtual table", "partition"} {
			if u.Object == kind+" "+strings.TrimPrefix(name, "public.") {
				return kind
			}
		}
	}
	return ""
}

// viewTag says how the struct of a view says so; "" for other kinds.
func viewTag(kind, name string) string {
	if kind != "view" && kind != "materialized view" {
		return ""
	}
	return fmt.Sprintf("; without -table, and with the field _ struct{} `view:%q` in it, or //modelgen:view %s above it, the struct is held to the %s", name, name, kind)
}

// viewOf returns the view whose name is that of a struct, with its kind.
func (x *into) viewOf(s *load.DeclaredStruct) (kind, name string) {
	for _, u := range x.unexpressed {
		for _, kind := range []string{"view", "materialized view"} {
			name, ok := strings.CutPrefix(u.Object, kind+" ")
			if ok && sameName(s.Name, name[strings.LastIndexByte(name, '.')+1:]) {
				return kind, name
			}
		}
	}
	return "", ""
}

// match finds the struct of each table. Tables without one are left out, or get one.
func (x *into) match(structs []*load.DeclaredStruct) {
	taken := map[*load.DeclaredStruct]bool{}
	claim := func(t *schema.Table, s *load.DeclaredStruct) {
		if other := x.of[t.Name]; other != nil {
			x.problem(s.Pos, "%s and %s, at %s, are both structs of table %s: a table has one model; say which with -table %s=%s", s.Name, other.Name, other.Pos, t.Name, other.Name, t.Name)
			return
		}
		x.of[t.Name], taken[s] = s, true
	}
	for _, s := range structs {
		table, given := x.cfg.Structs[s.Name]
		if !given {
			table = s.Table
		}
		if table == "" {
			continue
		}
		t := x.s.Table(strings.TrimPrefix(table, "public."))
		if t == nil {
			if kind := x.noTable(table); given && kind != "" {
				x.problem(s.Pos, "-table %s=%s: %[2]s is a %s, and models are tables%s", s.Name, table, kind, viewTag(kind, table))
			} else if given {
				x.problem(s.Pos, "-table %s=%s: the database has no such table%s", s.Name, table, nearTable(x.s, table))
			} else {
				x.notes = append(x.notes, fmt.Sprintf("%s: %s is of table %s, which the database does not have", s.Pos, s.Name, table))
			}
			taken[s] = true
			continue
		}
		claim(t, s)
	}
	for _, t := range x.s.Tables {
		if x.of[t.Name] != nil {
			continue
		}
		var found []*load.DeclaredStruct
		for _, s := range structs {
			if !taken[s] && sameName(s.Name, t.Name) && x.alike(t, s) {
				found = append(found, s)
			}
		}
		for _, s := range found[:min(len(found), 1)] {
			claim(t, s)
		}
		for _, s := range found[min(len(found), 1):] {
			x.problem(s.Pos, "%s and %s could both be the struct of table %s: say which with -table %s=%s", found[0].Name, s.Name, t.Name, s.Name, t.Name)
		}
	}
	for _, s := range structs {
		for _, f := range s.Fields {
			if f.Embedded != nil && taken[s] {
				taken[f.Embedded] = true
			}
		}
	}
	for _, s := range structs {
		if taken[s] || s.Table != "" || s.Generated || !tagsColumns(s, x.cfg.Tag) {
			continue
		}
		if kind, view := x.viewOf(s); view != "" {
			x.notes = append(x.notes, fmt.Sprintf("%s: %s is named as %s %s, and stays as it is: with the field _ struct{} `view:%q` in it, or //modelgen:view %s above it, it is held to the %[3]s", s.Pos, s.Name, kind, view, view, view))
		} else {
			x.notes = append(x.notes, fmt.Sprintf("%s: %s has %s tags and no table of its name: it stays as it is; -table %s=NAME says which is its own", s.Pos, s.Name, x.cfg.Tag, s.Name))
		}
	}
	var left []string
	x.s.Tables = slices.DeleteFunc(x.s.Tables, func(t *schema.Table) bool {
		without := x.of[t.Name] == nil && !x.cfg.Add || x.cfg.Leave[t.Name]
		if without {
			left = append(left, t.Name)
		}
		return without
	})
	for _, name := range left {
		why := "it has no struct and stays as it is; -add writes one"
		if x.cfg.Leave[name] {
			why = "it was left out and stays as it is"
		}
		x.left("table "+name, "%s", why)
	}
	switch {
	case len(x.s.Tables) > 0:
	case len(x.cfg.Leave) > 0:
		x.problems = append(x.problems, "every table that has a struct was left out")
	default:
		x.problems = append(x.problems, fmt.Sprintf("no struct here is of a table of the database (%s): say which with -table STRUCT=TABLE", strings.Join(left[:min(len(left), 8)], ", ")))
	}
}

func nearTable(s *schema.Schema, name string) string {
	for _, t := range s.Tables {
		if _, base := schema.SplitName(t.Name); strings.EqualFold(base, name) {
			return "; did you mean " + t.Name + "?"
		}
	}
	return ""
}

// sameName reports whether a Go name is that of a table, in the singular or the plural.
func sameName(goName, table string) bool {
	_, base := schema.SplitName(table)
	one, many := flat(base), flat(load.ColumnName(goName))
	return one == many || flat(inflection.Plural(load.ColumnName(goName))) == one || goName == structName(table) || goName == qualifiedName(table)
}

func flat(s string) string { return strings.ToLower(strings.ReplaceAll(s, "_", "")) }

// alike reports whether a struct has at least half of the columns of a table, or is made of them by half.
func (x *into) alike(t *schema.Table, s *load.DeclaredStruct) bool {
	n, fields := 0, 0
	for _, f := range s.Fields {
		if f.Exported && !f.Skipped && f.Embedded == nil {
			fields++
		}
	}
	for _, c := range t.Columns {
		if x.find(s, c.Name) != nil {
			n++
		}
	}
	return n > 0 && (2*n >= len(t.Columns) || 2*n >= fields)
}

// find returns the field of a column, also of an embedded struct.
func (x *into) find(s *load.DeclaredStruct, column string) *load.DeclaredField {
	for _, exact := range []bool{true, false} {
		if f := x.findAs(s, column, exact); f != nil {
			return f
		}
	}
	return nil
}

func (x *into) findAs(s *load.DeclaredStruct, column string, exact bool) *load.DeclaredField {
	for _, f := range s.Fields {
		if f.Embedded != nil {
			if g := x.findAs(f.Embedded, column, exact); g != nil {
				return g
			}
			continue
		}
		name, tagged := columnOf(f, x.cfg.Tag)
		switch {
		case !f.Exported || f.Skipped:
		case name == column, !exact && !tagged && flat(name) == flat(column):
			return f
		}
	}
	return nil
}

// columnOf returns the column that a field has by its tag or its name.
func columnOf(f *load.DeclaredField, key string) (name string, tagged bool) {
	for _, tag := range []string{f.Said, f.Tag} {
		value, ok := tagValue(tag, key)
		if name, _, _ = strings.Cut(value, ","); ok && name != "" {
			return name, true
		}
	}
	return load.ColumnName(f.Name), false
}

// tagsColumns reports whether a field of the struct has a tag of columns.
func tagsColumns(s *load.DeclaredStruct, key string) bool {
	return slices.ContainsFunc(s.Fields, func(f *load.DeclaredField) bool {
		_, ok := tagValue(f.Tag, key)
		return ok
	})
}
