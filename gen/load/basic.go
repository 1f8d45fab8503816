package load

import (
	"go/types"
	"math"
	"regexp"

	"github.com/modelgen/modelgen/runtime/schema"
)

// basicTypes are the columns of Go's own types. Unsigned ones get the next larger type; of uint64 the upper half does not fit,
// which package database/sql refuses when it is written.
var basicTypes = map[types.BasicKind]struct {
	kind     schema.Kind
	min, max int64 // of the values, for integers
}{
	types.Bool:    {schema.KindBoolean, 0, 0},
	types.Int:     {schema.KindBigInt, math.MinInt64, math.MaxInt64},
	types.Int8:    {schema.KindSmallInt, math.MinInt8, math.MaxInt8},
	types.Int16:   {schema.KindSmallInt, math.MinInt16, math.MaxInt16},
	types.Int32:   {schema.KindInteger, math.MinInt32, math.MaxInt32},
	types.Int64:   {schema.KindBigInt, math.MinInt64, math.MaxInt64},
	types.Uint:    {schema.KindBigInt, 0, math.MaxInt64},
	types.Uint8:   {schema.KindSmallInt, 0, math.MaxUint8},
	types.Uint16:  {schema.KindInteger, 0, math.MaxUint16},
	types.Uint32:  {schema.KindBigInt, 0, math.MaxUint32},
	types.Uint64:  {schema.KindBigInt, 0, math.MaxInt64},
	types.Float32: {schema.KindReal, 0, 0},
	types.Float64: {schema.KindDouble, 0, 0},
	types.String:  {schema.KindText, 0, 0},
}

// integerRanges are the ranges of the integer columns.
var integerRanges = map[schema.Kind][2]int64{
	schema.KindSmallInt: {math.MinInt16, math.MaxInt16},
	schema.KindInteger:  {math.MinInt32, math.MaxInt32},
	schema.KindBigInt:   {math.MinInt64, math.MaxInt64},
}

func isInteger(t schema.Type) bool {
	_, ok := integerRanges[t.Kind]
	return ok && !t.Array
}

var majorVersion = regexp.MustCompile(`(/v[0-9]+|\.v[0-9]+)(/|$)`)

// basePath returns the import path without the major version in it: github.com/gofrs/uuid for github.com/gofrs/uuid/v5.
func basePath(path string) string {
	if path == "github.com/satori/go.uuid" {
		return path
	}
	return majorVersion.ReplaceAllString(path, "$2")
}
