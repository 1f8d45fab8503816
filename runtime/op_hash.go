package migrate

import (
	"crypto/sha256"
	"encoding/hex"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/modelgen/modelgen/runtime/schema"
)

// HashOps returns a hash of what the ops do, 32 hexadecimal digits. It depends on the types of the ops and on the values of their
// fields that are not zero, so that a field added to an op later changes no hash. Functions count only as there or not there:
// their code cannot be read. Fields with the tag hash:"-" are about the way back alone and do not count, so that an applied migration may be
// given them.
func HashOps(ops []Op) string {
	sum := sha256.New()
	buf := make([]byte, 0, 1024)
	for _, op := range ops {
		buf = append(appendValue(buf[:0], reflect.ValueOf(op)), '\n')
		sum.Write(buf)
	}
	return hex.EncodeToString(sum.Sum(buf[:0])[:16])
}

func appendValue(b []byte, v reflect.Value) []byte {
	if v.Kind() == reflect.Interface || v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return append(b, '-')
		}
		v = v.Elem()
	}
	if v.CanInterface() {
		if def, ok := v.Interface().(schema.ColumnDef); ok {
			c := def.Def()
			c.Was, c.ValueWas = "", nil
			v = reflect.ValueOf(c)
		}
		if t, ok := v.Interface().(schema.Type); ok {
			return strconv.AppendQuote(b, t.String())
		}
	}
	switch v.Kind() {
	case reflect.Struct:
		name, _, _ := strings.Cut(v.Type().Name(), "[") // of a generic type, without where its parameter comes from
		b = append(b, name...)
		b = append(b, '{')
		for i := range v.NumField() {
			f := v.Field(i)
			if f.IsZero() || f.Kind() == reflect.Slice && f.Len() == 0 || v.Type().Field(i).Tag.Get("hash") == "-" {
				continue
			}
			b = append(b, v.Type().Field(i).Name...)
			b = append(b, ':')
			b = appendValue(b, f)
			b = append(b, ' ')
		}
		return append(b, '}')
	case reflect.Slice, reflect.Array:
		b = append(b, '[')
		for i := range v.Len() {
			b = appendValue(b, v.Index(i))
			b = append(b, ' ')
		}
		return append(b, ']')
	case reflect.Map:
		keys := v.MapKeys()
		slices.SortFunc(keys, func(x, y reflect.Value) int {
			if x.String() < y.String() {
				return -1
			}
			return 1
		})
		b = append(b, '{')
		for _, k := range keys {
			b = strconv.AppendQuote(b, k.String())
			b = append(b, ':')
			b = appendValue(b, v.MapIndex(k))
			b = append(b, ' ')
		}
		return append(b, '}')
	case reflect.String:
		return strconv.AppendQuote(b, v.String())
	case reflect.Bool:
		return strconv.AppendBool(b, v.Bool())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return strconv.AppendInt(b, v.Int(), 10)
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return strconv.AppendUint(b, v.Uint(), 10)
	case reflect.Float32, reflect.Float64:
		return strconv.AppendFloat(b, v.Float(), 'g', -1, 64)
	case reflect.Func:
		return append(b, "func"...)
	}
	panic("modelgen: HashOps does not know " + v.Type().String())
}

// digest is a hash of a set of migrations that does not depend on their order: adding or taking away one is an XOR.
type digest [16]byte

func (d digest) with(name, hash string) digest {
	sum := sha256.Sum256([]byte(name + "\n" + hash))
	for i := range d {
		d[i] ^= sum[i]
	}
	return d
}

func (d digest) String() string { return hex.EncodeToString(d[:]) }
