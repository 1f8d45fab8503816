// Package models holds what gorm's driver for PostgreSQL knows alone.
package models

import (
	"time"

	"gorm.io/gorm"
)

var All = []any{&Composite{}, &Typed{}, &Indexed{}, &Generated{}, &Invoice{}, &Ref{}, &Small{}}

func Config() *gorm.Config { return &gorm.Config{} }

func Setup(*gorm.DB) error { return nil }

// Composite has a numbered column in a key of two.
type Composite struct {
	ID     int    `gorm:"primaryKey"`
	Locale string `gorm:"primaryKey;size:5"`
}

// Typed has keys and references of literal types.
type Typed struct {
	ID   int64  `gorm:"type:bigserial;primaryKey"`
	Code string `gorm:"type:varchar(8);uniqueIndex"`
	Refs []Ref
}

type Ref struct {
	ID      uint16
	TypedID string
	Serial  int `gorm:"autoIncrement"`
}

type Small struct {
	Num  int32  `gorm:"primaryKey;type:numeric(20)"`
	Tags string `gorm:"type:text[];default:'{}'"`
	Ip   string `gorm:"type:inet"`
}

type Indexed struct {
	ID    uint
	Doc   string    `gorm:"type:jsonb;index:idx_doc,type:gin"`
	Name  string    `gorm:"index:idx_name,expression:lower(name) DESC NULLS LAST;index:idx_inc,unique,option:INCLUDE (doc)"`
	Email string    `gorm:"index:idx_mail,unique,where:email IS NOT NULL,option:NULLS NOT DISTINCT;index:idx_hash,type:hash"`
	Text  string    `gorm:"index:idx_text,expression:text text_pattern_ops;index:idx_c,collate:\"C\",sort:desc"`
	At    time.Time `gorm:"index:idx_at,type:btree,sort:desc nulls last,option:CONCURRENTLY"`
}

type Generated struct {
	ID    uint
	Price int
	Total int   `gorm:"generated:price * 2"`
	No    int64 `gorm:"generated:identity"`
}

func (Invoice) TableName() string { return "billing.invoices" }

// Invoice is in a schema of its own.
type Invoice struct {
	ID     uint
	Number string `gorm:"index;unique;check:number <> ''"`
	RefID  *uint
	Ref    *Ref
}
