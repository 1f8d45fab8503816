package schema

import (
	"reflect"
	"strings"
	"testing"
)

// renamable has a name of each kind wherever a schema can say one.
func renamable() *Schema {
	return &Schema{
		Enums:   []*Enum{{Name: "mood", Values: []string{"good"}}},
		Objects: []Object{{Kind: "trigger", Name: "audit", Table: "users"}},
		Tables: []*Table{
			{
				Name: "posts", Columns: []Column{{Name: "id", Type: Type{Kind: KindBigInt}}, {Name: "author", Type: Type{Kind: KindText}}},
				ForeignKeys: []ForeignKey{{Name: "posts_author_fkey", Columns: []string{"author"}, RefTable: "users", RefColumns: []string{"nick"}}},
			},
			{
				Name: "users",
				Columns: []Column{
					{Name: "nick", Type: Type{Kind: KindText}},
					{Name: "invited_by", Type: Type{Kind: KindText}},
					{Name: "short", Type: Type{Kind: KindText}, Generated: "lower(nick)"},
					{Name: "feels", Type: Type{Kind: KindEnum, Name: "mood"}},
				},
				PrimaryKey:  &PrimaryKey{Name: "users_pkey", Columns: []string{"nick"}},
				Uniques:     []Unique{{Name: "users_nick_key", Columns: []string{"invited_by", "nick"}}},
				Checks:      []Check{{Name: "users_nick_check", Expr: "nick <> 'nick'"}},
				ForeignKeys: []ForeignKey{{Name: "users_invited_by_fkey", Columns: []string{"invited_by"}, RefTable: "users", RefColumns: []string{"nick"}}},
				Indexes: []Index{{
					Name: "users_nick_idx", Parts: []IndexPart{{Column: "nick"}, {Expr: "upper(nick)"}}, Include: []string{"nick"}, Where: "nick IS NOT NULL",
				}},
			},
		},
	}
}

// What is renamed is renamed wherever the schema says its name.
func TestRename(t *testing.T) {
	for _, c := range []struct {
		what, from string
		in         func(f Fact) string // the texts that hold names of the kind
		rename     func(s *Schema, from, to string)
	}{
		{"table", "users", func(f Fact) string { return f.Table + " " + strings.ReplaceAll(f.Value+f.Name, "users_", "") }, (*Schema).RenameTable},
		{"column", "nick", func(f Fact) string {
			if f.Kind == "check" || f.Kind == "index" && f.Attr == "" || f.Kind == "unique constraint" && f.Attr == "" {
				return strings.ReplaceAll(f.Value, "'nick'", "")
			}
			return f.Value + strings.ReplaceAll(f.Name, "_nick_", "")
		}, func(s *Schema, from, to string) { s.RenameColumn(s.Table("users"), from, to) }},
		{"enum", "mood", func(f Fact) string { return f.Name + " " + f.Value }, (*Schema).RenameEnum},
	} {
		s := renamable()
		before := Facts(s)
		c.rename(s, c.from, "other")
		named := 0
		for _, f := range before {
			if strings.Contains(c.in(f), c.from) {
				named++
			}
		}
		left := 0
		for _, f := range Facts(s) {
			if strings.Contains(c.in(f), c.from) {
				t.Errorf("%s: the old name is left in %+v", c.what, f)
			}
			if strings.Contains(c.in(f), "other") {
				left++
			}
		}
		if named == 0 || left != named {
			t.Errorf("%s: %d facts had the old name, and %d have the new one", c.what, named, left)
		}
		c.rename(s, "other", c.from)
		if got := Facts(s); !reflect.DeepEqual(got, before) {
			t.Errorf("%s: back again\n%v\nis not\n%v", c.what, got, before)
		}
	}
}

// An op keeps the slices that it has put into a schema.
func TestRenameColumnShares(t *testing.T) {
	s := renamable()
	u, x := s.Table("users").Uniques[0], s.Table("users").Indexes[0]
	s.RenameColumn(s.Table("users"), "nick", "other")
	if u.Columns[1] != "nick" || x.Parts[0].Column != "nick" || x.Parts[1].Expr != "upper(nick)" || x.Include[0] != "nick" {
		t.Errorf("the slices of an op were changed: %v %v", u, x)
	}
}
