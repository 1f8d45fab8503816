package migrate

import (
	"crypto/sha256"
	"encoding/hex"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/modelgen/modelgen/runtime/schema"
)

// HashOps returns a hash of what the ops do, 32 hexadecimal digits. It depends on the types of the ops and on the values of their
// fields that are not zero, so that a field added to an op later changes no hash. Functions count only as there or not there:
// their code cannot be read. Fields with the tag hash:"-" are about the way back alone and do not count, so that an applied migration may be
// given them.
func HashOps(ops []Op) string {
	hash, _ := hashOps(nil, ops)
	return hash
}

// hashOps is HashOps with a buffer to write into, which it returns for the next one.
func hashOps(buf []byte, ops []Op) (string, []byte) {
	buf = buf[:0]
	for _, op := range ops {
		buf = append(appendValue(buf, reflect.ValueOf(op)), '\n')
	}
	sum := sha256.Sum256(buf)
	return hex.EncodeToString(sum[:16]), buf
}

// hashed is how values of a type are written for a hash. It is found once for each type: a program with 1,000 migrations hashes many thousands of values
// before the first that is pending.
type hashed struct {
	def, typ bool   // it is a [schema.ColumnDef], or the [schema.Type]
	name     string // of a struct: without where the parameter of a generic type comes from
	fields   []hashedField
}

type hashedField struct {
	at    int
	label string // its name and a colon
	slice bool
}

var hashedTypes sync.Map // of reflect.Type to *hashed

func hashedAs(t reflect.Type) *hashed {
	if known, ok := hashedTypes.Load(t); ok {
		return known.(*hashed)
	}
	h := &hashed{def: t.Implements(reflect.TypeFor[schema.ColumnDef]()), typ: t == reflect.TypeFor[schema.Type]()}
	if t.Kind() == reflect.Struct {
		h.name, _, _ = strings.Cut(t.Name(), "[")
		for i := range t.NumField() {
			if f := t.Field(i); f.Tag.Get("hash") != "-" {
				h.fields = append(h.fields, hashedField{i, f.Name + ":", f.Type.Kind() == reflect.Slice})
			}
		}
	}
	known, _ := hashedTypes.LoadOrStore(t, h)
	return known.(*hashed)
}

func appendValue(b []byte, v reflect.Value) []byte {
	if v.Kind() == reflect.Interface || v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return append(b, '-')
		}
		v = v.Elem()
	}
	if t := v.Type(); (v.Kind() == reflect.Struct || t.NumMethod() > 0) && v.CanInterface() {
		switch h := hashedAs(t); {
		case h.def:
			c := v.Interface().(schema.ColumnDef).Def()
			c.Was, c.ValueWas = "", nil
			return appendStruct(b, reflect.ValueOf(c))
		case h.typ:
			return appendQuoted(b, v.Interface().(schema.Type).String())
		}
	}
	switch v.Kind() {
	case reflect.Struct:
		return appendStruct(b, v)
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
			b = appendQuoted(b, k.String())
			b = append(b, ':')
			b = appendValue(b, v.MapIndex(k))
			b = append(b, ' ')
		}
		return append(b, '}')
	case reflect.String:
		return appendQuoted(b, v.String())
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

// appendQuoted is strconv.AppendQuote, in less time for what needs no escape.
func appendQuoted(b []byte, text string) []byte {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			return strconv.AppendQuote(b, text)
		}
	}
	return append(append(append(b, '"'), text...), '"')
}

func appendStruct(b []byte, v reflect.Value) []byte {
	h := hashedAs(v.Type())
	b = append(b, h.name...)
	b = append(b, '{')
	for _, known := range h.fields {
		f := v.Field(known.at)
		if f.IsZero() || known.slice && f.Len() == 0 {
			continue
		}
		b = append(b, known.label...)
		b = appendValue(b, f)
		b = append(b, ' ')
	}
	return append(b, '}')
}

// digest is a hash of a set of migrations that does not depend on their order: adding or taking away one is an XOR.
type digest [16]byte

func (d digest) with(name, hash string) digest { return d.and(digestOf(name, hash)) }

// digestOf is the digest of one migration.
func digestOf(name, hash string) digest {
	sum := sha256.Sum256([]byte(name + "\n" + hash))
	return digest(sum[:16])
}

// and adds another one, or takes it away.
func (d digest) and(e digest) digest {
	for i := range d {
		d[i] ^= e[i]
	}
	return d
}

func (d digest) String() string { return hex.EncodeToString(d[:]) }
