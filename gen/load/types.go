package load

import (
	"slices"

	"github.com/modelgen/modelgen/runtime/schema"
)

// known is a Go type that has a column type without a word of the user.
type known struct {
	typ  schema.Type
	null bool // it can hold NULL
}

func plain(k schema.Kind) known { return known{typ: schema.Type{Kind: k}} }
func null(k schema.Kind) known  { return known{schema.Type{Kind: k}, true} }
func array(k schema.Kind) known { return known{typ: schema.Type{Kind: k, Array: true}} }

// knownTypes is the table of Go types, by import path and name. Major versions behind a path are left out (see [basePath]).
// A type that is not here, and is no plain number, text or truth value, needs a type: in its tag.
var knownTypes = map[string]known{
	"time.Time":                plain(schema.KindTimestampTZ),
	"time.Duration":            plain(schema.KindBigInt),
	"encoding/json.RawMessage": plain(schema.KindJSONB),
	"encoding/json.Number":     plain(schema.KindNumeric),
	"net.IP":                   plain(schema.KindInet),
	"net.IPNet":                plain(schema.KindCIDR),
	"net/netip.Addr":           plain(schema.KindInet),
	"net/netip.Prefix":         plain(schema.KindCIDR),

	"database/sql.RawBytes":    plain(schema.KindBytes),
	"database/sql.NullString":  null(schema.KindText),
	"database/sql.NullInt64":   null(schema.KindBigInt),
	"database/sql.NullInt32":   null(schema.KindInteger),
	"database/sql.NullInt16":   null(schema.KindSmallInt),
	"database/sql.NullByte":    null(schema.KindSmallInt),
	"database/sql.NullFloat64": null(schema.KindDouble),
	"database/sql.NullBool":    null(schema.KindBoolean),
	"database/sql.NullTime":    null(schema.KindTimestampTZ),

	"github.com/google/uuid.UUID":                           plain(schema.KindUUID),
	"github.com/google/uuid.NullUUID":                       null(schema.KindUUID),
	"github.com/gofrs/uuid.UUID":                            plain(schema.KindUUID),
	"github.com/gofrs/uuid.NullUUID":                        null(schema.KindUUID),
	"github.com/satori/go.uuid.UUID":                        plain(schema.KindUUID),
	"github.com/satori/go.uuid.NullUUID":                    null(schema.KindUUID),
	"github.com/shopspring/decimal.Decimal":                 plain(schema.KindNumeric),
	"github.com/shopspring/decimal.NullDecimal":             null(schema.KindNumeric),
	"github.com/govalues/decimal.Decimal":                   plain(schema.KindNumeric),
	"github.com/govalues/decimal.NullDecimal":               null(schema.KindNumeric),
	"github.com/ericlagergren/decimal/sql/postgres.Decimal": plain(schema.KindNumeric),

	"github.com/lib/pq.StringArray":              array(schema.KindText),
	"github.com/lib/pq.Int64Array":               array(schema.KindBigInt),
	"github.com/lib/pq.Int32Array":               array(schema.KindInteger),
	"github.com/lib/pq.Float64Array":             array(schema.KindDouble),
	"github.com/lib/pq.Float32Array":             array(schema.KindReal),
	"github.com/lib/pq.BoolArray":                array(schema.KindBoolean),
	"github.com/lib/pq.ByteaArray":               array(schema.KindBytes),
	"github.com/lib/pq.NullTime":                 null(schema.KindTimestampTZ),
	"github.com/jmoiron/sqlx/types.JSONText":     plain(schema.KindJSONB),
	"github.com/jmoiron/sqlx/types.NullJSONText": null(schema.KindJSONB),
	"gorm.io/datatypes.JSON":                     plain(schema.KindJSONB),
	"gorm.io/datatypes.Date":                     plain(schema.KindDate),
	"gorm.io/datatypes.Time":                     plain(schema.KindTime),
	"gorm.io/datatypes.UUID":                     plain(schema.KindUUID),
	"gorm.io/gorm.DeletedAt":                     null(schema.KindTimestampTZ),
}

// wrappers are generic types that hold their argument or NULL.
var wrappers = map[string]bool{
	"database/sql.Null":               true,
	"github.com/guregu/null.Value":    true,
	"github.com/aarondl/opt/null.Val": true,
}

// families are packages whose types, all of which can hold NULL, have the same names under several paths.
var families = []struct {
	paths []string
	types map[string]schema.Kind
}{
	{
		paths: []string{"github.com/jackc/pgx/pgtype", "github.com/jackc/pgtype"},
		types: map[string]schema.Kind{
			"Bool": schema.KindBoolean, "Int2": schema.KindSmallInt, "Int4": schema.KindInteger, "Int8": schema.KindBigInt,
			"Float4": schema.KindReal, "Float8": schema.KindDouble, "Numeric": schema.KindNumeric, "Text": schema.KindText, "Varchar": schema.KindText,
			"Bytea": schema.KindBytes, "Date": schema.KindDate, "Time": schema.KindTime, "Timestamp": schema.KindTimestamp,
			"Timestamptz": schema.KindTimestampTZ, "Interval": schema.KindInterval, "UUID": schema.KindUUID, "JSON": schema.KindJSON,
			"JSONB": schema.KindJSONB, "Inet": schema.KindInet, "CIDR": schema.KindCIDR,
		},
	},
	{
		paths: []string{"gopkg.in/guregu/null", "gopkg.in/guregu/null/zero", "github.com/guregu/null", "github.com/guregu/null/zero"},
		types: map[string]schema.Kind{
			"String": schema.KindText, "Int": schema.KindBigInt, "Int64": schema.KindBigInt, "Int32": schema.KindInteger, "Int16": schema.KindSmallInt,
			"Byte": schema.KindSmallInt, "Float": schema.KindDouble, "Bool": schema.KindBoolean, "Time": schema.KindTimestampTZ,
		},
	},
	{
		paths: []string{"github.com/volatiletech/null", "github.com/aarondl/null"},
		types: map[string]schema.Kind{
			"String": schema.KindText, "Int": schema.KindBigInt, "Int64": schema.KindBigInt, "Int32": schema.KindInteger, "Int16": schema.KindSmallInt,
			"Int8": schema.KindSmallInt, "Uint8": schema.KindSmallInt, "Uint16": schema.KindInteger, "Uint32": schema.KindBigInt, "Uint": schema.KindBigInt,
			"Uint64": schema.KindBigInt, "Byte": schema.KindSmallInt, "Float32": schema.KindReal, "Float64": schema.KindDouble, "Bool": schema.KindBoolean,
			"Time": schema.KindTimestampTZ, "JSON": schema.KindJSONB, "Bytes": schema.KindBytes,
		},
	},
}

// lookupType returns the column type of a Go type of the table.
func lookupType(path, name string) (known, bool) {
	path = basePath(path)
	if k, ok := knownTypes[path+"."+name]; ok {
		return k, true
	}
	for _, f := range families {
		if k, ok := f.types[name]; ok && slices.Contains(f.paths, path) {
			return null(k), true
		}
	}
	return known{}, false
}
