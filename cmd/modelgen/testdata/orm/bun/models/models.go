// Package models holds a struct for each rule by which bun names and makes things.
package models

import (
	"database/sql"
	"encoding/json"
	"net"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// All is in the order in which the tables can be made with their foreign keys.
var All = []any{
	(*Org)(nil), (*User)(nil), (*Group)(nil), (*UserToGroup)(nil), (*Kinds)(nil), (*Story)(nil), (*Category)(nil), (*Person)(nil), (*Keyed)(nil), (*Line)(nil), (*NoKey)(nil), (*Comment)(nil),
}

type Org struct {
	bun.BaseModel `bun:"table:orgs,alias:o"`

	ID   int64  `bun:",pk,autoincrement"`
	Name string `bun:",notnull,unique"`
}

// User has relations of each kind.
type User struct {
	bun.BaseModel `bun:"table:users,alias:u"`

	ID       int64     `bun:"id,pk,autoincrement"`
	Name     string    `bun:"name,notnull,default:'nobody'"`
	Email    string    `bun:"email_address,unique:contact"`
	Phone    string    `bun:"type:varchar(30),unique:contact"`
	OrgID    int64     `bun:",nullzero"`
	Org      *Org      `bun:"rel:belongs-to,join:org_id=id,on_delete:cascade,on_update:restrict"`
	Stories  []*Story  `bun:"rel:has-many,join:id=author_id"`
	Groups   []Group   `bun:"m2m:user_to_groups,join:User=Group"`
	Made     time.Time `bun:"created_at,nullzero,notnull,default:current_timestamp"`
	Gone     time.Time `bun:",soft_delete,nullzero"`
	Count    int       `bun:",scanonly"`
	Skip     string    `bun:"-"`
	Comments []Comment `bun:"rel:has-many,join:id=item_id,join:type=item_type,polymorphic"`
	hidden   string
}

type Group struct {
	bun.BaseModel

	ID    int64  `bun:",pk"`
	Title string `bun:"column:caption"`
	Users []User `bun:"m2m:user_to_groups,join:Group=User"`
}

type UserToGroup struct {
	bun.BaseModel `bun:"user_to_groups"`

	UserID  int64  `bun:",pk"`
	User    *User  `bun:"rel:belongs-to,join:user_id=id"`
	GroupID int64  `bun:",pk"`
	Group   *Group `bun:"rel:belongs-to"`
}

// UserWithStats is a user with more, which has no table of its own.
type UserWithStats struct {
	User `bun:",extend"`

	Total int
}

type Text string

// Kinds has a column of each type.
type Kinds struct {
	bun.BaseModel

	ID       int32 `bun:",pk,autoincrement"`
	Flag     bool
	I        int
	I8       int8
	I16      int16
	I32      int32
	U        uint
	U8       uint8
	U16      uint16
	U32      uint32
	U64      uint64
	F32      float32
	F64      float64
	S        string
	Text     Text
	T        time.Time
	D        time.Duration
	B        []byte
	IP       net.IP
	Net      net.IPNet
	Raw      json.RawMessage
	U4       uuid.UUID `bun:"type:uuid,default:'00000000-0000-0000-0000-000000000000'"`
	NS       sql.NullString
	NI       sql.NullInt64
	NI32     sql.NullInt32
	NB       sql.NullBool
	NF       sql.NullFloat64
	NT       sql.NullTime
	BT       bun.NullTime
	Map      map[string]string
	Struct   struct{ A, B int }
	Slice    []int
	Arr      []string `bun:"type:varchar"`
	Ptr      *string
	HTTPURL  string
	APIKeyID string
	OAuth2ID string
	ZIP      string
	Price    string `bun:"type:decimal(10,2),default:(1 + 2)"`
	Big      int64  `bun:"type:bigint"`
}

type Times struct {
	CreatedAt time.Time `bun:",notnull,default:current_timestamp"`
	UpdatedAt time.Time
}

type Place struct {
	Street string `bun:",notnull"`
	Zip    string `bun:",unique:where"`
	City   string `bun:",unique:where"`
}

// Story flattens structs in each way.
type Story struct {
	bun.BaseModel
	Times

	ID       int64 `bun:",pk,autoincrement"`
	AuthorID int64 `bun:",notnull"`
	Author   *User `bun:"rel:belongs-to"`
	Home     Place `bun:"embed:home_"`
	*Extra
}

type Extra struct{ Note string }

type Category struct {
	bun.BaseModel
	ID       int64     `bun:",pk,autoincrement"`
	ParentID int64     `bun:",nullzero"`
	Parent   *Category `bun:"rel:belongs-to"`
}

type Person struct {
	bun.BaseModel
	ID   string `bun:",pk,type:uuid"`
	Name string `bun:",unique,nullzero"`
}

// Keyed has a key of two columns.
type Keyed struct {
	bun.BaseModel
	ID     int64  `bun:",pk"`
	Locale string `bun:",pk,type:varchar(5)"`
}

type Line struct {
	bun.BaseModel
	ID     int64  `bun:",pk,autoincrement"`
	KID    int64  `bun:"k_id"`
	Locale string `bun:"k_locale,type:varchar(5)"`
	Keyed  *Keyed `bun:"rel:belongs-to,join:k_id=id,join:k_locale=locale"`
}

type NoKey struct {
	bun.BaseModel
	ID   int64
	Name string
}

type Comment struct {
	bun.BaseModel
	ID       int64 `bun:",pk,autoincrement"`
	ItemID   int64
	ItemType string
}
