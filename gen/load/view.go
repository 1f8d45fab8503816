package load

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/runtime/schema"
)

const (
	viewWord    = "view"
	partialWord = "partial" // view:"open_orders,partial": the view has columns for which the struct has no field
)

// View is a struct whose fields are the columns of a view. It makes no table.
type View struct {
	Model   // Table is the name of the view
	Partial bool
	Columns []schema.Column // names, types and nullability alone
}

// viewMark returns what marks a struct as that of a view, and whether something does: the tag of a blank field, or a directive.
func (l *loader) viewMark(d *decl) (mark text, ok bool) {
	if st, isStruct := d.spec.Type.(*ast.StructType); isStruct {
		for _, f := range st.Fields.List {
			if f.Tag == nil || len(f.Names) != 1 || f.Names[0].Name != "_" {
				continue
			}
			if mark, ok = lookup(l.tagOf(f), viewWord); ok {
				return mark, true
			}
		}
	}
	for _, at := range append([]*decl{d}, d.beside...) {
		for _, x := range ours(at.doc) {
			if x.Name == viewWord {
				return text{s: strings.TrimRight(x.Args, " \t\r"), pos: x.ArgsPos, exact: true}, true
			}
		}
	}
	return text{}, false
}

// findViews finds the structs of views in a package. They are left out where models are looked for.
func (l *loader) findViews(s *source) {
	for _, d := range s.structs {
		mark, ok := l.viewMark(d)
		if !ok {
			continue
		}
		l.viewDecls[d] = true
		m := l.newModel(s, d)
		if m == nil {
			continue
		}
		if blank := l.tableField(d.spec.Type.(*ast.StructType)); blank != nil || l.tableDirective(m.obj) != "" {
			l.failf(mark.pos, "%s is marked as the struct of a table and of a view: take one of them out", m.obj.Name())
			continue
		}
		m.view = true
		t, err := parseColumnTag(mark)
		if err != nil {
			l.fail(mark.pos, err)
			continue
		}
		opts := l.checkOptions(t.options, tableWords[viewWord])
		m.partial, m.viewName = opts.has(partialWord), t.name.s
		if t.name.s == "" {
			l.failf(mark.pos, "the name of the view is missing: `view:\"%s\"`", snakeCase(m.obj.Name())+"s")
			continue
		}
		if !l.checkText(viewWord, mark) || !l.checkName(viewWord, t.name, checkTableName) {
			continue
		}
		m.table.Name = "view of " + typeID(m.obj) // places of its columns are its own
		l.places[place{object: m.table.Name}] = m.pos
		for _, kv := range m.directives {
			l.failf(kv.value.pos, "%s is the struct of a view, which has no %s", m.obj.Name(), kv.key)
		}
		m.directives = nil
		switch {
		case l.mapper == nil:
		case l.mapper.key == "gorm":
			if l.gorm == nil {
				l.gorm = l.gormParser()
			}
			m.mapped = func() { m.schema = l.gorm.Schema(m.obj.Type()); m.readGorm() }
		case l.mapper.key == "bun":
			m.mapped = func() { m.bun = l.bun.Table(m.obj.Type()); m.readBun() }
		}
		l.views = append(l.views, m)
	}
}

// ofColumns are the options that say what a field of the struct of a view reads.
var ofColumns = []string{"type", "size", "json", "array", "enum", "null", "notnull", "embed"}

// viewOptions takes the options that are those of tables out of a field. In the struct itself they are refused, in one that is embedded they are for the tables that it is embedded in.
func (m *model) viewOptions(name string, opts options, sc *scope) options {
	var kept options
	for _, o := range opts {
		switch {
		case slices.Contains(ofColumns, o.word):
			kept = append(kept, o)
		case sc.outer == nil:
			m.l.failf(o.at.pos, "%s: a column of a view has no %s, which is a matter of the tables behind it", name, o.word)
		}
	}
	return kept
}

// readViews reads the columns of the structs of views. The enums have their names by now.
func (l *loader) readViews() {
	named := map[*types.TypeName]string{}
	for _, u := range l.enums {
		named[u.obj] = u.c.Type.Name
	}
	for _, m := range l.views {
		m.read()
		m.enums = nil // which values it may hold is a matter of the tables
		for _, c := range m.columns {
			if c.Type.Kind != schema.KindEnum || c.enum == nil {
				continue
			}
			name := named[c.enum]
			if name == "" {
				if name, _ = l.enumName(c.enum); name == "" {
					ns, _ := schema.SplitName(m.viewName)
					name = schema.JoinName(ns, snakeCase(c.enum.Name()))
				}
			}
			c.Type.Name = name
		}
	}
}

// exportViews returns the structs of views, by the names of these.
func (l *loader) exportViews(model func(*model) *Model) (all []*View) {
	for _, m := range l.views {
		v := &View{Model: *model(m), Partial: m.partial}
		v.Table = m.viewName
		for _, c := range m.columns {
			def := schema.Column{Name: c.Name, Type: c.Type, Nullable: c.Nullable}
			for dialect, sql := range c.TypeFor {
				if schema.Serial(c.TypeOn(dialect)) { // of a key, in a table
					continue
				}
				if def.TypeFor == nil {
					def.TypeFor = map[string]string{}
				}
				def.TypeFor[dialect] = sql
			}
			v.Columns = append(v.Columns, def)
		}
		all = append(all, v)
	}
	slices.SortFunc(all, func(a, b *View) int {
		return strings.Compare(a.Table+" "+a.Struct(), b.Table+" "+b.Struct())
	})
	return all
}

// Struct returns the type with the import path of its package: "example.com/shop/models.OpenOrder".
func (v *View) Struct() string { return v.Package.Path + "." + v.Name }

// ViewPos returns the place of the struct of a view, or of the field of a column of it.
func (r *Result) ViewPos(v *View, column string) token.Position {
	if column == "" {
		return v.Pos
	}
	return r.pos(place{object: "view of " + v.Struct(), name: column})
}

// ViewAt returns the place of the struct of a view in the file set.
func (r *Result) ViewAt(v *View) token.Pos { return r.places[place{object: "view of " + v.Struct()}] }
