// Package models is read with a naming strategy and without foreign keys.
package models

import (
	"gorm.io/gorm"
	"gorm.io/gorm/schema"
)

var All = []any{&Author{}, &Book{}}

func Config() *gorm.Config {
	return &gorm.Config{NamingStrategy: schema.NamingStrategy{TablePrefix: "app_", SingularTable: true, IdentifierMaxLength: 30}, DisableForeignKeyConstraintWhenMigrating: true}
}

func Setup(*gorm.DB) error { return nil }

type Author struct {
	ID    uint
	Name  string `gorm:"unique;index"`
	Books []Book
	Likes []Book `gorm:"many2many:AuthorLikes"`
}

type Book struct {
	ID                      uint
	AuthorID                uint
	TitleOfTheBookInEnglish string `gorm:"index"`
}
