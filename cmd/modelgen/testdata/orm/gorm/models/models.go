// Package models holds a struct for each rule by which gorm names and makes things.
package models

import (
	"database/sql"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"
	"gorm.io/datatypes"
	"gorm.io/gorm"
)

//modelgen:models -Summary

// All is what AutoMigrate is given, in the order of the declarations.
var All = []any{
	&User{}, &Company{}, &CreditCard{}, &Language{}, &Order{}, &Item{}, &Toy{}, &Dog{}, &Kinds{}, &Defaulted{}, &Indexed{}, &HTTPServer{}, &Node{}, &Person{}, &Address{}, &PersonAddress{},
	&AVeryLongNameOfAStructThatIsCutSomewhere{}, &Embedding{}, &Keyed{}, &Line{}, &Blog{}, &Tag{}, &Session{},
}

// Config is gorm's as it comes.
func Config() *gorm.Config { return &gorm.Config{} }

// Setup names a join table that is a model.
func Setup(db *gorm.DB) error { return db.SetupJoinTable(&Person{}, "Addresses", &PersonAddress{}) }

// Summary is no table.
type Summary struct {
	ID    uint
	Total int `gorm:"column:total"`
}

// User has relations of each kind.
type User struct {
	gorm.Model
	Name       string `gorm:"size:100;not null;comment:the full name"`
	CompanyID  *uint
	Company    *Company
	ManagerID  *uint
	Manager    *User
	Team       []User     `gorm:"foreignKey:ManagerID"`
	CreditCard CreditCard `gorm:"constraint:OnUpdate:CASCADE,OnDelete:SET NULL"`
	Languages  []Language `gorm:"many2many:user_languages"`
	Friends    []*User    `gorm:"many2many:user_friends;constraint:OnDelete:CASCADE"`
	Orders     []Order
	Toys       []Toy `gorm:"polymorphic:Owner"`
}

type Company struct {
	ID    uint   `gorm:"primaryKey"`
	Code  string `gorm:"uniqueIndex;size:12"`
	Users []User `gorm:"constraint:OnDelete:SET NULL"`
}

type CreditCard struct {
	gorm.Model
	Number string
	UserID uint
}

type Language struct {
	Code  string  `gorm:"primaryKey;size:8"`
	Users []*User `gorm:"many2many:user_languages"`
}

func (Language) TableName() string { return prefix + "languages" }

const prefix = "lang_"

// Order refers to a column that is no key.
type Order struct {
	ID          int64
	UserID      uint    `gorm:"not null;index"`
	CompanyCode string  `gorm:"size:12"`
	Company     Company `gorm:"foreignKey:CompanyCode;references:Code;constraint:fk_orders_code,OnDelete:RESTRICT"`
	Items       []Item  `gorm:"foreignKey:OrderNo"`
}

type Item struct {
	ID      int64
	OrderNo int64
	Loose   int64
	Other   Order `gorm:"foreignKey:Loose;constraint:-"`
}

type Toy struct {
	ID        uint
	Name      string
	OwnerID   uint
	OwnerType string
}

type Dog struct {
	ID   uint
	Toys []Toy `gorm:"polymorphic:Owner;polymorphicValue:hound"`
}

type Text string

type Mood int

// Kinds has a column of each type.
type Kinds struct {
	ID        uint32
	Flag      bool
	I         int
	I8        int8
	I16       int16
	I32       int32
	U         uint
	U8        uint8
	U16       uint16
	U32       uint32
	U64       uint64
	F32       float32
	F64       float64
	Exact     float64 `gorm:"precision:10;scale:2"`
	Whole     float64 `gorm:"precision:7"`
	S         string
	Sized     string `gorm:"size:40"`
	Small     int64  `gorm:"size:16"`
	T         time.Time
	Precise   time.Time `gorm:"precision:3"`
	D         time.Duration
	B         []byte
	Arr       [4]byte
	NS        sql.NullString
	NI        sql.NullInt32
	NB        sql.NullBool
	NT        sql.NullTime
	NF        sql.NullFloat64
	Gen       sql.Null[int16]
	U4        uuid.UUID
	U5        uuid.UUID `gorm:"type:uuid"`
	Dec       decimal.Decimal
	Dec2      decimal.Decimal `gorm:"type:numeric(12,4)"`
	Text      Text
	Mood      Mood
	JSON      datatypes.JSON
	Map       datatypes.JSONMap
	Slice     datatypes.JSONSlice[string]
	Date      datatypes.Date
	Clock     datatypes.Time
	Serial    []string          `gorm:"serializer:json"`
	Gob       map[string]string `gorm:"serializer:gob"`
	Unix      int64             `gorm:"serializer:unixtime;type:time"`
	Ptr       *string
	PtrTime   **time.Time
	Made      int64          `gorm:"autoCreateTime"`
	Changed   int64          `gorm:"autoUpdateTime:milli"`
	ReadOnly  string         `gorm:"->"`
	Ignored   string         `gorm:"-"`
	Deleted   gorm.DeletedAt `gorm:"index"`
	Varchar   string         `gorm:"type:varchar(33);not null"`
	Float     int            `gorm:"type:float"`
	Num       string         `gorm:"type:int"`
	NotReally string         `gorm:"not null:false"`
}

// Defaulted has defaults of each kind.
type Defaulted struct {
	ID    uint
	S     string         `gorm:"default:user"`
	Q     string         `gorm:"default:'it is'"`
	Empty string         `gorm:"default:''"`
	Word  string         `gorm:"default:CURRENT_TIMESTAMP"`
	I     int            `gorm:"default:0x10"`
	F     float64        `gorm:"default:1.50"`
	B     bool           `gorm:"default:false"`
	Yes   bool           `gorm:"default:1"`
	T     time.Time      `gorm:"default:CURRENT_TIMESTAMP"`
	Day   time.Time      `gorm:"default:2020-01-02"`
	J     datatypes.JSON `gorm:"default:'{}'"`
	N     *string        `gorm:"default:null"`
	No    string         `gorm:"default:(-)"`
	Neg   int32          `gorm:"default:-5;not null"`
}

// Indexed has indexes and constraints.
type Indexed struct {
	ID uint
	A  string `gorm:"index"`
	B  string `gorm:"index:idx_ab,priority:2;index:,unique,composite:pair"`
	C  string `gorm:"index:idx_ab,priority:1;index:,unique,composite:pair"`
	D  string `gorm:"uniqueIndex:idx_d,where:d <> ''"`
	E  int    `gorm:"index:idx_e,sort:desc"`
	F  string `gorm:"index:idx_f,expression:lower(f)"`
	G  string `gorm:"unique"`
	H  string `gorm:"column:hH;unique"`
	I  int    `gorm:"check:i > 0"`
	J  int    `gorm:"check:j_positive,j > 0 AND j < 10"`
	K  int    `gorm:"check:,k <> 3"`
	L  string `gorm:"index:idx_l,where:l <> 'a'"`
}

// HTTPServer has names in which gorm sees initialisms.
type HTTPServer struct {
	ID           uint
	HTTPURL      string
	UserAPIKeyID string
	OAuth2ID     string
	IPv4Addr     string
	SMSCode      string
	UserIDs      string
	S3Key        string
	ETag         string
	A1B2         string
	ZIP          string
	VIP          string
	TIPS         string
	EQUIP        string
	UTF8Name     string
	Snake_Case   string
}

// Node refers to itself, and has a key of a literal type.
type Node struct {
	ID       uuid.UUID `gorm:"type:uuid;primaryKey"`
	ParentID string
	Parent   *Node
}

type Person struct {
	ID        int
	Addresses []Address `gorm:"many2many:person_addresses"`
}

type Address struct {
	ID uint `gorm:"primaryKey"`
}

// PersonAddress is the join table of Person and Address, with a column more.
type PersonAddress struct {
	PersonID  int  `gorm:"primaryKey"`
	AddressID uint `gorm:"primaryKey"`
	CreatedAt time.Time
}

type AVeryLongNameOfAStructThatIsCutSomewhere struct {
	ID                             uint
	AFieldWithAVeryLongNameAsWell  string `gorm:"index"`
	AnotherFieldWithALongNameToCut string `gorm:"unique"`
}

type Street struct {
	Street string `gorm:"index"`
	Zip    string `gorm:"size:10"`
}

type Audit struct {
	MadeBy  string `gorm:"not null"`
	Version int    `gorm:"default:1"`
}

// Embedding flattens structs in each way.
type Embedding struct {
	Audit
	ID   uint
	Home Street `gorm:"embedded;embeddedPrefix:home_"`
	Work Street `gorm:"embedded;embeddedPrefix:work_"`
	*Extra
	Lit struct {
		X, Y int
	} `gorm:"embedded"`
}

type Extra struct{ Note string }

// Keyed has a key of two columns, of which none is numbered.
type Keyed struct {
	ID     int    `gorm:"primaryKey;autoIncrement:false"`
	Locale string `gorm:"primaryKey;size:5"`
	Lines  []Line `gorm:"foreignKey:KeyedID,KeyedLocale;references:ID,Locale"`
}

type Line struct {
	ID          uint
	KeyedID     int
	KeyedLocale string `gorm:"size:5"`
}

// Blog has keys of its own for a many2many.
type Blog struct {
	ID   uint   `gorm:"primaryKey"`
	Slug string `gorm:"unique;size:30"`
	Tags []Tag  `gorm:"many2many:blog_tags;foreignKey:Slug;joinForeignKey:BlogSlug;references:Name;joinReferences:TagName"`
}

type Tag struct {
	ID   uint
	Name string `gorm:"uniqueIndex;size:20"`
}

// Session has a numbered key of another name.
type Session struct {
	Num  int32 `gorm:"primaryKey"`
	Data string
}
