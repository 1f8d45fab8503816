// Package models holds what gorm's drivers for SQLite make in a way of their own.
package models

import "gorm.io/gorm"

var All = []any{&Composite{}, &Literal{}, &Numbered{}}

func Config() *gorm.Config { return &gorm.Config{} }

func Setup(*gorm.DB) error { return nil }

// Composite loses the rest of its key: a numbered column is the whole of it.
type Composite struct {
	ID     int    `gorm:"primaryKey"`
	Locale string `gorm:"primaryKey;size:5"`
}

// Literal has a key of a literal type, which is not numbered.
type Literal struct {
	ID   int64  `gorm:"type:bigint;primaryKey"`
	Code string `gorm:"type:varchar(8)"`
}

// Numbered has a numbered column that is no key by its tag.
type Numbered struct {
	Name string `gorm:"primaryKey"`
	Seq  int    `gorm:"autoIncrement"`
}
