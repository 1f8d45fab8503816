package load

import (
	"fmt"
	"go/types"
	"maps"
	"slices"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// goType is what a Go type means as a column.
type goType struct {
	typ     schema.Type
	typeFor map[string]string
	null    bool            // it can hold NULL; also right when there is no column type
	basic   types.BasicKind // of the value; Invalid when it is no plain number, text or truth value
	enum    *types.TypeName // the named text or integer type whose constants are the values
}

func (g *goType) setTypeFor(dialect, sql string) {
	g.typeFor = maps.Clone(g.typeFor)
	if g.typeFor == nil {
		g.typeFor = map[string]string{}
	}
	g.typeFor[dialect] = sql
}

// resolve returns the column type of a Go type; false when there is none.
func (l *loader) resolve(t types.Type) (goType, bool) {
	switch t := t.(type) {
	case *types.Alias:
		if g, ok := l.typeDirective(t.Obj()); ok {
			return g, true
		}
		return l.resolve(t.Rhs())
	case *types.Pointer:
		g, ok := l.resolve(t.Elem())
		if _, twice := types.Unalias(t.Elem()).(*types.Pointer); twice {
			ok = false
		}
		g.null = true
		return g, ok
	case *types.Named:
		return l.resolveNamed(t)
	case *types.Basic:
		return goType{typ: schema.Type{Kind: basicTypes[t.Kind()].kind}, basic: t.Kind()}, basicTypes[t.Kind()].kind != schema.KindInvalid
	case *types.Slice:
		return goType{typ: schema.Type{Kind: schema.KindBytes}}, isByte(t.Elem())
	}
	return goType{}, false
}

func (l *loader) resolveNamed(t *types.Named) (goType, bool) {
	obj := t.Obj()
	if obj.Pkg() == nil {
		return goType{}, false
	}
	if g, ok := l.typeDirective(t.Origin().Obj()); ok {
		return g, true
	}
	if k, ok := lookupType(obj.Pkg().Path(), obj.Name()); ok {
		g := goType{typ: k.typ, null: k.null}
		if b, ok := t.Underlying().(*types.Basic); ok {
			g.basic = b.Kind()
		}
		return g, true
	}
	if wrappers[basePath(obj.Pkg().Path())+"."+obj.Name()] && t.TypeArgs().Len() == 1 {
		g, ok := l.resolve(t.TypeArgs().At(0))
		g.null = true
		return g, ok
	}
	switch u := t.Underlying().(type) {
	case *types.Struct:
		return l.resolveNull(obj.Name(), u)
	case *types.Basic:
		g, ok := l.resolve(u)
		if !ok || isValuer(t) && u.Kind() != types.String {
			return goType{}, false
		}
		if u.Info()&(types.IsString|types.IsInteger) != 0 && len(l.constants(t.Origin().Obj())) > 0 {
			g.enum = t.Origin().Obj()
		}
		return g, true
	case *types.Slice:
		if isValuer(t) {
			return goType{}, false
		}
		return l.resolve(u)
	}
	return goType{}, false
}

// resolveNull knows structs that are called Null... and hold one value and a field Valid.
func (l *loader) resolveNull(name string, s *types.Struct) (goType, bool) {
	if !strings.HasPrefix(name, "Null") {
		return goType{}, false
	}
	var rest []*types.Var
	valid := false
	for f := range s.Fields() {
		if f.Name() == "Valid" && types.Identical(f.Type().Underlying(), types.Typ[types.Bool]) {
			valid = true
		} else {
			rest = append(rest, f)
		}
	}
	if len(rest) != 1 {
		return goType{null: valid}, false
	}
	g, ok := l.resolve(rest[0].Type())
	if !valid && !(rest[0].Embedded() && g.null) {
		return goType{}, false
	}
	g.null = true
	return g, ok
}

func isByte(t types.Type) bool {
	b, ok := types.Unalias(t).(*types.Basic)
	return ok && b.Kind() == types.Uint8
}

// isValuer reports whether a type writes itself to the database, so that what it looks like says nothing.
func isValuer(t types.Type) bool {
	obj, _, _ := types.LookupFieldOrMethod(t, true, nil, "Value")
	f, ok := obj.(*types.Func)
	if !ok {
		return false
	}
	sig := f.Signature()
	return sig.Params().Len() == 0 && sig.Results().Len() == 2
}

// parseType reads the text of a type: option or directive.
func parseType(s string) (schema.Type, error) {
	t, err := schema.ParseType(s)
	if err == nil && t.Kind == schema.KindEnum {
		err = fmt.Errorf("a native enum is written with the flag enum on a field of a named string type")
	}
	return t, err
}

// typeNames are the words that every dialect has a spelling for.
var typeNames = func() []string {
	var names []string
	for k := schema.KindBoolean; k <= schema.KindCIDR; k++ {
		names = append(names, schema.Type{Kind: k}.String())
	}
	return names
}()

// checkOther refuses a type of one dialect's own when another dialect of the project, which it returns, has no word for it. add is the format of
// what would say it.
func (l *loader) checkOther(t schema.Type, typeFor map[string]string, add string) (dialect string, err error) {
	if t.Kind != schema.KindOther {
		return "", nil
	}
	i := slices.IndexFunc(l.cfg.Dialects, func(c migrate.Capabilities) bool { return !c.CanonicalTypes && typeFor[c.Name] == "" })
	if i < 0 {
		return "", nil
	}
	lacks := l.cfg.Dialects[i]
	if d, _, ok := l.serialOn(schema.Column{Type: t}); ok {
		return lacks.Name, fmt.Errorf("type %s is a word of %s alone: write identity, which every database has, or type.%s:%[1]s", t, d.Product, d.Name)
	}
	hint := ""
	if n := meantType(t.Name); n != "" {
		hint = ", or did you mean " + n + "?"
	}
	return lacks.Name, fmt.Errorf("type %s is not one that every database has: add %s for %s%s", t, fmt.Sprintf(add, lacks.Name), lacks.Product, hint)
}

// otherNames are what types are called in Go and in other databases.
var otherNames = map[string]string{
	"string": "text", "str": "text", "int": "integer", "int16": "smallint", "int32": "integer", "int64": "bigint", "long": "bigint", "float32": "real", "float": "double precision",
	"float64": "double precision", "double": "double precision", "datetime": "timestamptz", "blob": "bytea", "bytes": "bytea", "binary": "bytea", "number": "numeric", "nvarchar": "varchar",
	"longtext": "text", "mediumtext": "text", "tinyint": "smallint",
}

// meantType returns the type that a word which names none may have been meant for, "" when there is nothing like it.
func meantType(word string) string {
	word, _, _ = strings.Cut(strings.ToLower(word), "(")
	if n := nearest(word, typeNames, reach(word)); n != "" {
		return n
	}
	if n := otherNames[word]; n != "" {
		return n
	}
	return otherNames[nearest(word, slices.Sorted(maps.Keys(otherNames)), reach(word))]
}
