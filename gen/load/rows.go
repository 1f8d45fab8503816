package load

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/runtime/schema"
)

// rowsWord is the directive above a variable whose elements are rows of the table of their type: //modelgen:rows, or //modelgen:rows key:code.
const rowsWord = "rows"

// varDecl is the declaration of a variable with a doc comment.
type varDecl struct {
	file *ast.File
	spec *ast.ValueSpec
	doc  *ast.CommentGroup
}

// rowReader reads the rows of one table.
type rowReader struct {
	m    *model
	info *types.Info
	key  []string
	seen map[string]token.Pos // where the row with a key stands
}

// readRows reads the rows that variables declare. The tables are known by now.
func (l *loader) readRows() {
	declared := map[*model]token.Pos{}
	for _, s := range l.order {
		for _, v := range s.vars {
			for _, d := range ours(v.doc) {
				if d.Name != rowsWord {
					continue
				}
				l.regions = append(l.regions, region{v.spec.Pos(), v.spec.End()})
				m, list, info := l.rowsOf(s, v, d.Slash)
				if m == nil {
					continue
				}
				if first, twice := declared[m]; twice {
					l.failf(d.Slash, "the rows of %s are declared a second time; the first are at %s: put all of them into one variable", m.table.Name, l.shortPos(first))
					continue
				}
				declared[m] = d.Slash
				l.places[place{kind: rowsWord, object: m.table.Name}] = v.spec.Pos()
				r := &rowReader{m: m, info: info, seen: map[string]token.Pos{}}
				if r.readKey(d) {
					r.read(list)
				}
			}
		}
	}
}

// rowsOf returns the model whose rows a variable holds, and its list of them; nil when there is a problem, which is noted.
func (l *loader) rowsOf(s *source, v *varDecl, at token.Pos) (*model, *ast.CompositeLit, *types.Info) {
	const form = "//modelgen:rows stands above a variable that is set to a list of a model, as in var Currencies = []Currency{{Code: \"EUR\"}}"
	if constraint, ok := l.constraint(v.file); !ok {
		l.failf(at, "the rows are in a file with the build constraint %s: wherever that does not hold, they would be taken for gone; move them into a file without one", constraint)
		return nil, nil, nil
	}
	if len(v.spec.Names) != 1 || len(v.spec.Values) != 1 {
		l.failf(at, form)
		return nil, nil, nil
	}
	list, ok := ast.Unparen(v.spec.Values[0]).(*ast.CompositeLit)
	if !ok {
		l.failf(v.spec.Values[0].Pos(), form+"; the list itself has to stand here, as no code is run to read it")
		return nil, nil, nil
	}
	info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Uses: map[*ast.Ident]types.Object{}, Instances: map[*ast.Ident]types.Instance{}}
	pkg := s.pkg.Types
	if s.types != nil {
		pkg = s.types
	}
	if err := types.CheckExpr(l.fset, pkg, list.Pos(), list, info); err != nil {
		if l.given == nil && !slices.ContainsFunc(s.pkg.TypeErrors, func(e types.Error) bool { return v.spec.Pos() <= e.Pos && e.Pos <= v.spec.End() }) {
			l.failf(list.Pos(), "%s", err) // else the type checker has said it
		}
		return nil, nil, nil
	}
	var elem types.Type
	switch t := info.Types[list].Type.Underlying().(type) {
	case *types.Slice:
		elem = t.Elem()
	case *types.Array:
		elem = t.Elem()
	default:
		l.failf(list.Pos(), form)
		return nil, nil, nil
	}
	if p, ok := types.Unalias(elem).(*types.Pointer); ok {
		elem = p.Elem()
	}
	named, _ := types.Unalias(elem).(*types.Named)
	if named == nil {
		l.failf(list.Pos(), form)
		return nil, nil, nil
	}
	m := l.byType[named.Obj()]
	switch {
	case m == nil && slices.ContainsFunc(l.views, func(m *model) bool { return m.obj == named.Obj() }):
		l.failf(list.Pos(), "%s is the struct of a view, which has no rows of its own", named.Obj().Name())
		return nil, nil, nil
	case m == nil && named.Obj().Pkg() == s.pkg.Types:
		l.failf(list.Pos(), "%s is no model, so there is no table for the rows: %s", named.Obj().Name(), l.whatModelsAre())
		return nil, nil, nil
	case m == nil || m.src != s:
		l.failf(list.Pos(), "the rows of %s stand in another package than the model: move them beside it, so that whoever reads one reads the other", named.Obj().Name())
		return nil, nil, nil
	}
	return m, list, info
}

// readKey finds the columns by which rows are known: those of the option, else the primary key.
func (r *rowReader) readKey(d ast.Directive) bool {
	l, t := r.m.l, r.m.table
	args := text{s: strings.TrimRight(d.Args, " \t\r"), pos: d.ArgsPos, exact: true}
	at := d.Slash
	list, err := parseOptions(args)
	if err != nil {
		l.fail(at, err)
		return false
	}
	opts := l.checkOptions(list, map[string]int{"key": asValue})
	if len(opts) < len(list) {
		return false
	}
	const other = "say by which columns a row is known: //modelgen:rows key:code, or key:(country,code)"
	if o, ok := opts.get("key"); ok {
		names := o.value
		if inner, in := inBrackets(names); in {
			names = inner
		}
		parts, err := splitTop(names)
		if err != nil {
			l.fail(names.pos, err)
			return false
		}
		for _, p := range parts {
			switch c := r.m.byName[p.s]; {
			case c == nil:
				l.failf(p.pos, "table %s has no column %s%s", t.Name, p.s, didYouMean(p.s, t.ColumnNames()))
				return false
			case slices.Contains(r.key, p.s):
				l.failf(p.pos, "column %s is there twice", p.s)
				return false
			}
			r.key = append(r.key, p.s)
		}
		at = o.at.pos
	} else if t.PrimaryKey == nil {
		l.failf(at, "table %s has no primary key: "+other, t.Name)
		return false
	} else {
		r.key = slices.Clone(t.PrimaryKey.Columns)
	}
	for _, name := range r.key {
		switch c := t.Column(name); {
		case r.numbered(*c):
			l.failf(at, "rows of %s would be known by %s, which the database numbers, and would give to another row: "+other+"; or take the numbering off the column", t.Name, name)
			return false
		case c.Nullable:
			l.failf(at, "rows of %s would be known by %s, which can be NULL: make it NOT NULL, or "+other, t.Name, name)
			return false
		case c.Generated != "" || c.Type.Array || c.Type.Kind == schema.KindJSON:
			l.failf(at, "rows of %s cannot be known by %s, which is %s: "+other, t.Name, name, c.Describe())
			return false
		}
	}
	if !uniqueEverywhere(t, r.key) {
		l.failf(at, "rows of %s would be known by (%s), and nothing makes that unique alone on every database: add unique:\"%s\" to the model, or "+other, t.Name, strings.Join(r.key, ", "), strings.Join(r.key, ","))
		return false
	}
	return true
}

// numbered reports whether a database gives the column its numbers.
func (r *rowReader) numbered(c schema.Column) bool {
	_, _, serial := r.m.l.serialOn(c)
	return c.Identity || serial
}

// uniqueEverywhere reports whether a constraint or index over the columns alone holds on every dialect.
func uniqueEverywhere(t *schema.Table, columns []string) bool {
	same := func(other []string) bool {
		return slices.Equal(slices.Sorted(slices.Values(other)), slices.Sorted(slices.Values(columns)))
	}
	return t.PrimaryKey != nil && same(t.PrimaryKey.Columns) ||
		slices.ContainsFunc(t.Uniques, func(u schema.Unique) bool { return u.Only == "" && same(u.Columns) }) ||
		slices.ContainsFunc(t.Indexes, func(x schema.Index) bool {
			return x.Unique && x.Only == "" && x.Where == "" && len(x.Columns()) == len(x.Parts) && same(x.Columns())
		})
}

// read takes the rows of the list into the table.
func (r *rowReader) read(list *ast.CompositeLit) {
	l, t := r.m.l, r.m.table
	rows := schema.TableRows{Key: r.key}
	for _, e := range list.Elts {
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			e = kv.Value
		}
		lit := composite(e)
		if lit == nil {
			l.failf(e.Pos(), "the row itself has to stand here, as in {Code: \"EUR\"}: no code is run to read it")
			continue
		}
		row, ok := r.row(lit)
		if !ok {
			continue
		}
		name := rows.Name(row)
		if first, twice := r.seen[name]; twice {
			l.failf(lit.Pos(), "a row of %s with %s %s is there twice; the first is at %s", t.Name, strings.Join(r.key, ", "), name, l.shortPos(first))
			continue
		}
		r.seen[name] = lit.Pos()
		rows.Rows = append(rows.Rows, row)
	}
	if len(rows.Rows) == 0 {
		return
	}
	rows.Sort()
	t.Rows = rows
}
