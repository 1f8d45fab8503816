package load

import (
	"cmp"
	"go/constant"
	"go/token"
	"go/types"
	"slices"
	"strconv"
	"strings"

	"github.com/modelgen/modelgen/internal/sqllex"
	"github.com/modelgen/modelgen/runtime/schema"
)

// constantValue is one value that a named type can have.
type constantValue struct {
	name string
	val  string // the text, or the digits
	pos  token.Pos
	was  string
	old  bool // it has a directive with was
	at   span // of that directive
	bits bool // it is written as one that is combined with others
}

// enumUse is a column of a native enum type.
type enumUse struct {
	obj *types.TypeName
	m   *model
	c   *column
	pos token.Pos
}

// constants returns the package-level constants that have exactly the type obj, in the order of the source, each value once.
// Of a package of Go's own only lines are known: there the constants of one line are sorted by value, and those that are not
// exported are missing.
func (l *loader) constants(obj *types.TypeName) []constantValue {
	if values, ok := l.values[obj]; ok {
		return values
	}
	of, src := obj, l.sources[obj.Pkg()]
	if src == nil {
		if src = l.lookInto(obj); src != nil {
			of, _ = src.types.Scope().Lookup(obj.Name()).(*types.TypeName)
		} else if !l.goOwn(obj) {
			l.partial = true
			if slices.Contains(l.siblings, obj.Pkg().Path()) {
				l.failf(obj.Pos(), "the source of package %s cannot be read, so it is not known which constants %s has", obj.Pkg().Path(), obj.Name())
			}
		}
	}
	all := slices.Clone(l.packageConstants(of.Pkg())[of])
	l.sortConstants(of, all, src != nil)
	var values []constantValue
	seen := map[string]bool{}
	for _, c := range all {
		v := constantValue{name: c.Name(), pos: c.Pos()}
		if src != nil && src.consts[c.Pos()] != nil {
			d := src.consts[c.Pos()]
			l.regions = append(l.regions, region{d.spec.Pos(), d.spec.End()})
			v.bits = l.writtenAsBits(d.value)
		}
		switch c.Val().Kind() {
		case constant.String:
			v.val = constant.StringVal(c.Val())
		case constant.Int:
			v.val = c.Val().ExactString()
		default:
			continue
		}
		if src != nil {
			if d := src.consts[c.Pos()]; d != nil {
				was := directivesOf(d.doc)["was"]
				v.was, v.old, v.at = was.Args, was.Args != "", directiveSpan(was)
				if text, err := strconv.Unquote(was.Args); err == nil && strings.HasPrefix(was.Args, `"`) {
					v.was = text
				}
			}
		}
		if !seen[v.val] {
			seen[v.val] = true
			values = append(values, v)
		}
	}
	l.values[obj] = values
	return values
}

// sortConstants sorts constants by their places. Of several files that of the type is the first, the others follow by their first constant: their
// names are of no account. columns says that more than lines is known.
func (l *loader) sortConstants(obj *types.TypeName, all []*types.Const, columns bool) {
	slices.SortFunc(all, func(a, b *types.Const) int {
		p, q := l.fset.Position(a.Pos()), l.fset.Position(b.Pos())
		order := cmp.Or(strings.Compare(p.Filename, q.Filename), cmp.Compare(p.Line, q.Line))
		if order == 0 && columns {
			order = cmp.Compare(p.Column, q.Column)
		}
		return cmp.Or(order, compareValues(a.Val(), b.Val()), strings.Compare(a.Name(), b.Name()))
	})
	first := map[string]string{l.fset.Position(obj.Pos()).Filename: ""}
	for _, c := range all {
		if file := l.fset.Position(c.Pos()).Filename; !has(first, file) {
			first[file] = c.Name()
		}
	}
	slices.SortStableFunc(all, func(a, b *types.Const) int {
		return strings.Compare(first[l.fset.Position(a.Pos()).Filename], first[l.fset.Position(b.Pos()).Filename])
	})
}

func has[K comparable, V any](m map[K]V, k K) bool {
	_, ok := m[k]
	return ok
}

func compareValues(a, b constant.Value) int {
	switch {
	case a.Kind() != b.Kind():
		return cmp.Compare(a.Kind(), b.Kind())
	case a.Kind() == constant.Unknown:
		return 0
	case constant.Compare(a, token.LSS, b):
		return -1
	case constant.Compare(a, token.EQL, b):
		return 0
	}
	return 1
}

// packageConstants collects the constants of a package by their type.
func (l *loader) packageConstants(pkg *types.Package) map[*types.TypeName][]*types.Const {
	if all, ok := l.consts[pkg]; ok {
		return all
	}
	all := map[*types.TypeName][]*types.Const{}
	for _, name := range pkg.Scope().Names() {
		c, ok := pkg.Scope().Lookup(name).(*types.Const)
		if !ok || name == "_" || l.inTestFile(c.Pos()) {
			continue
		}
		if n, ok := types.Unalias(c.Type()).(*types.Named); ok {
			all[n.Obj()] = append(all[n.Obj()], c)
		}
	}
	l.consts[pkg] = all
	return all
}

func valueTexts(values []constantValue) []string {
	texts := make([]string, len(values))
	for i, v := range values {
		texts[i] = v.val
	}
	return texts
}

// constantsCheck returns the condition that the column holds one of the constants.
func constantsCheck(c *column, values []constantValue) string {
	list := valueTexts(values)
	if c.Type.Literal() == schema.QuotedLiteral {
		for i := range list {
			list[i] = quoteSQL(list[i])
		}
	}
	const stand = "x_"
	expr := schema.RenameInExpr(stand+" IN ("+strings.Join(list, ", ")+")", stand, c.Name)
	if normal, err := schema.NormalizeExpr(expr); err == nil {
		return normal
	}
	return expr
}

func quoteSQL(s string) string { return sqllex.QuoteString(s) }

// finishEnums makes the native enum types: each Go type is one, in the schema of the first model that uses it. Models in the file of the type come
// first, in their order; those of other files, which have none among them, follow by the names of their tables.
func (l *loader) finishEnums() {
	slices.SortStableFunc(l.enums, func(a, b enumUse) int { return strings.Compare(a.m.table.Name, b.m.table.Name) })
	names := map[*types.TypeName]string{}
	owner := map[string]enumUse{}
	for _, u := range l.enums {
		name, ok := names[u.obj]
		if !ok {
			ns, _ := schema.SplitName(l.firstUse(u).m.table.Name)
			name = schema.JoinName(ns, snakeCase(u.obj.Name()))
			if given, at := l.enumName(u.obj); given != "" {
				if name = given; checkTableName(given) != nil {
					l.fail(at, checkTableName(given))
				}
			} else if err := schema.CheckName(snakeCase(u.obj.Name())); err != nil {
				l.failf(u.pos, "enum: %s", err)
			}
			names[u.obj] = name
			if before, ok := owner[strings.ToLower(name)]; ok {
				l.failf(u.pos, "enum %s is there twice: of %s and of %s at %s; give one of the types another name", name, typeID(u.obj), typeID(before.obj), l.shortPos(before.pos))
			}
			owner[strings.ToLower(name)] = u
			l.addEnum(name, u)
		}
		u.c.Type.Name = name
		if u.m.byName[u.c.Name] == u.c {
			*u.m.table.Column(u.c.Name) = u.c.Column
		}
	}
}

// enumName returns the name that //modelgen:name above a type says, with its schema; "" without one.
func (l *loader) enumName(obj *types.TypeName) (string, token.Pos) {
	d := l.decl(obj)
	if d == nil {
		return "", token.NoPos
	}
	given := directivesOf(d.doc)["name"]
	return given.Args, given.ArgsPos
}

// firstUse returns the use of an enum by the first model in the file of its type, or u, which is the first by the names of tables.
func (l *loader) firstUse(u enumUse) enumUse {
	file, first := l.fset.File(u.obj.Pos()), u
	for _, other := range l.enums {
		if other.obj == u.obj && l.fset.File(other.m.pos) == file && (l.fset.File(first.m.pos) != file || other.m.pos < first.m.pos) {
			first = other
		}
	}
	return first
}

func (l *loader) addEnum(name string, u enumUse) {
	values := l.constants(u.obj)
	l.checkValues(values)
	e := &schema.Enum{Name: name, Values: valueTexts(values), Owner: typeID(u.obj)}
	for i := 1; i < len(values); i++ {
		if l.fset.Position(values[i-1].pos).Filename != l.fset.Position(values[i].pos).Filename {
			e.Parts = append(e.Parts, i)
		}
	}
	l.places[place{kind: "enum", object: name}] = u.obj.Pos()
	if d := l.decl(u.obj); d != nil {
		if was, ok := directivesOf(d.doc)["was"]; ok && was.Args != "" {
			e.Was = was.Args
			l.hints = append(l.hints, Hint{"enum", "", name, was.Args, l.position(was.Slash)})
			l.hintsAt[name] = directiveSpan(was)
		}
	}
	for _, v := range values {
		if len(v.val) > schema.MaxName {
			l.failf(v.pos, "%q has %d bytes, a value of a native enum can have %d", v.val, len(v.val), schema.MaxName)
		}
	}
	e.ValueWas = valueHints(values)
	l.valueHintsAt(name+".", values)
	l.schema.PutEnum(e)
}

// valueHints returns the rename hints of constants, by the values that they have now.
func valueHints(values []constantValue) map[string]string {
	var was map[string]string
	for _, v := range values {
		if v.old {
			if was == nil {
				was = map[string]string{}
			}
			was[v.val] = v.was
		}
	}
	return was
}

func typeID(obj *types.TypeName) string { return obj.Pkg().Path() + "." + obj.Name() }
