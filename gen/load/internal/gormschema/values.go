package gormschema

import (
	"go/types"
	"regexp"
	"slices"
	"strings"
	"time"
)

// zeroText are types whose method Value makes a text of the zero value: their column is a text.
var zeroText = map[string]bool{
	"github.com/google/uuid.UUID": true, "github.com/gofrs/uuid.UUID": true, "github.com/satori/go.uuid.UUID": true,
	"github.com/shopspring/decimal.Decimal": true, "github.com/govalues/decimal.Decimal": true, "github.com/oklog/ulid.ULID": true,
}

var version = regexp.MustCompile(`(/v[0-9]+|\.v[0-9]+)(/|$)`)

// zeroNil are packages whose types with a method Value make NULL of the zero value, so that their first field says what they are.
var zeroNil = []string{"database/sql", "github.com/lib/pq", "github.com/jackc/pgx/pgtype", "github.com/jackc/pgtype", "github.com/guregu/null", "github.com/guregu/null/zero",
	"gopkg.in/guregu/null", "gopkg.in/guregu/null/zero", "github.com/volatiletech/null", "github.com/aarondl/null", "github.com/google/uuid", "github.com/gofrs/uuid",
	"github.com/satori/go.uuid", "github.com/shopspring/decimal", "gorm.io/gorm", "gorm.io/datatypes"}

// valueOf returns the type that decides about the column: what Value returns of the zero value, or the first field of the struct, or the type
// itself. Tags of the fields on the way count for what the field's own tag does not say.
func (p *Parser) valueOf(f *Field, valuer bool) types.Type {
	n, named := f.Type.(*types.Named)
	if !valuer || !named || hasMethod(n, "GormDataType", 0, 1) {
		return f.Type
	}
	id, path := typeID(n)
	if zeroText[id] {
		return types.Typ[types.String]
	}
	b, basic := n.Underlying().(*types.Basic)
	text := basic && b.Info()&types.IsString != 0
	if !text && !p.Typed(n) && !hasValid(n) && !contains(zeroNil, path) && !f.set.has("TYPE") && !f.set.has("SERIALIZER") && !f.set.has("JSON") {
		f.Unknown = "its method Value decides what gorm makes of it"
	}
	return p.firstField(f, f.Type)
}

// firstField is getRealFieldValue of ParseField.
func (p *Parser) firstField(f *Field, t types.Type) types.Type {
	st, ok := t.Underlying().(*types.Struct)
	if !ok || isTime(t) || st.NumFields() == 0 {
		return t
	}
	for i := range st.NumFields() {
		for _, k := range parseTag(gormTag(st.Tag(i)), ";", f.Path) {
			if !f.set.has(k.key) {
				k.At = -1
				f.set.put(k.key, k.Setting)
			}
		}
	}
	first := types.Unalias(st.Field(0).Type())
	for {
		ptr, ok := first.(*types.Pointer)
		if !ok {
			break
		}
		first = types.Unalias(ptr.Elem())
	}
	if types.Identical(first, t) {
		return first
	}
	return p.firstField(f, first)
}

func contains(list []string, s string) bool {
	return slices.Contains(list, s)
}

// typeID returns import path and name of a type, and the path, both without major versions.
func typeID(n *types.Named) (id, path string) {
	if n.Obj().Pkg() == nil {
		return n.Obj().Name(), ""
	}
	path = n.Obj().Pkg().Path()
	if path != "github.com/satori/go.uuid" {
		path = version.ReplaceAllString(path, "$2")
	}
	return path + "." + n.Obj().Name(), path
}

// hasValid reports whether a struct says with a field Valid that there is no value.
func hasValid(n *types.Named) bool {
	st, ok := n.Underlying().(*types.Struct)
	if !ok {
		return false
	}
	for field := range st.Fields() {
		if b, ok := field.Type().Underlying().(*types.Basic); ok && b.Kind() == types.Bool && field.Name() == "Valid" {
			return true
		}
		if n, ok := types.Unalias(field.Type()).(*types.Named); ok && field.Embedded() && hasValid(n) {
			return true
		}
	}
	return false
}

// hasMethod reports whether a pointer to the type has the method, with so many parameters and results.
func hasMethod(t types.Type, name string, params, results int) bool {
	if _, named := t.(*types.Named); !named {
		if _, st := t.(*types.Struct); !st {
			return false
		}
	}
	obj, _, _ := types.LookupFieldOrMethod(t, true, nil, name)
	fn, ok := obj.(*types.Func)
	return ok && fn.Signature().Params().Len() == params && fn.Signature().Results().Len() == results
}

func isValuer(t types.Type) bool {
	_, iface := t.Underlying().(*types.Interface)
	return !iface && hasMethod(t, "Value", 0, 2)
}

// isSerializer reports whether a type is a SerializerInterface.
func isSerializer(t types.Type) bool {
	return hasMethod(t, "Scan", 4, 1) && hasMethod(t, "Value", 3, 2)
}

// isTime reports whether a type is time.Time or can be converted to it.
func isTime(t types.Type) bool {
	st, ok := t.Underlying().(*types.Struct)
	return ok && st.NumFields() == 3 && st.Field(0).Name() == "wall" && st.Field(0).Pkg() != nil && st.Field(0).Pkg().Path() == "time"
}

func bits(t types.Type) int {
	b, ok := t.Underlying().(*types.Basic)
	if !ok {
		return 0
	}
	switch b.Kind() {
	case types.Int, types.Int64, types.Uint, types.Uint64, types.Float64:
		return 64
	case types.Int8, types.Uint8:
		return 8
	case types.Int16, types.Uint16:
		return 16
	case types.Int32, types.Uint32, types.Float32:
		return 32
	}
	return 0
}

// timeFormats are those with a day and without a zone that package now, with which gorm reads the default of a time, knows.
var timeFormats = []string{"2006", "2006-1", "2006-1-2", "2006-1-2 15", "2006-1-2 15:4", "2006-1-2 15:4:5", "2006.1.2", "2006.1.2 15:04:05", "2006.01.02", "2006.01.02 15:04:05",
	"2006.01.02 15:04:05.999999999", "1/2/2006", "1/2/2006 15:4:5", "2006/01/02", "20060102", "2006/01/02 15:04:05"}

// loose are the others: what comes of them depends on the day, or on the zone of the machine.
var loose = []string{"1-2", "15:4:5", "15:4", "15", "15:4:5 Jan 2, 2006 MST", "2006-01-02 15:04:05.999999999 -0700 MST", "2006-01-02T15:04:05Z0700", "2006-01-02T15:04:05Z07",
	time.ANSIC, time.UnixDate, time.RubyDate, time.RFC822, time.RFC822Z, time.RFC850, time.RFC1123, time.RFC1123Z, time.RFC3339, time.RFC3339Nano,
	time.Kitchen, time.Stamp, time.StampMilli, time.StampMicro, time.StampNano}

type looseError string

func (e looseError) Error() string {
	return "what gorm makes of default:" + string(e) + " depends on the machine that it runs on: write default:('...') with SQL in it, or default:(-) and another one in the tag modelgen"
}

// moment reads the default of a time as gorm does; ok is false when it is SQL.
func moment(s string) (text string, ok bool, err error) {
	if !strings.ContainsAny(s, "0123456789") {
		return "", false, nil // as CURRENT_TIMESTAMP: all formats have digits
	}
	for _, format := range timeFormats {
		if t, err := time.Parse(format, s); err == nil {
			return strings.TrimSuffix(t.Format("2006-01-02 15:04:05.999"), ".000"), true, nil
		}
	}
	for _, format := range loose {
		if _, err := time.Parse(format, s); err == nil {
			return "", false, looseError(s)
		}
	}
	return "", false, nil
}
